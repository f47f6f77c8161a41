# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Move to another store without a new secret. test_faults proves, with all other nights, that a move survives every fault."""

from __future__ import annotations

from collections.abc import Iterable
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
BOTH_COPIED = {"intake": {"production": "copied"}, "desk": {"production": "copied"}}
ONLY_INTAKE_RENEWED = {"intake": {"production": "renewed"}, "desk": {"production": "copied"}}


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


def change_entry(store: MemoryStore, **members: Any) -> None:
    """Change the entry of intake in a store."""
    store.entries[INTAKE_NAME] = replace(store.entries[INTAKE_NAME], **members)


def intake_with(**members: Any) -> dict[str, Any]:
    """Return the app intake, with these members of its secret."""
    return {**INTAKE, "secrets": [{**INTAKE["secrets"][0], **members}]}


def from_store_warnings(engine: EngineRun) -> list[str]:
    """Return the warnings about the store to copy from."""
    return [warning for warning in engine.warnings if "from_store" in warning]


@pytest.mark.parametrize("writes_at_once", [True, False])
def test_entries_are_copied_as_they_are(tenant: TenantFixture, writes_at_once: bool) -> None:
    source = source_of(tenant)
    change_entry(source, labels={"team": "claims"}, orphaned_after="2026-01-01T00:00:00.000Z")
    source.writes_at_once = tenant.store.writes_at_once = writes_at_once
    before = dict(source.entries)
    labelled = [{**INTAKE, "labels": {"team": "claims"}}, tenant.scenario.apps[1]]

    result = run(tenant, labelled)

    assert actions(result) == BOTH_COPIED
    assert (result["failure"], result["changed"], result["summary"]["secrets"]["copied"], result["summary"]["apps"]["copied"]) == ("", True, 2, 2)
    assert tenant.store.entries == source.entries == before
    assert tenant.emulator.journal.writes() == []

    again = run(tenant, labelled)

    assert (again["failure"], again["changed"]) == ("", False)


def test_labels_are_those_of_the_app(tenant: TenantFixture) -> None:
    change_entry(source_of(tenant), labels={"team": "claims"})
    run(tenant, [{**INTAKE, "labels": {"team": "intake"}}])
    assert tenant.store.entries[INTAKE_NAME].labels == {"team": "intake"}


def test_check_mode_shows_copies_and_makes_none(tenant: TenantFixture) -> None:
    result = run(tenant, check=True, fail_on_drift=True)

    assert actions(result) == BOTH_COPIED
    assert result["changed"]
    assert "intake: secret production would be copied to the store" in result["failure"]
    assert tenant.store.entries == {}
    assert tenant.store.writes == 0
    assert tenant.emulator.journal.writes() == []


def test_a_value_that_does_not_log_in_is_not_copied(tenant: TenantFixture) -> None:
    change_entry(source_of(tenant), value="wrong-value-0001")

    result = run(tenant)

    assert "intake/production: The value in from_store does not log in at the token endpoint (invalid_client), so it was not copied" in result["failure"]
    assert "wrong-value-0001" not in str(result)
    assert set(tenant.store.entries) == {DESK_NAME}
    assert len(tenant.alive(INTAKE_NAME)) == 1


def test_a_value_that_is_not_to_be_verified_is_copied_without_a_login(tenant: TenantFixture) -> None:
    change_entry(source_of(tenant), value="wrong-value-0001")

    result = run(tenant, [intake_with(verify=False)])

    assert result["failure"] == ""
    assert tenant.store.entries[INTAKE_NAME].value == "wrong-value-0001"


def test_a_secret_that_the_other_store_lacks_is_made(tenant: TenantFixture) -> None:
    tenant.emulator.advance(DAY)
    del source_of(tenant).entries[INTAKE_NAME]

    result = run(tenant)

    assert actions(result) == ONLY_INTAKE_RENEWED
    # Somebody may use the older one, whose value no store shows, until the overlap is over.
    assert len(tenant.alive(INTAKE_NAME)) == 2


