# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people and programs are told of a run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_report as report


def row(app: str, action: str = "unchanged", secret: str = "unchanged", **more: Any) -> dict[str, Any]:
    """Return a row of one secret."""
    outcome = {"description": "d", "secret": secret, "reason": "", "expires": "9 days"}
    return {**report.new_row(app, action, ""), **outcome, **more}


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(days=180), "180 days"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=1, hours=12), "36 hours"),
        (timedelta(hours=1), "60 minutes"),
        (timedelta(seconds=1), "1 minute"),
        (timedelta(0), "expired"),
        (timedelta(days=-3), "expired"),
    ],
)
def test_how_long_is_left(duration: timedelta, words: str) -> None:
    assert report.left(duration) == words


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([row("a")], "unchanged"),
        ([row("a", secret="renewed"), row("a")], "renewed"),
        ([row("a", secret="retired")], "tidied"),
        ([row("a", "updated", "renewed")], "updated"),
        ([row("a", "created", "created")], "created"),
        ([row("a", "created", "created"), row("a", "created", "failed", failed=True)], "failed"),
    ],
)
def test_an_app_has_the_weightiest_word(rows: list[dict[str, Any]], word: str) -> None:
    assert report.outcomes(rows) == {"a": word}
    assert report.line("apps 1-1 of 1", rows) == f"apps 1-1 of 1: 1 {word}"


def test_few_rows_are_all_shown_and_many_only_with_news() -> None:
    assert report.table([row("a"), row("b", "updated")]) == [
        "APP  ACTION     SECRET  SECRET ACTION  EXPIRES IN",
        "a    unchanged  d       unchanged      9 days",
        "b    updated    d       unchanged      9 days",
        "2 apps: 1 updated, 1 unchanged",
    ]
    many = [row(f"a{number}") for number in range(2000)]
    assert report.table(many) == ["2,000 rows without a change are not shown", "2,000 apps: 2,000 unchanged"]
    assert len(report.table([*many, row("b", "updated")])) == 4
    made = report.table([row(f"a{number}", "created", "created") for number in range(2000)])
    assert made[-2:] == ["… and 1,000 rows more", "2,000 apps: 2,000 created"]
    assert sum(len(line) for line in made) < 100_000


def test_failures_are_named() -> None:
    assert report.failure_message([row("a")]) == ""
    failed = [row(f"a{number}", failed=True, msg="no") for number in range(22)]
    said = report.failure_message([row("b"), *failed])
    assert said.startswith("22 of 23 apps failed; the others are done. a0/d: no; a1/d: no; ")
    assert said.endswith("; and 2 more")


def test_counts_for_programs() -> None:
    counted = report.summary([row("a", "created", "created"), row("b", failed=True, secret="failed"), row("c")])
    assert counted["apps"] == {"created": 1, "updated": 0, "renewed": 0, "tidied": 0, "deleted": 0, "unchanged": 1, "failed": 1}
    assert (counted["secrets"]["created"], counted["changed"], counted["failed"]) == (1, True, ["b"])
    assert not report.summary([row("a")])["changed"]
