# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels of apps and secrets: from the declaration to the store, the result and the changes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import complete_apps
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import Place
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared, apps_from_csv
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

APP = {"client_id": "intake", "allowed_grant_types": ["client_credentials"]}
SECRETS = [{"description": "production", "labels": {"stage": "prod"}}, {"description": "test"}]


def labels_of(app: dict[str, Any], defaults: Any = None, secret_defaults: Any = None) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return the labels of an app, and those of each of its secrets."""
    apps, problems = complete_apps([Declared(app, Place(option="apps, app 1"))], defaults or {}, secret_defaults or {})
    assert problems == []
    return dict(apps[0].labels), {name: dict(labels) for name, labels in apps[0].secret_labels.items()}


def test_a_secret_has_the_labels_of_its_app_and_its_own() -> None:
    app = {**APP, "labels": {"owner": "claims", "stage": "all"}, "secrets": SECRETS}
    assert labels_of(app) == (
        {"owner": "claims", "stage": "all"},
        {"production": {"owner": "claims", "stage": "prod"}, "test": {"owner": "claims", "stage": "all"}},
    )


def test_defaults_lie_under_them_label_by_label() -> None:
    app = {**APP, "labels": {"owner": "claims"}, "secrets": ["production"]}
    found = labels_of(app, {"labels": {"owner": "it", "site": "bonn"}}, {"labels": {"kind": "secret", "owner": "nobody"}})
    assert found == ({"owner": "claims", "site": "bonn"}, {"production": {"kind": "secret", "owner": "claims", "site": "bonn"}})


def test_in_a_cell_they_are_pairs() -> None:
    declared = apps_from_csv("client_id,labels\nintake,owner=claims team|ticket=OPS-1\nbare,\n", "apps.csv")
    apps, problems = complete_apps(declared, {}, {})
    assert problems == []
    assert [dict(app.labels) for app in apps] == [{"owner": "claims team", "ticket": "OPS-1"}, {}]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("owner", "labels is text, but has to be a mapping of texts, such as {owner: claims-team}."),
        (["owner"], "labels is a list, but has to be a mapping"),
        ({"owner": 5}, "labels has owner, which is a number, but has to be text; put it into quotes."),
        ({"owner": True}, "labels has owner, which is true or false"),
        ({"owner": {"a": "b"}}, "labels has owner, which is a mapping"),
        ({"cost centre": "1"}, "labels has the key 'cost centre'; write a letter, then letters, digits, '_', '-' and '.', 63 characters at most."),
        ({5: "1"}, "labels has the key 5;"),
        ({"a" * 64: "1"}, "63 characters at most."),
        ({"owner": ""}, "labels has owner, which is empty, too long or not printable; write 1 to 200 printable characters."),
        ({"owner": "a" * 201}, "write 1 to 200 printable characters."),
        ({"owner": "a\nb"}, "write 1 to 200 printable characters."),
        ({f"key{number}": "1" for number in range(21)}, "labels has 21 labels; give at most 20."),
    ],
)
def test_what_no_label_can_be_is_said(labels: Any, said: str) -> None:
    for app in ({**APP, "labels": labels}, {**APP, "secrets": [{"labels": labels}]}):
        _apps, problems = complete_apps([Declared(app, Place(option="apps, app 1"))], {}, {})
        assert len(problems) == 1
        assert said in problems[0].sentence


def test_they_go_into_store_result_and_changes(in_process: InProcess) -> None:
    store = MemoryStore()
    app = {**APP, "labels": {"owner": "claims"}, "secrets": SECRETS}
    result = EngineRun(in_process, store, [app]).perform()
    assert result["failure"] == ""
    assert {name: dict(entry.labels) for name, entry in store.entries.items()} == {
        "intake/production": {"owner": "claims", "stage": "prod"},
        "intake/test": {"owner": "claims"},
    }
    assert result["apps"][0]["labels"] == {"owner": "claims", "stage": "prod"}
    assert [change["labels"] for change in result["changes"]] == [{"owner": "claims", "stage": "prod"}, {"owner": "claims"}]
    assert "owner=claims, stage=prod" in result["table"][1]


@pytest.mark.parametrize("writes_at_once", [True, False])
def test_changed_ones_are_written_without_a_new_secret(in_process: InProcess, writes_at_once: bool) -> None:
    store = MemoryStore(writes_at_once=writes_at_once)
    app = {**APP, "secrets": ["production", "test"]}
    assert EngineRun(in_process, store, [app]).perform()["failure"] == ""
    before = dict(store.entries)
    store.expect_trouble(set())
    changed = {**app, "secrets": [{"description": "production", "labels": {"owner": "claims"}}, "test"]}
    planned = EngineRun(in_process, store, [changed], check=True).perform()
    assert store.writes == 0
    in_process.emulator.journal.clear()
    done = EngineRun(in_process, store, [changed]).perform()
    for result in (planned, done):
        assert (result["failure"], result["changed"], result["changes"]) == ("", True, [])
        assert result["apps"] == [
            {"client_id": "intake", "action": "updated", "labels": {"owner": "claims"}, "secrets": {"production": "updated", "test": "unchanged"}}
        ]
    assert in_process.emulator.journal.writes() == []
    entry = store.entries["intake/production"]
    assert (dict(entry.labels), entry.id, entry.value) == ({"owner": "claims"}, before["intake/production"].id, before["intake/production"].value)
    assert store.entries["intake/test"] == before["intake/test"]
    store.expect_trouble(set())
    assert EngineRun(in_process, store, [changed]).perform()["changed"] is False
    assert store.writes == 0
    # And they are taken away again.
    assert EngineRun(in_process, store, [app]).perform()["changed"] is True
    assert dict(store.entries["intake/production"].labels) == {}


def test_a_store_that_refuses_them_fails_the_app_and_loses_nothing(in_process: InProcess) -> None:
    store = MemoryStore()
    assert EngineRun(in_process, store, [APP]).perform()["failure"] == ""
    before = dict(store.entries)
    store.expect_trouble({1})
    result = EngineRun(in_process, store, [{**APP, "labels": {"owner": "claims"}}]).perform()
    assert "intake/default: Its labels could not be updated in the store. The store refuses." in result["failure"]
    assert store.entries == before


def test_a_renewal_brings_them_along(in_process: InProcess) -> None:
    store = MemoryStore()
    assert EngineRun(in_process, store, [APP]).perform()["failure"] == ""
    forced = {**APP, "labels": {"owner": "claims"}, "secrets": [{"description": "default", "force": True}]}
    result = EngineRun(in_process, store, [forced]).perform()
    assert result["apps"][0]["secrets"] == {"default": "renewed"}
    assert dict(store.entries["intake/default"].labels) == {"owner": "claims"}
