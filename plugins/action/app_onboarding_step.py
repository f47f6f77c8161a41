# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take one step of the role app_onboarding.

The facts of thousands of apps are taken from the variables as they were registered, and what only later steps want to know of a module is
kept from Ansible's hands: every template and every result that they went through would cost seconds.
"""

from __future__ import annotations

import os
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.abbyy.vantage.plugins.action import vantage_client, vantage_client_secret
from ansible_collections.abbyy.vantage.plugins.module_utils.durations import DURATION_FORMS, seconds_from_duration
from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_steps import BATCH_STEPS, RUN_STEPS, Run, StepError, take_step
from ansible_collections.abbyy.vantage.plugins.plugin_utils._packed import packed
from ansible_collections.abbyy.vantage.plugins.plugin_utils._protected_action import NoLogAction, show_hidden_warnings
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import complete_apps, crowded_secrets
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared, read_source

SETTINGS: dict[str, dict[str, Any]] = {
    "tenant_id": {"type": "str", "default": ""},
    "batch_size": {"type": "int", "default": 100},
    "keeps": {"type": "bool", "default": True},
    "blind": {"type": "bool", "default": False},
    "concurrency": {"type": "int", "default": 8},
    "prune": {"type": "bool", "default": False},
    "prune_protect": {"type": "list", "elements": "str", "default": []},
    "prune_limit": {"type": "int", "default": 10},
    "fail_on_drift": {"type": "bool", "default": False},
    "expiring_within": {"type": "str", "default": ""},
}
SPEC: dict[str, dict[str, Any]] = {
    "step": {"type": "str", "required": True, "choices": ["load", *RUN_STEPS, *BATCH_STEPS]},
    "apps": {"type": "list", "elements": "raw", "default": []},
    "source": {"type": "path"},
    "defaults": {"type": "dict", "default": {}},
    "secret_defaults": {"type": "dict", "default": {}, "no_log": False},
    "settings": {"type": "dict", "default": {}, "options": SETTINGS},
    "connection": {"type": "dict", "default": {}, "no_log": False},
    "number": {"type": "int", "default": 0},
}
MODULES: dict[str, type[NoLogAction]] = {
    "vantage_client": vantage_client.ActionModule,
    "vantage_client_secret": vantage_client_secret.ActionModule,
}
PROBLEMS_NAMED = 50
WARNINGS_NAMED = 5
MOST_IN_BATCH = 1000


class ActionModule(ActionBase):
    """Answer with what the next tasks need; it is long and may hold values, so it is never shown."""

    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the step's answer."""
        super().run(tmp, task_vars)  # refuses async
        _validated, params = self.validate_argument_spec(SPEC)  # type: ignore[no-untyped-call]  # ansible-core annotates in part only
        check = bool(self._task.check_mode)
        variables = task_vars or {}
        if params["step"] == "load":
            return self._load({**params, "check": check, "host": variables["inventory_hostname"]})
        warnings: list[str] = []

        def call(name: str, options: dict[str, Any], check_mode: bool) -> dict[str, Any]:
            answer = self._call(name, options, check_mode, variables)
            warnings.extend(answer.pop("warnings", []))
            return answer

        try:
            answer = take_step(params["step"], Run(variables, params["number"], check, bool(self._task.diff), call))
        except StepError as exc:
            return {"failed": True, "changed": False, "msg": str(exc), "warnings": warnings}
        # What was made has a value; what would be made has none, and its difference is to be seen, though nothing else of it.
        hidden = {"_ansible_verbose_override": True} if check and "diff" in answer else {"_ansible_no_log": True}
        show_hidden_warnings(warnings)
        return {"changed": False, **answer, **hidden, "warnings": warnings}

    def _call(self, name: str, options: dict[str, Any], check_mode: bool, variables: dict[str, Any]) -> dict[str, Any]:
        """Return the answer of a module that runs as a task of its own would, over the connection of the step load."""
        loaded = variables["__app_onboarding_loaded"]
        task = self._task.copy()
        task.action = f"abbyy.vantage.{name}"
        task.args = {**loaded["connection"], "concurrency": loaded["settings"]["concurrency"], **options}
        task.check_mode = check_mode
        action = MODULES[name](task, self._connection, self._play_context, self._loader, self._templar, self._shared_loader_obj)
        return action.run(task_vars=variables)

    def _load(self, params: dict[str, Any]) -> dict[str, Any]:
        declared = [Declared(app, f"app_onboarding_apps, app {number}") for number, app in enumerate(params["apps"], start=1)]
        read: list[Declared] = []
        problems: list[str] = []
        if params["source"]:
            read, problems = read_source(self._path_of(params["source"]))
        apps, wrong = complete_apps([*declared, *read], params["defaults"], params["secret_defaults"])
        problems += [*wrong, *problems_of_settings(params["settings"], len(apps), params["host"])]
        if problems:
            return {"failed": True, "changed": False, "msg": message_of(problems)}
        kept = {name: params[name] for name in ("settings", "connection", "check")}
        known = {"count": len(apps), "first": apps[0]["client_id"] if apps else "", "leaving": any(app["state"] == "absent" for app in apps)}
        warnings = warnings_of(apps)
        show_hidden_warnings(warnings)
        return {"changed": False, "apps": packed(apps), **known, **kept, "_ansible_no_log": True, "warnings": warnings}

    def _path_of(self, source: str) -> str:
        """Return a relative path as one below the folder where Ansible was started, or else beside the playbook.

        A playbook of a collection has the collection beside it, so what a user means is rather the former; in AWX, it is the project.
        """
        started = os.path.abspath(source)
        return started if os.path.exists(started) else str(self._loader.path_dwim(source))


