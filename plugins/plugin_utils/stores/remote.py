# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""What all stores share that keep each entry for itself on a server: compare, write, read back, and tell what became of it."""

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
# How often an entry may turn out to be another version than the one that was seen last, before another run is said to be at work.
MOST_LOOKS = 3
FOREIGN = "Something else that this collection has not written is there already; rename that, or choose another prefix."


class StaleError(StoreError):
    """The store refused a write, since the entry is in another version than the one that was to be replaced."""


class LateError(StoreError):
    """No answer came in time, so what was asked for may still happen."""


class Found(NamedTuple):
    """What is in one place of a store.

    :param version: what the store tells its states apart by, also of an entry that is gone; empty when it never had one.
    :param is_foreign: whether something is there that this collection has not written.
    """

    entry: Entry | None = None
    version: str = ""
    is_foreign: bool = False


def found_from_members(members: Any, version: str) -> Found:
    """Return what is kept in one place says."""
    if members is None:
        return Found(None, version)
    try:
        return Found(entry_from_members(members), version)
    except (ValueError, AttributeError):
        return Found(None, version, is_foreign=True)


class RemoteStore:
    """A store on a server; the class of each says how one entry is listed, read, written and removed.

    An error is a StoreError, with ``in_doubt`` when a write may have happened all the same.

    :ivar compares: whether the server refuses to replace another version than the one that it is told.
    :ivar pauses: seconds after which a server is asked again that may show a state from before a write for a while; none for one that never does.
    """

    remembers = True
    can_list = True
    shows_values = True
    writes_at_once = False
    compares: bool = True
    pauses: Sequence[float] = ()

    def __init__(self, context: StoreContext) -> None:
        self._concurrency = max(1, context.concurrency)
        # By name, what was seen last, without its value. Each is replaced as a whole, so that threads need no lock.
        self._seen: dict[str, Found] = {}

    def connect(self) -> None:
        """Log in, once for all threads, before they begin."""
        raise NotImplementedError

    def list_places(self) -> Iterable[str]:
        """Return the places of this tenant in which something may be."""
        raise NotImplementedError

    def place_of(self, name: str) -> str:
        """Return where an entry is kept."""
        raise NotImplementedError

    def get(self, place: str) -> Found:
        """Return what is in a place."""
        raise NotImplementedError

    def put(self, place: str, entry: Entry, version: str) -> str | None:
        """Write an entry over the version that was seen, and return its own version, where the server says which that is.

        :raises StaleError: when another one is there.
        """
        raise NotImplementedError

    def delete(self, place: str, version: str) -> None:
        """Remove the version that was seen.

        :raises StaleError: when another one is there.
        """
        raise NotImplementedError

    def likely(self, names: list[str]) -> list[str]:
        """Return those of the names that may be there, when the server can tell in fewer requests than one for each."""
        return names

    def read(self, names: Iterable[str] | None, *, values: bool) -> dict[str, Entry]:
        """Return entries by name."""
        self.connect()
        entries = [found.entry for found in self.look_at(None if names is None else list(names)) if found.entry]
        return {entry.name: entry if values else replace(entry, value="") for entry in entries}

    def look_at(self, names: list[str] | None) -> Iterable[Found]:
        """Return what is in the places of these names, or of this tenant; each is looked at on its own, unless the store knows better."""
        places = list(self.list_places()) if names is None else [self.place_of(name) for name in self.likely(names)]
        return self.in_threads(self._look, places)

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Write each entry on its own."""
        self.connect()
        return dict(zip([change.name for change in changes], self.in_threads(self._write_one, changes)))

    def seen_names(self) -> list[str]:
        """Return the names of what was looked at so far."""
        return list(self._seen)

    def in_threads(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Return the results in the order of the items, as many at a time as the run may have requests under way."""
        with closing(iter_each(items, function, self._concurrency)) as outcomes:
            # The first error ends it: what has not begun by then is not begun any more.
            return [outcome.result() for outcome in outcomes]

    def _look(self, place: str) -> Found:
        return self.remember(place, self.get(place))

    def remember(self, place: str, found: Found) -> Found:
        """Return what was found, and remember it; an entry in a place that is not its own was put there by somebody else."""
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
                    # It had arrived when it was sent first, and was refused when it was sent again.
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
        """Return a change to compare with what is read back: without its value where the store shows none."""
        if self.shows_values or change.entry is None:
            return change
        return replace(change, entry=replace(change.entry, value=""))

    def _must_look(self, change: Change, seen: Found) -> bool:
        """Return whether a request is needed before the write: for the value that may have to be put back, or where the server does not compare."""
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
        """Return what became of a write that the server has accepted; of a mark, by its version: whoever replaces that has it compared."""
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
        """Return what is there after a write; the state from before it is believed only when it stays."""
        found = self._look_for(change.name)
        for pause in self.pauses:
            if is_done(found.entry, change) or found.entry != before:
                break
            time.sleep(pause)
            found = self._look_for(change.name)
        return found

    def _after_error(self, change: Change, before: Entry | None, error: StoreError) -> Written:
        """Return what became of a write that ended with an error: by what is there, unless the write may still be under way."""
        if not error.in_doubt:
            return Written("failed", str(error), before)
        written = self._read_back(change, before)
        if written.status in ("written", "refused"):
            return written
        is_open = written.status == "in_doubt" or isinstance(error, LateError)
        return replace(written, status="in_doubt" if is_open else "failed", reason=str(error))
