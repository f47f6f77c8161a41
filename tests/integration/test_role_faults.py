# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the role over real connections that break: each fault hits an app of its own, at each request that the life of a secret depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.faults import KINDS
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import Onboarding, assert_nothing_told, failure_of, service

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

# The faults that differ between a real connection and one in process.
FAULTS: dict[str, dict[str, Any]] = {
    kind: {"kind": kind, "seconds": 600} for kind in sorted(KINDS) if kind.startswith(("commit", "drop", "timeout")) or kind in ("empty", "redirect")
}
# Short, as most faults wait for it, and long enough for a busy machine to answer.
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


def apps_hit_at(request: str) -> list[str]:
    """Return the names of the apps that are hit at this request, one for each fault."""
    return [f"{request}-{fault}" for fault in FAULTS]


def faults_at(request: str, method: str, ending: str) -> list[dict[str, Any]]:
    """Return the faults that hit these apps, each once."""
    return [{**rule, "method": method, "path": f"/clients/{request}-{name}{ending}$"} for name, rule in FAULTS.items()]


def run_into(onboarding: Onboarding, rules: list[dict[str, Any]]) -> Run:
    """Run with faults, check that each one hit a request, and let late writes happen afterwards."""
    emulator = onboarding.deployment.emulator
    theirs = onboarding.deployment.clients()["team-b-app"]
    emulator.faults.replace(rules)

    run = onboarding.run(rc=2)

    assert [rule.as_dict() for rule in emulator.faults.rules if not rule.used] == []

    emulator.faults.replace([])

    assert onboarding.deployment.clients()["team-b-app"] == theirs
    check_consumers_can_log_in(onboarding)
    assert_nothing_told({entry["value"] for entry in onboarding.entries().values() if "value" in entry}, run)

    emulator.advance(3600)
    return run


def check_consumers_can_log_in(onboarding: Onboarding) -> None:
    """Check that each value in the store, which consumers use, is that of a live secret."""
    for name, entry in onboarding.entries().items():
        if "value" in entry and entry["client_id"] in onboarding.deployment.clients():
            assert onboarding.live_secrets(entry["client_id"]).get(entry["id"]) == entry["value"], f"{name} is cut off"


def failed_apps(run: Run) -> set[str]:
    """Return the apps that a run has reported as failed."""
    return set(run.handed_on["vantage_onboarding"]["contoso"]["failed"])


def test_after_faults_the_next_run_finishes_every_app(onboarding: Onboarding) -> None:
    there = [*apps_hit_at("post"), *apps_hit_at("list")]
    onboarding.deployment.emulator.seed(TENANTS["contoso"], [{"clientId": app, "allowedGrantTypes": ["client_credentials"]} for app in there])
    new = [f"new-{number}" for number in range(2 * len(FAULTS))]
    apps = [*there, *new]
    onboarding.declare(*(service(app) for app in apps))
    # The path does not say which client is made. Every second request is hit, so that the retry after a fault is not.
    clients = [{**rule, "method": "POST", "path": "/clients/$", "skip": number} for number, rule in enumerate(FAULTS.values())]

    run = run_into(onboarding, [*clients, *faults_at("post", "POST", "/secrets/"), *faults_at("list", "GET", "/secrets/")])
    failed = failed_apps(run)
    held = {name.partition("/")[0] for name, entry in onboarding.entries().items() if "value" in entry}

    assert len(failed & set(new)) <= len(FAULTS)
    assert held == set(apps) - failed, failure_of(run, "contoso")

    # The next run also deletes the secrets that were made although their requests failed.
    onboarding.run()

    onboarding.assert_kept(*(f"{app}/default" for app in apps))
    onboarding.assert_single(*apps)
