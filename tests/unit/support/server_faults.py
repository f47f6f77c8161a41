# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of fault at every request of a store on a server, another run at every request, and an end at every request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Store, StoreError, Written
from ansible_collections.abbyy.vantage.tests.integration.support.stores.between import Between, Fault
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import change_to, new_entry, new_mark

NAME = new_entry().name
FIRST, SECOND, OTHER = new_entry(1), new_entry(2), new_entry(9)
# A secret is marked, delivered, renewed and removed.
STORY = (change_to(new_mark(), None), change_to(FIRST, ""), change_to(SECOND, FIRST.id), Change(NAME, None, SECOND.id))
BROKEN = {"kind": "Status", "message": "broken", "detail": "broken", "errors": ["broken"]}
FAULTS = (
    Fault("drop_before", "", times=1),
    Fault("drop_after", "", times=1),
    Fault("answer", "", times=1, status=500, body=BROKEN),
    Fault("answer", "", times=1, status=403, body=BROKEN),
    Fault("answer", "", times=1, body=b"<html>Please log in</html>"),
)
ENDS = (Fault("drop_before", ""), Fault("drop_after", ""))


@dataclass
class ServerFaults:
    """Runs the same story repeatedly, each time with another fault.

    :ivar new_store: creates a store that sends each request once, through `between` or directly.
    :ivar held: returns the entry on the server, with its value, without the store's code; None for none.
    :ivar compares: whether the server refuses to replace another version than the one that was read.
    """

    new_store: Callable[[str], Store]
    between: Between
    held: Callable[[], Entry | None]
    compares: bool = True

    def fault_at_every_request(self) -> None:
        """Inject each fault into each request: the report is true, and the next run completes the story."""
        for number in range(self._count()):
            for fault in FAULTS:
                self._meet(replace(fault, skip=number))

    def end_at_every_request(self) -> None:
        """Drop all requests from some number on, as after a kill; the next run completes the story."""
        for number in range(self._count()):
            for end in ENDS:
                self._meet(replace(end, skip=number, times=1), Fault("drop_before", "", skip=number + (end.kind == "drop_after")))

    def other_run_at_every_request(self) -> None:
        """Let another run write just before each request of each step: the later one notices, and its report is true."""
        for step, change in enumerate(STORY):
            for number in range(1, self._count() + 1):
                if self._is_past(step, change, number):
                    break

    def _count(self) -> int:
        """Return the number of requests of the story without faults."""
        self.between.faults, self.between.calls = [], []
        store = self.new_store(self.between.url)

        answers = [self._step(store, change) for change in STORY]

        assert [answer.status for answer in answers] == ["written"] * len(STORY)
        return len(self.between.calls)

    def _meet(self, *faults: Fault) -> None:
        """Run the story with faults until a step fails, and complete it in another run without them."""
        told = ", ".join(f"{fault.kind} {fault.status}" for fault in faults)
        self.between.calls, self.between.faults = [], list(faults)
        store = self.new_store(self.between.url)
        left = list(STORY)

        while left and self._step(store, left[0]).status == "written":
            left.pop(0)

        assert left == [] or self.between.calls, told

        self.between.faults = []
        for change in self._rest(left):
            answer = self._step(self.new_store(self.between.server), change)

            assert answer.status == "written", f"{told} at {self.between.calls}: {answer}"

        assert self.held() is None

    def _rest(self, left: list[Change]) -> list[Change]:
        """Return the changes that remain for the next run, which knows only the store's content."""
        if not left:
            return []
        there = self.held()
        return [Change(NAME, None, there.id)] if there else []

    def _step(self, store: Store, change: Change) -> Written:
        """Make one change and return its report, which is true and shows no secret."""
        before = self.held()

        try:
            answer = store.write([change])[NAME]
        except StoreError as exc:
            answer = Written("failed", str(exc))
        after = self.held()

        if answer.status == "written":
            assert after == change.entry
        elif answer.status != "in_doubt":
            assert after == before
        else:
            assert after in (before, change.entry)
        assert FIRST.value not in answer.reason
        assert bool(answer.reason) is (answer.status != "written")
        return answer

    def _is_past(self, step: int, change: Change, number: int) -> bool:
        """Return whether a step has no request of that number; if it has, let another run come before it."""
        for former in STORY[:step]:
            assert self._step(self.new_store(self.between.server), former).status == "written"
        store, calls = self.new_store(self.between.url), len(self.between.calls)
        came: list[Written] = []

        def come(now: int) -> None:
            if now == calls + number:
                there = self.held()
                came.append(self.new_store(self.between.server).write([change_to(OTHER, there.id if there else None)])[NAME])

        self.between.on_call = come
        answer = store.write([change])[NAME]
        self.between.on_call = lambda _number: None

        if came:
            assert came[0].status == "written"
            self._assert_noticed(change, answer, f"{answer} at request {number} of {change}")
        self._remove()
        return not came

    def _assert_noticed(self, change: Change, answer: Written, where: str) -> None:
        """Assert that a run that came second says so, if the server compares."""
        is_told = answer.status == "refused" or (answer.status == "failed" and "still there" in answer.reason)
        there = self.held()

        assert (answer.status == "written") is (there == change.entry), where
        assert answer.status == "written" or there == OTHER, where
        assert is_told or not self.compares, where

    def _remove(self) -> None:
        """Remove the entry before the next case."""
        there = self.held()
        if there:
            answer = self.new_store(self.between.server).write([Change(NAME, None, there.id)])[NAME]

            assert answer.status == "written"
