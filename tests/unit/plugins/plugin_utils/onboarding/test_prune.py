# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that an earlier run declared and this one does not: which of them go, and which stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, Killed, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.fault_injector import FaultInjector, Moment
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import ATTIC, HALL, INTAKE, PRODUCTION

OWN = ("automation", "reader")


def die() -> NoReturn:
    raise Killed


class Estate:
    """A tenant whose clients several teams declare, each with a store of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulator = Emulator()
        self.emulator.seed(CONTOSO, [{"clientId": "by-hand", "secrets": [{"description": "production"}]}])
        self.in_process = InProcess(self.emulator, monkeypatch)
        self.store = MemoryStore()
        self.warnings: list[str] = []

    def run(self, *apps: dict[str, Any], store: MemoryStore | None = None, **options: Any) -> dict[str, Any]:
        """Run with prune: managed, unless told otherwise, and return the result."""
        self.emulator.journal.clear()
        engine = EngineRun(self.in_process, store or self.store, list(apps), **{"prune": "managed", **options})
        result = engine.perform()
        self.warnings = engine.warnings
        return result

    def run_well(self, *apps: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Run, check that the run does not fail, and return its result."""
        result = self.run(*apps, **options)
        assert result["failure"] == ""
        return result

    def clients(self) -> list[str]:
        """Return the clients beside those that every tenant has."""
        return sorted(set(self.in_process.clients()) - set(OWN))


@pytest.fixture
def estate(monkeypatch: pytest.MonkeyPatch) -> Estate:
    """Three apps that a run has onboarded, and a client that somebody made by hand."""
    estate = Estate(monkeypatch)
    estate.run_well(INTAKE, ATTIC, HALL)
    assert estate.clients() == ["attic", "by-hand", "hall", "intake"]
    return estate


def test_check_mode_shows_which_clients_would_be_deleted(estate: Estate) -> None:
    planned = estate.run(INTAKE, check=True)

    assert [line.split()[:2] for line in planned["table"][1:]] == [["attic", "deleted"], ["hall", "deleted"]]
    assert estate.emulator.journal.writes() == []


def test_only_what_an_earlier_run_declared_is_deleted(estate: Estate) -> None:
    planned = estate.run(INTAKE, check=True)

    done = estate.run(INTAKE)

    assert (done["table"], done["changes"], done["changed"]) == (planned["table"], planned["changes"], True)
    assert [(change["client_id"], change["description"], change["action"]) for change in done["changes"]] == [("attic", "production", "deleted")]
    assert estate.clients() == ["by-hand", "intake"]
    assert sorted(estate.store.entries) == ["intake/production"]


def test_the_run_after_a_deletion_has_nothing_to_do(estate: Estate) -> None:
    estate.run(INTAKE)

    again = estate.run(INTAKE)

    assert again["changed"] is False
    assert estate.emulator.journal.writes() == []


def test_without_prune_nothing_is_noted_of_public_clients(estate: Estate) -> None:
    store = MemoryStore()
    estate.run_well(HALL, store=store, prune="false")
    assert store.entries == {}


def test_without_prune_nothing_is_deleted(estate: Estate) -> None:
    estate.run_well(INTAKE, prune="false")
    assert "hall" in estate.clients()


GROWN_HALL = {"client_id": "hall", "secrets": [{"description": ""}, "web"]}


def test_a_public_client_is_noted_once(estate: Estate) -> None:
    estate.store.expect_trouble(set())

    again = estate.run(INTAKE, ATTIC, HALL)

    assert estate.store.entries["hall/"] == Entry("hall", "", CONTOSO)
    assert again["changed"] is False
    assert estate.store.writes == 0


def test_a_public_client_may_get_secrets_later(estate: Estate) -> None:
    estate.run_well(INTAKE, ATTIC, GROWN_HALL)

    assert sorted(estate.store.entries) == ["attic/production", "hall/", "hall/web", "intake/production"]
    assert estate.store.entries["hall/"].value


def test_a_public_client_that_got_secrets_later_is_deleted(estate: Estate) -> None:
    estate.run_well(INTAKE, ATTIC, GROWN_HALL)
    estate.run_well(INTAKE)
    assert estate.clients() == ["by-hand", "intake"]


def test_a_store_that_cannot_list_is_refused_before_anything_is_sent(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estate.store, "can_list", False)

    result = estate.run(INTAKE)

    assert result["failure"] == (
        "Nothing was written. prune is managed, but the store memory cannot list its entries, so the clients of earlier runs are unknown; "
        "choose another store, or set prune to false."
    )
    assert len(estate.emulator.journal) == 0


