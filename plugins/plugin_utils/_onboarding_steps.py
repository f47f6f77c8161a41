# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The steps of the role app_onboarding that only think, each between tasks that act. Pure.

A step takes up what the tasks since the step before have registered, and says what the tasks after it have to do. What it says is
empty where there is nothing to do, so that the tasks need no condition of their own making.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_batch as batch
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_gates as gates
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_plan as plan
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_report as report

Variables = dict[str, Any]
# The variables that the role's tasks register.
MODULE_ANSWER = "__app_onboarding_answer"
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
    "begin": (Order("clients", "clients", MODULE_ANSWER, batch.clients_to_write),),
    "secrets": (
        Order("names", "previous", STORE_ANSWER, batch.names_to_replace),
        Order("secrets", "made", MODULE_ANSWER, batch.secrets_to_make),
    ),
    "deliver": (Order("changes", "kept", STORE_ANSWER, batch.entries_to_keep),),
    "retire": (Order("names", "read", STORE_ANSWER, batch.names_to_read),),
    "prove": (Order("secrets", "retired", MODULE_ANSWER, batch.secrets_to_retire),),
    "settle": (
        Order("changes", "settled", STORE_ANSWER, batch.entries_to_settle),
        Order("secrets", "taken_back", MODULE_ANSWER, batch.secrets_to_take_back),
    ),
}
NOTHING: dict[str, Any] = {"clients": [], "names": [], "secrets": [], "changes": {"entries": {}, "remove": [], "expect": {}}}


def think(step: str, variables: Variables, *, number: int, check: bool) -> dict[str, Any]:
    """Return what a step answers, but for the step load.

    :param number: of the batch, with the steps begin and end.
    :param check: whether nothing may be written.
    """
    settings = {**variables["__app_onboarding_loaded"]["settings"], "number": number, "check": check}
    return batch_step(step, variables, settings) if step in ORDERS else RUN_STEPS[step](variables, settings)


def batch_step(step: str, variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the batch as it goes on: its ``facts``, what was ``asked``, and the orders of this step by their fields.

    :param settings: those of the step load, with ``number`` and ``check``.
    """
    if step == "begin":
        facts = begun(variables, settings)
    else:
        former = variables["__app_onboarding_batch"]
        facts = {**former["facts"], **{slot: variables.get(variable) or {} for slot, variable in former["asked"].items()}}
    known = batch.BatchFacts(facts)
    answer = {**NOTHING, "facts": facts, "asked": {}}
    for order in ORDERS[step]:
        wanted = order.of(known)
        answer[order.field] = wanted
        if not is_empty(wanted):
            answer["asked"][order.slot] = order.variable
    if step == "retire":
        answer["unfinished"] = not known.check and (batch.needs_retiring(known) or batch.needs_settling(known))
    return answer


def begun(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a batch before anything was done."""
    progress = progress_so_far(variables, settings["number"])
    return {
        "batch": variables["__app_onboarding_plan"]["batches"][settings["number"]],
        "keeps": settings["keeps"],
        "blind": settings["blind"],
        "check": settings["check"],
        "tenant_id": settings["tenant_id"],
        "now": variables["__app_onboarding_tenant"]["server_time"],
        "given_up": progress["dead"] >= MOST_DEAD_BATCHES,
        "store_trouble": progress["store_trouble"],
    }


def progress_so_far(variables: Variables, number: int) -> dict[str, Any]:
    """Return what is known after the batches before this one."""
    nothing = {"rows": [], "dead": 0, "store_trouble": ""}
    return nothing if number == 0 else variables["__app_onboarding_progress"]


def end_batch(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return what is known after a batch, and the ``line`` that says so."""
    former = variables["__app_onboarding_batch"]
    facts = {**former["facts"], **{slot: variables.get(variable) or {} for slot, variable in former["asked"].items()}}
    known = batch.BatchFacts(facts)
    progress = progress_so_far(variables, settings["number"])
    rows = report.rows_of_batch(known)
    return {
        "rows": [*progress["rows"], *rows],
        "dead": progress["dead"] + 1 if batch.was_dead(known) else progress["dead"] if known.given_up else 0,
        "store_trouble": progress["store_trouble"] or batch.trouble_of_store(known),
        "line": report.line(facts["batch"]["label"], rows),
    }


def is_empty(wanted: Any) -> bool:
    """Return whether an order asks for nothing."""
    return not (wanted["entries"] or wanted["remove"]) if isinstance(wanted, dict) else not wanted


def compare_store(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return what the store holds, and the secrets to look at in the tenant."""
    held = variables[STORE_ANSWER]["entries"]
    facts = {**run_facts(variables, settings), "held": held}
    return {"held": held, "foreign": plan.foreign_entries(facts), "chunks": plan.secrets_to_check(facts)}


def reserve(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the marks that the store needs before anything is made; empty when it has nothing to be written."""
    facts = run_facts(variables, settings)
    changes = plan.entries_to_reserve(facts) if settings["keeps"] and not settings["check"] else {"entries": {}, "remove": [], "expect": {}, "needed": False}
    return {"changes": changes}


def plan_batches(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the batches with their ``labels``, and the clients to prune and to seek."""
    facts = run_facts(variables, settings)
    if variables["__app_onboarding_reservation"]["changes"]["needed"]:
        facts["reserved"] = variables[STORE_ANSWER]
    batches = plan.batches(facts)
    return {
        "batches": batches,
        "labels": [one["label"] for one in batches],
        "reserved": facts["reserved"],
        "surplus": plan.clients_to_prune(facts),
        "unnamed": plan.clients_to_seek(facts),
    }


def prune_store(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the store's changes after pruning."""
    answers = {"pruned": variables["__app_onboarding_pruned"], "sought": variables["__app_onboarding_sought"]}
    return {"changes": plan.entries_to_prune({**run_facts(variables, settings), **answers})}


def make_report(variables: Variables, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the table, the counts, the failures of a run with all that it is to fail for, and what AWX keeps of it."""
    planned = variables["__app_onboarding_plan"]
    facts = {**run_facts(variables, settings), "reserved": planned["reserved"]}
    facts["rows"] = progress_so_far(variables, len(planned["batches"]))["rows"]
    facts["pruned"] = variables["__app_onboarding_pruned"] if planned["surplus"] else {}
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
    return {
        "apps": variables["__app_onboarding_loaded"]["apps"],
        "clients": variables["__app_onboarding_clients_check"],
        "keeps": settings["keeps"],
        "held": variables.get("__app_onboarding_compared", {}).get("held", {}),
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
    "end": end_batch,
    "prune": prune_store,
    "report": make_report,
}
