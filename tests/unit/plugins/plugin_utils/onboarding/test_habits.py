# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding on tenants that add to clients by themselves, have another form for their members, or an id that is no GUID."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.export import apps_from_clients
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.values import value_of_kind
from ansible_collections.abbyy.vantage.tests.emulator.config import EmulatorConfig, default_tenant
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

APPS: list[dict[str, Any]] = [
    {
        "client_id": f"app-{number}",
        "allowed_grant_types": ["client_credentials"],
        "redirect_uris": ["https://app.example.com/b", "https://app.example.com/a"],
        "access_token_lifetime": "8h",
        "secrets": [{"description": "production", "lifetime": "90d", "renew_before": "30d"}],
    }
    for number in range(5)
]
CODE_FLOW = "gives every client the grant type authorization_code"


def run(in_process: InProcess, store: MemoryStore, apps: list[dict[str, Any]], **options: Any) -> tuple[dict[str, Any], EngineRun]:
    """Return the result of a run that did not fail, and the run."""
    in_process.emulator.journal.clear()
    engine = EngineRun(in_process, store, apps, **options)
    result = engine.perform()
    assert result["failure"] == ""
    return result, engine


EVERY_HABIT = pytest.mark.parametrize(
    "switches",
    [
        {"forced_grants": ["authorization_code"]},
        {"lifetime_format": "timespan", "lifetime_numbers": False},
        {"text_lists": ["allowedScopes", "redirectUris"]},
        {"cors_bool": True, "reorder_lists": True},
        {"post_ids": False, "list_summary": True},
    ],
    ids="-".join,
)


@EVERY_HABIT
def test_the_first_run_does_what_check_mode_says(in_process: InProcess, switches: dict[str, Any]) -> None:
    in_process.emulator.behaviour.patch(switches)
    store = MemoryStore()

    planned, _engine = run(in_process, store, APPS, check=True, concurrency=4)
    made, _engine = run(in_process, store, APPS, concurrency=4)

    assert planned["summary"]["apps"] == made["summary"]["apps"]
    assert made["summary"]["apps"]["created"] == len(APPS)


@pytest.mark.parametrize("check", [True, False])
@EVERY_HABIT
def test_the_second_run_has_nothing_to_do(in_process: InProcess, switches: dict[str, Any], check: bool) -> None:
    in_process.emulator.behaviour.patch(switches)
    store = MemoryStore()
    run(in_process, store, APPS, concurrency=4)

    again, engine = run(in_process, store, APPS, check=check, fail_on_drift=True)

    assert not again["changed"]
    assert engine.warnings == []
    assert len([line for line in engine.lines if CODE_FLOW in line]) == ("forced_grants" in switches)
    assert in_process.emulator.journal.writes() == []


@EVERY_HABIT
def test_a_run_of_what_was_exported_has_nothing_to_do(in_process: InProcess, switches: dict[str, Any]) -> None:
    in_process.emulator.behaviour.patch(switches)
    store = MemoryStore()
    run(in_process, store, APPS, concurrency=4)

    exported = apps_from_clients(in_process.run("vantage_client_info")["clients"], all_options=True, secrets=False, exclude=["automation"])
    again, _engine = run(in_process, store, exported["apps"])

    assert [left["option"] for left in exported["left_out"] if left["option"] != "allowed_cors_origins"] == []
    assert not again["changed"]
    assert in_process.emulator.journal.writes() == []


def test_roles_are_given_with_the_app(in_process: InProcess) -> None:
    in_process.emulator.behaviour.roles_member = "applicationRoles"
    apps = [{**app, "roles": ["Skill User"]} for app in APPS]

    made, _engine = run(in_process, MemoryStore(), apps, roles_member="applicationRoles")

    assert made["summary"]["apps"]["created"] == len(APPS)
    assert {tuple(client["roles"]) for name, client in in_process.clients().items() if name.startswith("app-")} == {("Skill User",)}


@pytest.mark.parametrize(
    ("value", "is_text", "roles"),
    [("Skill User | Tenant Administrator", True, ["Skill User", "Tenant Administrator"]), (["Skill User"], False, ["Skill User"])],
)
def test_the_name_of_a_role_may_hold_blanks(value: Any, is_text: bool, roles: list[str]) -> None:
    assert value_of_kind("names", value, is_text=is_text) == roles


def test_roles_without_their_member_are_a_problem_of_each_app_and_nothing_is_written(in_process: InProcess) -> None:
    result = EngineRun(in_process, MemoryStore(), [{**APPS[0], "roles": ["Skill User"]}, APPS[1]]).perform()

    assert result["failure"].startswith("Nothing was written. apps, app 1, app-0: roles is given, but no document says")
    assert in_process.requests() == []


@pytest.fixture(params=["TestTenant", "117489fc1aea41658369d4d18d6557ga"])
def without_guid(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    """Runs modules against a tenant whose id is no GUID."""
    in_process = InProcess(Emulator(EmulatorConfig(tenants=[default_tenant(request.param, "contoso")])), monkeypatch)
    in_process.options["tenant_id"] = request.param
    return in_process


def test_a_run_for_a_tenant_whose_id_is_no_guid_warns_once(without_guid: InProcess) -> None:
    _made, engine = run(without_guid, MemoryStore(), APPS)

    assert [warning for warning in engine.warnings if "is not a GUID" in warning] == engine.warnings
    assert len(engine.warnings) == 1


def test_a_module_for_a_tenant_whose_id_is_no_guid_warns_once(without_guid: InProcess) -> None:
    run(without_guid, MemoryStore(), APPS)

    answer = without_guid.run("vantage_client", client_id="app-0", client_name="New")

    assert answer["action"] == "updated"
    assert len(without_guid.warnings) == 1
