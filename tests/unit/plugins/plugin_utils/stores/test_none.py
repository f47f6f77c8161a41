# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store that keeps nothing."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.none import NoneStore
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import change_to, new_context, new_entry, new_mark


def test_what_was_made_is_handed_on(tmp_path: Path) -> None:
    store = store_from_option("none", new_context(tmp_path), {})
    assert isinstance(store, NoneStore)
    store.check()
    store.prove()
    assert not store.remembers
    name = new_entry().name
    assert store.problems([name]) == []
    # A mark says nothing to whoever delivers.
    assert store.write([change_to(new_mark(), None)])[name].status == "written"
    assert store.delivered == {}
    answer = store.write([change_to(new_entry(), "")])[name]
    assert (answer.status, answer.before, answer.after) == ("written", None, new_entry())
    assert store.delivered == {name: new_entry()}
    assert store.read([name], values=True) == {}
    assert store.write([Change(name, None, "secret-1")])[name].before == new_entry()
    assert store.delivered == {}
