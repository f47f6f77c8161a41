# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the role over real connections that break: each way meets an app of its own, at each request that a secret's life depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.faults import KINDS
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import Onboarding, assert_nothing_told, failure_of, service

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

# What a real connection does otherwise than one in process; short, for a machine with other things to do, and long enough for it to answer.
FAULTS: dict[str, dict[str, Any]] = {
    kind: {"kind": kind, "seconds": 600} for kind in sorted(KINDS) if kind.startswith(("commit", "drop", "timeout")) or kind in ("empty", "redirect")
}
TIMEOUT = 2
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
    return set(run.handed_on["vantage_onboarding"]["contoso"]["failed"])


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
    # The next run finishes it, and deletes what came to be after all.
    onboarding.run()
    onboarding.assert_kept(*(f"{app}/default" for app in apps))
    onboarding.assert_single(*apps)
