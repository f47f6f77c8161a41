# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another run, or a person, does between two steps of a run: nothing is lost, and the app says what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.none import NoneStore
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Written
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore, once
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import INTAKE, PRODUCTION, TenantFixture
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import new_context

NAME = "intake/production"


def run(tenant: TenantFixture, *apps: dict[str, Any], **options: Any) -> tuple[dict[str, Any], EngineRun]:
    """Run these apps, or intake, and return the result and the run."""
    tenant.emulator.journal.clear()
    store = options.pop("store", tenant.store)
    engine = EngineRun(tenant.in_process, store, list(apps) or [INTAKE], **options)
    return engine.perform(), engine


def make_by_hand(tenant: TenantFixture, description: str = "production") -> Entry:
    """Make one more secret of intake, as another run does; return the entry that it would write."""
    made = tenant.in_process.run("vantage_client_secret", client_id="intake", description=description, force=True)["secret"]
    return Entry("intake", description, tenant_id=CONTOSO, id=made["id"], start_time=made["start_time"], expiration=made["expiration"], value=made["value"])


def delete_by_hand(tenant: TenantFixture, secret_id: str) -> None:
    """Delete a secret of intake, as a person does in the admin page."""
    del tenant.emulator.world.named_tenant(CONTOSO).clients["intake"].secrets[secret_id]


@pytest.fixture
def renewal(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """Apps whose secrets are due."""
    return TenantFixture("renewal", monkeypatch)


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """Apps whose secrets are a day old."""
    tenant = TenantFixture("from nothing", monkeypatch)
    assert tenant.run()["failure"] == ""
    tenant.emulator.advance(DAY)
    return tenant


def test_a_new_secret_that_another_run_deletes_gives_its_place_back(renewal: TenantFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    former = renewal.store.entries[NAME]
    write = renewal.store.write

    def write_and_lose(changes: Sequence[Change]) -> dict[str, Written]:
        written = write(changes)
        for new in [change.entry.id for change in changes if change.name == NAME and change.entry and change.entry.id != former.id]:
            delete_by_hand(renewal, new)
        return written

    monkeypatch.setattr(renewal.store, "write", write_and_lose)

    result, _engine = run(renewal)

    assert "The new secret was deleted by another run meanwhile, so the store's former entry was restored; run again." in result["failure"]
    assert renewal.store.entries[NAME] == former
    assert renewal.works(NAME)


def test_an_entry_whose_secret_was_deleted_as_a_leftover_is_restored(quiet: TenantFixture) -> None:
    held = quiet.store.entries[NAME]
    other = make_by_hand(quiet)

    def deliver() -> None:
        quiet.store.entries[NAME] = other

    quiet.store.on_access = once(lambda: other.id not in quiet.alive(NAME), deliver)

    result, _engine = run(quiet)

    assert "Another run delivered a secret that was deleted here meanwhile, so the store's former entry was restored; run again." in result["failure"]
    assert quiet.store.entries[NAME] == held
    assert quiet.works(NAME)


def test_a_secret_that_has_become_the_last_one_stays(quiet: TenantFixture) -> None:
    other = make_by_hand(quiet, "by hand")
    absent = {**INTAKE, "secrets": [{**PRODUCTION, "state": "absent"}]}
    new = {"client_id": "attic", "secrets": [PRODUCTION]}
    quiet.store.expect_trouble(set())
    # The mark of the new app's secret is written after all has been planned.
    quiet.store.on_access = once(lambda: quiet.store.reads == 1, lambda: delete_by_hand(quiet, other.id))

    result, _engine = run(quiet, absent, new)

    assert "would leave client 'intake', which requires a secret, without any that works" in result["failure"]
    assert quiet.works(NAME)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": ""}, "The store's entry has no value, so no older secret was deleted; remove the entry to get a new secret."),
        ({"id": "another"}, "Another run has replaced this secret meanwhile, so no older one was deleted; run again to see that all is well."),
    ],
)
def test_nothing_is_retired_for_an_entry_that_has_changed(monkeypatch: pytest.MonkeyPatch, change: dict[str, str], said: str) -> None:
    tenant = TenantFixture("retirement", monkeypatch)
    before = tenant.alive(NAME)

    def spoil() -> None:
        tenant.store.entries[NAME] = replace(tenant.store.entries[NAME], **change)

    tenant.store.expect_trouble(set())
    tenant.store.on_access = once(lambda: tenant.store.reads == 1, spoil)

    result, _engine = run(tenant)

    assert said in result["failure"]
    assert tenant.alive(NAME) == before


