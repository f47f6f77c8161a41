# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Check a successful run: does the tenant differ from what is declared, do secrets expire soon? Pure, and without any value.

An AWX job is either successful or failed, so a team that wants notifications of these lets the run fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moved
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import MOST_NAMED, named, shown
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Row, time_left, words_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.report import REASONS

# The artifacts of a job go into AWX's database and to later jobs of a workflow.
MOST_IN_ARTIFACT = 100


def drift_message(rows: Sequence[Row]) -> str:
    """Return which apps differ from their declaration, and how; empty when none does."""
    drifts: dict[str, list[str]] = {}
    for row in rows:
        found = drift_of(row)
        if found:
            drifts.setdefault(row.client_id, []).extend(found)
    if not drifts:
        return ""
    apart = [f"{shown(client_id)}: {', '.join(dict.fromkeys(found))}" for client_id, found in drifts.items()]
    apps = len(words_of(rows))
    count = f"1 of {apps:,} app{'' if apps == 1 else 's'} is not as declared." if len(drifts) == 1 else f"{len(drifts):,} of {apps:,} apps are not as declared."
    return f"{count} {listed(apart)}"


def drift_of(row: Row) -> list[str]:
    """Return what this run has planned without doing it."""
    if row.failed:
        return []
    if row.action in ("created", "deleted"):
        return [f"would be {row.action}"]
    found = ["would be updated"] if row.action == "updated" else []
    secret = f"secret {row.description}".strip()
    if row.secret in ("created", "renewed"):
        found.append(f"{secret} would be {row.secret} ({REASONS.get(row.reason, row.reason)})")
    elif row.secret == "copied":
        found.append(f"{secret} would be copied to the store")
    elif row.secret == "deleted":
        found.append(f"{secret} would be deleted")
    elif row.secret == "updated":
        found.append(f"labels of {secret} would be updated")
    if row.old_deleted:
        found.append(f"old one of {secret} would be deleted")
    if row.left_deleted:
        found.append(f"a leftover of {secret} would be deleted")
    if row.removed:
        found.append("would be deleted")
    return found


def expiring_rows(rows: Iterable[Row], now: datetime, within: timedelta) -> list[Row]:
    """Return the secrets in use that expire in that time or have expired, earliest first."""
    found = [(row.expiration, row) for row in rows if row.expiration is not None and row.expiration <= moved(now, within)]
    return [row for _end, row in sorted(found, key=lambda pair: pair[0])]


def expiry_message(expiring: Sequence[Row], now: datetime, within: str) -> str:
    """Return which secrets expire when; empty when there are none.

    :param within: the duration as the user wrote it.
    """
    if not expiring:
        return ""
    ends = [(row, time_left(row.expiration, now)) for row in expiring]
    lines = [f"{shown(row.client_id)}/{shown(row.description)} {'has expired' if end == 'expired' else f'in {end}'}" for row, end in ends]
    count = f"1 secret in use expires within {within}." if len(expiring) == 1 else f"{len(expiring):,} secrets in use expire within {within}."
    return f"{count} {listed(lines)}"


def listed(found: Sequence[str]) -> str:
    """Return the first of many, and how many more there are."""
    return f"{named(found, '; ')}{', see the table above' if len(found) > MOST_NAMED else ''}."


def artifact(rows: Sequence[Row], summary: dict[str, Any], expiring: Iterable[Row], check: bool) -> dict[str, Any]:
    """Return counts and client ids for AWX and later jobs."""
    by_word: dict[str, list[str]] = {}
    for client_id, word in words_of(rows).items():
        if word != "unchanged":
            by_word.setdefault(word, []).append(client_id)
    return {
        "check": check,
        "changed": summary["changed"],
        "apps": summary["apps"],
        "secrets": summary["secrets"],
        "clients": {word: few(client_ids) for word, client_ids in by_word.items()},
        "expiring": few(row.client_id for row in expiring),
    }


def few(client_ids: Iterable[str]) -> list[str]:
    """Return each one once, up to a limit."""
    return list(dict.fromkeys(client_ids))[:MOST_IN_ARTIFACT]
