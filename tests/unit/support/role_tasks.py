# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task files of the role app_onboarding, carried out in this process: as Ansible would, but thousands of times quicker.

It knows just the keywords that the role uses, and refuses any other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.abbyy.vantage.tests.unit.support.role_variables import Lazy, evaluated, filled

ROLE = Path(__file__).resolve().parents[3] / "roles" / "app_onboarding"
TASKS = ROLE / "tasks"
INCLUDES = ("ansible.builtin.include_tasks", "ansible.builtin.import_tasks")
# What these do is not to be seen from here, or means nothing here.
UNSEEN = {"name", "no_log", "diff", "changed_when", "loop_control", "register"}
KEYWORDS = UNSEEN | {"when", "vars", "loop", "block", "rescue", "check_mode", "failed_when", "module_defaults"}

Answer = dict[str, Any]
Action = Callable[[dict[str, Any], "Scope"], Answer]


class TaskFailed(Exception):  # noqa: N818 - the role's end, not an error of the test
    """A task has failed; its answer has the message."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.get("msg"))
        self.answer = answer


@cache
def read_role(path: Path) -> Any:
    """Return the content of one of the role's files."""
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


class Scope:
    """What holds where a task stands.

    :ivar facts: what was registered and set, the same for all scopes of a run.
    :ivar lazy: variables whose templates are filled when they are used.
    :ivar check: whether nothing may be written.
    :ivar defaults: options of modules by their names.
    :ivar folder: of the task file, from which other files are looked for first.
    """

    def __init__(
        self, facts: dict[str, Any], lazy: dict[str, Any], *, check: bool = False, defaults: dict[str, Any] | None = None, folder: Path = TASKS
    ) -> None:
        self.facts, self.lazy, self.check, self.defaults, self.folder = facts, lazy, check, defaults or {}, folder

    @property
    def variables(self) -> dict[str, Any]:
        """All variables by name."""
        return {**self.lazy, **self.facts}

    def within(self, task: dict[str, Any]) -> Scope:
        """Return the scope inside of a task."""
        lazy = {**self.lazy, **{name: Lazy(raw) for name, raw in task.get("vars", {}).items()}}
        check = bool(filled(task["check_mode"], self.variables)) if "check_mode" in task else self.check
        # The role makes them of the host's variables alone, so they need not be made anew for each task.
        defaults = {**self.defaults, **filled(task["module_defaults"], self.variables)} if "module_defaults" in task else self.defaults
        return Scope(self.facts, lazy, check=check, defaults=defaults, folder=self.folder)

    def fill(self, raw: Any) -> Any:
        """Return a value with its templates filled."""
        return filled(raw, self.variables)

    def holds(self, conditions: Any) -> bool:
        """Return whether all conditions hold."""
        listed = conditions if isinstance(conditions, list) else [conditions]
        return all(evaluated(condition, self.variables) for condition in listed)


class RoleTasks:
    """Carries out the role.

    :param actions: what the role's tasks call, by full name.
    """

    def __init__(self, actions: dict[str, Action]) -> None:
        own: dict[str, Action] = {
            "ansible.builtin.fail": lambda args, scope: {"failed": True, "msg": args["msg"]},
            "ansible.builtin.debug": lambda args, scope: {},
            "ansible.builtin.set_stats": lambda args, scope: {},
            "ansible.builtin.set_fact": self._set_fact,
            "ansible.builtin.assert": self._assert,
        }
        self._actions = {**own, **actions}

    def perform(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Run the role with these variables of the host; return all facts in the end.

        :raises TaskFailed: as the play would fail.
        """
        lazy = {name: Lazy(raw) for path in ("defaults/main.yml", "vars/main.yml") for name, raw in read_role(ROLE / path).items()}
        facts = dict(variables)
        self._facts = facts
        self._run_file(TASKS / "main.yml", Scope(facts, lazy))
        return facts

    @property
    def facts(self) -> dict[str, Any]:
        """What the last run has registered, also when it failed."""
        return self._facts

    def _run_file(self, path: Path, scope: Scope) -> None:
        inside = scope.within({})
        inside.folder = path.parent
        for task in read_role(path):
            self._run_task(task, inside)

    def _run_task(self, task: dict[str, Any], outer: Scope) -> None:
        scope = outer.within(task)
        if "loop" in task:
            self._run_loop(task, scope)
        elif not scope.holds(task.get("when", True)):
            self._register(task, scope, {"skipped": True})
        elif "block" in task:
            self._run_block(task, scope)
        else:
            self._register(task, scope, self._run_action(task, scope))

    def _run_loop(self, task: dict[str, Any], scope: Scope) -> None:
        control = task["loop_control"]
        answers = []
        for number, item in enumerate(scope.fill(task["loop"])):
            # A condition would be asked for each item; the role has none together with a loop.
            assert "when" not in task
            inside = scope.within({})
            inside.lazy = {**scope.lazy, control["loop_var"]: item, control.get("index_var", "ansible_loop"): number}
            answers.append(self._run_action(task, inside))
        self._register(task, scope, {"results": answers, "failed": any(answer.get("failed") for answer in answers)})

    def _run_block(self, task: dict[str, Any], scope: Scope) -> None:
        try:
            for inner in task["block"]:
                self._run_task(inner, scope)
        except TaskFailed as exc:
            if "rescue" not in task:
                raise
            scope.facts["ansible_failed_result"] = exc.answer
            for inner in task["rescue"]:
                self._run_task(inner, scope)

    def _run_action(self, task: dict[str, Any], scope: Scope) -> Answer:
        (name,) = set(task) - KEYWORDS
        if name in INCLUDES:
            named = scope.fill(task[name])
            beside = (scope.folder / named).resolve()
            self._run_file(beside if beside.exists() else TASKS / named, scope)
            return {}
        module = name.rpartition(".")[2]
        group = "group/abbyy.vantage.vantage" if module.startswith("vantage_") and module != "vantage_secret_file" else name
        # An assertion's conditions are no templates.
        args = task[name] if name == "ansible.builtin.assert" else {**scope.defaults.get(group, {}), **scope.fill(task[name])}
        answer = self._actions[name](args, scope)
        return {**answer, "failed": False} if task.get("failed_when") is False else answer

    def _register(self, task: dict[str, Any], scope: Scope, answer: Answer) -> None:
        if "register" in task:
            scope.facts[task["register"]] = answer
        # A store says entry by entry what has failed; of a whole task, it is a plain truth.
        if answer.get("failed") is True:
            raise TaskFailed(answer)

    def _set_fact(self, args: dict[str, Any], scope: Scope) -> Answer:
        scope.facts.update(args)
        return {}

    def _assert(self, args: dict[str, Any], scope: Scope) -> Answer:
        return {} if scope.holds(args["that"]) else {"failed": True, "msg": scope.fill(args["fail_msg"])}
