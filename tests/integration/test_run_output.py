# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole output of a run, as a person reads it: compared with the texts in the folder outputs, which were reviewed by eye.

With WRITE_OUTPUTS=1 in the environment, the texts are written anew; look at each of them then.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import DAY, Onboarding, play_of_role, service

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

OUTPUTS = Path(__file__).resolve().parent / "outputs"
LIFE = {"lifetime": "180d"}
CSV = "client_id;allowed_grant_types;labels;secrets\nintake;client_credentials;owner=claims team|ticket=OPS-1;day|night\nkiosk;client_credentials;;\n"
# Since 2.19, ansible-core shows the lines of the file that a task stands in, and repeats the message.
ORIGIN = re.compile(r"^\[ERROR\]: Task failed: .*\n|^Origin: .*\n\n(?:.*\n)*?.*\^ column \d+\n\n", re.MULTILINE)
LOOKUP = re.compile(r"Error processing keyword 'hosts': The lookup plugin 'abbyy\.vantage\.tenants' failed: ")


def normalised(run: Run, onboarding: Onboarding) -> str:
    """Return the output without what differs from one core, machine or day to the next."""
    text = ORIGIN.sub("", run.stdout.replace(str(onboarding.folder), "FOLDER"))
    text = re.sub(r"\*{3,}", "***", text)
    text = re.sub(r"older one until \d+ [A-Z][a-z]{2}( \d{4})?", "older one until DAY", text)
    if "until DAY" in text:
        # Days are written with one or two digits, which moves the columns.
        text = re.sub(r"(?<=\S) {2,}(?=\S)", "  ", text)
    text = "\n".join(re.sub(r" {3,}: ", " : ", re.sub(r"(=\d+) +", r"\1 ", line)).rstrip() for line in text.splitlines())
    # Before 2.19, ansible-core breaks the lines of what it writes there.
    said = " ".join(ORIGIN.sub("", run.stderr.replace(str(onboarding.folder), "FOLDER")).split())
    said = LOOKUP.sub("", said).replace("ERROR! ", "[ERROR]: ")
    return f"exit code {run.rc if run.rc in (0, 2) else 'of an error'}\n{text.rstrip()}\n{said and '--- stderr'}\n{said}".rstrip() + "\n"


