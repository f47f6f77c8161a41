# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the token of a request."""

from __future__ import annotations

from http import HTTPStatus

from .messages import Request
from .problems import Refused
from .state import AccessToken
from .world import World


def living_token(world: World, request: Request, now: float) -> AccessToken:
    """Return the grant behind the access token of a request; raise Refused without a valid one."""
    scheme, _space, value = request.headers.get("authorization", "").partition(" ")
    token = world.access_tokens.get(value.strip()) if scheme.lower() == "bearer" else None
    if token is None or token.expires <= now:
        challenge = 'Bearer error="invalid_token"' if value else "Bearer"
        raise Refused(HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": challenge})
    return token
