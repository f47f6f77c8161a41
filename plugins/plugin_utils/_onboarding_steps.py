# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The steps of the role app_onboarding, between its tasks that the user is to see and those of the store. Pure, but for the modules that they call.

A step takes up what the tasks since the step before have registered, calls a module where its answer is of no interest to anybody else, and
says what the tasks after it have to do. What they are to do, and what later steps need to know, is packed (see ``_packed.py``).
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
Answer = dict[str, Any]
# Where all stores answer, so that each answer has to be taken up before the next one.
STORE_ANSWER = "__app_onboarding_store_answer"
MOST_DEAD_BATCHES = 2


class StepError(Exception):
    """The run cannot go on; the text is a message for the user."""


class Run(NamedTuple):
    """What a step knows and can do.

    :param variables: of the host, with all that was registered.
    :param number: of the batch, or of the chunk to check, from 0.
    :param check: whether nothing may be written.
    :param diff: whether differences are to be shown.
    :param call: runs a module by its name with these options, in check mode or not, and returns its answer.
    """

    variables: Variables
    number: int
    check: bool
    diff: bool
    call: Callable[[str, dict[str, Any], bool], Answer]

    @property
    def settings(self) -> dict[str, Any]:
        """What the role was told."""
        settings: dict[str, Any] = self.variables["__app_onboarding_loaded"]["settings"]
        return settings


class Order(NamedTuple):
    """Something that a step gives the store to do.

    :param field: under which name its tasks find it in the step's answer.
    :param slot: which part of a batch's facts the store's answer will be.
    :param of: makes the order from the batch's facts.
    """

    field: str
    slot: str
    of: Callable[[batch.BatchFacts], Any]


class BatchStep(NamedTuple):
    """A step of a batch.

    :param slot: which part of a batch's facts the module's answer will be; empty when none is called.
    :param secrets: makes the options of vantage_client_secret from the batch's facts.
    :param order: what the store is to do then, if anything.
    """

    slot: str
    secrets: Callable[[batch.BatchFacts], list[batch.Secret]]
    order: Order | None


def no_secrets(_known: batch.BatchFacts) -> list[batch.Secret]:
    """Return the options of a step that calls no module."""
    return []


BATCH_STEPS = {
    "make": BatchStep("made", batch.secrets_to_make, Order("changes", "kept", batch.entries_to_keep)),
    "retire": BatchStep("", no_secrets, Order("names", "read", batch.names_to_read)),
    "prove": BatchStep("retired", batch.secrets_to_retire, Order("changes", "settled", batch.entries_to_settle)),
    "end": BatchStep("taken_back", batch.secrets_to_take_back, None),
}
NO_PROGRESS: dict[str, Any] = {"rows": [], "dead": 0, "store_trouble": ""}
NOTHING = packed([])


def take_step(step: str, run: Run) -> Answer:
    """Return what a step answers, but for the step load.

    :raises StepError: when the run must not go on.
    """
    return batch_step(step, run) if step in BATCH_STEPS else RUN_STEPS[step](run)


def batch_step(step: str, run: Run) -> Answer:
    """Return the batch as it goes on, with what the store is to do, and the slots that are ``asked`` for by it.

    Its ``progress`` is that of the run before this batch, and after it once there is nothing more to be done for it. ``changed`` and, in
    check mode, ``diff`` are those of the module that was called.
    """
    what = BATCH_STEPS[step]
    current = begun(run) if step == "make" else taken_up(run.variables["__app_onboarding_batch"], run.variables)
    known = known_facts(current, run)
    secrets = what.secrets(known)
    # In check mode nothing is known but what the plan says; the module has only its differences to show.
    if secrets and (run.diff or not run.check):
        made = run.call("vantage_client_secret", {"secrets": secrets}, run.check)
        current["stored"][what.slot] = packed(made)
        # Where something was really made, its values are in this answer, of which then nothing may be shown.
        current.update({key: made[key] for key in (("changed", "diff") if run.check else ("changed",)) if key in made})
        known = known_facts(current, run)
    if what.order:
        wanted = what.order.of(known)
        current[what.order.field] = packed(wanted)
        current["asked"] = [] if is_empty(wanted) else [what.order.slot]
    if step in ("retire", "end"):
        current["unfinished"] = step == "retire" and not run.check and (batch.needs_retiring(known) or batch.needs_settling(known))
        if not current["unfinished"]:
            current.update(ended(known, current, run.variables))
    return current


