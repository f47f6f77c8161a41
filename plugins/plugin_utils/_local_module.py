# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Run a module in the controller's own process, where it would have been started by the same Python on the same machine anyway.

Starting a process, and in it Ansible's library, requests and this collection, takes longer than most tasks, and a loop pays for it with
each of its items. Nothing else changes: the options are checked by the same validator, and the answer is the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple, NoReturn

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError


class Task(NamedTuple):
    """What the module is to do.

    :param name: of the module, for messages.
    :param args: options, whatever types Ansible gives them.
    :param echo: whether the answer repeats the options, as that of a process does.
    """

    name: str
    args: Mapping[str, Any]
    check_mode: bool
    diff: bool
    echo: bool = True


class EndedError(Exception):
    """The module has ended, with its answer."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


class LocalModule:
    """Take the place of AnsibleModule, of which it has what our modules use.

    :param task: what to do; the rest is as AnsibleModule takes it.
    :raises EndedError: when an option is wrong.
    """

    def __init__(self, task: Task, argument_spec: dict[str, Any], supports_check_mode: bool = True, **constraints: Any) -> None:
        checked = ArgumentSpecValidator(argument_spec, **constraints).validate(json_of(task.args))
        self.params: dict[str, Any] = checked.validated_parameters
        self.check_mode = task.check_mode
        self._diff = task.diff
        self._echo = task.echo
        self._hidden: set[str] = set(checked._no_log_values)
        self._warnings: list[str] = []
        if checked.error_messages:
            unknown = isinstance(checked.errors[0], UnsupportedError)
            self.fail_json(f"Unsupported parameters for ({task.name}) module: {checked.errors.msg}" if unknown else checked.errors.msg)
        if self.check_mode and not supports_check_mode:
            self.exit_json(skipped=True, msg=f"{task.name} does not support check mode.")

    def warn(self, warning: str) -> None:
        """Remember a warning for the answer."""
        self._warnings.append(warning)

    def exit_json(self, **answer: Any) -> NoReturn:
        """End with this answer, without the options that are not to be logged."""
        if self._warnings:
            answer["warnings"] = self._warnings
        if self._echo:
            answer["invocation"] = {"module_args": self.params}
        raise EndedError(without(self._hidden, json_of(answer)))

    def fail_json(self, msg: str, **answer: Any) -> NoReturn:
        """End as failed."""
        self.exit_json(failed=True, msg=msg, **answer)


def run_module(main: Callable[..., None], task: Task, variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer of a module.

    :param main: runs it, with the class of its module object.
    :param variables: environment on top of the process's own, as the task sets it.
    """

    def new_module(**spec: Any) -> LocalModule:
        return LocalModule(task, **spec)

    with environment(variables):
        try:
            main(new_module)
        except EndedError as ended:
            return ended.answer
    raise AssertionError("a module ends with an answer")


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables, and afterwards put all back as they were."""
    before = dict(os.environ)
    os.environ.update({name: str(value) for name, value in variables.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def without(hidden: set[str], answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without these texts; Ansible's own way walks through all of it, so it is only taken when there is something to remove."""
    whole = json.dumps(answer).lower()
    if any(json.dumps(text)[1:-1].lower() in whole for text in hidden):
        answer = remove_values(answer, hidden)
    return answer


def json_of(value: Any) -> Any:
    """Return a value as it would come out of JSON, which is how a process gets and gives it: plain types only, texts decrypted."""
    return json.loads(json.dumps(value, default=text_of))


def text_of(value: Any) -> str:
    """Return what JSON has no type for as a text."""
    return value.isoformat() if isinstance(value, date) else str(value)
