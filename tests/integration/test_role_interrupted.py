# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the role that are stopped, disturbed, or meet another one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from ansible_collections.abbyy.vantage.tests.integration.onboarding import DAY, TIME_LIMIT, Onboarding, failure_of, kill, service

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner

APPS = ("one", "two", "three")
NAMES = tuple(f"{app}/default" for app in APPS)


@pytest.fixture
def onboarding(playbooks: PlaybookRunner, deployment: Deployment) -> Onboarding:
    """Onboards three apps of contoso."""
    prepared = Onboarding(playbooks, deployment)
    prepared.declare(*(service(app) for app in APPS), app_onboarding_secret_defaults={"lifetime": "90d"})
    return prepared


def kill_before_delivery(onboarding: Onboarding) -> None:
    """Start a run and kill it when its secrets are made: until then the file is locked by another, so none of them can be delivered."""
    emulator = onboarding.deployment.emulator

    def count_made() -> int:
        return sum(entry.method == "POST" and entry.path.endswith("/secrets/") and entry.status is not None for entry in emulator.journal)

    with onboarding.holding_the_lock() as hold, onboarding.on_request("POST", "/secrets/", hold):
        process = onboarding.start()
        try:
            while process.poll() is None and count_made() < len(APPS):
                time.sleep(0.05)
        finally:
            kill(process)
    assert count_made() == len(APPS)


def test_killed_between_making_and_delivering(onboarding: Onboarding) -> None:
    kill_before_delivery(onboarding)
    assert {name: sorted(entry) for name, entry in onboarding.entries().items()} == {
        name: ["client_id", "description", "reserved_at", "tenant_id"] for name in NAMES
    }
    onboarding.assert_single(*APPS)
    lost = {app: set(onboarding.live_secrets(app)) for app in APPS}
    onboarding.run()
    onboarding.assert_kept(*NAMES)
    onboarding.assert_single(*APPS)
    assert all(lost[app].isdisjoint(onboarding.live_secrets(app)) for app in APPS)


def test_killed_while_renewing(onboarding: Onboarding, deployment: Deployment) -> None:
    onboarding.run()
    held = onboarding.entries()
    deployment.emulator.advance(70 * DAY)
    deployment.emulator.journal.clear()
    kill_before_delivery(onboarding)
    assert onboarding.entries() == held
    onboarding.run()
    onboarding.assert_kept(*NAMES)
    # The former one lives on for the overlap; the lost one is gone.
    for app, name in zip(APPS, NAMES):
        assert set(onboarding.live_secrets(app)) == {held[name]["id"], onboarding.entries()[name]["id"]}


def test_the_store_breaks_while_secrets_are_made(onboarding: Onboarding, deployment: Deployment) -> None:
    path = onboarding.store_path()
    kept: list[bytes] = []

    def spoil() -> None:
        kept.append(path.read_bytes())
        path.write_text("not encrypted\n", encoding="utf-8")

    onboarding.hosts["contoso"]["app_onboarding_batch_size"] = 2
    with onboarding.on_request("POST", "/secrets/", spoil):
        run = onboarding.run(rc=2)
    said = failure_of(run, "contoso")
    assert said.startswith("3 of 3 apps failed")
    assert "one/default: It could not be delivered and was taken back." in said
    assert "is not encrypted with ansible-vault" in said
    assert "three/default: It was not made, since the store could not be written before." in said
    assert {app: len(onboarding.live_secrets(app)) for app in APPS} == dict.fromkeys(APPS, 0)
    path.write_bytes(kept[0])
    onboarding.run()
    onboarding.assert_kept(*NAMES)
    onboarding.assert_single(*APPS)


def test_two_runs_at_once(onboarding: Onboarding) -> None:
    processes = [onboarding.start() for _run in range(2)]
    outputs = [process.communicate(timeout=TIME_LIMIT)[0] for process in processes]
    assert not any("Traceback" in output for output in outputs)
    onboarding.assert_kept(*NAMES)
    for output, process in zip(outputs, processes):
        assert process.returncode == 0 or "Another run has delivered this secret meanwhile" in output
    assert any(process.returncode == 0 for process in processes)
    onboarding.run()
    onboarding.assert_kept(*NAMES)
    onboarding.assert_single(*APPS)


def test_the_tenant_goes_away_in_between(onboarding: Onboarding, deployment: Deployment) -> None:
    faults = deployment.emulator.faults

    def go_away() -> None:
        faults.replace([{"kind": "forbidden", "path": "/clients/", "times": None}])

    with onboarding.on_request("POST", "/clients/", go_away):
        run = onboarding.run(rc=2)
    assert "3 of 3 apps failed" in failure_of(run, "contoso")
    faults.replace([])
    onboarding.run()
    onboarding.assert_kept(*NAMES)
    onboarding.assert_single(*APPS)