class OvertakenStore(MemoryStore):
    """Reads back what another run has written over a new entry."""

    def _change(self, change: Change) -> Written:
        written = super()._change(change)
        if written.after and written.after.value:
            self.entries[change.name] = replace(written.after, id="of-another-run", value="of-another-run")
            return replace(written, after=self.entries[change.name])
        return written


def test_a_delivery_that_another_run_overtakes_is_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("from nothing", monkeypatch, OvertakenStore)

    result, _engine = run(tenant)

    assert "Another run has delivered this secret meanwhile. The new secret was rolled back." in result["failure"]
    assert tenant.alive(NAME) == []
    assert tenant.store.entries[NAME].id == "of-another-run"


class StubbornStore(MemoryStore):
    """Garbles new values, and refuses to take the former entry back."""

    def _change(self, change: Change) -> Written:
        if change.entry is not None and change.entry.id in self.ever_held:
            return Written("failed", "It is sealed now.")
        written = super()._change(change)
        if written.after and written.after.value:
            return replace(written, after=replace(written.after, value="garbled"))
        return written


def test_an_entry_that_cannot_be_restored_is_warned_of(renewal: TenantFixture) -> None:
    store = StubbornStore()
    store.entries, store.ever_held = dict(renewal.store.entries), set(renewal.store.ever_held)

    result, engine = run(renewal, store=store)

    assert "The store returned another value than was written" in result["failure"]
    assert engine.warnings == [f"{NAME}: the store's former entry could not be restored. It is sealed now."]


@pytest.mark.parametrize(("marked", "left"), [("before", 0), ("after", 1)])
def test_the_older_one_of_two_marks_says_what_a_killed_run_has_left(monkeypatch: pytest.MonkeyPatch, marked: str, left: int) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    tenant.in_process.run("vantage_client", client_id="intake", allowed_grant_types=["client_credentials"])
    orphan = make_by_hand(tenant)
    tenant.emulator.advance(DAY)
    day = "2020-01-01T00:00:00.000Z" if marked == "before" else "2099-01-01T00:00:00.000Z"

    def mark() -> None:
        tenant.store.entries[NAME] = Entry("intake", "production", tenant_id=CONTOSO, reserved_at=day)

    tenant.store.expect_trouble(set())
    tenant.store.on_access = once(lambda: tenant.store.reads == 1, mark)

    result, _engine = run(tenant)

    assert result["failure"] == ""
    assert tenant.works(NAME)
    assert tenant.alive(NAME).count(orphan.id) == left


def test_an_entry_that_another_run_delivers_before_the_mark_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    tenant.in_process.run("vantage_client", client_id="intake", allowed_grant_types=["client_credentials"])
    other = make_by_hand(tenant)

    def deliver() -> None:
        tenant.store.entries[NAME] = other

    tenant.store.expect_trouble(set())
    tenant.store.on_access = once(lambda: tenant.store.reads == 1, deliver)

    result, _engine = run(tenant)

    assert "Another run has delivered this secret meanwhile; run again to see that all is well." in result["failure"]
    assert tenant.store.entries[NAME] == other
    assert tenant.alive(NAME) == [other.id]


def test_what_a_stopped_run_cannot_return_is_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    none = NoneStore(Options({}), new_context("/"))

    result, _engine = run(tenant, store=none, go_on=lambda: not tenant.alive(NAME))

    assert "It could not be returned, since the run was stopped. The new secret was rolled back." in result["failure"]
    assert tenant.alive(NAME) == []


def test_labels_wait_for_a_store_that_can_be_read(quiet: TenantFixture) -> None:
    quiet.store.expect_trouble(set(), unreadable=2)

    result, _engine = run(quiet, {**INTAKE, "labels": {"team": "claims"}})

    assert "Its labels could not be updated in the store. The store refuses." in result["failure"]
    assert quiet.store.entries[NAME].labels == {}


def test_a_list_that_cannot_be_read_for_late_secrets_is_noted(renewal: TenantFixture) -> None:
    renewal.emulator.faults.replace(
        [
            {"kind": "status_after", "status": 500, "method": "POST", "path": "/secrets/$"},
            {"kind": "forbidden", "method": "GET", "path": "intake/secrets/$", "skip": 2, "times": None},
        ]
    )

    result, engine = run(renewal)

    assert result["summary"]["failed"] == ["intake"]
    assert [text for text in [result["failure"], *engine.warnings] if "It is unknown whether a secret was left behind; the next run checks it." in text]
