# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Turn the outcome of a run into the result of its task. Pure, and without any value."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.options import Request
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Outcome, apps_of, summary_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.policy import artifact, drift_message, expiring_rows, expiry_message, few
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.report import counts_line, failure_message, table


@dataclass(frozen=True)
class Result:
    """What a task returns, and the lines that it shows.

    :param returned: as the documentation of vantage_app says.
    :param counts: one line with the number of apps for each outcome.
    :param table: the lines below it.
    """

    returned: dict[str, Any]
    counts: str
    table: list[str]


def result_of(outcome: Outcome, request: Request, *, diff: bool) -> Result:
    """Return the result of a run that began.

    :param diff: whether differences were asked for.
    """
    rows = outcome.rows()
    summary = summary_of(rows, outcome.changed)
    expiring = expiring_rows(rows, outcome.now, request.expiring_time) if request.expiring_within else []
    messages = [
        failure_message(rows),
        drift_message(rows) if outcome.check and request.fail_on_drift else "",
        expiry_message(expiring, outcome.now, request.expiring_within),
    ]
    failure = " ".join(filter(None, messages))
    returned: dict[str, Any] = {
        "changed": outcome.changed,
        "apps": apps_of(rows, "all" if request.show == "all" else "changed") if request.return_apps else [],
        "changes": [asdict(change) for change in outcome.changes()],
        "summary": {**artifact(rows, summary, expiring, outcome.check), "failed": summary["failed"], "undeclared": few(outcome.undeclared)},
        "failure": failure,
        "server_time": timestamp_from_moment(outcome.now),
    }
    if failure:
        returned.update(failed=True, msg=failure)
    if diff:
        returned["diff"] = differences(outcome)
    return Result(returned, counts_line(rows), table(rows, request.show) if request.show != "none" else [])


def differences(outcome: Outcome) -> list[dict[str, Any]]:
    """Return what changes in each client that is there; what is created is declared in full, and of secrets the table says all."""
    plans = [(state.client_id, state.planned.plan) for state in outcome.states if state.action != "unchanged"]
    return [
        {"before_header": name, "after_header": name, "before": plan.before, "after": plan.after}
        for name, plan in plans
        if plan is not None and plan.changed and plan.action != "created"
    ]
