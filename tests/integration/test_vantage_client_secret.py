# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client secrets, by real playbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.abbyy.vantage.tests.integration.lifecycle import Step, run_lifecycle

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_client_secret"
PRODUCTION = {"client_id": "app", "description": "production"}
DAY = 86400


def seed(deployment: Deployment, *names: str) -> None:
    deployment.emulator.seed("contoso", [{"clientId": name, "allowedGrantTypes": ["client_credentials"]} for name in names])


def secrets(deployment: Deployment, client_id: str = "app", description: str = "production") -> list[dict[str, Any]]:
    return [secret for secret in deployment.clients()[client_id]["secrets"] if secret["description"] == description]


def test_lifecycle_of_one_secret(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment, "app")
    done = run_lifecycle(
        playbooks,
        MODULE,
        [
            Step("create", {**PRODUCTION, "lifetime": "90d", "verify": True}, ["created"]),
            # A secret that is to be renewed at once is due only until it is.
            Step("change", {**PRODUCTION, "lifetime": "180d", "renew_before": "91d", "prune": "superseded", "overlap": 0}, ["renewed"]),
            Step("delete", {**PRODUCTION, "state": "absent", "force": True}, ["deleted"]),
        ],
    )
    created, changed, deleted = (done[name].answer for name in ("create", "change", "delete"))
    assert done["create"].writes == ["POST app/secrets/"]
    assert [request["kind"] for request in done["create"].requests] == ["token", "read", "write", "token"]
    assert created["secret"]["value"].startswith(created["secret"]["value_display"])
    assert (created["reason"], changed["reason"], deleted["reason"]) == ("absent", "due", "unwanted")
    assert changed["retired"] == [created["secret"]["id"]]
    assert done["change"].writes == ["POST app/secrets/", f"DELETE app/secrets/{created['secret']['id']}"]
    assert changed["secret"]["value"] != created["secret"]["value"]
    assert deleted["retired"] == [changed["secret"]["id"]]
    assert "value" not in deleted["secret"]
    assert deployment.clients()["app"]["secrets"] == []


def test_lifecycle_of_many_secrets(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    names = [f"app-{number}" for number in range(12)]
    seed(deployment, *names)
    wanted = [{"client_id": name, "description": "production"} for name in names]
    done = run_lifecycle(
        playbooks,
        MODULE,
        [
            Step("create", {"secrets": wanted, "lifetime": "90d", "verify": True, "concurrency": 16}, ["created"] * 12),
            Step("change", {"secrets": [*wanted[:3], {**wanted[3], "renew_before": "91d", "lifetime": "180d"}]}, ["unchanged"] * 3 + ["renewed"]),
            Step("delete", {"secrets": wanted, "state": "absent", "force": True}, ["deleted"] * 12),
        ],
    )
    results = done["create"].answer["results"]
    assert [result["client_id"] for result in results] == names
    assert len({result["secret"]["value"] for result in results}) == 12
    assert [len(result["retired"]) for result in done["delete"].answer["results"]] == [1, 1, 1, 2, *[1] * 8]
    assert done["delete"].answer["summary"] == {"created": 0, "renewed": 0, "unchanged": 0, "deleted": 12, "failed": 0}


def test_a_registered_value_is_handed_on_and_works(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment, "app")
    secret = {"client_id": "app", "description": "production", "held_id": "{{ answer_0.secret.id }}"}
    login = {"auth_client_id": "app", "auth_client_secret": "{{ answer_0.secret.value }}"}
    run = playbooks.run_tasks(
        {MODULE: {**PRODUCTION, "lifetime": "30d"}},
        {MODULE: {**secret, "held_value": "{{ answer_0.secret.value }}", "verify": True}},
        # The value logs in; that the app may not manage clients is another matter.
        {"abbyy.vantage.vantage_client_info": login},
    )
    made, held, login_answer = run.answers
    assert made["action"] == "created"
    assert held["action"] == "unchanged"
    assert login_answer["error"]["status"] == 403
    assert secrets(deployment)[0]["value"] == made["secret"]["value"]


def test_generations_come_and_go_over_the_months(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment, "app")
    held = ""
    answers = []
    for _night in range(5):
        keep = {**PRODUCTION, "held_id": held, "lifetime": "30d", "renew_before": "7d", "prune": "superseded", "overlap": "1d", "verify": True}
        (answer,) = playbooks.run_tasks({MODULE: keep}).answers
        answers.append((answer["action"], answer["reason"], len(answer["retired"]), len(secrets(deployment))))
        held = answer["secret"]["id"]
        deployment.emulator.advance(12 * DAY)
    assert answers == [
        ("created", "absent", 0, 1),
        ("unchanged", "current", 0, 1),
        ("renewed", "due", 0, 2),
        ("unchanged", "current", 1, 1),
        ("renewed", "due", 0, 2),
    ]


def test_the_last_one_that_works_stays(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    deployment.emulator.seed("contoso", [{"clientId": "app", "secrets": [{"description": "production"}]}])
    absent = {**PRODUCTION, "state": "absent"}
    run = playbooks.run_tasks({MODULE: absent}, {MODULE: absent, "check_mode": True}, {MODULE: {**absent, "force": True}})
    assert [answer.get("error", {}).get("code") for answer in run.answers] == ["last_active_secret", "last_active_secret", None]
    assert "make another one first, delete the client, or set force" in run.answers[0]["msg"]
    assert run.answers[2]["action"] == "deleted"


def test_a_failing_one_does_not_stop_the_others_and_costs_no_value(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment, "app-0", "app-1")
    wanted = [{"client_id": name, "description": "production"} for name in ("app-0", "none", "app-1")]
    run = playbooks.run_tasks({MODULE: {"secrets": wanted}})
    (answer,) = run.answers
    assert answer["failed"]
    assert [result["action"] for result in answer["results"]] == ["created", "failed", "created"]
    values = [result["secret"]["value"] for result in answer["results"] if result["changed"]]
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
