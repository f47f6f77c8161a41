# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a tenant: clients, their secrets, users, and issued tokens and codes."""

from __future__ import annotations

import hmac
import itertools
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .clock import DAY, add_months, format_time, parse_time
from .config import ADMIN_ROLE, TenantConfig, UserConfig
from .members import complete_members

_serial = itertools.count(1)


@dataclass
class Secret:
    """Hold one client secret; times are seconds since 1970."""

    secret_id: str | int
    description: str | None
    start: float
    expiration: float
    value: str
    created: float

    def is_active(self, now: float) -> bool:
        return self.start <= now < self.expiration

    def to_wire(self) -> dict[str, Any]:
        return {
            "id": self.secret_id,
            "description": self.description,
            "startTime": format_time(self.start),
            "expiration": format_time(self.expiration),
            "valueDisplay": self.value[:3],
        }


def make_secret(id_format: str, description: str | None, start: float, expiration: float, now: float, value: str | None = None) -> Secret:
    return Secret(
        secret_id=next(_serial) if id_format == "int" else str(uuid.uuid4()),
        description=description,
        start=start,
        expiration=expiration,
        value=value or secrets.token_urlsafe(32),
        created=now,
    )


@dataclass
class ManagedClient:
    """Hold one client: its members as the wire names them, lifetimes in seconds, its secrets by id, and the roles of its application."""

    members: dict[str, Any]
    secrets: dict[str, Secret] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    rendered: tuple[int, str] | None = None

    def add_secret(self, secret: Secret) -> None:
        self.secrets[str(secret.secret_id)] = secret

    def replace_members(self, members: dict[str, Any]) -> None:
        self.members = members
        self.rendered = None

    def replace_roles(self, roles: list[str]) -> None:
        self.roles = roles
        self.rendered = None

    def accepts(self, value: str, now: float, spread: float) -> bool:
        """Return whether this value logs in now, `spread` seconds after a secret was made at the earliest."""
        guess = value.encode()
        return any(
            hmac.compare_digest(guess, secret.value.encode()) and secret.is_active(now) and secret.created + spread <= now for secret in self.secrets.values()
        )


@dataclass
class AccessToken:
    """The grant behind an access token."""

    tenant_id: str
    client_id: str
    user: str | None
    scope: str
    expires: float
    roles: tuple[str, ...]

    @property
    def is_admin(self) -> bool:
        """Return whether it may manage clients."""
        return ADMIN_ROLE in self.roles


@dataclass
class Tenant:
    """Hold one tenant."""

    tenant_id: str
    name: str
    clients: dict[str, ManagedClient] = field(default_factory=dict)
    users: dict[str, UserConfig] = field(default_factory=dict)

    def roles_of(self, client_id: str, email: str | None) -> tuple[str, ...]:
        """Return the roles of a token: the person's if there is one, else the application's."""
        if email:
            return tuple(self.users[email].roles)
        return tuple(self.clients[client_id].roles) if client_id in self.clients else ()

    def find_client(self, client_id: str, *, ignore_case: bool) -> ManagedClient | None:
        """Find a client by its id, exactly or, if the switch says so, in any case."""
        found = self.clients.get(client_id)
        if found is None and ignore_case:
            found = next((client for name, client in self.clients.items() if name.lower() == client_id.lower()), None)
        return found

    def seed(self, seeds: list[Mapping[str, Any]], now: float, unknown: Mapping[str, Any], id_format: str) -> list[dict[str, Any]]:
        """Add or replace hand-made clients, unchecked; return the made secrets with their values."""
        made = []
        for seed in seeds:
            members = {name: value for name, value in seed.items() if name not in ("secrets", "roles")}
            client = self.clients.get(members["clientId"])
            if client is None:
                client = self.clients[members["clientId"]] = ManagedClient(complete_members(members, unknown))
            else:
                client.replace_members({**client.members, **members})
            client.replace_roles(list(seed.get("roles", client.roles)))
            for raw in seed.get("secrets", []):
                secret = seeded_secret(raw, now, id_format)
                client.add_secret(secret)
                made.append({"clientId": members["clientId"], **secret.to_wire(), "value": secret.value})
        return made

    def snapshot(self) -> dict[str, Any]:
        clients = {
            client_id: {
                "members": client.members,
                "roles": client.roles,
                "secrets": [{**secret.to_wire(), "value": secret.value} for secret in list(client.secrets.values())],
            }
            for client_id, client in list(self.clients.items())
        }
        return {"name": self.name, "clients": clients}


def seeded_secret(raw: Mapping[str, Any], now: float, id_format: str) -> Secret:
    start = parse_time(raw["start_time"]) if raw.get("start_time") else now
    expiration = parse_time(raw["expiration"]) if raw.get("expiration") else add_months(start, 6)
    return make_secret(id_format, raw.get("description"), start, expiration, start, raw.get("value"))


def build_tenant(config: TenantConfig, now: float, unknown: Mapping[str, Any], id_format: str) -> Tenant:
    tenant = Tenant(config.tenant_id, config.name, users={user.email.lower(): user for user in config.users})
    for item in config.clients:
        client = ManagedClient(complete_members(item.members, unknown), roles=list(item.roles))
        for value in item.secrets:
            client.add_secret(make_secret(id_format, "Set up by hand", now - DAY, add_months(now - DAY, 36), now - DAY, value))
        tenant.clients[item.members["clientId"]] = client
    return tenant
