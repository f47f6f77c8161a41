# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state that a reset discards."""

from __future__ import annotations

import secrets
from typing import Any

from .behaviour import Behaviour
from .config import EmulatorConfig
from .oauth_records import AuthorizationCode, RefreshToken
from .state import AccessToken, Tenant, build_tenant


class World:
    """The tenants, the switches, and the issued tokens and codes."""

    def __init__(self, config: EmulatorConfig, now: float) -> None:
        self.behaviour = Behaviour()
        self.behaviour.patch(config.behaviour)
        self.product_id = config.product_id
        self.access_tokens: dict[str, AccessToken] = {}
        self.refresh_tokens: dict[str, RefreshToken] = {}
        self.codes: dict[str, AuthorizationCode] = {}
        self.tenants: dict[str, Tenant] = {}
        for item in config.tenants:
            self.tenants[item.tenant_id] = build_tenant(item, now, self.behaviour.unknown_members, self.behaviour.secret_ids)

    def find_tenant(self, written: str) -> Tenant | None:
        """Find a tenant by its id, with or without hyphens."""
        return self.tenants.get(written) or self.tenants.get(written.replace("-", "").lower())

    def named_tenant(self, name: str) -> Tenant:
        """Find a tenant by its id or its name; raise ValueError when there is none."""
        for tenant in self.tenants.values():
            if name in (tenant.tenant_id, tenant.name):
                return tenant
        raise ValueError(f"there is no tenant {name!r}")

    def uses_external_identity_provider(self, tenant: Tenant) -> bool:
        return bool({tenant.tenant_id, tenant.name}.intersection(self.behaviour.external_identity_provider))

    def issue_access_token(self, tenant: Tenant, client_id: str, user: str | None, scope: str, expires: float) -> str:
        token = secrets.token_urlsafe(48)
        self.keep_access_token(token, tenant, client_id, user, scope, expires)
        return token

    def keep_access_token(self, token: str, tenant: Tenant, client_id: str, user: str | None, scope: str, expires: float) -> None:
        self.access_tokens[token] = AccessToken(tenant.tenant_id, client_id, user, scope, expires, tenant.roles_of(client_id, user))

    def snapshot(self) -> dict[str, Any]:
        return {"tenants": {tenant_id: tenant.snapshot() for tenant_id, tenant in self.tenants.items()}}
