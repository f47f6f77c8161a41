# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The store of a user's program, called like the credential helpers of git and Docker: one JSON document in, one out."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import named, shown
from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import Redactor
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.compare import OTHER_RUN, is_done, judge_after, judge_before
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import problems_of_texts
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.program import Ended, Program
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import LateError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import (
    Change,
    Entry,
    Spec,
    StoreContext,
    StoreError,
    Written,
    entry_of,
)

VERSION = 1
# A program such as pass decrypts each entry separately; no call should take minutes.
MOST_IN_CALL = 100
MOST_REASONS = 5
LONGEST_MESSAGE = 600
SECRET_VARIABLE = re.compile(r"(TOKEN|SECRET|PASSWORD|PASSPHRASE|_KEY)$")
SHORTEST_SECRET = 8
SILENT = "the program said nothing about it"
NO_VALUE = "The program shows no values, so the former value is not known and could not be written back."

Item = TypeVar("Item")


class Caller(Protocol):
    """What runs the program once."""

    name: str

    def ask(self, request: bytes) -> Ended:
        """Return how it ended."""


@dataclass(frozen=True)
class Looked:
    """What the program returned.

    :param failed: reasons for unreadable entries, by name.
    """

    entries: dict[str, Entry]
    failed: dict[str, str]


class CommandStore:
    """Entries of a program, read and written in batches.

    :param program: runs it; the one in the options when None.
    """

    kind = "command"
    remembers = True
    writes_at_once = True
    SPEC: Spec = {
        "command": {"type": "raw", "required": True},
        "timeout": {"type": "int", "default": 60, "lowest": 1},
    }

    def __init__(self, options: Options, context: StoreContext, *, program: Caller | None = None) -> None:
        # Until the program reports otherwise in its first response.
        self.can_list = True
        self.shows_values = True
        self._program = program or Program(options.words("command"), context.folder, options.number("timeout"))
        self._prefix = context.prefix
        self._warn = context.warn
        self._warned: set[str] = set()
        self._redactor = Redactor()
        # The lock of this process orders its own writes; the program must detect those of other runs.
        self._lock = threading.RLock()
        self.place = f"{self._program.name} {self._prefix}".strip()

    def problems(self, names: Iterable[str]) -> list[str]:
        """Return a sentence for each name that is not text."""
        return problems_of_texts(names)

    def check(self) -> None:
        """List the entries; the response also shows what the program can do."""
        self._list()

    def prove(self, _names: Iterable[str] = ()) -> None:
        """Request an empty write, so that the program can report that it cannot write."""
        self._ask("write", [])

    def read(self, names: Iterable[str] | None, *, values: bool) -> dict[str, Entry]:
        """Return entries by name."""
        with self._lock:
            wanted = self._list() if names is None else list(names)
            if wanted is None:
                raise StoreError(f"The program {self._program.name} cannot list its entries, since it returns null for the request 'list'.")
            looked = self._look(wanted, values=values)
        if looked.failed:
            reasons = named((f"{shown(name)}: {reason}" for name, reason in looked.failed.items()), "; ", MOST_REASONS)
            raise StoreError(f"The program {self._program.name} could not read {len(looked.failed)} of {len(wanted)} entries. {reasons}")
        return looked.entries if values else {name: replace(entry, value="") for name, entry in looked.entries.items()}

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Let the program write the changes that find what they expect, and read them back."""
        done: dict[str, Written] = {}
        with self._lock:
            for portion in portions(changes):
                try:
                    done.update(self._write(portion))
                except StoreError as exc:
                    if not done:
                        raise
                    return {**{change.name: Written("failed", exc.message) for change in changes}, **done}
        return done

    def _write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Write one batch.

        :raises StoreError: when nothing of it was written.
        """
        names = [change.name for change in changes]
        before = self._look(names, values=True)
        done = {change.name: self._judge_before(change, before) for change in changes}
        wanted = [change for change in changes if done[change.name] is None]
        settled = {name: written for name, written in done.items() if written is not None}
        if not wanted:
            return settled
        said: Mapping[str, Any] = {}
        trouble: StoreError | None = None
        try:
            said = self._ask("write", [members_of(change) for change in wanted])
        except StoreError as exc:
            trouble = exc
        after = self._look_after(wanted)
        judged = {change.name: self._judge_after(change, before, after, said, trouble) for change in wanted}
        if trouble and not settled and all(written.status == "failed" for written in judged.values()):
            raise trouble
        return {**settled, **judged}

    def _judge_before(self, change: Change, before: Looked) -> Written | None:
        """Return the result of a change that needs no write; None when it needs one."""
        if change.name in before.failed:
            return Written("failed", f"It could not be read before it was written: {before.failed[change.name]}")
        if not self.shows_values and change.entry and change.entry.id and not change.entry.value:
            return Written("failed", NO_VALUE, before.entries.get(change.name))
        return judge_before(before.entries.get(change.name), self._comparable(change))

    def _look_after(self, changes: Sequence[Change]) -> Looked:
        names = [change.name for change in changes]
        try:
            return self._look(names, values=True)
        except StoreError as exc:
            return Looked({}, dict.fromkeys(names, exc.message))

    def _judge_after(self, change: Change, before: Looked, after: Looked, said: Mapping[str, Any], trouble: StoreError | None) -> Written:
        """Return the result of a change: the stored entry counts more than the program's report."""
        name, compared = change.name, self._comparable(change)
        former, found = before.entries.get(name), after.entries.get(name)
        if name in after.failed:
            reason = trouble.message if trouble else f"It was written, but could not be read back: {after.failed[name]}"
            return Written("in_doubt", reason, former)
        if is_done(found, compared):
            return Written("written", before=former, after=found)
        if trouble:
            return Written("in_doubt" if isinstance(trouble, LateError) else "failed", trouble.message, former, found)
        reasons = said["failed"] if isinstance(said.get("failed"), Mapping) else {}
        refused, written = (said[key] if isinstance(said.get(key), list) else [] for key in ("refused", "written"))
        if name in refused:
            return Written("refused", OTHER_RUN, found, found)
        if name in reasons or name not in written:
            return Written("failed", f"The program {self._program.name} did not write it: {self._reason(reasons.get(name, SILENT))}", former, found)
        return judge_after(former, found, compared)

    def _comparable(self, change: Change) -> Change:
        """Return a change without its value, for programs that show no values."""
        if self.shows_values or change.entry is None:
            return change
        return replace(change, entry=replace(change.entry, value=""))

    def _list(self) -> list[str] | None:
        """Return the names of all entries of this tenant; None when the program cannot list them."""
        answer = self._ask("list", True)
        listed = answer.get("names", "")
        if listed is not None and (not isinstance(listed, list) or not all(isinstance(name, str) for name in listed)):
            raise StoreError(self._misunderstood("list", "'names', a list of the names of all entries, or null"))
        self.can_list = listed is not None
        self.shows_values = answer.get("shows_values", True) is not False
        return None if listed is None else list(dict.fromkeys(listed))

    def _look(self, names: Sequence[str], *, values: bool) -> Looked:
        """Return the entries of these names, and the reasons for unreadable ones; each name needs a response, so that none is wrongly taken for missing."""
        looked = Looked({}, {})
        for portion in portions(names):
            answer = self._ask("read", portion, values=values)
            entries, failed = answer.get("entries"), answer.get("failed") or {}
            if not isinstance(entries, Mapping) or not isinstance(failed, Mapping):
                raise StoreError(self._misunderstood("read", "'entries', a mapping of each name to its entry or null"))
            for name in portion:
                self._take(name, entries, failed, looked)
        return looked

    def _take(self, name: str, entries: Mapping[str, Any], failed: Mapping[str, Any], looked: Looked) -> None:
        members = entries.get(name)
        if isinstance(members, Mapping):
            self._redactor.add(members.get("value"))
        entry = entry_of(name, members) if isinstance(members, Mapping) else None
        if name in failed:
            looked.failed[name] = self._reason(failed[name])
        elif name not in entries:
            looked.failed[name] = f"{SILENT}."
        elif entry:
            looked.entries[name] = entry if self.shows_values else replace(entry, value="")
        elif members is not None:
            looked.failed[name] = "the program returned no entry, or the entry of another client or description."

    def _ask(self, what: str, content: Any, **more: Any) -> Mapping[str, Any]:
        """Return the response to one request.

        :raises StoreError: for everything else; a LateError when the request may still take effect.
        """
        if what == "write":
            self._redactor.add(*(one["entry"]["value"] for one in content if one["entry"] and "value" in one["entry"]))
        self._redactor.add(*(value for name, value in os.environ.items() if SECRET_VARIABLE.search(name) and len(value) >= SHORTEST_SECRET))
        request = json.dumps({"version": VERSION, "prefix": self._prefix, what: content, **more}).encode("ascii")
        with self._lock:
            ended = self._program.ask(request + b"\n")
        said = self._clean(ended.errors)
        begun = f"The program {self._program.name} could not {what}"
        if ended.stopped:
            raise LateError(f"{begun}: {ended.stopped}.{said_on_stderr(said)}", in_doubt=True)
        if ended.code < 0:
            raise LateError(f"{begun}: it was ended by the signal {name_of_signal(-ended.code)}.{said_on_stderr(said)}", in_doubt=True)
        if ended.code:
            raise StoreError(f"{begun}: it ended with the exit code {ended.code}.{said_on_stderr(said) or ' It said nothing on stderr.'}", in_doubt=True)
        answer = document_from(ended.output)
        if answer is None:
            raise StoreError(f"{self._misunderstood(what, 'one JSON object in UTF-8 and nothing else')}{said_on_stderr(said)}", in_doubt=True)
        self._tell(said)
        return answer

    def _misunderstood(self, what: str, wanted: str) -> str:
        return f"The program {self._program.name} answered the request {what!r} in an unexpected form: stdout must contain {wanted}."

    def _reason(self, reason: object) -> str:
        """Return the program's reason for one entry, as the end of a sentence."""
        text = self._clean(reason.encode("utf-8", "replace")) if isinstance(reason, str) else ""
        return f"{(text or 'it gave no reason').rstrip('.')}."

    def _clean(self, said: bytes) -> str:
        """Return a program's text on one line, without any value, and only its end when it is long."""
        text = " ".join(self._redactor.clean(said.decode("utf-8", "replace")).split())
        return text if len(text) <= LONGEST_MESSAGE else f"…{text[-LONGEST_MESSAGE:]}"

    def _tell(self, said: str) -> None:
        """Show the stderr of a successful program once."""
        if said and said not in self._warned and self._warn:
            self._warned.add(said)
            self._warn(f"The program {self._program.name} says: {said}")


def portions(items: Sequence[Item]) -> list[list[Item]]:
    """Split the items into one batch per call."""
    return [list(items[start : start + MOST_IN_CALL]) for start in range(0, len(items), MOST_IN_CALL)]


def members_of(change: Change) -> dict[str, Any]:
    """Return a change in the format for the program."""
    return {"name": change.name, "expected": change.expected, "entry": change.entry.to_members() if change.entry else None}


def document_from(output: bytes) -> dict[str, Any] | None:
    """Return the object that the program wrote; None for anything else."""
    try:
        answer = json.loads(output.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def said_on_stderr(said: str) -> str:
    """Return the end of a message; empty when the program said nothing."""
    return f" It said: {said}" if said else ""


def name_of_signal(number: int) -> str:
    """Return the name of a signal, such as SIGKILL."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