def problems_of_settings(settings: dict[str, Any], apps: int, host: str) -> list[str]:
    """Return what is wrong with how the run is to go, whatever the apps.

    :param settings: empty where nothing is to be run.
    :param apps: how many there are.
    :param host: that they are of, which is a tenant.
    """
    problems = []
    size = settings.get("batch_size", 1)
    if not 1 <= size <= MOST_IN_BATCH:
        problems.append(f"app_onboarding_batch_size is {size}; give 1 to {MOST_IN_BATCH}, so that the log of a batch stays readable.")
    if settings.get("prune") and not apps:
        problems.append(
            f"app_onboarding_prune is on, but {host} has no apps, so all of the tenant's clients would be deleted; "
            "set app_onboarding_apps or app_onboarding_source, or switch app_onboarding_prune off."
        )
    expiring_within = settings.get("expiring_within", "")
    try:
        if expiring_within:
            seconds_from_duration(expiring_within)
    except ValueError:
        problems.append(f"app_onboarding_fail_if_expiring_within {expiring_within!r} is not a duration; write {DURATION_FORMS}.")
    return problems


def warnings_of(apps: list[dict[str, Any]]) -> list[str]:
    """Return what is allowed, and most likely not meant."""
    crowded = crowded_secrets(apps)
    if not crowded:
        return []
    named = ", ".join(crowded[:WARNINGS_NAMED]) + (f" and {len(crowded) - WARNINGS_NAMED} more" if len(crowded) > WARNINGS_NAMED else "")
    said = (
        f"With a run every night, there can be three generations at a time of {named}: a next one is due before overlap lets the last but one go; "
        "lower renew_before or overlap, or raise lifetime."
    )
    return [said]


def message_of(problems: list[str]) -> str:
    """Return all of them in one message."""
    if len(problems) == 1:
        return f"Nothing was written. {problems[0]}"
    named = " ".join(f"({number}) {problem}" for number, problem in enumerate(problems[:PROBLEMS_NAMED], start=1))
    more = f" And {len(problems) - PROBLEMS_NAMED} more." if len(problems) > PROBLEMS_NAMED else ""
    return f"Nothing was written: the apps have {len(problems)} problems. {named}{more}"
