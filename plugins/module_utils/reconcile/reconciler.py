# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Reconcile one task: read and plan, then predict or carry out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypedDict, TypeVar

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ErrorDetails, VantageError, named
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import Outcome, run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api, shown_text


class AnyPlan(Protocol):
    """What every plan has."""

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""

    @property
    def before(self) -> Mapping[str, object]:
        """The current object; empty when there is none."""

    @property
    def after(self) -> Mapping[str, object]:
        """The object afterwards; empty when there will be none."""


ItemT = TypeVar("ItemT")
PlanT = TypeVar("PlanT", bound=AnyPlan)
SeenT = TypeVar("SeenT")
ResultT = TypeVar("ResultT", bound=Mapping[str, object])
# What a module ends with.
ModuleAnswer = dict[str, Any]


@dataclass(frozen=True)
class Planned(Generic[ItemT, PlanT, SeenT]):
    """One item with its plan, or with the error that kept it from having one.

    :param item: the wanted state.
    :param name: its name in messages.
    :param plan: its plan.
    :param seen: what was read of it and is needed to carry out the plan.
    :param fresh: whether it was just read by itself, rather than from a list.
    :param last: whether it runs after all others, as deletions do.
    """

    item: ItemT
    name: str
    plan: PlanT | None = None
    seen: SeenT | None = None
    fresh: bool = False
    last: bool = False
    error: VantageError | None = None


class FailedResult(TypedDict, total=False):
    """What a module returns for an item that failed."""

    client_id: str
    description: str
    action: str
    changed: bool
    msg: str
    error: ErrorDetails


class Diff(TypedDict):
    """The differences of one item, as Ansible shows them."""

    before_header: str
    after_header: str
    before: Mapping[str, object]
    after: Mapping[str, object]


class Reconciler(Protocol[ItemT, PlanT, SeenT, ResultT]):
    """The request of one task. Its constructor raises ConfigError for mistakes in the task as a whole."""

    actions: tuple[str, ...]
    noun: str
    single: bool
    concurrency: int
    warnings: list[str]

    def prepare(self, api: Api) -> list[Planned[ItemT, PlanT, SeenT]]:
        """Read, never write, and return one plan per item in the order given."""

    def predict(self, planned: Planned[ItemT, PlanT, SeenT]) -> ResultT:
        """Return the predicted result of the plan, without any request."""

    def carry_out(self, api: Api, planned: Planned[ItemT, PlanT, SeenT]) -> ResultT:
        """Carry out the plan and return the result."""

    def answer(self, result: ResultT) -> Mapping[str, object]:
        """Return the module's return values for the result of the single form."""


def reconcile(reconciler: Reconciler[ItemT, PlanT, SeenT, ResultT], api: Api, *, check: bool, diff: bool) -> ModuleAnswer:
    """Bring all items to their desired state and return the module's result; it has ``failed`` when an item failed.

    :param check: only report what would be done.
    :param diff: add the differences that the plans hold.
    :raises VantageError: when nothing could be planned, or when the only item of the single form failed.
    """
    planned = reconciler.prepare(api)
    if check:
        outcomes = [Outcome[ResultT](error=one.error) if one.error else Outcome(reconciler.predict(one)) for one in planned]
    else:
        outcomes = carry_out_all(reconciler, api, planned)
    answer = _answer_to_one(reconciler, outcomes[0]) if reconciler.single else _answer_to_many(reconciler, planned, outcomes)
    if diff:
        answer["diff"] = _diffs(planned)
    return answer


def carry_out_all(reconciler: Reconciler[ItemT, PlanT, SeenT, ResultT], api: Api, planned: Sequence[Planned[ItemT, PlanT, SeenT]]) -> list[Outcome[ResultT]]:
    """Carry out the plans, those marked ``last`` at the end, and return the outcomes in the given order."""

    def carry_out(number: int) -> ResultT:
        one = planned[number]
        if one.error:
            raise one.error
        return reconciler.carry_out(api, one)

    outcomes: dict[int, Outcome[ResultT]] = {}
    for last in (False, True):
        numbers = [number for number, one in enumerate(planned) if one.last is last]
        outcomes.update(zip(numbers, run_each(numbers, carry_out, reconciler.concurrency)))
    return [outcomes[number] for number in range(len(planned))]


def _answer_to_one(reconciler: Reconciler[ItemT, PlanT, SeenT, ResultT], outcome: Outcome[ResultT]) -> ModuleAnswer:
    result = outcome.result()
    return {"changed": result["changed"], **reconciler.answer(result), "action": result["action"]}


def _answer_to_many(
    reconciler: Reconciler[ItemT, PlanT, SeenT, ResultT], planned: Sequence[Planned[ItemT, PlanT, SeenT]], outcomes: Sequence[Outcome[ResultT]]
) -> ModuleAnswer:
    failures = [(one, outcome.error) for one, outcome in zip(planned, outcomes) if outcome.error]
    results: list[Mapping[str, object]] = [_failed_result(one, outcome.error) if outcome.error else outcome.result() for one, outcome in zip(planned, outcomes)]
    answer: ModuleAnswer = {
        "changed": any(result["changed"] for result in results),
        "results": results,
        "summary": {action: sum(result["action"] == action for result in results) for action in reconciler.actions},
    }
    if failures:
        plural = "" if len(results) == 1 else "s"
        said = named([f"{one.name}: {error.message}" for one, error in failures], separator="; ")
        answer.update(failed=True, msg=f"{len(failures)} of {len(results)} {reconciler.noun}{plural} failed. {said}")
    return answer


def _failed_result(planned: Planned[ItemT, PlanT, SeenT], error: VantageError) -> FailedResult:
    result: FailedResult = {
        "client_id": shown_text(getattr(planned.item, "client_id", "")),
        "action": "failed",
        "changed": error.changed,
        "msg": error.message,
        "error": error.as_details(),
    }
    if hasattr(planned.item, "description"):
        result["description"] = planned.item.description
    return result


def _diffs(planned: Iterable[Planned[ItemT, PlanT, SeenT]]) -> list[Diff]:
    return [
        {"before_header": one.name, "after_header": one.name, "before": one.plan.before, "after": one.plan.after}
        for one in planned
        if one.plan is not None and one.plan.changed
    ]
