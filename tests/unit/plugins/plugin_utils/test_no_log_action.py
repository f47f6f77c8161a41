# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action of all modules does to its task and to the module's result."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleConnectionFailure
from ansible.playbook.task import Task

from ansible_collections.abbyy.vantage.plugins.plugin_utils.masking import MASK
from ansible_collections.abbyy.vantage.plugins.plugin_utils.no_log_action import NoLogAction, mark_secrets
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import DOCUMENTED_ACTIONS, MODULES, ROOT, read_documentation

NAMES = [path.stem for path in MODULES if path.stem not in DOCUMENTED_ACTIONS]
SECRET = "contoso-automation-secret-0001"
LOGIN_SECRETS = ("auth_token", "auth_password", "auth_refresh_token", "auth_client_secret")


class Scripted(NoLogAction):
    """An action whose module ends in a given way, and which remembers the module's arguments."""

    def __init__(self, task: Task, end: dict[str, Any] | BaseException) -> None:
        super().__init__(task, None, None, None, None, None)
        self.module = module_of(task.action.rpartition(".")[2])
        self.end = end
        self.seen: dict[str, Any] = {}

    def run_module(self, tmp: str | None, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        self.seen = dict(self._task.args)
        # As ansible-core does.
        self._task.args["_ansible_check_mode"] = False
        if isinstance(self.end, BaseException):
            raise self.end
        return dict(self.end)

    def _compute_environment_string(self, raw_environment_out: dict[str, Any] | None = None) -> str:
        return ""


def module_of(name: str) -> ModuleType:
    return import_module(f"ansible_collections.abbyy.vantage.plugins.modules.{name}")


def task_of(action: str, **args: Any) -> Task:
    task = Task()
    task.action, task.args, task.async_val, task.environment = f"abbyy.vantage.{action}", args, 0, []
    return task


def test_the_module_gets_the_arguments_and_the_task_keeps_masked_ones() -> None:
    args = {"auth_client_secret": SECRET, "tenant_id": "t", "secrets": [{"client_id": "a", "held_id": "i"}]}
    task = task_of("vantage_client_secret", **args)
    action = Scripted(task, {"changed": False})

    action.run(task_vars={})

    assert action.seen == args
    assert task.args == {"auth_client_secret": MASK, "tenant_id": "t", "secrets": 1}


@pytest.mark.parametrize("end", [AnsibleConnectionFailure("gone"), KeyboardInterrupt()])
def test_arguments_are_masked_after_an_exception(end: BaseException) -> None:
    task = task_of("vantage_client", auth_token=SECRET)
    with pytest.raises(type(end)):
        Scripted(task, end).run(task_vars={})
    assert task.args == {"auth_token": MASK}


def test_each_attempt_of_until_gets_the_true_arguments() -> None:
    task = task_of("vantage_client", auth_client_secret=SECRET, clients=[{"client_id": "a"}])
    for _attempt in range(3):
        action = Scripted(task, {"changed": False})

        action.run(task_vars={})

        assert action.seen == {"auth_client_secret": SECRET, "clients": [{"client_id": "a"}]}
        assert task.args == {"auth_client_secret": MASK, "clients": 1}


def test_another_task_starts_from_arguments_of_its_own() -> None:
    Scripted(task_of("vantage_client", auth_client_secret=SECRET), {"changed": False}).run(task_vars={})
    other = Scripted(task_of("vantage_client", client_id="b"), {"changed": False})

    other.run(task_vars={})

    assert other.seen == {"client_id": "b"}


@pytest.mark.parametrize("name", NAMES)
def test_the_secret_options_of_every_module_are_masked(name: str) -> None:
    options = read_documentation(ROOT / f"plugins/modules/{name}.py")["options"]
    task = task_of(name, **dict.fromkeys([*options, *LOGIN_SECRETS], SECRET))

    Scripted(task, {"changed": False}).run(task_vars={})
    shown = {option for option, value in task.args.items() if value != MASK}

    assert shown.isdisjoint({*LOGIN_SECRETS, "code", "code_verifier", "callback_url"})
    assert {"client_id"} & set(options) <= shown


@pytest.mark.parametrize("name", NAMES)
def test_secret_return_values_are_documented_ones(name: str) -> None:
    module = module_of(name)
    documented = yaml.safe_dump(read_documentation(ROOT / f"plugins/modules/{name}.py", "RETURN"))
    assert [value for value in getattr(module, "SECRET_RESULTS", ()) if f"{value}:\n" not in documented] == []


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("vantage_client_secret", {"secret": {"id": "1", "value": "v"}}),
        ("vantage_token", {"access_token": "t"}),
        ("vantage_token", {"refresh_token": "t"}),
        ("vantage_authorization_url", {"code_verifier": "t"}),
        *((name, {"auth_refresh_token": "t"}) for name in NAMES),
    ],
)
def test_a_result_with_a_secret_is_not_logged(name: str, result: dict[str, Any]) -> None:
    task = task_of(name)
    assert Scripted(task, result).run(task_vars={}) == {**result, "_ansible_no_log": True}
    assert task.no_log is True


