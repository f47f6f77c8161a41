# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Run a module: the only place that knows AnsibleModule, check mode, and how a task ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError, shown
from ansible_collections.abbyy.vantage.plugins.module_utils.http.session import MOST_CONNECTIONS
from ansible_collections.abbyy.vantage.plugins.module_utils.login.connection import warnings_of_tenant
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import NEXT_REFRESH_TOKEN, connection_spec, login_spec
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.reconciler import ModuleAnswer, Reconciler, reconcile
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.connect import connect

Params = dict[str, Any]
Spec = dict[str, Any]
Work = Callable[[Api], ModuleAnswer]
Login = Callable[[Params, list[str]], Mapping[str, object]]


def run_reconciler(argument_spec: Spec, new_reconciler: Callable[[Params], Reconciler[Any, Any, Any, Any]], **constraints: Any) -> None:
    """Run a module that reconciles, and exit with its result."""
    module = _module(argument_spec, constraints)

    def work(warnings: list[str]) -> Work:
        reconciler = new_reconciler(module.params)

        def perform(api: Api) -> ModuleAnswer:
            try:
                api.check_audit()
                return reconcile(reconciler, api, check=module.check_mode, diff=module._diff)
            finally:
                warnings.extend(reconciler.warnings)

        return perform

    _run(module, work)


def run_query(argument_spec: Spec, query: Callable[[Api, Params], Mapping[str, object]], **constraints: Any) -> None:
    """Run a module that only reads, and exit with its result."""
    module = _module(argument_spec, constraints)
    _run(module, lambda warnings: lambda api: {"changed": False, **query(api, module.params), **_clock(api)})


def run_login(argument_spec: Spec, login: Login, *, predict: Login | None = None) -> None:
    """Run a module that only logs in, or prepares a login, and exit with its result.

    :param login: receives the parameters and a list for warnings.
    :param predict: replaces it in check mode.
    """
    module = AnsibleModule(argument_spec={**login_spec(), **argument_spec}, supports_check_mode=True)
    warnings = warnings_of_tenant(module.params)
    try:
        work = predict if predict and module.check_mode else login
        answer = {"changed": False, **work(module.params, warnings)}
    except VantageError as exc:
        answer = _failure(exc)
    _end(module, answer, warnings)


def _module(argument_spec: Spec, constraints: dict[str, Any]) -> AnsibleModule:
    return AnsibleModule(argument_spec={**connection_spec(), **argument_spec}, supports_check_mode=True, **constraints)


def _run(module: AnsibleModule, new_work: Callable[[list[str]], Work]) -> None:
    warnings = warnings_of_tenant(module.params)
    answer: ModuleAnswer = {}
    api: Api | None = None
    try:
        _check_concurrency(module.params)
        work = new_work(warnings)
        api = connect(module.params)
        answer = work(api)
    except VantageError as exc:
        answer = _failure(exc)
    # A refresh token works once: its successor must reach the caller, however the task ends.
    if api is not None and api.tokens.refresh_token and api.tokens.refresh_token != module.params["auth_refresh_token"]:
        answer[NEXT_REFRESH_TOKEN] = api.tokens.refresh_token
    if api is not None and api.habits.notes:
        answer["notes"] = [*answer.get("notes", ()), *api.habits.notes]
    _end(module, answer, [*warnings, *([*api.warnings, *api.habits.warnings] if api is not None else ())])


def _clock(api: Api) -> ModuleAnswer:
    offset = api.http.clock_offset()
    return {"server_time": timestamp_from_moment(api.http.now()), "clock_difference": None if offset is None else round(offset.total_seconds())}


def _failure(exc: VantageError) -> ModuleAnswer:
    return {"failed": True, "msg": exc.message, "error": exc.as_details(), "changed": exc.changed}


def _end(module: AnsibleModule, answer: ModuleAnswer, warnings: list[str]) -> None:
    for warning in warnings:
        module.warn(shown(warning))
    # Outside any except clause: ansible-core would add the causes and their texts to the result.
    if answer.pop("failed", False):
        module.fail_json(**answer)
    module.exit_json(**answer)


def _check_concurrency(params: Params) -> None:
    concurrency = params.get("concurrency")
    if concurrency is not None and not 1 <= concurrency <= MOST_CONNECTIONS:
        raise ConfigError(f"concurrency is {concurrency}; give 1 to {MOST_CONNECTIONS}.")
