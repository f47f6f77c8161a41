# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients, by real playbooks."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.abbyy.vantage.tests.unit.support.lifecycle import Step, run_lifecycle

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

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


def test_a_client_is_created_changed_and_deleted(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    """Many clients, and odd servers, are tested in tests/unit/plugins/modules/test_lifecycles.py."""
    steps = [
        Step("create", PORTAL, ["created"]),
        Step("change", CHANGED, ["updated"]),
        Step("delete", {"client_id": "portal", "state": "absent"}, ["deleted"]),
    ]

    done = run_lifecycle(partial(playbooks.perform, MODULE), steps)
    (diff,) = done["change"].answer["diff"]

    assert [done[step.name].writes for step in steps] == [["POST "], ["PUT portal"], ["DELETE portal"]]
    assert {option for option in diff["after"] if diff["after"][option] != diff["before"][option]} == set(CHANGED) - {"client_id"}
    assert set(deployment.clients()) == {"automation", "reader"}


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
