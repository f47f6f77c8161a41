# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what a user needs to work with a running emulator: its address, its CA, logins, and a folder of example tenants."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from .config import EmulatorConfig, TenantConfig

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLES = CHECKOUT / "docs/examples/tenants"
# Exists while the emulator listens.
ANNOUNCEMENT = "emulator.json"
ENVIRONMENT = "env"


@dataclass(frozen=True)
class Playground:
    """One emulator's folder.

    :param folder: absolute.
    """

    folder: Path
    config: EmulatorConfig
    base_url: str

    @property
    def ca_path(self) -> Path:
        """The certificate authority that its callers have to trust."""
        return self.folder / "ca.pem"

    @property
    def tenants(self) -> Path:
        """A copy of the example tenants, to change at will."""
        return self.folder / "tenants"

    def write(self, ca_pem: bytes, pid: int, *, workspace: bool) -> None:
        """Write all files, each moved into place whole; the announcement is the last one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_file(self.ca_path, ca_pem)
        lines = self.variables() + (self.make_workspace() if workspace else [])
        replace_file(self.folder / ENVIRONMENT, "\n".join([*lines, ""]).encode())
        facts = {"base_url": self.base_url, "port": int(self.base_url.rpartition(":")[2]), "pid": pid, "ca_path": str(self.ca_path)}
        replace_file(self.folder / ANNOUNCEMENT, json.dumps(facts).encode())

    def variables(self) -> list[str]:
        """Return the lines of shell that point the collection to this emulator."""
        logins = {f"{tenant.name.upper()}_AUTH_CLIENT_SECRET": secret for tenant in self.config.tenants for secret in automation_secrets(tenant)}
        control = f"{shlex.quote(sys.executable)} -m tests.emulator --dir {shlex.quote(str(self.folder))}"
        return [
            "# Made by the emulator. Read it in each terminal that works with the emulator.",
            *exports({"VANTAGE_BASE_URL": self.base_url, "VANTAGE_CA_PATH": str(self.ca_path), **logins}),
            "# The emulator's clock can be moved. A real tenant's clock must be right.",
            *exports({"VANTAGE_CLOCK_TOLERANCE": "4000d"}),
            f'emulator() {{ (cd {shlex.quote(str(CHECKOUT))} && {control} "$@"); }}',
        ]

    def make_workspace(self) -> list[str]:
        """Copy the example tenants, unless they are there already, and return the lines of shell that make playbooks run with them."""
        if not self.tenants.exists():
            shutil.copytree(EXAMPLES, self.tenants)
        password = self.folder / "vault-password"
        if not password.exists():
            replace_file(password, f"{secrets.token_urlsafe(24)}\n".encode(), mode=0o600)
        linked = self.folder / "collections/ansible_collections/abbyy/vantage"
        linked.parent.mkdir(parents=True, exist_ok=True)
        if not linked.is_symlink():
            linked.symlink_to(CHECKOUT)
        values = {
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder / "collections"),
            "ANSIBLE_VAULT_PASSWORD_FILE": str(password),
            "ANSIBLE_INVENTORY": str(self.tenants / "inventory.yml"),
        }
        # Not resolved: a virtual environment's Python is a link.
        programs = Path(os.path.abspath(sys.executable)).parent
        return [*exports(values), f"export PATH={shlex.quote(str(programs))}:$PATH"]


def automation_secrets(tenant: TenantConfig) -> list[str]:
    """Return the secret of the client that administers a tenant; none where the configuration names no such client."""
    return [secret for client in tenant.clients if client.members.get("clientId") == "automation" for secret in client.secrets[:1]]


def exports(values: dict[str, str]) -> list[str]:
    """Return the lines of shell that set these variables."""
    return [f"export {name}={shlex.quote(value)}" for name, value in values.items()]


def replace_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file and move it into place, so that nobody reads a part of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.chmod(mode)
    draft.replace(path)


def welcome(playground: Playground, *, workspace: bool) -> str:
    """Return what the emulator prints once it listens."""
    tenants = [f"  {tenant.name:<10} {tenant.tenant_id}  {login_of(tenant)}" for tenant in playground.config.tenants]
    lines = [
        f"The emulator of ABBYY Vantage listens at {playground.base_url}. Ctrl-C stops it.",
        f"Its certificate authority is {playground.ca_path}.",
        "Tenants, and how to log in:",
        *tenants,
        "In another terminal:",
        f"  . {shlex.quote(str(playground.folder / ENVIRONMENT))}",
    ]
    if workspace:
        lines += [f"  cd {shlex.quote(str(playground.tenants))}", "  ansible-playbook abbyy.vantage.onboard --check --diff"]
    lines += ["  emulator --help    # clock, faults, journal", "The guide: docs/guides/try_anything.md"]
    return "\n".join(lines)


def login_of(tenant: TenantConfig) -> str:
    """Return the login of a tenant's automation client, which is no secret here."""
    return next((f"client automation, secret {secret}" for secret in automation_secrets(tenant)), "no client automation")
