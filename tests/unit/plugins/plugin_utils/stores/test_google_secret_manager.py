# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is particular to Google Secret Manager, by the real library against a stand-in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, StoreError
from ansible_collections.abbyy.vantage.tests.integration.support.stores.google import PROJECT, Google
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import change_to, new_context, new_entry, new_mark

NAME = new_entry().name
PLACE = "vantage__contoso__claims__default"
NewStore = Callable[..., Any]


@pytest.fixture
def new_store(google: Google, tmp_path: Path) -> NewStore:
    """Makes another store of the same place."""
    google.forget()
    return lambda **options: store_from_option(google.options(**options), new_context(tmp_path), {})


def test_a_write_is_read_back_although_the_server_still_shows_the_version_before_it(google: Google, new_store: NewStore) -> None:
    store = new_store()

    for entry, expected in ((new_entry(1), None), (new_entry(2), "secret-1"), (new_entry(3), "secret-2")):
        answer = store.write([change_to(entry, expected)])[NAME]
        google.stale = 1

        assert answer.status == "written"
        assert answer.after == entry

    # The run does not take its own write for gone.
    assert store.read([NAME], values=True) == {NAME: new_entry(3)}


def test_a_run_that_has_read_an_older_version_is_refused(google: Google, new_store: NewStore) -> None:
    store, late = new_store(), new_store()
    store.write([change_to(new_mark(), None)])
    late.read([NAME], values=False)
    store.write([change_to(new_entry(1), "")])

    answer = late.write([change_to(new_entry(2), "")])[NAME]

    assert answer.status == "refused"
    # The entry of the first run is the latest version again.
    assert google.read(PLACE) == new_entry(1).to_members()


def test_an_empty_secret_that_a_killed_run_left_behind_is_used(google: Google, new_store: NewStore) -> None:
    google.secrets[PLACE] = {"labels": {"managed-by": "abbyy-vantage"}, "versions": []}

    answer = new_store().write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "written"


def test_an_empty_secret_of_somebody_else_is_not_used(google: Google, new_store: NewStore) -> None:
    google.secrets[PLACE] = {"labels": {}, "versions": []}

    answer = new_store().write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "failed"
    assert "choose another prefix" in answer.reason
    assert google.secrets[PLACE]["versions"] == []


def test_a_write_of_another_run_just_before_the_deletion_is_kept(google: Google, new_store: NewStore) -> None:
    store, other = new_store(), new_store()
    other.connect()
    store.write([change_to(new_entry(), None)])
    google.begin()

    def write_between(number: int) -> None:
        if number == 2:
            google.before = None
            other.write([change_to(new_entry(2), "secret-1")])

    google.before = write_between

    answer = store.write([Change(NAME, None, "secret-1")])[NAME]

    assert answer.status == "refused"
    assert google.read(PLACE) == new_entry(2).to_members()


@pytest.mark.parametrize(
    ("locations", "replication"),
    [("", {"automatic": {}}), ("europe-west3, europe-west4", {"userManaged": {"replicas": [{"location": "europe-west3"}, {"location": "europe-west4"}]}})],
)
def test_a_new_secret_is_replicated_to_the_given_locations(google: Google, new_store: NewStore, locations: str, replication: Any) -> None:
    store = new_store(replica_locations=locations)

    store.write([change_to(new_entry(), None)])

    assert google.secrets[PLACE]["replication"] == replication


@pytest.mark.parametrize(
    ("call", "right"),
    [("GET secrets", "secretmanager.secrets.list"), ("GET secret:access", "secretmanager.versions.access")],
)
def test_a_missing_right_is_named(google: Google, new_store: NewStore, call: str, right: str) -> None:
    store = new_store()
    store.write([change_to(new_entry(), None)])
    google.refusals[call] = (403, "Permission denied on resource.")

    with pytest.raises(StoreError, match=rf"Permission denied on resource; this needs {right}\."):
        store.read(None, values=False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "needs its option 'project', which is not set, and neither is GCP_PROJECT or GOOGLE_CLOUD_PROJECT in the environment"),
        ({"project": PROJECT}, "credentials were not found.*; set the store's option service_account_file, or GOOGLE_APPLICATION_CREDENTIALS"),
        ({"project": PROJECT, "service_account_file": "missing.json"}, "No such file"),
    ],
)
def test_a_missing_option_or_login_is_explained(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises((ConfigError, StoreError), match=said):
        store_from_option({"type": "google_secret_manager", **options}, new_context(tmp_path), {}).check()
