# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools of the demo's story: runs of playbooks, the state of the tenants, and the files of secrets."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import textwrap
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.emulator.core import Emulator
from tests.emulator.messages import Request
from tests.emulator.playground import Playground

WIDTH = 100
# The emulator's latency while a run is killed: long enough to see secrets that are made but not yet delivered.
SLOW = 0.5
TIME_LIMIT = 120


class DemoError(Exception):
    """The demo does not show what it promises."""


@dataclass(frozen=True)
class Held:
    """A file's entry of one secret."""

    id: str
    value: str


def say(title: str, text: str = "") -> None:
    """Print what comes next."""
    print(f"\n\033[1m== {title}\033[0m")
    if text:
        print(textwrap.fill(text, WIDTH))
    print(flush=True)


def client_of(name: str) -> str:
    """Return the client_id of an entry's name; none of the examples has a slash in it."""
    return name.partition("/")[0]


def show_command(command: list[str]) -> None:
    """Print what a user would type, in a terminal with the emulator's variables."""
    print("$ ansible-playbook", *command[4:], flush=True)


def kill_with_workers(pid: int) -> None:
    """Kill a run like a power failure does: first its workers, which would otherwise finish what they have started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    children = [int(child) for child, parent in (line.split() for line in listed.splitlines()) if int(parent) == pid]
    for one in (*children, pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


class Stage:
    """One emulator, a copy of the example tenants, and the collection of this checkout."""

    def __init__(self, emulator: Emulator, playground: Playground) -> None:
        self.emulator = emulator
        self.tenants = playground.tenants
        self.runs = 0
        self._folder = playground.folder
        self._ids = {tenant.name: tenant.tenant_id for tenant in playground.config.tenants}
        password = (playground.folder / "vault-password").read_bytes().strip()
        self._vault = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(password))])
        self._read: dict[Path, tuple[int, dict[str, Held]]] = {}

    def onboard(self, *options: str) -> None:
        """Run the onboarding with this terminal."""
        self.runs += "--check" not in options
        self.play("abbyy.vantage.onboard", *options)

    def play(self, name: str, *options: str) -> None:
        """Run a playbook, which must succeed."""
        command = self._command(name, *options)
        show_command(command)
        if subprocess.run(command, cwd=self.tenants, env=self._environment(), check=False).returncode:
            raise DemoError("a run has failed; its last words are above.")

    def kill_while_delivering(self) -> int:
        """Kill a run at the moment when secrets are made, and return how many values are lost."""
        self.emulator.behaviour.patch({"latency": SLOW})
        self.emulator.journal.clear()
        command = self._command("abbyy.vantage.onboard")
        show_command(command)
        process = subprocess.Popen(command, cwd=self.tenants, env=self._environment(), stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + TIME_LIMIT
        while not self.unknown_secrets() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        kill_with_workers(process.pid)
        process.wait()
        self.emulator.behaviour.patch({"latency": 0})
        # Requests that were in flight when the run died still arrive.
        time.sleep(2 * SLOW)
        unknown = self.unknown_secrets()
        self.expect(bool(unknown), "the run was killed too early or too late.")
        return len(unknown)

    def held(self, tenant: str) -> dict[str, Held]:
        """Return what the file of a tenant holds, by client_id/description."""
        path = self.tenants / f".vantage-secrets/{tenant}.yml"
        changed = path.stat().st_mtime_ns
        if self._read.get(path, (0, {}))[0] != changed:
            entries = yaml.safe_load(self._vault.decrypt(path.read_bytes()))
            self._read[path] = changed, {name: Held(str(entry.get("id", "")), str(entry.get("value", ""))) for name, entry in entries.items()}
        return self._read[path][1]

    def works(self, client_id: str, value: str, tenant: str = "contoso") -> bool:
        """Return whether a secret is right, also that of a client that logs in by another grant."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": value, "scope": "openid permissions publicapi.all"}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        url = f"https://127.0.0.1/auth2/{self._ids[tenant]}/connect/token"
        answer = self.emulator.handle(Request("POST", url, headers, urllib.parse.urlencode(form).encode()))
        return answer.status == 200 or json.loads(answer.body).get("error") == "unauthorized_client"

    def broken_secrets(self) -> list[str]:
        """Return the names of the secrets in the files that do not work."""
        return [f"{tenant}: {name}" for tenant in self._ids for name, held in self.held(tenant).items() if not self.works(client_of(name), held.value, tenant)]

    def unknown_secrets(self) -> set[str]:
        """Return the ids of the newest secrets that are in no file; ignoring clients that the apps do not name."""
        return {secret_id for tenant in self._ids for secret_id in self._newest(tenant) - {entry.id for entry in self.held(tenant).values()}}

    def _newest(self, tenant: str) -> set[str]:
        """Return the ids of the newest secret of each name, of all clients that the file knows."""
        known = {client_of(name) for name in self.held(tenant)}
        newest = {
            (client_id, secret["description"]): str(secret["id"])
            for client_id, client in self._clients(tenant).items()
            if client_id in known
            for secret in sorted(client["secrets"], key=lambda one: str(one["startTime"]))
        }
        return set(newest.values())

    def redirect_uris(self, tenant: str, client_id: str) -> list[str]:
        """Return the redirect URIs that a client has."""
        return list(self._clients(tenant)[client_id]["members"]["redirectUris"])

    def counts(self) -> tuple[int, int]:
        """Return how many clients and secrets the files hold."""
        names = [(tenant, name) for tenant in self._ids for name in self.held(tenant)]
        return len({(tenant, client_of(name)) for tenant, name in names}), len(names)

    def expect(self, condition: bool, problem: str) -> None:
        """Raise DemoError when something is not as expected."""
        if not condition:
            raise DemoError(problem)

    def _clients(self, tenant: str) -> dict[str, Any]:
        clients: dict[str, Any] = self.emulator.state()["tenants"][self._ids[tenant]]["clients"]
        return clients

    def _command(self, *words: str) -> list[str]:
        """Return a command that runs as in a terminal that has read the emulator's variables."""
        return ["sh", "-c", '. "$0/env"; exec ansible-playbook "$@"', str(self._folder), *words]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "ANSIBLE_NOCOWS": "1", "ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false"}
