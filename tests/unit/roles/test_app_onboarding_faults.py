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
from ansible_collections.abbyy.vantage.tests.unit.support.role_run import Killed
from ansible_collections.abbyy.vantage.tests.unit.support.role_scenes import SCENES, Estate
from ansible_collections.abbyy.vantage.tests.unit.support.role_watch import Moment, Watch

# The client was made by somebody else since it was looked for.
CONFLICT = 409
STATUSES = {"status": (429, 500, 503), "status_after": (500,)}
LATE = 600
HOUR = 3600
# Per scene, the states of tenant and store from which a run was seen to set all right.
SEEN: dict[str, set[Any]] = {scene: set() for scene in SCENES}
NewNight = Callable[[str], tuple[Estate, Watch]]


@pytest.fixture
def new_night(monkeypatch: pytest.MonkeyPatch) -> NewNight:
    """Return a way to get an estate before a night, and a watch over it."""

    def new(scene: str) -> tuple[Estate, Watch]:
        estate = Estate(scene, monkeypatch)
        return estate, Watch(estate.emulator, estate.store, "automation")

    return new


def begin_anew(estate: Estate, watch: Watch) -> None:
    """Go back to before the night, with nothing watched yet."""
    estate.restore()
    watch.forget()


def run_with_trouble(estate: Estate, watch: Watch, refuses: set[int], **trouble: Any) -> dict[str, Any]:
    """Return the report of a night in which the store makes this trouble, and nobody is cut off."""
    begin_anew(estate, watch)
    estate.store.expect_trouble(refuses, **trouble)
    report = estate.run()
    estate.store.expect_trouble(set())
    estate.check_uncut()
    return report


def moments_of(estate: Estate, watch: Watch) -> list[Moment]:
    """Return the moments of a night that nothing disturbs, which ends as it should."""
    begin_anew(estate, watch)
    assert estate.run()["failure"] == ""
    assert len(estate.emulator.journal) == sum(moment.what != "store" for moment in watch.moments)
    assert [name for name in estate.scene.generations if not estate.is_served(name)] == []
    return list(watch.moments)


def rules_of(kind: str, moment: Moment) -> list[dict[str, Any]]:
    """Return the fault in all its forms at a request."""
    statuses: tuple[int | None, ...] = STATUSES.get(kind, (None,))
    if moment.what in ("POST clients", "POST secrets") and kind in STATUSES:
        statuses += (CONFLICT,)
    return [{"kind": kind, "at": moment.n, "seconds": LATE, "status": status} for status in statuses]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("scene", SCENES)
def test_a_fault_at_any_request(new_night: NewNight, scene: str, kind: str) -> None:
    estate, watch = new_night(scene)
    requests = [moment for moment in moments_of(estate, watch) if moment.what != "store"]
    assert len(requests) >= 10
    for moment in requests:
        for rule in rules_of(kind, moment):
            try:
                meet_fault(estate, watch, moment, rule, SEEN[scene])
            except AssertionError as exc:
                raise AssertionError(f"{rule} at {moment}: {[one[:2] for one in watch.moments]}") from exc


def meet_fault(estate: Estate, watch: Watch, moment: Moment, rule: dict[str, Any], seen: set[Any]) -> None:
    """Run into a fault; then, when all is well again and late writes have happened, once more and once again."""
    begin_anew(estate, watch)
    estate.emulator.faults.replace([rule])
    report = estate.run()
    assert estate.emulator.faults.rules[0].used == 1
    estate.emulator.faults.replace([])
    values = [entry["value"] for entry in estate.store.entries.values() if entry.get("value")]
    assert [value for value in values if value in json.dumps(report)] == []
    estate.check_uncut()
    hit = report["summary"].get("failed", []) if report["failure"] else []
    assert bool(hit) or not report["failure"] or not moment.app
    for name in estate.scene.generations:
        app = name.partition("/")[0]
        if (moment.app and moment.app != app) or not report["failure"]:
            assert app not in hit
            assert estate.is_served(name), f"{name} was not served although the fault met {moment.app or 'all'}: {report['failure']}"
        assert not estate.strangers(name) or app in hit, f"{name} has a secret that nobody knows, and nobody says so"
    watch.forget()
    run_again(estate, None if rule["kind"] == "commit_late" else seen)


def run_again(estate: Estate, seen: set[Any] | None) -> None:
    """Run once more and once again, an hour later.

    :param seen: states for which that is not needed, since a run knows nothing but what the tenant and the store say; the present one is added.
    """
    state = estate.fingerprint()
    if seen is None or state not in seen:
        estate.emulator.advance(HOUR)
        estate.check_settled()
        if seen is not None:
            seen.add(state)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scene", SCENES)
def test_a_run_that_dies_at_any_moment(new_night: NewNight, scene: str, when: str) -> None:
    estate, watch = new_night(scene)
    for moment in moments_of(estate, watch):
        if when == "after" and moment.what == "store":
            # The same as before what comes next.
            continue
        begin_anew(estate, watch)
        watch.expect(moment, **{when: die})
        with pytest.raises(Killed):
            estate.run()
        estate.check_uncut()
        watch.forget()
        run_again(estate, SEEN[scene])


