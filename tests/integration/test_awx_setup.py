# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""abbyy.vantage.awx_setup makes what AWX needs, changes nothing the second time, and removes what it made.

AWX itself does not run here: the modules of awx.awx talk to a stand-in of its API, which refuses what it does not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.awx_standin.server import StandIn
    from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner, Run

CHECKOUT = Path(__file__).resolve().parents[2]
PROJECT = CHECKOUT / "docs/examples/awx_project"
TENANT = {"name": "contoso", "variables": {"vantage_region": "eu"}}
WANTED = {
    "awx_setup_image": "registry.example.com/vantage-ee:latest",
    "awx_setup_project_url": "https://git.example.com/vantage.git",
    "awx_setup_inventory_path": "inventory/tenants.yml",
    "awx_setup_tenants": [TENANT, {"name": "former", "state": "absent"}],
}


@pytest.fixture
def awx() -> Iterator[StandIn]:
    """A stand-in as AWX is when it has just been installed; its projects hold the playbooks of the example project."""
    from ansible_collections.abbyy.vantage.tests.integration.awx_standin.server import serve_standin

    with serve_standin([path.name for path in sorted(PROJECT.glob("*.yml"))]) as standin:
        standin.objects.seed("organizations", name="Default")
        # An ordinary AWX follows the requirements of a project, and there is not always a way to Galaxy.
        standin.objects.unreachable = "abbyy.vantage" if (PROJECT / "collections/requirements.yml").exists() else ""
        yield standin


def set_up(playbooks: PlaybookRunner, awx: StandIn, rc: int = 0, check: bool = False, **changes: Any) -> Run:
    """Run the playbook."""
    return playbooks.run_playbook("abbyy.vantage.awx_setup", extra_vars={**WANTED, **changes}, env=awx.env, check=check, rc=rc)


def names(awx: StandIn, table: str) -> list[str]:
    """Return the names of all objects of a kind."""
    return [one["name"] for one in awx.objects.tables[table].values()]


def test_second_run_writes_nothing_and_removal_leaves_what_others_made(awx: StandIn, playbooks: PlaybookRunner) -> None:
    first = set_up(playbooks, awx)
    assert first.stats["localhost"]["changed"] > 0
    assert awx.writes()
    templates = {one["name"]: one for one in awx.objects.tables["job_templates"].values()}
    assert sorted(templates) == [f"ABBYY Vantage: {name}" for name in ("Drift check", "Expiry report", "Onboard", "Rotate secrets")]
    drift = templates["ABBYY Vantage: Drift check"]
    assert (drift["job_type"], drift["diff_mode"], json.loads(drift["extra_vars"])) == ("check", True, {"app_onboarding_fail_on_drift": True})
    (survey,) = awx.objects.surveys.values()
    assert [question["variable"] for question in survey["spec"]] == ["vantage_hosts", "app_onboarding_prune", "app_onboarding_check_only"]
    assert templates["ABBYY Vantage: Onboard"]["survey_enabled"]
    schedules = {
        awx.objects.find("unified_job_templates", {"id": str(one["unified_job_template"])})[0]["name"] for one in awx.objects.tables["schedules"].values()
    }
    assert schedules == {"ABBYY Vantage: Rotate secrets", "ABBYY Vantage: Expiry report"}
    (source,) = awx.objects.tables["inventory_sources"].values()
    assert (source["source_path"], source["update_on_launch"]) == ("inventory/tenants.yml", True)
    assert (PROJECT / source["source_path"]).exists()
    ((host_id, host),) = awx.objects.tables["hosts"].items()
    assert (host["name"], json.loads(host["variables"])) == ("contoso", TENANT["variables"])

    # What people add by hand, and what their own objects are.
    (inventory,) = awx.objects.tables["inventories"]
    (group,) = awx.objects.tables["groups"]
    (credential_type,) = awx.objects.tables["credential_types"]
    by_hand = awx.objects.seed("hosts", name="by-hand", inventory=inventory)
    awx.objects.associate("groups", group, "hosts", {"id": by_hand})
    awx.objects.associate("job_templates", drift["id"], "labels", {"id": awx.objects.seed("labels", name="night")})
    credential = awx.objects.seed("credentials", name="Vantage contoso", credential_type=credential_type, inputs={})
    awx.objects.associate("job_templates", drift["id"], "credentials", {"id": credential})
    related = {key: list(ids) for key, ids in awx.objects.related.items()}

    second = set_up(playbooks, awx)
    assert second.stats["localhost"]["changed"] == 0
    assert awx.writes() == []
    assert awx.objects.related == related
    assert related[("groups", group, "hosts")] == [host_id, by_hand]

    removed = set_up(playbooks, awx, awx_setup_state="absent")
    assert removed.stats["localhost"]["changed"] > 0
    assert "Vantage contoso. Delete them" in removed.stdout
    left = {table: names(awx, table) for table, rows in awx.objects.tables.items() if rows}
    assert left == {"organizations": ["Default"], "credential_types": ["ABBYY Vantage"], "credentials": ["Vantage contoso"], "labels": ["night"]}


