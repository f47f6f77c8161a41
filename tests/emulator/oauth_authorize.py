# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the authorize endpoint: check the request, let a person log in, send the browser back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError

from .login_page import error_page, login_page
from .messages import Request, Response
from .oauth_endpoints import enter_tenant
from .oauth_grants import AuthorizationCodeGrant
from .oauth_request import OAuthRequest
from .oauth_server import OAuthServer
from .problems import Refused
from .routes import Route
from .state import Tenant
from .world import World

_WRONG = "The e-mail or the password is wrong."


@dataclass
class Entrance:
    """Hold a tenant that would serve this authorization request."""

    tenant: Tenant
    server: OAuthServer
    request: OAuthRequest
    grant: AuthorizationCodeGrant

    def send_back(self, user: str | None) -> Response:
        """Redirect the browser with a code for this user, or with access_denied."""
        return cast(Response, self.server.create_authorization_response(self.request, grant_user=user, grant=self.grant))


def handle_authorize(world: World, route: Route, request: Request, now: float) -> Response:
    """Show the login page (GET) or take what was typed into it (POST)."""
    if request.method not in ("GET", "POST"):
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, POST"})
    product_id = dict(request.parameters).get("productId")
    if world.product_id and product_id != world.product_id:
        return error_page("invalid_request", "The productId is missing or unknown.")
    try:
        entrances = _open_entrances(world, route, request, now)
    except OAuth2Error as error:
        if error.redirect_uri:
            return Response(HTTPStatus.FOUND, {"Location": dict(error()[2])["Location"]})
        return error_page(str(error.error), error.get_error_description())
    if request.method == "POST":
        return _log_in(entrances, dict(request.form))
    return login_page(_client_name(entrances), [])


def _open_entrances(world: World, route: Route, request: Request, now: float) -> list[Entrance]:
    """Return the tenants that would serve the request; raise the first tenant's OAuth2Error when none would."""
    tenants = [enter_tenant(world, route)] if route.tenant else list(world.tenants.values())
    entrances, errors = [], []
    for tenant in tenants:
        server = OAuthServer(world, tenant, now, pinned=True)
        oauth_request = OAuthRequest(request, request.parameters)
        try:
            entrances.append(Entrance(tenant, server, oauth_request, cast(Any, server).get_consent_grant(oauth_request)))
        except OAuth2Error as error:
            errors.append(error)
    if not entrances:
        # The error of a tenant that knows the client is more specific.
        raise next((error for error in errors if not isinstance(error, InvalidClientError)), errors[0])
    return entrances


def _log_in(entrances: list[Entrance], typed: dict[str, str]) -> Response:
    if typed.get("action") == "cancel":
        return entrances[0].send_back(None)
    email = typed.get("username", "").lower()
    homes = [entrance for entrance in entrances if email in entrance.tenant.users and typed.get("tenant") in (None, entrance.tenant.tenant_id)]
    if len(homes) > 1:
        return login_page(_client_name(entrances), [home.tenant for home in homes], email, "Your e-mail has an account in several tenants: choose one.")
    password = typed.get("password", "").encode()
    if not homes or not secrets.compare_digest(homes[0].tenant.users[email].password.encode(), password):
        return login_page(_client_name(entrances), [], email, _WRONG)
    return homes[0].send_back(email)


def _client_name(entrances: list[Entrance]) -> str:
    name: str = entrances[0].grant.client.members["clientName"]
    return name
