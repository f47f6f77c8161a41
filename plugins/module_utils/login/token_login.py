# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Log in by any grant and return the token, for callers that pass it on themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, ErrorDetails, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.callback import code_from_callback, without_spaces
from ansible_collections.abbyy.vantage.plugins.module_utils.login.connection import endpoints_from_params, http_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.login.grants import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
    grant_from_params,
)
from ansible_collections.abbyy.vantage.plugins.module_utils.login.listener import wait_for_callback
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import login_spec, secret_options
from ansible_collections.abbyy.vantage.plugins.module_utils.login.pkce import is_verifier
from ansible_collections.abbyy.vantage.plugins.module_utils.login.redirect import checked_redirect_uri, loopback_from_uri
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import Grant, Token, TokenEndpoint

WAYS = ("code", "callback_url", "listen")
SHORTEST_SECRET = 4
LONGEST_LISTEN = 3600


def options_spec() -> dict[str, dict[str, Any]]:
    """Return the options of vantage_token beside those of the connection."""
    return {
        "code": {"type": "str", "no_log": True},
        "callback_url": {"type": "str", "no_log": True},
        "listen": {"type": "bool", "default": False},
        "listen_timeout": {"type": "int", "default": 300},
        "code_verifier": {"type": "str", "no_log": True},
        "state": {"type": "str"},
        "redirect_uri": {"type": "str"},
        "offline_access": {"type": "bool", "default": False},
        "login_file": {"type": "path"},
        "login_name": {"type": "str", "default": "login"},
        "vault_password": {"type": "str", "no_log": True},
        "vault_id": {"type": "str"},
    }


class TokenResult(TypedDict, total=False):
    """What vantage_token returns; in check mode only ``msg`` when nothing was used up."""

    access_token: str
    token_type: str
    scope: str | None
    expires_in: int | None
    expires_at: str | None
    refresh_token: str
    server_time: str
    failed: bool
    msg: str
    error: ErrorDetails
    changed: bool


def get_token(params: Mapping[str, Any], warnings: list[str], *, new_session: Callable[[], Any] | None = None) -> TokenResult:
    """Return what vantage_token returns."""
    params = _tidied(params)
    grant = _checked_grant(params)
    http = http_from_params(params, new_session=new_session)
    endpoints = endpoints_from_params(http, params)
    # A failing discovery should fail before anybody logs in, and not use up the code's minute.
    endpoints.token(pinned=True)
    try:
        token = _log_in(grant, TokenEndpoint(http, endpoints), params)
    except VantageError as exc:
        if not grant.refresh_token:
            raise
        # The credential is used up: whatever is wrong with the rest of the response, its successor must reach the caller.
        failed = TokenResult(failed=True, msg=exc.message, error=exc.as_details(), changed=exc.changed, server_time=timestamp_from_moment(http.now()))
        return _with_refresh_token(failed, grant.refresh_token, params)
    if params["offline_access"] and not token.refresh_token:
        warnings.append(f"offline_access was asked for, but the server sent no refresh token: set allow_offline_access of client {params['auth_client_id']!r}.")
    result = _result(token)
    result["server_time"] = timestamp_from_moment(http.now())
    return _with_refresh_token(result, token.refresh_token, params)


def _log_in(grant: Grant, endpoint: TokenEndpoint, params: Mapping[str, Any]) -> Token:
    if not (isinstance(grant, AuthorizationCodeGrant) and params["listen"]):
        return grant.fetch(endpoint)

    def take(query: str) -> Token:
        grant.code = code_from_callback(query, state=params["state"])
        return grant.fetch(endpoint)

    return wait_for_callback(params["redirect_uri"], seconds=params["listen_timeout"], take=take)


