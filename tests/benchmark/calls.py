# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the calls of one run against those of another: what is compared must have asked the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

Calls = Counter[tuple[str, str]]


def app_calls(journal: list[dict[str, Any]]) -> Calls:
    """Count the calls that are about one app: all but logins and the pages of the tenant's list."""
    wanted = (entry for entry in journal if entry["kind"] != "token" and not (entry["method"] == "GET" and entry["path"].endswith("/clients/")))
    return Counter((entry["method"], entry["path"]) for entry in wanted)


def describe_journal(journal: list[dict[str, Any]]) -> dict[str, int]:
    """Count the calls by what they are for, as in `{"token": 2, "read": 101, "write": 200}`."""
    return dict(Counter(entry["kind"] for entry in journal))


def demand_all(name: str, calls: Calls, other_name: str, other: Calls) -> None:
    """End the benchmark when a run has not made all that another one asked for; what it asked beyond that is its own loss."""
    missing = other - calls
    if missing:
        shown = [f"{method} {path}" for method, path in [*missing][:5]]
        raise SystemExit(f"{name} has not made all calls of {other_name}, so their times say nothing: {', '.join(shown)}, …")


def demand_no_failure(name: str, journal: list[dict[str, Any]]) -> None:
    """End the benchmark when the server refused something or a fault was met; a 404 is an answer to a question."""
    bad = [entry for entry in journal if entry["status"] is None or (entry["status"] >= 400 and not (entry["method"] == "GET" and entry["status"] == 404))]
    if bad:
        raise SystemExit(f"{name}: {len(bad)} requests failed, the first with {bad[0]['status']} at {bad[0]['method']} {bad[0]['path']}.")