def test_no_more_clients_than_the_limit_are_deleted(estate: Estate) -> None:
    result = estate.run(INTAKE, prune_limit=1)

    assert result["failure"].startswith("Nothing was written. prune would delete 2 clients, more than prune_limit (1): attic, hall.")
    assert estate.emulator.journal.writes() == []


def test_a_protected_client_stays_managed_and_does_not_count(estate: Estate) -> None:
    estate.run_well(INTAKE, prune_limit=1, prune_protect=["att*"])

    assert estate.clients() == ["attic", "by-hand", "intake"]
    assert "attic/production" in estate.store.entries


def test_the_client_that_the_run_logs_in_with_stays(estate: Estate) -> None:
    estate.run_well(INTAKE, ATTIC, HALL, {"client_id": "automation", "secrets": [PRODUCTION]})

    estate.run_well(INTAKE)

    assert "automation" in estate.in_process.clients()
    assert "automation/production" in estate.store.entries


def test_entries_of_another_tenant_stop_the_run(estate: Estate) -> None:
    estate.store.entries["attic/production"] = replace(estate.store.entries["attic/production"], tenant_id="0" * 32)

    result = estate.run(INTAKE)

    assert result["failure"].startswith("Nothing was written. The store holds secrets of another tenant, 1 in all, such as attic/production;")
    assert estate.emulator.journal.writes() == []
    assert "attic" in estate.clients()


@pytest.mark.parametrize("description", ["production", "theirs"])
def test_a_client_that_another_run_has_taken_over_stays(estate: Estate, description: str) -> None:
    # The entry that this run's store has of it is as it was.
    estate.run_well({**ATTIC, "secrets": [{**PRODUCTION, "description": description}]}, store=MemoryStore())

    planned = estate.run(INTAKE, check=True)
    estate.run_well(INTAKE)

    assert "attic" not in str(planned["table"])
    assert estate.clients() == ["attic", "by-hand", "intake"]
    assert "attic/production" in estate.store.entries
    assert [warning for warning in estate.warnings if "prune keeps attic: no app declares" in warning]


def test_a_client_whose_secret_somebody_made_by_hand_stays_until_that_has_expired(estate: Estate) -> None:
    made = estate.in_process.run("vantage_client_secret", client_id="hall", description="by hand", lifetime="30d")

    assert made["secret"]["value"]

    estate.run_well(INTAKE)

    assert estate.clients() == ["by-hand", "hall", "intake"]

    estate.emulator.advance(31 * DAY)
    estate.run_well(INTAKE)

    assert estate.clients() == ["by-hand", "intake"]


def test_older_generations_of_its_own_do_not_keep_a_client(estate: Estate) -> None:
    estate.emulator.advance(61 * DAY)
    estate.run_well(INTAKE, ATTIC, HALL)
    generations = len(estate.in_process.clients()["attic"]["secrets"])

    estate.run_well(INTAKE)

    assert generations == 2
    assert estate.clients() == ["by-hand", "intake"]


def test_a_client_that_is_taken_over_during_the_run_stays(estate: Estate) -> None:
    injector = FaultInjector(estate.emulator, estate.store, "automation")
    estate.run_well(INTAKE, check=True)
    looked = [moment for moment in injector.moments if moment.app == "attic"][-1]
    injector.forget()
    theirs = {**ATTIC, "secrets": [{**PRODUCTION, "description": "theirs"}]}
    injector.expect(looked, after=lambda: EngineRun(estate.in_process, MemoryStore(), [theirs]).perform())

    result = estate.run(INTAKE)

    assert "It was not deleted, since it now has a secret that this store does not hold; run again." in result["failure"]
    assert estate.clients() == ["attic", "by-hand", "intake"]


def test_a_run_that_is_killed_between_a_client_and_its_entry_is_repaired(estate: Estate) -> None:
    injector = FaultInjector(estate.emulator, estate.store, "automation")
    # The first access reads the store, the second one removes the entry.
    injector.expect(Moment("store", 2), before=die)

    with pytest.raises(Killed):
        estate.run(INTAKE, HALL)

    assert "attic" not in estate.clients()
    assert "attic/production" in estate.store.entries

    injector.forget()
    planned = estate.run(INTAKE, HALL, check=True)
    done = estate.run(INTAKE, HALL)

    assert [line.split()[:2] for line in planned["table"][1:]] == [["attic", "deleted"]]
    assert done["table"] == planned["table"]
    assert sorted(estate.store.entries) == ["hall/", "intake/production"]


@pytest.mark.parametrize("prune", ["managed", "all"])
def test_a_declaration_of_which_no_app_stays_is_taken_for_a_mistake(estate: Estate, prune: str) -> None:
    result = estate.run({"client_id": "attic", "state": "absent"}, prune=prune)

    assert f"prune is {prune}, but contoso declares no app that stays" in result["failure"]
    assert estate.emulator.journal.writes() == []
