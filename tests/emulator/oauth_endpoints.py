# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the token endpoint and the discovery document."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.util import extract_basic_authorization

from .messages import FORM, Request, Response, json_response
from .oauth_client import KNOWN_SCOPES, find_client
from .oauth_request import OAuthRequest
from .oauth_server import OAuthServer
from .problems import Refused
from .routes import Route
from .state import Tenant
from .world import World

GRANT_TYPES = ("authorization_code", "client_credentials", "refresh_token", "password")
_CREDENTIALS = ("client_id", "client_secret", "username", "password", "refresh_token", "code", "code_verifier")
_PARAMETERS = frozenset({"grant_type", "scope", "redirect_uri", *_CREDENTIALS})


def handle_token(world: World, route: Route, request: Request, now: float) -> Response:
    """Answer a token request by Authlib's grants."""
    if request.method != "POST":
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
    oauth_request = OAuthRequest(request, request.form)
    tenant = enter_tenant(world, route) if route.tenant else _guess_tenant(world, oauth_request, now)
    server = OAuthServer(world, tenant, now, pinned=route.tenant is not None)
    sent = [name for name, _value in request.form]
    if request.media_type != FORM or len(set(sent)) != len(sent) or not _PARAMETERS.issuperset(sent):
        response = server.handle_error_response(oauth_request, InvalidRequestError("The body must be a form that names known parameters, each once."))
    else:
        response = cast(Response, server.create_token_response(oauth_request))
    response.headers["Cache-Control"] = "no-store"
    return response


def handle_discovery(world: World, route: Route, request: Request, _now: float) -> Response:
    """Answer the OpenID configuration, which exists under a tenant only."""
    if request.method != "GET":
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET"})
    enter_tenant(world, route)
    if not world.behaviour.discovery:
        raise Refused(HTTPStatus.NOT_FOUND, "There is no such route.")
    if route.rest[-1] == "jwks":
        return json_response(200, {"keys": []})
    base = f"{request.origin}/auth2/{route.tenant}"
    return json_response(
        200,
        {
            "issuer": world.behaviour.issuer or base,
            "authorization_endpoint": f"{base}/connect/authorize",
            "token_endpoint": f"{base}/connect/token",
            "jwks_uri": f"{base}/.well-known/openid-configuration/jwks",
            "grant_types_supported": list(GRANT_TYPES),
            "response_types_supported": ["code"],
            "scopes_supported": list(KNOWN_SCOPES),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        },
    )


def enter_tenant(world: World, route: Route) -> Tenant:
    tenant = world.find_tenant(route.tenant or "")
    if tenant is None:
        raise Refused(HTTPStatus.NOT_FOUND, "There is no such route.")
    return tenant


def _guess_tenant(world: World, request: OAuthRequest, now: float) -> Tenant:
    """Find the tenant of a caller who named none: the first one whose client of this id accepts this secret."""
    client_id, secret = extract_basic_authorization(dict(request.headers or {}))
    client_id = client_id or request.sent.get("client_id", "")
    secret = secret or request.sent.get("client_secret", "")
    tenants = list(world.tenants.values())
    for tenant in tenants:
        client = find_client(world, tenant, client_id, now)
        if client and client.check_client_secret(secret):
            return tenant
    return next((tenant for tenant in tenants if client_id in tenant.clients), tenants[0])
