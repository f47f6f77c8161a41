# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client secrets, by real playbooks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.abbyy.vantage.tests.unit.support.lifecycle import Step, run_lifecycle

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_client_secret"
PRODUCTION = {"client_id": "app", "description": "production"}


def seed(deployment: Deployment, *names: str) -> None:
    deployment.emulator.seed("contoso", [{"clientId": name, "allowedGrantTypes": ["client_credentials"]} for name in names])


def secrets(deployment: Deployment, client_id: str = "app", description: str = "production") -> list[dict[str, Any]]:
    return [secret for secret in deployment.clients()[client_id]["secrets"] if secret["description"] == description]


def test_a_secret_is_created_renewed_and_deleted(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    """Many secrets, and each request, are tested in tests/unit/plugins/modules/test_lifecycles.py."""
    seed(deployment, "app")
    steps = [
        Step("create", {**PRODUCTION, "lifetime": "90d", "verify": True}, ["created"]),
        # After the renewal the secret is no longer due, so that a second run changes nothing.
        Step("change", {**PRODUCTION, "lifetime": "180d", "renew_before": "91d", "overlap": 0}, ["renewed"]),
        Step("delete", {**PRODUCTION, "state": "absent", "force": True}, ["deleted"]),
    ]

    done = run_lifecycle(partial(playbooks.perform, MODULE), steps)
    created, changed, deleted = (done[step.name].answer for step in steps)

    assert created["secret"]["value"].startswith(created["secret"]["value_display"])
    assert changed["secret"]["value"] != created["secret"]["value"]
    assert deleted["deleted"] == [created["secret"]["id"], changed["secret"]["id"]]
    assert "value" not in deleted["secret"]
    assert deployment.clients()["app"]["secrets"] == []


def test_a_registered_value_is_handed_on_and_works(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment, "app")
    secret = {**PRODUCTION, "held_id": "{{ answer_0.secret.id }}"}
    login = {"auth_client_id": "app", "auth_client_secret": "{{ answer_0.secret.value }}"}

    run = playbooks.run_tasks(
        {MODULE: {**PRODUCTION, "lifetime": "30d"}},
        {MODULE: {**secret, "verify": True}},
        # The value logs in; that the app may not manage clients is another matter.
        {"abbyy.vantage.vantage_client_info": login},
    )
    made, held, login_answer = run.answers

    assert made["action"] == "created"
    assert held["action"] == "unchanged"
    assert login_answer["error"]["status"] == 403
    assert secrets(deployment)[0]["value"] == made["secret"]["value"]


def test_a_failing_secret_does_not_stop_the_others_and_costs_no_value(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment, "app-0", "app-1")
    wanted = [{"client_id": name, "description": "production"} for name in ("app-0", "none", "app-1")]

    run = playbooks.run_tasks({MODULE: {"secrets": wanted}})
    (answer,) = run.answers
    values = [result["secret"]["value"] for result in answer["results"] if result["changed"]]

    assert answer["failed"]
    assert [result["action"] for result in answer["results"]] == ["created", "failed", "created"]
    assert values == [secrets(deployment, name)[0]["value"] for name in ("app-0", "app-1")]
    # The answer is hidden, its message is not.
    assert "1 of 3 secrets failed. none/production: Client 'none' does not exist in this tenant" in " ".join(run.output.split())
    assert not [value for value in values if value in run.output]


def test_check_mode_of_a_whole_run_writes_nothing(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    deployment.emulator.seed("contoso", [{"clientId": "app", "secrets": [{"description": "old"}]}])
    before = deployment.clients()
    tasks = [{MODULE: PRODUCTION}, {MODULE: {"secrets": [{**PRODUCTION, "force": True}, {"client_id": "app", "description": "old", "state": "absent"}]}}]

    run = playbooks.run_tasks(*tasks, check=True, diff=True)
    made, many = run.answers

    assert (made["action"], made["changed"]) == ("created", True)
    assert "id" not in made["secret"]
    assert "value" not in made["secret"]
    assert [result["action"] for result in many["results"]] == ["created", "deleted"]
    assert {entry.kind for entry in deployment.emulator.journal} == {"token", "read"}
    assert deployment.clients() == before
