# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run from its first request to its outcome, and the marks that it leaves in the store before it makes anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry
from ansible_collections.abbyy.vantage.tests.emulator.clock import format_time, parse_time
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore, once
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import INTAKE, TenantFixture

NAME = "intake/production"


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """A tenant and a store without the apps."""
    return TenantFixture("from nothing", monkeypatch)


@pytest.mark.parametrize("check", [True, False])
def test_a_run_without_apps_does_nothing(in_process: InProcess, check: bool) -> None:
    result = EngineRun(in_process, MemoryStore(), [], check=check).perform()

    assert (result["changed"], result["failure"], result["apps"], result["changes"]) == (False, "", [], [])
    assert result["summary"]["check"] is check
    assert result["server_time"]
    assert in_process.emulator.journal.writes() == []


@pytest.mark.usefixtures("nameless_client")
def test_what_is_odd_about_the_tenant_is_said(in_process: InProcess) -> None:
    in_process.emulator.behaviour.patch({"forced_grants": ["authorization_code"]})
    run = EngineRun(in_process, MemoryStore(), [{"client_id": "intake", "allowed_grant_types": ["client_credentials"]}])

    run.perform()

    assert run.warnings == ["Asked to list the clients of the tenant, the server returned 1 without clientId; they were left out."]
    assert [line.startswith("note: This tenant gives every client the grant type authorization_code") for line in run.lines] == [True]


@pytest.mark.parametrize(("batch_size", "lines"), [(3, 0), (2, 2)])
def test_a_single_batch_has_no_line_of_its_own(in_process: InProcess, batch_size: int, lines: int) -> None:
    run = EngineRun(in_process, MemoryStore(), [{"client_id": f"app-{number}"} for number in range(3)], batch_size=batch_size)

    run.perform()

    assert len(run.lines) == lines


def let_another_run_mark(tenant: TenantFixture) -> None:
    """Let another run write its mark of an hour ago, after this run has read the store for its plan."""
    mark = Entry("intake", "production", CONTOSO, reserved_at=format_time(tenant.emulator.now() - 3600))
    tenant.store.on_access = once(lambda: tenant.store.reads == 1, lambda: tenant.store.entries.update({NAME: mark}))


def test_nothing_is_made_without_its_mark(nothing: TenantFixture) -> None:
    nothing.store.expect_trouble({1}, doubts=False)

    result = nothing.run(apps=[INTAKE])

    assert "It was not made, since the store could not be written." in result["failure"]
    assert nothing.alive(NAME) == []


def test_a_mark_says_whose_it_is_and_since_when(nothing: TenantFixture) -> None:
    nothing.store.expect_trouble({2}, doubts=False)

    nothing.run(apps=[INTAKE])
    mark = nothing.store.entries[NAME]

    assert (mark.client_id, mark.description, mark.tenant_id, mark.id) == ("intake", "production", CONTOSO, "")
    assert mark.reserved_at


@pytest.mark.parametrize(("rival", "seconds"), [(False, 0), (True, 3600)], ids=["its own", "that of another run"])
def test_an_entry_keeps_the_time_of_its_mark(nothing: TenantFixture, rival: bool, seconds: int) -> None:
    if rival:
        let_another_run_mark(nothing)

    nothing.run(apps=[INTAKE])
    since = parse_time(nothing.store.entries[NAME].orphaned_after)

    # What began later and is not in the store was never delivered.
    assert nothing.emulator.now() - since == pytest.approx(seconds, abs=60)


@pytest.mark.parametrize("rival", [False, True], ids=["its own", "that of another run"])
def test_a_secret_whose_answer_was_lost_is_found_by_the_mark(nothing: TenantFixture, rival: bool) -> None:
    if rival:
        let_another_run_mark(nothing)
    nothing.emulator.faults.replace([{"kind": "drop_after", "method": "POST", "path": "intake/secrets/$"}])

    result = nothing.run(apps=[INTAKE])

    assert result["failure"] == ""
    assert nothing.works(NAME)
    assert len(nothing.alive(NAME)) == 1


def test_what_came_after_a_mark_is_the_leftover_of_a_run_that_was_stopped(nothing: TenantFixture) -> None:
    nothing.run(apps=[INTAKE])
    delivered = nothing.store.entries[NAME]
    nothing.store.entries = {NAME: replace(delivered, id="", value="", start_time="", expiration="", reserved_at=format_time(nothing.emulator.now() - 3600))}

    result = nothing.run(apps=[INTAKE])

    assert result["failure"] == ""
    assert nothing.works(NAME)
    assert len(nothing.alive(NAME)) == 1


class ProvenStore(MemoryStore):
    """A store in memory that records each proof that it can be written.

    :ivar proven: the names of each proof.
    """

    def __init__(self) -> None:
        super().__init__()
        self.proven: list[set[str]] = []

    def prove(self, names: Iterable[str] = ()) -> None:
        """Record the names."""
        self.proven.append(set(names))


def test_a_store_is_proven_for_what_a_run_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("removal", monkeypatch, ProvenStore)
    store = cast("ProvenStore", tenant.store)
    store.proven.clear()

    assert tenant.run()["failure"] == ""
    # Those that are declared absent, and that of a client that nobody declares.
    assert store.proven == [{"intake/former", "desk/production", "attic/production"}]


@pytest.mark.parametrize(("remembers", "go_on"), [(False, True), (True, False)], ids=["no store", "stopped"])
def test_a_store_that_a_run_does_not_write_is_not_proven(in_process: InProcess, remembers: bool, go_on: bool) -> None:
    store = ProvenStore()
    store.remembers = remembers

    EngineRun(in_process, store, [INTAKE], go_on=lambda: go_on).perform()

    assert store.proven == []


def test_a_store_is_not_proven_where_nothing_changes(in_process: InProcess) -> None:
    store = ProvenStore()
    EngineRun(in_process, store, [INTAKE]).perform()

    EngineRun(in_process, store, [INTAKE]).perform()

    assert store.proven == [{NAME}]