@pytest.mark.parametrize("check", [True, False])
def test_a_store_to_copy_from_that_holds_nothing_is_warned_of(tenant: TenantFixture, check: bool) -> None:
    engine = EngineRun(tenant.in_process, tenant.store, tenant.scenario.apps, from_store=MemoryStore(), check=check)

    engine.perform()
    warnings = from_store_warnings(engine)

    assert len(warnings) == 1
    assert warnings[0].startswith("from_store holds none of the secrets that the store lacks, such as intake/production, so new ones are made.")
    assert warnings[0].endswith("so new ones are made. Check its type, path and prefix, or remove from_store after the move.")


def test_a_store_to_copy_from_that_is_not_needed_is_not_warned_of(tenant: TenantFixture) -> None:
    run(tenant)
    engine = EngineRun(tenant.in_process, tenant.store, tenant.scenario.apps, from_store=MemoryStore())

    engine.perform()

    assert engine.warnings == []


def test_a_secret_that_the_tenant_has_no_more_is_made(tenant: TenantFixture) -> None:
    change_entry(source_of(tenant), id="gone")

    result = run(tenant)

    assert actions(result) == ONLY_INTAKE_RENEWED
    assert tenant.works(INTAKE_NAME)


@pytest.mark.parametrize("check", [True, False])
def test_secrets_that_came_after_one_that_is_gone_stay(tenant: TenantFixture, check: bool) -> None:
    tenant.emulator.advance(DAY)
    change_entry(source_of(tenant), id="gone", orphaned_after="2020-01-01T00:00:00.000Z")
    before = tenant.alive(INTAKE_NAME)

    result = run(tenant, check=check)

    assert actions(result) == ONLY_INTAKE_RENEWED
    assert result["summary"]["secrets"]["leftover_deleted"] == 0
    # The older store knows nothing of them: they may be in use.
    assert [secret_id for secret_id in before if secret_id not in tenant.alive(INTAKE_NAME)] == []


def test_a_mark_still_tells_what_a_killed_run_has_left_when_the_copied_secret_is_gone(tenant: TenantFixture) -> None:
    change_entry(source_of(tenant), id="gone")
    (left,) = tenant.alive(INTAKE_NAME)
    tenant.store.entries[INTAKE_NAME] = Entry("intake", "production", reserved_at="2020-01-01T00:00:00.000Z")

    result = run(tenant)

    assert result["failure"] == ""
    assert left not in tenant.alive(INTAKE_NAME)
    assert tenant.works(INTAKE_NAME)


def test_a_secret_that_is_due_is_renewed_and_its_old_one_stays_for_the_overlap(tenant: TenantFixture) -> None:
    tenant.emulator.advance(61 * DAY)
    old = source_of(tenant).entries[INTAKE_NAME].id

    renewal = run(tenant, [INTAKE])

    assert actions(renewal) == {"intake": {"production": "renewed"}}
    assert old in tenant.alive(INTAKE_NAME)
    assert len(tenant.alive(INTAKE_NAME)) == 2

    tenant.emulator.advance(3 * DAY)
    retirement = run(tenant, [INTAKE])

    assert actions(retirement) == {"intake": {"production": "old one deleted"}}
    assert old not in tenant.alive(INTAKE_NAME)


def test_an_older_generation_may_go_in_the_same_run(tenant: TenantFixture) -> None:
    tenant.emulator.advance(61 * DAY)
    source = source_of(tenant)
    renewal = run(tenant, [INTAKE], store=source, from_store=None)
    tenant.emulator.advance(3 * DAY)

    move = run(tenant, [INTAKE])

    assert renewal["failure"] == ""
    assert (move["failure"], actions(move)) == ("", {"intake": {"production": "copied"}})
    assert tenant.alive(INTAKE_NAME) == [source.entries[INTAKE_NAME].id] == [tenant.store.entries[INTAKE_NAME].id]


def test_a_mark_gives_way_to_a_copy(tenant: TenantFixture) -> None:
    tenant.store.entries[INTAKE_NAME] = Entry("intake", "production", reserved_at="2020-01-01T00:00:00.000Z")

    result = run(tenant)

    assert result["failure"] == ""
    assert tenant.store.entries == source_of(tenant).entries


