# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's main job: apps become clients with secrets, the secrets are kept, and a second run changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ansible_collections.abbyy.vantage.tests.integration.deployment import TENANTS
from ansible_collections.abbyy.vantage.tests.integration.leaks import known_secrets
from ansible_collections.abbyy.vantage.tests.integration.onboarding import (
    DAY,
    PLAYBOOK,
    VAULT_PASSWORD,
    Onboarding,
    assert_nothing_told,
    failure_of,
    report_of,
    service,
)

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner

WEB = {"client_id": "portal", "allowed_grant_types": ["authorization_code"], "redirect_uris": ["https://portal.example.com/cb"]}
SPA = {"client_id": "spa", "allowed_grant_types": ["authorization_code"], "require_client_secret": False}
CSV = """client_id,client_name,allowed_grant_types,redirect_uris,require_consent,access_token_lifetime,secrets
claims,Claims desk,client_credentials|password,,,2h,day|night shift
kiosk,Kiosk,authorization_code,https://kiosk.example.com/a https://kiosk.example.com/b,yes,3600,
"""


@pytest.fixture
def onboarding(playbooks: PlaybookRunner, deployment: Deployment) -> Onboarding:
    """Onboards apps of contoso."""
    return Onboarding(playbooks, deployment)


def test_two_tenants_from_nothing_and_again(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    onboarding = Onboarding(playbooks, deployment, "contoso", "fabrikam")
    apps = onboarding.folder / "apps"
    apps.mkdir()
    (apps / "one.yml").write_text("apps:\n  - {client_id: intake, allowed_grant_types: [client_credentials]}\n", encoding="utf-8")
    (apps / "two.csv").write_text(CSV, encoding="utf-8")
    onboarding.declare(WEB, SPA, app_onboarding_defaults={"allow_offline_access": True}, app_onboarding_secret_defaults={"lifetime": "90d"})
    onboarding.declare(host="fabrikam", app_onboarding_source=str(apps), app_onboarding_batch_size=2)
    journal = deployment.emulator.journal

    planned = onboarding.run("--diff", check=True)
    assert journal.writes() == []
    assert onboarding.entries() == {}
    assert not onboarding.store_path().parent.exists()
    assert report_of(planned)[1:3] == [["portal", "created", "default", "created", "90", "days"], ["spa", "created", "-", "-", "-"]]
    assert planned.stats["contoso"]["changed"] > 0

    made = onboarding.run("-vvv")
    onboarding.assert_kept("portal/default")
    onboarding.assert_kept("claims/day", "claims/night shift", "intake/default", "kiosk/default", host="fabrikam")
    assert oct(onboarding.store_path().stat().st_mode)[-3:] == "600"
    assert oct(onboarding.store_path().parent.stat().st_mode)[-3:] == "700"
    assert deployment.clients()["portal"]["members"]["allowOfflineAccess"] is True
    kiosk, claims = (deployment.clients("fabrikam")[client_id]["members"] for client_id in ("kiosk", "claims"))
    assert kiosk["redirectUris"] == ["https://kiosk.example.com/a", "https://kiosk.example.com/b"]
    assert (kiosk["requireConsent"], claims["accessTokenLifetime"]) == (True, 7200)
    assert "apps 1-2 of 3: 2 created" in made.output
    assert "apps 3-3 of 3: 1 created" in made.output

    journal.clear()
    again = onboarding.run()
    assert {host: stats["changed"] for host, stats in again.stats.items()} == {"contoso": 0, "fabrikam": 0}
    assert journal.writes() == []
    assert report_of(again, "fabrikam")[-1] == ["3", "apps:", "3", "unchanged"]
    assert_nothing_told(known_secrets(deployment.emulator, VAULT_PASSWORD), planned, made, again)


def test_change_and_removal(onboarding: Onboarding, deployment: Deployment) -> None:
    onboarding.declare(WEB, service("worker", secrets=["east", "west"]), service("old"))
    onboarding.run()
    onboarding.declare(
        {**WEB, "redirect_uris": ["https://portal.example.com/cb", "https://beta.example.com/cb"]},
        service("worker", secrets=["east", {"description": "west", "state": "absent"}, {"description": "north", "lifetime": "30d"}]),
        {"client_id": "old", "state": "absent"},
    )
    east = onboarding.entries()["worker/east"]
    planned = onboarding.run("--diff", check=True)
    assert '+        "https://beta.example.com/cb"' in planned.output
    changed = onboarding.run()
    rows = [
        ["portal", "updated", "default", "unchanged", "181", "days"],
        ["worker", "unchanged", "east", "unchanged", "181", "days"],
        ["worker", "unchanged", "west", "deleted", "-"],
        ["worker", "unchanged", "north", "created", "30", "days"],
    ]
    removed = ["old", "deleted", "-", "removed", "from", "the", "store", "-"]
    for run in (planned, changed):
        found = report_of(run)[1:6]
        assert [row[:4] for row in found[:4]] == [row[:4] for row in rows]
        assert found[4] == removed
    onboarding.assert_kept("portal/default", "worker/east", "worker/north")
    assert onboarding.entries()["worker/east"] == east
    assert "old" not in deployment.clients()
    deployment.emulator.journal.clear()
    assert onboarding.run().stats["contoso"]["changed"] == 0
    assert deployment.emulator.journal.writes() == []


def test_a_failing_app_does_not_stop_the_others(onboarding: Onboarding, deployment: Deployment) -> None:
    deployment.emulator.seed(TENANTS["contoso"], [{"clientId": "stuck", "clientName": "Stuck"}])
    deployment.emulator.faults.replace(
        [
            {"kind": "status", "status": 400, "method": "PUT", "path": "clients/stuck$", "times": None},
            {"kind": "status", "status": 400, "method": "POST", "path": "clients/mute/secrets/$", "times": None},
        ]
    )
    onboarding.declare(service("first"), service("stuck"), service("mute"), service("last"))
    run = onboarding.run(rc=2)
    onboarding.assert_single("first", "last")
    assert [name for name, entry in onboarding.entries().items() if entry.get("value")] == ["first/default", "last/default"]
    said = failure_of(run, "contoso")
    assert said.startswith("2 of 4 apps failed; the others are done. ")
    assert "stuck: " in said
    assert "mute/default: " in said
    assert "apps 1-4 of 4: 2 created, 2 failed" in run.output

    deployment.emulator.faults.replace([])
    onboarding.run()
    onboarding.assert_kept("first/default", "last/default", "mute/default", "stuck/default")
    onboarding.assert_single("first", "stuck", "mute", "last")


def test_prune(onboarding: Onboarding, deployment: Deployment) -> None:
    onboarding.declare(service("kept"), service("gone"))
    onboarding.run()
    deployment.emulator.journal.clear()
    onboarding.declare(service("kept"), app_onboarding_prune=True, app_onboarding_prune_limit=1)
    said = failure_of(onboarding.run(rc=2), "contoso")
    assert said.startswith("Nothing was written. prune would delete 2 clients, more than prune_limit (1): gone, reader.")
    onboarding.declare(service("kept"), app_onboarding_prune_protect=["read*"])
    onboarding.run(check=True)
    assert deployment.emulator.journal.writes() == []
    run = onboarding.run()
    assert ["gone", "deleted", "-", "-", "-"] in report_of(run)
    assert sorted(deployment.clients()) == ["automation", "kept", "reader"]
    onboarding.assert_kept("kept/default")
    onboarding.declare()
    assert "contoso has no apps, so all of the tenant's clients would be deleted" in failure_of(onboarding.run(rc=2), "contoso")


def test_rotation(onboarding: Onboarding, deployment: Deployment) -> None:
    onboarding.declare(service("worker", secrets=[{"lifetime": "90d", "overlap": "2d"}]))
    emulator = deployment.emulator
    onboarding.run()
    first = onboarding.entries()["worker/default"]["id"]
    emulator.advance(61 * DAY)
    run = onboarding.run()
    assert report_of(run)[1] == ["worker", "unchanged", "default", "renewed:", "due", "90", "days"]
    second = onboarding.entries()["worker/default"]["id"]
    assert set(onboarding.live_secrets("worker")) == {first, second}
    emulator.journal.clear()
    emulator.advance(1 * DAY)
    assert onboarding.run().stats["contoso"]["changed"] == 0
    assert emulator.journal.writes() == []
    emulator.advance(2 * DAY)
    run = onboarding.run()
    assert report_of(run)[1] == ["worker", "unchanged", "default", "retired", "87", "days"]
    onboarding.assert_kept("worker/default")
    assert list(onboarding.live_secrets("worker")) == [second]
    # One tried the value from the file.
    assert [entry.kind for entry in emulator.journal.writes()] == ["write"]


def test_secrets_handed_to_the_caller(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    variables = {"app_onboarding_store": "none", "app_onboarding_apps": [service("worker", secrets=["a", "b"])]}
    proof = {
        "name": "Prove it",
        "ansible.builtin.assert": {"that": ["app_onboarding_secrets | default({}) | length == expected"]},
    }
    play = {"name": "Onboard", "hosts": "localhost", "gather_facts": False, "roles": ["abbyy.vantage.app_onboarding"], "post_tasks": [proof]}
    first = playbooks.run_playbook([{**play, "vars": {**variables, "expected": 2}}], "-vvv")
    deployment.emulator.journal.clear()
    second = playbooks.run_playbook([{**play, "vars": {**variables, "expected": 0}}])
    assert second.stats["localhost"]["changed"] == 0
    assert deployment.emulator.journal.writes() == []
    assert len(deployment.clients()["worker"]["secrets"]) == 2
    assert_nothing_told(known_secrets(deployment.emulator), first, second)


def test_playbook_goes_by_its_name(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    onboarding = Onboarding(playbooks, deployment)
    onboarding.declare()
    run = onboarding.run()
    assert PLAYBOOK == "abbyy.vantage.onboard"
    assert "contoso has no apps" in run.output
    assert len(deployment.emulator.journal) == 0
