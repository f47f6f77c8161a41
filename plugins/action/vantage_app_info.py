# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report the declared apps, the contents of a store, and the entries of an audit log. Its documentation is that of the module of its name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.abbyy.vantage.plugins.action.vantage_app import (
    environment,
    failed,
    masked_arguments,
    names_for,
    params_of,
    path_of_source,
    refused_async,
    task_environment,
    warn,
)
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import ProblemsError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.validation import checked_tenant, report_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.last_changes import last_changes
from ansible_collections.abbyy.vantage.plugins.plugin_utils.masking import TaskArguments
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.declared import Declaration, read_declaration, read_entries, shown_app
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.options import checked_info_spec, info_spec
from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import context_from_variables, store_from_option

display = Display()


class ActionModule(ActionBase):
    """Read on the controller, without contacting the tenant."""

    TRANSFERS_FILES = False
    _arguments: ClassVar = TaskArguments()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result."""
        with self._arguments.of(self._task, lambda args: masked_arguments(args, info_spec())) as args:
            if self._task.async_val:
                return refused_async("vantage_app_info")
            super().run(tmp, task_vars)
            try:
                with environment(task_environment(self)):
                    return self._read(plain(args), task_vars or {})
            except VantageError as exc:
                return failed(exc)

    def _read(self, args: dict[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        params = params_of("vantage_app_info", args, info_spec(), checked_info_spec())
        declaration = read_declaration(params, lambda source: path_of_source(source, self._loader), names_for(variables))
        result = declared_result(params, declaration, variables)
        if params["store"] is not None:
            store = store_from_option(params["store"], context_from_variables(variables, params["concurrency"], self._loader._vault, warn))
            # A missing file means that there is no store, not an empty one.
            if store.kind != "file" or os.path.exists(store.place):
                entries = read_entries(store)
                result.update({} if entries is None else {"entries": entries})
        if params["audit_log"]:
            if not params["tenant_id"]:
                raise ConfigError("audit_log needs tenant_id, since several tenants may share the file; set it.")
            result["changes"] = last_changes(params["audit_log"], params["tenant_id"])
        return result


def declared_result(params: Mapping[str, Any], declaration: Declaration, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declared apps and their mistakes, and show the mistakes if wanted.

    :raises ConfigError: for a mistake, unless mistakes are returned.
    """
    host = str(variables.get("inventory_hostname", "localhost"))
    tenant = checked_tenant(host, len(declaration.apps), declaration.problems, os.getcwd())
    for form in params["show_problems"]:
        text = report_of([tenant], form).rstrip("\n")
        if text:
            display.display(text)
    if declaration.mistakes and params["fail_on_problems"]:
        raise ProblemsError(declaration.mistakes)
    counts = {key: value for key, value in tenant.items() if key in ("errors", "warnings")}
    return {"changed": False, "apps": [shown_app(app) for app in declaration.apps], "problems": tenant["problems"], "problem_counts": counts}
