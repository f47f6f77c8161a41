# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Keep the answers that hold a secret out of every log."""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import Any

from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.release import __version__
from ansible.utils.display import Display

from ansible_collections.abbyy.vantage.plugins.plugin_utils._local_module import Task, run_module

SECRET_KEYS = frozenset({"value", "access_token", "refresh_token", "code_verifier", "auth_refresh_token"})
ALWAYS_SECRET = ("vantage_client_secret", "vantage_token", "vantage_authorization_url")
# Before 2.19, ansible-core hides the warnings of an answer that is not to be logged, too.
HIDES_WARNINGS = tuple(int(part) for part in __version__.split(".")[:2]) < (2, 19)
display = Display()


class NoLogAction(NormalAction):
    """Run the module of the task's own name, and mark its answer as not to be logged when a secret is in it.

    :cvar module: the module, to be run in this process where that is the same.
    """

    module: ModuleType

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the module's answer."""
        name = self._task.action.rsplit(".", 1)[-1]
        if self._task.async_val and (name in ALWAYS_SECRET or self._spends_refresh_token()):
            # The answer would lie in a file of the job, and async_status would show it.
            return {
                "failed": True,
                "msg": f"{name} does not run with async, since its answer may hold a secret that async_status would show; "
                "use the option concurrency for speed, and remove async.",
            }
        answer = self._run_here() if self._is_same_python(task_vars or {}) else self._run_there(tmp, task_vars)
        if self._is_long():
            answer.pop("invocation", None)
        answer = protect(name, answer)
        if answer.get("_ansible_no_log"):
            # Of a loop's summary, ansible-core before 2.19 hides only what its task, not its results, marks.
            self._task.no_log = True
        return answer

    def _run_here(self) -> dict[str, Any]:
        task = Task(self._task.action, self._task.args, bool(self._task.check_mode), bool(self._task.diff), echo=not self._is_long())
        display.vvv(f"Running {task.name} in the controller's process, since it is the same Python on the same machine")
        return run_module(self.module.main, task, self._environment())

    def _run_there(self, tmp: str | None, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        answer: dict[str, Any] = super().run(tmp, task_vars)  # type: ignore[no-untyped-call]  # ansible-core annotates it in part only
        return answer

    def _is_same_python(self, task_vars: dict[str, Any]) -> bool:
        """Return whether the module would be started on this machine, as this user, with this Python."""
        if self._task.async_val or self._connection.transport != "local" or self._connection.become:
            return False
        target = self._task.delegate_to
        variables = task_vars.get("ansible_delegated_vars", {}).get(target, {}) if target else task_vars
        interpreter = variables.get("ansible_python_interpreter")
        return bool(interpreter) and self._templar.template(interpreter) == sys.executable

    def _is_long(self) -> bool:
        """Return whether the options, repeated in the answer, would fill the event; they say nothing that the task does not."""
        return any(self._task.args.get(option) for option in ("clients", "secrets"))

    def _environment(self) -> dict[str, Any]:
        """Return the variables that the task sets for its module."""
        of_task: dict[str, Any] = {}
        self._compute_environment_string(of_task)
        return of_task

    def _spends_refresh_token(self) -> bool:
        """Return whether the module gets a refresh token, by its option or as it would find it in the environment."""
        variable = "VANTAGE_AUTH_REFRESH_TOKEN"
        return bool(self._task.args.get("auth_refresh_token") or self._environment().get(variable) or os.environ.get(variable))


def protect(name: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer, marked as not to be logged when a secret is in it; warnings and the message of a failure are shown all the same."""
    if holds_secret(answer):
        answer["_ansible_no_log"] = True
        # Ansible-core 2.19 and 2.20 take results for those of a loop, of which they hide only the marked ones.
        for result in answer.get("results") or []:
            if isinstance(result, dict):
                result["_ansible_no_log"] = True
        show_hidden_warnings([f"{name}: {warning}" for warning in answer.get("warnings") or []])
        if answer.get("failed"):
            display.error(f"{name}: {answer.get('msg')}")
    return answer


def show_hidden_warnings(warnings: list[str]) -> None:
    """Show the warnings of an answer that is not to be logged, unless Ansible does."""
    if HIDES_WARNINGS:
        for warning in warnings:
            display.warning(warning)


def holds_secret(answer: Any) -> bool:
    """Return whether a value, a token or a verifier is anywhere in the answer."""
    if isinstance(answer, dict):
        return any((key in SECRET_KEYS and bool(value)) or holds_secret(value) for key, value in answer.items() if key != "invocation")
    return isinstance(answer, list) and any(holds_secret(entry) for entry in answer)
