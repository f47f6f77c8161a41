# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook abbyy.vantage.login, and abbyy.vantage.onboard with the login that it keeps."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.browser import ADDRESS, Person, Watcher, record_secrets
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS, Deployment
from ansible_collections.abbyy.vantage.tests.integration.support.login_file import VAULT_PASSWORD, refreshes
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run
from ansible_collections.abbyy.vantage.tests.integration.support.tenants import Tenants

ON_ONE_CORE = pytest.mark.one_core("what a person does in the browser does not depend on ansible-core, and a login succeeds on each")
LOGIN = "abbyy.vantage.login"
ONBOARD = "abbyy.vantage.onboard"
LONG = 240
PATIENCE = 5


@pytest.fixture
def tenants(playbooks: PlaybookRunner, deployment: Deployment) -> Tenants:
    return Tenants(playbooks, deployment)


@pytest.fixture
def person(deployment: Deployment) -> Person:
    return Person(deployment)


@pytest.fixture
def issued(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return record_secrets(deployment, monkeypatch)


def find_secrets(issued: list[str], *runs: Run) -> list[str]:
    """Return what a terminal or a callback has seen of the secrets."""
    everything = "".join(run.output + json.dumps(run.events) for run in runs)
    return [secret for secret in {*issued, VAULT_PASSWORD} if secret in everything]


def test_one_login_serves_until_its_refresh_token_expires(
    tenants: Tenants, person: Person, deployment: Deployment, playbooks: PlaybookRunner, issued: list[str]
) -> None:
    with Watcher(person, playbooks.folder) as watcher:
        login = tenants.run(LOGIN, "-vvv")

    assert [page.status_code for page in watcher.pages] == [200, 200]
    assert "You are logged in" in watcher.pages[0].text
    assert "Logged in to contoso." in login.output

    first = tenants.run(ONBOARD, "-vvv")

    assert {host: stats["changed"] > 0 for host, stats in first.stats.items()} == dict.fromkeys(TENANTS, True)
    # Once for each tenant and run.
    assert refreshes(deployment) == [200] * 2

    deployment.emulator.journal.clear()
    # The access token is long dead.
    deployment.emulator.advance(3 * 86400)
    second = tenants.run(ONBOARD, "-vvv")

    assert {host: stats["changed"] for host, stats in second.stats.items()} == dict.fromkeys(TENANTS, 0)
    assert refreshes(deployment) == [200] * 2
    assert not deployment.emulator.journal.writes()
    assert {"claims", "intake"} <= set(deployment.clients("fabrikam"))
    assert find_secrets(issued, login, first, second) == []

    deployment.emulator.advance(31 * 86400)
    stopped = tenants.run(ONBOARD, rc=2)

    assert "Log in again, for example with the playbook abbyy.vantage.login." in " ".join(stopped.output.split())
    assert [event["task"] for event in stopped.events if event["event"] == "failed"] == ["Renew the saved login"] * 2


def test_check_mode_renews_a_saved_login_and_makes_no_new_one(tenants: Tenants, deployment: Deployment) -> None:
    tenants.login_file.fill(deployment, *TENANTS)
    spent = {tenant: entry["value"] for tenant, entry in tenants.login_file.content().items()}

    run = tenants.run(ONBOARD, check=True)

    assert "created" in run.output
    assert refreshes(deployment) == [200] * 2
    assert not deployment.emulator.journal.writes()
    assert [tenant for tenant, entry in tenants.login_file.content().items() if entry["value"] == spent[tenant]] == []

    checked = tenants.run(LOGIN, "--limit", "contoso", check=True)

    assert "does not use up the authorization code" in json.dumps(checked.events)


def test_a_refresh_token_in_a_variable_is_refused(tenants: Tenants, deployment: Deployment) -> None:
    tenants.write(vantage_login_file="", vantage_auth_refresh_token="r3fresh-t0ken")

    run = tenants.run(ONBOARD, rc=2)

    assert "A refresh token works once" in " ".join(run.output.split())
    assert "r3fresh-t0ken" not in run.output
    assert deployment.emulator.journal.entries() == []


@ON_ONE_CORE
def test_a_login_without_the_role_is_told(tenants: Tenants, person: Person, playbooks: PlaybookRunner) -> None:
    with Watcher(person, playbooks.folder, email="clerk@contoso.example", password="contoso-Clerk-Passw0rd"):
        run = tenants.run(LOGIN, "--limit", "contoso", rc=2)
    assert "The login needs the Tenant Administrator role in this tenant" in " ".join(run.output.split())


@ON_ONE_CORE
def test_cancelling_in_the_browser_ends_the_playbook(tenants: Tenants, person: Person, playbooks: PlaybookRunner) -> None:
    with Watcher(person, playbooks.folder, action="cancel") as watcher:
        run = tenants.run(LOGIN, "--limit", "contoso", rc=2)

    assert "The login in the browser failed: access_denied" in run.output
    assert watcher.pages[0].status_code == 400
    assert "access_denied" in watcher.pages[0].text
    assert not tenants.login_file.path.exists()


@pytest.mark.parametrize(
    ("extra_vars", "said"),
    [
        ({"vantage_login_file": ""}, "set vantage_login_file for contoso"),
        ({"awx_job_id": 7}, "A job of AWX or Tower has neither a terminal nor a browser."),
        ({"vantage_login_listen": False}, "No address was pasted. Without a terminal, the playbook cannot ask for it"),
        ({"vantage_login_redirect_uri": "https://apps.example.com/oauth"}, "No address was pasted. Without a terminal, the playbook cannot ask for it"),
    ],
)
def test_a_login_that_cannot_work_here_says_what_does(tenants: Tenants, extra_vars: dict[str, Any], said: str) -> None:
    run = tenants.run(LOGIN, "--limit", "contoso", extra_vars=extra_vars, rc=2)
    output = " ".join(run.output.split())

    assert said in output
    assert "abbyy.vantage.login" in output or "vantage-logins.yml" in output


# A terminal has to be the session's own before anybody can be asked at it.
OWN_THE_TERMINAL = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


class Terminal:
    """A terminal in which a program runs, and somebody who types."""

    def __init__(self, command: list[str], env: dict[str, str], folder: Path) -> None:
        self._handle, inner = pty.openpty()
        command = [sys.executable, "-c", OWN_THE_TERMINAL, *command]
        self._process = subprocess.Popen(command, env=env, cwd=folder, stdin=inner, stdout=inner, stderr=inner, start_new_session=True)
        os.close(inner)
        self.output = ""

    def read_until(self, pattern: str) -> re.Match[str]:
        """Read what is shown until the pattern is in it."""
        end = time.monotonic() + LONG
        while True:
            found = re.search(pattern, self.output)
            if found:
                return found
            assert time.monotonic() < end, self.output
            self._read()

    def answer(self, text: str) -> None:
        """Paste at the prompt: again as long as it waits, since what is pasted while it is being set up gets lost."""
        end = time.monotonic() + LONG
        while not self._is_asking():
            assert time.monotonic() < end, self.output
            self._read()
        while self._is_asking():
            assert time.monotonic() < end, self.output
            os.write(self._handle, text.encode())
            again = time.monotonic() + PATIENCE
            while self._is_asking() and time.monotonic() < again:
                self._read()

    def _is_asking(self) -> bool:
        """Return whether keys are read one by one, as Ansible does at a prompt alone."""
        return not termios.tcgetattr(self._handle)[3] & termios.ICANON

    def ended(self) -> int:
        """Read the rest and return the exit code."""
        while self._process.poll() is None:
            self._read()
        while self._read():
            pass
        os.close(self._handle)
        return self._process.returncode

    def _read(self) -> bool:
        if not select.select([self._handle], [], [], 0.2)[0]:
            return False
        try:
            read = os.read(self._handle, 65536)
        except OSError:
            # Linux answers so once nobody has the other end any more.
            return False
        self.output += read.decode("utf-8", "replace")
        return bool(read)


def test_pasting_the_address_at_a_terminal_logs_in(tenants: Tenants, person: Person, playbooks: PlaybookRunner, issued: list[str]) -> None:
    program = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(tenants.inventory), "--limit", "contoso", "-vvv", LOGIN]
    env = {**playbooks.environment(), **tenants.login_file.env, "RECORD_EVENTS": str(playbooks.folder / "events.jsonl"), "COLUMNS": "80"}
    env = {name: value for name, value in env.items() if name not in tenants.env or tenants.env[name] is not None}
    terminal = Terminal([*program, "-e", "vantage_login_listen=false"], env, playbooks.folder)
    address = person.visit(terminal.read_until(rf"(?s){ADDRESS.pattern}(?=\")").group())
    terminal.read_until("output is hidden")

    terminal.answer(f"  {address}  \r")
    code = terminal.ended()
    everything = terminal.output + (playbooks.folder / "events.jsonl").read_text(encoding="utf-8")

    assert code == 0, terminal.output
    assert "Logged in to contoso." in terminal.output
    assert tenants.login_file.content()["contoso"]["value"] in issued
    assert not [secret for secret in {*issued, VAULT_PASSWORD, address} if secret in everything]
