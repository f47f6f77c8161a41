# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role refuses to do: to trust a value that does not log in, to lock an app or itself out, to delete more than was meant."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.role_run import RoleRun
from ansible_collections.abbyy.vantage.tests.unit.support.role_scenes import DESK, INTAKE, LIFE, Estate

NAMES = ("intake/production", "desk/production")


def run(estate: Estate, *apps: dict[str, Any], **variables: Any) -> dict[str, Any]:
    """Run the role for these apps and return its report."""
    estate.emulator.journal.clear()
    estate.store.expect_trouble(set())
    return RoleRun(estate.in_process, estate.store, list(apps) or estate.scene.apps, **variables).perform()


def test_a_new_secret_may_take_time_to_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = Estate("renewal", monkeypatch)
    estate.emulator.behaviour.secret_spread = 40
    estate.in_process.clock.waits.clear()
    assert run(estate)["failure"] == ""
    assert max(estate.in_process.clock.waits) <= 30
    assert all(estate.is_served(name) for name in NAMES)


@pytest.mark.parametrize("scene", ["from nothing", "renewal"])
def test_one_that_never_works_is_taken_back(monkeypatch: pytest.MonkeyPatch, scene: str) -> None:
    estate = Estate(scene, monkeypatch)
    before = {name: estate.alive(name) for name in NAMES}
    estate.emulator.behaviour.secret_spread = DAY
    estate.in_process.clock.waits.clear()
    report = run(estate)
    assert report["summary"]["failed"] == ["intake", "desk"]
    assert "does not log in at the token endpoint (invalid_client); it was taken back" in report["failure"]
    # A minute for each, and no more.
    assert sum(estate.in_process.clock.waits) <= 120
    assert {name: estate.alive(name) for name in NAMES} == before
    estate.check_uncut()
    estate.emulator.behaviour.secret_spread = 0
    estate.check_settled()


def test_nothing_is_retired_for_a_value_that_does_not_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = Estate("retirement", monkeypatch)
    before = estate.alive("intake/production")
    assert len(before) == 2
    estate.store.entries["intake/production"]["value"] = "what somebody has typed over it"
    report = run(estate)
    assert report["summary"]["failed"] == ["intake"]
    assert "does not log in at the token endpoint (invalid_client); no older secret was touched" in report["failure"]
    assert estate.alive("intake/production") == before
    assert estate.is_served("desk/production")


@pytest.mark.parametrize("scene", ["from nothing", "renewal"])
def test_a_store_that_gives_another_value_back_gets_its_former_entry(monkeypatch: pytest.MonkeyPatch, scene: str) -> None:
    estate = Estate(scene, monkeypatch)
    before = {name: estate.alive(name) for name in NAMES}
    write = estate.store.write

    def spoil(changes: dict[str, Any]) -> dict[str, Any]:
        entry = changes["entries"].get("intake/production", {})
        # The former value, when it is put back, arrives whole.
        if entry.get("id") and entry["id"] not in before["intake/production"]:
            changes = {**changes, "entries": {**changes["entries"], "intake/production": {**entry, "value": entry["value"][:10]}}}
        return write(changes)

    monkeypatch.setattr(estate.store, "write", spoil)
    report = run(estate)
    assert report["summary"]["failed"] == ["intake"]
    assert "The store gave another value back than was written" in report["failure"]
    assert estate.alive("intake/production") == before["intake/production"]
    assert estate.store.entries["intake/production"].get("id") == estate.before.entries.get("intake/production", {}).get("id")
    estate.check_uncut()
    assert estate.is_served("desk/production")


def test_the_last_secret_that_works_is_not_deleted_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = Estate("retirement", monkeypatch)
    run(estate)
    unwanted = {"description": "production", "state": "absent"}
    # By another's hand it has two more, which go by the same rule.
    for secret_id in [secret["id"] for secret in estate.in_process.clients()["intake"]["secrets"] if secret["description"] != "production"]:
        del estate.emulator.world.named_tenant(CONTOSO).clients["intake"].secrets[secret_id]
    report = run(estate, {**INTAKE, "secrets": [unwanted]}, {**DESK, "client_name": "Desk"})
    assert report["summary"]["failed"] == ["intake"]
    assert "without any that works; make another one first, delete the client, or set force" in report["failure"]
    assert estate.works("intake/production")
    assert estate.in_process.clients()["desk"]["members"]["clientName"] == "Desk"
    assert run(estate, {**INTAKE, "secrets": [{**unwanted, "force": True}]}, DESK)["failure"] == ""
    assert estate.alive("intake/production") == []
    assert "intake/production" not in estate.store.entries


def test_pruning_more_than_its_limit_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = Estate("renewal", monkeypatch)
    entries = dict(estate.store.entries)
    report = run(estate, INTAKE, app_onboarding_prune=True, app_onboarding_prune_limit=2)
    assert report["failure"].startswith("Nothing was written. prune would delete 3 clients, more than prune_limit (2): desk, reader, team-b-app.")
    assert estate.emulator.journal.writes() == []
    assert (estate.store.entries, estate.store.writes) == (entries, 0)


def test_pruning_spares_the_protected_and_the_own_login_with_their_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = Estate("renewal", monkeypatch)
    own = {"client_id": "automation", "secrets": [{"description": "runs", **LIFE}]}
    assert run(estate, INTAKE, DESK, own)["failure"] == ""
    report = run(estate, INTAKE, app_onboarding_prune=True, app_onboarding_prune_protect=["desk", "team-*"], app_onboarding_prune_limit=1)
    assert report["failure"] == ""
    assert sorted(estate.in_process.clients()) == ["automation", "desk", "intake", "team-b-app"]
    # The one that the run logs in with, and the protected one, keep what the store has of them.
    assert sorted(estate.store.entries) == ["automation/runs", "desk/production", "intake/production"]
    assert estate.works("desk/production")


@pytest.mark.parametrize("overlap", ["2d", "0"])
def test_the_secret_that_the_run_logs_in_with_goes_only_when_it_is_not_used_any_more(monkeypatch: pytest.MonkeyPatch, overlap: str) -> None:
    estate = Estate("from nothing", monkeypatch)
    own = {"client_id": "automation", "secrets": [{"description": "runs", **LIFE, "overlap": overlap}]}
    # Batches of one: what comes after the own client has to log in again.
    apps = (own, INTAKE)
    assert run(estate, *apps, app_onboarding_batch_size=1)["failure"] == ""
    first = estate.store.entries["automation/runs"]
    estate.in_process.options["auth_client_secret"] = first["value"]
    estate.emulator.advance(61 * DAY)
    assert run(estate, *apps, app_onboarding_batch_size=1)["failure"] == ""
    second = estate.store.entries["automation/runs"]
    assert estate.alive("automation/runs") == [first["id"], second["id"]]
    # Nobody has told the login of the new one, and the overlap is over.
    estate.emulator.advance(3 * DAY)
    assert run(estate, *apps, {**DESK}, app_onboarding_batch_size=1)["failure"] == ""
    assert estate.alive("automation/runs") == [first["id"], second["id"]]
    estate.in_process.options["auth_client_secret"] = second["value"]
    assert run(estate, *apps, app_onboarding_batch_size=1)["failure"] == ""
    assert estate.alive("automation/runs") == [second["id"]]
    assert run(estate, *apps, app_onboarding_batch_size=1)["failure"] == ""
    assert estate.emulator.journal.writes() == []