def begun(run: Run) -> Answer:
    """Return a batch as the tasks before its first step have left it."""
    progress = NO_PROGRESS if run.number == 0 else run.variables["__app_onboarding_batch"]["progress"]
    current = {"number": run.number, "progress": progress, "given_up": progress["dead"] >= MOST_DEAD_BATCHES, "stored": {}, "asked": []}
    planned = run.variables["__app_onboarding_plan"]
    if not current["given_up"]:
        # The clients of all batches, and whose values are to be replaced, are ordered by the step plan.
        for orders, slot, variable in (("clients", "clients", "__app_onboarding_written"), ("replaced", "previous", STORE_ANSWER)):
            if planned[orders][run.number] != NOTHING:
                current["stored"][slot] = packed(run.variables.get(variable) or {})
    return current


def taken_up(former: Answer, variables: Variables) -> Answer:
    """Return a batch with what the store has answered since its last step."""
    stored = {**former["stored"], **{slot: packed(variables.get(STORE_ANSWER) or {}) for slot in former["asked"]}}
    return {**{key: former[key] for key in ("number", "progress", "given_up")}, "stored": stored, "asked": []}


def known_facts(current: Answer, run: Run) -> batch.BatchFacts:
    """Return what is known of a batch."""
    settings, variables = run.settings, run.variables
    return batch.BatchFacts(
        {
            "batch": unpacked(variables["__app_onboarding_plan"]["batches"][current["number"]]),
            "keeps": settings["keeps"],
            "blind": settings["blind"],
            "check": run.check,
            "tenant_id": settings["tenant_id"],
            "now": variables["__app_onboarding_tenant"]["server_time"],
            "given_up": current["given_up"],
            "store_trouble": current["progress"]["store_trouble"],
            **{slot: unpacked(answer) for slot, answer in current["stored"].items()},
        }
    )


def ended(known: batch.BatchFacts, current: Answer, variables: Variables) -> Answer:
    """Return the ``progress`` of the run after a batch, whether the next one is ``given_up``, and the ``line`` that says what became of this one.

    What was ``stored`` of it, values too, is forgotten.
    """
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
        "stored": {},
        "line": report.line(variables["__app_onboarding_plan"]["labels"][current["number"]], rows),
    }


def is_empty(wanted: Any) -> bool:
    """Return whether an order asks for nothing."""
    return not (wanted["entries"] or wanted["remove"]) if isinstance(wanted, dict) else not wanted


def compare_clients(run: Run) -> Answer:
    """Return what is to become of each client.

    :raises StepError: when they cannot be compared.
    """
    loaded, settings = run.variables["__app_onboarding_loaded"], run.settings
    prune = {option: settings[option] for option in ("prune", "prune_protect", "prune_limit")}
    answer = run.call("vantage_client", {"clients": [app["client"] for app in unpacked(loaded["apps"])], **prune}, True)
    if "results" not in answer:
        raise StepError(f"Nothing was written. {answer['msg']}")
    results = [{key: result[key] for key in ("client_id", "action", "msg") if key in result} for result in answer["results"]]
    return {"clients": packed({"results": results})}


def compare_store(run: Run) -> Answer:
    """Return what the store holds, and the secrets to look at in the tenant.

    :raises StepError: when the store is another tenant's.
    """
    held = run.variables[STORE_ANSWER]["entries"]
    facts = {**run_facts(run), "held": held}
    foreign = plan.foreign_entries(facts)
    if foreign:
        raise StepError(
            f"Nothing was written. The store holds secrets of another tenant, {len(foreign)} in all, such as {foreign[0]}; "
            "give each tenant a place of its own (for the store file: app_onboarding_file_path)."
        )
    return {"held": packed(held), "chunks": [packed(chunk) for chunk in plan.secrets_to_check(facts)]}