def test_removal_takes_the_credential_type_once_it_is_free(awx: StandIn, playbooks: PlaybookRunner) -> None:
    awx.objects.seed("credential_types", name="ABBYY Vantage", kind="cloud")
    assert set_up(playbooks, awx, awx_setup_state="absent").stats["localhost"]["changed"] == 1
    assert awx.objects.tables["credential_types"] == {}


def test_check_mode_writes_nothing_where_nothing_is(awx: StandIn, playbooks: PlaybookRunner) -> None:
    assert set_up(playbooks, awx, check=True).stats["localhost"]["changed"] > 0
    assert awx.writes() == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"awx_setup_state": "gone"}, "awx_setup_state is gone; give present or absent"),
        ({"awx_setup_image": ""}, "Set awx_setup_image to the execution environment's image"),
        ({"awx_setup_inventory_path": "", "awx_setup_tenants": []}, "Set awx_setup_inventory_path to the file of the project"),
        ({"awx_setup_tenants": [{"variables": {}}]}, "Each entry of awx_setup_tenants needs a name"),
        ({"awx_setup_organization": "Nowhere"}, "AWX has no organization Nowhere"),
        (
            {"awx_setup_tenants": [{"name": "a", "variables": {"vantage_auth_client_secret": "never-shown"}}]},
            "awx_setup_tenants sets vantage_auth_client_secret",
        ),
        (
            {"awx_setup_tenants": [{"name": "a"}, {"name": "b", "variables": {"app_onboarding_store": {"type": "hashi_vault", "token": "never-shown"}}}]},
            "awx_setup_tenants sets app_onboarding_store.token",
        ),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_made(awx: StandIn, playbooks: PlaybookRunner, changes: dict[str, Any], message: str) -> None:
    run = set_up(playbooks, awx, rc=2, **changes)
    assert message in " ".join(run.output.split())
    assert "never-shown" not in run.output
    assert awx.writes() == []


def test_without_awx_it_says_what_it_needs(playbooks: PlaybookRunner) -> None:
    run = playbooks.run_playbook("abbyy.vantage.awx_setup", extra_vars=WANTED, env={"CONTROLLER_HOST": "http://127.0.0.1:1"}, rc=2)
    assert "CONTROLLER_HOST and CONTROLLER_OAUTH_TOKEN" in run.output


@pytest.mark.parametrize(
    ("table", "body", "refused"),
    [
        ("job_templates", {"name": "x", "nonsense": 1}, "nonsense"),
        ("job_templates", {"name": "x", "project": 99}, "project"),
        ("schedules", {"name": "x", "unified_job_template": 1, "rrule": "RRULE:FREQ=DAILY"}, "unified_job_template"),
        ("credential_types", {"name": "x", "kind": "cloud", "inputs": {"fields": [{"id": "a"}]}}, "inputs"),
        ("credential_types", {"name": "x", "kind": "cloud", "injectors": {"env": {"A": "{{ unknown }}"}}}, "injectors"),
        ("inventories", {"name": "x", "organization": "1"}, "organization"),
    ],
)
def test_standin_refuses_what_awx_does_not_know(awx: StandIn, table: str, body: dict[str, Any], refused: str) -> None:
    from ansible_collections.abbyy.vantage.tests.integration.awx_standin.server import TOKEN

    status, answer = awx.handle("POST", f"/api/v2/{table}/", f"Bearer {TOKEN}", json.dumps(body).encode())
    assert (status, list(answer)) == (400, [refused])
    assert awx.handle("GET", "/api/v2/nowhere/", f"Bearer {TOKEN}", b"")[0] == 404
    assert awx.handle("GET", f"/api/v2/{table}/?nonsense=1", f"Bearer {TOKEN}", b"")[0] == 400
    assert awx.handle("GET", f"/api/v2/{table}/", "Bearer wrong", b"")[0] == 401
