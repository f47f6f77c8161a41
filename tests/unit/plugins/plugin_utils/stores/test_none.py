# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store that keeps nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.none import NoneStore
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import change_to, new_context, new_entry, new_mark

NAME = new_entry().name


@pytest.fixture
def store(tmp_path: Path) -> NoneStore:
    """The store that keeps nothing, checked and proved."""
    store = store_from_option("none", new_context(tmp_path), {})
    assert isinstance(store, NoneStore)
    store.check()
    store.prove()
    return store


def test_it_does_not_remember(store: NoneStore) -> None:
    assert not store.remembers


def test_every_name_fits(store: NoneStore) -> None:
    assert store.problems([NAME]) == []


def test_a_mark_is_not_handed_on(store: NoneStore) -> None:
    """A mark says nothing to whoever delivers."""
    answer = store.write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "written"
    assert store.delivered == {}


def test_an_entry_is_handed_on_and_not_kept(store: NoneStore) -> None:
    store.write([change_to(new_mark(), None)])

    answer = store.write([change_to(new_entry(), "")])[NAME]

    assert answer.status == "written"
    assert answer.before is None
    assert answer.after == new_entry()
    assert store.delivered == {NAME: new_entry()}
    assert store.read([NAME], values=True) == {}


def test_a_removed_entry_is_not_handed_on(store: NoneStore) -> None:
    store.write([change_to(new_entry(), None)])

    answer = store.write([Change(NAME, None, "secret-1")])[NAME]

    assert answer.before == new_entry()
    assert store.delivered == {}
