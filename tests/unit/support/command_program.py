# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program of the store command in this process, which fails on request, and a store with it for whole runs."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.command import CommandStore
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.compare import is_expected
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.program import Ended
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, StoreError, entry_of
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import new_context

LATE = "it did not end within 60 s and was stopped; see the store's option timeout"
# What a program may do instead of responding, and whether it carries out the request first.
FAULTS: dict[str, tuple[Ended, bool]] = {
    "fails": (Ended(1, b"", b"The vault is sealed."), False),
    "fails after all": (Ended(1, b"", b"The connection broke."), True),
    "writes garbage": (Ended(0, b"Done!\n", b""), True),
    "writes nothing": (Ended(0, b"", b""), False),
    "writes another document": (Ended(0, b"[1]", b""), True),
    "says nothing about any": (Ended(0, b"{}", b""), False),
    "is no UTF-8": (Ended(0, b'{"written": ["\xff"]}', b"\xff"), True),
    "hangs": (Ended(-signal.SIGTERM, b"", b"", LATE), False),
    "hangs after all": (Ended(-signal.SIGTERM, b"", b"", LATE), True),
    "is killed": (Ended(-signal.SIGKILL, b"", b""), False),
    "is killed after all": (Ended(-signal.SIGKILL, b"", b""), True),
}


class MemoryProgram:
    """Keeps entries as a program does that compares.

    :param can_list: whether it says which entries there are.
    :param shows_values: whether it gives values back.
    :ivar held: members of the entries by name.
    :ivar asked: what it was asked for, `list`, `read` or `write`, in order.
    :ivar fault: how the call fails that is the one of the number `fault_at`, the first being 1.
    :ivar on_ask: called before each.
    """

    name = "/usr/local/bin/memory-store"

    def __init__(self, *, can_list: bool = True, shows_values: bool = True) -> None:
        self._can_list, self._shows_values = can_list, shows_values
        self.held: dict[str, dict[str, Any]] = {}
        self.ever_held: set[str] = set()
        self.asked: list[str] = []
        self.fault, self.fault_at = "", 0
        self.on_ask: Callable[[], None] = lambda: None

    def expect(self, fault: str, at: int) -> None:
        """Set how a later call fails; the first one is 1."""
        self.asked, self.fault, self.fault_at = [], fault, at

    def ask(self, request: bytes) -> Ended:
        """Answer, as a real one on stdout."""
        self.on_ask()
        asked = json.loads(request)
        self.asked.append(next(what for what in ("list", "read", "write") if what in asked))
        if len(self.asked) != self.fault_at:
            return Ended(0, json.dumps(self._answer(asked)).encode(), b"")
        if self.fault == "cannot be started":
            raise StoreError("The option 'command' of the store command names the program 'memory-store', which is not there.")
        ended, does_it = FAULTS[self.fault]
        if does_it:
            self._answer(asked)
        return ended

    def _answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if "list" in asked:
            return {"names": list(self.held) if self._can_list else None, "shows_values": self._shows_values}
        if "read" in asked:
            return {"entries": {name: self._shown(name) for name in asked["read"]}}
        answer: dict[str, Any] = {"written": [], "refused": []}
        for change in asked["write"]:
            answer["written" if self._write(change) else "refused"].append(change["name"])
        return answer

    def _shown(self, name: str) -> dict[str, Any] | None:
        members = self.held.get(name)
        return members if members is None or self._shows_values else {member: value for member, value in members.items() if member != "value"}

    def _write(self, change: Mapping[str, Any]) -> bool:
        name, members = change["name"], change["entry"]
        there = entry_of(name, self.held[name]) if name in self.held else None
        if not is_expected(there, change["expected"]):
            return False
        self.held.pop(name, None)
        if members is not None:
            self.held[name] = members
            self.ever_held.add(members.get("id", ""))
        return True


def new_command_store(program: MemoryProgram) -> CommandStore:
    """Return a store over a program in this process."""
    return CommandStore(Options({}), new_context("/"), program=program)


class ProgramStore(CommandStore):
    """The store command for whole runs, inspectable like the store in memory."""

    def __init__(self) -> None:
        self.program = MemoryProgram()
        super().__init__(Options({}), new_context("/"), program=self.program)

    @property
    def entries(self) -> dict[str, Entry]:
        """What the program holds."""
        found = {name: entry_of(name, members) for name, members in self.program.held.items()}
        return {name: entry for name, entry in found.items() if entry}

    @entries.setter
    def entries(self, entries: Mapping[str, Entry]) -> None:
        self.program.held = {name: entry.to_members() for name, entry in entries.items()}

    @property
    def ever_held(self) -> set[str]:
        """Ids that consumers may have picked up."""
        return self.program.ever_held

    @ever_held.setter
    def ever_held(self, ids: set[str]) -> None:
        self.program.ever_held = ids

    @property
    def writes(self) -> int:
        """How often it was written since the last run began; the proof writes nothing."""
        return self.program.asked.count("write")

    def expect_trouble(self, _refuses: set[int]) -> None:
        """Remove all faults."""
        self.program.expect("", 0)
