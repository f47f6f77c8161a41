# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn a fault into the caller's response."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from .faults import Rule
from .messages import Dropped, DroppedByProxy, Garbled, Hung, NoAnswer, Request, Response, text_response
from .problems import Refused
from .routes import Route

if TYPE_CHECKING:
    from .core import Emulator

_PROXY_PAGE = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We will be back soon</h1></body></html>"
_DEEP = "[" * 100_000 + "]" * 100_000
_WITH_EFFECT = frozenset({"status_after", "drop_after", "timeout_after", "proxy_after", "tls_after", "empty", "deep"})
_LATE = frozenset({"commit_late", "timeout_late"})
_SILENT: dict[str, type[NoAnswer]] = {
    "drop_before": Dropped,
    "drop_after": Dropped,
    "commit_late": Dropped,
    "timeout_before": Hung,
    "timeout_after": Hung,
    "timeout_late": Hung,
    "proxy_before": DroppedByProxy,
    "proxy_after": DroppedByProxy,
    "tls_before": Garbled,
    "tls_after": Garbled,
}


def meet_fault(emulator: Emulator, fault: Rule, route: Route, request: Request, now: float) -> Response:
    """Answer in place of the tenant, or raise NoAnswer; the kind decides whether the request takes effect."""
    if fault.kind in _LATE:
        emulator.postpone(route, request, now + fault.seconds)
    response = emulator.answer(route, request, now) if fault.kind in _WITH_EFFECT else Response(HTTPStatus.OK)
    if fault.kind in _SILENT:
        raise _SILENT[fault.kind]
    if fault.kind in ("empty", "deep"):
        return _other_body(fault.kind, response)
    return _other_answer(emulator, fault, request)


def _other_body(kind: str, response: Response) -> Response:
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        return response
    return Response(response.status) if kind == "empty" else text_response(response.status, "application/json", _DEEP)


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
