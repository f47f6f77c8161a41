# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The steps of the role app_onboarding that only think, each between tasks that act. Pure.

A step takes up what the tasks since the step before have registered, and says what the tasks after it have to do. What they are to do,
and what later steps need to know, is packed (see ``_packed.py``); which of them are asked for anything is told beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_batch as batch
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_gates as gates
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_plan as plan
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_report as report
from ansible_collections.abbyy.vantage.plugins.plugin_utils._packed import packed, packed_items, unpacked

Variables = dict[str, Any]
# Where all stores answer, so that each answer has to be taken up before the next one.
STORE_ANSWER = "__app_onboarding_store_answer"
MOST_DEAD_BATCHES = 2


class Order(NamedTuple):
    """Something that a step gives the tasks after it to do.

    :param field: under which name they find it in the step's answer.
    :param slot: which part of a batch's facts their answer will be.
    :param variable: where they register it.
    :param of: makes the order from the batch's facts.
    """

    field: str
    slot: str
    variable: str
    of: Callable[[batch.BatchFacts], Any]


ORDERS: dict[str, tuple[Order, ...]] = {
    "secrets": (
        Order("names", "previous", STORE_ANSWER, batch.names_to_replace),
        Order("secrets", "made", "__app_onboarding_made", batch.secrets_to_make),
    ),
    "deliver": (Order("changes", "kept", STORE_ANSWER, batch.entries_to_keep),),
    "retire": (Order("names", "read", STORE_ANSWER, batch.names_to_read),),
    "prove": (Order("secrets", "retired", "__app_onboarding_retired", batch.secrets_to_retire),),
    "settle": (
        Order("changes", "settled", STORE_ANSWER, batch.entries_to_settle),
        Order("secrets", "taken_back", "__app_onboarding_taken_back", batch.secrets_to_take_back),
    ),
    "end": (),
}
NO_PROGRESS: dict[str, Any] = {"rows": [], "dead": 0, "store_trouble": ""}


def think(step: str, variables: Variables, *, number: int, check: bool) -> dict[str, Any]:
    """Return what a step answers, but for the step load.

    :param number: of the batch, with the step secrets.
    :param check: whether nothing may be written.
    """
    settings = {**variables["__app_onboarding_loaded"]["settings"], "check": check}
    if step not in ORDERS:
        return RUN_STEPS[step](variables, settings)
    return batch_step(step, begun(variables, number) if step == "secrets" else variables["__app_onboarding_batch"], variables, settings)


def begun(variables: Variables, number: int) -> dict[str, Any]:
    """Return a batch as its first tasks have left it."""
    progress = NO_PROGRESS if number == 0 else variables["__app_onboarding_batch"]["progress"]
    given_up = progress["dead"] >= MOST_DEAD_BATCHES
    # The clients of all batches are ordered by the step plan.
    wrote = not given_up and variables["__app_onboarding_plan"]["clients"][number] != packed_items([])
    asked = {"clients": "__app_onboarding_written"} if wrote else {}
    return {"number": number, "progress": progress, "given_up": given_up, "answered": {}, "stored": {}, "asked": asked}


