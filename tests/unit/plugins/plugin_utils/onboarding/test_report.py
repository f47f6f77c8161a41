# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people and programs are told of a run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Row, apps_of, summary_of, time_left, words_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.report import failure_message, table

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)


def row(client_id: str, action: str = "unchanged", secret: str = "unchanged", **more: Any) -> Row:
    """Return a row of one secret."""
    return Row(client_id, action, **{"description": "d", "secret": secret, "expires": "9 days", **more})


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
def test_how_much_time_is_left(duration: timedelta, words: str) -> None:
    assert time_left(NOW + duration, NOW) == words


def test_what_never_expires() -> None:
    assert time_left(None, NOW) == "never"


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([row("a")], "unchanged"),
        ([row("a", secret="renewed"), row("a")], "renewed"),
        ([row("a", secret="retired")], "tidied"),
        ([row("a", removed=1, secret="")], "tidied"),
        ([row("a", "updated", "renewed")], "updated"),
        ([row("a", "created", "created")], "created"),
        ([row("a", "created", "created"), row("a", "created", "failed")], "failed"),
        ([row("a", "deleted", "", msg="The entry could not be removed.")], "failed"),
    ],
)
def test_an_app_has_the_weightiest_word(rows: list[Row], word: str) -> None:
    assert words_of(rows) == {"a": word}


def test_few_rows_are_all_shown_and_many_only_with_news() -> None:
    assert table([row("a"), row("b", "updated")]) == [
        "APP  ACTION     SECRET  SECRET ACTION  EXPIRES IN",
        "a    unchanged  d       unchanged      9 days",
        "b    updated    d       unchanged      9 days",
        "2 apps: 1 updated, 1 unchanged",
    ]
    many = [row(f"a{number}") for number in range(2000)]
    assert table(many) == ["2,000 rows without a change are not shown", "2,000 apps: 2,000 unchanged"]
    assert len(table([*many, row("b", "updated")])) == 4
    made = table([row(f"a{number}", "created", "created") for number in range(2000)])
    assert made[-2:] == ["… and 1,000 rows more", "2,000 apps: 2,000 created"]
    assert sum(len(line) for line in made) < 100_000


def test_a_reason_stands_beside_a_renewal() -> None:
    assert "renewed: due" in table([row("a", secret="renewed", reason="due")])[1]


def test_failures_are_named() -> None:
    assert failure_message([row("a")]) == ""
    failed = [row(f"a{number}", secret="failed", msg="no") for number in range(22)]
    message = failure_message([row("b"), *failed])
    assert message.startswith("22 of 23 apps failed; the others are done. a0/d: no; a1/d: no; ")
    assert message.endswith("; and 2 more")


def test_counts_for_programs() -> None:
    counted = summary_of([row("a", "created", "created"), row("b", secret="failed"), row("c")], changed=True)
    assert counted["apps"] == {"created": 1, "updated": 0, "renewed": 0, "copied": 0, "tidied": 0, "deleted": 0, "unchanged": 1, "failed": 1}
    assert (counted["changed"], counted["failed"]) == (True, ["b"])


def test_only_what_changed_or_failed_is_returned() -> None:
    rows = [row("a"), row("b", "created", "created"), row("b", "created", "failed", description="e", msg="no")]
    assert apps_of(rows) == [{"client_id": "b", "action": "failed", "secrets": {"d": "created", "e": "failed"}, "msg": "no"}]
    assert [app["client_id"] for app in apps_of(rows, "all")] == list(words_of(rows))
    assert apps_of(rows, "none") == []
