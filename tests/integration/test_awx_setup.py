# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""abbyy.vantage.awx_setup makes what AWX needs, changes nothing the second time, and removes what it made.

AWX itself does not run here: the modules of awx.awx talk to a stand-in of its API, which refuses what it does not know.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.server import StandIn
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

AWX_DECIDES = pytest.mark.one_core("AWX's rules do not depend on ansible-core, and the test of a second run runs the same tasks on each")
NAME_DECIDES = pytest.mark.one_core("the name of AWX's collection does not depend on ansible-core, and the test of a second run runs the same tasks on each")
NO_CORE = pytest.mark.one_core("no ansible-core runs")
CHECKOUT = Path(__file__).resolve().parents[2]
PROJECT = CHECKOUT / "docs/examples/awx_project"
TENANT = {"name": "contoso", "variables": {"vantage_region": "eu"}}
WANTED = {
    "awx_setup_image": "registry.example.com/vantage-ee:latest",
    "awx_setup_project_url": "https://git.example.com/vantage.git",
    "awx_setup_inventory_path": "inventory/tenants.yml",
    "awx_setup_tenants": [TENANT, {"name": "former", "state": "absent"}],
}

COLLECTIONS = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(os.pathsep)
# The variables of infra.aap_configuration with the module of each role, in the order of its dispatch.
MODULES = {
    "controller_credential_types": "credential_type",
    "controller_execution_environments": "execution_environment",
    "controller_projects": "project",
    "controller_inventories": "inventory",
    "controller_inventory_sources": "inventory_source",
    "controller_hosts": "host",
    "controller_groups": "group",
    "controller_templates": "job_template",
    "controller_schedules": "schedule",
}
COMMON = {"name", "description", "organization"}
# Of each variable, the options that the roles document and that concern us.
DOCUMENTED = {
    "controller_credential_types": COMMON - {"organization"} | {"kind", "inputs", "injectors"},
    "controller_execution_environments": COMMON | {"image", "credential", "pull"},
    "controller_projects": COMMON | {"scm_type", "scm_url", "scm_branch", "credential", "scm_update_on_launch"},
    "controller_inventories": COMMON,
    "controller_inventory_sources": COMMON | {"inventory", "source", "source_project", "source_path", "overwrite", "overwrite_vars", "update_on_launch"},
    "controller_hosts": {"name", "inventory", "variables", "state"},
    "controller_groups": {"name", "inventory", "hosts", "preserve_existing_hosts"},
    "controller_templates": COMMON
    | {"project", "inventory", "playbook", "execution_environment", "job_type", "diff_mode", "extra_vars", "survey_enabled", "survey_spec", "credentials"},
    "controller_schedules": COMMON | {"unified_job_template", "rrule", "enabled"},
}


@pytest.fixture
def awx() -> Iterator[StandIn]:
    """A stand-in as AWX is when it has just been installed; its projects hold the playbooks of the example project."""
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.server import serve_standin

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


def check_what_was_made(awx: StandIn) -> None:
    """Check that the objects are those of the example project, and do what they are for."""
    templates = {one["name"]: one for one in awx.objects.tables["job_templates"].values()}
    drift = templates["ABBYY Vantage: Drift check"]
    (survey,) = awx.objects.surveys.values()
    schedules = {
        awx.objects.find("unified_job_templates", {"id": str(one["unified_job_template"])})[0]["name"] for one in awx.objects.tables["schedules"].values()
    }
    (source,) = awx.objects.tables["inventory_sources"].values()
    (host,) = awx.objects.tables["hosts"].values()

    assert sorted(templates) == [f"ABBYY Vantage: {name}" for name in ("Drift check", "Expiry report", "Onboard", "Rotate secrets")]
    assert (drift["job_type"], drift["diff_mode"], json.loads(drift["extra_vars"])) == ("check", True, {"app_onboarding_fail_on_drift": True})
    assert [question["variable"] for question in survey["spec"]] == ["vantage_hosts", "app_onboarding_prune", "app_onboarding_check_only"]
    assert templates["ABBYY Vantage: Onboard"]["survey_enabled"]
    assert schedules == {"ABBYY Vantage: Rotate secrets", "ABBYY Vantage: Expiry report"}
    assert (source["source_path"], source["update_on_launch"]) == ("inventory/tenants.yml", True)
    assert (PROJECT / source["source_path"]).exists()
    assert (host["name"], json.loads(host["variables"])) == ("contoso", TENANT["variables"])


