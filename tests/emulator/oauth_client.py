# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show a managed client to Authlib's server."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin

from .behaviour import Behaviour
from .members import SCOPES, granted, is_broken_origin
from .state import ManagedClient, Tenant
from .world import World

OFFLINE_ACCESS = "offline_access"
KNOWN_SCOPES = (*SCOPES, "global.wildcard", OFFLINE_ACCESS)


class OAuthClient(ClientMixin):
    """Answers Authlib's questions about one client at one moment."""

    def __init__(self, client: ManagedClient, now: float, behaviour: Behaviour) -> None:
        self.client_id: str = client.members["clientId"]
        self.members = client.members
        self._client = client
        self._now = now
        self._spread = behaviour.secret_spread
        self._grants = granted(client.members, behaviour)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: Any) -> str:
        """Remove offline_access when the client may not have it; without a scope, return the client's own."""
        scopes = scope.split() if scope else list(SCOPES)
        return " ".join(name for name in scopes if name != OFFLINE_ACCESS or self.members["allowOfflineAccess"])

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return any(redirect_uri.startswith(prefix) for prefix in self.members["redirectUris"])

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare with the active secrets; a client that needs no secret accepts any, as with IdentityServer."""
        return not self.members["requireClientSecret"] or self._client.accepts(client_secret, self._now, self._spread)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method != "none" or not self.members["requireClientSecret"]

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        if grant_type == "refresh_token":
            return bool(self.members["allowOfflineAccess"])
        return grant_type in self._grants


def find_client(world: World, tenant: Tenant, client_id: str, now: float) -> OAuthClient | None:
    """Find a client that can log in; IdentityServer refuses a client with a malformed CORS origin."""
    client = tenant.clients.get(client_id)
    if client is None or any(is_broken_origin(origin) for origin in client.members["allowedCorsOrigins"]):
        return None
    return OAuthClient(client, now, world.behaviour)
