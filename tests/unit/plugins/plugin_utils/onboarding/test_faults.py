# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of fault at every request of a run of the role, a death at every moment, another run at every moment."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.faults import KINDS
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import Killed
from ansible_collections.abbyy.vantage.tests.unit.support.fault_injector import FaultInjector, Moment
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import SCENARIOS, TenantFixture

# The client was made by somebody else since it was looked for.
CONFLICT = 409
STATUSES = {"status": (429, 500, 503), "status_after": (500,)}
LATE = 600
HOUR = 3600
# By scenario: the states of tenant and store from which a run was seen to settle.
SEEN: dict[str, set[Any]] = {scenario: set() for scenario in SCENARIOS}
NewNight = Callable[[str], tuple[TenantFixture, FaultInjector]]


@pytest.fixture
def new_night(monkeypatch: pytest.MonkeyPatch) -> NewNight:
    """Return a way to get a tenant before a night, and an injector over it."""

    def new(scenario: str) -> tuple[TenantFixture, FaultInjector]:
        tenant = TenantFixture(scenario, monkeypatch)
        return tenant, FaultInjector(tenant.emulator, tenant.store, "automation", tenant.source)

    return new


def begin_anew(tenant: TenantFixture, injector: FaultInjector) -> None:
    """Go back to before the night, with nothing watched yet."""
    tenant.restore()
    injector.forget()


def run_with_trouble(tenant: TenantFixture, injector: FaultInjector, refuses: set[int], **trouble: Any) -> dict[str, Any]:
    """Return the report of a night in which the store makes this trouble, and nobody is cut off."""
    begin_anew(tenant, injector)
    tenant.store.expect_trouble(refuses, **trouble)
    report = tenant.run()
    tenant.store.expect_trouble(set())
    tenant.check_uncut()
    return report


def moments_of(tenant: TenantFixture, injector: FaultInjector) -> list[Moment]:
    """Return the moments of a night that nothing disturbs, which ends as it should."""
    begin_anew(tenant, injector)
    assert tenant.run()["failure"] == ""
    assert len(tenant.emulator.journal) == sum(moment.what != "store" for moment in injector.moments)
    assert [name for name in tenant.scenario.generations if not tenant.is_served(name)] == []
    return list(injector.moments)


def strangers(tenant: TenantFixture) -> list[str]:
    """Return the names under which the tenant has a secret whose value is lost."""
    return [name for name in tenant.scenario.generations if tenant.strangers(name)]


def shown_values(tenant: TenantFixture, report: dict[str, Any]) -> list[str]:
    """Return the values of the store that a report shows."""
    text = json.dumps(report)
    return [entry.value for entry in tenant.store.entries.values() if entry.value and entry.value in text]


def rules_of(kind: str, moment: Moment) -> list[dict[str, Any]]:
    """Return the fault in all its forms at a request."""
    statuses: tuple[int | None, ...] = STATUSES.get(kind, (None,))
    if moment.what in ("POST clients", "POST secrets") and kind in STATUSES:
        statuses += (CONFLICT,)
    return [{"kind": kind, "at": moment.n, "seconds": LATE, "status": status} for status in statuses]


# Each kind meets a store that is written for a whole batch, such as a file, or one that is written for each app, such as a server.
WAYS = [(kind, bool(number % 2)) for number, kind in enumerate(sorted(KINDS))]


