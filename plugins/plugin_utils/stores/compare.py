# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Compare what a store holds with a change. Pure."""

from __future__ import annotations

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Written

OTHER_RUN = "Another run has changed the entry meanwhile, so it was left alone; run again."
SILENT = "The store reported no error, but does not hold what was written; see whether something else changes this entry."
STILL_THERE = "The store reported no error, but the entry is still there."


def is_expected(there: Entry | None, expected: str | None) -> bool:
    """Return whether the entry is the one that the caller has read.

    :param expected: id of the entry that has to be there; empty for a mark or nothing, None for nothing at all.
    """
    if expected is None:
        return there is None
    return (there.id if there else "") == expected


def is_done(there: Entry | None, change: Change) -> bool:
    """Return whether the store already holds the result of the change, as after a repeated write."""
    return there == change.entry


def judge_before(there: Entry | None, change: Change) -> Written | None:
    """Return the result of a change that needs no write; None when it has to be written."""
    if is_done(there, change):
        return Written("written", before=there, after=there)
    if not is_expected(there, change.expected):
        return Written("refused", OTHER_RUN, before=there)
    return None


def judge_after(before: Entry | None, found: Entry | None, change: Change) -> Written:
    """Return the result of an accepted change, from what was read back."""
    if is_done(found, change):
        return Written("written", before=before, after=found)
    if change.entry is None:
        return Written("failed", STILL_THERE, before, found)
    if found and found != before and (found.id, found.reserved_at) != (change.entry.id, change.entry.reserved_at):
        return Written("refused", OTHER_RUN, before, found)
    return Written("failed", SILENT, before, found)
