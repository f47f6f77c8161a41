# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the state between two OAuth requests: codes and refresh tokens, in the form that Authlib expects."""

from __future__ import annotations

from dataclasses import dataclass

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin


@dataclass
class AuthorizationCode(AuthorizationCodeMixin):
    """Hold one code; it is valid until `expires` or its first use."""

    code: str
    tenant_id: str
    client_id: str
    user: str
    redirect_uri: str
    scope: str
    expires: float
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class RefreshToken:
    """Hold one refresh token; `expires` is absolute and passes to its successor."""

    value: str
    tenant_id: str
    client_id: str
    user: str
    scope: str
    expires: float

    def check_client(self, client: object) -> bool:
        return getattr(client, "client_id", None) == self.client_id

    def get_scope(self) -> str:
        return self.scope
