# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run from its first request to its outcome, and the marks that it leaves in the store before it makes anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant import api as tenant_api
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore
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


def test_what_is_odd_about_the_tenant_is_said(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    entries_from_body = tenant_api.entries_from_body

    def with_a_nameless_one(body: Any, doing: str) -> Any:
        entries, total = entries_from_body(body, doing)
        return [*entries, {"clientName": "nameless"}], None if total is None else total + 1

    monkeypatch.setattr(tenant_api, "entries_from_body", with_a_nameless_one)
    in_process.emulator.behaviour.patch({"forced_grants": ["authorization_code"]})
    run = EngineRun(in_process, MemoryStore(), [{"client_id": "intake", "allowed_grant_types": ["client_credentials"]}])

    run.perform()

    assert run.warnings == ["Asked to list the clients of the tenant, the server returned 1 without clientId; they were left out."]
    assert [line.startswith("note: This tenant gives every client the grant type authorization_code") for line in run.lines] == [True]


def test_a_single_batch_has_no_line_of_its_own(nothing: TenantFixture) -> None:
    apps: list[dict[str, Any]] = [{"client_id": f"app-{number}"} for number in range(3)]
    runs = {size: EngineRun(nothing.in_process, MemoryStore(), apps, batch_size=size) for size in (3, 2)}
    for run in runs.values():
        run.perform()
    assert [len(run.lines) for run in runs.values()] == [0, 2]


def test_nothing_is_made_without_its_mark(nothing: TenantFixture) -> None:
    nothing.store.expect_trouble({1}, doubts=False)

    result = nothing.run(apps=[INTAKE])

    assert "It was not made, since the store could not be written." in result["failure"]
    assert nothing.alive(NAME) == []


def test_a_secret_that_another_run_delivered_after_the_plan_is_left_alone(nothing: TenantFixture) -> None:
    rival = EngineRun(nothing.in_process, nothing.store, [INTAKE])
    accesses = iter(range(100))

    def meet_rival() -> None:
        # The first access reads for the plan, the next one writes the marks.
        if next(accesses) == 1:
            nothing.store.on_access = lambda: None
            rival.perform()

    nothing.store.on_access = meet_rival

    result = nothing.run(apps=[INTAKE])

    assert "Another run has delivered this secret meanwhile; run again to see that all is well." in result["failure"]
    assert nothing.works(NAME)
    assert len(nothing.alive(NAME)) == 1


def test_the_older_one_of_two_marks_counts(nothing: TenantFixture) -> None:
    nothing.run(apps=[INTAKE])
    delivered = nothing.store.entries[NAME]
    mark = replace(delivered, id="", value="", start_time="", expiration="", reserved_at="2020-01-01T00:00:00.000Z")
    nothing.store.entries = {NAME: mark}

    result = nothing.run(apps=[INTAKE])

    # What came after the older mark is the leftover of a run that was stopped.
    assert result["failure"] == ""
    assert nothing.works(NAME)
    assert len(nothing.alive(NAME)) == 1
