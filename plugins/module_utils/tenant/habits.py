# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""What a run has found out so far of how its tenant writes clients, and what it does to them by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.wire import entries_from_wire

# The vendor's page on configuring a client says that its flow is enabled for all clients.
CODE_FLOW = "authorization_code"
# A client with one of these cannot have the code flow beside it.
INSTEAD_OF_CODE_FLOW = frozenset({"implicit", "hybrid"})


class Habits:
    """What is known of one tenant; shared by the threads of a run.

    :ivar notes: what is worth knowing and no reason to worry, one sentence each.
    :ivar warnings: what is odd, one sentence each.
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
        """A value of each member that was refused in one form and then taken in this one."""
        return self._taken

    @property
    def forms(self) -> Mapping[str, Any]:
        """A value of each member in the form in which it is best sent, as far as that is known."""
        return {**self._seen, **self._taken}

    def see(self, client: Mapping[str, Any]) -> None:
        """Learn from a client as the tenant has sent it."""
        for member, value in client.items():
            if value is not None and member not in self._seen:
                self._seen.setdefault(member, value)
        if not self.code_flow_is_optional and "allowedGrantTypes" in client:
            grants = entries_from_wire(client["allowedGrantTypes"])
            if grants is not None and CODE_FLOW not in grants and not INSTEAD_OF_CODE_FLOW.intersection(grants):
                self.code_flow_is_optional = True

    def learn(self, taken: Mapping[str, Any]) -> None:
        """Remember the form in which the tenant has taken what it refused in another one."""
        self._taken.update(taken)

    def note(self, sentence: str) -> None:
        """Say something once."""
        self._say(self.notes, sentence)

    def warn(self, sentence: str) -> None:
        """Warn of something once."""
        self._say(self.warnings, sentence)

    def _say(self, said: list[str], sentence: str) -> None:
        with self._lock:
            if sentence not in said:
                said.append(sentence)

    @contextmanager
    def turn(self, members: Iterable[str]) -> Iterator[None]:
        """Let one client be sent alone as long as nobody knows how its members are written, so that not all that are sent at once are refused."""
        if self._is_proven or all(member in self._seen for member in members):
            yield
            return
        with ExitStack() as first:
            first.enter_context(self._first)
            if self._is_proven:
                first.close()
            yield
            self._is_proven = True