@pytest.mark.parametrize("seconds", [-100, -2.9, -1, 2.9, 100])
def test_a_dead_runs_secret_is_found_whatever_the_tenants_clock_says(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    estate = Estate("from nothing", monkeypatch)
    estate.emulator.advance(seconds)
    watch = Watch(estate.emulator, estate.store, "automation")
    made = next(moment for moment in moments_of(estate, watch) if moment.what == "POST secrets")
    estate.restore()
    # Machines of the same time zone differ by seconds; the run takes less than that for nothing.
    estate.emulator.advance(time.time() + seconds - estate.emulator.now())
    watch.forget()
    watch.expect(made, after=die)
    with pytest.raises(Killed):
        estate.run()
    assert len(estate.strangers("intake/production")) == 1
    watch.forget()
    estate.check_settled()


def die() -> NoReturn:
    raise Killed


@pytest.mark.parametrize("scene", SCENES)
def test_another_whole_run_at_any_moment(new_night: NewNight, scene: str) -> None:
    estate, watch = new_night(scene)
    for moment in moments_of(estate, watch):
        begin_anew(estate, watch)
        others: list[dict[str, Any]] = []
        watch.expect(moment, before=lambda done=others: done.append(estate.run()))
        report = estate.run()
        try:
            check_both(estate, report, *others)
            watch.forget()
            run_again(estate, SEEN[scene])
        except AssertionError as exc:
            raise AssertionError(f"another run before {moment}: {report['failure']!r}, {others[0]['failure']!r}") from exc


def forced(apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the apps with secrets that are renewed at once, as somebody does whose secret has become known."""
    return [{**app, "secrets": [{**secret, "force": True} for secret in app["secrets"]]} for app in apps]


def test_another_run_that_retires_while_this_one_renews(new_night: NewNight) -> None:
    estate, watch = new_night("retirement")
    assert estate.run(apps=forced(estate.scene.apps))["failure"] == ""
    for moment in list(watch.moments):
        begin_anew(estate, watch)
        watch.expect(moment, before=estate.run)
        report = estate.run(apps=forced(estate.scene.apps))
        estate.check_uncut()
        for name in estate.scene.generations:
            assert estate.strangers(name) == []
            assert estate.store.entries[name]["id"] != estate.before.entries[name]["id"] or name.partition("/")[0] in report["summary"]["failed"]


def test_another_run_that_renews_while_this_one_retires(new_night: NewNight) -> None:
    estate, watch = new_night("retirement")
    for moment in moments_of(estate, watch):
        begin_anew(estate, watch)
        others: list[dict[str, Any]] = []
        watch.expect(moment, before=lambda done=others: done.append(estate.run(apps=forced(estate.scene.apps))))
        estate.run()
        assert others[0]["failure"] == ""
        estate.check_uncut()
        for name in estate.scene.generations:
            assert estate.store.entries[name]["id"] != estate.before.entries[name]["id"]
            assert estate.strangers(name) == []


def check_both(estate: Estate, report: dict[str, Any], other: dict[str, Any]) -> None:
    """Hold what has to be true after two runs at once: none is cut off, and each secret is known or the failure to take it back was said."""
    estate.check_uncut()
    assert other["failure"] == "", "the one that met nobody failed"
    for name in estate.scene.generations:
        assert estate.strangers(name) == [], f"{name} has a secret that nobody knows"
        assert estate.is_served(name), f"{name} is not as it is to be"
    if report["failure"]:
        assert "Another run" in report["failure"] or "meanwhile" in report["failure"] or "since it was read" in report["failure"]


@pytest.mark.parametrize("happens", [True, False])
@pytest.mark.parametrize("scene", SCENES)
def test_a_store_that_leaves_any_write_in_doubt(new_night: NewNight, scene: str, happens: bool) -> None:
    estate, watch = new_night(scene)
    estate.store.expect_trouble(set())
    moments_of(estate, watch)
    for number in range(1, estate.store.writes + 1):
        report = run_with_trouble(estate, watch, {number}, doubts=happens)
        for name in estate.scene.generations:
            assert not estate.strangers(name) or name.partition("/")[0] in report["summary"]["failed"]
        run_again(estate, SEEN[scene])


@pytest.mark.parametrize("scene", SCENES)
def test_a_store_that_fails_to_be_read(new_night: NewNight, scene: str) -> None:
    estate, watch = new_night(scene)
    estate.store.expect_trouble(set())
    moments_of(estate, watch)
    for number in range(1, estate.store.reads + 1):
        report = run_with_trouble(estate, watch, set(), unreadable=number)
        assert "The store refuses." in report["failure"]
        assert [name for name in estate.scene.generations if estate.strangers(name)] == []
        run_again(estate, SEEN[scene])


@pytest.mark.parametrize("times", ["once", "from then on"])
@pytest.mark.parametrize("scene", SCENES)
def test_a_store_that_refuses_any_write(new_night: NewNight, scene: str, times: str) -> None:
    estate, watch = new_night(scene)
    moments_of(estate, watch)
    for number in range(1, estate.store.writes + 1):
        report = run_with_trouble(estate, watch, set(range(number, 100)) if times == "from then on" else {number})
        assert "The store refuses." in report["failure"]
        assert [name for name in estate.scene.generations if estate.strangers(name)] == []
        estate.emulator.advance(HOUR)
        estate.check_settled()
