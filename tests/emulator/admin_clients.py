# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the clients of a tenant."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from .behaviour import Behaviour
from .bodies import read_object
from .clock import add_months
from .members import members_from_payload, members_to_wire
from .messages import Request, Response, dump_json, json_response, text_response
from .paging import list_response
from .problems import Refused, refuse_fields
from .state import ManagedClient, Tenant, make_secret
from .world import World

_SUMMARY = ("clientId", "clientName")


def list_clients(world: World, tenant: Tenant, request: Request, _now: float) -> Response:
    behaviour = world.behaviour

    def render(client: ManagedClient) -> str:
        if behaviour.list_summary:
            return dump_json({name: client.members[name] for name in _SUMMARY})
        return render_client(client, behaviour)

    return list_response(request, behaviour, tenant.clients.values(), len(tenant.clients), render)


def create_client(world: World, tenant: Tenant, request: Request, now: float) -> Response:
    behaviour = world.behaviour
    payload = read_object(request)
    roles = _take_roles(payload, behaviour)
    members = members_from_payload(payload, behaviour)
    client_id = members["clientId"]
    if tenant.find_client(client_id, ignore_case=behaviour.ignore_case) is not None:
        raise Refused(HTTPStatus.CONFLICT, "A client with this clientId is already there.")
    client = tenant.clients[client_id] = ManagedClient(members, roles=roles)
    if behaviour.initial_secret:
        client.add_secret(make_secret(behaviour.secret_ids, None, now, add_months(now, 6), now))
    if not behaviour.post_ids:
        return json_response(behaviour.post_status, {name: value for name, value in client_to_wire(client, behaviour).items() if name != "clientId"})
    return text_response(behaviour.post_status, "application/json", render_client(client, behaviour))


def read_client(world: World, _tenant: Tenant, client: ManagedClient, _request: Request, _now: float) -> Response:
    return text_response(200, "application/json", render_client(client, world.behaviour))


def update_client(world: World, _tenant: Tenant, client: ManagedClient, request: Request, _now: float) -> Response:
    behaviour = world.behaviour
    payload = read_object(request)
    roles = _take_roles(payload, behaviour) if behaviour.roles_member else client.roles
    client.replace_members(members_from_payload(payload, behaviour, client.members))
    client.replace_roles(roles)
    if behaviour.put_answer == "empty":
        return Response(HTTPStatus.NO_CONTENT)
    return text_response(200, "application/json", render_client(client, behaviour))


def delete_client(_world: World, tenant: Tenant, client: ManagedClient, _request: Request, _now: float) -> Response:
    """Remove the client with its secrets and its role; its tokens stay valid."""
    client_id = client.members["clientId"]
    del tenant.clients[client_id]
    return Response(HTTPStatus.NO_CONTENT)


def render_client(client: ManagedClient, behaviour: Behaviour) -> str:
    """Return the client's JSON; kept until the client or a switch changes."""
    if client.rendered is None or client.rendered[0] != behaviour.revision:
        client.rendered = (behaviour.revision, dump_json(client_to_wire(client, behaviour)))
    return client.rendered[1]


def client_to_wire(client: ManagedClient, behaviour: Behaviour) -> dict[str, Any]:
    wire = members_to_wire(client.members, behaviour)
    return {**wire, behaviour.roles_member: client.roles} if behaviour.roles_member else wire


def _take_roles(payload: dict[str, Any], behaviour: Behaviour) -> list[str]:
    """Take the roles out of a body, where a client shows them; one that leaves them out has none."""
    roles = payload.pop(behaviour.roles_member, None) if behaviour.roles_member else None
    if roles is None:
        return []
    if not isinstance(roles, list) or not all(isinstance(role, str) and role for role in roles):
        refuse_fields({str(behaviour.roles_member): ["must be an array of strings"]})
    return list(roles)
