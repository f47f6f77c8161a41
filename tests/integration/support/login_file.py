# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A login file for tests: made written by the collection, and read like by a person."""

from __future__ import annotations

import json
from typing import Any

import requests
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS, Deployment
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

MODULE = "abbyy.vantage.vantage_token"
PASSWORD = {"auth_username": "admin@contoso.example", "auth_password": "contoso-Admin-Passw0rd", "offline_access": True}
VAULT_PASSWORD = "a vault password"


class LoginFile:
    """A login file in a folder of its own below that of the run."""

    def __init__(self, playbooks: PlaybookRunner) -> None:
        self.playbooks = playbooks
        self.path = playbooks.folder / "keep" / "logins.yml"
        self.password = playbooks.folder / "vault_password"
        self.password.write_text(f"{VAULT_PASSWORD}\n", encoding="utf-8")
        self.env = {"ANSIBLE_VAULT_PASSWORD_FILE": str(self.password)}

    def task(self, **options: Any) -> dict[str, Any]:
        """Return a task with the file."""
        return {MODULE: {"login_file": str(self.path), "login_name": "contoso", **options}}

    def run(self, *tasks: dict[str, Any], **keywords: Any) -> Run:
        """Run tasks with the vault's password."""
        return self.playbooks.run_tasks(*tasks, env=self.env, **keywords)

    def fill(self, deployment: Deployment, *tenants: str) -> None:
        """Keep a login for each tenant, under its name."""
        entries = {tenant: {"value": refresh_token_of(deployment, tenant), "logged_in_at": "2026-01-02T03:04:05.000Z"} for tenant in tenants}
        secret = VaultSecret(VAULT_PASSWORD.encode())
        self.path.parent.mkdir()
        self.path.write_bytes(VaultLib([("default", secret)]).encrypt(json.dumps(entries), secret=secret))
        deployment.emulator.journal.clear()

    def content(self) -> dict[str, Any]:
        """Return what ansible-vault shows of the file."""
        shown = self.playbooks.run_program("ansible-vault", "view", "--vault-password-file", self.password, self.path)
        content: dict[str, Any] = yaml.safe_load(shown.stdout)
        return content


def refresh_token_of(deployment: Deployment, tenant: str) -> str:
    """Log in as the tenant's administrator and return the refresh token."""
    form = {
        "grant_type": "password",
        "client_id": "automation",
        "client_secret": f"{tenant}-automation-secret-0001",
        "username": f"admin@{tenant}.example",
        "password": f"{tenant}-Admin-Passw0rd",
        "scope": "openid offline_access",
    }
    session = requests.Session()
    session.trust_env = False
    answer = session.post(f"{deployment.base_url}/auth2/{TENANTS[tenant]}/connect/token", data=form, verify=str(deployment.ca_path), timeout=60)
    token: str = answer.json()["refresh_token"]
    return token


def refreshes(deployment: Deployment) -> list[int | None]:
    """Return the statuses of the requests that would spend a refresh token."""
    return [entry.status for entry in deployment.emulator.journal if entry.kind == "token" and "refresh_token" in entry.members]
