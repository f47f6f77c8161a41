# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disturb each request of each change to a store's entry, and check that every report is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Store, Written
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import change_to, new_entry, new_mark


class Server(Protocol):
    """What a test can do with a stand-in for a store's server."""

    calls: list[str]
    at: Callable[[int], bool]
    kind: Any
    before: Callable[[int], None] | None

    def begin(self) -> None:
        """Restart the count, without faults."""

    def read(self, name: str) -> dict[str, Any] | None:
        """Return the content of a place, without the store's code."""


class Step:
    """One change, and what is there before it; the names of the steps are those of the life of an entry."""

    def __init__(self, before: Entry | None, after: Entry | None, name: str) -> None:
        self.before, self.after, self.name = before, after, name
        # What another run makes of the same state.
        self.other = new_entry(9, before.client_id if before else after.client_id if after else "")
        self.change = Change(name, after, None if before is None else before.id)


def steps_of(client_id: str) -> Iterator[Step]:
    """Yield the changes of an entry's life."""
    mark, first, second = new_mark(client_id), new_entry(1, client_id), new_entry(2, client_id)
    for before, after in ((None, mark), (mark, first), (first, second), (second, None)):
        yield Step(before, after, mark.name)


@dataclass
class StoreFaults:
    """Runs every step with a fault at each of its requests.

    :ivar new_store: creates another store of the same place, as in another run.
    :ivar place_of: the server's name of an entry's place.
    :ivar lost: by step and request, where another run's write was overwritten unnoticed.
    """

    server: Server
    new_store: Callable[[], Store]
    place_of: Callable[[str], str]
    lost: list[str] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._store, self._other = self.new_store(), self.new_store()
        self._store.check()
        self._other.check()

    def fault_at_each(self, kind: Any, *, for_ever: bool = False) -> None:
        """Inject a fault into each request; or into all from one on, as when the run is killed there."""
        for index in range(4):
            requests = self._undisturbed(index)
            for number in range(1, requests + 1):
                step = self._prepared(index)
                self.server.kind = kind
                self.server.at = (lambda one, number=number: one >= number) if for_ever else (lambda one, number=number: one == number)

                answer = self._store.write([step.change])[step.name]
                self.server.begin()

                self._assert_told(step, answer, f"{kind} at request {number} of {requests} of step {index}")
                self._assert_goes_on(step)

    def other_run_at_each(self) -> None:
        """Let another run change the entry just before each request; exactly one of the two succeeds."""
        for index in range(4):
            for number in range(1, self._undisturbed(index) + 1):
                step = self._prepared(index)
                self._meet_other_run(step, number, f"{index}.{number}")

    def _meet_other_run(self, step: Step, number: int, where: str) -> None:
        """Let another run write just before a request, and compare both reports with the entry."""
        theirs: list[Written] = []

        def interfere(at: int) -> None:
            if at == number:
                self.server.before = None
                theirs.append(self._other.write([change_to(step.other, step.change.expected)])[step.name])

        self.server.before = interfere
        ours = self._store.write([step.change])[step.name]
        self.server.begin()
        held = self.server.read(self.place_of(step.name))

        told = [step.after] if ours.status == "written" else []
        told += [step.other] if theirs and theirs[0].status == "written" else []
        assert ours.status in ("written", "refused", "failed"), (where, ours)
        if len(told) < 2:
            assert held == (told[0].to_members() if told and told[0] else None), (where, ours, theirs)
        elif held != step.other.to_members():
            # Any run that expects a mark may replace it, and a removed entry may be written again.
            self.lost.append(where)

    def _undisturbed(self, index: int) -> int:
        """Return how many requests a step takes."""
        step = self._prepared(index)

        answer = self._store.write([step.change])[step.name]
        requests = len(self.server.calls)
        self.server.begin()

        assert answer.status == "written"
        return requests

    def _prepared(self, index: int) -> Step:
        """Return a step of a new entry, whose earlier steps were made; both runs have looked at it."""
        steps = list(steps_of(f"app-{next(self._number)}"))
        for step in steps[:index]:
            assert self._store.write([step.change])[step.name].status == "written"
        for store in (self._store, self._other):
            store.read([steps[index].name], values=False)
        self.server.begin()
        return steps[index]

    def _assert_told(self, step: Step, answer: Written, where: str) -> None:
        """Assert that the report of a step is true, and shows no value."""
        held = self.server.read(self.place_of(step.name))
        before = step.before.to_members() if step.before else None
        after = step.after.to_members() if step.after else None

        assert held in (before, after), (where, answer, held)
        assert answer.status != "refused", (where, answer)
        assert bool(answer.reason) is (answer.status != "written"), (where, answer)
        if answer.status != "in_doubt":
            assert held == (after if answer.status == "written" else before), (where, answer)
        for entry in (step.before, step.after):
            assert not entry or not entry.value or entry.value not in answer.reason

    def _assert_goes_on(self, step: Step) -> None:
        """Assert that the next run, which has not seen anything, makes the change."""
        answer = self._other.write([step.change])[step.name]

        assert answer.status == "written"
        assert self.server.read(self.place_of(step.name)) == (step.after.to_members() if step.after else None)
