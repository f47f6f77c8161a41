# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Move to another store without a new secret. That it survives every fault is proved with all other nights in test_faults."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.none import NoneStore
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, StoreError
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.config import FABRIKAM
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import INTAKE, TenantFixture
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import new_context

INTAKE_NAME, DESK_NAME = "intake/production", "desk/production"


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """Two apps whose secrets another store holds, and an empty store."""
    return TenantFixture("move", monkeypatch)


def source_of(tenant: TenantFixture) -> MemoryStore:
    """Return the store to copy from."""
    assert tenant.source
    return tenant.source


def run(tenant: TenantFixture, apps: list[dict[str, Any]] | None = None, **keywords: Any) -> dict[str, Any]:
    """Run as the fixture does, with more options."""
    tenant.emulator.journal.clear()
    found = {"from_store": tenant.source, **keywords}
    return EngineRun(tenant.in_process, found.pop("store", tenant.store), apps or tenant.scenario.apps, **found).perform()


def actions(result: dict[str, Any]) -> dict[str, Any]:
    """Return what became of the secrets of each app."""
    return {app["client_id"]: app["secrets"] for app in result["apps"]}


@pytest.mark.parametrize("writes_at_once", [True, False])
def test_entries_are_copied_as_they_are(tenant: TenantFixture, writes_at_once: bool) -> None:
    source = source_of(tenant)
    source.entries[INTAKE_NAME] = replace(source.entries[INTAKE_NAME], labels={"team": "claims"}, orphaned_after="2026-01-01T00:00:00.000Z")
    source.writes_at_once = tenant.store.writes_at_once = writes_at_once
    before = dict(source.entries)
    labelled = [{**INTAKE, "labels": {"team": "claims"}}, tenant.scenario.apps[1]]
    result = run(tenant, labelled)
    assert actions(result) == {"intake": {"production": "copied"}, "desk": {"production": "copied"}}
    assert (result["failure"], result["changed"], result["summary"]["secrets"]["copied"], result["summary"]["apps"]["copied"]) == ("", True, 2, 2)
    assert tenant.store.entries == source.entries == before
    assert tenant.emulator.journal.writes() == []
    again = run(tenant, labelled)
    assert (again["failure"], again["changed"]) == ("", False)


def test_labels_are_those_of_the_app(tenant: TenantFixture) -> None:
    source = source_of(tenant)
    source.entries[INTAKE_NAME] = replace(source.entries[INTAKE_NAME], labels={"team": "claims"})
    run(tenant, [{**INTAKE, "labels": {"team": "intake"}}])
    assert tenant.store.entries[INTAKE_NAME].labels == {"team": "intake"}


def test_check_mode_shows_it_and_copies_nothing(tenant: TenantFixture) -> None:
    result = run(tenant, check=True, fail_on_drift=True)
    assert actions(result) == {"intake": {"production": "copied"}, "desk": {"production": "copied"}}
    assert result["changed"]
    assert "intake: secret production would be copied to the store" in result["failure"]
    assert tenant.store.entries == {}
    assert tenant.store.writes == 0
    assert tenant.emulator.journal.writes() == []


def test_each_value_logs_in_first_unless_the_secret_says_otherwise(tenant: TenantFixture) -> None:
    source = source_of(tenant)
    source.entries[INTAKE_NAME] = replace(source.entries[INTAKE_NAME], value="wrong-value-0001")
    result = run(tenant)
    assert "intake/production: The value in from_store does not log in at the token endpoint (invalid_client), so it was not copied" in result["failure"]
    assert "wrong-value-0001" not in str(result)
    assert set(tenant.store.entries) == {DESK_NAME}
    assert len(tenant.alive(INTAKE_NAME)) == 1
    trusting = [{**INTAKE, "secrets": [{**INTAKE["secrets"][0], "verify": False}]}]
    assert run(tenant, trusting)["failure"] == ""
    assert tenant.store.entries[INTAKE_NAME].value == "wrong-value-0001"


def test_what_the_other_store_lacks_is_made(tenant: TenantFixture) -> None:
    tenant.emulator.advance(DAY)
    del source_of(tenant).entries[INTAKE_NAME]
    result = run(tenant)
    assert actions(result) == {"intake": {"production": "renewed"}, "desk": {"production": "copied"}}
    # Somebody may use the one whose value nobody showed us, until the overlap is over.
    assert len(tenant.alive(INTAKE_NAME)) == 2


@pytest.mark.parametrize("check", [True, False])
def test_another_store_that_holds_nothing_is_told(tenant: TenantFixture, check: bool) -> None:
    engine = EngineRun(tenant.in_process, tenant.store, tenant.scenario.apps, from_store=MemoryStore(), check=check)
    engine.perform()
    said = [warning for warning in engine.warnings if "from_store" in warning]
    assert len(said) == 1
    assert said[0].startswith("from_store holds none of the secrets that the store lacks, such as ")
    assert said[0].endswith("so new ones are made. Check its type, path and prefix, or remove from_store after the move.")


def test_nothing_is_told_of_another_store_that_is_not_needed(tenant: TenantFixture) -> None:
    run(tenant)
    engine = EngineRun(tenant.in_process, tenant.store, tenant.scenario.apps, from_store=MemoryStore())
    engine.perform()
    assert engine.warnings == []


def test_a_secret_that_the_tenant_has_no_more_is_made(tenant: TenantFixture) -> None:
    source = source_of(tenant)
    source.entries[INTAKE_NAME] = replace(source.entries[INTAKE_NAME], id="gone")
    assert actions(run(tenant)) == {"intake": {"production": "renewed"}, "desk": {"production": "copied"}}
    assert tenant.works(INTAKE_NAME)