def batch_step(step: str, former: dict[str, Any], variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the batch as it goes on, with the orders of this step by their fields, and the slots that are ``asked`` for by them.

    Its ``progress`` is that of the run before this batch, and after it once there is nothing more to be done for it.

    :param former: the batch as the step before has left it.
    """
    current = taken_up(former, variables)
    known = known_facts(current, variables, settings)
    wanted = {order: order.of(known) for order in ORDERS[step]}
    answer = {**current, "asked": {order.slot: order.variable for order, what in wanted.items() if not is_empty(what)}}
    answer.update({order.field: packed_items(what) if order.field == "secrets" else packed(what) for order, what in wanted.items()})
    if step in ("retire", "end"):
        answer["unfinished"] = step == "retire" and not known.check and (batch.needs_retiring(known) or batch.needs_settling(known))
        if not answer["unfinished"]:
            answer.update(ended(known, current, variables))
    return answer


def taken_up(former: dict[str, Any], variables: Variables) -> dict[str, Any]:
    """Return a batch with what the tasks since its last step have registered."""
    answered, stored = dict(former["answered"]), dict(former["stored"])
    for slot, variable in former["asked"].items():
        if variable == STORE_ANSWER:
            stored[slot] = packed(variables.get(variable) or {})
        else:
            answered[slot] = variable
    return {**{key: former[key] for key in ("number", "progress", "given_up")}, "answered": answered, "stored": stored, "asked": {}}


def known_facts(current: dict[str, Any], variables: Variables, settings: dict[str, Any]) -> batch.BatchFacts:
    """Return what is known of a batch."""
    return batch.BatchFacts(
        {
            "batch": unpacked(variables["__app_onboarding_plan"]["batches"][current["number"]]),
            "keeps": settings["keeps"],
            "blind": settings["blind"],
            "check": settings["check"],
            "tenant_id": settings["tenant_id"],
            "now": variables["__app_onboarding_tenant"]["server_time"],
            "given_up": current["given_up"],
            "store_trouble": current["progress"]["store_trouble"],
            **{slot: variables.get(variable) or {} for slot, variable in current["answered"].items()},
            **{slot: unpacked(answer) for slot, answer in current["stored"].items()},
        }
    )


def ended(known: batch.BatchFacts, current: dict[str, Any], variables: Variables) -> dict[str, Any]:
    """Return the ``progress`` of the run after a batch, whether the next one is ``given_up``, and the ``line`` that says what became of this one."""
    before = current["progress"]
    rows = report.rows_of_batch(known)
    dead = before["dead"] + 1 if batch.was_dead(known) else before["dead"] if known.given_up else 0
    return {
        "progress": {
            "rows": [*before["rows"], packed(rows)],
            "dead": dead,
            "store_trouble": before["store_trouble"] or batch.trouble_of_store(known),
        },
        "given_up": dead >= MOST_DEAD_BATCHES,
        "line": report.line(variables["__app_onboarding_plan"]["labels"][current["number"]], rows),
    }


def is_empty(wanted: Any) -> bool:
    """Return whether an order asks for nothing."""
    return not (wanted["entries"] or wanted["remove"]) if isinstance(wanted, dict) else not wanted


def compare_store(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return what the store holds, and the secrets to look at in the tenant."""
    held = variables[STORE_ANSWER]["entries"]
    facts = {**run_facts(variables, settings), "held": held}
    return {"held": packed(held), "foreign": plan.foreign_entries(facts), "chunks": [packed_items(chunk) for chunk in plan.secrets_to_check(facts)]}


def reserve(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the marks that the store needs before anything is made, and whether it is ``needed`` at all."""
    if not settings["keeps"] or settings["check"]:
        return {"changes": packed({}), "needed": False}
    changes = plan.entries_to_reserve(run_facts(variables, settings))
    return {"changes": packed(changes), "needed": changes["needed"]}


def plan_batches(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the batches with their ``labels`` and ``clients``, and the clients to prune and to seek."""
    facts = run_facts(variables, settings)
    if variables["__app_onboarding_reservation"]["needed"]:
        facts["reserved"] = variables[STORE_ANSWER]
    batches = plan.batches(facts)
    surplus, unnamed = plan.clients_to_prune(facts), plan.clients_to_seek(facts)
    return {
        "batches": [packed(one) for one in batches],
        "labels": [one["label"] for one in batches],
        "clients": [packed_items(batch.clients_to_write(one["items"])) for one in batches],
        "reserved": packed(facts["reserved"]),
        "surplus": packed_items(surplus),
        "unnamed": packed_items(unnamed),
        "prunes": bool(surplus),
        "seeks": bool(unnamed),
    }


def prune_store(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the store's changes after pruning, and whether they are ``needed``."""
    answers = {"pruned": variables["__app_onboarding_pruned"], "sought": variables["__app_onboarding_sought"]}
    changes = plan.entries_to_prune({**run_facts(variables, settings), **answers})
    return {"changes": packed(changes), "needed": not is_empty(changes)}


def make_report(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the table, the counts, the failures of a run with all that it is to fail for, and what AWX keeps of it."""
    planned = variables["__app_onboarding_plan"]
    facts = {**run_facts(variables, settings), "reserved": unpacked(planned["reserved"])}
    progress = variables["__app_onboarding_batch"]["progress"] if planned["batches"] else NO_PROGRESS
    facts["rows"] = [row for rows in progress["rows"] for row in unpacked(rows)]
    facts["pruned"] = variables["__app_onboarding_pruned"] if planned["prunes"] else {}
    made = report.report(facts)
    judged = gates.verdict(
        made.pop("rows"),
        now=facts["now"],
        check=settings["check"],
        fail_on_drift=settings["fail_on_drift"],
        expiring_within=settings["expiring_within"],
    )
    return {**made, "failure": " ".join(filter(None, [made["failure"], judged["objection"]])), "artifact": judged["artifact"]}


def run_facts(variables: Variables, settings: dict[str, Any]) -> plan.Facts:
    """Return what the run knows, as ``_onboarding_plan`` wants it."""
    compared = variables.get("__app_onboarding_compared")
    return {
        "apps": unpacked(variables["__app_onboarding_loaded"]["apps"]),
        "clients": variables["__app_onboarding_clients_check"],
        "keeps": settings["keeps"],
        "held": unpacked(compared["held"]) if compared else {},
        "checks": variables.get("__app_onboarding_secrets_check", {}).get("results", []),
        "reserved": {},
        "prune": settings["prune"],
        "tenant_id": settings["tenant_id"],
        "now": variables["__app_onboarding_tenant"]["server_time"],
        "size": settings["batch_size"],
    }


RUN_STEPS: dict[str, Callable[[Variables, dict[str, Any]], dict[str, Any]]] = {
    "compare": compare_store,
    "reserve": reserve,
    "plan": plan_batches,
    "prune": prune_store,
    "report": make_report,
}
