# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One and the same value in the forms in which a server may write it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.wire import entries_from_wire, in_the_form_of, in_the_other_form


@pytest.mark.parametrize(
    ("value", "entries"),
    [
        (None, []),
        (False, []),
        (["a", "b"], ["a", "b"]),
        ([1, True], ["1", "True"]),
        ("", []),
        ("  ", []),
        ("openid permissions", ["openid", "permissions"]),
        ("openid, permissions", ["openid", "permissions"]),
        ("openid,permissions", ["openid", "permissions"]),
        ("openid\npermissions ", ["openid", "permissions"]),
        ("https://a.test/x,y", ["https://a.test/x,y"]),
        ("https://a.test/x,https://b.test/", ["https://a.test/x", "https://b.test/"]),
        ("https://a.test/x,y https://b.test/", ["https://a.test/x,y", "https://b.test/"]),
        (True, None),
        ({"a": 1}, None),
        ([{"a": 1}], None),
        ([["a"]], None),
        (5, None),
    ],
)
def test_entries_are_read_from_lists_and_texts(value: Any, entries: list[str] | None) -> None:
    assert entries_from_wire(value) == entries


@pytest.mark.parametrize("sample", ["a b", "a, b", "a,b", "a;b", "a | b", "Skill User", ""])
def test_names_with_blanks_come_back_as_they_were_written(sample: str) -> None:
    names = ["Skill User", "Tenant Administrator"]

    written = in_the_form_of(sample, "list", names, blanks=True)

    assert isinstance(written, str)
    assert entries_from_wire(written, blanks=True) == names


@pytest.mark.parametrize("sample", ["a b", "a, b", "a,b", "a", "", "https://a.test/x,https://b.test/", "https://a.test/x,y https://b.test/"])
def test_addresses_come_back_as_they_were_written(sample: str) -> None:
    addresses = ["https://c.test/", "https://d.test/in?x=1"]

    written = in_the_form_of(sample, "list", addresses)

    assert isinstance(written, str)
    assert entries_from_wire(written) == addresses


@pytest.mark.parametrize(
    ("kind", "value", "other"),
    [
        ("seconds", 3600, "01:00:00"),
        ("seconds", "01:00:00", 3600),
        ("seconds", "PT1H", 3600),
        ("seconds", "soon", None),
        ("list", ["a", "b"], "a b"),
        ("list", "a b", ["a", "b"]),
        ("list", [{"a": 1}], None),
        ("list", True, None),
        ("text", "a", None),
        ("flag", True, None),
    ],
)
def test_a_list_or_a_lifetime_has_another_form(kind: str, value: Any, other: Any) -> None:
    assert in_the_other_form(kind, value) == other
