# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Describe the initial state of an emulator: tenants, their clients, secrets, users and roles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ADMIN_ROLE = "Tenant Administrator"
PRODUCT_ID = "a8548c9b-cb90-4c66-8567-d7372bb9b963"
CONTOSO = "7a1de5a0c0de4b1e8f00c04705000001"
FABRIKAM = "7a1de5a0c0de4b1e8f00fab21ca00002"


@dataclass
class ClientConfig:
    """Describe a client that is there from the start; `members` are those of the API, `secrets` are long-lived values."""

    members: dict[str, Any]
    secrets: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)


@dataclass
class UserConfig:
    """Describe a person who can log in."""

    email: str
    password: str
    roles: list[str] = field(default_factory=list)


@dataclass
class TenantConfig:
    """Describe one tenant; `tenant_id` is a GUID without hyphens."""

    tenant_id: str
    name: str
    clients: list[ClientConfig] = field(default_factory=list)
    users: list[UserConfig] = field(default_factory=list)


@dataclass
class EmulatorConfig:
    """Describe a whole emulator; `start` (seconds since 1970) sets its clock, else it shows the machine's."""

    tenants: list[TenantConfig] = field(default_factory=lambda: [default_tenant(CONTOSO, "contoso"), default_tenant(FABRIKAM, "fabrikam")])
    behaviour: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    product_id: str | None = PRODUCT_ID
    start: float | None = None


def default_tenant(tenant_id: str, name: str) -> TenantConfig:
    automation = ClientConfig(
        members={
            "clientId": "automation",
            "clientName": "Automation",
            "allowOfflineAccess": True,
            "allowedGrantTypes": ["client_credentials", "password", "authorization_code", "refresh_token"],
            "redirectUris": ["http://127.0.0.1:8765/callback", "http://[::1]:8765/callback"],
        },
        secrets=[f"{name}-automation-secret-0001"],
        roles=[ADMIN_ROLE],
    )
    reader = ClientConfig(
        members={"clientId": "reader", "clientName": "Reader", "allowedGrantTypes": ["client_credentials", "password"]},
        secrets=[f"{name}-reader-secret-0001"],
    )
    users = [
        UserConfig(f"admin@{name}.example", f"{name}-Admin-Passw0rd", [ADMIN_ROLE]),
        UserConfig(f"clerk@{name}.example", f"{name}-Clerk-Passw0rd"),
        UserConfig("shared@example.com", f"{name}-Shared-Passw0rd", [ADMIN_ROLE]),
    ]
    return TenantConfig(tenant_id, name, [automation, reader], users)


def config_from_mapping(raw: Mapping[str, Any]) -> EmulatorConfig:
    """Build a configuration from plain data; a part that is left out keeps its default. Raise TypeError for an unknown key."""
    parts = dict(raw)
    if "tenants" in parts:
        parts["tenants"] = [_tenant_from_mapping(tenant) for tenant in parts["tenants"]]
    return EmulatorConfig(**parts)


def _tenant_from_mapping(raw: Mapping[str, Any]) -> TenantConfig:
    parts = dict(raw)
    parts["clients"] = [ClientConfig(**client) for client in parts.get("clients", [])]
    parts["users"] = [UserConfig(**user) for user in parts.get("users", [])]
    return TenantConfig(**parts)


def load_config(path: Path) -> EmulatorConfig:
    """Read a configuration from a YAML or JSON file."""
    text = path.read_text(encoding="utf-8")
    raw = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    return config_from_mapping(raw or {})
