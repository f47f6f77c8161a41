# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answer requests like a Vantage tenant, without any transport."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .admin import handle_admin
from .behaviour import Behaviour
from .clock import Clock
from .config import EmulatorConfig
from .control import handle_control
from .description import handle_description
from .faults import Faults, Rule
from .journal import Journal
from .messages import ContractBroken, NoAnswer, Request, Response
from .misfortune import meet_fault
from .oauth_authorize import handle_authorize
from .oauth_endpoints import handle_discovery, handle_token
from .problems import Refused
from .publicapi import handle_skills
from .routes import Route, read_route
from .world import World

CONTROL_PREFIX = "/_emulator/"
Check = Callable[[Request, "Response | None"], None]
_HANDLERS = {
    "admin": handle_admin,
    "token": handle_token,
    "authorize": handle_authorize,
    "discovery": handle_discovery,
    "skills": handle_skills,
    "description": handle_description,
}


@dataclass
class LateCommit:
    """Hold a write that takes effect only when the clock reaches `due`."""

    due: float
    route: Route
    request: Request


class Emulator:
    """One emulated Vantage: thread-safe, several tenants, one clock, one journal.

    `conformance` validates every request, and every response without a fault, against openapi.yaml: a deviation is kept in `deviations` and raised.
    """

    def __init__(self, config: EmulatorConfig | None = None, conformance: bool = False) -> None:
        self.config = config or EmulatorConfig()
        self.journal: Journal = Journal()
        self.faults: Faults = Faults()
        self.check: Check | None = _load_conformance() if conformance else None
        self.deviations: list[str] = []
        self._lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Go back to the start: state, switches, faults, clock and journal."""
        with self._lock:
            self.clock: Clock = Clock(self.config.start)
            self.world: World = World(self.config, self.clock.now())
            self._late: list[LateCommit] = []
            self.faults.replace(self.config.faults)
            self.journal.clear()
            self.deviations.clear()

    @property
    def behaviour(self) -> Behaviour:
        return self.world.behaviour

    def now(self) -> float:
        """Return the emulator's time as seconds since 1970."""
        return self.clock.now()

    def advance(self, seconds: float) -> None:
        """Move the clock; late writes that are due take effect."""
        self.clock.advance(seconds)
        self.settle()

    def seed(self, tenant: str, clients: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Add hand-made clients and secrets to a tenant (id or name); return the secrets with their values."""
        with self._lock:
            behaviour = self.behaviour
            return self.world.named_tenant(tenant).seed(clients, self.now(), behaviour.unknown_members, behaviour.secret_ids)

    def state(self) -> dict[str, Any]:
        """Return everything in the tenants, with the values of the secrets."""
        with self._lock:
            self.settle()
            return self.world.snapshot()

    def issue_token(self, tenant: str, client_id: str = "automation", lifetime: float = 86400) -> str:
        """Make an access token for an application without a login and outside the journal."""
        return self.world.issue_access_token(self.world.named_tenant(tenant), client_id, None, "openid", self.now() + lifetime)

    def settle(self) -> None:
        """Commit the late writes that are due."""
        with self._lock:
            now = self.now()
            due = [late for late in self._late if late.due <= now]
            self._late = [late for late in self._late if late.due > now]
            for late in sorted(due, key=lambda late: late.due):
                self._answer(late.route, late.request, late.due)

    def postpone(self, route: Route, request: Request, due: float) -> None:
        with self._lock:
            self._late.append(LateCommit(due, route, request))

    def handle(self, request: Request) -> Response:
        """Answer one request; raise NoAnswer when a fault leaves the caller without a response."""
        if request.path.startswith(CONTROL_PREFIX):
            return handle_control(self, request)
        if self.behaviour.latency:
            time.sleep(self.behaviour.latency)
        now = self.now()
        route = read_route(request.path)
        tenant = self.world.find_tenant(route.tenant) if route.tenant else None
        entry = self.journal.open(request, now, tenant.tenant_id if tenant else None, route.journal_kind(request.method))
        fault = self.faults.pick(entry.n, request.method, request.path)
        entry.fault = fault.kind if fault else None
        response = self._meet(fault, route, request, now) if fault else self.answer(route, request, now)
        if self.behaviour.date_header:
            response.headers["Date"] = self.clock.http_date(now + self.behaviour.date_ahead)
        entry.status = int(response.status)
        self._hold_to_contract(request, None if fault else response)
        return response

    def answer(self, route: Route, request: Request, now: float) -> Response:
        """Carry out the request after the late writes that are due."""
        with self._lock:
            if self._late:
                self.settle()
            return self._answer(route, request, now)

    def _answer(self, route: Route, request: Request, now: float) -> Response:
        try:
            handler = _HANDLERS.get(route.area)
            if handler is None:
                raise Refused(404, "There is no such route.")
            return handler(self.world, route, request, now)
        except Refused as refusal:
            return refusal.to_response(request.path)

    def _meet(self, fault: Rule, route: Route, request: Request, now: float) -> Response:
        try:
            return meet_fault(self, fault, route, request, now)
        except NoAnswer:
            self._hold_to_contract(request, None)
            raise

    def _hold_to_contract(self, request: Request, response: Response | None) -> None:
        if not self.check:
            return
        try:
            self.check(request, response)
        except ContractBroken as exc:
            self.deviations.append(str(exc))
            raise


def _load_conformance() -> Check:
    # The validator library is needed only with this option.
    from .conformance import check_exchange

    return check_exchange
