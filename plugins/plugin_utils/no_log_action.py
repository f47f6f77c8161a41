# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module of this collection without showing secrets in its arguments or results.

Each module has an action of its name in plugins/action. Ansible imports such a file once, before it starts a process for each task; what
meta/runtime.yml routes elsewhere is imported by each of these processes again, with the module and requests.
"""

from __future__ import annotations

import os
from types import ModuleType
from typing import Any, ClassVar

from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.release import __version__
from ansible.utils.display import Display

from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import NEXT_REFRESH_TOKEN, connection_spec
from ansible_collections.abbyy.vantage.plugins.plugin_utils.job_user import OPTION, VARIABLE, job_user
from ansible_collections.abbyy.vantage.plugins.plugin_utils.masking import TaskArguments, holds_secret, masked_args
from ansible_collections.abbyy.vantage.plugins.plugin_utils.whole_numbers import unreadable_number

# Before 2.19, ansible-core also hides the warnings of a result with no_log.
HIDES_WARNINGS = tuple(int(part) for part in __version__.split(".")[:2]) < (2, 19)
display = Display()


class NoLogAction(NormalAction):
    """Marks results with a secret, and masks the arguments that ansible-core prints and passes to callbacks, whatever `no_log` says.

    :ivar module: the module that it runs; each action names its own.
    """

    module: ModuleType
    _arguments: ClassVar = TaskArguments()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the module's result."""
        name = self._task.action.rpartition(".")[2]
        spec = {**connection_spec(), **self.module.argument_spec()}
        with self._arguments.of(self._task, lambda args: masked_args(args, spec)) as args:
            refusal = self._refusal(name, args) or unreadable_number(args, spec)
            if refusal:
                return {"failed": True, "msg": refusal}
            # A copy, since ansible-core modifies them.
            self._task.args = {**args, **self._audit_user(args, task_vars or {})}
            result = self.run_module(tmp, task_vars)
        if "invocation" in result:
            # ansible-core repeats a misspelt auth_client_secret, and long lists, in the event.
            result["invocation"] = {"module_args": masked_args(result["invocation"].get("module_args") or {}, spec)}
        marked = mark_secrets(name, result, secret_results(self.module))
        if marked.get("_ansible_no_log"):
            # In the summary of a loop, ansible-core before 2.19 hides only what the task itself marks.
            self._task.no_log = True
        return marked

    def run_module(self, tmp: str | None, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Return the module's unchanged result."""
        result: dict[str, Any] = super().run(tmp, task_vars)  # type: ignore[no-untyped-call]  # ansible-core annotates it in part only
        return result

    def _refusal(self, name: str, args: dict[str, Any]) -> str:
        """Return why the task must not run; empty if it may."""
        if not self._task.async_val or not (getattr(self.module, "SECRET_RESULTS", ()) or self._spends_refresh_token(args)):
            return ""
        # The result would be written to a job file, and async_status would show it.
        return (
            f"{name} does not run with async, since its result may contain a secret that async_status would show; "
            "use the option concurrency for speed, and remove async."
        )

    def _audit_user(self, args: dict[str, Any], variables: dict[str, Any]) -> dict[str, str]:
        """Return the user of the job, known only to the controller, as an option, unless the task or the environment sets one."""
        user = job_user(variables)
        return {OPTION: user} if user and not args.get(OPTION) and not self._is_set(VARIABLE) else {}

    def _spends_refresh_token(self, args: dict[str, Any]) -> bool:
        """Return whether the module gets a refresh token, from its option or from its environment."""
        return bool(args.get("auth_refresh_token")) or self._is_set("VANTAGE_AUTH_REFRESH_TOKEN")

    def _is_set(self, variable: str) -> bool:
        """Return whether the module finds a variable in its environment."""
        of_task: dict[str, str] = {}
        self._compute_environment_string(of_task)
        return bool(of_task.get(variable) or os.environ.get(variable))


def secret_results(module: ModuleType) -> set[str]:
    """Return the names of the return values that hold a secret."""
    return {NEXT_REFRESH_TOKEN, *getattr(module, "SECRET_RESULTS", ())}


def mark_secrets(name: str, result: dict[str, Any], secrets: set[str]) -> dict[str, Any]:
    """Return the result, marked with no_log when it contains a secret; warnings and failure messages are still shown."""
    if holds_secret(result, secrets):
        result["_ansible_no_log"] = True
        # ansible-core 2.19 and 2.20 treat ``results`` as a loop, and hide only marked entries.
        for entry in result.get("results") or []:
            if isinstance(entry, dict):
                entry["_ansible_no_log"] = True
        show_hidden_warnings([f"{name}: {warning}" for warning in result.get("warnings") or []])
        if result.get("failed"):
            display.error(f"{name}: {result.get('msg')}")
    return result


def show_hidden_warnings(warnings: list[str]) -> None:
    """Show the warnings of a result with no_log, unless Ansible does."""
    if HIDES_WARNINGS:
        for warning in warnings:
            display.warning(warning)
