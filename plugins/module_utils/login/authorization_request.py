# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Start a login in a browser: the address to open, and the values needed to finish it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict
from urllib.parse import quote, urlencode

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.connection import endpoints_from_params, http_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.login.grants import scope_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.login.pkce import METHOD, challenge_from_verifier, new_state, new_verifier
from ansible_collections.abbyy.vantage.plugins.module_utils.login.redirect import checked_redirect_uri

# The vendor's identifier of Vantage; the vendor says that it may change.
PRODUCT_ID = "a8548c9b-cb90-4c66-8567-d7372bb9b963"


class BegunLogin(TypedDict):
    """What vantage_authorization_url returns."""

    url: str
    state: str
    code_verifier: str
    code_challenge: str
    redirect_uri: str


def begin_login(params: Mapping[str, Any], _warnings: list[str], *, new_session: Callable[[], Any] | None = None) -> BegunLogin:
    """Return what vantage_authorization_url returns; sends nothing, unless the endpoint has to be discovered."""
    if not params["auth_client_id"]:
        raise ConfigError("An authorization address needs auth_client_id: set it or VANTAGE_AUTH_CLIENT_ID in the environment.")
    redirect_uri = checked_redirect_uri(params["redirect_uri"])
    http = http_from_params(params, new_session=new_session)
    endpoint = endpoints_from_params(http, params).authorize()
    verifier, state = new_verifier(), new_state()
    challenge = challenge_from_verifier(verifier)
    query = {
        "client_id": params["auth_client_id"],
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": scope_from_params(params) or "",
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": METHOD,
        "productId": params["product_id"],
    }
    sent = {name: value for name, value in query.items() if value}
    return {
        "url": f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(sent, quote_via=quote)}",
        "state": state,
        "code_verifier": verifier,
        "code_challenge": challenge,
        "redirect_uri": redirect_uri,
    }
