# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The OAuth grants, one small class each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import Grant, Token, TokenEndpoint

OFFLINE_ACCESS = "offline_access"


class ClientCredentialsGrant:
    """Log in as a client with its secret."""

    name = "client_credentials"
    good_once = False

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params
        self.refresh_token: str | None = None

    def validate(self) -> None:
        _demand(self._params, self.name, "auth_client_id", "auth_client_secret")

    def fetch(self, endpoint: TokenEndpoint) -> Token:
        return endpoint.request_token(_form(self._params, self.name))


class PasswordGrant:
    """Log in as a user; fails once the tenant has an external identity provider."""

    name = "password"
    good_once = False

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params
        self.refresh_token: str | None = None

    def validate(self) -> None:
        _demand(self._params, self.name, "auth_client_id", "auth_username", "auth_password")

    def fetch(self, endpoint: TokenEndpoint) -> Token:
        form = dict(_form(self._params, self.name), username=self._params["auth_username"], password=self._params["auth_password"])
        # One e-mail may have accounts in several tenants: only the tenant's own endpoint distinguishes them.
        return endpoint.request_token(form, pinned=True, keep=self._keep)

    def _keep(self, token: str) -> None:
        self.refresh_token = token


class RefreshTokenGrant:
    """Log in with a refresh token, which most servers accept only once."""

    name = "refresh_token"
    good_once = True

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params
        # From a file or pasted, it may end with a line break.
        self._current = "".join((params.get("auth_refresh_token") or "").split())
        self.refresh_token: str | None = None

    def validate(self) -> None:
        _demand(self._params, self.name, "auth_client_id", "auth_refresh_token")

    def fetch(self, endpoint: TokenEndpoint) -> Token:
        # RFC 6749 section 6 keeps the scope of the first token when none is sent, and refuses a wider one.
        form = dict(_form(self._params, self.name), refresh_token=self._current, scope=None)
        token = endpoint.request_token(form, pinned=True, repeatable=False, keep=self._keep)
        # If the server sends none, the current one stays valid.
        self.refresh_token = self._current
        return token._replace(refresh_token=self._current)

    def _keep(self, token: str) -> None:
        self._current = self.refresh_token = token


class AuthorizationCodeGrant:
    """Exchange the code of a callback; it works once and for one minute.

    :param params: of vantage_token; only this module has the options for it.
    :ivar code: None until it has arrived.
    """

    name = "authorization_code"
    good_once = True

    def __init__(self, params: Mapping[str, Any], code: str | None = None) -> None:
        self._params = params
        self.code = code
        self.refresh_token: str | None = None

    def validate(self) -> None:
        _demand(self._params, self.name, "auth_client_id", "redirect_uri", "code_verifier")

    def fetch(self, endpoint: TokenEndpoint) -> Token:
        form = dict(_form(self._params, self.name), code=self.code, code_verifier=self._params["code_verifier"], redirect_uri=self._params["redirect_uri"])
        # When the tenant is known, the code comes from the tenant's own authorization endpoint.
        return endpoint.request_token(form, pinned=True, repeatable=False, keep=self._keep)

    def _keep(self, token: str) -> None:
        self.refresh_token = token


GRANTS: dict[str, Callable[[Mapping[str, Any]], Grant]] = {grant.name: grant for grant in (ClientCredentialsGrant, PasswordGrant, RefreshTokenGrant)}


def grant_from_params(params: Mapping[str, Any]) -> Grant | None:
    """Return the named grant, or else the one whose options are given; None for only a token or nothing.

    :raises ConfigError: when an option of the grant is missing.
    """
    name = params.get("auth_grant")
    if not name:
        if params.get("auth_refresh_token"):
            name = RefreshTokenGrant.name
        elif params.get("auth_username") or params.get("auth_password"):
            name = PasswordGrant.name
        elif params.get("auth_client_secret"):
            name = ClientCredentialsGrant.name
        else:
            return None
    grant = GRANTS[name](params)
    grant.validate()
    return grant


def _form(params: Mapping[str, Any], grant_type: str) -> dict[str, str | None]:
    return {
        "grant_type": grant_type,
        "client_id": params.get("auth_client_id") or None,
        "client_secret": params.get("auth_client_secret") or None,
        "scope": scope_from_params(params),
    }


def scope_from_params(params: Mapping[str, Any]) -> str | None:
    """Return the scopes to ask for, with ``offline_access``, which requests a refresh token, when the option of that name is set."""
    scopes = (params.get("auth_scope") or "").split()
    if params.get("offline_access") and OFFLINE_ACCESS not in scopes:
        scopes.append(OFFLINE_ACCESS)
    return " ".join(scopes) or None


def _demand(params: Mapping[str, Any], grant: str, *options: str) -> None:
    missing = [option for option in options if not params.get(option)]
    if missing:
        variables = [f"VANTAGE_{option.upper()}" for option in missing if option.startswith("auth_")]
        environment = f" or {', '.join(variables)} in the environment" if variables else ""
        raise ConfigError(f"auth_grant {grant} needs {' and '.join(missing)}: set {'it' if len(missing) == 1 else 'them'}{environment}.")
