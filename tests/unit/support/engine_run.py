# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of vantage_app in this process, with a store in memory: fast enough for thousands of runs, and killable anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import Console
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.options import checked_spec, request_from_params
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Outcome
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.result import result_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.run import onboard
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.compare import is_expected
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Store, StoreError, Written
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

NOTHING = Entry("", "")


class Killed(Exception):  # noqa: N818 - the run did not fail, it was stopped
    """The run was killed between two of its steps."""


class MemoryStore:
    """A store that keeps its entries in memory, with their history.

    :ivar entries: by name.
    :ivar ever_held: ids that consumers may have picked up.
    :ivar doubts: whether those that are refused are left in doubt instead, and whether they happen; None for neither.
    :ivar refuses: numbers of the writes from now on that fail, the first being 1.
    :ivar writes: how often it was written since then.
    :ivar unreadable: the number of the read from now on that fails, the first being 1; 0 for none.
    :ivar reads: how often it was read since then.
    :ivar on_access: called before each read and write.
    """

    kind = "memory"
    place = "memory"
    remembers = True
    can_list = True
    shows_values = True

    def __init__(self, *, writes_at_once: bool = True) -> None:
        self.writes_at_once = writes_at_once
        self.entries: dict[str, Entry] = {}
        self.ever_held: set[str] = set()
        self.refuses: set[int] = set()
        self.doubts: bool | None = None
        self.unreadable = self.reads = self.writes = 0
        self.on_access: Callable[[], None] = lambda: None

    def expect_trouble(self, refuses: set[int], *, doubts: bool | None = None, unreadable: int = 0) -> None:
        """Set which writes and which read fail from now on, and how."""
        self.refuses, self.writes, self.doubts = refuses, 0, doubts
        self.unreadable, self.reads = unreadable, 0

    def problems(self, names: Iterable[str]) -> list[str]:
        """Return nothing: it keeps everything."""
        return []

    def check(self) -> None:
        """Find nothing wrong."""

    def prove(self, names: Iterable[str] = ()) -> None:
        """Find that it can be written."""

    def read(self, names: Iterable[str] | None, *, values: bool) -> dict[str, Entry]:
        """Return entries, as every store does."""
        self.on_access()
        self.reads += 1
        if self.reads == self.unreadable:
            raise StoreError("The store refuses.")
        wanted = None if names is None else set(names)
        found = {name: entry for name, entry in self.entries.items() if wanted is None or name in wanted}
        return found if values else {name: replace(entry, value="") for name, entry in found.items()}

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Write and remove, as every store does."""
        self.on_access()
        self.writes += 1
        troubled = self.writes in self.refuses
        if troubled and self.doubts is None:
            raise StoreError("The store refuses.")
        if troubled and not self.doubts:
            return dict.fromkeys((change.name for change in changes), Written("in_doubt", "It cannot be read any more."))
        written = {change.name: self._change(change) for change in changes}
        self.ever_held.update(entry.id for entry in self.entries.values() if entry.id)
        if troubled:
            return dict.fromkeys(written, Written("in_doubt", "It cannot be read any more."))
        return written

    def _change(self, change: Change) -> Written:
        before = self.entries.get(change.name)
        if not is_expected(before, change.expected):
            return Written("refused", "The entry is not the one that was read.", before=before)
        if change.entry is None:
            self.entries.pop(change.name, None)
        else:
            self.entries[change.name] = change.entry
        return Written("written", before=before, after=self.entries.get(change.name))


def once(happens: Callable[[], bool], work: Callable[[], None]) -> Callable[[], None]:
    """Return what does the work the first time that it is called while something is true."""
    done: list[bool] = []

    def call() -> None:
        if not done and happens():
            done.append(True)
            work()

    return call


class EngineRun:
    """One run of vantage_app.

    :param options: of vantage_app, on top of the connection, which is that of `in_process`.
    :ivar warnings: its warnings.
    :ivar lines: its output lines.
    :ivar outcome: the outcome of the apps; None until the run has ended without an error.
    """

    def __init__(
        self,
        in_process: InProcess,
        store: Store,
        apps: list[dict[str, Any]] | None,
        *,
        check: bool = False,
        go_on: Callable[[], bool] = lambda: True,
        from_store: Store | None = None,
        **options: Any,
    ) -> None:
        self._in_process = in_process
        self._store = store
        self._check = check
        self._from_store = from_store
        self.warnings: list[str] = []
        self.lines: list[str] = []
        self.outcome: Outcome | None = None
        self._console = Console(self.lines.append, self.warnings.append, go_on)
        defaults = {option: keywords.get("default") for option, keywords in checked_spec().items()}
        self._params = {**defaults, **in_process.options, "apps": apps, "concurrency": 1, **options}

    def perform(self) -> dict[str, Any]:
        """Return the result; its ``failure`` is empty when all went well, and is all that it has when the run did not begin.

        :raises Killed: where it was asked for.
        """
        try:
            request = request_from_params(self._params, "contoso", str)
            api = self._in_process.api(**{name: self._params[name] for name in connection_spec()})
            outcome = self.outcome = onboard(api, self._store, request.apps, request.settings, self._console, check=self._check, source=self._from_store)
        except VantageError as exc:
            return {"failed": True, "msg": exc.message, "failure": exc.message, "error": exc.as_details(), "summary": {}}
        self.warnings += [*request.warnings, *outcome.notes()]
        result = result_of(outcome, request, diff=self._check)
        return {**result.returned, "table": result.table}
