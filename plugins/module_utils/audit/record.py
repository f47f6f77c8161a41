# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The audit trail's record of a write to a tenant, and the line for it. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import NotFoundError, VantageError

# The result of a write.
DONE, NOT_THERE, REFUSED, IN_DOUBT = "done", "not_there", "refused", "in_doubt"


class Write(NamedTuple):
    """One request that changes a tenant.

    :param action: create_client, update_client, delete_client, create_secret or delete_secret.
    :param reason: why it was sent, in one word.
    :param options: the options of a client that an update changes.
    :param secret_id: empty where there is none, and for a new secret whose response was lost.
    :param result: done, not_there, refused or in_doubt.
    :param status: HTTP status of the response; None when there was none.
    """

    action: str
    client_id: str
    secret_id: str = ""
    reason: str = ""
    options: Sequence[str] = ()
    result: str = IN_DOUBT
    status: int | None = None


class Who(NamedTuple):
    """Who made a write.

    :param run: random id of the task's run.
    :param user: of the job or of the operating system.
    :param login: client or user that the run logs in as; empty for a token that the caller gave.
    :param job: id of the AWX job; empty elsewhere.
    """

    run: str
    user: str
    login: str
    job: str
    tenant_id: str


class Noted(NamedTuple):
    """A write as a line of the audit trail holds it."""

    time: str
    run: str
    user: str
    job: str
    tenant: str
    action: str
    client_id: str
    secret_id: str
    reason: str
    result: str


def failed_write(write: Write, error: VantageError) -> Write | None:
    """Return the write with the details of its error; None for one that was never sent."""
    if error.in_doubt:
        return write._replace(result=IN_DOUBT, status=error.status)
    if isinstance(error, NotFoundError) and write.action.startswith("delete"):
        return write._replace(result=NOT_THERE, status=error.status)
    return None if error.status is None else write._replace(result=REFUSED, status=error.status)


def line_of(write: Write, who: Who, moment: datetime) -> str:
    """Return one line of JSON. ASCII only, so that nothing in it ends a line, moves a cursor, or depends on an encoding."""
    members = {
        "time": timestamp_from_moment(moment),
        "run": who.run,
        "user": who.user,
        "login": who.login,
        "job": who.job,
        "tenant": who.tenant_id,
        "action": write.action,
        "client_id": write.client_id,
        "secret_id": write.secret_id,
        "reason": write.reason,
        "options": list(write.options),
        "result": write.result,
        "status": write.status,
    }
    return json.dumps(members)


def noted_from_line(line: str) -> Noted | None:
    """Return the write of a line; None for a line that is torn or was written by something else."""
    try:
        members: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(members, dict) or not all(isinstance(members.get(name), str) for name in Noted._fields):
        return None
    try:
        moment_from_timestamp(members["time"])
    except ValueError:
        return None
    return Noted(*(members[name] for name in Noted._fields))