@pytest.mark.slow
@pytest.mark.one_core("no ansible-core and no library decides what follows a fault, and the tests beside this one run on each")
@pytest.mark.parametrize(("kind", "writes_at_once"), WAYS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_fault_at_any_request(new_night: NewNight, scenario: str, kind: str, writes_at_once: bool) -> None:
    tenant, injector = new_night(scenario)
    tenant.store.writes_at_once = writes_at_once
    requests = [moment for moment in moments_of(tenant, injector) if moment.what != "store"]

    assert len(requests) >= 6

    for moment in requests:
        for rule in rules_of(kind, moment):
            try:
                meet_fault(tenant, injector, moment, rule, SEEN[scenario])
            except AssertionError as exc:
                raise AssertionError(f"{rule} at {moment}: {[one[:2] for one in injector.moments]}") from exc


def meet_fault(tenant: TenantFixture, injector: FaultInjector, moment: Moment, rule: dict[str, Any], seen: set[Any]) -> None:
    """Run into a fault; then, when all is well again and late writes have happened, once more and once again."""
    begin_anew(tenant, injector)
    tenant.emulator.faults.replace([rule])

    report = tenant.run()
    used = tenant.emulator.faults.rules[0].used
    tenant.emulator.faults.replace([])

    assert used == 1
    assert shown_values(tenant, report) == []
    tenant.check_uncut()
    check_blame(tenant, moment, report)

    injector.forget()
    run_again(tenant, None if rule["kind"] == "commit_late" else seen)


def check_blame(tenant: TenantFixture, moment: Moment, report: dict[str, Any]) -> None:
    """Check that a fault fails no app but those that it met, and that a report names every app that is not served or whose secret is lost."""
    failed = report["summary"].get("failed", []) if report["failure"] else []
    assert bool(failed) or not report["failure"] or not moment.app
    for name in tenant.scenario.generations:
        app = name.partition("/")[0]
        if (moment.app and moment.app != app) or not report["failure"]:
            assert app not in failed
            assert tenant.is_served(name), f"{name} was not served although the fault met {moment.app or 'all'}: {report['failure']}"
        assert not tenant.strangers(name) or app in failed, f"{name} has an unknown secret that no message mentions"


def run_again(tenant: TenantFixture, seen: set[Any] | None) -> None:
    """Run once more and once again, an hour later.

    :param seen: states for which that is not needed, since a run knows nothing but what the tenant and the store say; the present one is added.
    """
    state = tenant.fingerprint()
    if seen is None or state not in seen:
        tenant.emulator.advance(HOUR)
        tenant.check_settled()
        if seen is not None:
            seen.add(state)


@pytest.mark.parametrize("writes_at_once", [True, False])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_run_that_dies_at_any_moment(new_night: NewNight, scenario: str, when: str, writes_at_once: bool) -> None:
    tenant, injector = new_night(scenario)
    tenant.store.writes_at_once = writes_at_once
    # A death after an access to the store is the same as one before what comes next.
    moments = [moment for moment in moments_of(tenant, injector) if when == "before" or moment.what != "store"]

    for moment in moments:
        begin_anew(tenant, injector)
        injector.expect(moment, **{when: die})

        with pytest.raises(Killed):
            tenant.run()

        tenant.check_uncut()
        injector.forget()
        run_again(tenant, SEEN[scenario])


@pytest.mark.parametrize("seconds", [-100, -2.9, -1, 2.9, 100])
def test_a_dead_runs_secret_is_found_whatever_the_tenants_clock_says(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    tenant.emulator.advance(seconds)
    injector = FaultInjector(tenant.emulator, tenant.store, "automation")
    made = next(moment for moment in moments_of(tenant, injector) if moment.what == "POST secrets")
    tenant.restore()
    # Machines of the same time zone differ by seconds; the run takes less than that for nothing.
    tenant.emulator.advance(time.time() + seconds - tenant.emulator.now())
    injector.forget()
    injector.expect(made, after=die)

    with pytest.raises(Killed):
        tenant.run()

    assert len(tenant.strangers("intake/production")) == 1

    injector.forget()
    tenant.check_settled()


def die() -> NoReturn:
    raise Killed


@pytest.mark.parametrize("writes_at_once", [True, False])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_another_whole_run_at_any_moment(new_night: NewNight, scenario: str, writes_at_once: bool) -> None:
    tenant, injector = new_night(scenario)
    tenant.store.writes_at_once = writes_at_once

    for moment in moments_of(tenant, injector):
        begin_anew(tenant, injector)
        others: list[dict[str, Any]] = []
        injector.expect(moment, before=lambda done=others: done.append(tenant.run()))

        report = tenant.run()

        try:
            check_both(tenant, report, *others)
            injector.forget()
            run_again(tenant, SEEN[scenario])
        except AssertionError as exc:
            raise AssertionError(f"another run before {moment}: {report['failure']!r}, {others[0]['failure']!r}") from exc


def forced(apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the apps with secrets that are renewed at once, as somebody does whose secret has become known."""
    return [{**app, "secrets": [{**secret, "force": True} for secret in app["secrets"]]} for app in apps]


def test_another_run_that_retires_while_this_one_renews(new_night: NewNight) -> None:
    tenant, injector = new_night("retirement")
    assert tenant.run(apps=forced(tenant.scenario.apps))["failure"] == ""

    for moment in list(injector.moments):
        begin_anew(tenant, injector)
        injector.expect(moment, before=tenant.run)

        report = tenant.run(apps=forced(tenant.scenario.apps))

        tenant.check_uncut()
        for name in tenant.scenario.generations:
            assert tenant.strangers(name) == []
            assert tenant.store.entries[name].id != tenant.before.entries[name].id or name.partition("/")[0] in report["summary"]["failed"]


def test_another_run_that_renews_while_this_one_retires(new_night: NewNight) -> None:
    tenant, injector = new_night("retirement")

    for moment in moments_of(tenant, injector):
        begin_anew(tenant, injector)
        others: list[dict[str, Any]] = []
        injector.expect(moment, before=lambda done=others: done.append(tenant.run(apps=forced(tenant.scenario.apps))))

        tenant.run()

        assert others[0]["failure"] == ""

        tenant.check_uncut()
        for name in tenant.scenario.generations:
            assert tenant.store.entries[name].id != tenant.before.entries[name].id
            assert tenant.strangers(name) == []


def check_both(tenant: TenantFixture, report: dict[str, Any], other: dict[str, Any]) -> None:
    """Check what has to be true after two runs at once: nobody is cut off, and each secret is known or a failure to roll it back was named."""
    tenant.check_uncut()
    assert other["failure"] == "", "the run that met no other one failed"
    for name in tenant.scenario.generations:
        assert tenant.strangers(name) == [], f"{name} has a secret that nobody knows"
        assert tenant.is_served(name), f"{name} is not as it is to be"
    if report["failure"]:
        # The last one: the other run took the new secret for an orphan while this one was trying it.
        assert any(words in report["failure"] for words in ("Another run", "meanwhile", "since it was read", "does not log in"))


@pytest.mark.parametrize("happens", [True, False])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_store_that_leaves_any_write_in_doubt(new_night: NewNight, scenario: str, happens: bool) -> None:
    tenant, injector = new_night(scenario)
    tenant.store.expect_trouble(set())
    moments_of(tenant, injector)

    for number in range(1, tenant.store.writes + 1):
        report = run_with_trouble(tenant, injector, {number}, doubts=happens)

        for name in tenant.scenario.generations:
            assert not tenant.strangers(name) or name.partition("/")[0] in report["summary"]["failed"]

        run_again(tenant, SEEN[scenario])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_store_that_fails_to_be_read(new_night: NewNight, scenario: str) -> None:
    tenant, injector = new_night(scenario)
    tenant.store.expect_trouble(set())
    moments_of(tenant, injector)

    for number in range(1, tenant.store.reads + 1):
        report = run_with_trouble(tenant, injector, set(), unreadable=number)

        assert "The store refuses." in report["failure"]
        assert strangers(tenant) == []

        run_again(tenant, SEEN[scenario])


# Switches of a tenant, and whether it then shows only a part of its lists, so that a run cannot do all that is declared.
ODD_TENANTS: list[tuple[dict[str, Any], bool]] = [
    ({"ignore_offset": True, "page_limit": 1}, True),
    ({"description_limit": 5}, True),
    ({"ignore_case": True}, False),
    ({"ignore_paging": True}, False),
    ({"trim_descriptions": True}, False),
]


@pytest.mark.parametrize(("switches", "hides"), ODD_TENANTS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_tenant_with_ways_of_its_own(new_night: NewNight, scenario: str, switches: dict[str, Any], hides: bool) -> None:
    tenant, _injector = new_night(scenario)
    usual = tenant.emulator.behaviour.as_dict()
    tenant.emulator.behaviour.patch(switches)

    report = tenant.run()

    assert strangers(tenant) == []

    tenant.check_uncut()
    for name in tenant.scenario.generations:
        assert tenant.is_served(name) or (hides and report["failure"]), f"{name} is not served, and no message mentions it"

    tenant.emulator.behaviour.patch({name: usual[name] for name in switches})
    tenant.check_settled()


@pytest.mark.parametrize("times", ["once", "from then on"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_store_that_refuses_any_write(new_night: NewNight, scenario: str, times: str) -> None:
    tenant, injector = new_night(scenario)
    moments_of(tenant, injector)

    for number in range(1, tenant.store.writes + 1):
        report = run_with_trouble(tenant, injector, set(range(number, 100)) if times == "from then on" else {number})

        assert "The store refuses." in report["failure"]
        assert strangers(tenant) == []

        tenant.emulator.advance(HOUR)
        tenant.check_settled()
