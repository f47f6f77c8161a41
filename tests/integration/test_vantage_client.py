# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients, by real playbooks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.integration.lifecycle import Step, run_lifecycle

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_client"
PORTAL: dict[str, Any] = {
    "client_id": "portal",
    "client_name": "Invoice portal",
    "allow_offline_access": True,
    "allowed_grant_types": ["authorization_code"],
    "redirect_uris": ["https://b.example.com/in", "https://a.example.com/in"],
    "post_logout_redirect_uris": ["https://a.example.com/bye"],
    "access_token_lifetime": "8h",
}
CHANGED = {"client_id": "portal", "client_name": "Portal", "post_logout_redirect_uris": [], "require_consent": True, "refresh_token_lifetime": "7d"}
ODD_SERVER = {"list_shape": "array", "page_limit": 10, "list_summary": True, "put_answer": "empty", "null_lists": True, "lifetime_format": "timespan"}


@pytest.mark.parametrize("switches", [{}, ODD_SERVER], ids=["server", "odd server"])
def test_lifecycle_of_one_client(playbooks: PlaybookRunner, deployment: Deployment, switches: dict[str, Any]) -> None:
    deployment.emulator.behaviour.patch(switches)
    done = run_lifecycle(
        playbooks,
        MODULE,
        [
            Step("create", PORTAL, ["created"]),
            Step("change order", {"client_id": "portal", "redirect_uris": PORTAL["redirect_uris"][::-1]}, ["unchanged"]),
            Step("change", CHANGED, ["updated"]),
            Step("delete", {"client_id": "portal", "state": "absent"}, ["deleted"]),
        ],
    )
    assert done["create"].writes == ["POST "]
    assert done["create"].answer["client"]["access_token_lifetime"] == 28800
    assert done["create"].answer["client"]["redirect_uris"] == PORTAL["redirect_uris"]
    assert done["change"].writes == ["PUT portal"]
    after = done["change"].answer["client"]
    assert {option: after[option] for option in CHANGED} == {**CHANGED, "refresh_token_lifetime": 604800}
    assert {option: after[option] for option in PORTAL if option not in CHANGED} == {
        **{option: value for option, value in PORTAL.items() if option not in CHANGED},
        "access_token_lifetime": 28800,
    }
    (diff,) = done["change"].answer["diff"]
    assert {option for option in diff["after"] if diff["after"][option] != diff["before"][option]} == set(CHANGED) - {"client_id"}
    assert done["delete"].writes == ["DELETE portal"]
    assert set(deployment.clients()) == {"automation", "reader"}


def test_lifecycle_of_many_clients(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    names = [f"app-{number}" for number in range(25)]
    done = run_lifecycle(
        playbooks,
        MODULE,
        [
            Step("create", {"clients": [PORTAL, *({"client_id": name} for name in names)], "concurrency": 16}, ["created"] * 26),
            Step("change", {"clients": [{"client_id": "app-3", "state": "absent"}, CHANGED, {"client_id": "app-4"}]}, ["deleted", "updated", "unchanged"]),
            Step(
                "prune",
                {
                    "clients": [{"client_id": "portal"}, {"client_id": "new"}],
                    "prune": True,
                    "prune_protect": ["reader", "app-1*", "app-2?"],
                    "full_results": True,
                },
                ["unchanged", "created", *["deleted"] * 8],
            ),
            Step("delete", {"clients": [{"client_id": name} for name in ("portal", "new", "none")], "state": "absent"}, ["deleted", "deleted", "unchanged"]),
        ],
    )
    assert sorted(done["create"].writes) == ["POST "] * 26
    assert done["create"].answer["summary"] == {"created": 26, "updated": 0, "unchanged": 0, "deleted": 0, "failed": 0}
    assert [result["client_id"] for result in done["create"].answer["results"]] == ["portal", *names]
    assert sorted(done["change"].writes) == ["DELETE app-3", "PUT portal"]
    assert done["prune"].answer["results"][1]["client"]["client_name"] == "new"
    assert set(deployment.clients()) == {"automation", "reader", "app-1", *(f"app-1{digit}" for digit in range(10)), *(f"app-2{digit}" for digit in range(5))}


def test_what_is_not_asked_for_stays(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    kept = {"clientUri": "https://kept.example.com", "enabled": False, "requireConsent": True, "redirectUris": ["https://kept.example.com/in"]}
    deployment.emulator.seed("contoso", [{"clientId": "portal", "clientName": "Old", "allowedCorsOrigins": ["https://kept.example.com"], **kept}])
    run = playbooks.run_tasks(
        {MODULE: {"client_id": "portal"}},
        {MODULE: {"client_id": "portal", "client_name": "New"}},
        {MODULE: {"client_id": "portal", "allowed_cors_origins": []}},
    )
    assert [answer["action"] for answer in run.answers] == ["unchanged", "updated", "updated"]
    members = deployment.clients()["portal"]["members"]
    assert {name: members[name] for name in kept} == kept
    assert (members["clientName"], members["allowedCorsOrigins"]) == ("New", [])
    assert deployment.clients("fabrikam").keys() == {"automation", "reader"}


def test_check_mode_of_a_whole_run_writes_nothing(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    before = deployment.clients()
    run = playbooks.run_tasks({MODULE: PORTAL}, {MODULE: {"clients": [CHANGED], "prune": True}}, check=True, diff=True)
    assert [answer["changed"] for answer in run.answers] == [True, True]
    assert "+++ after: portal" in run.stdout
    assert {entry.kind for entry in deployment.emulator.journal} == {"token", "read"}
    assert deployment.clients() == before


def test_what_is_unwise_is_warned_of_and_done(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    run = playbooks.run_tasks({MODULE: {"client_id": "portal", "redirect_uris": ["http://app.example.com"]}})
    assert run.answers[0]["action"] == "created"
    assert "has no path, and prefixes match" in run.output.replace("\n", " ")
    assert "plain http" in run.output
    assert len(run.warnings) == 2


def test_tenants_are_hosts_and_options_come_from_module_defaults(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    tenants = {
        name: {
            "vantage_tenant_id": deployment.login_env(name)["VANTAGE_TENANT_ID"],
            "vantage_secret": deployment.login_env(name)["VANTAGE_AUTH_CLIENT_SECRET"],
            "vantage_apps": [{"client_id": f"{name}-app"}],
        }
        for name in ("contoso", "fabrikam")
    }
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    (playbooks.folder / "tenants.json").write_text(json.dumps({"vantage": {"hosts": tenants, "vars": local}}), encoding="utf-8")
    play = {
        "name": "Declare",
        "hosts": "vantage",
        "gather_facts": False,
        "module_defaults": {
            "group/abbyy.vantage.vantage": {
                "base_url": deployment.base_url,
                "ca_path": str(deployment.ca_path),
                "tenant_id": "{{ vantage_tenant_id }}",
                "auth_client_id": "automation",
                "auth_client_secret": "{{ vantage_secret }}",
            }
        },
        "tasks": [{"name": "Declare clients", MODULE: {"clients": "{{ vantage_apps }}"}}, {"name": "Read", "abbyy.vantage.vantage_client_info": {}}],
    }
    run = playbooks.run_playbook([play], inventory=playbooks.folder / "tenants.json", env=dict.fromkeys(deployment.login_env()))
    assert {host: numbers["changed"] for host, numbers in run.stats.items()} == {"contoso": 1, "fabrikam": 1}
    assert set(deployment.clients("contoso")) == {"automation", "reader", "contoso-app"}
    assert set(deployment.clients("fabrikam")) == {"automation", "reader", "fabrikam-app"}
    assert run.warnings == []
