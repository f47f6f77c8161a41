# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keywords of a task do for vantage_app what they do for a module, and its output is live, plain text."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import APP, CONNECTION, INFO, AppPlays, app_task
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import report_of, service

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run


@pytest.fixture
def two(playbooks: PlaybookRunner, deployment: Deployment) -> AppPlays:
    """Plays over two tenants."""
    return AppPlays(playbooks, deployment, "contoso", "fabrikam")


def own_writes(plays: AppPlays) -> list[Any]:
    return plays.deployment.emulator.journal.writes()


def messages_of(run: Run) -> list[str]:
    return [event["result"]["msg"] for event in run.events if event["event"] == "failed"]


def test_the_environment_of_a_task_reaches_the_engine(plays: AppPlays) -> None:
    variables = {f"VANTAGE_{name.upper()}": value for name, value in CONNECTION.items()}
    bare = {"name": "Onboard", APP: {"apps": [service("app-0")]}}

    run = plays.run_play({**bare, "environment": variables}, {**bare, "name": "Without", "ignore_errors": True})

    plays.assert_kept("app-0/default")

    # The environment is put back: the next task has no connection.
    assert [event["event"] for event in run.events if event.get("task") in ("Onboard", "Without")] == ["ok", "failed"]


def test_the_environment_of_a_task_reaches_the_store(plays: AppPlays) -> None:
    store = {"store": {"type": "hashi_vault", "url": "https://127.0.0.1:9"}}
    task = app_task("app-0", options=store, ignore_errors=True)

    run = plays.run_play({**task, "environment": {"VAULT_TOKEN": "token-of-nobody-0123456789"}}, task, env={"VAULT_TOKEN": None, "HOME": str(plays.folder)})
    with_token, without = messages_of(run)

    assert "VAULT_TOKEN" in without
    assert "VAULT_TOKEN" not in with_token
    assert own_writes(plays) == []


def test_check_mode_writes_nothing_and_diff_shows_what_changes(plays: AppPlays) -> None:
    plays.run_play(app_task("app-0"))
    plays.deployment.emulator.journal.clear()
    renamed = service("app-0", client_name="App")

    for task in (app_task(renamed, "app-1", check_mode=True, diff=True), app_task(renamed, "app-1", diff=False)):
        run = plays.run_play(task)
        (result,) = run.results_of("Onboard")

        assert result["changed"]
        assert ("diff" in result) is task["diff"]
        assert ("+++ after: app-0" in run.stdout) is task["diff"]
        # What is created is in the table, and declared in full.
        assert "app-1" in table_of(run, "contoso")[1]
        assert "after: app-1" not in run.stdout
        assert bool(own_writes(plays)) is not task.get("check_mode", False)

    run = plays.run_play(app_task(renamed), arguments=("--check",))

    assert not run.results_of("Onboard")[0]["changed"]


def test_until_runs_with_the_true_arguments_again(plays: AppPlays) -> None:
    plays.deployment.emulator.faults.replace([{"kind": "forbidden", "path": "/clients/", "times": 2}])

    run = plays.run_play(app_task("app-0", register="answer", until="answer is succeeded", retries=4, delay=0))

    assert [event["event"] for event in run.events if event.get("task") == "Onboard"] == ["retry", "retry", "ok"]

    plays.assert_kept("app-0/default")


def test_delegation_stays_on_the_controller(two: AppPlays) -> None:
    two.hosts["fabrikam"].update(ansible_connection="ssh", ansible_host="192.0.2.1")

    two.run_play(app_task("app-0", delegate_to="fabrikam"), play={"hosts": "contoso"})

    two.assert_kept("app-0/default")

    assert "app-0" not in two.deployment.clients("fabrikam")
    assert two.entries("fabrikam") == {}


@pytest.mark.parametrize("action", [APP, INFO])
def test_async_is_refused(plays: AppPlays, action: str) -> None:
    options = {**CONNECTION, "apps": [service("app-0")]} if action == APP else {"apps": [service("app-0")]}

    run = plays.run_play({"name": "Onboard", action: options, "async": 60, "poll": 1}, rc=2)
    (message,) = messages_of(run)

    assert "does not run with async" in message
    assert "\n" not in message
    assert own_writes(plays) == []


def test_neither_connection_nor_become_matters(plays: AppPlays) -> None:
    nowhere = {"ansible_connection": "ssh", "ansible_host": "192.0.2.1", "ansible_python_interpreter": "/nowhere/python"}
    plays.hosts["contoso"].update(nowhere)
    info = {"name": "Read", INFO: {"apps": [service("app-0")], "store": "file"}, "become": True}

    run = plays.run_play(app_task("app-0", become=True, become_user="nobody"), info, play={"become": True})
    (result,) = run.results_of("Read")

    plays.assert_kept("app-0/default")

    assert list(result["entries"]) == ["app-0/default"]