def assert_output(name: str, run: Run, onboarding: Onboarding) -> None:
    """Compare with the text of that name, or write it anew."""
    path, found = OUTPUTS / f"{name}.txt", normalised(run, onboarding)
    if os.environ.get("WRITE_OUTPUTS"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@pytest.fixture
def one(playbooks: PlaybookRunner, deployment: Deployment) -> Onboarding:
    """A tenant with one app."""
    onboarding = Onboarding(playbooks, deployment)
    onboarding.declare(service("intake"), app_onboarding_secret_defaults=LIFE)
    return onboarding


@pytest.fixture
def two(playbooks: PlaybookRunner, deployment: Deployment) -> Onboarding:
    """Two tenants of twelve apps each."""
    onboarding = Onboarding(playbooks, deployment, "contoso", "fabrikam")
    for host in onboarding.hosts:
        onboarding.declare(*(service(f"app-{number:02}") for number in range(1, 13)), host=host, app_onboarding_secret_defaults=LIFE)
    return onboarding


def run_one_by_one(onboarding: Onboarding, *arguments: str, **keywords: Any) -> Run:
    """Run for one tenant after the other, so that their lines come in this order."""
    return onboarding.run("-f", "1", *arguments, **{"rc": None, **keywords})


def test_output_from_the_first_plan_to_the_deletion_of_older_secrets(two: Onboarding) -> None:
    planned = run_one_by_one(two, "--diff", check=True)
    made = run_one_by_one(two)
    again = run_one_by_one(two)

    assert_output("first_plan", planned, two)
    assert_output("first_run", made, two)
    assert_output("nothing_to_do", again, two)

    assert len(planned.output.splitlines()) <= 60

    two.deployment.emulator.advance(160 * DAY)
    two.hosts["contoso"]["app_onboarding_apps"][0]["client_name"] = "First app"
    renewed = run_one_by_one(two, "--diff", "--limit", "contoso")
    overlapping = run_one_by_one(two, "--limit", "contoso", extra_vars={"app_onboarding_show": "all"})

    assert_output("renewal", renewed, two)
    assert_output("two_generations", overlapping, two)

    two.deployment.emulator.advance(3 * DAY)
    retired = run_one_by_one(two, "--limit", "contoso")

    assert_output("old_ones_deleted", retired, two)


def test_a_wrong_group_fails(one: Onboarding) -> None:
    run = one.run("-e", "vantage_hosts=vantagee", rc=None)

    assert run.rc != 0
    assert one.deployment.emulator.journal.entries() == []

    assert_output("wrong_group", run, one)


@pytest.mark.parametrize("playbook", ["report", "export", "probe", "login"])
def test_a_limit_that_names_no_tenant_fails_in_every_playbook(two: Onboarding, playbook: str) -> None:
    run = two.run("--limit", "contoso,fabrikm", playbook=f"abbyy.vantage.{playbook}", rc=None)

    assert run.rc not in (0, 2)
    assert "The limit names what the inventory does not have: 'fabrikm'." in " ".join(run.output.split())
    assert two.deployment.emulator.journal.entries() == []


@pytest.mark.parametrize("look", ["--syntax-check", "--list-tasks", "--list-hosts", "--list-tags"])
def test_arguments_that_only_list_need_no_tenant(one: Onboarding, look: str) -> None:
    run = one.run("-e", "vantage_hosts=vantagee", look)

    assert "playbook: " in run.stdout
    assert one.deployment.emulator.journal.entries() == []


@pytest.mark.parametrize("check", [True, False])
def test_a_missing_vault_password_is_named(one: Onboarding, check: bool) -> None:
    run = one.playbooks.run_playbook("abbyy.vantage.onboard", inventory=one.arguments()[1], env=one.env(), check=check, rc=2)
    assert_output("no_vault_password", run, one)
    assert one.deployment.emulator.journal.writes() == []


@pytest.mark.one_core("the reader of apps does not depend on ansible-core")
def test_a_csv_may_have_semicolons_and_may_not_leave_one_out(one: Onboarding) -> None:
    path = one.folder / "apps.csv"
    path.write_text(CSV, encoding="utf-8")
    one.declare(app_onboarding_source="apps.csv")

    whole = one.run()

    assert_output("semicolons", whole, one)

    path.write_text(CSV.replace("kiosk;client_credentials;;", "kiosk;client_credentials"), encoding="utf-8")
    cut_off = one.run(rc=2)

    assert_output("semicolons_missing", cut_off, one)


def test_an_unreachable_tenant_does_not_stop_a_reachable_one(two: Onboarding) -> None:
    for host in two.hosts:
        two.declare(service("intake"), host=host)
    two.hosts["fabrikam"]["vantage_base_url"] = "https://127.0.0.1:9"

    run = run_one_by_one(two, rc=2)

    assert_output("unreachable", run, two)


def test_an_unknown_variable_is_named_and_with_prune_nothing_is_written(one: Onboarding) -> None:
    one.hosts["contoso"].update(app_onboarding_prune_protects=["team-*"], vantage_tennant_id="x")

    refused = one.run("-e", "app_onboarding_prune=all", rc=2)

    assert one.deployment.emulator.journal.writes() == []

    assert_output("unknown_variable_with_prune", refused, one)

    warned = one.run()

    assert_output("unknown_variable", warned, one)


def test_show_none_leaves_the_output_to_a_callback_that_prints_json(one: Onboarding) -> None:
    one.playbooks.env["ANSIBLE_STDOUT_CALLBACK"] = "print_json"
    run = one.run(extra_vars={"app_onboarding_show": "none", "app_onboarding_batch_size": 1})
    assert json.loads(run.stdout)["hosts"]["contoso"]["changed"] == 1


def test_show_changed_prints_the_table_before_the_output_of_a_callback(one: Onboarding) -> None:
    one.playbooks.env["ANSIBLE_STDOUT_CALLBACK"] = "print_json"
    run = one.run(extra_vars={"app_onboarding_show": "changed", "app_onboarding_batch_size": 1})
    assert run.stdout.startswith("contoso: 1 app: 1 created\n")


def test_the_table_is_shown_without_results_of_tasks(one: Onboarding) -> None:
    one.playbooks.env["ANSIBLE_DISPLAY_OK_HOSTS"] = "no"
    run = one.run()
    assert (
        "contoso: 1 app: 1 created\n  APP     ACTION   SECRET   SECRET ACTION  EXPIRES IN\n  intake  created  default  created        180 days\n" in run.stdout
    )


TASKS = """
- name: Keep what was told
  ansible.builtin.lineinfile:
    path: "{{ app_onboarding_change.labels.told_in }}"
    line: "{{ app_onboarding_change.client_id }} {{ app_onboarding_change.description }} {{ app_onboarding_change.action }}"
    create: true
    mode: "0644"
"""


def test_a_task_file_is_included_once_per_changed_secret(one: Onboarding) -> None:
    (one.folder / "tell.yml").write_text(TASKS, encoding="utf-8")
    told = one.folder / "told.txt"
    variables = {"app_onboarding_after_change": "tell.yml", "app_onboarding_defaults": {"labels": {"told_in": str(told)}}}
    # The server makes no secret for the second app.
    one.deployment.emulator.faults.replace([{"kind": "status", "status": 400, "method": "POST", "path": "clients/broken/secrets/$", "times": None}])
    one.declare(service("intake", secrets=["day", "night"]), service("broken"), **variables)
    one.hosts["contoso"].update(ansible_connection="local", ansible_python_interpreter="{{ ansible_playbook_python }}")

    one.run(check=True)

    assert not told.exists()

    one.run(playbook=play_of_role(), rc=2)

    assert told.read_text(encoding="utf-8").splitlines() == ["intake day created", "intake night created"]

    told.unlink()
    one.run("--tags", "secrets", rc=2)

    assert not told.exists()


def test_a_missing_task_file_is_noticed_before_anything_is_written(one: Onboarding) -> None:
    one.declare(service("intake"), app_onboarding_after_change="tel.yml")

    for check in (True, False):
        said = one.run(check=check, rc=2).stdout
        assert f"app_onboarding_after_change is 'tel.yml', but there is no file {one.folder / 'tel.yml'}; correct the path, or remove it." in said

    assert one.deployment.emulator.journal.writes() == []


def test_each_tag_runs_its_part_alone(one: Onboarding) -> None:
    journal = one.deployment.emulator.journal
    variables = one.hosts["contoso"]
    app, base_url = variables["app_onboarding_apps"][0], variables["vantage_base_url"]

    # The tag validate needs no connection to the tenant.
    variables["vantage_base_url"] = "https://127.0.0.1:9"
    one.run("--tags", "validate")
    app["redirect_uri"] = "https://app.example.com"
    invalid = one.run("--tags", "validate", rc=2)

    assert "did you mean 'redirect_uris'?" in invalid.stdout

    del app["redirect_uri"]
    variables["vantage_base_url"] = base_url
    planned = one.run("--tags", "report")

    assert "contoso (check mode, nothing is written): 1 app: 1 created" in planned.stdout
    assert journal.writes() == []

    without_client = one.run("--tags", "secrets", rc=2)

    assert "this run writes secrets only" in without_client.stdout
    assert journal.writes() == []

    one.run("--tags", "clients")

    assert one.live_secrets("intake") == {}

    one.run("--tags", "secrets")

    one.assert_kept("intake/default")

    both = one.run("--tags", "clients,secrets")

    assert "1 app: 1 unchanged" in both.stdout


def test_modules_of_own_plays_connect_by_one_line(two: Onboarding) -> None:
    variables = two.hosts["contoso"]
    variables.update(ansible_connection="local", ansible_python_interpreter="{{ ansible_playbook_python }}")
    variables.update(vantage_tenant_id="{{ contoso_tenant }}", contoso_tenant=variables["vantage_tenant_id"])
    play = {
        "name": "Look at the clients of every tenant",
        "hosts": "{{ lookup('abbyy.vantage.tenants', 'contoso') }}",
        "gather_facts": False,
        "module_defaults": {"group/abbyy.vantage.vantage": "{{ lookup('abbyy.vantage.connection') }}"},
        "tasks": [{"name": "Read the clients", "abbyy.vantage.vantage_client_info": {}}],
    }

    run = two.run(playbook=[play])

    assert {client["client_id"] for client in run.results_of("Read the clients")[0]["clients"]} == {"automation", "reader"}
