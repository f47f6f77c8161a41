# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answer the one read of the public API that shows whether a token may do anything there."""

from __future__ import annotations

from http import HTTPStatus

from .bearer import living_token
from .messages import Request, Response, json_response
from .problems import Refused
from .routes import Route
from .world import World

_SKILLS = [{"id": "5f0c7f3e-0000-4000-8000-000000000001", "name": "Invoice", "type": "Document"}]


def handle_skills(world: World, _route: Route, request: Request, now: float) -> Response:
    """List the skills for a token with a role; the token determines the tenant."""
    if request.method != "GET":
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET"})
    token = living_token(world, request, now)
    if world.behaviour.roles_needed and not token.roles:
        raise Refused(HTTPStatus.FORBIDDEN, "A role is required.")
    return json_response(HTTPStatus.OK, _SKILLS)
