# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The audit trail of a run: where its lines go, and what happens when they cannot be written."""

from __future__ import annotations

import os
import pwd
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Protocol

from ansible_collections.abbyy.vantage.plugins.module_utils.audit.log_file import LogFile, reason_of
from ansible_collections.abbyy.vantage.plugins.module_utils.audit.record import Who, Write, line_of
from ansible_collections.abbyy.vantage.plugins.module_utils.audit.syslog_socket import PREFIX, Syslog
from ansible_collections.abbyy.vantage.plugins.module_utils.lists import texts_from_option

# AWX sets them in each job. JOB_ID alone may come from another scheduler.
JOB_ID = "JOB_ID"
JOB_MARKS = ("AWX_HOST", "AWX_ISOLATED_DATA_DIR", "AWX_PRIVATE_DATA_DIR")


class Target(Protocol):
    """Where lines go."""

    path: str

    def check(self) -> None:
        """Raise ConfigError when it cannot be written."""

    def append(self, line: str) -> None:
        """Write one line; raise OSError when that fails."""


def now() -> datetime:
    """Return the time by this machine's clock."""
    return datetime.now(timezone.utc)


class Trail:
    """Records writes.

    :param utc_now: the time of a line, by this machine's clock: the tenant's clock may be wrong.
    """

    def __init__(self, targets: Sequence[Target], who: Who, utc_now: Callable[[], datetime] = now) -> None:
        self._targets = targets
        self._who = who
        self._utc_now = utc_now
        self._said: set[str] = set()

    def check(self) -> None:
        """Raise ConfigError when a line could not be written, before the first write."""
        for target in self._targets:
            target.check()

    def note(self, write: Write) -> list[str]:
        """Record a write, and return the error instead of raising it: a run that has made a secret must deliver it even if the log fails."""
        troubles = []
        for target in self._targets:
            try:
                target.append(line_of(write, self._who, self._utc_now()))
            except OSError as exc:
                if target.path not in self._said:
                    self._said.add(target.path)
                    lost = f"so lines of this run are missing there, the first one for {write.action} of client {write.client_id!r}"
                    troubles.append(f"The audit log {target.path} could not be written ({reason_of(exc)}), {lost}.")
        return troubles


def trail_from_params(params: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Trail:
    """Return the audit trail that the connection options ask for; without a target when they ask for none.

    :raises ConfigError: for a target that is none.
    """
    texts = [text for text in texts_from_option("audit_log", params.get("audit_log")) if text]
    targets: list[Target] = [Syslog(text) if text.startswith(PREFIX) else LogFile(text) for text in texts]
    return Trail(targets, who_from_params(params, os.environ if environ is None else environ))


def who_from_params(params: Mapping[str, Any], environ: Mapping[str, str]) -> Who:
    """Return who makes the writes."""
    return Who(
        run=uuid.uuid4().hex,
        user=params.get("audit_user") or system_user(),
        login=params.get("auth_username") or params.get("auth_client_id") or "",
        job=environ.get(JOB_ID, "") if any(environ.get(mark) for mark in JOB_MARKS) else "",
        tenant_id=params.get("tenant_id") or "",
    )


def system_user() -> str:
    """Return the name of the user who runs this process, whatever the environment says; in a container it may be only a number."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
