# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of an encrypted file."""

from __future__ import annotations

import json

import pytest
import yaml

from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import (
    Entries,
    entries_from_text,
    lines_of_entries,
    text_from_entries,
)

OLD = {"id": "1", "value": "old"}
ODD = {"ä/'\"{{ x }}": {"id": "1", "value": "a\nb: #c"}, "b": {"expiration": None}}


@pytest.mark.parametrize("entries", [ODD, {}], ids=["odd", "none"])
def test_what_was_written_is_read(entries: Entries) -> None:
    assert entries_from_text(text_from_entries(entries)) == entries


def test_the_text_is_yaml_with_each_entry_on_a_line() -> None:
    text = text_from_entries(ODD)
    assert yaml.safe_load(text) == ODD
    assert len(text.splitlines()) == len(ODD) + 2


def test_the_text_is_json() -> None:
    assert json.loads(text_from_entries(ODD)) == ODD


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("# mine\na:\n  id: 5\n  expiration: 2026-01-01 00:00:00\n", {"a": {"id": 5, "expiration": "2026-01-01T00:00:00"}}),
        ("", {}),
    ],
)
def test_what_a_person_has_edited_is_read(text: str, entries: Entries) -> None:
    assert entries_from_text(text) == entries


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (text_from_entries({"a": OLD, "b": OLD}), {"a": 2, "b": 3}),
        ("# mine\nb: {}\n\na: {}\n", {"b": 2, "a": 4}),
        ("a: b: c", {}),
        ("- a", {}),
    ],
)
def test_lines_are_those_that_an_editor_shows(text: str, lines: dict[str, int]) -> None:
    assert lines_of_entries(text) == lines


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b: geheim", "it is not valid YAML in line 1"),
        ("- geheim", "it does not map names to entries"),
        ("a: geheim", "it does not map names to entries"),
        ("a: {}\nb: {}\n'a': {}\n", "a key is in it twice, in line 1 and in line 3; keep one of them"),
        ('{"a": {}, "a": {}}', "a key is in it twice, in line 1 and in line 1"),
        ('{"a": {},\n"a": {}}', "a key is in it twice, in line 1 and in line 2"),
        ("a:\n  value: geheim\n  value: geheim\n", "a key is in it twice, in line 2 and in line 3"),
    ],
)
def test_an_error_quotes_nothing_of_the_file(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        entries_from_text(text)
    assert "geheim" not in str(error.value)