def test_any_other_result_is_logged() -> None:
    task = task_of("vantage_client_secret")
    action = Scripted(task, {"secret": {"id": "1", "value_display": "abc"}})

    result = action.run(task_vars={})

    assert result == {"secret": {"id": "1", "value_display": "abc"}}
    assert not task.no_log


def test_no_item_of_its_results_is_logged() -> None:
    result = {"results": [{"secret": {}}, {"secret": {"value": "v"}}, "text"], "failed": True}

    marked = mark_secrets("vantage_client_secret", result, {"value"})

    assert marked["_ansible_no_log"] is True
    assert marked["results"] == [{"secret": {}, "_ansible_no_log": True}, {"secret": {"value": "v"}, "_ansible_no_log": True}, "text"]


def test_options_are_repeated_with_masks_and_counts() -> None:
    given = {"client_id": "a", "clients": [{"client_id": "a"}, {"client_id": "b"}], "auth_client_secert": SECRET}
    action = Scripted(task_of("vantage_client"), {"failed": True, "invocation": {"module_args": given}})
    assert action.run(task_vars={})["invocation"] == {"module_args": {"client_id": "a", "clients": 2, "auth_client_secert": MASK}}


@pytest.mark.parametrize(
    ("name", "args", "refused"),
    [
        ("vantage_client_secret", {}, True),
        ("vantage_token", {}, True),
        ("vantage_authorization_url", {}, True),
        ("vantage_client", {"auth_refresh_token": "t"}, True),
        ("vantage_client", {"auth_token": SECRET}, False),
        ("vantage_probe", {}, False),
    ],
)
def test_async_is_refused_where_the_result_may_hold_a_secret(name: str, args: dict[str, Any], refused: bool) -> None:
    task = task_of(name, **args)
    task.async_val = 60

    result = Scripted(task, {"changed": False}).run(task_vars={})

    assert bool(result.get("failed")) is refused
    assert (f"{name} does not run with async" in result.get("msg", "")) is refused
    assert set(task.args.values()) <= {MASK}


@pytest.mark.parametrize("name", NAMES)
def test_every_module_has_an_action_that_masks(name: str) -> None:
    action = import_module(f"ansible_collections.abbyy.vantage.plugins.action.{name}").ActionModule
    assert issubclass(action, NoLogAction)
    assert action.module is module_of(name)


def test_no_module_is_routed_to_an_action_that_each_task_imports_again() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    assert "plugin_routing" not in runtime


@pytest.mark.parametrize("number", [lambda: 16**5000, lambda: "9" * 5000, lambda: "1E+999999", lambda: " -1e9 "])
def test_a_number_that_no_text_can_hold_is_refused_before_ansible_core_breaks_on_it(number: Callable[[], Any]) -> None:
    action = Scripted(task_of("vantage_client_info", concurrency=number()), {"changed": False})
    assert action.run(task_vars={}) == {"failed": True, "msg": "concurrency is a number of hundreds of digits; write a smaller one."}
    assert action.seen == {}


@pytest.mark.parametrize(("value", "said"), [(float("inf"), "inf"), (-float("inf"), "-inf"), ([10**30, None, None], "a list"), ([], "a list")])
def test_what_is_no_number_is_refused_before_ansible_core_breaks_on_it(value: Any, said: str) -> None:
    action = Scripted(task_of("vantage_client_info", concurrency=value), {"changed": False})
    assert action.run(task_vars={}) == {"failed": True, "msg": f"concurrency is {said}, but has to be a whole number."}
    assert action.seen == {}
