# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Judge a run that did what it should: does the tenant differ from what is declared, do secrets expire soon? Pure, and without any value.

A job of AWX is successful or failed and nothing between, so who wants to be told of either lets the run fail.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, seconds_from_duration
from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_report import REASONS, Row, left, outcomes, summary

NAMED = 20
# The artifacts of a job go into AWX's database, and from there to the jobs after it in a workflow.
MOST_IN_ARTIFACT = 500


def verdict(rows: list[Row], *, now: str, check: bool, fail_on_drift: bool, expiring_within: str) -> dict[str, Any]:
    """Return the ``objection`` (a message, empty when there is none) and the ``artifact`` of a run.

    :param now: the server's time.
    :param expiring_within: a duration; empty for no such demand.
    """
    expiring = expiring_rows(rows, now, expiring_within) if expiring_within else []
    objections = [drift_message(rows) if check and fail_on_drift else "", expiry_message(expiring, now, expiring_within)]
    return {"objection": " ".join(filter(None, objections)), "artifact": artifact(rows, expiring, check)}


def drift_message(rows: list[Row]) -> str:
    """Return which apps are not as declared, and in what; empty when all are."""
    drifts: dict[str, list[str]] = {}
    for row in rows:
        said = drift_of(row)
        if said:
            drifts.setdefault(row["app"], []).extend(said)
    if not drifts:
        return ""
    named = [f"{app}: {', '.join(dict.fromkeys(said))}" for app, said in drifts.items()]
    apps = len(outcomes(rows))
    count = f"1 of {apps:,} app{'' if apps == 1 else 's'} is not as declared." if len(drifts) == 1 else f"{len(drifts):,} of {apps:,} apps are not as declared."
    return f"{count} {listed(named)}"


def drift_of(row: Row) -> list[str]:
    """Return what a run would do that this one only planned."""
    if row["failed"]:
        return []
    if row["action"] in ("created", "deleted"):
        return [f"would be {row['action']}"]
    said = ["would be updated"] if row["action"] == "updated" else []
    secret = f"secret {row['description']}".strip()
    if row["secret"] in ("created", "renewed"):
        said.append(f"{secret} would be {row['secret']} ({REASONS.get(row['reason'], row['reason'])})")
    elif row["secret"] == "deleted":
        said.append(f"{secret} would be deleted")
    elif row["secret"] == "retired":
        said.append(f"older ones of {secret} would be deleted")
    if row["removed"]:
        said.append("would be removed from the store")
    return said


def expiring_rows(rows: list[Row], now: str, within: str) -> list[Row]:
    """Return the secrets in use that expire in that time or have expired, the first one first."""
    horizon = moment_from_timestamp(now) + timedelta(seconds=seconds_from_duration(within))
    found = [row for row in rows if row.get("expiration") and moment_from_timestamp(row["expiration"]) <= horizon]
    return sorted(found, key=lambda row: moment_from_timestamp(row["expiration"]))


def expiry_message(expiring: list[Row], now: str, within: str) -> str:
    """Return which secrets expire when; empty when there are none."""
    if not expiring:
        return ""
    moment = moment_from_timestamp(now)
    ends = [(row, left(moment_from_timestamp(row["expiration"]) - moment)) for row in expiring]
    named = [f"{row['app']}/{row['description']} {'has expired' if end == 'expired' else f'in {end}'}" for row, end in ends]
    count = f"1 secret in use expires within {within}." if len(expiring) == 1 else f"{len(expiring):,} secrets in use expire within {within}."
    return f"{count} {listed(named)}"


def listed(named: list[str]) -> str:
    """Return the first of many, and how many more there are."""
    more = f"; and {len(named) - NAMED:,} more, see the table above" if len(named) > NAMED else ""
    return f"{'; '.join(named[:NAMED])}{more}."


def artifact(rows: list[Row], expiring: list[Row], check: bool) -> dict[str, Any]:
    """Return counts and client ids for AWX and for the jobs after this one."""
    words = outcomes(rows)
    counts = summary(rows)
    by_word: dict[str, list[str]] = {}
    for app, word in words.items():
        if word != "unchanged":
            by_word.setdefault(word, []).append(app)
    return {
        "check": check,
        "changed": counts["changed"],
        "apps": counts["apps"],
        "secrets": counts["secrets"],
        "clients": {word: few(apps) for word, apps in by_word.items()},
        "expiring": few(row["app"] for row in expiring),
    }


def few(apps: Iterable[str]) -> list[str]:
    """Return each of them once, and not too many."""
    return list(dict.fromkeys(apps))[:MOST_IN_ARTIFACT]
