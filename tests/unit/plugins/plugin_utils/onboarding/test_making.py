# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new secret is proven, delivered and read back, or else rolled back, and the app says which."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY, format_time, parse_time
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import INTAKE, PRODUCTION, TenantFixture

NAME = "intake/production"


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """A tenant without our apps, and an empty store."""
    tenant = TenantFixture("from nothing", monkeypatch)
    tenant.store.expect_trouble(set())
    return tenant


def run(tenant: TenantFixture, **secret: Any) -> dict[str, Any]:
    """Run intake, with these options of its secret."""
    tenant.emulator.journal.clear()
    return EngineRun(tenant.in_process, tenant.store, [{**INTAKE, "secrets": [{**PRODUCTION, **secret}]}]).perform()


def logins(tenant: TenantFixture) -> int:
    """Return how often the tenant was asked for a token."""
    return sum(entry.kind == "token" for entry in tenant.emulator.journal)


def starts(tenant: TenantFixture) -> list[float]:
    """Return when the secrets of intake start to work, from now on, in seconds."""
    secrets = [secret for secret in tenant.in_process.clients()["intake"]["secrets"] if secret["description"] == "production"]
    return sorted(parse_time(secret["startTime"]) - tenant.emulator.now() for secret in secrets)


def test_only_the_very_first_secret_may_start_later(tenant: TenantFixture) -> None:
    later = format_time(tenant.emulator.now() + 5 * DAY)

    first = run(tenant, start_time=later)

    assert first["failure"] == ""
    assert starts(tenant) == [pytest.approx(5 * DAY, abs=5)]

    tenant.emulator.advance(70 * DAY)
    soon = format_time(tenant.emulator.now() + 5 * DAY)
    second = run(tenant, start_time=soon)

    # Readers of the store need a value that works now.
    assert second["failure"] == ""
    assert starts(tenant)[-1] == pytest.approx(0, abs=5)


@pytest.mark.parametrize(("verify", "tokens"), [(True, 2), (False, 1)])
def test_a_new_secret_logs_in_unless_it_is_not_to_be_verified(tenant: TenantFixture, verify: bool, tokens: int) -> None:
    result = run(tenant, verify=verify)

    assert result["failure"] == ""
    assert logins(tenant) == tokens


def test_a_secret_that_never_logs_in_is_kept_where_it_is_not_to_be_verified(tenant: TenantFixture) -> None:
    tenant.emulator.behaviour.secret_spread = DAY

    result = run(tenant, verify=False)

    assert result["failure"] == ""
    assert tenant.alive(NAME) == [tenant.store.entries[NAME].id]


def test_a_new_secret_that_cannot_be_tried_is_rolled_back(tenant: TenantFixture) -> None:
    tenant.emulator.faults.replace([{"kind": "forbidden", "path": "connect/token", "skip": 1, "times": None}])

    result = run(tenant)

    assert f"{NAME}: It could not be tried. " in result["failure"]
    assert "The new secret was rolled back." in result["failure"]
    assert tenant.alive(NAME) == []


def test_a_new_secret_that_cannot_be_rolled_back_is_named_and_deleted_by_the_next_run(tenant: TenantFixture) -> None:
    tenant.emulator.behaviour.secret_spread = DAY
    tenant.emulator.faults.replace([{"kind": "forbidden", "method": "DELETE", "times": None}])

    result = run(tenant)
    (left,) = tenant.alive(NAME)

    assert f"The new secret {left} could not be rolled back; the next run will do that: Could not delete" in result["failure"]

    tenant.emulator.behaviour.secret_spread = 0
    tenant.emulator.faults.replace([])
    again = run(tenant)

    assert again["failure"] == ""
    assert left not in tenant.alive(NAME)
    assert tenant.works(NAME)


@pytest.mark.parametrize("happened", [True, False])
def test_a_delivery_in_doubt_is_found_out_by_the_next_run(tenant: TenantFixture, happened: bool) -> None:
    # The first write is the mark.
    tenant.store.expect_trouble({2}, doubts=happened)

    result = run(tenant)

    assert "It is not known whether it was delivered; the next run finds out. It cannot be read any more." in result["failure"]
    assert len(tenant.alive(NAME)) == 1

    tenant.store.expect_trouble(set())
    again = run(tenant)

    assert again["failure"] == ""
    assert tenant.works(NAME)
    assert tenant.alive(NAME) == [tenant.store.entries[NAME].id]
