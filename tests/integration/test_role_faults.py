# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the role in which every kind of fault meets an app of its own, at each request that a secret's life depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY, format_time
from ansible_collections.abbyy.vantage.tests.emulator.faults import KINDS
from ansible_collections.abbyy.vantage.tests.integration.deployment import TENANTS
from ansible_collections.abbyy.vantage.tests.integration.onboarding import Onboarding, assert_nothing_told, failure_of, service, write_entries

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner, Run

STATUSES = {"status": (429, 500, 503), "status_after": (500,)}
# By name, each in all its forms; short, for a machine with other things to do, and long enough for it to answer.
FAULTS: dict[str, dict[str, Any]] = {
    f"{kind}-{status or 0}": {"kind": kind, "status": status, "retry_after": "1", "seconds": 600}
    for kind in sorted(KINDS)
    for status in STATUSES.get(kind, (None,))
}
TIMEOUT = 2
SUMMARY = "app_onboarding_summary"
SECRET = {"lifetime": "90d", "renew_before": "30d", "overlap": "2d"}
THEIRS = {"clientId": "team-b-app", "secrets": [{"description": "default"}]}


@pytest.fixture
def onboarding(playbooks: PlaybookRunner, deployment: Deployment) -> Onboarding:
    """Onboards apps of contoso, where somebody else has one too."""
    deployment.emulator.seed(TENANTS["contoso"], [THEIRS])
    prepared = Onboarding(playbooks, deployment)
    prepared.hosts["contoso"].update(vantage_timeout=TIMEOUT, app_onboarding_secret_defaults=SECRET, app_onboarding_concurrency=16)
    return prepared


def each(request: str) -> list[str]:
    """Return the names of the apps that meet a fault at this request, one for each."""
    return [f"{request}-{fault}" for fault in FAULTS]


def at_app(request: str, method: str, ending: str) -> list[dict[str, Any]]:
    """Return the faults for these apps, each once."""
    return [{**rule, "method": method, "path": f"/clients/{request}-{name}{ending}$"} for name, rule in FAULTS.items()]


def run_into(onboarding: Onboarding, rules: list[dict[str, Any]]) -> Run:
    """Run into faults, and let all that is late happen afterwards; each of them has to have met somebody."""
    emulator = onboarding.deployment.emulator
    theirs = onboarding.deployment.clients()["team-b-app"]
    emulator.faults.replace(rules)
    run = onboarding.run(rc=2)
    assert [rule.as_dict() for rule in emulator.faults.rules if not rule.used] == []
    emulator.faults.replace([])
    assert onboarding.deployment.clients()["team-b-app"] == theirs
    check_uncut(onboarding)
    assert_nothing_told({entry["value"] for entry in onboarding.entries().values() if "value" in entry}, run)
    emulator.advance(3600)
    return run


def check_uncut(onboarding: Onboarding) -> None:
    """Check that what consumers have from the store is a live secret's value."""
    for name, entry in onboarding.entries().items():
        if "value" in entry and entry["client_id"] in onboarding.deployment.clients():
            assert onboarding.live_secrets(entry["client_id"]).get(entry["id"]) == entry["value"], f"{name} is cut off"


def failed_apps(run: Run) -> set[str]:
    """Return the apps that a run has reported as failed."""
    [summary] = [facts for facts in (event["result"].get("ansible_facts", {}) for event in run.events if "result" in event) if SUMMARY in facts]
    return set(summary[SUMMARY]["failed"])


def check_settled(onboarding: Onboarding, generations: dict[str, int]) -> None:
    """Run once more and see that all is well, and once again and see that nothing is left to do."""
    onboarding.run()
    onboarding.assert_kept(*(f"{app}/default" for app in generations))
    assert {app: len(onboarding.live_secrets(app)) for app in generations} == generations
    emulator = onboarding.deployment.emulator
    emulator.journal.clear()
    assert onboarding.run().stats["contoso"]["changed"] == 0
    assert emulator.journal.writes() == []


def test_from_nothing(onboarding: Onboarding) -> None:
    there = [*each("post"), *each("list")]
    onboarding.deployment.emulator.seed(TENANTS["contoso"], [{"clientId": app, "allowedGrantTypes": ["client_credentials"]} for app in there])
    new = [f"new-{number}" for number in range(2 * len(FAULTS))]
    apps = [*there, *new]
    onboarding.declare(*(service(app) for app in apps))
    # The path does not say which client is made; every second one is met, so that another try is not.
    clients = [{**rule, "method": "POST", "path": "/clients/$", "skip": number} for number, rule in enumerate(FAULTS.values())]
    run = run_into(onboarding, [*clients, *at_app("post", "POST", "/secrets/"), *at_app("list", "GET", "/secrets/")])
    failed = failed_apps(run)
    assert len(failed & set(new)) <= len(FAULTS)
    held = {name.partition("/")[0] for name, entry in onboarding.entries().items() if "value" in entry}
    assert held == set(apps) - failed, failure_of(run, "contoso")
    onboarding.assert_single(*held)
    check_settled(onboarding, dict.fromkeys(apps, 1))


def test_renewing_retiring_and_removing(onboarding: Onboarding) -> None:
    calm = ["calm-due", "calm-old"]
    due, superseded, leaving = [*each("post"), *each("list"), calm[0]], [*each("delete"), calm[1]], each("leave")
    keep_for_months(onboarding, due, superseded, leaving)
    before = onboarding.entries()
    onboarding.declare(*(service(app) for app in [*due, *superseded]), *({"client_id": app, "state": "absent"} for app in leaving))
    run = run_into(
        onboarding,
        [
            *at_app("post", "POST", "/secrets/"),
            *at_app("list", "GET", "/secrets/"),
            *at_app("delete", "DELETE", "/secrets/.*"),
            *at_app("leave", "DELETE", ""),
        ],
    )
    failed = failed_apps(run)
    assert failed.isdisjoint(calm)
    after = onboarding.entries()
    for app in set(due) - failed:
        assert after[f"{app}/default"]["id"] != before[f"{app}/default"]["id"]
        assert len(onboarding.live_secrets(app)) == 2
    onboarding.assert_single(*(set(superseded) - failed))
    assert {app for app in leaving if app in onboarding.deployment.clients() or f"{app}/default" in after} <= failed
    check_settled(onboarding, {**dict.fromkeys(due, 2), **dict.fromkeys(superseded, 1)})
    assert set(leaving).isdisjoint(onboarding.deployment.clients())


def keep_for_months(onboarding: Onboarding, due: list[str], superseded: list[str], leaving: list[str]) -> None:
    """Put tenant and store into the state of a night after months of nightly runs."""
    emulator = onboarding.deployment.emulator
    now = emulator.now()

    def secret(age: int) -> dict[str, Any]:
        return {"description": "default", "start_time": format_time(now - age * DAY), "expiration": format_time(now + (90 - age) * DAY)}

    ages = {**dict.fromkeys(due, (61,)), **dict.fromkeys(superseded, (64, 3)), **dict.fromkeys(leaving, (10,))}
    entries = {}
    for app, found in ages.items():
        members = {"clientId": app, "clientName": app, "allowedGrantTypes": ["client_credentials"]}
        newest = emulator.seed(TENANTS["contoso"], [{**members, "secrets": [secret(age) for age in found]}])[-1]
        entries[f"{app}/default"] = {
            "client_id": app,
            "description": "default",
            "tenant_id": TENANTS["contoso"],
            "id": newest["id"],
            "value": newest["value"],
            "start_time": newest["startTime"],
            "expiration": newest["expiration"],
        }
    write_entries(onboarding.store_path(), entries)
