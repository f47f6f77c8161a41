# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook export: what it writes down is what is there, so that onboarding it changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS, Deployment
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

ON_ONE_CORE = pytest.mark.one_core("the exported content does not depend on ansible-core, and an export is onboarded on each")
EXPORT = "abbyy.vantage.export"
ESTATE: list[dict[str, Any]] = [
    {"clientId": "plain"},
    {"clientId": "web {{ 7 * 7 }}", "clientName": "{{ lookup('ansible.builtin.pipe', 'id') }}", "allowedGrantTypes": ["authorization_code"]},
    {
        "clientId": "portal/é",
        "clientName": "no",
        "allowOfflineAccess": True,
        "allowRememberConsent": False,
        "requireConsent": True,
        "redirectUris": ["https://portal.example.com/b", "https://portal.example.com/a"],
        "allowedCorsOrigins": ["https://portal.example.com"],
        "accessTokenLifetime": 5400,
        "refreshTokenLifetime": 86401,
        "secrets": [{"description": "production", "start_time": "2026-01-01T00:00:00Z", "expiration": "2026-04-01T00:00:00Z"}],
    },
    {"clientId": "broken", "redirectUris": ["https://broken.example.com/#part"], "allowedCorsOrigins": ["https://broken.example.com/"], "requireConsent": True},
    {"clientId": "public", "requireClientSecret": False, "allowNoPkce": True},
]


@pytest.fixture
def tenants(playbooks: PlaybookRunner) -> Path:
    """An inventory with one tenant, connected by the environment."""
    path = playbooks.folder / "tenants.yml"
    path.write_text(yaml.safe_dump({"all": {"children": {"vantage": {"hosts": {"contoso": {}}}}}}), encoding="utf-8")
    return path


@pytest.fixture
def exported(playbooks: PlaybookRunner) -> Path:
    return playbooks.folder / "vantage-export" / "contoso" / "apps.yml"


def play_of_bulk(exported: Path) -> dict[str, Any]:
    """Return a play that gives the exported clients, without their secrets, to one task of vantage_client."""
    strip = "{{ app_onboarding_apps | map('dict2items') | map('rejectattr', 'key', 'equalto', 'secrets') | map('list') | map('items2dict') | list }}"
    return {
        "name": "Bulk",
        "hosts": "vantage",
        "connection": "local",
        "gather_facts": False,
        "vars_files": [str(exported)],
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": [{"name": "bulk", "abbyy.vantage.vantage_client": {"clients": strip}}],
    }


def test_onboarding_what_was_exported_changes_nothing(
    playbooks: PlaybookRunner, emulator: Emulator, deployment: Deployment, tenants: Path, exported: Path
) -> None:
    emulator.seed("contoso", ESTATE)
    # The export reads an odd server's answers all the same.
    emulator.behaviour.patch({"null_lists": True, "lifetime_format": "timespan", "list_summary": True, "list_shape": "array"})
    before = deployment.clients()

    run = playbooks.run_playbook(EXPORT, inventory=tenants)
    left_out = [event["result"]["vantage_export_left_out"]["option"] for event in run.events if event["event"] == "item_ok"]

    assert "lookup(" not in run.output
    assert sorted(left_out) == ["allowed_cors_origins", "redirect_uris"]

    again = playbooks.run_playbook([play_of_bulk(exported)], inventory=tenants)

    assert again.results_of("bulk")[0]["summary"] == {"created": 0, "updated": 0, "unchanged": len(ESTATE) + 2, "deleted": 0, "failed": 0}

    playbooks.run_playbook("abbyy.vantage.onboard", "-e", f"@{exported}", "-e", "app_onboarding_store=none", inventory=tenants)

    assert emulator.journal.writes() == []
    assert deployment.clients() == before


@ON_ONE_CORE
def test_file_holds_what_differs_and_stays_as_it_is(playbooks: PlaybookRunner, emulator: Emulator, tenants: Path, exported: Path) -> None:
    emulator.seed("contoso", ESTATE)
    options = {"vantage_export_exclude": ["automation", "re*", "web*"], "vantage_export_secrets": True}

    playbooks.run_playbook(EXPORT, inventory=tenants, extra_vars=options)

    assert yaml.safe_load(exported.read_text(encoding="utf-8"))["app_onboarding_apps"] == [
        {"client_id": "broken", "require_consent": True, "secrets": []},
        {"client_id": "plain", "secrets": []},
        {
            "client_id": "portal/é",
            "client_name": "no",
            "allow_offline_access": True,
            "allow_remember_consent": False,
            "require_consent": True,
            "allowed_cors_origins": ["https://portal.example.com"],
            "redirect_uris": ["https://portal.example.com/a", "https://portal.example.com/b"],
            "access_token_lifetime": "90m",
            "refresh_token_lifetime": "86401s",
            "secrets": [{"description": "production", "lifetime": "90d", "prune": "none"}],
        },
        {"client_id": "public", "require_client_secret": False, "allow_no_pkce": True, "secrets": []},
    ]

    again = playbooks.run_playbook(EXPORT, inventory=tenants, extra_vars=options)

    assert again.stats["contoso"]["changed"] == 0


@ON_ONE_CORE
def test_tenant_that_cannot_be_read_does_not_stop_the_others(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    wrong = {"vantage_tenant_id": TENANTS["fabrikam"]}
    path = playbooks.folder / "tenants.yml"
    path.write_text(yaml.safe_dump({"all": {"children": {"vantage": {"hosts": {"contoso": {}, "fabrikam": wrong}}}}}), encoding="utf-8")

    run = playbooks.run_playbook(EXPORT, inventory=path, extra_vars={"vantage_export_dest": str(playbooks.folder / "out")}, rc=2)

    assert {host: counts["failures"] for host, counts in run.stats.items()} == {"contoso": 0, "fabrikam": 1}
    assert "Tenant Administrator" in run.output
    assert [path.name for path in (playbooks.folder / "out").iterdir()] == ["contoso"]
