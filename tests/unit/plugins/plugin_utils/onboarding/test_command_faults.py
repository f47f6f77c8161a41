# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole runs over the store command, whose program does every wrong thing at every call, or dies with the run, or serves another run meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.command_program import FAULTS, MemoryProgram, ProgramStore
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import Killed
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import SCENARIOS, TenantFixture

HOUR = 3600
# By scenario: the states from which a run was seen to settle.
SEEN: dict[str, set[Any]] = {scenario: set() for scenario in SCENARIOS}


def new_night(scenario: str, monkeypatch: pytest.MonkeyPatch) -> tuple[TenantFixture, MemoryProgram, int]:
    """Return a tenant before a night, the program of its store, and how often a night calls that."""
    tenant = TenantFixture(scenario, monkeypatch, ProgramStore)
    store: Any = tenant.store
    program: MemoryProgram = store.program
    program.expect("", 0)
    assert tenant.run()["failure"] == ""
    return tenant, program, len(program.asked)


def settle(tenant: TenantFixture, program: MemoryProgram, scenario: str) -> None:
    """Check that an undisturbed run an hour later sets all right."""
    program.expect("", 0)
    program.on_ask = lambda: None
    state = tenant.fingerprint()
    if state not in SEEN[scenario]:
        tenant.emulator.advance(HOUR)
        tenant.check_settled()
        SEEN[scenario].add(state)


def shown_values(tenant: TenantFixture, report: dict[str, Any]) -> list[str]:
    """Return the values of the store that a report shows."""
    text = json.dumps(report)
    return [entry.value for entry in tenant.store.entries.values() if entry.value and entry.value in text]


@pytest.mark.slow
@pytest.mark.one_core("no ansible-core and no library decides what follows a fault, and the tests beside this one run on each")
@pytest.mark.parametrize("fault", [*FAULTS, "cannot be started"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_fault_at_any_call(monkeypatch: pytest.MonkeyPatch, scenario: str, fault: str) -> None:
    tenant, program, calls = new_night(scenario, monkeypatch)
    assert calls >= 4

    for number in range(1, calls + 1):
        tenant.restore()
        program.expect(fault, number)

        report = tenant.run()
        failed = report["summary"].get("failed", []) if report["failure"] else []

        assert shown_values(tenant, report) == []

        tenant.check_uncut()
        for name in tenant.scenario.generations:
            assert not tenant.strangers(name) or name.partition("/")[0] in failed, f"{name} has an unknown secret that no message mentions ({number})"

        settle(tenant, program, scenario)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_run_that_dies_at_any_call(monkeypatch: pytest.MonkeyPatch, scenario: str) -> None:
    tenant, program, calls = new_night(scenario, monkeypatch)

    for number in range(1, calls + 1):
        tenant.restore()
        program.expect("", 0)
        program.on_ask = at_call(program, number, die)

        with pytest.raises(Killed):
            tenant.run()

        tenant.check_uncut()
        settle(tenant, program, scenario)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_another_whole_run_at_any_call(monkeypatch: pytest.MonkeyPatch, scenario: str) -> None:
    tenant, program, calls = new_night(scenario, monkeypatch)

    for number in range(1, calls + 1):
        tenant.restore()
        program.expect("", 0)
        program.on_ask = at_call(program, number, lambda: tenant.run() and None)

        tenant.run()

        tenant.check_uncut()

        assert [name for name in tenant.scenario.generations if tenant.strangers(name)] == []

        settle(tenant, program, scenario)


def at_call(program: MemoryProgram, number: int, do: Callable[[], None]) -> Callable[[], None]:
    """Return what does something just before the call of that number, and nothing during that."""

    def look() -> None:
        if len(program.asked) == number - 1:
            program.on_ask = lambda: None
            do()

    return look


def die() -> NoReturn:
    raise Killed