def predict_token(params: Mapping[str, Any], warnings: list[str], *, new_session: Callable[[], Any] | None = None) -> TokenResult:
    """Return what vantage_token returns in check mode: the same, except that a single-use credential is checked but not used."""
    grant = _checked_grant(_tidied(params))
    if grant.name not in (AuthorizationCodeGrant.name, RefreshTokenGrant.name):
        return get_token(params, warnings, new_session=new_session)
    spared = "refresh token" if grant.name == RefreshTokenGrant.name else "authorization code"
    return TokenResult(msg=f"Check mode does not use up the {spared}, so there is no access_token; set check_mode to false on this task to log in anyway.")


def _tidied(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters without the white space of pasted values."""
    pasted = {option: without_spaces(params[option]) for option in ("code", "code_verifier", "state") if params[option]}
    return {**params, **pasted}


def _checked_grant(params: dict[str, Any]) -> Grant:
    """Return the grant, complete except for a code still to come; raise ConfigError for mistakes that can be found offline."""
    for option in secret_options({**login_spec(), **options_spec()}):
        if params.get(option) and len(params[option]) < SHORTEST_SECRET:
            # ansible-core masks the values of such options wherever they occur, even inside the new token.
            raise ConfigError(f"{option} is shorter than {SHORTEST_SECRET} characters, so it cannot be right; check where it comes from.")
    ways = [way for way in WAYS if params[way]]
    name = params["auth_grant"] or (AuthorizationCodeGrant.name if ways else None)
    if name == AuthorizationCodeGrant.name:
        return _checked_code_grant(params, ways)
    if ways:
        raise ConfigError(f"{ways[0]} belongs to auth_grant authorization_code, but auth_grant is {name}: remove one of them.")
    grant = grant_from_params(params)
    if grant is None:
        raise ConfigError(
            "There is nothing to log in with: set auth_client_id and auth_client_secret, or add auth_username and auth_password, or "
            "auth_refresh_token, or listen, callback_url or code (the first ones also as VANTAGE_AUTH_… in the environment)."
        )
    if params["offline_access"] and grant.name == ClientCredentialsGrant.name:
        raise ConfigError("offline_access needs a person to log in: with auth_grant client_credentials there is no refresh token; remove it.")
    return grant


def _checked_code_grant(params: dict[str, Any], ways: list[str]) -> Grant:
    if len(ways) != 1:
        given = f"{' and '.join(ways)} are given" if ways else "none is given"
        raise ConfigError(f"auth_grant authorization_code needs one of code, callback_url and listen; {given}.")
    AuthorizationCodeGrant(params).validate()
    params["redirect_uri"] = checked_redirect_uri(params["redirect_uri"])
    if not is_verifier(params["code_verifier"]):
        raise ConfigError(
            "code_verifier is not valid: it has 43 to 128 letters, digits and characters of '-._~' (RFC 7636); take it from the answer of "
            "vantage_authorization_url."
        )
    if params["code"]:
        return AuthorizationCodeGrant(params, params["code"])
    if not params["state"]:
        raise ConfigError(f"{ways[0]} needs state, which shows that the callback belongs to this login; take it from the result of vantage_authorization_url.")
    if params["callback_url"]:
        return AuthorizationCodeGrant(params, code_from_callback(params["callback_url"], state=params["state"]))
    if not 1 <= params["listen_timeout"] <= LONGEST_LISTEN:
        raise ConfigError(f"listen_timeout is {params['listen_timeout']}; give 1 to {LONGEST_LISTEN} seconds.")
    loopback_from_uri(params["redirect_uri"])
    return AuthorizationCodeGrant(params)


def _result(token: Token) -> TokenResult:
    return TokenResult(
        access_token=token.access_token,
        token_type=token.token_type,
        scope=token.scope,
        expires_in=token.expires_in,
        expires_at=None if token.expires_at is None else timestamp_from_moment(token.expires_at),
    )


def _with_refresh_token(result: TokenResult, refresh_token: str | None, params: Mapping[str, Any]) -> TokenResult:
    # A reusable token is the caller's own, and ansible-core would return a mask instead of it.
    if refresh_token and refresh_token != without_spaces(params["auth_refresh_token"] or ""):
        result["refresh_token"] = refresh_token
    return result
