# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from ansible.module_utils.basic import env_fallback

from ansible_collections.abbyy.vantage.plugins.plugin_utils._local_module import Task, environment, json_of, run_module

SPEC: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "size": {"type": "int", "default": 3},
    "kind": {"type": "str", "choices": ["big", "small"]},
    "token": {"type": "str", "no_log": True, "fallback": (env_fallback, ["LOCAL_MODULE_TOKEN"])},
    "entries": {"type": "list", "elements": "dict", "options": {"id": {"type": "str", "required": True}}},
}


class Text:
    """Stands for a text that is decrypted when it is asked for, as those of ansible-vault."""

    def __str__(self) -> str:
        return "clear"


def answer_of(args: dict[str, Any], work: Callable[[Any], None] | None = None, *, check: bool = False, **variables: str) -> dict[str, Any]:
    def main(module_class: Any) -> None:
        module = module_class(argument_spec=SPEC, supports_check_mode=True, mutually_exclusive=[("kind", "entries")])
        if work is not None:
            work(module)
        module.exit_json(changed=False, params=module.params, check=module.check_mode, diff=module._diff)

    return run_module(main, Task("things", args, check, diff=check), variables)


@pytest.mark.parametrize("token", ["s3cr3t-token", 'with "quotes" \\ and ü', "4711", "UPPER-and-lower"])
def test_what_is_not_to_be_logged_is_removed_wherever_it_stands(token: str) -> None:
    def work(module: Any) -> None:
        module.exit_json(changed=False, msg=f"Could not log in with {token}.", deep=[{"is": [token]}], number=4711)

    answer = answer_of({"name": "a", "token": token}, work)
    assert token not in str(answer)
    assert answer["msg"] == "Could not log in with ********."
    assert answer["deep"] == [{"is": ["VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"]}]


def test_options_are_checked_completed_and_made_plain() -> None:
    answer = answer_of({"name": Text(), "size": "7", "entries": [{"id": 5}]}, check=True)
    assert answer["params"] == {"name": "clear", "size": 7, "kind": None, "token": None, "entries": [{"id": "5"}]}
    assert (answer["check"], answer["diff"]) == (True, True)
    assert answer["invocation"] == {"module_args": answer["params"]}
    assert answer_of({"name": "a"})["check"] is False


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({}, "missing required arguments: name"),
        ({"name": "a", "size": "many"}, "argument 'size' is of type"),
        ({"name": "a", "kind": "huge"}, "value of kind must be one of: big, small, got: huge"),
        ({"name": "a", "kind": "big", "entries": []}, "parameters are mutually exclusive: kind|entries"),
        ({"name": "a", "nmae": "b"}, "Unsupported parameters for (things) module: nmae"),
        ({"name": "a", "entries": [{"id": "b", "di": "c"}]}, "Unsupported parameters for (things) module: entries.di"),
        ({"name": "a", "entries": [{}]}, "missing required arguments: id found in entries"),
    ],
)
def test_a_wrong_option_is_said_as_a_process_says_it(args: dict[str, Any], said: str) -> None:
    answer = answer_of(args, lambda module: pytest.fail("it was run all the same"))
    assert answer["failed"] is True
    assert said in answer["msg"]


def test_a_failure_and_warnings() -> None:
    def fail(module: Any) -> None:
        module.warn("mind the gap")
        module.fail_json("no", error={"code": "x"})

    answer = answer_of({"name": "a"}, fail)
    assert (answer["failed"], answer["msg"], answer["error"], answer["warnings"]) == (True, "no", {"code": "x"}, ["mind the gap"])


def test_what_is_not_to_be_logged_is_not_answered() -> None:
    def repeat(module: Any) -> None:
        module.exit_json(said=f"it was {module.params['token']}", params=module.params)

    for answer in (answer_of({"name": "a", "token": "geheim99"}, repeat), answer_of({"name": "a"}, repeat, LOCAL_MODULE_TOKEN="geheim99")):
        assert "geheim99" not in str(answer)
        assert answer["said"] == "it was ********"


def test_the_environment_is_the_tasks_and_afterwards_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_MODULE_KEPT", "before")
    monkeypatch.delenv("LOCAL_MODULE_NEW", raising=False)
    seen: list[str | None] = []

    def look(_module: Any) -> None:
        seen.extend(os.environ.get(f"LOCAL_MODULE_{name}") for name in ("KEPT", "NEW"))

    answer_of({"name": "a"}, look, LOCAL_MODULE_KEPT="during", LOCAL_MODULE_NEW="1")
    assert seen == ["during", "1"]
    with pytest.raises(ValueError, match="out"), environment({"LOCAL_MODULE_NEW": "1"}):
        raise ValueError("out")
    assert os.environ["LOCAL_MODULE_KEPT"] == "before"
    assert "LOCAL_MODULE_NEW" not in os.environ


def test_answers_are_as_they_come_out_of_json() -> None:
    assert json_of({1: (2, date(2026, 9, 7)), "text": Text()}) == {"1": [2, "2026-09-07"], "text": "clear"}
