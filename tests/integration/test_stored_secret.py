# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup stored_secret gives a consumer the value that was delivered."""

from __future__ import annotations

from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import AppPlays, app_task
from ansible_collections.abbyy.vantage.tests.integration.support.leaks import known_secrets

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
LOOKUP = "lookup('abbyy.vantage.stored_secret', 'app-0/default')"


def test_a_consumer_logs_in_with_what_the_store_holds(plays: AppPlays) -> None:
    login = {
        "base_url": "{{ vantage_base_url }}",
        "ca_path": "{{ vantage_ca_path }}",
        "tenant_id": "{{ vantage_tenant_id }}",
        "auth_client_id": "app-0",
        "auth_client_secret": f"{{{{ {LOOKUP} }}}}",
    }
    by_variable = "{{ 'file' if true else 'none' }}"

    run = plays.run_play(
        app_task("app-0"),
        {"name": "Consume", "abbyy.vantage.vantage_token": login, "vars": LOCAL},
        {"name": "Read the id", "ansible.builtin.debug": {"msg": f"{{{{ {LOOKUP[:-1]}, member='id') }}}}"}},
        play={"vars": {"app_onboarding_store": by_variable}},
    )

    assert not run.results_of("Consume")[0].get("failed")
    assert plays.entries()["app-0/default"]["id"] in run.output
    assert [secret for secret in known_secrets(plays.deployment.emulator) if secret in run.output] == []


def test_a_secret_that_is_not_there_is_one_sentence(plays: AppPlays) -> None:
    missing = LOOKUP.replace("app-0", "app-9")

    run = plays.run_play(app_task("app-0"), {"name": "Read", "ansible.builtin.debug": {"msg": f"{{{{ {missing} }}}}"}}, rc=2)

    assert "holds no secret 'app-9/default'; check the name and the option store." in run.output
    assert "Traceback" not in run.output
