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
BOTH = {**INTAKE, "secrets": [PRODUCTION, OLD]}
WITHOUT_OLD = {**INTAKE, "secrets": [PRODUCTION, {"description": "old", "state": "absent"}]}


def run(in_process: InProcess, store: MemoryStore, *apps: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
    """Return the result of a run that did not fail, with its warnings."""
    engine = EngineRun(in_process, store, list(apps), check=check, **options)
    result = engine.perform()
    assert result["failure"] == ""
    return {**result, "warnings": engine.warnings}


def shown_row(in_process: InProcess, store: MemoryStore, app: dict[str, Any], **options: Any) -> str:
    """Return the first row of the table of a run that did not fail."""
    return run(in_process, store, app, **options)["table"][1]


@pytest.fixture
def store() -> MemoryStore:
    """An empty store."""
    return MemoryStore()


@pytest.fixture
def due(in_process: InProcess, store: MemoryStore) -> MemoryStore:
    """A store that holds a secret of intake which is due for renewal."""
    run(in_process, store, INTAKE)
    in_process.emulator.advance(61 * DAY)
    return store


def test_check_mode_lists_secrets_that_would_be_created(in_process: InProcess, store: MemoryStore) -> None:
    changes = run(in_process, store, BOTH, check=True)["changes"]
    assert [(one["action"], one["secret_id"]) for one in changes] == [("created", ""), ("created", "")]


def test_created_secrets_are_listed_without_their_values(in_process: InProcess, store: MemoryStore) -> None:
    changes = run(in_process, store, BOTH)["changes"]
    entry = store.entries["intake/production"]

    assert [(one["client_id"], one["description"], one["action"]) for one in changes] == [("intake", "production", "created"), ("intake", "old", "created")]
    assert (changes[0]["secret_id"], changes[0]["expiration"]) == (entry.id, entry.expiration)
    assert [set(one) for one in changes] == [{"client_id", "description", "secret_id", "action", "expiration", "labels"}] * 2
    assert entry.value not in str(changes)


def test_unchanged_secrets_are_not_listed(in_process: InProcess, store: MemoryStore) -> None:
    run(in_process, store, BOTH)
    changes = run(in_process, store, BOTH)["changes"]
    assert changes == []


def test_renewed_and_deleted_secrets_are_listed(in_process: InProcess, store: MemoryStore) -> None:
    run(in_process, store, BOTH)
    in_process.emulator.advance(61 * DAY)
    old_id = store.entries["intake/old"].id

    changes = run(in_process, store, WITHOUT_OLD)["changes"]

    assert [(one["description"], one["action"]) for one in changes] == [("production", "renewed"), ("old", "deleted")]
    assert changes[1]["secret_id"] == old_id


def test_the_end_of_an_older_generation_is_not_listed(in_process: InProcess, due: MemoryStore) -> None:
    run(in_process, due, INTAKE)
    in_process.emulator.advance(3 * DAY)

    result = run(in_process, due, INTAKE)

    # Those who read the store have used the newer one for long.
    assert result["changes"] == []
    assert result["summary"]["secrets"]["old_deleted"] == 1


def test_the_secrets_of_a_deleted_client_are_listed(in_process: InProcess, store: MemoryStore) -> None:
    run(in_process, store, INTAKE)
    changes = run(in_process, store, {"client_id": "intake", "state": "absent"}, DESK)["changes"]
    assert [(one["client_id"], one["action"]) for one in changes] == [("intake", "deleted"), ("desk", "created")]


def test_a_delivered_secret_is_listed_although_something_else_failed(in_process: InProcess, due: MemoryStore) -> None:
    at_once = {**INTAKE, "secrets": [{**PRODUCTION, "overlap": "0"}]}
    in_process.emulator.faults.replace([{"kind": "status", "status": 400, "method": "DELETE", "path": "/secrets/", "times": None}])

    result = EngineRun(in_process, due, [at_once]).perform()

    assert "An older secret is still there" in result["failure"]
    assert [(one["action"], one["secret_id"]) for one in result["changes"]] == [("renewed", due.entries["intake/production"].id)]


def test_a_secret_that_was_rolled_back_is_not_listed(in_process: InProcess, store: MemoryStore) -> None:
    in_process.emulator.behaviour.secret_spread = DAY

    result = EngineRun(in_process, store, [INTAKE]).perform()

    assert "rolled back" in result["failure"]
    assert result["changes"] == []


def test_a_renewal_shows_until_when_the_older_secret_works(in_process: InProcess, due: MemoryStore) -> None:
    planned, done = (shown_row(in_process, due, INTAKE, check=check) for check in (True, False))
    again = shown_row(in_process, due, INTAKE, show="all")

    assert planned == done
    assert "renewed (due, older one until " in done
    assert "unchanged (older one until " in again
    assert again.partition("until ")[2][:6] == done.partition("until ")[2][:6]


def test_after_its_retirement_an_older_secret_is_not_shown(in_process: InProcess, due: MemoryStore) -> None:
    run(in_process, due, INTAKE)
    in_process.emulator.advance(3 * DAY)

    retirement = shown_row(in_process, due, INTAKE)
    again = shown_row(in_process, due, INTAKE, show="all")

    assert "old one deleted" in retirement
    assert "until" not in again


@pytest.mark.parametrize("prune", ["none", "expired"])
def test_an_older_secret_that_is_not_pruned_works_until_it_expires(in_process: InProcess, due: MemoryStore, prune: str) -> None:
    app = {**INTAKE, "secrets": [{**PRODUCTION, "prune": prune}]}
    run(in_process, due, app)

    in_process.emulator.advance(10 * DAY)
    before_expiry = shown_row(in_process, due, app, show="all")
    in_process.emulator.advance(20 * DAY)
    after_expiry = shown_row(in_process, due, app, show="all")

    assert "unchanged (older one until " in before_expiry
    assert "until" not in after_expiry


def test_the_repair_of_a_crash_is_shown_and_counted(in_process: InProcess, store: MemoryStore) -> None:
    run(in_process, store, INTAKE, DESK)
    in_process.emulator.advance(61 * DAY)
    crash_at_delivery(in_process, store, INTAKE, DESK)

    planned, done = (run(in_process, store, INTAKE, DESK, check=check) for check in (True, False))
    again = run(in_process, store, INTAKE, DESK)

    assert planned["table"] == done["table"]
    assert len([line for line in done["table"] if "leftover deleted" in line]) == 2
    assert done["summary"]["secrets"]["leftover_deleted"] == 2
    assert done["summary"]["secrets"]["old_deleted"] == 0
    assert again["changed"] is False


def crash_at_delivery(in_process: InProcess, store: MemoryStore, *apps: dict[str, Any]) -> None:
    """Run until the new secrets are made, and die before they are delivered."""

    def die() -> None:
        raise Killed

    injector = FaultInjector(in_process.emulator, store, "automation")
    # Reading the store is the first access, and the delivery the second.
    injector.expect(Moment("store", 2), before=die)
    with pytest.raises(Killed):
        EngineRun(in_process, store, list(apps)).perform()
    injector.forget()


@pytest.mark.parametrize("check", [True, False])
def test_a_secret_that_is_not_declared_any_more_is_named(in_process: InProcess, store: MemoryStore, check: bool) -> None:
    run(in_process, store, BOTH, DESK)

    result = run(in_process, store, INTAKE, check=check)

    assert result["summary"]["undeclared"] == ["intake/old"]
    assert result["warnings"] == ["The store holds secrets that their apps do not declare any more: intake/old. To delete one, declare it with state absent."]
    assert result["changed"] is False


def test_the_secrets_of_a_client_that_no_app_declares_are_not_named(in_process: InProcess, store: MemoryStore) -> None:
    run(in_process, store, BOTH, DESK)
    result = run(in_process, store, BOTH)
    # Another run may declare it.
    assert "desk" not in str(result["summary"])


def test_a_run_of_a_single_app_reads_its_own_entries_only(in_process: InProcess, store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    run(in_process, store, INTAKE, DESK)
    asked: list[Any] = []
    read = store.read

    def note(names: Any, *, values: bool) -> dict[str, Entry]:
        asked.append(names)
        return read(names, values=values)

    monkeypatch.setattr(store, "read", note)

    result = EngineRun(in_process, store, None, **INTAKE).perform()

    assert result["failure"] == ""
    assert asked == [["intake/production"]]


@pytest.fixture
def shared(store: MemoryStore) -> MemoryStore:
    """A store that holds a secret of another tenant."""
    store.entries["other/production"] = Entry("other", "production", "0" * 32, id="x", value="y")
    return store


def test_a_run_that_deletes_no_client_may_share_its_store_with_another_tenant(in_process: InProcess, shared: MemoryStore) -> None:
    result = run(in_process, shared, INTAKE)
    assert result["summary"]["undeclared"] == []


def test_a_run_that_deletes_clients_may_not_share_its_store_with_another_tenant(in_process: InProcess, shared: MemoryStore) -> None:
    run(in_process, shared, INTAKE)
    result = EngineRun(in_process, shared, [INTAKE], prune="managed").perform()
    assert "The store holds secrets of another tenant" in result["failure"]


@pytest.mark.parametrize(("parts", "kinds"), [(["clients"], {"clients"}), (["secrets"], {"secrets"}), (["clients", "secrets"], {"clients", "secrets"})])
def test_only_the_parts_that_are_asked_for_are_written(in_process: InProcess, due: MemoryStore, parts: list[str], kinds: set[str]) -> None:
    changed = {**INTAKE, "client_name": "Intake of claims"}
    in_process.emulator.journal.clear()

    planned = run(in_process, due, changed, check=True, parts=parts)

    assert in_process.emulator.journal.writes() == []

    done = run(in_process, due, changed, parts=parts)
    written = {"secrets" if "/secrets/" in entry.path else "clients" for entry in in_process.emulator.journal.writes()}

    assert planned["table"] == done["table"]
    assert written == kinds


def test_secrets_alone_need_their_client(in_process: InProcess, store: MemoryStore) -> None:
    result = EngineRun(in_process, store, [INTAKE], parts=["secrets"]).perform()

    assert "intake: The client is not there yet, and this run writes secrets only" in result["failure"]
    assert in_process.emulator.journal.writes() == []


@pytest.mark.parametrize("prune", ["false", "all"])
def test_secrets_alone_delete_no_client(in_process: InProcess, store: MemoryStore, prune: str) -> None:
    run(in_process, store, INTAKE, DESK)

    result = run(in_process, store, INTAKE, {"client_id": "desk", "state": "absent"}, parts=["secrets"], prune=prune)

    assert result["changed"] is False
    assert {"desk", "reader"} <= set(in_process.clients())
    assert "desk/production" in store.entries
