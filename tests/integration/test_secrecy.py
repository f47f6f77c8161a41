# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No value, token or login secret is shown by anything that a run prints or hands to callbacks, while errors stay readable."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ansible_collections.abbyy.vantage.plugins.plugin_utils.masking import MASK
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.file import JOB_FOLDER, JOB_ID, RUNNER_ARTIFACTS
from ansible_collections.abbyy.vantage.tests.emulator.messages import Request, Response
from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import APP, CONNECTION, INFO, AppPlays
from ansible_collections.abbyy.vantage.tests.integration.support.awx_job import CONTROL, start_controller
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS
from ansible_collections.abbyy.vantage.tests.integration.support.leaks import find_leaks, kept_in, known_secrets
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import VAULT_PASSWORD, Onboarding, service

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

CLIENT = "abbyy.vantage.vantage_client"
SECRET = "abbyy.vantage.vantage_client_secret"
NAMES = ["app-0", "app-1", "app-2"]


def seed(deployment: Deployment) -> None:
    deployment.emulator.seed("contoso", [{"clientId": name, "allowedGrantTypes": ["client_credentials"]} for name in NAMES])


def secrets_of(deployment: Deployment) -> set[str]:
    """Return all that nobody may see: the values of all secrets, access and refresh tokens, and passwords."""
    world = deployment.emulator.world
    values = {secret["value"] for tenant in ("contoso", "fabrikam") for client in deployment.clients(tenant).values() for secret in client["secrets"]}
    passwords = {user.password for tenant in world.tenants.values() for user in tenant.users.values()}
    return values | passwords | set(world.access_tokens) | set(world.refresh_tokens)


def shown(run: Run, secrets: set[str]) -> list[str]:
    """Return which of these stand in the output, or in the events of callbacks."""
    text = run.output + json.dumps(run.events)
    return sorted(secret for secret in secrets if secret in text)


def play(*tasks: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]


def test_values_stay_secret_in_single_loop_and_included_tasks(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment)
    included = [{"name": "Make one, included", SECRET: {"client_id": "{{ app }}", "description": "included"}, "register": "made_included"}]
    (playbooks.folder / "included.yml").write_text(json.dumps(included), encoding="utf-8")

    run = playbooks.run_playbook(
        play(
            {"name": "Make one", SECRET: {"client_id": "app-0", "description": "single", "verify": True}, "register": "single", "diff": True},
            {"name": "Make in a loop", SECRET: {"client_id": "{{ item }}", "description": "loop"}, "loop": NAMES, "register": "looped"},
            {"name": "Include", "ansible.builtin.include_tasks": "included.yml", "loop": NAMES, "loop_control": {"loop_var": "app"}},
            {"name": "Make many", SECRET: {"secrets": [{"client_id": name, "description": "bulk"} for name in NAMES]}, "register": "bulk"},
            {
                "name": "Use what was registered",
                "keep": {"answers": "{{ [single.secret, looped.results | map(attribute='secret') | list, bulk.results, made_included.secret] | to_json }}"},
            },
        ),
        "-vvv",
    )
    single, looped, bulk, included_secret = run.answers
    made = [single, *looped, *(result["secret"] for result in bulk), included_secret]
    values = {secret["value"] for secret in made}

    assert len(values) == 8
    assert values <= secrets_of(deployment)
    assert shown(run, secrets_of(deployment)) == []
    assert run.stats["localhost"]["changed"] >= 6


def test_a_failure_shows_its_reason_and_no_value(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment)
    wanted = [{"client_id": name, "description": "bulk"} for name in [*NAMES, "none"]]

    run = playbooks.run_playbook(play({"name": "Make many", SECRET: {"secrets": wanted}}), "-vvv", rc=2)

    assert "1 of 4 secrets failed. none/bulk: Client 'none' does not exist in this tenant" in " ".join(run.output.split())
    assert len(secrets_of(deployment)) > 8
    assert shown(run, secrets_of(deployment)) == []


