# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run Authlib's authorization server without a web framework; for the Any in its signatures, see oauth_grants."""

from __future__ import annotations

import secrets
from typing import Any

from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc6750 import BearerTokenGenerator

from .messages import Response, json_response
from .oauth_client import KNOWN_SCOPES, OFFLINE_ACCESS, find_client
from .oauth_grants import AuthorizationCodeGrant, ClientCredentialsGrant, PasswordGrant, RefreshTokenGrant, StrictCodeChallenge
from .oauth_records import RefreshToken
from .oauth_request import OAuthRequest
from .state import Tenant
from .world import World


class TokenGenerator(BearerTokenGenerator):
    """Make opaque tokens; a refresh token only where offline_access was granted to a person."""

    def __init__(self) -> None:
        super().__init__(_random_token, _random_token, _access_token_lifetime)

    def generate(
        self,
        grant_type: str,
        client: Any,
        user: str | None = None,
        scope: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = True,
    ) -> Any:
        granted = client.get_allowed_scope(scope).split()
        if user is None:
            granted = [name for name in granted if name != OFFLINE_ACCESS]
        include = include_refresh_token and OFFLINE_ACCESS in granted
        return super().generate(grant_type, client, user, " ".join(granted), expires_in, include)


class OAuthServer(AuthorizationServer):
    """Answer for one tenant at one moment; `pinned` says that the caller named the tenant."""

    def __init__(self, world: World, tenant: Tenant, now: float, pinned: bool) -> None:
        super().__init__(scopes_supported=[scope for scope in KNOWN_SCOPES if scope not in world.behaviour.refused_scopes])
        self.world = world
        self.tenant = tenant
        self.now = now
        self.pinned = pinned
        self.register_token_generator("default", TokenGenerator())
        self.register_grant(ClientCredentialsGrant)
        self.register_grant(PasswordGrant)
        self.register_grant(RefreshTokenGrant)
        self.register_grant(AuthorizationCodeGrant, [StrictCodeChallenge(required=True)])

    def query_client(self, client_id: str) -> Any:
        return find_client(self.world, self.tenant, client_id, self.now)

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        asked: OAuthRequest = request
        client, user = asked.oauth_client, asked.email
        expires = self.now + token["expires_in"]
        self.world.keep_access_token(token["access_token"], self.tenant, client.client_id, user, token["scope"], expires)
        value = token.get("refresh_token")
        if value and user:
            old = asked.spent_refresh_token
            end = old.expires if old else self.now + client.members["refreshTokenLifetime"]
            self.world.refresh_tokens[value] = RefreshToken(value, self.tenant.tenant_id, client.client_id, user, token["scope"], end)

    def create_oauth2_request(self, request: OAuthRequest) -> OAuthRequest:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        response = json_response(status, body) if isinstance(body, dict) else Response(status, {}, body.encode())
        response.headers.update(headers)
        return response

    def handle_error_response(self, _request: Any, error: Any) -> Response:
        if isinstance(error, InvalidClientError):
            # IdentityServer answers 400 to a client that it doesn't know, however the client presented itself.
            error.status_code = 400
        return self.handle_response(*error())

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Do nothing: no framework listens."""


def _random_token(**_circumstances: Any) -> str:
    return secrets.token_urlsafe(48)


def _access_token_lifetime(client: Any, _grant_type: str) -> int:
    return int(client.members["accessTokenLifetime"])
