# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a change, by what the store held before and holds after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.compare import judge_after, judge_before
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import new_entry, new_mark

MARK, OTHER_MARK = new_mark(), replace(new_mark(), reserved_at="2026-09-08T00:00:00.000Z")
OLD, NEW, OTHER = new_entry(1), new_entry(2), new_entry(3)
WRITE = "it is to be written"


@pytest.mark.parametrize(
    ("there", "entry", "expected", "status"),
    [
        (None, NEW, None, WRITE),
        (None, NEW, "", WRITE),
        (None, NEW, "secret-1", "refused"),
        (MARK, NEW, None, "refused"),
        (MARK, NEW, "", WRITE),
        (MARK, NEW, "secret-1", "refused"),
        (OLD, NEW, None, "refused"),
        (OLD, NEW, "", "refused"),
        (OLD, NEW, "secret-1", WRITE),
        (OTHER, NEW, "secret-1", "refused"),
        (OLD, None, "secret-1", WRITE),
        (OLD, None, "secret-2", "refused"),
        # The store already holds what was to be written.
        (NEW, NEW, "secret-1", "written"),
        (None, None, "secret-1", "written"),
        (None, None, None, "written"),
    ],
)
def test_only_the_entry_that_was_read_is_replaced(there: Entry | None, entry: Entry | None, expected: str | None, status: str) -> None:
    judged = judge_before(there, Change(NEW.name, entry, expected))

    assert (judged.status if judged else WRITE) == status
    if judged:
        assert judged.before == there
        assert bool(judged.reason) is (status == "refused")


@pytest.mark.parametrize(
    ("before", "found", "entry", "status"),
    [
        (OLD, NEW, NEW, "written"),
        (OLD, OLD, NEW, "failed"),
        (OLD, None, NEW, "failed"),
        (OLD, OTHER, NEW, "refused"),
        (OLD, replace(NEW, value="cut"), NEW, "failed"),
        (None, OTHER_MARK, MARK, "refused"),
        (MARK, MARK, NEW, "failed"),
        (OLD, None, None, "written"),
        (OLD, OLD, None, "failed"),
    ],
)
def test_the_entry_that_is_read_back_decides_the_status(before: Entry | None, found: Entry | None, entry: Entry | None, status: str) -> None:
    judged = judge_after(before, found, Change(NEW.name, entry, "secret-1"))

    assert judged.status == status
    assert judged.before == before
    assert judged.after == found
    assert bool(judged.reason) is (status != "written")
