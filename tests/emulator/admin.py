# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the admin API: authorization and routing."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from .admin_clients import create_client, delete_client, list_clients, read_client, update_client
from .admin_secrets import create_secret, delete_secret, list_secrets
from .bearer import living_token
from .messages import Request, Response
from .problems import Refused
from .routes import Route
from .state import ManagedClient, Tenant
from .world import World

OnTenant = Callable[[World, Tenant, Request, float], Response]
OnClient = Callable[[World, Tenant, ManagedClient, Request, float], Response]

_CLIENTS: dict[str, OnTenant] = {"GET": list_clients, "POST": create_client}
_CLIENT: dict[str, OnClient] = {"GET": read_client, "PUT": update_client, "DELETE": delete_client}
_SECRETS: dict[str, OnClient] = {"GET": list_secrets, "POST": create_secret}


def handle_admin(world: World, route: Route, request: Request, now: float) -> Response:
    """Answer one request to the admin API; raise Refused for everything outside the contract."""
    if route.version not in world.behaviour.api_versions:
        raise Refused(HTTPStatus.NOT_FOUND, "There is no such route.")
    verbs = _verbs(route.rest)
    if request.method not in verbs:
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(verbs)})
    tenant = _enter_tenant(world, route, request, now)
    if route.rest == ("",):
        return _CLIENTS[request.method](world, tenant, request, now)
    client = tenant.find_client(route.rest[0], ignore_case=world.behaviour.ignore_case)
    if client is None:
        raise Refused(HTTPStatus.NOT_FOUND, "The client was not found.")
    if len(route.rest) == 1:
        return _CLIENT[request.method](world, tenant, client, request, now)
    if route.rest[2] == "":
        return _SECRETS[request.method](world, tenant, client, request, now)
    return delete_secret(client, route.rest[2])


def _verbs(rest: tuple[str, ...]) -> tuple[str, ...]:
    if rest == ("",):
        return tuple(_CLIENTS)
    if len(rest) == 1:
        return tuple(_CLIENT)
    if len(rest) == 3 and rest[0] and rest[1] == "secrets":
        return tuple(_SECRETS) if rest[2] == "" else ("DELETE",)
    raise Refused(HTTPStatus.NOT_FOUND, "There is no such route.")


def _enter_tenant(world: World, route: Route, request: Request, now: float) -> Tenant:
    """Accept only a valid token of this tenant whose principal administers it."""
    token = living_token(world, request, now)
    tenant = world.find_tenant(route.tenant or "")
    if tenant is None or tenant.tenant_id != token.tenant_id:
        raise Refused(HTTPStatus.FORBIDDEN, "The tenant of the token is another one.")
    if not token.is_admin:
        raise Refused(HTTPStatus.FORBIDDEN, "The Tenant Administrator role is required.")
    return tenant
