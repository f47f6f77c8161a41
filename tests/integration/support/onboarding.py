# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the playbook onboard over tenants of the emulator, and look into the encrypted files that it writes."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.abbyy.vantage.tests.emulator.messages import Request, Response
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS, Deployment
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

PLAYBOOK = "abbyy.vantage.onboard"
VAULT_PASSWORD = "correct horse battery staple"
DAY = 86400
TIME_LIMIT = 480
# "contoso (check mode, nothing is written): 12 apps: 12 created"
COUNTS = re.compile(r"[^:]+: [\d,]+ apps?: ")


class Onboarding:
    """Runs the playbook for the group vantage.

    :ivar hosts: the variables of each host.
    :ivar stores: the file of each tenant that does not have its own beside the inventory.
    """

    def __init__(self, playbooks: PlaybookRunner, deployment: Deployment, *tenants: str) -> None:
        self.playbooks, self.deployment, self.folder = playbooks, deployment, playbooks.folder
        self.password_file = self.folder / "vault-password"
        self.password_file.write_text(VAULT_PASSWORD, encoding="utf-8")
        self.stores: dict[str, Path] = {}
        self.hosts: dict[str, dict[str, Any]] = {tenant: self.variables_of(tenant) for tenant in tenants or ("contoso",)}

    def variables_of(self, tenant: str) -> dict[str, Any]:
        """Return the connection to a tenant as variables of its host."""
        env = self.deployment.login_env(tenant)
        return {name.lower(): value for name, value in env.items()}

    def declare(self, *apps: Mapping[str, Any], host: str = "contoso", **variables: Any) -> None:
        """Set the apps of a tenant, and more variables."""
        self.hosts[host].update(app_onboarding_apps=[dict(app) for app in apps], **variables)

    def arguments(self) -> list[str]:
        """Write the inventory and return the arguments that a run needs."""
        inventory = self.folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"vantage": {"hosts": self.hosts}}), encoding="utf-8")
        return ["-i", str(inventory), "--vault-password-file", str(self.password_file)]

    def env(self) -> dict[str, str | None]:
        """Return the environment without a connection: it has to come from the hosts."""
        return dict.fromkeys(self.deployment.login_env())

    def run(self, *arguments: str, playbook: str | Sequence[Mapping[str, Any]] = PLAYBOOK, **keywords: Any) -> Run:
        """Run the playbook, or another one, to its end."""
        found = self.arguments()
        return self.playbooks.run_playbook(playbook, *found[2:], *arguments, inventory=found[1], env=self.env(), **keywords)

    def start(self) -> subprocess.Popen[str]:
        """Start the playbook as the leader of its own process group."""
        program = str(Path(sys.executable).parent / "ansible-playbook")
        env = {**self.playbooks.environment(), **self.env()}
        return subprocess.Popen(
            [program, *self.arguments(), PLAYBOOK],
            cwd=self.folder,
            env={name: value for name, value in env.items() if value is not None},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def store_path(self, host: str = "contoso") -> Path:
        """Return where the secrets of a tenant are kept."""
        return self.stores.get(host, self.folder / ".vantage-secrets" / f"{host}.yml")

    def entries(self, host: str = "contoso") -> dict[str, dict[str, Any]]:
        """Decrypt what is kept of a tenant; empty when there is no file."""
        path = self.store_path(host)
        if not path.exists():
            return {}
        entries: dict[str, dict[str, Any]] = json.loads(VaultLib([("default", VaultSecret(VAULT_PASSWORD.encode()))]).decrypt(path.read_bytes()))
        return entries

    def live_secrets(self, client_id: str, tenant: str = "contoso") -> dict[str, str]:
        """Return the values of a client's secrets in the tenant, by id."""
        return {secret["id"]: secret["value"] for secret in self.deployment.clients(tenant)[client_id]["secrets"]}

    def assert_kept(self, *names: str, host: str = "contoso") -> None:
        """Assert that just these entries are kept, and that each one's value is that of a live secret of its client."""
        entries = self.entries(host)
        assert sorted(entries) == sorted(names)
        for entry in entries.values():
            assert entry["value"] == self.live_secrets(entry["client_id"], host)[entry["id"]]
            assert entry["tenant_id"] == TENANTS[host]

    def assert_single(self, *client_ids: str, tenant: str = "contoso") -> None:
        """Assert that each of these clients has one secret."""
        assert {client_id: len(self.live_secrets(client_id, tenant)) for client_id in client_ids} == dict.fromkeys(client_ids, 1)

    @contextmanager
    def on_request(self, method: str, ending: str, do: Callable[[], None]) -> Iterator[None]:
        """Run a function when the first request of this kind arrives, before it is answered."""
        waiting = [do]

        def handle(request: Request) -> Response:
            if waiting and request.method == method and request.path.endswith(ending):
                waiting.pop()()
            return self.deployment.answer(request)

        with self.deployment.answered_by(handle):
            yield
        assert not waiting, f"no {method} {ending} arrived"

    @contextmanager
    def holding_the_lock(self) -> Iterator[Callable[[], None]]:
        """Yield what takes the lock of contoso's file, as another run that writes would; the lock is released at the end."""
        handles: list[int] = []

        def hold() -> None:
            handles.append(os.open(self.store_path().with_name(f".{self.store_path().name}.lock"), os.O_RDWR))
            fcntl.flock(handles[0], fcntl.LOCK_EX)

        try:
            yield hold
        finally:
            for handle in handles:
                os.close(handle)


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a run and all its children without a chance to clean up."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=TIME_LIMIT)


def write_entries(path: Path, entries: Mapping[str, Any], password: str = VAULT_PASSWORD) -> None:
    """Write the encrypted file of a store as it is kept, in a folder for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(VaultLib([("default", VaultSecret(password.encode()))]).encrypt(json.dumps(entries)))


def service(client_id: str, **members: Any) -> dict[str, Any]:
    """Return an app that can log in by itself."""
    return {"client_id": client_id, "allowed_grant_types": ["client_credentials"], **members}


def play_of_role() -> list[dict[str, Any]]:
    """Return a playbook with the role in a play of somebody's own, with no more than the role asks for."""
    return [{"name": "Onboard", "hosts": "vantage", "gather_facts": False, "roles": ["abbyy.vantage.app_onboarding"]}]


def report_of(run: Run, host: str = "contoso") -> list[list[str]]:
    """Return the lines of a host's table, each as its words, and the counts as the last one."""
    lines = run.stdout.splitlines()
    found = [number for number, line in enumerate(lines) if COUNTS.match(line) and line.startswith((f"{host}: ", f"{host} ("))]
    assert len(found) == 1, run.output
    table = takewhile(lambda line: line.startswith("  "), lines[found[0] + 1 :])
    return [line.split() for line in [*table, lines[found[0]].partition(": ")[2]]]


def failure_of(run: Run, host: str) -> str:
    """Return the final failure message of a host, not a rescued one."""
    failed = [event["result"].get("msg", "") for event in run.events if event["event"] == "failed" and event["host"] == host]
    assert failed, f"{host} has not failed: {run.output}"
    return str(failed[-1])


def assert_nothing_told(secrets: set[str], *runs: Run) -> None:
    """Assert that Ansible has not shown any of these secrets or passed one to callbacks."""
    assert secrets
    for run in runs:
        told = run.output + json.dumps(run.events, ensure_ascii=False)
        assert [secret for secret in secrets if secret in told] == []
