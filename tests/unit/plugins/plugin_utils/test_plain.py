# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values from Ansible become Python's own types, on every ansible-core."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain


def itself(text: str) -> str:
    return text


class Marked(str):
    """A text whose str() is itself, as that of AnsibleUnsafeText."""

    __slots__ = ()
    __str__ = itself


class Encrypted:
    """A text that is decrypted when it is asked for, as those of ansible-vault."""

    def __str__(self) -> str:
        return "clear"


class Number(int):
    """A number of a type of its own, as ansible-core has them since 2.19."""


def types_in(value: Any) -> set[type]:
    """Return all types that the value is made of."""
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return {type(value)}.union(*map(types_in, parts))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Marked("a"), "a"),
        (Encrypted(), "clear"),
        (Number(7), 7),
        (2**1000, 2**1000),
        (True, True),
        (None, None),
        (1.5, 1.5),
        ({Marked("k"): [Marked("v"), (Marked("w"), {"x": Marked("y")})]}, {"k": ["v", ["w", {"x": "y"}]]}),
        (date(2026, 9, 7), "2026-09-07"),
        (datetime(2026, 9, 7, 13, 3, 38, tzinfo=timezone.utc), "2026-09-07T13:03:38+00:00"),
        (b"bytes".decode(), "bytes"),
    ],
)
def test_values_become_plain(value: Any, expected: Any) -> None:
    result = plain(value)
    assert result == expected
    assert types_in(result) <= {str, int, float, bool, type(None), dict, list}


def test_what_ansible_marks_as_unsafe_becomes_plain() -> None:
    data = {"text": "a {{ b }}", "list": ["c", 1, 1.5, True, None], "deep": [{"d": "e"}]}

    result = plain(wrap_var(data))

    assert result == data
    assert types_in(result) == {dict, list, str, int, float, bool, type(None)}


def test_what_ansible_has_loaded_and_templated_becomes_plain() -> None:
    loader = DataLoader()
    loaded = loader.load("text: a\nlist: [b, 2, 1.5, true, null]\nday: 2026-09-07\n", file_name="/test.yml")

    result = plain(Templar(loader, variables={}).template(loaded))

    assert result == {"text": "a", "list": ["b", 2, 1.5, True, None], "day": "2026-09-07"}
    assert types_in(result) == {dict, list, str, int, float, bool, type(None)}


def test_a_number_that_no_message_could_hold_becomes_a_text() -> None:
    assert plain({"lifetime": [16**5000]}) == {"lifetime": ["0x100000000000000000…"]}
