# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run says of secrets: to those who use them, of older generations, and of what is not declared any more."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, Killed, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.fault_injector import FaultInjector, Moment
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import DESK, INTAKE, PRODUCTION

OLD = {"description": "old", "lifetime": "90d"}


def run(in_process: InProcess, store: MemoryStore, *apps: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
    """Return the result of a run that did not fail, with its warnings."""
    engine = EngineRun(in_process, store, list(apps), check=check, **options)
    result = engine.perform()
    assert result["failure"] == ""
    return {**result, "warnings": engine.warnings}


def test_each_changed_secret_is_told_once_and_no_value(in_process: InProcess) -> None:
    store = MemoryStore()
    both = {**INTAKE, "secrets": [PRODUCTION, OLD]}
    planned = run(in_process, store, both, check=True)["changes"]
    made = run(in_process, store, both)["changes"]
    assert [(one["action"], one["secret_id"]) for one in planned] == [("created", ""), ("created", "")]
    assert [(one["client_id"], one["description"], one["action"]) for one in made] == [("intake", "production", "created"), ("intake", "old", "created")]
    entry = store.entries["intake/production"]
    assert (made[0]["secret_id"], made[0]["expiration"]) == (entry.id, entry.expiration)
    assert [set(one) for one in made] == [{"client_id", "description", "secret_id", "action", "expiration", "labels"}] * 2
    assert entry.value not in str(made)

    assert run(in_process, store, both)["changes"] == []
    in_process.emulator.advance(61 * DAY)
    without_old = {**INTAKE, "secrets": [PRODUCTION, {"description": "old", "state": "absent"}]}
    old_id = store.entries["intake/old"].id
    changes = run(in_process, store, without_old)["changes"]
    assert [(one["description"], one["action"]) for one in changes] == [("production", "renewed"), ("old", "deleted")]
    assert changes[1]["secret_id"] == old_id
    # An older generation that goes is no news to those who read the store.
    in_process.emulator.advance(3 * DAY)
    assert run(in_process, store, without_old)["changes"] == []
    gone = run(in_process, store, {"client_id": "intake", "state": "absent"}, DESK)["changes"]
    assert [(one["client_id"], one["action"]) for one in gone] == [("intake", "deleted"), ("desk", "created")]


def test_a_secret_is_told_that_was_delivered_although_something_else_failed(in_process: InProcess) -> None:
    store = MemoryStore()
    run(in_process, store, INTAKE)
    in_process.emulator.advance(61 * DAY)
    at_once = {**INTAKE, "secrets": [{**PRODUCTION, "overlap": "0"}]}
    in_process.emulator.faults.replace([{"kind": "status", "status": 400, "method": "DELETE", "path": "/secrets/", "times": None}])
    result = EngineRun(in_process, store, [at_once]).perform()
    assert "An older secret is still there" in result["failure"]
    assert [(one["action"], one["secret_id"]) for one in result["changes"]] == [("renewed", store.entries["intake/production"].id)]


def test_a_secret_that_was_rolled_back_is_not_told(in_process: InProcess) -> None:
    in_process.emulator.behaviour.secret_spread = DAY
    result = EngineRun(in_process, MemoryStore(), [INTAKE]).perform()
    assert "rolled back" in result["failure"]
    assert result["changes"] == []


def test_while_two_generations_work_it_is_said_until_when(in_process: InProcess) -> None:
    store = MemoryStore()
    run(in_process, store, INTAKE)
    in_process.emulator.advance(61 * DAY)
    planned, done = (run(in_process, store, INTAKE, check=check)["table"][1] for check in (True, False))
    assert planned == done
    assert "renewed (due, older one until " in done
    again = run(in_process, store, INTAKE, show="all")["table"][1]
    assert "unchanged (older one until " in again
    assert again.partition("until ")[2][:6] == done.partition("until ")[2][:6]
    in_process.emulator.advance(3 * DAY)
    assert "old one deleted" in run(in_process, store, INTAKE)["table"][1]
    assert "until" not in run(in_process, store, INTAKE, show="all")["table"][1]


@pytest.mark.parametrize("prune", ["none", "expired"])
def test_an_older_one_that_is_not_pruned_works_until_it_expires(in_process: InProcess, prune: str) -> None:
    store = MemoryStore()
    app = {**INTAKE, "secrets": [{**PRODUCTION, "prune": prune}]}
    run(in_process, store, app)
    in_process.emulator.advance(61 * DAY)
    run(in_process, store, app)
    in_process.emulator.advance(10 * DAY)
    assert "unchanged (older one until " in run(in_process, store, app, show="all")["table"][1]
    in_process.emulator.advance(20 * DAY)
    assert "until" not in run(in_process, store, app, show="all")["table"][1]


def test_a_repaired_crash_says_that_it_was_one(in_process: InProcess) -> None:
    store = MemoryStore()
    run(in_process, store, INTAKE, DESK)
    in_process.emulator.advance(61 * DAY)
    injector = FaultInjector(in_process.emulator, store, "automation")

    def die() -> None:
        raise Killed

    # Reading the store is the first access, and the delivery the second.
    injector.expect(Moment("store", 2), before=die)
    with pytest.raises(Killed):
        EngineRun(in_process, store, [INTAKE, DESK]).perform()
    injector.forget()
    planned, done = (run(in_process, store, INTAKE, DESK, check=check) for check in (True, False))
    assert planned["table"] == done["table"]
    assert len([line for line in done["table"] if "leftover deleted" in line]) == 2
    assert done["summary"]["secrets"]["leftover_deleted"] == 2
    assert done["summary"]["secrets"]["old_deleted"] == 0
    assert run(in_process, store, INTAKE, DESK)["changed"] is False


def test_a_secret_that_is_not_declared_any_more_is_named(in_process: InProcess) -> None:
    store = MemoryStore()
    run(in_process, store, {**INTAKE, "secrets": [PRODUCTION, OLD]}, DESK)
    for check in (True, False):
        result = run(in_process, store, INTAKE, check=check)
        assert result["summary"]["undeclared"] == ["intake/old"]
        assert result["warnings"] == [
            "The store holds secrets that their apps do not declare any more: intake/old. To delete one, declare it with state absent."
        ]
        assert result["changed"] is False
    # A client that no app declares is nobody's here: another run may declare it.
    assert "desk" not in str(run(in_process, store, {**INTAKE, "secrets": [PRODUCTION, OLD]})["summary"])


def test_a_run_of_a_single_app_reads_its_own_entries_only(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    run(in_process, store, INTAKE, DESK)
    asked: list[Any] = []
    read = store.read
    monkeypatch.setattr(store, "read", lambda names, *, values: asked.append(names) or read(names, values=values))  # type: ignore[func-returns-value]  # notes
    assert EngineRun(in_process, store, None, **INTAKE).perform()["failure"] == ""
    assert asked == [["intake/production"]]


def test_what_else_is_in_a_shared_store_does_not_stop_a_run_that_deletes_no_client(in_process: InProcess) -> None:
    store = MemoryStore()
    store.entries["other/production"] = Entry("other", "production", "0" * 32, id="x", value="y")
    assert run(in_process, store, INTAKE)["summary"]["undeclared"] == []
    refused = EngineRun(in_process, store, [INTAKE], prune="managed").perform()
    assert "The store holds secrets of another tenant" in refused["failure"]


@pytest.mark.parametrize(("parts", "kinds"), [(["clients"], {"clients"}), (["secrets"], {"secrets"}), (["clients", "secrets"], {"clients", "secrets"})])
def test_only_the_parts_that_are_asked_for_are_written(in_process: InProcess, parts: list[str], kinds: set[str]) -> None:
    store = MemoryStore()
    run(in_process, store, INTAKE)
    in_process.emulator.advance(61 * DAY)
    changed = {**INTAKE, "client_name": "Intake of claims"}
    in_process.emulator.journal.clear()
    planned = run(in_process, store, changed, check=True, parts=parts)
    assert in_process.emulator.journal.writes() == []
    done = run(in_process, store, changed, parts=parts)
    assert planned["table"] == done["table"]
    found = {"secrets" if "/secrets/" in entry.path else "clients" for entry in in_process.emulator.journal.writes()}
    assert found == kinds


def test_secrets_alone_need_their_client(in_process: InProcess) -> None:
    result = EngineRun(in_process, MemoryStore(), [INTAKE], parts=["secrets"]).perform()
    assert "intake: The client is not there yet, and this run writes secrets only" in result["failure"]
    assert in_process.emulator.journal.writes() == []


def test_secrets_alone_delete_no_client(in_process: InProcess) -> None:
    store = MemoryStore()
    run(in_process, store, INTAKE, DESK)
    for prune in ("false", "all"):
        assert run(in_process, store, INTAKE, {"client_id": "desk", "state": "absent"}, parts=["secrets"], prune=prune)["changed"] is False
    assert {"desk", "reader"} <= set(in_process.clients())
    assert "desk/production" in store.entries
