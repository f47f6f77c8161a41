# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's main job: apps become clients with secrets, the secrets are kept, and a second run changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS
from ansible_collections.abbyy.vantage.tests.integration.support.leaks import known_secrets
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import (
    DAY,
    VAULT_PASSWORD,
    Onboarding,
    assert_nothing_told,
    failure_of,
    play_of_role,
    report_of,
    service,
)

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

LIFE = {"lifetime": "90d", "overlap": "2d"}
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


def test_two_tenants_are_planned_onboarded_and_then_left_alone(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    onboarding = Onboarding(playbooks, deployment, "contoso", "fabrikam")
    apps = onboarding.folder / "apps"
    apps.mkdir()
    (apps / "one.yml").write_text("apps:\n  - {client_id: intake, allowed_grant_types: [client_credentials]}\n", encoding="utf-8")
    (apps / "two.csv").write_text(CSV, encoding="utf-8")
    shared = {"path": str(onboarding.folder / "shared" / "{{ inventory_hostname }}.yml"), "type": "file", "vault_password": "of the other tenants"}
    onboarding.declare(WEB, SPA, app_onboarding_store="file", app_onboarding_defaults={"allow_offline_access": True}, app_onboarding_secret_defaults=LIFE)
    onboarding.declare(host="fabrikam", app_onboarding_source=str(apps), app_onboarding_batch_size=2)
    onboarding.hosts["fabrikam"].update(app_onboarding_store_defaults=shared, app_onboarding_store={"vault_password": VAULT_PASSWORD})
    onboarding.stores["fabrikam"] = onboarding.folder / "shared" / "fabrikam.yml"
    journal = deployment.emulator.journal

    planned = onboarding.run("--diff", check=True)

    assert journal.writes() == []
    assert [path for host in onboarding.hosts for path in (onboarding.store_path(host), onboarding.store_path(host).parent) if path.exists()] == []
    assert report_of(planned)[1:3] == [["portal", "created", "default", "created", "90", "days"], ["spa", "created", "-", "-", "-"]]
    assert planned.stats["contoso"]["changed"] > 0

    made = onboarding.run("-vvv")
    portal = deployment.clients()["portal"]["members"]
    kiosk, claims = (deployment.clients("fabrikam")[client_id]["members"] for client_id in ("kiosk", "claims"))

    onboarding.assert_kept("portal/default")
    onboarding.assert_kept("claims/day", "claims/night shift", "intake/default", "kiosk/default", host="fabrikam")

    assert oct(onboarding.store_path().stat().st_mode)[-3:] == "600"
    assert oct(onboarding.store_path().parent.stat().st_mode)[-3:] == "700"
    assert portal["allowOfflineAccess"] is True
    assert kiosk["redirectUris"] == ["https://kiosk.example.com/a", "https://kiosk.example.com/b"]
    assert (kiosk["requireConsent"], claims["accessTokenLifetime"]) == (True, 7200)
    assert "fabrikam: batch 1/2: apps 1-2 of 3, 2 created" in made.output
    assert "fabrikam: batch 2/2: apps 3-3 of 3, 1 created" in made.output
    assert {host: made.handed_on["vantage_onboarding"][host]["apps"]["created"] for host in onboarding.hosts} == {"contoso": 2, "fabrikam": 3}

    journal.clear()
    # In a play of one's own, for hosts that nobody could reach: the role needs neither a connection nor an interpreter.
    again = onboarding.run(playbook=play_of_role(), extra_vars={"ansible_connection": "gone", "ansible_python_interpreter": "/nowhere/python"})

    assert {host: stats["changed"] for host, stats in again.stats.items()} == {"contoso": 0, "fabrikam": 0}
    assert journal.writes() == []
    assert report_of(again, "fabrikam")[-1] == ["3", "apps:", "3", "unchanged"]

    assert_nothing_told(known_secrets(deployment.emulator, VAULT_PASSWORD), planned, made, again)


def test_apps_are_changed_removed_and_pruned_as_planned(onboarding: Onboarding, deployment: Deployment) -> None:
    onboarding.declare(WEB, service("worker", secrets=["east", "west"]), service("old"), service("gone"), app_onboarding_prune=False)
    onboarding.run()

    assert "reader" in deployment.clients()

    onboarding.declare(
        {**WEB, "redirect_uris": ["https://portal.example.com/cb", "https://beta.example.com/cb"]},
        service("worker", secrets=["east", {"description": "west", "state": "absent"}, {"description": "north", "lifetime": "30d"}]),
        {"client_id": "old", "state": "absent"},
        app_onboarding_prune_protect=["read*"],
    )
    prune = ("-e", "app_onboarding_prune=all", "-e", "app_onboarding_prune_limit=1")
    east = onboarding.entries()["worker/east"]
    rows = [
        ["portal", "updated", "default", "unchanged", "181", "days"],
        ["worker", "renewed", "west", "deleted", "-"],
        ["worker", "renewed", "north", "created", "30", "days"],
        ["old", "deleted", "-", "-", "-"],
        ["gone", "deleted", "-", "-", "-"],
    ]
    deployment.emulator.journal.clear()

    planned = onboarding.run("--diff", *prune, check=True)

    assert deployment.emulator.journal.writes() == []
    assert '+        "https://beta.example.com/cb"' in planned.output
    assert report_of(planned)[1:-1] == rows

    changed = onboarding.run(*prune)

    assert report_of(changed)[1:-1] == rows
    assert onboarding.entries()["worker/east"] == east
    assert sorted(deployment.clients()) == ["automation", "portal", "reader", "worker"]

    onboarding.assert_kept("portal/default", "worker/east", "worker/north")


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
    said = failure_of(run, "contoso")

    onboarding.assert_single("first", "last")

    assert [name for name, entry in onboarding.entries().items() if entry.get("value")] == ["first/default", "last/default"]
    assert said.startswith("2 of 4 apps failed; the others are done. ")
    assert "stuck: " in said
    assert "mute/default: " in said
    assert "contoso: 4 apps: 2 created, 2 failed" in run.output
    # The result of a failed run is handed on all the same.
    assert run.handed_on["vantage_onboarding"]["contoso"]["failed"] == ["stuck", "mute"]


@pytest.mark.one_core("the tenant's clock does not depend on ansible-core, and two tenants are onboarded on each")
def test_months_with_the_own_login_among_the_apps(onboarding: Onboarding, deployment: Deployment) -> None:
    own, worker = "automation/default", "worker/default"
    # The own client comes first, and what follows in the next batch has to log in again.
    onboarding.declare({"client_id": "automation", "secrets": [LIFE]}, service("worker", secrets=[LIFE]), app_onboarding_batch_size=1)
    hand_made = onboarding.live_secrets("automation")

    onboarding.run()
    first = onboarding.entries()

    assert onboarding.live_secrets("automation") == {**hand_made, first[own]["id"]: first[own]["value"]}

    onboarding.hosts["contoso"]["vantage_auth_client_secret"] = first[own]["value"]
    deployment.emulator.advance(61 * DAY)
    renewed = onboarding.run()
    second = onboarding.entries()

    assert report_of(renewed)[2] == ["worker", "renewed", "default", "renewed", "(due,", "older", "one", "until", "28", "Jan)", "90", "days"]
    assert set(onboarding.live_secrets("automation")) == {*hand_made, first[own]["id"], second[own]["id"]}
    assert set(onboarding.live_secrets("worker")) == {first[worker]["id"], second[worker]["id"]}

    # The overlap is over, but the login still uses the older secret.
    deployment.emulator.advance(3 * DAY)
    retired = onboarding.run()

    assert set(onboarding.live_secrets("automation")) == {*hand_made, first[own]["id"], second[own]["id"]}
    assert report_of(retired)[1] == ["worker", "updated", "default", "old", "one", "deleted", "87", "days"]
    # Before 2.19, ansible-core breaks the lines of a warning.
    assert first[own]["id"] in "".join(retired.output.split())

    onboarding.assert_single("worker")


def test_secrets_of_the_store_none_are_handed_to_the_caller_once(playbooks: PlaybookRunner, deployment: Deployment) -> None:
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