def test_one_task_loops_over_tenants(two: AppPlays) -> None:
    login = {name: f"{{{{ hostvars[item].vantage_{name} }}}}" for name in CONNECTION}
    store = {"type": "file", "path": "{{ item }}-looped.yml"}
    task = {
        "name": "Onboard",
        APP: {**login, "apps": [service("app-0"), service("app-{{ item }}")], "store": store},
        "loop": "{{ ansible_play_hosts }}",
        "run_once": True,
    }

    run = two.run_play(task)

    assert [event["event"] for event in run.events if event.get("task") == "Onboard"] == ["item_ok", "item_ok", "ok"]

    for tenant in TENANTS:
        assert {"app-0", f"app-{tenant}"} <= set(two.deployment.clients(tenant))
        assert (two.folder / f"{tenant}-looped.yml").exists()


@pytest.mark.parametrize("strategy", ["linear", "free", "host_pinned"])
def test_tenants_side_by_side(two: AppPlays, strategy: str) -> None:
    run = two.run_play(app_task("app-0", "app-1"), play={"strategy": strategy})
    for tenant in TENANTS:
        two.assert_kept("app-0/default", "app-1/default", host=tenant)
        assert table_of(run, tenant) == ["app-0  created", "app-1  created", "2 apps: 2 created"]


def table_of(run: Run, tenant: str) -> list[str]:
    """Return the table that names this tenant, each line cut to what does not depend on the time, and its counts as the last one."""
    *rows, counts = report_of(run, tenant)
    return [*("  ".join(row[:2]) for row in rows if row[0] != "APP"), " ".join(counts)]


@pytest.mark.parametrize("env", [{}, {"ANSIBLE_DISPLAY_OK_HOSTS": "no"}, {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"}], ids=["usual", "quiet", "yaml"])
def test_progress_and_table_are_plain_text(plays: AppPlays, env: dict[str, str | None]) -> None:
    run = plays.run_play(app_task("app-0", "app-1", "app-2", options={"batch_size": 2}), env=env)
    progress = [line for line in run.stdout.splitlines() if line.startswith("contoso: batch ")]

    assert progress == ["contoso: batch 1/2: apps 1-2 of 3, 2 created", "contoso: batch 2/2: apps 3-3 of 3, 1 created"]
    assert table_of(run, "contoso") == ["app-0  created", "app-1  created", "app-2  created", "3 apps: 3 created"]
    assert run.warnings == []


def test_the_table_is_one_display_call(two: AppPlays) -> None:
    """Lines of two tenants are never mixed, since each table is one message to the process that writes."""
    names = [f"app-{number}" for number in range(40)]
    run = two.run_play(app_task(*names))
    for tenant in TENANTS:
        assert table_of(run, tenant) == [*(f"{name}  created" for name in names), "40 apps: 40 created"]


def start_at_terminal(plays: AppPlays, task: dict[str, Any], terminal: int) -> subprocess.Popen[bytes]:
    """Start a play that writes to a terminal."""
    path = plays.folder / "live.yml"
    path.write_text(yaml.safe_dump([plays.play_of((task,), None)]), encoding="utf-8")
    env = {**plays.playbooks.environment(), **plays.env()}
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "ansible-playbook"), *plays.arguments(), str(path)],
        cwd=plays.folder,
        env={name: value for name, value in env.items() if value is not None} | {"RECORD_EVENTS": str(plays.folder / "live.jsonl")},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
    )


def test_progress_is_shown_while_the_run_goes_on(plays: AppPlays) -> None:
    """Only at a terminal: elsewhere, ansible-core writes whenever its buffer is full."""
    reader, writer = pty.openpty()
    seen: list[str] = []
    shown = threading.Event()

    def read() -> None:
        try:
            while chunk := os.read(reader, 4096):
                seen.append(chunk.decode(errors="replace"))
                if "batch 1/2" in "".join(seen):
                    shown.set()
        except OSError:
            return

    held = [False]

    def hold() -> None:
        held[0] = shown.wait(300)

    with plays.on_request("POST", "app-1/secrets/", hold):
        process = start_at_terminal(plays, app_task("app-0", "app-1", options={"batch_size": 1}), writer)
        os.close(writer)
        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        code = process.wait(480)
    thread.join(5)
    os.close(reader)

    assert code == 0, "".join(seen)
    assert held == [True], "".join(seen)


def test_warnings_of_the_engine_belong_to_the_result(plays: AppPlays) -> None:
    app = service("app-0", redirect_uris=["https://app.example.com"], allowed_grant_types=["authorization_code"])

    run = plays.run_play(app_task(app))

    assert len([line for line in run.warnings if "https://app.example.com" in line]) == 1


def test_the_store_none_returns_values_and_sets_no_fact(plays: AppPlays) -> None:
    keep = {"name": "keep", "keep": {"answers": "{{ [answer.secrets, app_onboarding_secrets | default('no fact')] | to_json }}"}}

    run = plays.run_play(app_task("app-0", options={"store": "none"}, register="answer"), keep)
    returned, fact = run.answers

    assert [entry["value"] for entry in returned.values()] == list(plays.live_secrets("app-0").values())
    # A fact cache would write it to the disk.
    assert fact == "no fact"
