# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role moves its secrets from the file to a program, and a consumer reads them there; no value is shown, and the tenant makes nothing new."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import AppPlays, app_task
from ansible_collections.abbyy.vantage.tests.integration.support.leaks import known_secrets
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import CHECKOUT

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment

ON_ONE_CORE = pytest.mark.one_core("the program does not depend on ansible-core, and the role moves to one on each")
EXAMPLE = str(CHECKOUT / "docs/examples/store_commands/json_file.py")
STORE = {"type": "command", "command": [sys.executable, EXAMPLE, "moved.json"]}
APPS = [{"client_id": f"app-{number}", "allowed_grant_types": ["client_credentials"]} for number in range(3)]
PATIENCE = 120
READ = {
    "name": "Compare",
    "ansible.builtin.assert": {
        "that": "lookup('abbyy.vantage.stored_secret', 'app-0/default') == lookup('abbyy.vantage.stored_secret', 'app-0/default', store='file')"
    },
}


def test_the_role_moves_from_the_file_to_a_program(plays: AppPlays, deployment: Deployment) -> None:
    plays.declare(*APPS)
    first = plays.run()

    assert "3 created" in first.stdout

    plays.declare(*APPS, app_onboarding_store=STORE, app_onboarding_from_store="file")
    deployment.emulator.journal.clear()
    planned = plays.run("--check")

    assert "3 copied" in planned.stdout
    assert not (plays.folder / "moved.json").exists()

    moved = plays.run("-vvv")

    assert "copied" in moved.stdout
    assert deployment.emulator.journal.writes() == []
    assert json.loads((plays.folder / "moved.json").read_text(encoding="utf-8")) == plays.entries()

    plays.declare(*APPS, app_onboarding_store=STORE)
    again = plays.run()
    read = plays.run_play(READ, arguments=["-vvv"])
    secrets = known_secrets(deployment.emulator)

    assert "3 unchanged" in again.stdout
    assert [secret for run in (planned, moved, again, read) for secret in secrets if secret in run.output] == []


@ON_ONE_CORE
def test_a_program_that_fails_is_told_with_its_own_words(plays: AppPlays) -> None:
    script = "import sys; sys.exit('The vault is sealed.')"
    run = plays.run_play(app_task("app-0", options={"store": {"type": "command", "command": [sys.executable, "-c", script]}}), rc=2)
    assert "could not list: it ended with the exit code 1. It said: The vault is sealed." in run.output


@ON_ONE_CORE
def test_a_lookup_takes_its_store_from_the_environment(plays: AppPlays) -> None:
    plays.run_play(app_task("app-0", options={"store": STORE}))
    env = {"VANTAGE_STORE": json.dumps({**STORE, "prefix": "other"}), "VANTAGE_STORE_PREFIX": "vantage/contoso"}
    shown = {"name": "Read", "ansible.builtin.debug": {"msg": "{{ lookup('abbyy.vantage.stored_secret', 'app-0/default', member='id') }}"}}

    run = plays.run_play(shown, env=env)
    held = json.loads((plays.folder / "moved.json").read_text(encoding="utf-8"))

    assert run.results_of("Read")[0]["msg"] == held["app-0/default"]["id"]

    wrong = plays.run_play(shown, env={"VANTAGE_STORE": "{geheim"}, rc=2)

    assert "The option store begins with a brace and is no JSON" in wrong.output
    assert "geheim" not in wrong.output


SLOW = """
import os, runpy, sys, time
request = sys.stdin.read()
if '"write": [{' in request:
    open('begun', 'w').close()
    time.sleep(2)
import io
sys.stdin = io.StringIO(request)
sys.argv = [sys.argv[1], 'moved.json']
runpy.run_path(sys.argv[0])
"""


def test_ctrl_c_ends_the_run_and_not_the_program_that_is_writing(plays: AppPlays) -> None:
    """A terminal sends it to the whole process group, and the program is in another one."""
    (plays.folder / "slow.py").write_text(SLOW, encoding="utf-8")
    store = {"type": "command", "command": [sys.executable, "slow.py", EXAMPLE]}
    process = plays.start_play(app_task("app-0", "app-1", options={"store": store}))
    until = time.monotonic() + PATIENCE
    while not (plays.folder / "begun").exists():
        assert time.monotonic() < until, plays.started_output()
        time.sleep(0.05)

    os.killpg(process.pid, signal.SIGINT)
    plays.wait_until_gone(process, PATIENCE)
    held = json.loads((plays.folder / "moved.json").read_text(encoding="utf-8"))
    clients = plays.deployment.clients()

    # The program was writing the marks: they are whole, and no secret was begun after that.
    assert sorted(held) == ["app-0/default", "app-1/default"]
    assert all("reserved_at" in entry and "id" not in entry for entry in held.values())
    assert [client["secrets"] for name, client in clients.items() if name.startswith("app-")] == []

    again = plays.run_play(app_task("app-0", "app-1", options={"store": STORE}))

    assert again.stats["contoso"]["ok"] == 1
