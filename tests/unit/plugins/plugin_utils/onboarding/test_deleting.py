# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deletion that cannot be carried out says why, and what it stands for stays: secrets, entries, labels and clients."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import STOPPED
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import INTAKE, TenantFixture

NAME = "intake/production"
LIST = {"kind": "forbidden", "method": "GET", "path": "intake/secrets/$", "times": None}
LABELLED = {**INTAKE, "labels": {"team": "claims"}}


@pytest.fixture
def retirement(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """Apps whose older secrets are not needed any more."""
    tenant = TenantFixture("retirement", monkeypatch)
    tenant.store.expect_trouble(set())
    assert len(tenant.alive(NAME)) == 2
    return tenant


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """Apps that are as declared."""
    tenant = TenantFixture("from nothing", monkeypatch)
    assert tenant.run()["failure"] == ""
    tenant.store.expect_trouble(set())
    return tenant


@pytest.fixture
def removal(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """A secret and a client that are declared absent, and a client that nobody declares."""
    tenant = TenantFixture("removal", monkeypatch)
    tenant.store.expect_trouble(set())
    return tenant


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({**LIST, "skip": 1}, "No older secret was deleted, which the next run does. Could not list"),
        (
            {"kind": "forbidden", "path": "connect/token", "skip": 1, "times": None},
            "The value in the store could not be tried, so no older secret was deleted. ",
        ),
        ({"kind": "forbidden", "method": "DELETE", "path": "intake/secrets/", "times": None}, "An older secret is still there, which the next run deletes. "),
    ],
    ids=["list", "login", "deletion"],
)
def test_an_older_secret_stays_where_the_tenant_refuses(retirement: TenantFixture, fault: dict[str, Any], said: str) -> None:
    before = retirement.alive(NAME)
    retirement.emulator.faults.replace([fault])

    result = retirement.run(apps=[INTAKE])

    assert said in result["failure"]
    assert retirement.alive(NAME) == before


def test_an_older_secret_stays_where_the_store_cannot_be_read(retirement: TenantFixture) -> None:
    before = retirement.alive(NAME)
    retirement.store.expect_trouble(set(), unreadable=2)

    result = retirement.run(apps=[INTAKE])

    assert "The store could not be read, so no older secret was deleted. The store refuses." in result["failure"]
    assert retirement.alive(NAME) == before


def test_an_entry_that_cannot_be_removed_fails_its_app(removal: TenantFixture) -> None:
    removal.store.expect_trouble(set(range(1, 10)))

    result = removal.run()

    assert result["summary"]["failed"] == ["intake", "desk", "attic"]
    assert result["failure"].count("Its entry could not be removed from the store. The store refuses.") == 3
    assert {"intake/former", "desk/production", "attic/production"} <= set(removal.store.entries)


def test_the_next_run_removes_entries_that_could_not_be_removed(removal: TenantFixture) -> None:
    removal.store.expect_trouble(set(range(1, 10)))
    removal.run()
    removal.store.expect_trouble(set())

    result = removal.run()

    assert result["failure"] == ""
    assert set(removal.store.entries) == {NAME}


def test_labels_of_a_stopped_run_stay_as_they_are(quiet: TenantFixture) -> None:
    result = quiet.run(apps=[LABELLED], go_on=lambda: False)

    assert STOPPED in result["failure"]
    assert quiet.store.entries[NAME].labels == {}


def test_labels_of_an_entry_that_another_run_has_replaced_stay_as_they_are(quiet: TenantFixture) -> None:
    other = quiet.in_process.run("vantage_client_secret", client_id="intake", description="production", force=True)["secret"]
    replaced = Entry("intake", "production", id=other["id"], value=other["value"])

    def replace_entry() -> None:
        if quiet.store.reads == 1:
            quiet.store.entries[NAME] = replaced

    quiet.store.on_access = replace_entry

    quiet.run(apps=[LABELLED])

    assert quiet.store.entries[NAME] == replaced


def test_an_entry_without_a_value_gets_no_labels(quiet: TenantFixture) -> None:
    entry = quiet.store.entries[NAME] = replace(quiet.store.entries[NAME], value="")

    quiet.run(apps=[LABELLED])

    assert quiet.store.entries[NAME] == entry


def test_a_stopped_run_prunes_nothing_and_names_what_is_left(quiet: TenantFixture) -> None:
    result = quiet.run(apps=[INTAKE], prune="all", prune_protect=["team-b-*", "reader"], go_on=lambda: False)

    assert result["summary"]["failed"] == ["desk"]
    assert f"desk: {STOPPED}" in result["failure"]
    assert "desk" in quiet.in_process.clients()


def test_a_client_that_cannot_be_pruned_does_not_hold_up_the_others(quiet: TenantFixture) -> None:
    quiet.emulator.faults.replace([{"kind": "forbidden", "method": "DELETE", "path": "clients/desk$", "times": None}])

    result = quiet.run(apps=[INTAKE], prune="all", prune_protect=["reader"], prune_limit=2)

    assert result["summary"]["failed"] == ["desk"]
    assert sorted(quiet.in_process.clients()) == ["automation", "desk", "intake", "reader"]
    assert "desk/production" in quiet.store.entries


def test_secrets_that_the_tenant_makes_late_are_deleted_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    tenant.emulator.faults.replace([{"kind": "commit_late", "method": "POST", "path": "intake/secrets/$", "times": 3, "seconds": 600}])
    tenant.store.expect_trouble(set())

    def wait() -> None:
        # The secret of the other app is about to be delivered.
        if tenant.store.writes == 1:
            tenant.emulator.advance(1200)

    tenant.store.on_access = wait

    result = tenant.run()

    assert result["summary"]["failed"] == ["intake"]
    assert [entry.method for entry in tenant.emulator.journal.writes() if "intake/secrets" in entry.path] == ["POST"] * 3 + ["DELETE"] * 3
    assert tenant.alive(NAME) == []
    assert tenant.works("desk/production")


def test_a_late_secret_that_another_run_has_delivered_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    tenant.emulator.faults.replace([{"kind": "drop_before", "method": "POST", "path": "intake/secrets/$", "times": 3}])
    tenant.store.expect_trouble(set())
    delivered: list[str] = []

    def deliver() -> None:
        if tenant.store.writes == 1 and not delivered:
            made = tenant.in_process.run("vantage_client_secret", client_id="intake", description="production", force=True)["secret"]
            delivered.append(made["id"])
            tenant.store.entries[NAME] = Entry("intake", "production", id=made["id"], value=made["value"])

    tenant.store.on_access = deliver

    result = tenant.run()

    assert result["summary"]["failed"] == ["intake"]
    assert tenant.alive(NAME) == delivered
