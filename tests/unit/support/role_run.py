# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role app_onboarding in this process: its own task files, steps and modules, with a store in memory.

It is quick enough to run it thousands of times, and can be killed anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.abbyy.vantage.plugins.action import app_onboarding_step
from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_steps import Run, StepError, take_step
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import merge, without_values
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.role_tasks import Answer, RoleTasks, Scope, TaskFailed

MODULES = ("vantage_client", "vantage_client_info", "vantage_client_secret")


class Killed(Exception):  # noqa: N818 - the run did not fail, it was stopped
    """The run was killed between two of its steps."""


class StoreRefuses(Exception):  # noqa: N818 - the store's answer, not an error of the test
    """The store could not be written."""


class Store:
    """What a store keeps, with what it once held.

    :ivar entries: by name.
    :ivar ever_held: ids that consumers may have picked up.
    :ivar doubts: whether those that are refused are left in doubt instead, and whether they happen; None for neither.
    :ivar refuses: numbers of the writes from now on that fail, the first being 1.
    :ivar writes: how often it was written since then.
    :ivar unreadable: the number of the read from now on that fails, the first being 1; 0 for none.
    :ivar reads: how often it was read since then.
    :ivar on_access: called before each read and write.
    """

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.ever_held: set[str] = set()
        self.refuses: set[int] = set()
        self.doubts: bool | None = None
        self.unreadable = self.reads = 0
        self.on_access: Callable[[], None] = lambda: None
        self.writes = 0

    def expect_trouble(self, refuses: set[int], *, doubts: bool | None = None, unreadable: int = 0) -> None:
        """Say which writes and which read fail from now on, and how."""
        self.refuses, self.writes, self.doubts = refuses, 0, doubts
        self.unreadable, self.reads = unreadable, 0

    def read(self, names: list[str] | None, *, values: bool) -> dict[str, Any]:
        """Answer as vantage_secret_file does to a read."""
        self.on_access()
        self.reads += 1
        if self.reads == self.unreadable:
            raise StoreRefuses
        found = {name: entry for name, entry in self.entries.items() if names is None or name in names}
        return {"entries": found if values else without_values(found)}

    def write(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Answer as vantage_secret_file does to a merge."""
        self.on_access()
        self.writes += 1
        troubled = self.writes in self.refuses
        if troubled and self.doubts is None:
            raise StoreRefuses
        if troubled and not self.doubts:
            return doubtful(changes)
        merged = merge(self.entries, changes["entries"], changes["remove"], changes["expect"])
        self.entries = merged.entries
        self.ever_held.update(entry["id"] for entry in self.entries.values() if entry.get("id"))
        if troubled:
            return doubtful(changes)
        return {"entries": {name: self.entries[name] for name in changes["entries"] if name in self.entries}, "refused": without_values(merged.refused)}


def doubtful(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of a store that cannot be read after a write."""
    return {"entries": {}, "refused": {}, "doubtful": dict.fromkeys([*changes["entries"], *changes["remove"]], "It cannot be read any more.")}


class RoleRun:
    """One run of the role.

    :param kill_at: the number of the step, a module's or the store's, before which the run is killed; None to let it end.
    :param variables: of the host, on top of its connection, which is that of `in_process`.
    """

    def __init__(
        self, in_process: InProcess, store: Store, apps: list[dict[str, Any]], *, kill_at: int | None = None, batch_size: int = 100, **variables: Any
    ) -> None:
        self._in_process = in_process
        self._store = store
        self._kill_at = kill_at
        self._steps = 0
        connection = {f"vantage_{option}": value for option, value in in_process.options.items()}
        own = {"app_onboarding_apps": apps, "app_onboarding_batch_size": batch_size, "app_onboarding_concurrency": 1}
        ansible = {"ansible_check_mode": False, "ansible_diff_mode": False, "inventory_hostname": "contoso", "playbook_dir": "/"}
        self._variables = {**ansible, **connection, "app_onboarding_file_path": "memory", **own, **variables}
        actions = {f"abbyy.vantage.{name}": self._module(name) for name in MODULES}
        self._tasks = RoleTasks(
            {**actions, "abbyy.vantage.app_onboarding_step": self._take_step, "abbyy.vantage.vantage_secret_file": self._ask_store},
        )

    def perform(self) -> dict[str, Any]:
        """Return the report; its ``failure`` is empty when all went well, and is all that it has when the run ended before a report.

        :raises Killed: where it was asked for.
        """
        try:
            self._tasks.perform(self._variables)
        except TaskFailed as exc:
            return {"summary": {}, **self._tasks.facts.get("__app_onboarding_report", {}), "failure": exc.answer["msg"]}
        return dict(self._tasks.facts["__app_onboarding_report"])

    def _module(self, name: str) -> Any:
        def run(args: dict[str, Any], scope: Scope) -> Answer:
            self._step()
            return self._in_process.run(name, check=scope.check, **args)

        return run

    def _take_step(self, args: dict[str, Any], scope: Scope) -> Answer:
        """Answer as the action plugin of this name does."""
        given = {option: keywords.get("default") for option, keywords in app_onboarding_step.SPEC.items()}
        params = {**given, **args, "check": scope.check, "host": scope.facts["inventory_hostname"]}
        step = params["step"]
        if step == "load":
            return app_onboarding_step.ActionModule.__new__(app_onboarding_step.ActionModule)._load(params)

        def call(name: str, options: dict[str, Any], check: bool) -> Answer:
            loaded = scope.facts["__app_onboarding_loaded"]
            self._step()
            return self._in_process.run(name, check=check, **{**loaded["connection"], "concurrency": loaded["settings"]["concurrency"], **options})

        try:
            return take_step(step, Run(scope.facts, params["number"], scope.check, False, call))
        except StepError as exc:
            return {"failed": True, "msg": str(exc)}

    def _ask_store(self, args: dict[str, Any], scope: Scope) -> Answer:
        """Answer as vantage_secret_file does."""
        self._step()
        try:
            if args.get("state") == "merge":
                given = {option: check_type_dict(args[option]) for option in ("entries", "expect")}
                return self._store.write({**given, "remove": args["remove"]})
            return self._store.read(args.get("names"), values=args["include_values"])
        except StoreRefuses:
            return {"failed": True, "msg": "The store refuses."}

    def _step(self) -> None:
        self._steps += 1
        if self._steps == self._kill_at:
            raise Killed
