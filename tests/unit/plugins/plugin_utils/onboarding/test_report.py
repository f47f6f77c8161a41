# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people and programs are told of a run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Row, apps_of, shown_day, summary_of, time_left, words_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.report import counts_line, failure_message, secret_cell, table

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
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=1), "60 minutes"),
        (timedelta(seconds=100), "2 minutes"),
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
        ([row("a", old_deleted=1)], "updated"),
        ([row("a", left_deleted=1)], "updated"),
        ([row("a", secret="updated")], "updated"),
        ([row("a", secret="deleted"), row("a")], "updated"),
        ([row("a", removed=1, secret="")], "deleted"),
        ([row("a", "updated")], "updated"),
        ([row("a", "updated", "renewed")], "renewed"),
        ([row("a", secret="copied")], "copied"),
        ([row("a", "updated", "copied")], "updated"),
        ([row("a", "created", "created", removed=1)], "created"),
        ([row("a", "deleted", "")], "deleted"),
        ([row("a", removed=1, secret=""), row("a", "updated")], "deleted"),
        ([row("a", "created", "created")], "created"),
        ([row("a", "created", "created"), row("a", "created", "failed")], "failed"),
        ([row("a", "deleted", "", msg="The entry could not be removed.")], "failed"),
    ],
)
def test_an_app_has_the_weightiest_word(rows: list[Row], word: str) -> None:
    assert words_of(rows) == {"a": word}


def test_only_rows_with_news_are_shown() -> None:
    assert table([row("a"), row("b", "updated")]) == [
        "APP  ACTION   SECRET  SECRET ACTION  EXPIRES IN",
        "b    updated  d       unchanged      9 days",
    ]


def test_all_rows_are_shown_where_they_are_asked_for() -> None:
    assert table([row("a"), row("b", "updated")], "all") == [
        "APP  ACTION     SECRET  SECRET ACTION  EXPIRES IN",
        "a    unchanged  d       unchanged      9 days",
        "b    updated    d       unchanged      9 days",
    ]


@pytest.mark.parametrize(("news", "lines"), [([], 0), ([row("b", "updated")], 2)])
def test_many_rows_without_news_are_not_shown(news: list[Row], lines: int) -> None:
    many = [row(f"a{number}") for number in range(2000)]
    shown = table([*many, *news])
    assert len(shown) == lines


def test_a_long_table_is_cut() -> None:
    lines = table([row(f"a{number}", "created", "created") for number in range(2000)])

    assert lines[-1] == "… and 1,000 rows more"
    assert sum(len(line) for line in lines) < 100_000


def test_labels_have_a_column_where_there_are_any() -> None:
    lines = table([row("a", "created", labels={"owner": "claims", "ticket": "OPS-1"}), row("b", "created")])
    assert [line.partition("9 days")[2].strip() for line in lines[1:]] == ["owner=claims, ticket=OPS-1", ""]


def test_long_labels_are_cut() -> None:
    line = table([row("a", "created", labels={"owner": "c" * 100})])[1]

    assert line.endswith("ccc…")
    assert len(line) < 120


def test_labels_that_just_fit_are_not_cut() -> None:
    line = table([row("a", "created", labels={"owner": "c" * 54})])[1]
    assert line.endswith(f"owner={'c' * 54}")


def test_what_a_row_lacks_is_a_dash() -> None:
    assert table([row("a", "created", "", description="", expires="")])[1].split() == ["a", "created", "-", "-", "-"]


@pytest.mark.parametrize(("rows", "more"), [(1000, []), (1002, ["… and 2 rows more"])])
def test_a_thousand_rows_are_shown(rows: int, more: list[str]) -> None:
    lines = table([row(f"a{number}", "created") for number in range(rows)])
    assert lines[1001:] == more


