# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""What all stores share that keep entries on a server: compare, write, read back, and report the result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import iter_each
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.compare import OTHER_RUN, is_done, judge_after, judge_before
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, StoreContext, StoreError, Written, entry_from_members

Item = TypeVar("Item")
Result = TypeVar("Result")
# How often an entry may have changed since the last read before another run is blamed.
MOST_LOOKS = 3
FOREIGN = "Another object, which this collection has not written, already exists there; rename it, or choose another prefix."


class StaleError(StoreError):
    """The store refused a write, since the entry has another version than the one to be replaced."""


class LateError(StoreError):
    """No response came in time, so the request may still take effect."""


class Found(NamedTuple):
    """The content of one place in a store.

    :param version: the store's version of the entry, even of a removed one; empty when it never had one.
    :param is_foreign: whether the content was not written by this collection.
    """

    entry: Entry | None = None
    version: str = ""
    is_foreign: bool = False


def found_from_members(members: Any, version: str) -> Found:
    """Return the entry in a stored text."""
    if members is None:
        return Found(None, version)
    try:
        return Found(entry_from_members(members), version)
    except (ValueError, AttributeError):
        return Found(None, version, is_foreign=True)


class RemoteStore:
    """A store on a server; each class implements how one entry is listed, read, written and removed.

    An error is a StoreError, with ``in_doubt`` when a write may have happened all the same.

    :ivar compares: whether the server refuses to replace another version than the given one.
    :ivar pauses: seconds between repeated reads of a server that may return old states after a write; empty if it never does.
    """

    remembers = True
    can_list = True
    shows_values = True
    writes_at_once = False
    compares: bool = True
    pauses: Sequence[float] = ()

    def __init__(self, context: StoreContext) -> None:
        self._concurrency = max(1, context.concurrency)
        # The last read state by name, without values. Each is replaced as a whole, so that threads need no lock.
        self._seen: dict[str, Found] = {}

    def connect(self) -> None:
        """Log in, once for all threads, before they start."""
        raise NotImplementedError

    def list_places(self) -> Iterable[str]:
        """Return the places of this tenant that may hold entries."""
        raise NotImplementedError

    def place_of(self, name: str) -> str:
        """Return the place of an entry."""
        raise NotImplementedError

    def get(self, place: str) -> Found:
        """Return the content of a place."""
        raise NotImplementedError

    def put(self, place: str, entry: Entry, version: str) -> str | None:
        """Write an entry over the version that was read, and return its new version if the server reports it.

        :raises StaleError: when another one is there.
        """
        raise NotImplementedError

    def delete(self, place: str, version: str) -> None:
        """Remove the version that was read.

        :raises StaleError: when another one is there.
        """
        raise NotImplementedError

    def likely(self, names: list[str]) -> list[str]:
        """Return the names that may exist, if the server can tell with fewer than one request each."""
        return names

    def read(self, names: Iterable[str] | None, *, values: bool) -> dict[str, Entry]:
        """Return entries by name."""
        self.connect()
        entries = [found.entry for found in self.look_at(None if names is None else list(names)) if found.entry]
        return {entry.name: entry if values else replace(entry, value="") for entry in entries}

    def look_at(self, names: list[str] | None) -> Iterable[Found]:
        """Return the contents of the places of these names, or of this tenant; each one is read separately, unless the store has a faster way."""
        places = list(self.list_places()) if names is None else [self.place_of(name) for name in self.likely(names)]
        return self.in_threads(self._look, places)

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Write each entry separately."""
        self.connect()
        return dict(zip([change.name for change in changes], self.in_threads(self._write_one, changes)))

    def seen_names(self) -> list[str]:
        """Return the names that were read so far."""
        return list(self._seen)

    def in_threads(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Return the results in the order of the items, with as many in parallel as the run may have requests."""
        with closing(iter_each(items, function, self._concurrency)) as outcomes:
            # The first error ends it: items that have not started are not started.
            return [outcome.result() for outcome in outcomes]

    def _look(self, place: str) -> Found:
        return self.remember(place, self.get(place))

    def remember(self, place: str, found: Found) -> Found:
        """Return what was found, and remember it; an entry in a place that is not its own is foreign."""
        if found.entry and self.place_of(found.entry.name) != place:
            found = found._replace(entry=None, is_foreign=True)
        if found.entry:
            self._seen[found.entry.name] = found._replace(entry=replace(found.entry, value=""))
        return found

    def _look_for(self, name: str) -> Found:
        found = self._look(self.place_of(name))
        if not found.entry:
            self._seen[name] = found
        return found

    def _write_one(self, change: Change) -> Written:
        wanted = self._as_shown(change)
        seen = self._seen.get(change.name, Found())
        before = seen.entry
        for number in range(MOST_LOOKS):
            if number or self._must_look(change, seen):
                try:
                    seen = self._look_for(change.name)
                except StoreError as exc:
                    return Written("in_doubt" if number else "failed", str(exc), before)
                if number and is_done(seen.entry, wanted):
                    # The first attempt had arrived, and the second one was refused.
                    return Written("written", before=before, after=seen.entry)
                before = seen.entry
                judged = Written("failed", FOREIGN) if seen.is_foreign else judge_before(before, wanted)
                if judged:
                    return judged
            try:
                version = self._send(change, seen.version)
            except StaleError:
                continue
            except StoreError as exc:
                return self._after_error(change, before, exc)
            else:
                return self._accepted(change, before, version)
        return Written("refused", OTHER_RUN, before)

    def _as_shown(self, change: Change) -> Change:
        """Return a change for the comparison: without its value if the store shows none."""
        if self.shows_values or change.entry is None:
            return change
        return replace(change, entry=replace(change.entry, value=""))

    def _must_look(self, change: Change, seen: Found) -> bool:
        """Return whether a read is needed before the write: for a value to restore, or if the server does not compare."""
        if not self.compares or change.expected or change.entry is None or seen.is_foreign:
            return True
        return seen.entry is not None and (change.expected is None or bool(seen.entry.id))

    def _send(self, change: Change, version: str) -> str | None:
        place = self.place_of(change.name)
        if change.entry:
            return self.put(place, change.entry, version)
        self.delete(place, version)
        return None

    def _accepted(self, change: Change, before: Entry | None, version: str | None) -> Written:
        """Return the result of an accepted write; a mark is only checked by its version, since its replacement is compared."""
        if change.entry and not change.entry.id and self.compares and version:
            self._seen[change.name] = Found(change.entry, version)
            return Written("written", before=before, after=change.entry)
        return self._read_back(change, before)

    def _read_back(self, change: Change, before: Entry | None) -> Written:
        change = self._as_shown(change)
        try:
            found = self._look_after_write(change, before)
        except StoreError as exc:
            return Written("in_doubt", f"It was written, but could not be read back: {exc}", before)
        written = judge_after(before, found.entry, change)
        is_old = bool(self.pauses) and written.status == "failed" and found.entry == before
        return replace(written, status="in_doubt") if is_old else written

    def _look_after_write(self, change: Change, before: Entry | None) -> Found:
        """Return the state after a write; an old state is believed only if it stays."""
        found = self._look_for(change.name)
        for pause in self.pauses:
            if is_done(found.entry, change) or found.entry != before:
                break
            time.sleep(pause)
            found = self._look_for(change.name)
        return found

    def _after_error(self, change: Change, before: Entry | None, error: StoreError) -> Written:
        """Return the result of a failed write from the current state, unless the write may still be running."""
        if not error.in_doubt:
            return Written("failed", str(error), before)
        written = self._read_back(change, before)
        if written.status in ("written", "refused"):
            return written
        is_open = written.status == "in_doubt" or isinstance(error, LateError)
        return replace(written, status="in_doubt" if is_open else "failed", reason=str(error))
