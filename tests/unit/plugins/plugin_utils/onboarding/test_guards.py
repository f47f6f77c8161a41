# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role refuses to do: to trust a value that does not log in, to lock an app or itself out, to delete more than was meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Written
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import NOTHING, EngineRun
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import DESK, INTAKE, LIFE, SCENARIOS, TenantFixture

NAMES = ("intake/production", "desk/production")


def run(tenant: TenantFixture, *apps: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Run the role for these apps and return its report."""
    tenant.emulator.journal.clear()
    tenant.store.expect_trouble(set())
    return EngineRun(tenant.in_process, tenant.store, list(apps) or tenant.scenario.apps, **options).perform()


def run_well(tenant: TenantFixture, *apps: dict[str, Any], **options: Any) -> None:
    """Run the role for these apps and check that it does not fail."""
    assert run(tenant, *apps, **options)["failure"] == ""


def logins(tenant: TenantFixture) -> int:
    """Return how often a token was asked for since the last run began."""
    return sum(entry.kind == "token" for entry in tenant.emulator.journal)


def test_a_new_secret_may_take_time_to_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("renewal", monkeypatch)
    tenant.emulator.behaviour.secret_spread = 40
    tenant.in_process.clock.waits.clear()

    report = run(tenant)

    assert report["failure"] == ""
    assert max(tenant.in_process.clock.waits) <= 30
    assert all(tenant.is_served(name) for name in NAMES)


@pytest.mark.parametrize("scenario", ["from nothing", "renewal"])
def test_a_new_secret_that_never_works_is_rolled_back(monkeypatch: pytest.MonkeyPatch, scenario: str) -> None:
    tenant = TenantFixture(scenario, monkeypatch)
    before = {name: tenant.alive(name) for name in NAMES}
    tenant.emulator.behaviour.secret_spread = DAY
    tenant.in_process.clock.waits.clear()

    report = run(tenant)

    assert report["summary"]["failed"] == ["intake", "desk"]
    assert "does not log in at the token endpoint (invalid_client). The new secret was rolled back" in report["failure"]
    # A minute for each, and no more.
    assert sum(tenant.in_process.clock.waits) <= 120
    assert {name: tenant.alive(name) for name in NAMES} == before

    tenant.check_uncut()
    tenant.emulator.behaviour.secret_spread = 0
    tenant.check_settled()


PUBLIC = {**INTAKE, "require_client_secret": False}


def test_the_secret_of_a_client_that_requires_none_is_not_tested_and_the_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    engine = EngineRun(tenant.in_process, tenant.store, [PUBLIC])

    report = engine.perform()

    assert report["failure"] == ""
    assert len(engine.warnings) == 1
    assert engine.warnings[0].startswith("intake/production: The secret was not tested: the client does not require one")


def test_the_secret_of_a_client_that_requires_none_is_renewed_and_retired_without_a_login(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    run_well(tenant, PUBLIC)

    for days in (61, 3):
        tenant.emulator.advance(days * DAY)
        run_well(tenant, PUBLIC)
        # The run itself logs in, and no secret does.
        assert logins(tenant) == 1

    assert len(tenant.alive("intake/production")) == 1


def test_nothing_is_retired_for_a_value_that_does_not_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("retirement", monkeypatch)
    before = tenant.alive("intake/production")
    tenant.store.entries["intake/production"] = replace(tenant.store.entries["intake/production"], value="what somebody has typed over it")

    report = run(tenant)

    assert report["summary"]["failed"] == ["intake"]
    assert "does not log in at the token endpoint (invalid_client), so no older secret was deleted" in report["failure"]
    assert len(before) == 2
    assert tenant.alive("intake/production") == before
    assert tenant.is_served("desk/production")


def cut(entry: Entry | None, former: list[str]) -> Entry | None:
    """Return an entry of intake with a part of its value; the former one, when it is put back, arrives whole."""
    return replace(entry, value=entry.value[:10]) if entry and entry.client_id == "intake" and entry.id and entry.id not in former else entry


@pytest.mark.parametrize("scenario", ["from nothing", "renewal"])
def test_a_store_that_gives_another_value_back_gets_its_former_entry(monkeypatch: pytest.MonkeyPatch, scenario: str) -> None:
    tenant = TenantFixture(scenario, monkeypatch)
    before = tenant.alive("intake/production")
    write = tenant.store.write

    def spoil(changes: Sequence[Change]) -> dict[str, Written]:
        return write([replace(change, entry=cut(change.entry, before)) for change in changes])

    monkeypatch.setattr(tenant.store, "write", spoil)

    report = run(tenant)

    assert report["summary"]["failed"] == ["intake"]
    assert "The store returned another value than was written" in report["failure"]
    assert tenant.alive("intake/production") == before
    assert tenant.store.entries["intake/production"].id == tenant.before.entries.get("intake/production", NOTHING).id
    assert tenant.is_served("desk/production")

    tenant.check_uncut()


UNWANTED = {"description": "production", "state": "absent"}


@pytest.fixture
def last_secret(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """A tenant in which one secret of intake works, and no other."""
    tenant = TenantFixture("retirement", monkeypatch)
    run(tenant)
    # Somebody has made two more by hand, which would do as well.
    for secret_id in [secret["id"] for secret in tenant.in_process.clients()["intake"]["secrets"] if secret["description"] != "production"]:
        del tenant.emulator.world.named_tenant(CONTOSO).clients["intake"].secrets[secret_id]
    return tenant


def test_the_last_secret_that_works_is_not_deleted_unasked(last_secret: TenantFixture) -> None:
    report = run(last_secret, {**INTAKE, "secrets": [UNWANTED]}, {**DESK, "client_name": "Desk"})

    assert report["summary"]["failed"] == ["intake"]
    assert "without any that works; declare another one first, or set force" in report["failure"]
    assert last_secret.works("intake/production")
    assert last_secret.in_process.clients()["desk"]["members"]["clientName"] == "Desk"


def test_the_last_secret_that_works_is_deleted_by_force(last_secret: TenantFixture) -> None:
    report = run(last_secret, {**INTAKE, "secrets": [{**UNWANTED, "force": True}]}, DESK)

    assert report["failure"] == ""
    assert last_secret.alive("intake/production") == []
    assert "intake/production" not in last_secret.store.entries


def test_pruning_more_than_its_limit_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("renewal", monkeypatch)
    entries = dict(tenant.store.entries)

    report = run(tenant, INTAKE, prune="all", prune_limit=2)

    assert report["failure"].startswith("Nothing was written. prune would delete 3 clients, more than prune_limit (2): desk, reader, team-b-app.")
    assert tenant.emulator.journal.writes() == []
    assert (tenant.store.entries, tenant.store.writes) == (entries, 0)


def test_pruning_spares_the_protected_and_the_own_login_with_their_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("renewal", monkeypatch)
    own = {"client_id": "automation", "secrets": [{"description": "runs", **LIFE}]}
    run_well(tenant, INTAKE, DESK, own)

    report = run(tenant, INTAKE, prune="all", prune_protect=["desk", "team-*"], prune_limit=1)

    assert report["failure"] == ""
    assert sorted(tenant.in_process.clients()) == ["automation", "desk", "intake", "team-b-app"]
    # The one that the run logs in with, and the protected one, keep what the store has of them.
    assert sorted(tenant.store.entries) == ["automation/runs", "desk/production", "intake/production"]
    assert tenant.works("desk/production")


def log_in_with(tenant: TenantFixture, entry: Entry) -> None:
    """Let the next runs log in with the value of an entry."""
    tenant.in_process.options["auth_client_secret"] = entry.value


@pytest.mark.parametrize("overlap", ["2d", "0"])
def test_the_secret_that_the_run_logs_in_with_goes_only_when_it_is_not_used_any_more(monkeypatch: pytest.MonkeyPatch, overlap: str) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    own = {"client_id": "automation", "secrets": [{"description": "runs", **LIFE, "overlap": overlap}]}
    # Batches of one: what comes after the own client has to log in again.
    run_apps = partial(run_well, tenant, own, INTAKE, batch_size=1)
    run_apps()
    first = tenant.store.entries["automation/runs"]
    log_in_with(tenant, first)

    tenant.emulator.advance(61 * DAY)
    run_apps()
    second = tenant.store.entries["automation/runs"]

    assert tenant.alive("automation/runs") == [first.id, second.id]

    # The login still uses the older secret, and the overlap is over.
    tenant.emulator.advance(3 * DAY)
    run_apps(DESK)

    assert tenant.alive("automation/runs") == [first.id, second.id]

    log_in_with(tenant, second)
    run_apps()

    assert tenant.alive("automation/runs") == [second.id]

    run_apps()

    assert tenant.emulator.journal.writes() == []


OLD = {"description": "old", "state": "absent"}


def refuse_second_write(tenant: TenantFixture) -> None:
    tenant.store.expect_trouble({2})


def fail_new_secrets(tenant: TenantFixture) -> None:
    tenant.emulator.faults.replace([{"kind": "status", "status": 400, "method": "POST", "path": "/secrets/$"}])


def never_spread(tenant: TenantFixture) -> None:
    tenant.emulator.behaviour.secret_spread = DAY


@pytest.mark.parametrize("writes_at_once", [True, False])
@pytest.mark.parametrize("make_trouble", [refuse_second_write, fail_new_secrets, never_spread])
def test_nothing_of_a_client_is_deleted_while_a_secret_of_it_is_in_trouble(
    monkeypatch: pytest.MonkeyPatch, make_trouble: Callable[[TenantFixture], None], writes_at_once: bool
) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    tenant.store.writes_at_once = writes_at_once
    run_well(tenant, {**INTAKE, "secrets": [{"description": "old", **LIFE}]})
    (before,) = tenant.alive("intake/old")
    renamed = {**INTAKE, "secrets": [OLD, {"description": "new", **LIFE}]}
    tenant.store.expect_trouble(set())
    make_trouble(tenant)

    report = EngineRun(tenant.in_process, tenant.store, [renamed]).perform()

    assert report["summary"]["failed"] == ["intake"]
    assert "It was not deleted, since another secret of its client failed." in report["failure"]
    assert tenant.alive("intake/old") == [before]
    assert tenant.alive("intake/new") == []

    tenant.emulator.faults.replace([])
    tenant.emulator.behaviour.secret_spread = 0
    run_well(tenant, renamed)

    assert tenant.alive("intake/old") == []
    assert tenant.works("intake/new")


@pytest.fixture
def wrong_clock(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """A tenant with an older secret to retire, seen by a machine whose clock is wrong by more than a year."""
    tenant = TenantFixture("retirement", monkeypatch)
    tenant.in_process.clock_error = timedelta(days=400)
    return tenant


def test_nothing_is_deleted_by_a_clock_that_is_wrong(wrong_clock: TenantFixture) -> None:
    before = wrong_clock.alive("intake/production")
    gone = {**DESK, "state": "absent", "secrets": None}

    report = run(wrong_clock, INTAKE, gone, prune="all", prune_protect=["team-*", "reader"])

    assert "days" in report["failure"]
    assert wrong_clock.alive("intake/production") == before
    assert "desk" in wrong_clock.in_process.clients()
    assert [entry for entry in wrong_clock.emulator.journal.writes() if entry.method == "DELETE"] == []


def test_a_clock_that_is_wrong_may_be_tolerated(wrong_clock: TenantFixture) -> None:
    report = run(wrong_clock, INTAKE, clock_tolerance="500d")

    assert report["failure"] == ""
    assert len(wrong_clock.alive("intake/production")) == 1


@pytest.mark.parametrize("number", range(1, 9))
def test_a_run_that_is_stopped_settles_what_it_has_begun_and_begins_nothing_new(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    tenant = TenantFixture("renewal", monkeypatch)
    answers = iter([True] * (number - 1))

    report = EngineRun(tenant.in_process, tenant.store, tenant.scenario.apps, go_on=partial(next, answers, False)).perform()
    failed = report["summary"]["failed"]

    assert [name for name in NAMES if tenant.strangers(name)] == []
    assert all(tenant.is_served(name) for name in NAMES if name.partition("/")[0] not in failed)
    assert "since the run was stopped" in report["failure"] or not failed

    tenant.check_uncut()
    tenant.check_settled()


def test_a_tenant_that_gives_no_answer_is_not_asked_by_every_app(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    apps = [{"client_id": f"app-{number}"} for number in range(40)]
    tenant.emulator.faults.replace([{"kind": "drop_before", "method": "POST", "path": "/clients/$", "times": 10_000}])

    report = run(tenant, *apps)

    assert len(report["summary"]["failed"]) == 40
    assert "It was not attempted, since the tenant did not respond to 16 requests in a row." in str(report["apps"])
    assert sum(entry.method == "POST" and entry.path.endswith("/clients/") for entry in tenant.emulator.journal) <= 16 * 9


def test_entries_of_another_tenant_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("retirement", monkeypatch)
    name = "intake/production"
    tenant.store.entries[name] = replace(tenant.store.entries[name], tenant_id="0" * 32)

    report = run(tenant)

    assert report["failure"].startswith("Nothing was written. The store holds secrets of another tenant, 1 in all, such as intake/production;")
    assert tenant.emulator.journal.writes() == []


def test_a_secret_that_the_store_cannot_keep_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    monkeypatch.setattr(tenant.store, "problems", lambda names: [f"{name} is too long." for name in names if name.startswith("intake")])

    report = run(tenant)

    assert "intake/production: intake/production is too long." in report["failure"]
    assert tenant.alive("intake/production") == []
    assert tenant.is_served("desk/production")


def plan(tenant: TenantFixture) -> dict[str, Any]:
    """Return the report of a night in check mode."""
    tenant.emulator.journal.clear()
    tenant.store.expect_trouble(set())
    return EngineRun(tenant.in_process, tenant.store, tenant.scenario.apps, check=True, from_store=tenant.source, **tenant.scenario.options).perform()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_check_mode_only_reads(monkeypatch: pytest.MonkeyPatch, scenario: str) -> None:
    tenant = TenantFixture(scenario, monkeypatch)

    planned = plan(tenant)

    assert "value" not in str(planned["diff"]).replace("value_display", "")
    assert tenant.emulator.journal.writes() == []
    assert tenant.store.writes == 0
    # Only the login has asked for a token: no secret was tried.
    assert logins(tenant) == 1


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_check_mode_plans_what_the_run_then_does(monkeypatch: pytest.MonkeyPatch, scenario: str) -> None:
    tenant = TenantFixture(scenario, monkeypatch)

    planned = plan(tenant)
    done = tenant.run()

    assert planned["table"] == done["table"]
    assert (planned["changed"], planned["apps"]) == (done["changed"], done["apps"]) == (True, planned["apps"])


def test_a_secret_that_came_late_is_deleted_and_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("renewal", monkeypatch)
    tenant.emulator.faults.replace([{"kind": "commit_late", "seconds": 20, "method": "POST", "path": "/intake/secrets/$"}])
    engine = EngineRun(tenant.in_process, tenant.store, tenant.scenario.apps)

    report = engine.perform()
    tenant.emulator.advance(3600)
    tenant.emulator.faults.replace([])

    assert report["failure"] == ""
    assert tenant.strangers("intake/production") == []
    assert tenant.is_served("intake/production")
    assert any("intake/production" in warning for warning in engine.warnings)


@pytest.mark.parametrize(
    ("scenario", "todo"),
    [("from nothing", "created"), ("renewal", "renewed"), ("retirement", "old one deleted"), ("removal", "deleted"), ("managed removal", "deleted")],
)
def test_a_stopped_run_begins_nothing_and_claims_nothing(monkeypatch: pytest.MonkeyPatch, scenario: str, todo: str) -> None:
    tenant = TenantFixture(scenario, monkeypatch)
    entries = dict(tenant.store.entries)
    planned = run(tenant, check=True, **tenant.scenario.options)

    report = run(tenant, go_on=lambda: False, **tenant.scenario.options)

    assert todo in str(planned["apps"])
    assert "the run was stopped; run again" in report["failure"]
    assert todo not in str([app["secrets"] for app in report["apps"]])
    assert [entry for entry in tenant.emulator.journal.writes() if entry.kind != "token"] == []
    assert tenant.store.entries == entries
    assert tenant.store.writes == 0