@pytest.mark.parametrize(
    ("members", "cell"),
    [
        ({}, "unchanged"),
        ({"older_until": "28 Nov"}, "unchanged (older one until 28 Nov)"),
        ({"old_deleted": 1}, "old one deleted"),
        ({"old_deleted": 2}, "2 older ones deleted"),
        ({"old_deleted": 1, "older_until": "28 Nov"}, "old one deleted (older one until 28 Nov)"),
        ({"left_deleted": 1}, "leftover deleted"),
        ({"left_deleted": 2, "old_deleted": 1}, "old one deleted, 2 leftovers deleted"),
        ({"secret": "created"}, "created"),
        ({"secret": "created", "reason": "not_held"}, "created (not in the store)"),
        ({"secret": "renewed", "reason": "due"}, "renewed (due)"),
        ({"secret": "renewed", "reason": "due", "older_until": "28 Nov"}, "renewed (due, older one until 28 Nov)"),
        ({"secret": "renewed", "reason": "due", "left_deleted": 1}, "renewed (due, leftover deleted)"),
        ({"secret": "updated"}, "updated"),
        ({"secret": "updated", "older_until": "28 Nov"}, "updated (older one until 28 Nov)"),
        ({"secret": "deleted"}, "deleted"),
        ({"secret": ""}, ""),
    ],
)
def test_what_became_of_a_secret_and_its_older_generations(members: dict[str, Any], cell: str) -> None:
    assert secret_cell(row("a", **members)) == cell


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([row("a")], "1 app: 1 unchanged"),
        ([row("a", "created"), row("b", old_deleted=1)], "2 apps: 1 created, 1 updated; deleted 1 older secret"),
        (
            [row("a", old_deleted=2), row("b", left_deleted=4)],
            "2 apps: 2 updated; deleted 2 older secrets; deleted 4 secrets that an interrupted run left behind",
        ),
        ([row("a", older_until="1 Jun"), row("b", older_until="2 Jun")], "2 apps: 2 unchanged; 2 older secrets still work"),
        ([row("a", "updated", older_until="1 Jun")], "1 app: 1 updated; 1 older secret still works"),
        ([row("a", left_deleted=1)], "1 app: 1 updated; deleted 1 secret that an interrupted run left behind"),
    ],
)
def test_one_line_counts_all(rows: list[Row], line: str) -> None:
    assert counts_line(rows) == line


@pytest.mark.parametrize(("days", "said"), [(2, "3 Jun"), (299, "27 Mar"), (300, "28 Mar 2027"), (301, "29 Mar 2027")])
def test_a_day_far_away_has_its_year(days: int, said: str) -> None:
    assert shown_day(NOW + timedelta(days=days), NOW) == said


def test_without_a_failure_there_is_no_message() -> None:
    assert failure_message([row("a")]) == ""


def test_many_failures_are_counted_and_some_named() -> None:
    failed = [row(f"a{number}", secret="failed", msg="no") for number in range(22)]

    message = failure_message([row("b"), *failed])

    assert message.startswith("22 of 23 apps failed; the others are done. a0/d: no; a1/d: no; ")
    assert message.endswith("; and 2 more")


def test_the_failure_of_an_app_is_named_without_a_secret() -> None:
    assert failure_message([row("a", "failed", "", description="", msg="no"), row("b")]) == "1 of 2 apps failed; the others are done. a: no"


def test_programs_get_counts() -> None:
    counted = summary_of([row("a", "created", "created"), row("b", secret="failed"), row("c")], changed=True)

    assert counted["apps"] == {"created": 1, "renewed": 0, "updated": 0, "copied": 0, "deleted": 0, "unchanged": 1, "failed": 1}
    assert counted["secrets"] == {
        "created": 1,
        "renewed": 0,
        "updated": 0,
        "copied": 0,
        "deleted": 0,
        "unchanged": 1,
        "failed": 1,
        "old_deleted": 0,
        "leftover_deleted": 0,
    }
    assert (counted["changed"], counted["failed"]) == (True, ["b"])


CHANGED = [row("a"), row("b", "created", "created"), row("b", "created", "failed", description="e", msg="no")]


def test_only_what_changed_or_failed_is_returned() -> None:
    assert apps_of(CHANGED) == [{"client_id": "b", "action": "failed", "secrets": {"d": "created", "e": "failed"}, "msg": "no"}]


def test_all_apps_are_returned_where_they_are_asked_for() -> None:
    assert [app["client_id"] for app in apps_of(CHANGED, "all")] == list(words_of(CHANGED))


def test_no_app_is_returned_where_none_is_asked_for() -> None:
    assert apps_of(CHANGED, "none") == []


@pytest.mark.parametrize(
    ("rows", "app"),
    [
        ([row("a", "created", "", description="")], {"action": "created", "secrets": {}}),
        ([row("a", old_deleted=1)], {"action": "updated", "secrets": {"d": "old one deleted"}}),
        ([row("a", left_deleted=1)], {"action": "updated", "secrets": {"d": "leftover deleted"}}),
        ([row("a", old_deleted=1, left_deleted=1)], {"action": "updated", "secrets": {"d": "old one deleted"}}),
        ([row("a", secret="renewed", old_deleted=1)], {"action": "renewed", "secrets": {"d": "renewed"}}),
        ([row("a", secret="copied")], {"action": "copied", "secrets": {"d": "copied"}}),
        ([row("a", "created", labels={"owner": "claims"})], {"action": "created", "secrets": {"d": "unchanged"}, "labels": {"owner": "claims"}}),
        (
            [row("a", secret="failed", msg="no"), row("a", secret="failed", description="e", msg="not that either")],
            {"action": "failed", "secrets": {"d": "failed", "e": "failed"}, "msg": "no not that either"},
        ),
    ],
)
def test_an_app_as_programs_get_it(rows: list[Row], app: dict[str, Any]) -> None:
    assert apps_of(rows) == [{"client_id": "a", **app}]
