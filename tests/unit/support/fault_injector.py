# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Observe every moment at which a run can be disturbed, and disturb it there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote

from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.emulator.messages import Request, Response
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import MemoryStore

CLIENT_PATH = re.compile(r"/clients/([^/]+)")


class Moment(NamedTuple):
    """A request, or an access to the store.

    :param what: such as `POST secrets`, or `store`.
    :param n: of the requests, or of the accesses; the first is 1.
    :param app: client id of the one app that it is about; empty when more depends on it.
    """

    what: str
    n: int
    app: str = ""


class FaultInjector:
    """Listens to the requests to an emulator and to the accesses to a store.

    :ivar moments: the observed moments, in order.
    """

    def __init__(self, emulator: Emulator, store: MemoryStore, own_client: str, source: MemoryStore | None = None) -> None:
        self.moments: list[Moment] = []
        self._emulator, self._own_client = emulator, own_client
        self._requests = self._accesses = 0
        self._busy = False
        self._number = 0
        self._at: Moment | None = None
        self._before: Callable[[], None] | None = None
        self._after: Callable[[], None] | None = None
        emulator.handle = self._handle  # type: ignore[method-assign]  # the emulator is the test's own
        for one in filter(None, (store, source)):
            one.on_access = self._access

    def expect(self, at: Moment, *, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None) -> None:
        """Set what happens just before or after a moment of the next run."""
        self._at, self._before, self._after = at, before, after

    def expect_at(self, number: int, before: Callable[[], None]) -> None:
        """Set what happens just before the request or store access of this number."""
        self._number, self._before = number, before

    def forget(self) -> None:
        """Restart the count."""
        self.moments, self._requests, self._accesses, self._at = [], 0, 0, None
        self._number = 0

    def _handle(self, request: Request) -> Response:
        if self._busy:
            return Emulator.handle(self._emulator, request)
        self._requests += 1
        moment = Moment(f"{request.method} {request.path.rstrip('/').rpartition('/')[2]}", self._requests, self._app_of(request))
        self.moments.append(moment)
        here = (self._at is not None and self._at[:2] == moment[:2]) or len(self.moments) == self._number
        self._happen(self._before if here else None)
        try:
            return Emulator.handle(self._emulator, request)
        finally:
            self._happen(self._after if here else None)

    def _access(self) -> None:
        if self._busy:
            return
        self._accesses += 1
        moment = Moment("store", self._accesses)
        self.moments.append(moment)
        self._happen(self._before if self._at == moment or len(self.moments) == self._number else None)

    def _happen(self, event: Callable[[], None] | None) -> None:
        if event is None:
            return
        self._busy = True
        try:
            event()
        finally:
            self._busy = False

    def _app_of(self, request: Request) -> str:
        """Return the one app that a request is about."""
        if request.path.endswith("/connect/token"):
            client_id = dict(request.form).get("client_id", "")
            return "" if client_id == self._own_client else client_id
        found = CLIENT_PATH.search(request.path)
        if found:
            # The very first one reads an app's client to prove the login, the tenant and the role.
            return "" if self._requests <= 2 else unquote(found.group(1))
        return str(request.payload["clientId"]) if request.method == "POST" else ""
