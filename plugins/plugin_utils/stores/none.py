# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The store that keeps nothing: the caller of the run delivers the secrets."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Spec, StoreContext, Written


class NoneStore:
    """Passes every new secret to the caller.

    :ivar delivered: the entries that were written, with their values, for the caller of the run.
    """

    kind = "none"
    place = "the caller of this run"
    remembers = False
    can_list = False
    shows_values = False
    writes_at_once = False
    SPEC: Spec = {}

    def __init__(self, _options: Options, _context: StoreContext) -> None:
        self.delivered: dict[str, Entry] = {}
        self._lock = threading.Lock()

    def problems(self, _names: Iterable[str]) -> list[str]:
        """Return nothing: every name is allowed."""
        return []

    def check(self) -> None:
        """Do nothing: there is nothing that could fail."""

    def prove(self, _names: Iterable[str] = ()) -> None:
        """Do nothing: there is nothing that could fail."""

    def read(self, _names: Iterable[str] | None, *, values: bool) -> dict[str, Entry]:
        """Return nothing."""
        return {}

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Keep entries with a value until the caller takes them; removed ones are not passed on."""
        with self._lock:
            return {change.name: self._write_one(change) for change in changes}

    def _write_one(self, change: Change) -> Written:
        before = self.delivered.pop(change.name, None)
        if change.entry and change.entry.value:
            self.delivered[change.name] = change.entry
        return Written("written", before=before, after=change.entry)
