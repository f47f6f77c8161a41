# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client secrets, by real playbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY, format_time
from ansible_collections.abbyy.vantage.tests.integration.lifecycle import Step, run_lifecycle

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_client_secret"
PRODUCTION = {"client_id": "app", "description": "production"}


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
            Step("change", {**PRODUCTION, "lifetime": "180d", "renew_before": "91d", "overlap": 0}, ["renewed"]),
            Step("delete", {**PRODUCTION, "state": "absent", "force": True}, ["deleted"]),
        ],
    )
    created, changed, deleted = (done[name].answer for name in ("create", "change", "delete"))
    assert done["create"].writes == ["POST app/secrets/"]
    assert [request["kind"] for request in done["create"].requests] == ["token", "read", "read", "write", "token"]
    assert created["secret"]["value"].startswith(created["secret"]["value_display"])
    assert (created["reason"], changed["reason"], deleted["reason"]) == ("absent", "due", "unwanted")
    assert changed["superseded"] == [created["secret"]["id"]]
    assert done["change"].writes == ["POST app/secrets/"]
    assert changed["secret"]["value"] != created["secret"]["value"]
    assert deleted["deleted"] == [created["secret"]["id"], changed["secret"]["id"]]
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
    assert [len(result["deleted"]) for result in done["delete"].answer["results"]] == [1, 1, 1, 2, *[1] * 8]
    assert done["delete"].answer["summary"] == {"created": 0, "renewed": 0, "unchanged": 0, "deleted": 12, "failed": 0}


def test_a_registered_value_is_handed_on_and_works(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment, "app")
    secret = {"client_id": "app", "description": "production", "held_id": "{{ answer_0.secret.id }}"}
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


def test_generations_come_and_go(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    now = deployment.emulator.now()

    def generation(start: float, end: float) -> dict[str, str]:
        return {"description": "production", "start_time": format_time(now + start * DAY), "expiration": format_time(now + end * DAY)}

    ages = {"quiet": [(-10, 20)], "due": [(-25, 5)], "renewed": [(-25, 5), (-2, 28)], "orphan": [(-10, 20), (-1, 29)]}
    clients = [{"clientId": name, "allowedGrantTypes": ["client_credentials"], "secrets": [generation(*age) for age in ages[name]]} for name in ages]
    made = deployment.emulator.seed("contoso", clients)
    held = {secret["clientId"]: secret["id"] for secret in made if secret["id"] != made[-1]["id"]}
    wanted = [{"client_id": name, "description": "production", "held_id": held[name]} for name in ages]
    keep = {"secrets": wanted, "lifetime": "30d", "renew_before": "7d", "prune": "superseded", "overlap": "1d", "verify": True}
    (answer,) = playbooks.run_tasks({MODULE: keep}).answers
    assert [(result["action"], result["reason"], len(result["deleted"])) for result in answer["results"]] == [
        ("unchanged", "current", 0),
        ("renewed", "due", 0),
        ("unchanged", "current", 1),
        ("unchanged", "current", 1),
    ]
    assert [len(secrets(deployment, name)) for name in ages] == [1, 2, 1, 1]


def test_who_does_not_say_what_is_held_deletes_nothing(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment, "app")
    (answer,) = playbooks.run_tasks({MODULE: {**PRODUCTION, "prune": "superseded"}}).answers
    assert "prune superseded needs held_id" in answer["msg"]
    assert list(deployment.emulator.journal) == []


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
