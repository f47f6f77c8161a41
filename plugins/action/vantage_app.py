# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboard the apps of one tenant: the link between the engine and Ansible. Its documentation is that of the module of its name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import asdict
from typing import Any, ClassVar

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError, shown
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.connect import connect
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import OWN_NAMES, OptionNames
from ansible_collections.abbyy.vantage.plugins.plugin_utils.job_user import job_user
from ansible_collections.abbyy.vantage.plugins.plugin_utils.masking import TaskArguments, masked_args
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import Console
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.options import (
    Request,
    checked_spec,
    documented_spec,
    request_from_params,
    unknown_option,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Outcome
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan_file import PlanFiles, plan_document, plan_paths
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.result import Result, result_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.run import onboard
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.stop import Stop, Work
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.variables import known_variables, unknown_variables
from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import context_from_variables, masked_option, store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.none import NoneStore
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Spec, Store
from ansible_collections.abbyy.vantage.plugins.plugin_utils.whole_numbers import unreadable_number

display = Display()
Variables = Mapping[str, Any]
ROLE = "abbyy.vantage.app_onboarding"
AFTER_CHANGE = "app_onboarding_after_change"
STOPPED = "The run was stopped. What the tenant had made already was delivered or rolled back as far as there was time; run again to finish."


class ActionModule(ActionBase):
    """Run the engine in the controller's process, so that no value becomes an argument, a variable or a registered result."""

    TRANSFERS_FILES = False
    _arguments: ClassVar = TaskArguments()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the run; show progress and the table during it."""
        with self._arguments.of(self._task, masked_arguments) as args:
            if self._task.async_val:
                return refused_async("vantage_app")
            super().run(tmp, task_vars)
            variables = task_vars or {}
            try:
                with environment(task_environment(self)):
                    result = self._result(plain(args), variables)
            except ConfigError as exc:
                result = failed(not_begun(exc))
            if is_in_role(variables) and "summary" not in result and args.get("show") != "none":
                # The role fails only at its end: until then, Ansible reports success.
                display.display(f"{host_of(variables)}: the run could not start; the reason is below.")
            return result

    def _result(self, args: dict[str, Any], variables: Variables) -> dict[str, Any]:
        params = checked_params(args)
        params["audit_user"] = params["audit_user"] or job_user(variables)
        host, name = host_of(variables), names_for(variables)
        self._plan = PlanFiles(host, plan_paths(params["plan_file"]), name("plan_file"))
        self._plan.claim()
        try:
            request = request_from_params(params, host, self._path_of, name)
            context = context_from_variables(variables, params["concurrency"], self._loader._vault, warn)
            store = store_from_option(params["store"], context)
            source = store_from_option(params["from_store"], context) if params["from_store"] else None
            unknown = unknown_of_role(variables, params)
            if is_in_role(variables):
                self._demand_task_file(variables)
        except ConfigError as exc:
            self._plan.write_failure(exc.message)
            raise
        for warning in [*request.warnings, *unknown]:
            warn(warning)
        return self._perform(params, request, store, source, host)

    def _perform(self, params: dict[str, Any], request: Request, store: Store, source: Store | None, host: str) -> dict[str, Any]:
        stop = Stop()
        console = Console(
            say=if_read(stop, lambda line: None if request.show == "none" else display.display(shown(f"{host}: {line}"))),
            warn=if_read(stop, in_context(warn)),
            go_on=stop.go_on,
        )

        def perform() -> Outcome:
            api = connect(params, sleep=stop.sleep)
            return onboard(api, store, request.apps, request.settings, console, check=bool(self._task.check_mode), source=source)

        work = Work(perform, stop)
        waited = False
        try:
            work.wait()
            waited = True
        finally:
            if stop.is_orphaned():
                # Nothing reads this process's output any more: the pipe to the dead parent would fill up and block forever.
                os._exit(1)
            # After Ctrl-C nothing reads it either, so even a loop must not continue: usually the process ends here.
            stop.pass_on()
            if not waited:
                # ansible-core itself reports the time-out.
                self._show_end(work, request, host)
        if not work.is_done:
            return {"failed": True, "changed": True, "msg": STOPPED, "failure": STOPPED}
        try:
            outcome = work.result()
        except VantageError as exc:
            not_begun(exc)
            self._plan.write_failure(exc.message)
            return failed(exc)
        return self._shown(outcome, request, store, host)

    def _show_end(self, work: Work[Outcome], request: Request, host: str) -> None:
        """Show what an interrupted run has done, since its result is lost."""
        if not work.is_done:
            display.display(f"{host}: {STOPPED}")
            return
        try:
            show_result(host, result_of(work.result(), request, diff=False), request.show, check=bool(self._task.check_mode))
        except VantageError as exc:
            display.display(f"{host}: {exc.message}")

    def _shown(self, outcome: Outcome, request: Request, store: Store, host: str) -> dict[str, Any]:
        result = result_of(outcome, request, diff=bool(self._task.diff))
        for note in outcome.notes():
            warn(note)
        show_result(host, result, request.show, check=outcome.check)
        returned = result.returned
        try:
            self._plan.write(plan_document(host, outcome, returned))
        except VantageError as exc:
            failure = f"{returned['failure']} {exc.message}".strip()
            returned.update(failed=True, msg=failure, failure=failure)
        if isinstance(store, NoneStore) and not outcome.check:
            secrets = {name: asdict(entry) for name, entry in store.delivered.items()}
            # Not as a fact: a fact cache would write it to disk.
            returned.update(secrets=secrets, _ansible_no_log=True)
            # In the summary of a loop, ansible-core before 2.19 hides only what the task itself marks.
            self._task.no_log = True
        return returned

    def _demand_task_file(self, variables: Variables) -> None:
        """Raise ConfigError when the role could not tell those who use a changed secret: the next run would not do it either."""
        given = str(plain(self._templar.template(variables.get(AFTER_CHANGE) or "")))
        path = os.path.abspath(os.path.expanduser(given))
        if given and not os.path.isfile(path):
            raise ConfigError(f"Nothing was written. {AFTER_CHANGE} is {given!r}, but there is no file {path}; correct the path, or remove it.")

    def _path_of(self, source: str) -> str:
        return path_of_source(source, self._loader)


def names_for(variables: Variables) -> OptionNames:
    """Return the names of the options for messages: in the role, its variables."""
    return OptionNames("app_onboarding_") if variables.get("ansible_role_name") == ROLE else OWN_NAMES


def path_of_source(source: str, loader: Any) -> str:
    """Return a relative path as one below the folder where Ansible was started, or else beside the playbook.

    Beside a playbook of the collection there is only the collection, so the start folder comes first; in AWX, it is the project.

    :param loader: ansible-core's loader, which knows the folder of the playbook.
    """
    started, beside = os.path.abspath(source), str(loader.path_dwim(source))
    # If neither exists, a message with a path in the collection would not help.
    return beside if os.path.exists(beside) and not os.path.exists(started) else started


def checked_params(args: dict[str, Any]) -> dict[str, Any]:
    """Return all options, with their defaults and the values of the environment.

    :raises ConfigError: with all mistakes.
    """
    try:
        return params_of("vantage_app", args, documented_spec(), checked_spec())
    except ConfigError as exc:
        raise ConfigError(f"Nothing was written. {exc.message}") from exc


def params_of(action: str, args: dict[str, Any], documented: Spec, checked: Spec) -> dict[str, Any]:
    """Return all options of an action, with their defaults.

    :param documented: the whole specification.
    :param checked: the part that Ansible checks; the apps and the store have their own readers.
    :raises ConfigError: with all mistakes.
    """
    problem = unknown_option(action, args, documented) or unreadable_number(args, checked)
    if problem:
        raise ConfigError(problem)
    result = ArgumentSpecValidator(checked).validate(args)
    if result.error_messages:
        raise ConfigError(" ".join(str(message).rstrip(".") + "." for message in result.error_messages))
    params: dict[str, Any] = result.validated_parameters
    return params


def masked_arguments(args: Mapping[str, Any], spec: Spec | None = None) -> dict[str, Any]:
    """Return the arguments for display: lists of apps as their count, secrets as a mask.

    :param spec: of the action; that of vantage_app when None.
    """
    masked = masked_args(args, documented_spec() if spec is None else spec)
    masked.update({name: masked_option(args[name]) for name in ("store", "from_store") if name in args})
    return masked


def warn(text: str) -> None:
    """Show a warning, escaped: names from a tenant or a store can contain anything."""
    display.warning(shown(text))


def show_result(host: str, result: Result, show: str, *, check: bool) -> None:
    """Show the counts and the table of a tenant at once, so that no other host's lines come between.

    :param show: none leaves the output to callbacks that write JSON.
    """
    if show != "none":
        plan = " (check mode, nothing is written)" if check else ""
        display.display("\n".join([f"{host}{plan}: {result.counts}", *(f"  {shown(line)}" for line in result.table)]))


def host_of(variables: Variables) -> str:
    """Return the tenant's name in the inventory."""
    return str(variables.get("inventory_hostname", "localhost"))


def is_in_role(variables: Variables) -> bool:
    """Return whether the task is the one of the role."""
    return bool(variables.get("ansible_role_name") == ROLE)


def unknown_of_role(variables: Variables, params: Mapping[str, Any]) -> list[str]:
    """Return a warning about unknown variables of the host.

    :raises ConfigError: when clients would be deleted although a setting is probably misspelt.
    """
    if not is_in_role(variables):
        return []
    problem = unknown_variables(variables, known_variables())
    if problem and params["prune"] != "false":
        raise ConfigError(f"Nothing was written, since prune is {params['prune']} and a setting may be lost. {problem}")
    return [problem] if problem else []


def refused_async(action: str) -> dict[str, Any]:
    """Return the refusal of an async task: nobody would wait until the run has settled."""
    message = f"Nothing was written. {action} does not run with async; remove async and poll, and use the option concurrency for speed."
    return {"failed": True, "changed": False, "msg": message, "failure": message}


def not_begun(exc: VantageError) -> VantageError:
    """Add "Nothing was written" to an error that ended a run before its first write."""
    if not exc.changed and not exc.message.startswith("Nothing was written"):
        exc.message = f"Nothing was written. {exc.message}"
    return exc


def failed(exc: VantageError) -> dict[str, Any]:
    """Return the result of a run that did not start."""
    return {"failed": True, "changed": exc.changed, "msg": exc.message, "failure": exc.message, "error": exc.as_details()}


def if_read(stop: Stop, show: Callable[[str], Any]) -> Callable[[str], None]:
    """Return a function that shows a text as long as something reads it."""

    def show_if_read(text: str) -> None:
        if stop.is_read():
            show(text)

    return show_if_read


def in_context(show: Callable[[str], Any]) -> Callable[[str], None]:
    """Return a function that shows a text from any thread as if from this one: since 2.19, ansible-core attributes warnings by context."""
    context = copy_context()

    def show_in_context(text: str) -> None:
        # A new copy each time, since a context can be entered by one thread only.
        context.copy().run(show, text)

    return show_in_context


def task_environment(action: ActionBase) -> dict[str, str]:
    """Return the variables that the task sets; the engine runs in this process, so they are set here."""
    variables: dict[str, str] = {}
    action._compute_environment_string(variables)
    return variables


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables, and restore them afterwards."""
    before = dict(os.environ)
    os.environ.update({name: str(value) for name, value in variables.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
