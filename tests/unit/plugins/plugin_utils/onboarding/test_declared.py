# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is declared and what a store holds, as vantage_app_info returns both."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.declared import read_declaration, read_entries, shown_app
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.options import checked_spec
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.none import NoneStore
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import new_context

ENTRY = Entry("intake", "production", id="1", value="never-shown", labels={"team": "claims"})


def declare(*apps: dict[str, Any]) -> Any:
    """Return the declaration of these apps."""
    params = {option: keywords.get("default") for option, keywords in checked_spec().items()}
    return read_declaration({**params, "apps": list(apps)}, str, lambda name: name)


@pytest.mark.parametrize(
    ("app", "shown"),
    [
        ({"client_id": "hall", "secrets": []}, {"client_id": "hall", "state": "present", "labels": {}, "secrets": []}),
        ({"client_id": "hall", "state": "absent"}, {"client_id": "hall", "state": "absent", "labels": {}, "secrets": []}),
        (
            {"client_id": "intake", "labels": {"team": "claims"}, "secrets": [{"description": "production", "renew_before": "30d", "labels": {"tier": "1"}}]},
            {
                "client_id": "intake",
                "state": "present",
                "labels": {"team": "claims"},
                "secrets": [{"description": "production", "state": "present", "renew_before": 30 * 86400, "labels": {"team": "claims", "tier": "1"}}],
            },
        ),
    ],
)
def test_an_app_is_shown_with_its_labels_and_secrets(app: dict[str, Any], shown: dict[str, Any]) -> None:
    declaration = declare(app)

    assert declaration.mistakes == []
    assert [shown_app(one) for one in declaration.apps] == [shown]


def test_mistakes_are_told_apart_from_warnings() -> None:
    risky = {"client_id": "portal", "allowed_grant_types": ["implicit"], "redirect_uris": ["https://portal.example.com/cb"]}
    wrong = {"client_id": "intake", "no_such_option": True}

    declaration = declare(risky, wrong)

    assert [problem.is_warning for problem in declaration.problems if problem not in declaration.mistakes] == [True] * (len(declaration.problems) - 1)
    assert len(declaration.mistakes) == 1
    assert "no_such_option" in declaration.mistakes[0].text


def test_entries_are_returned_without_their_values() -> None:
    store = MemoryStore()
    store.entries = {ENTRY.name: ENTRY}

    entries = read_entries(store)

    assert entries is not None
    assert entries[ENTRY.name]["labels"] == {"team": "claims"}
    assert "never-shown" not in str(entries)


@pytest.mark.parametrize("member", ["can_list", "remembers"])
def test_a_store_that_cannot_list_has_no_known_entries(monkeypatch: pytest.MonkeyPatch, member: str) -> None:
    store = MemoryStore()
    monkeypatch.setattr(store, member, False)
    assert read_entries(store) is None


def test_the_store_none_has_no_known_entries() -> None:
    assert read_entries(NoneStore(Options({}), new_context("/"))) is None
