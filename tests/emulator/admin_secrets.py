# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the secrets of a client."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from .bodies import read_object
from .clock import DAY, add_months, parse_time
from .messages import Request, Response, dump_json, json_response
from .paging import list_response
from .problems import Refused, refuse_fields
from .state import ManagedClient, Secret, Tenant, make_secret
from .world import World

_MEMBERS = ("description", "startTime", "expiration")
_DEFAULT_MONTHS = 6
_LONGEST_MONTHS = 36
# A caller who requests exactly a day or three years must not be refused because two clocks differ.
_GRACE = 60.0


def list_secrets(world: World, _tenant: Tenant, client: ManagedClient, request: Request, _now: float) -> Response:
    return list_response(request, world.behaviour, client.secrets.values(), len(client.secrets), _render)


def create_secret(world: World, _tenant: Tenant, client: ManagedClient, request: Request, now: float) -> Response:
    behaviour = world.behaviour
    description, start, expiration = _read_secret(read_object(request), now)
    if description is not None:
        kept = description.strip() if behaviour.trim_descriptions else description
        description = kept[: behaviour.description_limit]
    if behaviour.secret_limit is not None and len(client.secrets) >= behaviour.secret_limit:
        raise Refused(HTTPStatus.BAD_REQUEST, f"A client can't have more than {behaviour.secret_limit} secrets.")
    secret = make_secret(behaviour.secret_ids, description, start, expiration, now)
    client.add_secret(secret)
    wire = secret.to_wire()
    if not behaviour.post_ids:
        del wire["id"]
    if not behaviour.omit_secret_value:
        wire["value"] = secret.value
    return json_response(behaviour.post_status, wire)


def delete_secret(client: ManagedClient, secret_id: str) -> Response:
    if client.secrets.pop(secret_id, None) is None:
        raise Refused(HTTPStatus.NOT_FOUND, "The secret was not found.")
    return Response(HTTPStatus.NO_CONTENT)


def _render(secret: Secret) -> str:
    return dump_json(secret.to_wire())


def _read_secret(payload: Mapping[str, Any], now: float) -> tuple[str | None, float, float]:
    errors: dict[str, list[str]] = {name: [f"The member {name} is unknown."] for name in payload if name not in _MEMBERS}
    description = payload.get("description")
    if description is not None and not isinstance(description, str):
        errors["description"] = ["must be a string"]
    start = _read_time(payload, "startTime", now, errors)
    expiration = _read_time(payload, "expiration", add_months(now, _DEFAULT_MONTHS), errors)
    if "expiration" not in errors and not start + DAY - _GRACE <= expiration <= add_months(start, _LONGEST_MONTHS) + _GRACE:
        errors["expiration"] = ["must be between 1 day and 3 years after the start"]
    refuse_fields(errors)
    return description, start, expiration


def _read_time(payload: Mapping[str, Any], name: str, default: float, errors: dict[str, list[str]]) -> float:
    value = payload.get(name)
    if value is None:
        return default
    try:
        return parse_time(value)
    except (TypeError, ValueError):
        errors[name] = [f"The {name} is not a date and time."]
        return default