def test_an_entry_that_the_store_holds_already_is_not_replaced(tenant: TenantFixture) -> None:
    first = run(tenant, [intake_with(force=True)])
    held = tenant.store.entries[INTAKE_NAME]

    second = run(tenant)

    assert first["failure"] == ""
    assert held.id != source_of(tenant).entries[INTAKE_NAME].id
    assert actions(second) == {"desk": {"production": "copied"}}
    assert tenant.store.entries[INTAKE_NAME] == held


def test_an_entry_of_another_tenant_stops_the_run(tenant: TenantFixture) -> None:
    change_entry(source_of(tenant), tenant_id=FABRIKAM)

    result = run(tenant)

    assert "Nothing was written. from_store holds secrets of another tenant, 1 in all, such as intake/production" in result["failure"]
    assert result["error"]["code"] == "foreign_entries"
    assert tenant.store.entries == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "other"}, "The entry in from_store has changed meanwhile, so it was not copied; run again."),
        ({"value": ""}, "The entry in from_store has no value, so it was not copied"),
        (None, "The entry in from_store has changed meanwhile"),
    ],
)
def test_an_entry_that_changes_after_it_was_planned_is_not_copied(tenant: TenantFixture, change: dict[str, str] | None, said: str) -> None:
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


def test_check_mode_fails_for_names_that_the_store_cannot_keep(tenant: TenantFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenant.store, "problems", lambda names: [f"{name} is too long." for name in names])
    result = run(tenant, check=True)
    assert "intake/production is too long." in result["failure"]


def test_the_problems_of_both_stores_are_named(tenant: TenantFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> Any:
        def check() -> None:
            raise StoreError(text)

        return check

    monkeypatch.setattr(tenant.store, "check", fail("The new one is sealed."))
    monkeypatch.setattr(source_of(tenant), "check", fail("The old one is locked."))

    result = run(tenant)

    assert result["failure"] == "The new one is sealed. The old one is locked."


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("from_store", "from_store is a store of the type none, which shows no values, so nothing can be copied from it"),
        ("store", "the store none keeps none; leave from_store out."),
    ],
)
def test_the_store_none_can_be_neither_copied_from_nor_to(tenant: TenantFixture, option: str, said: str) -> None:
    none = NoneStore(Options({}), new_context("/"))

    result = run(tenant, **{option: none})

    assert said in result["failure"]
    assert tenant.emulator.journal.writes() == []


class RecordingStore(MemoryStore):
    """Remembers what was read: the names, or None for all, and whether with values."""

    def __init__(self, entries: dict[str, Entry], *, writes_at_once: bool) -> None:
        super().__init__(writes_at_once=writes_at_once)
        self.entries = entries
        self.read_names: list[tuple[list[str] | None, bool]] = []

    def read(self, names: Iterable[str] | None, *, values: bool) -> dict[str, Entry]:
        names = None if names is None else sorted(names)
        self.read_names.append((names, values))
        return super().read(names, values=values)


BOTH_NAMES = [DESK_NAME, INTAKE_NAME]


@pytest.mark.parametrize(
    ("writes_at_once", "reads"),
    [(True, [(BOTH_NAMES, True)]), (False, [([INTAKE_NAME], True), ([DESK_NAME], True)])],
    ids=["as a whole", "one by one"],
)
def test_only_values_that_are_copied_are_read(tenant: TenantFixture, writes_at_once: bool, reads: list[tuple[list[str], bool]]) -> None:
    source = RecordingStore({**source_of(tenant).entries, "other/app": Entry("other", "app", id="1", value="not-asked-for")}, writes_at_once=writes_at_once)
    tenant.store.writes_at_once = writes_at_once

    result = run(tenant, from_store=source, batch_size=1)

    assert result["failure"] == ""
    assert source.read_names == [(BOTH_NAMES, False), *reads]


def test_a_stopped_run_copies_nothing_more(tenant: TenantFixture) -> None:
    result = run(tenant, go_on=lambda: False)

    assert "since the run was stopped" in result["failure"]
    assert tenant.store.entries == {}
