# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How single secrets are read from a store, and what a host's variables make of its option."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import option_over_defaults
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.reading import read_members
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import new_entry, new_mark


@pytest.fixture
def store() -> MemoryStore:
    """A store with two entries and a mark."""
    store = MemoryStore()
    store.entries = {entry.name: entry for entry in (new_entry(1), new_entry(2, "a/b", "x"), new_mark("marked"))}
    return store


@pytest.mark.parametrize(("member", "expected"), [("value", [new_entry(2).value, new_entry(1).value]), ("id", ["secret-2", "secret-1"])])
def test_members_are_read_in_the_order_of_the_names(store: MemoryStore, member: str, expected: list[str]) -> None:
    assert read_members(store, ["a%2Fb/x", "claims/default"], member) == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("claims", "The secret 'claims' is not named as client_id/description"),
        ("claims/other", "The store memory holds no secret 'claims/other'; check the name and the option store."),
        ("marked/default", "The store memory holds no secret 'marked/default'"),
    ],
)
def test_a_missing_secret_is_reported_in_one_sentence(store: MemoryStore, name: str, message: str) -> None:
    with pytest.raises(VantageError) as caught:
        read_members(store, ["claims/default", name], "value")

    assert message in caught.value.message
    assert new_entry(1).value not in caught.value.message


def test_a_store_that_shows_no_values_is_reported(store: MemoryStore) -> None:
    store.shows_values = False
    with pytest.raises(VantageError, match="shows no values"):
        read_members(store, ["claims/default"], "value")


@pytest.mark.parametrize(
    ("option", "defaults", "merged"),
    [
        ("file", None, {"type": "file"}),
        (None, {"type": "hashi_vault", "url": "u"}, {"type": "hashi_vault", "url": "u"}),
        ({"prefix": "p"}, {"type": "hashi_vault", "url": "u"}, {"type": "hashi_vault", "url": "u", "prefix": "p"}),
        ({"path": "p"}, {"vault_id": "v"}, {"path": "p", "vault_id": "v"}),
        ("file", {"type": "hashi_vault", "url": "u"}, {"type": "file"}),
        ("hashi_vault", {"vault_id": "v"}, {"type": "hashi_vault"}),
    ],
)
def test_defaults_apply_only_to_their_own_type(option: Any, defaults: Any, merged: dict[str, str]) -> None:
    assert option_over_defaults(option, defaults) == merged
