# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""What a run has learned about how its tenant writes clients, and what it adds to them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.wire import entries_from_wire

# The vendor's page on configuring a client says that its flow is enabled for all clients.
CODE_FLOW = "authorization_code"
# A client with one of these cannot also have the code flow.
INSTEAD_OF_CODE_FLOW = frozenset({"implicit", "hybrid"})


class Habits:
    """What is known about one tenant; shared by the threads of a run.

    :ivar notes: harmless findings worth knowing, one sentence each.
    :ivar warnings: unexpected findings, one sentence each.
    :ivar code_flow_is_optional: whether a client without the authorization code flow was seen.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []
        self.code_flow_is_optional = False
        self._seen: dict[str, Any] = {}
        self._taken: dict[str, Any] = {}
        self._is_proven = False
        self._lock = threading.Lock()
        self._first = threading.Lock()

    @property
    def taken(self) -> Mapping[str, Any]:
        """A value of each member that was refused in one form and then accepted in this one."""
        return self._taken

    @property
    def forms(self) -> Mapping[str, Any]:
        """A value of each member in the best known form for sending."""
        return {**self._seen, **self._taken}

    def see(self, client: Mapping[str, Any]) -> None:
        """Learn from a client as the tenant sent it."""
        for member, value in client.items():
            if value is not None and member not in self._seen:
                self._seen.setdefault(member, value)
        if not self.code_flow_is_optional and "allowedGrantTypes" in client:
            grants = entries_from_wire(client["allowedGrantTypes"])
            if grants is not None and CODE_FLOW not in grants and not INSTEAD_OF_CODE_FLOW.intersection(grants):
                self.code_flow_is_optional = True

    def learn(self, taken: Mapping[str, Any]) -> None:
        """Remember the form in which the tenant accepted what it refused in another one."""
        self._taken.update(taken)

    def note(self, sentence: str) -> None:
        """Add a note once."""
        self._say(self.notes, sentence)

    def warn(self, sentence: str) -> None:
        """Add a warning once."""
        self._say(self.warnings, sentence)

    def _say(self, said: list[str], sentence: str) -> None:
        with self._lock:
            if sentence not in said:
                said.append(sentence)

    @contextmanager
    def turn(self, members: Iterable[str]) -> Iterator[None]:
        """Send one client alone until the form of its members is known, so that not all parallel requests are refused."""
        if self._is_proven or all(member in self._seen for member in members):
            yield
            return
        with ExitStack() as first:
            first.enter_context(self._first)
            if self._is_proven:
                first.close()
            yield
            self._is_proven = True
