# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the controls under /_emulator/, which belong to the test and not to the tenant."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .clock import format_time
from .messages import Request, Response, json_response
from .problems import Refused

if TYPE_CHECKING:
    from .core import Emulator


def handle_control(emulator: Emulator, request: Request) -> Response:
    """Answer one control request: JSON in, JSON out."""
    name = request.path.removeprefix("/_emulator/")
    try:
        if request.method == "GET" and name in _READERS:
            return json_response(200, _READERS[name](emulator))
        action = _ACTIONS.get((request.method, name))
        if action is None:
            raise Refused(HTTPStatus.NOT_FOUND, "There is no such control.")
        body = request.payload if request.body else None
        if body is ...:
            raise Refused(HTTPStatus.BAD_REQUEST, "The body must be JSON.")
        return json_response(200, action(emulator, body))
    except (KeyError, TypeError, ValueError) as exc:
        return Refused(HTTPStatus.BAD_REQUEST, f"{type(exc).__name__}: {exc}").to_response(request.path)
    except Refused as refusal:
        return refusal.to_response(request.path)


def _read_clock(emulator: Emulator) -> dict[str, Any]:
    now = emulator.now()
    return {"now": format_time(now), "seconds": now}


def _clear_journal(emulator: Emulator, _body: Any) -> dict[str, Any]:
    emulator.journal.clear()
    return {}


def _put_faults(emulator: Emulator, body: Any) -> list[dict[str, Any]]:
    emulator.faults.replace(body)
    return emulator.faults.as_dicts()


def _move_clock(emulator: Emulator, body: Any) -> dict[str, Any]:
    emulator.advance(body["advance"])
    return _read_clock(emulator)


def _patch_behaviour(emulator: Emulator, body: Any) -> dict[str, Any]:
    emulator.behaviour.patch(body)
    return emulator.behaviour.as_dict()


def _reset(emulator: Emulator, _body: Any) -> dict[str, Any]:
    emulator.reset()
    return {}


def _seed(emulator: Emulator, body: Any) -> dict[str, Any]:
    return {"secrets": emulator.seed(body["tenant"], body["clients"])}


_READERS: dict[str, Callable[[Emulator], Any]] = {
    "journal": lambda emulator: emulator.journal.as_dicts(),
    "faults": lambda emulator: emulator.faults.as_dicts(),
    "clock": _read_clock,
    "behaviour": lambda emulator: emulator.behaviour.as_dict(),
    "deviations": lambda emulator: emulator.deviations,
    "state": lambda emulator: emulator.state(),
}
_ACTIONS: dict[tuple[str, str], Callable[[Emulator, Any], Any]] = {
    ("DELETE", "journal"): _clear_journal,
    ("PUT", "faults"): _put_faults,
    ("POST", "clock"): _move_clock,
    ("PATCH", "behaviour"): _patch_behaviour,
    ("POST", "reset"): _reset,
    ("POST", "seed"): _seed,
}