def add_by_hand(awx: StandIn) -> tuple[int, int]:
    """Make what people add by hand: a host, a label and a credential; return the group and the host."""
    (inventory,) = awx.objects.tables["inventories"]
    (group,) = awx.objects.tables["groups"]
    (credential_type,) = awx.objects.tables["credential_types"]
    (drift,) = [number for number, one in awx.objects.tables["job_templates"].items() if one["name"] == "ABBYY Vantage: Drift check"]
    host = awx.objects.seed("hosts", name="by-hand", inventory=inventory)
    awx.objects.associate("groups", group, "hosts", {"id": host})
    awx.objects.associate("job_templates", drift, "labels", {"id": awx.objects.seed("labels", name="night")})
    credential = awx.objects.seed("credentials", name="Vantage contoso", credential_type=credential_type, inputs={})
    awx.objects.associate("job_templates", drift, "credentials", {"id": credential})
    return group, host


def test_second_run_writes_nothing_and_removal_leaves_what_others_made(awx: StandIn, playbooks: PlaybookRunner) -> None:
    first = set_up(playbooks, awx)

    assert first.stats["localhost"]["changed"] > 0
    assert awx.writes()

    check_what_was_made(awx)

    (own_host,) = awx.objects.tables["hosts"]
    group, by_hand = add_by_hand(awx)
    related = {key: list(ids) for key, ids in awx.objects.related.items()}
    second = set_up(playbooks, awx)

    assert second.stats["localhost"]["changed"] == 0
    assert awx.writes() == []
    assert awx.objects.related == related
    assert related[("groups", group, "hosts")] == [own_host, by_hand]

    removed = set_up(playbooks, awx, awx_setup_state="absent")
    left = {table: names(awx, table) for table, rows in awx.objects.tables.items() if rows}

    assert removed.stats["localhost"]["changed"] > 0
    assert "Vantage contoso. Delete them" in removed.stdout
    assert left == {"organizations": ["Default"], "credential_types": ["ABBYY Vantage"], "credentials": ["Vantage contoso"], "labels": ["night"]}


@AWX_DECIDES
def test_removal_takes_the_credential_type_once_it_is_free(awx: StandIn, playbooks: PlaybookRunner) -> None:
    awx.objects.seed("credential_types", name="ABBYY Vantage", kind="cloud")

    run = set_up(playbooks, awx, awx_setup_state="absent")

    assert run.stats["localhost"]["changed"] == 1
    assert awx.objects.tables["credential_types"] == {}


def test_check_mode_writes_nothing_where_nothing_is(awx: StandIn, playbooks: PlaybookRunner) -> None:
    run = set_up(playbooks, awx, check=True)

    assert run.stats["localhost"]["changed"] > 0
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
def test_a_wrong_variable_is_named_before_anything_is_made(awx: StandIn, playbooks: PlaybookRunner, changes: dict[str, Any], message: str) -> None:
    run = set_up(playbooks, awx, rc=2, **changes)

    assert message in " ".join(run.output.split())
    assert "never-shown" not in run.output
    assert awx.writes() == []


