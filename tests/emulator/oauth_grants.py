# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bind Authlib's grants to the emulated tenant.

Authlib's callbacks use its own base classes, but always pass ours, hence the Any in the overridden signatures.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge

from .oauth_client import OFFLINE_ACCESS
from .oauth_records import AuthorizationCode
from .oauth_request import OAuthRequest

if TYPE_CHECKING:
    from .oauth_server import OAuthServer

CODE_LIFETIME = 60.0
_AUTH_METHODS = ["client_secret_post", "client_secret_basic", "none"]


class StrictCodeChallenge(CodeChallenge):
    """Accept only S256, and require it unless the client is exempt."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: AuthorizationCodeGrant, redirect_uri: str) -> None:
        sent = grant.request.sent
        if sent.get("code_challenge"):
            if sent.get("code_challenge_method") != "S256":
                raise InvalidRequestError("The code_challenge_method must be S256.")
        elif not grant.request.oauth_client.members["allowNoPkce"]:
            raise InvalidRequestError("A code challenge is required.")
        super().validate_code_challenge(grant, redirect_uri)


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    """Hand out codes that live one minute and work once, and exchange them."""

    TOKEN_ENDPOINT_AUTH_METHODS = _AUTH_METHODS
    server: OAuthServer
    request: OAuthRequest

    @staticmethod
    def validate_authorization_redirect_uri(request: Any, client: Any) -> str:
        redirect_uri: str | None = request.sent.get("redirect_uri")
        if not redirect_uri or not client.check_redirect_uri(redirect_uri):
            raise InvalidRequestError("The redirect_uri is not one of this client.")
        return redirect_uri

    def create_authorization_response(self, redirect_uri: str, grant_user: str | None) -> tuple[int, str, list[tuple[str, str]]]:
        status, body, headers = super().create_authorization_response(redirect_uri, grant_user)
        additions = [("scope", self.request.scope), ("session_state", _session_state(self.client.client_id, redirect_uri))]
        return status, body, [(name, add_params_to_uri(value, additions) if name == "Location" else value) for name, value in headers]

    def validate_token_request(self) -> None:
        self.validate_requested_scope()
        super().validate_token_request()
        code = self.request.spent_code
        asked = {"authorize": OFFLINE_ACCESS in code.scope.split(), "exchange": OFFLINE_ACCESS in self.request.sent.get("scope", "").split()}
        offline = asked.get(self.server.world.behaviour.offline_access_at, any(asked.values()))
        scopes = [scope for scope in code.scope.split() if scope != OFFLINE_ACCESS]
        code.scope = " ".join([*scopes, OFFLINE_ACCESS] if offline else scopes)

    def save_authorization_code(self, code: str, request: Any) -> None:
        sent: dict[str, str] = request.sent
        self.server.world.codes[code] = AuthorizationCode(
            code=code,
            tenant_id=self.server.tenant.tenant_id,
            client_id=request.oauth_client.client_id,
            user=request.email or "",
            redirect_uri=sent["redirect_uri"],
            scope=request.scope,
            expires=self.server.now + CODE_LIFETIME,
            code_challenge=sent.get("code_challenge"),
            code_challenge_method=sent.get("code_challenge_method"),
        )

    def query_authorization_code(self, code: str, client: Any) -> AuthorizationCode | None:
        """Find a code and invalidate it: a second try with the right verifier is too late, as with IdentityServer."""
        found = self.server.world.codes.get(code)
        if found is None or (found.tenant_id, found.client_id) != (self.server.tenant.tenant_id, client.client_id):
            return None
        del self.server.world.codes[code]
        return found if found.expires > self.server.now else None

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """Do nothing: the code was invalidated when it was found."""

    def authenticate_user(self, authorization_code: AuthorizationCode) -> str | None:
        return authorization_code.user if authorization_code.user in self.server.tenant.users else None


class RefreshTokenGrant(grants.RefreshTokenGrant):
    """Swap a refresh token for a new pair; each works once unless the tenant reuses them, and all of a family end at the same moment."""

    TOKEN_ENDPOINT_AUTH_METHODS = _AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True
    server: OAuthServer

    def issue_token(self, user: str, refresh_token: Any) -> Any:
        token = self.generate_token(user=user, scope=refresh_token.scope, include_refresh_token=True)
        if self.is_reused:
            token["refresh_token"] = refresh_token.value
        return token

    @property
    def is_reused(self) -> bool:
        return self.server.world.behaviour.refresh_tokens == "reuse"

    def authenticate_refresh_token(self, refresh_token: str) -> Any:
        found = self.server.world.refresh_tokens.get(refresh_token)
        if found is None or found.tenant_id != self.server.tenant.tenant_id or found.expires <= self.server.now:
            return None
        return found

    def authenticate_user(self, refresh_token: Any) -> str | None:
        return str(refresh_token.user) if refresh_token.user in self.server.tenant.users else None

    def revoke_old_credential(self, refresh_token: Any) -> None:
        if not self.is_reused:
            del self.server.world.refresh_tokens[refresh_token.value]


class ClientCredentialsGrant(grants.ClientCredentialsGrant):
    """Log in an application."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post", "client_secret_basic"]


class PasswordGrant(grants.ResourceOwnerPasswordCredentialsGrant):
    """Log in a person, unless the tenant has an external identity provider."""

    TOKEN_ENDPOINT_AUTH_METHODS = _AUTH_METHODS
    server: OAuthServer

    def authenticate_user(self, username: str, password: str) -> str:
        server = self.server
        if server.world.uses_external_identity_provider(server.tenant):
            raise InvalidGrantError("The tenant uses an external identity provider.")
        email = username.lower()
        homes = [server.tenant] if server.pinned else [tenant for tenant in server.world.tenants.values() if email in tenant.users]
        user = server.tenant.users.get(email)
        if user is None or homes != [server.tenant] or not secrets.compare_digest(user.password.encode(), password.encode()):
            raise InvalidGrantError("invalid_username_or_password")
        return email


def _session_state(client_id: str, redirect_uri: str) -> str:
    salt = secrets.token_hex(16)
    origin = "/".join(redirect_uri.split("/")[:3])
    digest = hashlib.sha256(f"{client_id} {origin} {secrets.token_hex(16)} {salt}".encode()).digest()
    return f"{base64.urlsafe_b64encode(digest).decode().rstrip('=')}.{salt}"
