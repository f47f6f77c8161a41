# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written to a store, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_changes import SILENT, STILL_THERE, answer, answer_in_doubt, planned_changes

OLD = {"client_id": "a", "description": "d", "id": "1"}
NEW = {"client_id": "a", "description": "d", "id": "2", "value": "v"}
MARK = {"client_id": "a", "description": "d", "reserved_at": "now"}


def plan(held: dict[str, Any] | None, wanted: dict[str, Any], expect: Any, **more: Any) -> dict[str, Any]:
    """Plan to write one entry where another is expected."""
    read = {"entries": {"n": held} if held else {}, **more}
    return planned_changes(read, {"entries": {"n": wanted}, "remove": [], "expect": {"n": expect}})


@pytest.mark.parametrize(
    ("held", "expect", "written"),
    [
        (None, None, True),
        (None, "", True),
        (OLD, "1", True),
        (OLD, "", False),
        (OLD, None, False),
        (OLD, "other", False),
        (MARK, "", True),
        (MARK, None, False),
    ],
)
def test_only_what_was_seen_is_replaced(held: dict[str, Any] | None, expect: str | None, written: bool) -> None:
    planned = plan(held, NEW, expect)
    assert list(planned["write"]) == ["n"] * written
    assert list(planned["refused"]) == [] if written else ["n"]


def test_what_somebody_else_has_put_there_stays() -> None:
    planned = plan(None, NEW, "", foreign={"n": "place"})
    assert planned["write"] == {}
    assert planned["failed"]["n"].startswith("place is there already")


@pytest.mark.parametrize(
    ("there", "said", "outcome", "reason"),
    [
        (NEW, {}, "written", None),
        # The store has written it, whatever its answer was.
        (NEW, {"n": "time-out"}, "written", None),
        (OLD, {"n": "denied"}, "failed", "denied"),
        (None, {}, "failed", SILENT),
        (MARK, {}, "failed", SILENT),
        ({**OLD, "id": "3"}, {}, "refused", None),
    ],
)
def test_what_the_store_holds_decides(there: dict[str, Any] | None, said: dict[str, str], outcome: str, reason: str | None) -> None:
    told = answer(plan(OLD, NEW, "1"), {"entries": {"n": there} if there else {}}, said)
    assert [kind for kind in ("written", "failed", "refused") if "n" in told[kind]] == [outcome]
    assert told["entries"] == ({"n": NEW} if outcome == "written" else {})
    assert told["failed"].get("n") == reason
    assert told["changed"] is (outcome == "written")


def test_entries_of_another_run_are_told_without_their_values() -> None:
    told = answer(plan(OLD, NEW, "1"), {"entries": {"n": {**NEW, "id": "3"}}}, {})
    assert told["refused"] == {"n": {**OLD, "id": "3"}}


@pytest.mark.parametrize(("there", "removed", "failed"), [({}, ["n"], {}), ({"n": OLD}, [], {"n": STILL_THERE})])
def test_removing(there: dict[str, Any], removed: list[str], failed: dict[str, str]) -> None:
    planned = planned_changes({"entries": {"n": OLD}}, {"entries": {}, "remove": ["n", "gone"], "expect": {"n": "1"}})
    assert planned["remove"] == ["n"]
    told = answer(planned, {"entries": there}, {})
    assert (told["removed"], told["failed"]) == (removed, failed)


def test_doubt_is_told_of_all_that_was_tried() -> None:
    told = answer_in_doubt(plan(OLD, NEW, "1"), {}, "no answer")
    assert (told["entries"], list(told["doubtful"])) == ({}, ["n"])
    assert "no answer" in told["doubtful"]["n"]
