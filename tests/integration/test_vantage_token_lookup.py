# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup vantage_token in tasks of ansible.builtin.uri: one login per task and host, in check mode too, and nothing secret in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.abbyy.vantage.tests.emulator.messages import Request, Response, json_response
from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import AppPlays
from ansible_collections.abbyy.vantage.tests.integration.support.leaks import known_secrets

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
CLIENTS = "{{ vantage_base_url }}/api/adminapi2/v2/tenants/{{ vantage_tenant_id }}/clients/automation"


def ask(name: str, **keywords: Any) -> dict[str, Any]:
    """Return a task that reads a client with the token of the lookup."""
    headers = {"Authorization": "Bearer {{ lookup('abbyy.vantage.vantage_token') }}"}
    uri = {"url": CLIENTS, "headers": headers, "ca_path": "{{ vantage_ca_path }}"}
    # Uri does nothing in check mode unless it is told to.
    return {"name": name, "ansible.builtin.uri": uri, "vars": LOCAL, "no_log": True, "check_mode": False, **keywords}


def logins(deployment: Deployment) -> list[str]:
    """Return the path of each login."""
    return [entry.path for entry in deployment.emulator.journal if entry.path.endswith("/connect/token")]


def test_one_login_per_task_and_host_whatever_the_loop(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    plays = AppPlays(playbooks, deployment, "contoso", "fabrikam")

    run = plays.run_play(ask("Ask often", loop=[1, 2, 3, 4]), ask("Ask once more"), arguments=["-vvv"])

    assert {host: one["ok"] for host, one in run.stats.items()} == {"contoso": 2, "fabrikam": 2}
    # Two tasks on two hosts.
    assert len(logins(deployment)) == 4
    assert sum(entry.method == "GET" for entry in deployment.emulator.journal) == 10
    assert [secret for secret in known_secrets(deployment.emulator) if secret in run.output] == []


def test_lookup_logs_in_in_check_mode_too(plays: AppPlays, deployment: Deployment) -> None:
    shown = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ lookup('abbyy.vantage.vantage_token') | length > 20 }}"}}

    run = plays.run_play(shown, check=True)

    assert run.results_of("Show")[0]["msg"] is True
    assert len(logins(deployment)) == 1


def test_a_token_is_no_template(plays: AppPlays, deployment: Deployment) -> None:
    def answer(request: Request) -> Response:
        given = deployment.answer(request)
        if not request.path.endswith("/connect/token"):
            return given
        return json_response(given.status, {**given.json(), "access_token": "{{7*7}}"})

    with deployment.answered_by(answer):
        run = plays.run_play({"name": "Show", "ansible.builtin.debug": {"msg": "{{ lookup('abbyy.vantage.vantage_token') }}"}})

    assert run.results_of("Show")[0]["msg"] == "{{7*7}}"


def test_a_login_that_fails_is_one_sentence_without_the_secret(plays: AppPlays) -> None:
    plays.hosts["contoso"]["vantage_auth_client_secret"] = "not-the-right-secret-0001"
    task = {key: value for key, value in ask("Ask").items() if key != "no_log"}

    run = plays.run_play(task, rc=2, arguments=["-vvv"])

    assert "invalid_client" in run.output
    assert "Check auth_client_id and auth_client_secret; a secret that has expired is refused in the same way." in run.output
    assert "not-the-right-secret-0001" not in run.output
