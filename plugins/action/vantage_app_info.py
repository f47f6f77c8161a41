# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say which apps are declared and what a store holds. Its documentation is that of the module of its name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase

from ansible_collections.abbyy.vantage.plugins.action.vantage_app import environment, failed, path_of_source, refused_async, warn
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.masking import TaskArguments, masked_args
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.declared import read_apps, read_entries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.options import checked_info_spec, info_spec, unknown_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import context_from_variables, masked_option, store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.whole_numbers import unreadable_number


class ActionModule(ActionBase):
    """Read on the controller, without asking the tenant."""

    TRANSFERS_FILES = False
    _arguments: ClassVar = TaskArguments()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what was read."""
        with self._arguments.of(self._task, masked_arguments) as args:
            if self._task.async_val:
                return refused_async("vantage_app_info")
            super().run(tmp, task_vars)
            variables: dict[str, str] = {}
            self._compute_environment_string(variables)
            try:
                with environment(variables):
                    return self._read(plain(args), task_vars or {})
            except VantageError as exc:
                return failed(exc)

    def _read(self, args: dict[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        unknown = unknown_option("vantage_app_info", args, info_spec()) or unreadable_number(args, checked_info_spec())
        if unknown:
            raise ConfigError(unknown)
        checked = ArgumentSpecValidator(checked_info_spec()).validate(args)
        if checked.error_messages:
            raise ConfigError(" ".join(str(message).rstrip(".") + "." for message in checked.error_messages))
        params = checked.validated_parameters
        result: dict[str, Any] = {"changed": False, "apps": read_apps(params, lambda source: path_of_source(source, self._loader))}
        if params["store"] is not None:
            store = store_from_option(params["store"], context_from_variables(variables, params["concurrency"], self._loader._vault, warn))
            # A file that is not there is no store, rather than one that holds nothing.
            if store.remembers and (store.kind != "file" or os.path.exists(store.place)):
                result["entries"] = read_entries(store)
        return result


def masked_arguments(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments as they may be shown."""
    masked = masked_args(args, info_spec())
    if "store" in args:
        masked["store"] = masked_option(args["store"])
    return masked
