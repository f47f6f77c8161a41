# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The token endpoint, and the one place that holds and renews a token."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moved
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, AuthError, ConfigError, TransportError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Http
from ansible_collections.abbyy.vantage.plugins.module_utils.login.discovery import Endpoints

# Renew a little early: a token must still be valid when the request that carries it arrives.
EARLY = timedelta(seconds=30)
# A longer claimed lifetime is not believable.
LONGEST_LIFE = 100 * 366 * 86400


class Token(NamedTuple):
    """The response of the token endpoint.

    :param expires_at: by the server's clock; None for a token of unknown lifetime.
    """

    access_token: str
    token_type: str = "Bearer"
    scope: str | None = None
    expires_in: int | None = None
    expires_at: datetime | None = None
    refresh_token: str | None = None

    def is_due(self, now: datetime) -> bool:
        """Return whether it should be renewed; a short-lived token is used for half of its lifetime."""
        if self.expires_at is None or self.expires_in is None:
            return False
        return now >= self.expires_at - min(EARLY, timedelta(seconds=self.expires_in) / 2)


class Grant(Protocol):
    """One way to log in.

    :ivar refresh_token: the newest from the server, kept before the rest of its response is checked; None for none.
    :ivar good_once: whether its credential is used up by the first attempt.
    """

    name: str
    refresh_token: str | None
    good_once: bool

    def validate(self) -> None:
        """Raise ConfigError when an option is missing; sends nothing."""

    def fetch(self, endpoint: TokenEndpoint) -> Token:
        """Return a new token, or raise."""


class TokenEndpoint:
    """The OAuth token endpoint of one deployment.

    :param endpoints: the OAuth endpoints.
    """

    def __init__(self, http: Http, endpoints: Endpoints) -> None:
        self.http = http
        self._endpoints = endpoints

    def request_token(
        self,
        form: Mapping[str, str | None],
        *,
        pinned: bool = False,
        repeatable: bool = True,
        doing: str = "log in",
        keep: Callable[[str], None] | None = None,
    ) -> Token:
        """Return the token for a form; entries that are None are left out.

        :param pinned: use the tenant's own endpoint when the tenant is known.
        :param repeatable: False for grants that can be used only once.
        :param keep: receives the refresh token of the response, if any, before the rest is checked.
        """
        filled = {key: value for key, value in form.items() if value is not None}
        self.http.redact(*(filled.get(key) for key in ("client_secret", "password", "refresh_token", "code", "code_verifier")))
        try:
            answer = self.http.request("POST", self._endpoints.token(pinned=pinned), doing=doing, form=filled, repeatable=repeatable)
        except (ApiError, TransportError) as exc:
            raise _advised(exc, filled["grant_type"]) from exc
        body = answer.body if isinstance(answer.body, dict) else {}
        refresh_token = _refresh_token(body)
        self.http.redact(refresh_token)
        if keep and refresh_token:
            keep(refresh_token)
        access_token = _access_token(body, doing, answer.status)
        self.http.redact(access_token)
        expires_in = _lifetime(body.get("expires_in"))
        return Token(
            access_token=access_token,
            token_type=_text(body.get("token_type")) or "Bearer",
            scope=_text(body.get("scope")) or filled.get("scope"),
            expires_in=expires_in,
            expires_at=None if expires_in is None else moved(self.http.now(), timedelta(seconds=expires_in)),
            refresh_token=refresh_token,
        )

    def try_secret(self, client_id: str, value: str, scope: str, keep: Callable[[Token], None] | None = None) -> bool:
        """Return whether the client can log in with the secret; changes nothing.

        Inferred from IdentityServer: it checks the secret before all else and answers invalid_client only for a wrong one,
        while a client that may not use the grant or the scope gets another error.

        :param keep: receives the token, if there is one.
        """
        form: dict[str, str | None] = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": value, "scope": scope}
        try:
            token = self.request_token(form, doing=f"try the secret of client {client_id!r}")
        except AuthError as exc:
            if exc.code in ("unauthorized_client", "unsupported_grant_type", "invalid_scope", "access_denied", "invalid_grant"):
                return True
            if exc.code == "invalid_client":
                return False
            raise
        if keep:
            keep(token)
        return True


