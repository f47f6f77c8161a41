# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run finds out before it writes: an app that cannot be planned fails alone, and oddities are warned of."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import timestamp_from_moment
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import DESK, INTAKE, PRODUCTION, TenantFixture


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """Two apps that are as declared."""
    tenant = TenantFixture("from nothing", monkeypatch)
    assert tenant.run()["failure"] == ""
    tenant.emulator.journal.clear()
    return tenant


def plan(tenant: TenantFixture, *apps: dict[str, Any], **options: Any) -> tuple[dict[str, Any], EngineRun]:
    """Plan in check mode."""
    engine = EngineRun(tenant.in_process, tenant.store, list(apps), check=True, **options)
    return engine.perform(), engine


def test_a_pattern_that_protects_nothing_is_warned_of(tenant: TenantFixture) -> None:
    _result, engine = plan(tenant, INTAKE, DESK, prune="all", prune_protect=["team-x-*"])
    assert engine.warnings == ["prune_protect 'team-x-*' matches no client of the tenant; check the spelling."]


def test_a_client_that_cannot_be_read_fails_its_app_alone(tenant: TenantFixture) -> None:
    # Then each client is read by itself.
    tenant.emulator.behaviour.patch({"list_summary": True})
    tenant.emulator.faults.replace([{"kind": "forbidden", "method": "GET", "path": "clients/intake$", "times": None}])

    result, _engine = plan(tenant, INTAKE, {**DESK, "client_name": "Front desk"})

    assert result["summary"]["failed"] == ["intake"]
    assert "Could not read client 'intake'" in result["failure"]
    assert [app["action"] for app in result["apps"] if app["client_id"] == "desk"] == ["updated"]


def test_a_secret_that_would_end_too_soon_fails_its_app_alone(tenant: TenantFixture) -> None:
    soon = timestamp_from_moment(tenant.in_process.api().http.now())
    wrong = {**INTAKE, "secrets": [{"description": "production"}, {"description": "short", "expiration": soon}]}

    result, _engine = plan(tenant, wrong, {**DESK, "client_name": "Front desk"})

    assert result["summary"]["failed"] == ["intake"]
    assert "Secret 'intake/short': it would expire at" in result["failure"]
    assert [app["action"] for app in result["apps"] if app["client_id"] == "desk"] == ["updated"]


def test_secrets_that_cannot_be_listed_fail_their_app_alone(tenant: TenantFixture) -> None:
    tenant.emulator.faults.replace([{"kind": "forbidden", "method": "GET", "path": "intake/secrets/$", "times": None}])

    result, _engine = plan(tenant, INTAKE, {**DESK, "client_name": "Front desk"})

    assert result["summary"]["failed"] == ["intake"]
    assert "Could not list" in result["failure"]
    assert [app["action"] for app in result["apps"] if app["client_id"] == "desk"] == ["updated"]


@pytest.mark.parametrize(("parts", "said"), [(["secrets"], "The client is not there yet, and this run writes secrets only"), (["clients"], "")])
def test_secrets_wait_for_a_client_that_the_run_may_not_make(tenant: TenantFixture, parts: list[str], said: str) -> None:
    new = {"client_id": "attic", "allowed_grant_types": ["client_credentials"], "secrets": [PRODUCTION]}

    result, _engine = plan(tenant, new, parts=parts)

    assert said in result["failure"]
    assert bool(result["failure"]) is bool(said)