@AWX_DECIDES
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"awx_setup_credentials": ["Vantage contoso", "no such one"]},
            "AWX shows this login 0 credentials with the name no such one, which awx_setup_credentials gives; nothing was changed",
        ),
        ({"awx_setup_credentials": ["twice"]}, "AWX shows this login 2 credentials with the name twice, which awx_setup_credentials gives"),
        ({"awx_setup_project_credential": "no such one"}, "which awx_setup_image_credential or awx_setup_project_credential gives; nothing was changed"),
        ({"awx_setup_collection": "awx"}, "awx_setup_collection is awx; give awx.awx or ansible.controller"),
    ],
)
def test_what_awx_does_not_have_is_named_before_anything_is_made(awx: StandIn, playbooks: PlaybookRunner, changes: dict[str, Any], message: str) -> None:
    kinds = [awx.objects.seed("credential_types", name=f"Kind {number}", kind="cloud") for number in range(2)]
    for name, kind in (("Vantage contoso", kinds[0]), ("twice", kinds[0]), ("twice", kinds[1])):
        awx.objects.seed("credentials", name=name, credential_type=kind, inputs={})

    run = set_up(playbooks, awx, rc=2, **changes)
    said = " ".join(run.output.split())

    assert message in said
    assert len(run.stdout) < 5000
    assert awx.writes() == []


@AWX_DECIDES
def test_a_project_that_cannot_be_used_is_named_until_it_is_repaired(awx: StandIn, playbooks: PlaybookRunner) -> None:
    there = awx.objects.playbooks
    awx.objects.unreachable = "a host that does not answer"

    failed = set_up(playbooks, awx, rc=2)
    (update,) = awx.objects.updates

    assert f"AWX could not sync the project ABBYY Vantage. The reason is in the output of job {update}, in AWX under Jobs." in " ".join(failed.output.split())
    assert awx.objects.tables["job_templates"] == {}

    # And once more, now that the project is there.
    again = set_up(playbooks, awx, rc=2)

    assert f"output of job {max(awx.objects.updates)}" in " ".join(again.output.split())
    assert len(awx.objects.updates) == 2

    awx.objects.unreachable = ""
    awx.objects.playbooks = ["probe.yml"]
    missing = set_up(playbooks, awx, rc=2)

    assert "The project ABBYY Vantage has no onboard.yml, report.yml. Add them" in " ".join(missing.output.split())

    awx.objects.playbooks = there
    set_up(playbooks, awx)

    assert len(awx.objects.tables["job_templates"]) == 4


@AWX_DECIDES
def test_credential_type_in_use_with_other_fields_stays_and_is_named(awx: StandIn, playbooks: PlaybookRunner) -> None:
    inputs = {"fields": [{"id": "tenant_id", "label": "Tenant", "type": "string"}]}
    former = awx.objects.seed("credential_types", name="ABBYY Vantage", kind="cloud", inputs=inputs)
    awx.objects.seed("credentials", name="Vantage contoso", credential_type=former, inputs={})

    run = set_up(playbooks, awx)
    said = " ".join(run.output.split())

    assert "stays as it is, since AWX refuses to change the fields of a type that has credentials: Vantage contoso. It keeps working." in said
    assert awx.objects.tables["credential_types"][former]["inputs"] == inputs
    assert len(awx.objects.tables["job_templates"]) == 4


@AWX_DECIDES
def test_credential_type_that_nobody_uses_gets_the_new_fields(awx: StandIn, playbooks: PlaybookRunner) -> None:
    former = awx.objects.seed("credential_types", name="ABBYY Vantage", kind="cloud", inputs={"fields": []})
    # The type is the first object that the run writes: it may end with the next one.
    awx.objects.rivals = {"execution_environments"}

    set_up(playbooks, awx, rc=2)

    assert len(awx.objects.tables["credential_types"][former]["inputs"]["fields"]) > 10


@AWX_DECIDES
@pytest.mark.parametrize("table", ["projects", "job_templates"])
def test_two_runs_at_once_end_in_one_sentence(awx: StandIn, playbooks: PlaybookRunner, table: str) -> None:
    awx.objects.rivals = {table}
    run = set_up(playbooks, awx, rc=2)
    assert "Another run, or somebody in AWX, made the same object at the same moment. What was done before stays as it is" in " ".join(run.output.split())