def test_a_rotated_refresh_token_stays_secret(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    login = {"VANTAGE_AUTH_REFRESH_TOKEN": refresh_token(deployment)}
    task = {"name": "Log in", CLIENT: {"client_id": "app-0"}, "register": "answer"}
    keep = {"name": "Keep", "keep": {"answers": "{{ [answer] | to_json }}"}}

    run = playbooks.run_playbook(play(task, keep), "-vvv", env=login)
    successor = run.answers[0]["auth_refresh_token"]

    assert successor in deployment.emulator.world.refresh_tokens
    assert shown(run, secrets_of(deployment) | {login["VANTAGE_AUTH_REFRESH_TOKEN"]}) == []


def refresh_token(deployment: Deployment) -> str:
    """Log in as a person, and return the refresh token."""
    form = {
        "grant_type": "password",
        "client_id": "automation",
        "client_secret": "contoso-automation-secret-0001",
        "username": "admin@contoso.example",
        "password": "contoso-Admin-Passw0rd",
        "scope": "openid permissions global.wildcard offline_access",
    }
    url = f"{deployment.base_url}/auth2/{deployment.login_env()['VANTAGE_TENANT_ID']}/connect/token"
    with requests.Session() as session:
        session.trust_env = False
        token: str = session.post(url, data=form, verify=str(deployment.ca_path), timeout=30).json()["refresh_token"]
    return token


@pytest.mark.parametrize("by", ["option", "environment", "task environment"])
def test_async_is_refused_where_the_answer_may_hold_a_secret(playbooks: PlaybookRunner, deployment: Deployment, by: str) -> None:
    seed(deployment)
    token = refresh_token(deployment)
    options = {"client_id": "app-0", **({"auth_refresh_token": token} if by == "option" else {})}
    variable = {"VANTAGE_AUTH_REFRESH_TOKEN": token}
    background = {"async": 60, "poll": 1}
    tasks = [{"name": "Make", SECRET: {"client_id": "app-0"}, **background}, {"name": "Change", CLIENT: options, **background}]
    tasks[1].update({"environment": variable} if by == "task environment" else {})
    given = {token} if by != "task environment" else set()

    run = playbooks.run_playbook(
        play(*({**task, "ignore_errors": True} for task in tasks)),
        "-vvv",
        env=variable if by == "environment" else None,
    )
    failures = [event["result"]["msg"] for event in run.events if event["event"] == "failed"]

    assert len(failures) == 2
    assert all("does not run with async" in message and "use the option concurrency" in message for message in failures)
    assert deployment.emulator.journal.writes() == []
    assert shown(run, secrets_of(deployment) - {token} | given) == []


def test_async_is_fine_where_the_answer_holds_none(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    run = playbooks.run_playbook(play({"name": "Create", CLIENT: {"client_id": "app-0"}, "async": 60, "poll": 1}), "-vvv")
    assert "app-0" in deployment.clients()
    assert shown(run, secrets_of(deployment)) == []


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_other_forms_of_output_show_nothing_either(playbooks: PlaybookRunner, deployment: Deployment, form: str) -> None:
    seed(deployment)
    run = playbooks.run_playbook(
        play({"name": "Make", SECRET: {"client_id": "{{ item }}", "description": form}, "loop": NAMES}),
        "-vvv",
        env={"ANSIBLE_CALLBACK_RESULT_FORMAT": form},
    )
    assert shown(run, secrets_of(deployment)) == []


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_arguments_show_no_secret(playbooks: PlaybookRunner, deployment: Deployment, strategy: str) -> None:
    seed(deployment)
    variables = {"login_secret": deployment.login_env()["VANTAGE_AUTH_CLIENT_SECRET"], "misspelt": "secret-of-nobody-0123456789"}
    by_task = {"auth_client_secret": "{{ login_secret }}"}
    wanted = [{"client_id": name, "description": "bulk"} for name in NAMES]
    again = {"until": "answer.attempts > 2", "retries": 3, "delay": 0, "register": "answer"}
    tasks = [
        {"name": "Make one", SECRET: {"client_id": "app-0", "description": "single", **by_task}},
        {"name": "Make by defaults", SECRET: {"client_id": "app-0", "description": "defaults"}},
        {"name": "Make many", SECRET: {"secrets": wanted}},
        {"name": "Make in a loop", SECRET: {"client_id": "{{ item }}", "description": "loop"}, "loop": NAMES},
        {"name": "Change until", CLIENT: {"client_id": "app-0", **by_task}, **again},
        {"name": "Misspell", CLIENT: {"client_id": "app-0", "auth_client_secert": "{{ misspelt }}"}, "ignore_errors": True},
        {"name": "Reach nobody", CLIENT: {"client_id": "app-0"}, "connection": "gone", "vars": {"ansible_connection": "gone"}, "ignore_unreachable": True},
    ]
    with_defaults = {"strategy": strategy, "module_defaults": {"group/abbyy.vantage.vantage": by_task}, "vars": variables}
    env = {"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1", "VANTAGE_AUTH_CLIENT_SECRET": None}

    run = playbooks.run_playbook([{**play(*tasks)[0], **with_defaults}], "-vvv", env=env)
    ends = {event["task"]: event["event"] for event in run.events if "task" in event}

    assert ends == {**dict.fromkeys([str(task["name"]) for task in tasks], "ok"), "Misspell": "failed", "Reach nobody": "unreachable"}
    assert [event["task"] for event in run.events if event["event"] == "retry"] == ["Change until"] * 2
    assert len(deployment.clients()["app-0"]["secrets"]) == 4
    # Callbacks get the arguments with the mask, and the tenant gets the true ones.
    assert {event["args"]["auth_client_secret"] for event in run.events if event.get("task") in ("Change until", "Reach nobody")} == {MASK}
    assert shown(run, secrets_of(deployment) | set(variables.values())) == []


@pytest.mark.parametrize("strategy", ["linear", "free", "host_pinned"])
def test_onboarding_shows_no_secret(playbooks: PlaybookRunner, deployment: Deployment, kept: Path, strategy: str) -> None:
    plays = AppPlays(playbooks, deployment)
    secret = str(plays.hosts["contoso"]["vantage_auth_client_secret"])
    hidden = {"store_password": "password-of-a-store-0123456789", "misspelt": "secret-of-nobody-0123456789", "wrong": "wrong-secret-of-nobody-0123456789"}
    store = {"type": "file", "path": "own.yml", "vault_password": "{{ store_password }}"}
    apps = [service(name, secrets=[{"description": "day"}, {"description": "night"}]) for name in NAMES]
    one = {"apps": apps[:1], "store": store}
    again = {"until": "answer.attempts > 2", "retries": 3, "delay": 0, "register": "answer"}
    tasks = [
        {"name": "One", APP: service("app-0"), "register": "one", "diff": True},
        {"name": "Many", APP: {"apps": apps, "store": store}, "register": "many"},
        {"name": "Loop", APP: {"apps": [service("{{ item }}")], "store": store}, "loop": NAMES, "register": "loop"},
        {"name": "Until", APP: {**one, "secret_defaults": {"force": True}}, **again},
        {"name": "Read", INFO: {"apps": apps, "store": store}, "module_defaults": {}, "register": "read"},
        {"name": "Deliver oneself", APP: {"apps": [service("app-9")], "store": "none"}, "register": "own"},
        {"name": "Misspell", APP: {**one, "auth_client_secert": "{{ misspelt }}"}, "ignore_errors": True},
        {"name": "Misspell in the store", APP: {**one, "store": {**store, "vault_passwrod": "{{ misspelt }}"}}, "ignore_errors": True},
        {"name": "Be refused", APP: {**one, "auth_client_secret": "{{ wrong }}"}, "ignore_errors": True},
        {"name": "Background", APP: one, "async": 60, "poll": 1, "ignore_errors": True},
        {"name": "Be late", APP: {"apps": [service("late")], "store": store}, "timeout": 1, "ignore_errors": True},
        {"name": "Show", "ansible.builtin.debug": {"msg": "{{ [one, many, loop, answer, read] }}"}},
    ]
    play = {
        "strategy": strategy,
        "module_defaults": {"group/abbyy.vantage.vantage": CONNECTION},
        "vars": hidden,
        "environment": {"SOME_PASSWORD": "{{ store_password }}"},
    }
    failing = ("Misspell", "Misspell in the store", "Be refused", "Background", "Be late")

    with delays(deployment, "/late/secrets/"):
        run = plays.run_play(*tasks, play=play, arguments=("-vvvv", "--diff"), env=kept_in(kept))
    (kept / "output").write_text(run.output, encoding="utf-8")
    (kept / "events").write_text(json.dumps(run.events), encoding="utf-8")
    ends = {event["task"]: event["event"] for event in run.events if "task" in event and not event["event"].startswith(("item_", "retry"))}
    arguments = {event["task"]: event["args"] for event in run.events if event.get("args")}
    secrets = known_secrets(deployment.emulator, secret, VAULT_PASSWORD, *hidden.values())

    assert ends == {str(task["name"]): "failed" if task["name"] in failing else "ok" for task in tasks}
    assert arguments["Many"]["apps"] == len(NAMES)
    assert arguments["Many"]["store"] == {**store, "vault_password": MASK}
    assert {arguments[name]["auth_client_secret"] for name in ends if name not in ("Show", "Read", "Deliver oneself", "Loop")} == {MASK}
    assert len(secrets) > 12
    assert find_leaks(kept, secrets) == {}
    assert (kept / "ansible.log").stat().st_size > 0


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_the_events_of_a_job_show_no_secret(playbooks: PlaybookRunner, deployment: Deployment, strategy: str) -> None:
    """With ansible-runner itself, which puts the arguments of each task into its event."""
    if not CONTROL.exists():
        pytest.skip("The environment with ansible-runner is missing: run tests/run venv-awx once.")
    store = {"type": "file", "path": str(playbooks.folder / "{{ inventory_hostname }}-own.yml"), "vault_password": "{{ store_password }}"}
    apps = [service("app-0", secrets=["day", "night"]), service("app-1")]
    secret = deployment.login_env()["VANTAGE_AUTH_CLIENT_SECRET"]
    here = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    again = {"until": "answer.attempts > 1", "retries": 2, "delay": 0, "register": "answer"}
    tasks = [
        {"name": "Many", APP: {"apps": apps, "store": store}},
        {"name": "Loop", APP: {"apps": [service("{{ item }}")], "store": store}, "loop": ["app-0", "app-1"], **again},
        {"name": "Misspell", APP: {"auth_client_secert": "{{ login_secret }}"}, "ignore_errors": True},
        {"name": "Reach nobody", CLIENT: {"client_id": "app-0"}, "ignore_unreachable": True},
        {"name": "Make", SECRET: {"secrets": [{"client_id": "app-0", "description": "module"}]}, "vars": here},
        {"name": "Deliver oneself", APP: {"apps": [service("app-9")], "store": "none"}},
    ]
    connection = {"base_url": deployment.base_url, "ca_path": str(deployment.ca_path), "tenant_id": TENANTS["contoso"]}
    login = {**connection, "auth_client_id": "automation", "auth_client_secret": "{{ login_secret }}"}
    play = {
        "hosts": "contoso",
        "gather_facts": False,
        "strategy": strategy,
        "module_defaults": {"group/abbyy.vantage.vantage": login},
        "vars": {"login_secret": secret, "store_password": VAULT_PASSWORD},
        # A file in a job's own folder would be refused, and a test has no other.
        "environment": dict.fromkeys((JOB_FOLDER, JOB_ID, RUNNER_ARTIFACTS), ""),
        "tasks": tasks,
    }
    controller = start_controller(playbooks)
    controller.base_env = {**controller.base_env, "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1"}
    inputs = {"base_url": deployment.base_url, "ca_certificate": deployment.ca_path.read_text(encoding="utf-8"), "auth_client_id": "automation"}

    job = controller.run("own.yml", {**inputs, "auth_client_secret": secret}, plays=[play], verbosity=4, diff_mode=True)
    tasks_of_events = [event["event_data"] for event in job.events if "task_args" in event.get("event_data", {})]
    arguments = {event["task"]: event["task_args"] for event in tasks_of_events}
    secrets = known_secrets(deployment.emulator, secret, VAULT_PASSWORD)

    assert job.status == "successful", f"{job.console}\n{job.output}"
    # The arguments are in the events, with the mask instead of a secret.
    assert [task for task in ("Many", "Misspell", "Reach nobody") if f"auth_client_secret={MASK}" not in arguments[task]] == []
    assert "apps=2" in arguments["Many"]
    assert len(secrets) > 8
    assert find_leaks(job.kept, secrets) == {}


@contextmanager
def delays(deployment: Deployment, ending: str) -> Iterator[None]:
    """Let requests of a kind take some seconds."""

    def handle(request: Request) -> Response:
        time.sleep(3 if request.path.endswith(ending) else 0)
        return deployment.answer(request)

    with deployment.answered_by(handle):
        yield


def test_ad_hoc_use_shows_nothing_either(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment)

    run = playbooks.run_program("ansible", "localhost", "-i", playbooks.inventory, "-m", SECRET, "-a", "client_id=app-0 description=adhoc", "-vvv")

    assert run.rc == 0
    assert len(deployment.clients()["app-0"]["secrets"]) == 1
    assert shown(run, secrets_of(deployment)) == []


def test_the_role_shows_nothing_of_what_it_makes_and_renews(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    onboarding = Onboarding(playbooks, deployment)
    secrets, values = set(), set()

    for forced in ({}, {"force": True, "overlap": 0}):
        wanted = [{"description": description, **forced} for description in ("day", "night")]
        onboarding.declare(*(service(name, secrets=wanted) for name in NAMES))

        run = onboarding.run("-vvv", "--diff")
        secrets |= secrets_of(deployment) | known_secrets(deployment.emulator, VAULT_PASSWORD)
        values |= {entry["value"] for entry in onboarding.entries().values()}

        assert shown(run, secrets) == []
        assert run.stats["contoso"]["changed"] > 0

    # Two secrets of three apps, made and renewed.
    assert len(values) == 12
    assert values <= secrets


def test_the_search_would_find_what_is_shown(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    seed(deployment)

    run = playbooks.run_playbook(
        play(
            {"name": "Make", SECRET: {"client_id": "app-0", "description": "shown"}, "register": "made"},
            {"name": "Show on purpose", "ansible.builtin.debug": {"msg": "{{ made.secret.value }}"}},
        )
    )
    (secret,) = deployment.clients()["app-0"]["secrets"]

    assert shown(run, secrets_of(deployment)) == [secret["value"]]
