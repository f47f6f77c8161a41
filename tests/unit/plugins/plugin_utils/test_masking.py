# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of arguments and results may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.masking import MASK, TaskArguments, holds_secret, masked_args

SPEC: dict[str, dict[str, Any]] = {
    "name": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "names": {"type": "list", "elements": "str"},
    "things": {"type": "list", "elements": "dict", "options": {"key": {"type": "str", "no_log": True}}},
    "loose": {"type": "list", "elements": "raw"},
    "store": {
        "type": "dict",
        "options": {
            "url": {"type": "str"},
            "token": {"type": "str", "no_log": True},
            "tls": {"type": "dict", "options": {"key": {"type": "str", "no_log": True}}},
        },
    },
}


@pytest.mark.parametrize(
    ("args", "masked"),
    [
        ({}, {}),
        ({"name": "a", "names": ["a", "b"]}, {"name": "a", "names": ["a", "b"]}),
        ({"name": "https://user:geheim@a.example/b"}, {"name": "https://a.example/b"}),
        ({"name": "user@a.example"}, {"name": "user@a.example"}),
        ({"password": "s"}, {"password": MASK}),
        ({"password": 4711}, {"password": MASK}),
        ({"password": None}, {"password": None}),
        ({"things": [{"key": "s"}, {}]}, {"things": 2}),
        ({"things": '[{"key": "s"}]'}, {"things": MASK}),
        ({"loose": ["s", {"key": "s"}, 1]}, {"loose": 3}),
        ({"store": {"url": "u", "token": "s"}}, {"store": {"url": "u", "token": MASK}}),
        ({"store": {"tls": {"key": "s"}}}, {"store": {"tls": {"key": MASK}}}),
        ({"store": "url=u token=s"}, {"store": MASK}),
        ({"pasword": "s", "_raw_params": "s"}, {"pasword": MASK, "_raw_params": MASK}),
    ],
)
def test_arguments_are_masked_by_the_spec(args: dict[str, Any], masked: dict[str, Any]) -> None:
    before = repr(args)

    shown = masked_args(args, SPEC)

    assert shown == masked
    assert repr(args) == before


@pytest.mark.parametrize(
    ("result", "held"),
    [
        ({"secret": {"id": "1", "value": "v"}}, True),
        ({"a": [{"b": [{"c": {"value": "v"}}]}]}, True),
        ({}, False),
        ({"secret": {"id": "1", "value_display": "abc"}}, False),
        ({"secret": {"value": ""}}, False),
        ({"value": None}, False),
        ({"invocation": {"module_args": {"value": "v"}}, "changed": True}, False),
        ({"results": ["value", {"secret": {}}]}, False),
    ],
)
def test_secrets_in_results_are_found(result: dict[str, Any], held: bool) -> None:
    assert holds_secret(result, {"value"}) is held


class OneTask:
    """A task as actions see it."""

    def __init__(self, **args: Any) -> None:
        self.args: Any = args


def mask(args: Mapping[str, Any]) -> dict[str, Any]:
    return masked_args(args, SPEC)


def test_each_attempt_gets_the_real_arguments_and_leaves_masked_ones() -> None:
    arguments, task = TaskArguments(), OneTask(name="a", password="s")
    seen, left = [], []

    for _attempt in range(3):
        with arguments.of(task, mask) as args:
            seen.append(dict(args))
        left.append(dict(task.args))

    assert seen == [{"name": "a", "password": "s"}] * 3
    assert left == [{"name": "a", "password": MASK}] * 3


@pytest.mark.parametrize("own", [{"password": MASK}, {}], ids=["as the first was left", "none"])
def test_another_task_gets_its_own_arguments(own: dict[str, Any]) -> None:
    arguments, first, second = TaskArguments(), OneTask(password="first"), OneTask(**own)
    with arguments.of(first, mask):
        pass

    with arguments.of(second, mask) as args:
        seen = args

    assert seen == own


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_leaves_masked_arguments(error: type[BaseException]) -> None:
    arguments, task = TaskArguments(), OneTask(password="s")

    with pytest.raises(error), arguments.of(task, mask):
        raise error

    assert task.args == {"password": MASK}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_the_attempt_after_an_exception_gets_the_real_arguments(error: type[BaseException]) -> None:
    arguments, task = TaskArguments(), OneTask(password="s")
    with suppress(error), arguments.of(task, mask):
        raise error

    with arguments.of(task, mask) as args:
        seen = args

    assert seen == {"password": "s"}


def test_arguments_that_the_action_sets_meanwhile_are_not_left() -> None:
    arguments, task = TaskArguments(), OneTask(password="s")

    with arguments.of(task, mask) as args:
        task.args = {**args, "_ansible_check_mode": True}

    assert task.args == {"password": MASK}