@AWX_DECIDES
def test_removal_waits_for_no_job(awx: StandIn, playbooks: PlaybookRunner) -> None:
    project = awx.objects.seed("projects", name="ABBYY Vantage", organization=1, scm_type="git")
    awx.objects.busy = {("projects", project)}

    run = set_up(playbooks, awx, rc=2, awx_setup_state="absent")

    assert "A running job uses what this run wants to remove; wait until the job has ended, or cancel it." in " ".join(run.output.split())
    assert list(awx.objects.tables["projects"]) == [project]


@AWX_DECIDES
def test_further_run_takes_back_only_what_it_declares(awx: StandIn, playbooks: PlaybookRunner) -> None:
    set_up(playbooks, awx)
    ((number, survey),) = awx.objects.surveys.items()
    declared = json.loads(json.dumps(survey))
    survey["spec"].append({**survey["spec"][0], "variable": "by_hand"})
    schedule = next(iter(awx.objects.tables["schedules"].values()))
    schedule["enabled"] = False
    awx.objects.tables["job_templates"][number].update(limit="contoso", ask_limit_on_launch=True, description="By hand")
    awx.writes()

    set_up(playbooks, awx)
    writes = awx.writes()
    template, schedule = awx.objects.tables["job_templates"][number], next(iter(awx.objects.tables["schedules"].values()))

    assert [write.split("/api/v2/")[1] for write in writes] == [f"job_templates/{number}/ 200", f"job_templates/{number}/survey_spec/ 200"]
    assert awx.objects.surveys[number] == declared
    assert (template["limit"], template["ask_limit_on_launch"]) == ("contoso", True)
    assert template["description"].startswith("Bring the clients")
    assert schedule["enabled"] is False


def copy_under_another_name(folder: Path) -> Path:
    """Make ansible.controller of awx.awx: the same modules under another name, as Red Hat does; return the folder of collections."""
    source = next(path for root in COLLECTIONS for path in [Path(root, "ansible_collections/awx/awx")] if path.is_dir())
    target = folder / "ansible_collections/ansible/controller"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("test", "images"))
    for path in target.rglob("*"):
        if path.suffix in (".py", ".yml", ".json"):
            text = path.read_text(encoding="utf-8").replace("awx.awx", "ansible.controller").replace("ansible_collections.awx.awx", "")
            path.write_text(text.replace('"namespace": "awx"', '"namespace": "ansible"').replace('"name": "awx"', '"name": "controller"'), encoding="utf-8")
    return folder


def actions_of(run: Run) -> set[str]:
    """Return the actions of all tasks."""
    return {event["action"] for event in run.events if event.get("action")}


