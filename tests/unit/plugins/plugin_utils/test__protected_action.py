# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which answers are kept out of every log."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._protected_action import holds_secret, protect


@pytest.mark.parametrize(
    "answer",
    [
        {"secret": {"id": "1", "value": "v"}},
        {"access_token": "t"},
        {"refresh_token": "t"},
        {"auth_refresh_token": "t"},
        {"code_verifier": "t"},
        {"a": [{"b": [{"c": {"value": "v"}}]}]},
    ],
)
def test_an_answer_with_a_secret_is_not_logged(answer: dict[str, Any]) -> None:
    assert holds_secret(answer)
    assert protect("vantage_client_secret", dict(answer)) == {**answer, "_ansible_no_log": True}


def test_nor_is_any_of_its_results_which_some_releases_take_for_those_of_a_loop() -> None:
    answer = {"results": [{"secret": {}}, {"secret": {"value": "v"}}, "text"], "failed": True}
    protected = protect("vantage_client_secret", answer)
    assert protected["_ansible_no_log"] is True
    assert protected["results"] == [{"secret": {}, "_ansible_no_log": True}, {"secret": {"value": "v"}, "_ansible_no_log": True}, "text"]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"secret": {"id": "1", "value_display": "abc"}},
        {"secret": {"value": ""}},
        {"value": None},
        {"invocation": {"module_args": {"value": "v"}}, "changed": True},
        {"results": ["value", {"secret": {}}]},
    ],
)
def test_any_other_answer_is(answer: dict[str, Any]) -> None:
    assert not holds_secret(answer)
    assert protect("vantage_client_secret", dict(answer)) == answer
