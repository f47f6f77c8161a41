# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of entries, as stores take them."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores import azure_key_vault, google_secret_manager
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import FlatRules, flat_name, names_below, problems_of_texts, segment
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import name_of_entry

FLAT = {"azure": azure_key_vault.RULES, "google": google_secret_manager.RULES}
# The characters that an error in the escaping would show with.
tricky = st.text(alphabet=st.sampled_from("aAz09-_=/. é\U0001f511"), max_size=12) | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a-B_1.2", "a-B_1.2"),
        ("", "="),
        ("..", "=2E=2E"),
        ("..a", "..a"),
        ("a\n", "a=0A"),
        ("a/b", "a=2Fb"),
        ("=", "=3D"),
        ("é", "=C3=A9"),
        ("\ud800", "=ED=A0=80"),
    ],
)
def test_a_segment_escapes_what_a_path_does_not_take(text: str, expected: str) -> None:
    assert segment(text) == expected


def test_a_lone_surrogate_is_named_and_can_be_shown() -> None:
    (said,) = problems_of_texts(["a/b", "ä/\U0001f511", "\ud800/b"])
    assert "'\\ud800/b'" in said
    assert said.isascii()


FLAT_NAMES = [
    ("azure", "invoice-import/production", "vantage---contoso---invoice-import---production"),
    ("azure", "Claims/a b", "vantage---contoso-----43laims---a--20b"),
    ("azure", "-a-/--", "vantage---contoso-----2da--2d-----2d--2d"),
    ("azure", "a/", "vantage---contoso---a---"),
    ("azure", "a%2Fb/é", "vantage---contoso---a--2fb-----c3--a9"),
    ("google", "invoice-import/production", "vantage__contoso__invoice-import__production"),
    ("google", "a_b/night shift", "vantage__contoso__a_5fb__night_20shift"),
    ("google", "a/", "vantage__contoso__a__"),
]


@pytest.mark.parametrize(("cloud", "name", "written"), FLAT_NAMES)
def test_a_store_without_folders_has_flat_names(cloud: str, name: str, written: str) -> None:
    assert flat_name("vantage/contoso", name, FLAT[cloud]) == written


@pytest.mark.parametrize(("cloud", "written"), [(cloud, written) for cloud, _name, written in FLAT_NAMES])
def test_a_flat_name_belongs_to_its_own_prefix_only(cloud: str, written: str) -> None:
    assert names_below("vantage/contoso", [written], FLAT[cloud]) == [written]
    assert names_below("vantage", [written], FLAT[cloud]) == []
    assert names_below("vantage/contos", [written], FLAT[cloud]) == []


@pytest.mark.parametrize("cloud", FLAT)
def test_a_name_that_would_be_too_long_is_hashed(cloud: str) -> None:
    name = name_of_entry("claims", "é" * 120)

    written = flat_name("vantage/contoso", name, FLAT[cloud])

    assert written.endswith(FLAT[cloud].separator + sha256(name.encode()).hexdigest())
    assert names_below("vantage/contoso", [written], FLAT[cloud]) == [written]


def read_back(written: str, rules: FlatRules) -> list[str]:
    """Return the texts that a name was made of, by its documented rules and without the code under test."""
    parts, rest = [b""], written
    while rest:
        if rest.startswith(rules.separator):
            parts.append(b"")
            rest = rest[len(rules.separator) :]
        elif rest.startswith(rules.escape):
            parts[-1] += bytes.fromhex(rest[len(rules.escape) :][:2])
            rest = rest[len(rules.escape) + 2 :]
        else:
            parts[-1] += rest[0].encode()
            rest = rest[1:]
    return [part.decode() for part in parts]


@pytest.mark.parametrize("cloud", FLAT)
@given(client_id=tricky, description=tricky)
def test_every_name_can_be_read_back(cloud: str, client_id: str, description: str) -> None:
    rules = FLAT[cloud]

    written = flat_name("a/b-c", name_of_entry(client_id, description), rules)
    is_hashed = re.fullmatch(r".*[0-9a-f]{64}", written)

    assert re.fullmatch("[a-z0-9-]*" if cloud == "azure" else "[A-Za-z0-9_-]*", written)
    assert is_hashed or read_back(written, rules) == ["a", "b-c", client_id, description]
    assert names_below("a/b-c", [written], rules) == [written]
