# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The twelve steps of a managed thing: create, again, change, again, delete, again, each first in check mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple


class Step(NamedTuple):
    """One thing to do, twice.

    :param name: what it is called in reports.
    :param options: of the module.
    :param actions: the expected action of the first time, for each thing.
    """

    name: str
    options: Mapping[str, Any]
    actions: Sequence[str]


class Done(NamedTuple):
    """The result of one task, and its requests."""

    answer: dict[str, Any]
    requests: list[dict[str, Any]]

    @property
    def writes(self) -> list[str]:
        """Method and end of path of each write."""
        return [f"{request['method']} {request['path'].rpartition('/clients/')[2]}" for request in self.requests if request["write"]]


class Task(NamedTuple):
    """One run of the module.

    :param name: of the task, no two alike.
    """

    name: str
    options: Mapping[str, Any]
    check: bool


def run_lifecycle(perform: Callable[[Sequence[Task]], Sequence[Done]], steps: Sequence[Step]) -> dict[str, Done]:
    """Run each step in check mode, for real, in check mode again and for real again; check what is true for all.

    :param perform: runs tasks, each with its diff, one after the other.
    :returns: the results of the first real run of each step, by name.
    """
    tasks = [
        Task(f"{step.name}, {turn}{', foreseen' if check else ''}", step.options, check)
        for step in steps
        for turn in ("first", "again")
        for check in (True, False)
    ]
    done = {task.name: result for task, result in zip(tasks, perform(tasks))}
    for step in steps:
        first, again = done[f"{step.name}, first"], done[f"{step.name}, again"]
        check_foreseen(done[f"{step.name}, first, foreseen"], first)
        check_foreseen(done[f"{step.name}, again, foreseen"], again)
        assert actions_of(first.answer) == list(step.actions), step.name
        assert first.answer["changed"] is any(action != "unchanged" for action in step.actions), step.name
        assert set(actions_of(again.answer)) <= {"unchanged"}, step.name
        assert again.answer["changed"] is False, step.name
        assert again.writes == [], step.name
        assert again.answer["diff"] == [], step.name
    return {step.name: done[f"{step.name}, first"] for step in steps}


def check_foreseen(foreseen: Done, done: Done) -> None:
    """Check that check mode made no request but reads and the token's, and promised what then happened."""
    assert {request["kind"] for request in foreseen.requests} == {"token", "read"}
    assert foreseen.writes == []
    assert foreseen.answer["changed"] == done.answer["changed"]
    assert actions_of(foreseen.answer) == actions_of(done.answer)
    assert timeless(foreseen.answer["diff"]) == timeless(done.answer["diff"])
    assert not foreseen.answer.get("failed")
    assert not done.answer.get("failed")


def actions_of(answer: Mapping[str, Any]) -> list[str]:
    """Return the action of each thing, of the single and of the bulk form alike."""
    return [result["action"] for result in answer["results"]] if "results" in answer else [answer["action"]]


def timeless(diff: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a diff without what is computed from the very second of the run."""
    moments = ("start_time", "expiration", "days_left")
    return [{**entry, **{side: {name: value for name, value in entry[side].items() if name not in moments} for side in ("before", "after")}} for entry in diff]
