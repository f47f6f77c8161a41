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


def run_well(in_process: InProcess, store: MemoryStore, app: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the result of a run that did not fail."""
    result = EngineRun(in_process, store, [app], **options).perform()
    assert result["failure"] == ""
    return result


def test_a_secret_has_the_labels_of_its_app_and_its_own() -> None:
    app = {**APP, "labels": {"owner": "claims", "stage": "all"}, "secrets": SECRETS}

    found = labels_of(app)

    assert found == (
        {"owner": "claims", "stage": "all"},
        {"production": {"owner": "claims", "stage": "prod"}, "test": {"owner": "claims", "stage": "all"}},
    )


def test_defaults_are_merged_label_by_label() -> None:
    app = {**APP, "labels": {"owner": "claims"}, "secrets": ["production"]}
    found = labels_of(app, {"labels": {"owner": "it", "site": "bonn"}}, {"labels": {"kind": "secret", "owner": "nobody"}})
    assert found == ({"owner": "claims", "site": "bonn"}, {"production": {"kind": "secret", "owner": "claims", "site": "bonn"}})


def test_a_cell_holds_labels_as_pairs() -> None:
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
@pytest.mark.parametrize("of_secret", [False, True])
def test_labels_that_cannot_be_are_one_problem(labels: Any, said: str, of_secret: bool) -> None:
    app = {**APP, "secrets": [{"labels": labels}]} if of_secret else {**APP, "labels": labels}

    _apps, problems = complete_apps([Declared(app, Place(option="apps, app 1"))], {}, {})

    assert len(problems) == 1
    assert said in problems[0].sentence


def test_labels_go_into_store_result_changes_and_table(in_process: InProcess) -> None:
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


BARE = {**APP, "secrets": ["production", "test"]}
LABELLED = {**APP, "secrets": [{"description": "production", "labels": {"owner": "claims"}}, "test"]}


@pytest.fixture(params=[True, False], ids=["at-once", "one-by-one"])
def store(request: pytest.FixtureRequest, in_process: InProcess) -> MemoryStore:
    """A store with two secrets of intake, which have no labels."""
    store = MemoryStore(writes_at_once=request.param)
    run_well(in_process, store, BARE)
    store.expect_trouble(set())
    return store


def check_told(result: dict[str, Any]) -> None:
    """Check that a result says that labels are updated, and nothing else."""
    assert (result["failure"], result["changed"], result["changes"]) == ("", True, [])
    assert result["apps"] == [
        {"client_id": "intake", "action": "updated", "labels": {"owner": "claims"}, "secrets": {"production": "updated", "test": "unchanged"}}
    ]


def test_check_mode_says_which_labels_would_change(in_process: InProcess, store: MemoryStore) -> None:
    result = EngineRun(in_process, store, [LABELLED], check=True).perform()

    check_told(result)
    assert store.writes == 0


def test_changed_labels_are_written_without_a_new_secret(in_process: InProcess, store: MemoryStore) -> None:
    before = dict(store.entries)
    in_process.emulator.journal.clear()

    result = EngineRun(in_process, store, [LABELLED]).perform()
    entry = store.entries["intake/production"]

    check_told(result)

    assert in_process.emulator.journal.writes() == []
    assert (dict(entry.labels), entry.id, entry.value) == ({"owner": "claims"}, before["intake/production"].id, before["intake/production"].value)
    assert store.entries["intake/test"] == before["intake/test"]


def test_labels_that_are_written_are_not_written_again(in_process: InProcess, store: MemoryStore) -> None:
    run_well(in_process, store, LABELLED)
    store.expect_trouble(set())

    again = EngineRun(in_process, store, [LABELLED]).perform()

    assert again["changed"] is False
    assert store.writes == 0


def test_labels_that_are_not_declared_any_more_are_taken_away(in_process: InProcess, store: MemoryStore) -> None:
    run_well(in_process, store, LABELLED)

    result = EngineRun(in_process, store, [BARE]).perform()

    assert result["changed"] is True
    assert dict(store.entries["intake/production"].labels) == {}


def test_a_store_that_refuses_labels_fails_the_app_and_loses_nothing(in_process: InProcess) -> None:
    store = MemoryStore()
    run_well(in_process, store, APP)
    before = dict(store.entries)
    store.expect_trouble({1})

    result = EngineRun(in_process, store, [{**APP, "labels": {"owner": "claims"}}]).perform()

    assert "intake/default: Its labels could not be updated in the store. The store refuses." in result["failure"]
    assert store.entries == before


def test_a_renewal_brings_labels_along(in_process: InProcess) -> None:
    store = MemoryStore()
    run_well(in_process, store, APP)
    forced = {**APP, "labels": {"owner": "claims"}, "secrets": [{"description": "default", "force": True}]}

    result = EngineRun(in_process, store, [forced]).perform()

    assert result["apps"][0]["secrets"] == {"default": "renewed"}
    assert dict(store.entries["intake/default"].labels) == {"owner": "claims"}
