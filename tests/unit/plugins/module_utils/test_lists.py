# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts and lists as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.lists import text_from_option, texts_from_option


@pytest.mark.parametrize(
    ("written", "texts"),
    [
        (None, []),
        ([], []),
        ("", []),
        (" ", []),
        ("x", ["x"]),
        (["x", "y"], ["x", "y"]),
        (("x", "y"), ["x", "y"]),
        (["x ", " y"], ["x", "y"]),
        ("x,y", ["x", "y"]),
        (" x , y ,", ["x", "y"]),
        ("x\ny\n", ["x", "y"]),
        ("x\r\n\r\n y", ["x", "y"]),
        ("x, y\nz", ["x", "y", "z"]),
        ('["x", "y"]', ["x", "y"]),
        (' ["x", "y"]\n', ["x", "y"]),
        ("['x', 'y']", ["x", "y"]),
        ('["x,y", "z"]', ["x,y", "z"]),
        ("[]", []),
        # As ansible-core cuts a text that stands for a list.
        (['["x"', ' "y"]'], ["x", "y"]),
        (['["x', 'y"]'], ["x,y"]),
        (["['x'", " 'y']"], ["x", "y"]),
        (["[]"], []),
        (["x\ny"], ["x", "y"]),
        # Shell patterns have brackets, too.
        ("[ab]*", ["[ab]*"]),
        ("[ab]*,x[0-9]", ["[ab]*", "x[0-9]"]),
        (["[ab]*", "x[0]"], ["[ab]*", "x[0]"]),
        ("[x, y]", ["[x", "y]"]),
        # In a list, a comma is part of a text.
        (["https://a/?x=1,2"], ["https://a/?x=1,2"]),
        ([""], [""]),
        ("{}", ["{}"]),
    ],
    ids=repr,
)
def test_a_list_is_read_however_it_was_written(written: Any, texts: list[str]) -> None:
    assert texts_from_option("prune_protect", written) == texts


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ([83], "prune_protect entry 83 is read as a number by YAML or JSON, so that what was written is lost; put it into quotes."),
        ('["x", 1.1]', "prune_protect entry 1.1 is read as a number"),
        ([["x"]], "is read as a value of the type list"),
        (True, "prune_protect True is read as a boolean"),
        ([None, True], "prune_protect entry True is read as a boolean"),
    ],
)
def test_an_entry_that_is_no_text_is_refused(written: Any, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        texts_from_option("prune_protect", written)
    assert said in error.value.message


@pytest.mark.parametrize("depth", [500, 900, 5000])
def test_a_deeply_nested_list_is_refused_in_a_short_sentence(depth: int) -> None:
    nested: list[Any] = []
    for _level in range(depth):
        nested = [nested]

    with pytest.raises(ConfigError) as error:
        texts_from_option("prune_protect", nested)

    assert len(error.value.message) < 200


def test_a_text_that_is_too_deeply_nested_to_read_stays_a_text() -> None:
    deep = "[" * 1_000_000 + "]" * 1_000_000
    assert texts_from_option("prune_protect", deep) == [deep]


@pytest.mark.parametrize("written", [None, " 0123 "])
def test_a_text_is_taken_as_it_was_written(written: str | None) -> None:
    assert text_from_option("client_id", written) == written


@pytest.mark.parametrize("value", [83, 1.1, False, ["a"], {"a": 1}])
def test_a_value_that_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(ConfigError, match="put it into quotes"):
        text_from_option("client_id", value)
