# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn a fault into what the caller meets."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from .faults import Rule
from .messages import Dropped, Hung, Request, Response, text_response
from .problems import Refused
from .routes import Route

if TYPE_CHECKING:
    from .core import Emulator

_PROXY_PAGE = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We will be back soon</h1></body></html>"
_WITH_EFFECT = frozenset({"status_after", "drop_after", "timeout_after", "empty"})


def meet_fault(emulator: Emulator, fault: Rule, route: Route, request: Request, now: float) -> Response:
    """Answer in place of the tenant, or raise Dropped or Hung; the kind says whether the request takes effect."""
    if fault.kind in ("commit_late", "timeout_late"):
        emulator.postpone(route, request, now + fault.seconds)
    response = emulator.answer(route, request, now) if fault.kind in _WITH_EFFECT else Response(HTTPStatus.OK)
    if fault.kind in ("drop_before", "drop_after", "commit_late"):
        raise Dropped
    if fault.kind in ("timeout_before", "timeout_after", "timeout_late"):
        raise Hung
    if fault.kind == "empty":
        return Response(response.status) if response.status < HTTPStatus.MULTIPLE_CHOICES else response
    return _other_answer(emulator, fault, request)


def _other_answer(emulator: Emulator, fault: Rule, request: Request) -> Response:
    if fault.kind == "html":
        return text_response(fault.status or 200, "text/html", _PROXY_PAGE)
    if fault.kind == "redirect":
        return Response(fault.status or HTTPStatus.FOUND, {"Location": f"{request.origin}/moved{request.path}"})
    if fault.kind == "expire_token":
        emulator.world.access_tokens.pop(request.headers.get("authorization", "").partition(" ")[2], None)
        return Refused(HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}).to_response(request.path)
    if fault.kind == "forbidden":
        return Refused(HTTPStatus.FORBIDDEN, "The Tenant Administrator role is required.").to_response(request.path)
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else None
    return Refused(fault.status or HTTPStatus.SERVICE_UNAVAILABLE, headers=headers).to_response(request.path)
