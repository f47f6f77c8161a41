# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Run a module: the only place that knows AnsibleModule, check mode, and how a task ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.session import MOST_CONNECTIONS
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import NEXT_REFRESH_TOKEN, connection_spec, login_spec
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import Outcome, run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.reconciler import Planned, Reconciler
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.connect import connect

Work = Callable[[Api], dict[str, Any]]
Login = Callable[[dict[str, Any], list[str]], dict[str, Any]]
FAILURES_NAMED = 20


def run_reconciler(argument_spec: dict[str, Any], new_reconciler: Callable[[dict[str, Any]], Reconciler], **constraints: Any) -> None:
    """Run a module that reconciles, and end with its answer."""
    module = _module(argument_spec, constraints)

    def work(warnings: list[str]) -> Work:
        reconciler = new_reconciler(module.params)

        def perform(api: Api) -> dict[str, Any]:
            planned = reconciler.prepare(api)
            if module.check_mode:
                outcomes = [Outcome(error=one.error) if one.error else Outcome(reconciler.predict(one)) for one in planned]
            else:
                outcomes = run_each(planned, lambda one: _carry_out(reconciler, api, one), reconciler.concurrency)
            warnings.extend(reconciler.warnings)
            answer = _answer(reconciler, planned, outcomes)
            if module._diff:
                answer["diff"] = _diffs(planned)
            return answer

        return perform

    _run(module, work)


def run_query(argument_spec: dict[str, Any], query: Callable[[Api, dict[str, Any]], dict[str, Any]], **constraints: Any) -> None:
    """Run a module that only reads, and end with its answer."""
    module = _module(argument_spec, constraints)
    _run(module, lambda warnings: lambda api: {"changed": False, **query(api, module.params), "server_time": timestamp_from_moment(api.http.now())})


def run_login(argument_spec: dict[str, Any], login: Login, *, predict: Login | None = None) -> None:
    """Run a module that logs in, or prepares it, and does nothing else; end with its answer.

    :param login: given the parameters and a list to add warnings to.
    :param predict: takes its place in check mode.
    """
    module = AnsibleModule(argument_spec={**login_spec(), **argument_spec}, supports_check_mode=True)
    warnings: list[str] = []
    try:
        work = predict if predict and module.check_mode else login
        answer = {"changed": False, **work(module.params, warnings)}
    except VantageError as exc:
        answer = _failure(exc)
    _end(module, answer, warnings)


def _module(argument_spec: dict[str, Any], constraints: dict[str, Any]) -> AnsibleModule:
    return AnsibleModule(argument_spec={**connection_spec(), **argument_spec}, supports_check_mode=True, **constraints)


def _run(module: AnsibleModule, new_work: Callable[[list[str]], Work]) -> None:
    warnings: list[str] = []
    answer: dict[str, Any] = {}
    api: Api | None = None
    try:
        _check_concurrency(module.params)
        work = new_work(warnings)
        api = connect(module.params)
        answer = work(api)
    except VantageError as exc:
        answer = _failure(exc)
    # A refresh token is good once: its successor must reach the caller, however the task ends.
    if api is not None and api.tokens.refresh_token and api.tokens.refresh_token != module.params["auth_refresh_token"]:
        answer[NEXT_REFRESH_TOKEN] = api.tokens.refresh_token
    _end(module, answer, warnings)


def _failure(exc: VantageError) -> dict[str, Any]:
    return {"failed": True, "msg": exc.message, "error": exc.as_details(), "changed": exc.changed}


def _end(module: AnsibleModule, answer: dict[str, Any], warnings: list[str]) -> None:
    for warning in warnings:
        module.warn(warning)
    # Outside of any except clause: ansible-core would add the causes, with whatever their texts hold, to the answer.
    if answer.pop("failed", False):
        module.fail_json(**answer)
    module.exit_json(**answer)


def _carry_out(reconciler: Reconciler, api: Api, planned: Planned) -> dict[str, Any]:
    if planned.error:
        raise planned.error
    return reconciler.carry_out(api, planned)


def _answer(reconciler: Reconciler, planned: list[Planned], outcomes: list[Outcome]) -> dict[str, Any]:
    failures = [(one, outcome.error) for one, outcome in zip(planned, outcomes) if outcome.error]
    if reconciler.single and failures:
        raise failures[0][1]
    results = [outcome.value if outcome.error is None else _failed_result(one, outcome.error) for one, outcome in zip(planned, outcomes)]
    answer: dict[str, Any] = {"changed": any(result["changed"] for result in results), **reconciler.answer(results)}
    if reconciler.single:
        answer["action"] = results[0]["action"]
        return answer
    answer["results"] = results
    answer["summary"] = {action: sum(result["action"] == action for result in results) for action in reconciler.actions}
    if failures:
        named = "; ".join(f"{one.name}: {error.message}" for one, error in failures[:FAILURES_NAMED])
        more = f"; and {len(failures) - FAILURES_NAMED} more" if len(failures) > FAILURES_NAMED else ""
        plural = "" if len(results) == 1 else "s"
        answer.update(failed=True, msg=f"{len(failures)} of {len(results)} {reconciler.noun}{plural} failed. {named}{more}")
    return answer


def _failed_result(planned: Planned, error: VantageError) -> dict[str, Any]:
    identity = {key: getattr(planned.item, key) for key in ("client_id", "description") if hasattr(planned.item, key)}
    return {**identity, "action": "failed", "changed": error.changed, "msg": error.message, "error": error.as_details()}


def _diffs(planned: list[Planned]) -> list[dict[str, Any]]:
    return [
        {"before_header": one.name, "after_header": one.name, "before": one.plan.before, "after": one.plan.after}
        for one in planned
        if one.plan is not None and one.plan.changed
    ]


def _check_concurrency(params: dict[str, Any]) -> None:
    concurrency = params.get("concurrency")
    if concurrency is not None and not 1 <= concurrency <= MOST_CONNECTIONS:
        raise ConfigError(f"concurrency is {concurrency}; give 1 to {MOST_CONNECTIONS}.")
