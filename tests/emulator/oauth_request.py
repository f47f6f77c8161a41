# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show one of our requests to Authlib."""

from __future__ import annotations

from typing import Any, cast

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749.requests import OAuth2Payload

from .messages import Request
from .oauth_client import OAuthClient
from .oauth_records import AuthorizationCode, RefreshToken


class Payload(OAuth2Payload):
    """Hold the parameters of a request, including duplicates."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._data = dict(pairs)
        self._datalist: dict[str, list[str]] = {}
        for name, value in pairs:
            self._datalist.setdefault(name, []).append(value)

    @property
    def data(self) -> dict[str, str]:
        return self._data

    @property
    def datalist(self) -> dict[str, list[str]]:
        return self._datalist


class OAuthRequest(OAuth2Request):
    """Hold the form of a token request, or the query of an authorization request.

    Authlib has no types, so what it keeps on the request is read through the properties here.
    """

    def __init__(self, request: Request, pairs: list[tuple[str, str]]) -> None:
        super().__init__(request.method, request.url, headers={"Authorization": request.headers.get("authorization", "")})
        self.sent = dict(pairs)
        self.payload: Any = Payload(pairs)

    @property
    def args(self) -> dict[str, str | None]:
        return {**self.sent}

    @property
    def form(self) -> dict[str, str]:
        return self.sent

    @property
    def oauth_client(self) -> OAuthClient:
        return cast(OAuthClient, self.client)

    @property
    def email(self) -> str | None:
        """Return the person who logged in; None for the application itself."""
        return cast("str | None", self.user)

    @property
    def spent_code(self) -> AuthorizationCode:
        return cast(AuthorizationCode, self.authorization_code)

    @property
    def spent_refresh_token(self) -> RefreshToken | None:
        return cast("RefreshToken | None", self.refresh_token)
