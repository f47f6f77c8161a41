# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Read from an audit log who has changed each client last."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from ansible_collections.abbyy.vantage.plugins.module_utils.audit.log_file import expanded, reason_of
from ansible_collections.abbyy.vantage.plugins.module_utils.audit.record import DONE, IN_DOUBT, Noted, noted_from_line
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError

# No line of ours is longer, whatever a client is called.
LONGEST_LINE = 1 << 16
SHOWN = ("time", "user", "job", "action", "reason", "result", "secret_id")


def last_changes(path: str, tenant_id: str) -> dict[str, dict[str, str]]:
    """Return the last write to each client and its secrets, by client id.

    Lines that are torn, or of somebody else, are passed over.

    :param tenant_id: whose clients; with or without hyphens.
    :raises ConfigError: for a file that cannot be read.
    """
    tenant = plain_id(tenant_id)
    found: dict[str, Noted] = {}
    for line in lines_of(path):
        noted = noted_from_line(line)
        if noted is None or noted.result not in (DONE, IN_DOUBT) or plain_id(noted.tenant) != tenant:
            continue
        former = found.get(noted.client_id)
        # The lines of several runs are in the order in which they were written, except those that waited for the lock.
        if former is None or noted.time >= former.time:
            found[noted.client_id] = noted
    return {client_id: {name: getattr(noted, name) for name in SHOWN} for client_id, noted in found.items()}


def lines_of(path: str) -> Iterator[str]:
    """Yield the lines of a file; what is longer than any of ours comes in pieces."""
    try:
        descriptor = os.open(expanded(path), os.O_RDONLY | os.O_NONBLOCK)
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ConfigError(f"audit_log {path!r} is not a plain file; give the file that the runs write.")
            while True:
                line = stream.readline(LONGEST_LINE)
                if not line:
                    return
                yield line.decode("ascii", "replace")
    except OSError as exc:
        raise ConfigError(f"audit_log {path!r} cannot be read: {reason_of(exc)}; give the file that the runs write.") from exc


def plain_id(tenant_id: str | None) -> str:
    """Return a tenant id in the one of its two writings that has no hyphens."""
    return (tenant_id or "").replace("-", "").lower()
