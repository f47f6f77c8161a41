# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the role app_onboarding in this process: quick enough to run it thousands of times, and to kill it anywhere.

It goes through roles/app_onboarding/tasks in their order, and calls for each task what the task calls.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_batch as batch
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_plan as plan
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_report as report
from ansible_collections.abbyy.vantage.plugins.plugin_utils._app_source import Declared
from ansible_collections.abbyy.vantage.plugins.plugin_utils._apps import complete_apps
from ansible_collections.abbyy.vantage.plugins.plugin_utils._secret_entries import merge, without_values
from ansible_collections.abbyy.vantage.tests.unit.in_process import InProcess


class Killed(Exception):  # noqa: N818 - the run did not fail, it was stopped
    """The run was killed between two of its steps."""


class StoreRefuses(Exception):  # noqa: N818 - the store's answer, not an error of the test
    """The store could not be written."""


class Store:
    """What a store keeps, with what it once held.

    :ivar entries: by name.
    :ivar ever_held: ids that consumers may have picked up.
    :ivar refuses: numbers of the writes from now on that fail, the first being 1.
    """

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.ever_held: set[str] = set()
        self.refuses: set[int] = set()
        self._writes = 0

    def expect_trouble(self, refuses: set[int]) -> None:
        """Say which writes fail from now on."""
        self.refuses, self._writes = refuses, 0

    def read(self, names: list[str] | None, *, values: bool) -> dict[str, Any]:
        """Answer as vantage_secret_file does to a read."""
        found = {name: entry for name, entry in self.entries.items() if names is None or name in names}
        return {"entries": found if values else without_values(found)}

    def write(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Answer as vantage_secret_file does to a merge."""
        self._writes += 1
        if self._writes in self.refuses:
            raise StoreRefuses
        merged = merge(self.entries, changes["entries"], changes["remove"], changes["expect"])
        self.entries = merged.entries
        self.ever_held.update(entry["id"] for entry in self.entries.values() if entry.get("id"))
        return {"entries": {name: self.entries[name] for name in changes["entries"] if name in self.entries}, "refused": without_values(merged.refused)}


class RoleRun:
    """One run of the role.

    :param kill_at: the number of the step before which the run is killed; None to let it end.
    """

    def __init__(self, in_process: InProcess, store: Store, apps: list[dict[str, Any]], *, kill_at: int | None = None, batch_size: int = 100) -> None:
        self._in_process = in_process
        self._store = store
        self._kill_at = kill_at
        self._steps = 0
        declared = [Declared(app, f"app {number}") for number, app in enumerate(apps)]
        completed, problems = complete_apps(declared, {}, {})
        assert problems == []
        self._run: dict[str, Any] = {
            "apps": completed,
            "keeps": True,
            "checks": [],
            "reserved": {},
            "pruned": {},
            "tenant_id": in_process.options["tenant_id"],
            "size": batch_size,
        }

    def perform(self) -> dict[str, Any]:
        """Return the report; its ``failure`` is empty when all went well.

        :raises Killed: where it was asked for.
        """
        tenant = self._module("vantage_client_info", client_id=self._run["apps"][0]["client_id"])
        if tenant.get("failed"):
            return {"failure": tenant["msg"]}
        self._run["now"] = tenant["server_time"]
        self._run["clients"] = self._module("vantage_client", check=True, clients=[app["client"] for app in self._run["apps"]])
        if "results" not in self._run["clients"]:
            return {"failure": self._run["clients"]["msg"]}
        self._step()
        self._run["held"] = self._store.read(None, values=False)["entries"]
        self._run["checks"] = [self._module("vantage_client_secret", check=True, secrets=chunk) for chunk in plan.secrets_to_check(self._run)]
        self._step()
        try:
            self._run["reserved"] = self._store.write(plan.entries_to_reserve(self._run))
        except StoreRefuses:
            return {"failure": "the store refuses"}
        rows: list[dict[str, Any]] = []
        dead, trouble = 0, ""
        for portion in plan.batches(self._run):
            facts = self._perform_batch(portion, given_up=dead > 1, trouble=trouble)
            seen = batch.BatchFacts(facts)
            trouble = facts["store_trouble"]
            dead = dead + 1 if batch.was_dead(seen) else 0
            rows += report.rows_of_batch(seen)
        return report.report({**self._run, "rows": rows})

    def _perform_batch(self, portion: dict[str, Any], *, given_up: bool, trouble: str) -> dict[str, Any]:
        facts: dict[str, Any] = {"batch": portion, "keeps": True, "check": False, "given_up": given_up, "store_trouble": trouble}
        facts.update(tenant_id=self._run["tenant_id"], now=self._run["now"])

        def ask(step: Any) -> Any:
            return step(batch.BatchFacts(facts))

        writes = ask(batch.clients_to_write)
        if writes:
            facts["clients"] = self._module("vantage_client", clients=writes)
        if ask(batch.secrets_to_make):
            self._make(facts)
        if ask(batch.needs_retiring):
            names = ask(batch.names_to_read)
            if names:
                facts["read"] = self._store.read(names, values=True)
            goers = ask(batch.secrets_to_retire)
            if goers:
                facts["retired"] = self._module("vantage_client_secret", secrets=goers)
        if ask(batch.needs_settling):
            changes = ask(batch.entries_to_settle)
            if changes["entries"] or changes["remove"]:
                facts["settled"] = self._kept(changes)
            strays = ask(batch.secrets_to_take_back)
            if strays:
                facts["taken_back"] = self._module("vantage_client_secret", secrets=strays)
        return facts

    def _make(self, facts: dict[str, Any]) -> None:
        names = batch.names_to_replace(batch.BatchFacts(facts))
        if names:
            facts["previous"] = self._store.read(names, values=True)
        facts["made"] = self._module("vantage_client_secret", secrets=batch.secrets_to_make(batch.BatchFacts(facts)))
        facts["kept"] = self._kept(batch.entries_to_keep(batch.BatchFacts(facts)))
        if "msg" in facts["kept"]:
            facts["store_trouble"] = facts["kept"]["msg"]

    def _kept(self, changes: dict[str, Any]) -> dict[str, Any]:
        self._step()
        try:
            return self._store.write(changes)
        except StoreRefuses:
            return {"msg": "the store refuses"}

    def _module(self, name: str, *, check: bool = False, **options: Any) -> dict[str, Any]:
        self._step()
        return self._in_process.run(name, check=check, concurrency=1, **options)

    def _step(self) -> None:
        self._steps += 1
        if self._steps == self._kill_at:
            raise Killed