def check_secrets(run: Run) -> Answer:
    """Return what is to become of the secrets of a chunk."""
    secrets = unpacked(run.variables["__app_onboarding_compared"]["chunks"][run.number])
    return {"secrets": packed(run.call("vantage_client_secret", {"secrets": secrets}, True))}


def reserve(run: Run) -> Answer:
    """Return the marks that the store needs before anything is made, and whether it is ``needed`` at all."""
    if not run.settings["keeps"] or run.check:
        return {"changes": packed({}), "needed": False}
    changes = plan.entries_to_reserve(run_facts(run))
    return {"changes": packed(changes), "needed": changes["needed"]}


def plan_batches(run: Run) -> Answer:
    """Return the batches with their ``labels``, the ``clients`` to write and the names that are ``replaced`` in the store, and the clients to prune."""
    facts = run_facts(run)
    if run.variables["__app_onboarding_reservation"]["needed"]:
        facts["reserved"] = run.variables[STORE_ANSWER]
    batches = plan.batches(facts)
    surplus, unnamed = plan.clients_to_prune(facts), plan.clients_to_seek(facts)
    remembers = not run.check and not run.settings["blind"]
    return {
        "batches": [packed(one) for one in batches],
        "labels": [one["label"] for one in batches],
        "clients": [packed_items(batch.clients_to_write(one["items"])) for one in batches],
        "replaced": [packed(batch.names_to_replace(one["items"]) if remembers else []) for one in batches],
        "reserved": packed(facts["reserved"]),
        "surplus": packed_items(surplus),
        "unnamed": packed(unnamed),
        "prunes": bool(surplus),
        "seeks": bool(unnamed),
    }


def prune_store(run: Run) -> Answer:
    """Return the store's changes after pruning, and whether they are ``needed``."""
    unnamed = unpacked(run.variables["__app_onboarding_plan"]["unnamed"])
    answers = {
        "pruned": run.variables["__app_onboarding_pruned"],
        "sought": run.call("vantage_client", {"clients": unnamed}, True) if unnamed else {},
    }
    changes = plan.entries_to_prune({**run_facts(run), **answers})
    return {"changes": packed(changes), "needed": not is_empty(changes)}


def make_report(run: Run) -> Answer:
    """Return the table, the counts, the failures of a run with all that it is to fail for, and what AWX keeps of it."""
    planned, settings = run.variables["__app_onboarding_plan"], run.settings
    facts = {**run_facts(run), "reserved": unpacked(planned["reserved"])}
    progress = run.variables["__app_onboarding_batch"]["progress"] if planned["batches"] else NO_PROGRESS
    facts["rows"] = [row for rows in progress["rows"] for row in unpacked(rows)]
    facts["pruned"] = run.variables["__app_onboarding_pruned"] if planned["prunes"] else {}
    made = report.report(facts)
    judged = gates.verdict(
        made.pop("rows"),
        now=facts["now"],
        check=run.check,
        fail_on_drift=settings["fail_on_drift"],
        expiring_within=settings["expiring_within"],
    )
    return {**made, "failure": " ".join(filter(None, [made["failure"], judged["objection"]])), "artifact": judged["artifact"]}


def run_facts(run: Run) -> plan.Facts:
    """Return what the run knows, as ``_onboarding_plan`` wants it."""
    variables, settings = run.variables, run.settings
    compared = variables.get("__app_onboarding_compared")
    checked = variables.get("__app_onboarding_checked")
    return {
        "apps": unpacked(variables["__app_onboarding_loaded"]["apps"]),
        "clients": unpacked(variables["__app_onboarding_tenant_clients"]["clients"]),
        "keeps": settings["keeps"],
        "held": unpacked(compared["held"]) if compared else {},
        "checks": [unpacked(answer["secrets"]) for answer in checked["results"]] if checked else [],
        "reserved": {},
        "prune": settings["prune"],
        "tenant_id": settings["tenant_id"],
        "now": variables["__app_onboarding_tenant"]["server_time"],
        "size": settings["batch_size"],
    }


RUN_STEPS: dict[str, Callable[[Run], Answer]] = {
    "clients": compare_clients,
    "compare": compare_store,
    "check": check_secrets,
    "reserve": reserve,
    "plan": plan_batches,
    "prune": prune_store,
    "report": make_report,
}