def test_a_secret_that_is_due_is_renewed_and_its_old_one_stays(tenant: TenantFixture) -> None:
    tenant.emulator.advance(61 * DAY)
    old = source_of(tenant).entries[INTAKE_NAME].id
    assert actions(run(tenant, [INTAKE])) == {"intake": {"production": "renewed"}}
    assert old in tenant.alive(INTAKE_NAME)
    assert len(tenant.alive(INTAKE_NAME)) == 2
    tenant.emulator.advance(3 * DAY)
    assert actions(run(tenant, [INTAKE])) == {"intake": {"production": "old one deleted"}}
    assert old not in tenant.alive(INTAKE_NAME)


def test_an_older_generation_may_go_in_the_same_run(tenant: TenantFixture) -> None:
    tenant.emulator.advance(61 * DAY)
    source = source_of(tenant)
    assert run(tenant, [INTAKE], store=source, from_store=None)["failure"] == ""
    tenant.emulator.advance(3 * DAY)
    result = run(tenant, [INTAKE])
    assert (result["failure"], actions(result)) == ("", {"intake": {"production": "copied"}})
    assert tenant.alive(INTAKE_NAME) == [source.entries[INTAKE_NAME].id] == [tenant.store.entries[INTAKE_NAME].id]


def test_a_mark_gives_way_to_a_copy(tenant: TenantFixture) -> None:
    tenant.store.entries[INTAKE_NAME] = Entry("intake", "production", reserved_at="2020-01-01T00:00:00.000Z")
    assert run(tenant)["failure"] == ""
    assert tenant.store.entries == source_of(tenant).entries


def test_what_the_store_holds_already_is_not_replaced(tenant: TenantFixture) -> None:
    forced = [{**INTAKE, "secrets": [{**INTAKE["secrets"][0], "force": True}]}]
    assert run(tenant, forced)["failure"] == ""
    held = tenant.store.entries[INTAKE_NAME]
    assert held.id != source_of(tenant).entries[INTAKE_NAME].id
    assert actions(run(tenant)) == {"desk": {"production": "copied"}}
    assert tenant.store.entries[INTAKE_NAME] == held


def test_an_entry_of_another_tenant_stops_the_run(tenant: TenantFixture) -> None:
    source = source_of(tenant)
    source.entries[INTAKE_NAME] = replace(source.entries[INTAKE_NAME], tenant_id=FABRIKAM)
    result = run(tenant)
    assert "Nothing was written. from_store holds secrets of another tenant, 1 in all, such as intake/production" in result["failure"]
    assert tenant.store.entries == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "other"}, "The entry in from_store has changed meanwhile, so it was not copied; run again."),
        ({"value": ""}, "The entry in from_store has no value, so it was not copied"),
        (None, "The entry in from_store has changed meanwhile"),
    ],
)
def test_an_entry_that_changes_after_it_was_planned(tenant: TenantFixture, change: dict[str, str] | None, said: str) -> None:
    source = source_of(tenant)

    def spoil() -> None:
        if source.reads == 1:
            entry = source.entries.pop(INTAKE_NAME)
            if change is not None:
                source.entries[INTAKE_NAME] = replace(entry, **change)

    source.expect_trouble(set())
    source.on_access = spoil
    result = run(tenant)
    assert said in result["failure"]
    assert set(tenant.store.entries) == {DESK_NAME}


def test_a_store_to_copy_from_that_fails_when_the_values_are_read(tenant: TenantFixture) -> None:
    source_of(tenant).expect_trouble(set(), unreadable=2)
    result = run(tenant)
    assert "It was not copied, since from_store could not be read. The store refuses." in result["failure"]
    assert tenant.store.entries == {}
    assert tenant.alive(INTAKE_NAME) == [source_of(tenant).entries[INTAKE_NAME].id]


class GarblingStore(MemoryStore):
    """Gives back another value than it was given."""

    def _change(self, change: Change) -> Any:
        written = super()._change(change)
        return replace(written, after=replace(written.after, value="another-value")) if written.after and written.after.value else written


def test_a_store_that_spoils_values_holds_what_it_held_before(tenant: TenantFixture) -> None:
    store = GarblingStore()
    result = run(tenant, store=store)
    assert "The store returned another value than was copied, so its former entry was restored." in result["failure"]
    assert store.entries == {}


def test_names_that_the_store_cannot_keep_are_told_before(tenant: TenantFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenant.store, "problems", lambda names: [f"{name} is too long." for name in names])
    result = run(tenant, check=True)
    assert "intake/production is too long." in result["failure"]


def test_both_stores_problems_are_told(tenant: TenantFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> Any:
        def check() -> None:
            raise StoreError(text)

        return check

    monkeypatch.setattr(tenant.store, "check", fail("The new one is sealed."))
    monkeypatch.setattr(source_of(tenant), "check", fail("The old one is locked."))
    assert run(tenant)["failure"] == "The new one is sealed. The old one is locked."


def test_what_cannot_be_copied_from_or_to_is_refused(tenant: TenantFixture) -> None:
    none = NoneStore(Options({}), new_context("/"))
    assert "from_store is a store of the type none, which shows no values, so nothing can be copied from it" in run(tenant, from_store=none)["failure"]
    assert "the store none keeps none; leave from_store out." in run(tenant, store=none)["failure"]
    assert tenant.emulator.journal.writes() == []


def test_a_stopped_run_copies_nothing_more(tenant: TenantFixture) -> None:
    result = run(tenant, go_on=lambda: False)
    assert "since the run was stopped" in result["failure"]
    assert tenant.store.entries == {}
