# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nights with a store that never shows a value again, such as AWX: it is delivered, renewed, retired and removed all the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NoReturn

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Written
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import Killed, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.fault_injector import FaultInjector
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import TenantFixture

HOUR = 3600
NIGHTS = ("from nothing", "renewal", "retirement", "removal")


class HidingStore(MemoryStore):
    """A store that hides values, and cannot put a former one back."""

    shows_values = False

    def __init__(self) -> None:
        super().__init__(writes_at_once=False)

    def read(self, names: Iterable[str] | None, *, values: bool) -> dict[str, Entry]:
        """Return entries without values."""
        return super().read(names, values=False)

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Write what has a value, or is a mark."""
        lost = [change.name for change in changes if change.entry and change.entry.id and not change.entry.value]
        written = super().write([change for change in changes if change.name not in lost])
        hidden = {name: replace(one, before=hide(one.before), after=hide(one.after)) for name, one in written.items()}
        return {**hidden, **dict.fromkeys(lost, Written("failed", "It cannot be put back."))}


def hide(entry: Entry | None) -> Entry | None:
    """Return an entry without its value."""
    return entry and replace(entry, value="")


def die() -> NoReturn:
    raise Killed


@pytest.fixture
def night(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[TenantFixture, FaultInjector]:
    """Return a tenant before a night, and an injector over it."""
    tenant = TenantFixture(request.param, monkeypatch, HidingStore)
    return tenant, FaultInjector(tenant.emulator, tenant.store, "automation")


def count_moments(tenant: TenantFixture, injector: FaultInjector) -> int:
    """Count the moments of a night that nothing disturbs, which ends as it should."""
    assert tenant.run()["failure"] == ""
    assert [name for name in tenant.scenario.generations if not tenant.is_served(name)] == []
    return len(injector.moments)


@pytest.mark.parametrize("night", NIGHTS, indirect=True)
def test_a_run_that_dies_at_any_moment(night: tuple[TenantFixture, FaultInjector]) -> None:
    tenant, injector = night

    for number in range(1, count_moments(tenant, injector) + 1):
        tenant.restore()
        injector.forget()
        injector.expect_at(number, die)

        with pytest.raises(Killed):
            tenant.run()

        tenant.check_uncut()
        settle(tenant, injector)


@pytest.mark.parametrize("night", NIGHTS, indirect=True)
def test_another_whole_run_at_any_moment(night: tuple[TenantFixture, FaultInjector]) -> None:
    """A value that another run has made worthless cannot be put back, so it may take one more run until all works."""
    tenant, injector = night

    for number in range(1, count_moments(tenant, injector) + 1):
        tenant.restore()
        injector.forget()
        injector.expect_at(number, lambda: run_well(tenant))

        tenant.run()

        settle(tenant, injector)


def run_well(tenant: TenantFixture) -> None:
    """Run, and check that it does not fail."""
    assert tenant.run()["failure"] == ""


def settle(tenant: TenantFixture, injector: FaultInjector) -> None:
    """Check that an undisturbed run an hour later sets all right."""
    injector.forget()
    tenant.emulator.advance(HOUR)
    tenant.check_settled()


@pytest.mark.parametrize("night", NIGHTS, indirect=True)
def test_a_store_that_refuses_any_write(night: tuple[TenantFixture, FaultInjector]) -> None:
    tenant, injector = night
    tenant.store.expect_trouble(set())
    count_moments(tenant, injector)

    for number in range(1, tenant.store.writes + 1):
        tenant.restore()
        tenant.store.expect_trouble({number})

        report = tenant.run()
        tenant.store.expect_trouble(set())

        assert "The store refuses." in report["failure"]

        tenant.check_uncut()
        settle(tenant, injector)