class TokenSource:
    """Holds the token shared by all requests, and renews it once for all of them.

    :param static_token: a token that the caller gave; used until it is refused.
    :raises ConfigError: when there is nothing to log in with.
    """

    def __init__(self, endpoint: TokenEndpoint, grant: Grant | None, *, static_token: str | None = None) -> None:
        if grant is None and not static_token:
            raise ConfigError(
                "There is nothing to log in with: set auth_token, or auth_client_id and auth_client_secret, or add auth_username and "
                "auth_password, or auth_refresh_token (each also as VANTAGE_AUTH_… in the environment)."
            )
        if static_token and not is_sendable(static_token):
            # A header cannot carry it, and the libraries' own errors are unclear.
            raise ConfigError("auth_token holds a character that no token has, such as a space, a line end or an ellipsis; copy it again, whole.")
        self._endpoint = endpoint
        self._grant = grant
        self._token = Token(static_token) if static_token else None
        self._refusal: VantageError | None = None
        self._lock = threading.Lock()
        endpoint.http.redact(static_token)

    @property
    def refresh_token(self) -> str | None:
        """The valid refresh token, if this login was given one; even when the access token that came with it does not work."""
        return self._grant.refresh_token if self._grant else None

    def access_token(self) -> str:
        """Return an access token; a new one when there is none yet or it is about to expire."""
        with self._lock:
            token = self._token
            if token and self._grant and token.is_due(self._endpoint.http.now()):
                token = None
            return (token or self._renewed()).access_token

    def renew(self, refused: str) -> str | None:
        """Return a token to replace a refused one; None when there is no way to get one."""
        with self._lock:
            if self._token and self._token.access_token != refused:
                return self._token.access_token
            return self._renewed().access_token if self._grant else None

    def _renewed(self) -> Token:
        # A wrong password must not be sent once per worker: that would lock the account.
        if self._refusal:
            raise self._refusal
        if self._grant is None:
            raise ConfigError("There is no login left.")
        try:
            self._token = self._grant.fetch(self._endpoint)
        except VantageError as exc:
            # A single-use credential must not be sent again either, while it is unknown whether it was used.
            if isinstance(exc, AuthError) or (exc.in_doubt and self._grant.good_once):
                self._refusal = exc
            raise
        return self._token

    def own_client_ids(self, params: Mapping[str, Any]) -> frozenset[str]:
        """Return the clients that this login may belong to: the given one, and the one in the access token when it is a JWT."""
        named = (params.get("auth_client_id"), client_id_of_jwt(self.access_token()))
        return frozenset(str(client_id) for client_id in named if client_id)

    def client_id(self, params: Mapping[str, Any]) -> str | None:
        """Return the client that this login belongs to: as given, or as in the access token when it is a JWT."""
        if params.get("auth_client_id"):
            return str(params["auth_client_id"])
        return client_id_of_jwt(self.access_token())


_ADVICE = {
    "invalid_client": "Check auth_client_id and auth_client_secret; a secret that has expired is refused in the same way.",
    "unauthorized_client": "The client may not use this grant: add it to the client's allowed_grant_types (for refresh tokens, set its "
    "allow_offline_access), or choose another auth_grant.",
    "invalid_scope": "Check auth_scope.",
}
_ADVICE_ON_INVALID_GRANT = {
    "password": "Check auth_username and auth_password, and tenant_id when the account exists in several tenants. This grant does not work once "
    "the tenant has an external identity provider.",
    "refresh_token": "The refresh token is no longer valid: it was used already, or it has expired (30 days after the login, unless the client "
    "says otherwise). Log in again, for example with the playbook abbyy.vantage.login.",
    "authorization_code": "A code works once, for one minute, and only with the code_verifier and the redirect_uri of its own "
    "vantage_authorization_url. Make a new address and log in again.",
}
_ADVICE_IN_DOUBT = {
    "refresh_token": "It is unknown whether the refresh token was used: try once more, and if it is refused then, log in again.",
    "authorization_code": "The code is lost: make a new address with vantage_authorization_url and log in again.",
}


def _advised(exc: ApiError | TransportError, grant: str) -> VantageError:
    """Return the error with advice; a refusal of the token endpoint is an AuthError whatever its status."""
    refused = exc.status in (400, 401)
    if refused:
        advice = _ADVICE_ON_INVALID_GRANT.get(grant, "") if exc.code == "invalid_grant" else _ADVICE.get(exc.code or "", "")
    else:
        advice = _ADVICE_IN_DOUBT.get(grant, "") if exc.in_doubt and exc.method == "POST" else ""
    kind = AuthError if refused else type(exc)
    return kind(f"{exc.message} {advice}".strip(), status=exc.status, code=exc.code, method=exc.method, path=exc.path, in_doubt=exc.in_doubt)


def is_sendable(token: str) -> bool:
    """Return whether a header can carry the token: printable ASCII without a space, as RFC 6750 has it."""
    return token.isascii() and token.isprintable() and " " not in token


def _access_token(body: Mapping[str, Any], doing: str, status: int) -> str:
    access_token = body.get("access_token")
    if not isinstance(access_token, str) or not access_token:
        raise AuthError(f"Could not {doing}: the token endpoint answered without an access_token.", status=status, code="no_access_token")
    if not is_sendable(access_token):
        raise AuthError(
            f"Could not {doing}: the token endpoint answered with an access_token that has characters which no token has, so that no request can carry it.",
            status=status,
            code="unusable_token",
        )
    return access_token


def _refresh_token(body: Mapping[str, Any]) -> str | None:
    """Return the refresh token of a response; a value that no form could send back is ignored."""
    token = _text(body.get("refresh_token"))
    try:
        return token if token and token.encode() else None
    except UnicodeEncodeError:
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _lifetime(value: object) -> int | None:
    """Return whole seconds; None when missing or not a lifetime."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        seconds = int(value)
    except (ValueError, OverflowError):
        return None
    return seconds if 0 < seconds <= LONGEST_LIFE else None


def client_id_of_jwt(token: str) -> str | None:
    """Return the client that an access token names, None for a token that is opaque or names no client."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    client_id = claims.get("client_id") if isinstance(claims, dict) else None
    return client_id if isinstance(client_id, str) else None