@NAME_DECIDES
def test_automation_controller_has_the_same_modules_under_another_name(awx: StandIn, playbooks: PlaybookRunner, tmp_path: Path) -> None:
    own = playbooks.environment()["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep)
    # Without awx.awx there is no choice.
    env = {**awx.env, "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([own[0], str(copy_under_another_name(tmp_path / "controller"))])}

    run = playbooks.run_playbook("abbyy.vantage.awx_setup", extra_vars=WANTED, env=env)

    assert len(awx.objects.tables["job_templates"]) == 4
    assert "ansible.controller.project" in actions_of(run)


@NAME_DECIDES
def test_of_both_collections_the_one_that_is_named_is_used(awx: StandIn, playbooks: PlaybookRunner, tmp_path: Path) -> None:
    own = playbooks.environment()["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep)
    env = {**awx.env, "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([own[0], str(copy_under_another_name(tmp_path / "controller")), *own[1:]])}
    # The first module has shown which it is.
    awx.objects.rivals = {"execution_environments"}

    run = playbooks.run_playbook("abbyy.vantage.awx_setup", extra_vars={**WANTED, "awx_setup_collection": "ansible.controller"}, env=env, rc=2)

    assert "ansible.controller.credential_type" in actions_of(run)
    assert not [action for action in actions_of(run) if action.startswith("awx.")]


def play_of_roles(path: Path) -> dict[str, Any]:
    """Return a play that makes the written objects as infra.aap_configuration does: a loop of the module over each variable, in this order."""
    objects = yaml.safe_load(path.read_text(encoding="utf-8"))
    # The roles take "{  {" for braces that are not Ansible's.
    path.write_text(path.read_text(encoding="utf-8").replace("{  {", "{{"), encoding="utf-8")
    tasks = [{f"awx.awx.{module}": one} for variable, module in MODULES.items() for one in objects[variable]]
    tasks[0]["awx.awx.credential_type"]["injectors"] = "{{ (lookup('file', file) | from_yaml).controller_credential_types[0].injectors }}"
    return {"hosts": "localhost", "gather_facts": False, "vars": {"file": str(path)}, "tasks": tasks}


@pytest.mark.one_core("the roles of infra.aap_configuration are not run, and the file has the same content on each")
def test_written_objects_are_those_that_the_setup_makes(awx: StandIn, playbooks: PlaybookRunner) -> None:
    wanted = {"awx_setup_schedules_enabled": False, "awx_setup_extra_vars": {"app_onboarding_concurrency": 4}, "awx_setup_project_branch": "main"}
    path = playbooks.folder / "objects.yml"

    written = set_up(playbooks, awx, awx_setup_write="objects.yml", **wanted)
    objects = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert awx.journal == []
    assert written.stats["localhost"]["changed"] == 1
    assert {variable: sorted({option for one in ones for option in one} - DOCUMENTED[variable]) for variable, ones in objects.items()} == {
        variable: [] for variable in DOCUMENTED
    }

    playbooks.run_playbook([play_of_roles(path)], env=awx.env)

    assert awx.writes()

    set_up(playbooks, awx, **wanted)

    assert awx.writes() == []


def test_without_awx_it_says_what_it_needs(playbooks: PlaybookRunner) -> None:
    run = playbooks.run_playbook("abbyy.vantage.awx_setup", extra_vars=WANTED, env={"CONTROLLER_HOST": "http://127.0.0.1:1"}, rc=2)
    assert "CONTROLLER_HOST and CONTROLLER_OAUTH_TOKEN" in run.output


def ask_standin(awx: StandIn, method: str, path: str, body: dict[str, Any] | None = None, token: str = "") -> tuple[int, dict[str, Any]]:
    """Ask the stand-in without a network, with its own token unless another one is given; return the status and the answer."""
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.server import TOKEN

    return awx.handle(method, f"/api/v2/{path}", f"Bearer {token or TOKEN}", json.dumps(body).encode() if body else b"")


@NO_CORE
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
def test_standin_refuses_a_body_that_awx_refuses(awx: StandIn, table: str, body: dict[str, Any], refused: str) -> None:
    status, answer = ask_standin(awx, "POST", f"{table}/", body)
    assert (status, list(answer)) == (400, [refused])


@NO_CORE
@pytest.mark.parametrize("table", ["credential_types", "inventories", "job_templates", "schedules"])
def test_standin_refuses_an_unknown_filter(awx: StandIn, table: str) -> None:
    status, _answer = ask_standin(awx, "GET", f"{table}/?nonsense=1")
    assert status == 400


@NO_CORE
@pytest.mark.parametrize("table", ["credential_types", "inventories", "job_templates", "schedules"])
def test_standin_refuses_a_wrong_token(awx: StandIn, table: str) -> None:
    status, _answer = ask_standin(awx, "GET", f"{table}/", token="wrong")
    assert status == 401


@NO_CORE
def test_standin_has_no_other_paths(awx: StandIn) -> None:
    status, _answer = ask_standin(awx, "GET", "nowhere/")
    assert status == 404
