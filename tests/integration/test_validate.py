# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook validate finds every mistake in the apps of all tenants, without a tenant, a login or the password of a store."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from junitparser import JUnitXml

from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import failure_of, service
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

ON_ONE_CORE = pytest.mark.one_core("the reader of apps does not depend on ansible-core, and mistakes are shown on each")
PLAYBOOK = "abbyy.vantage.validate"
APPS = """\
- client_id: nightly-export
  client_nam: Nightly export
  allowed_grant_types: [client_credentials]
  secrets:
    - description: scheduler
      lifetime: 5h
"""
SAID = [
    "apps/contoso/batch.yml:2, nightly-export: unknown key 'client_nam'; did you mean 'client_name'?",
    "apps/contoso/batch.yml:6, nightly-export: secret 'scheduler': lifetime '5h' is shorter than a day, but the server takes 1 day to 3 years; raise it.",
]
UNUSABLE = {"vantage_base_url": "https://no.example", "vantage_auth_client_secret": "{{ lookup('ansible.builtin.file', '/no/such/file') }}"}


class Validation:
    """Runs the playbook over hosts whose login and store cannot be used."""

    def __init__(self, playbooks: PlaybookRunner) -> None:
        self.playbooks, self.folder = playbooks, playbooks.folder
        self.hosts: dict[str, dict[str, Any]] = {}

    def declare(self, host: str, **variables: Any) -> None:
        """Add a tenant."""
        self.hosts[host] = {**UNUSABLE, **{f"app_onboarding_{name}": value for name, value in variables.items()}}

    def run(self, *arguments: str, rc: int = 0, env: dict[str, str | None] | None = None) -> Run:
        """Run it to its end."""
        inventory = self.folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"vantage": {"hosts": self.hosts}}), encoding="utf-8")
        unset = dict.fromkeys([name for name in self.playbooks.environment() if name.startswith("VANTAGE_")])
        return self.playbooks.run_playbook(PLAYBOOK, *arguments, inventory=str(inventory), env={**unset, "GITHUB_ACTIONS": None, **(env or {})}, rc=rc)


@pytest.fixture
def validation(playbooks: PlaybookRunner) -> Validation:
    """A tenant with two mistakes in a file, and one without any."""
    found = Validation(playbooks)
    path = found.folder / "apps/contoso/batch.yml"
    path.parent.mkdir(parents=True)
    path.write_text(APPS, encoding="utf-8")
    found.declare("contoso", source=str(path.parent), store={"type": "file", "path": "/no/such/store.yml"})
    found.declare("fabrikam", apps=[service("claims-intake", redirect_uris=["https://claims.example"])])
    return found


def test_every_mistake_and_every_warning_is_shown(validation: Validation) -> None:
    run = validation.run(rc=2)
    lines = run.stdout.splitlines()
    first = lines.index("contoso: 1 app checked, 2 mistakes")
    second = lines.index("fabrikam: 1 app checked, 1 warning")

    assert lines[first + 1 : first + 3] == [f"  {said}" for said in SAID]
    assert lines[second + 1].startswith("  warning: app_onboarding_apps, app 1, claims-intake: redirect_uris entry 'https://claims.example' has no path")
    assert failure_of(run, "contoso") == "The apps of contoso have mistakes, 2 in all."
    assert "::error" not in run.stdout
    assert not (validation.folder / "vantage-validate").exists()


@ON_ONE_CORE
def test_reports_are_written_for_programs_and_for_github(validation: Validation) -> None:
    run = validation.run("-e", "vantage_validate_formats=github,json,junit", "-e", "vantage_validate_dest=reports", rc=2)
    report = json.loads((validation.folder / "reports/vantage-validate.json").read_text(encoding="utf-8"))
    suites = JUnitXml.fromfile(str(validation.folder / "reports/vantage-validate.xml"))

    assert f"::error file=apps/contoso/batch.yml,line=2,title=contoso%3A nightly-export::{SAID[0].partition('export: ')[2]}" in run.stdout.splitlines()
    assert [(tenant["name"], tenant["errors"], tenant["warnings"]) for tenant in report["tenants"]] == [("contoso", 2, 0), ("fabrikam", 0, 1)]
    assert [(suite.name, suite.failures) for suite in suites] == [("contoso", 2), ("fabrikam", 0)]


@ON_ONE_CORE
def test_github_is_told_in_its_own_jobs(validation: Validation) -> None:
    run = validation.run(env={"GITHUB_ACTIONS": "true"}, rc=2)
    assert SAID[0] in run.stdout
    assert run.stdout.count("::error file=") == 2


def test_right_apps_pass(validation: Validation) -> None:
    shutil.rmtree(validation.folder / "apps/contoso")
    shutil.copytree(ROOT / "docs/examples/tenants/apps/contoso", validation.folder / "apps/contoso")

    run = validation.run()

    assert "contoso: 8 apps checked, no mistakes" in run.stdout.splitlines()


@ON_ONE_CORE
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"apps": {"app-0": {}}}, "app_onboarding_apps is a mapping, but has to be a list of apps, each a mapping with client_id."),
        ({"apps": "app-0"}, "app_onboarding_apps is text, but has to be a list of apps, each a mapping with client_id."),
        ({"defaults": ["a"]}, "app_onboarding_defaults: this has to be a mapping."),
        ({"source": "nowhere"}, "nowhere; change app_onboarding_source to a folder of YAML files, a YAML file or a CSV file."),
    ],
)
def test_a_wrong_shape_is_one_sentence(validation: Validation, variables: dict[str, Any], said: str) -> None:
    validation.hosts = {}
    validation.declare("contoso", **variables)

    lines = validation.run(rc=2).stdout.splitlines()

    assert said in lines[lines.index("contoso: 0 apps checked, 1 mistake") + 1]


def test_a_variable_that_cannot_be_filled_in_fails_its_tenant_alone(validation: Validation) -> None:
    validation.declare("northwind", source="{{ nothing_of_that_name }}")

    run = validation.run("-e", "vantage_validate_formats=junit", rc=2)
    suites = JUnitXml.fromfile(str(validation.folder / "vantage-validate/vantage-validate.xml"))

    assert "nothing_of_that_name" in failure_of(run, "northwind")
    assert {suite.name: suite.failures for suite in suites} == {"contoso": 2, "fabrikam": 0, "northwind": 1}


def test_no_tenant_at_all_is_said(validation: Validation) -> None:
    validation.hosts = {}

    run = validation.run(rc=None)

    assert run.rc not in (0, 2)
    assert "There is no tenant to work on" in run.output


@ON_ONE_CORE
def test_an_unknown_format_is_named(validation: Validation) -> None:
    run = validation.run("-e", "vantage_validate_formats=xml", rc=2)
    assert failure_of(run, "contoso") == "vantage_validate_formats has xml; give some of text, github, json, junit."


def test_the_role_says_the_same_of_a_file(validation: Validation, tmp_path: Path) -> None:
    play = [{"name": "Onboard", "hosts": "vantage", "gather_facts": False, "roles": ["abbyy.vantage.app_onboarding"]}]
    validation.hosts = {"contoso": validation.hosts["contoso"] | {"vantage_auth_client_secret": "x", "app_onboarding_store": "file"}}
    validation.hosts["contoso"]["vantage_tenant_id"] = "7a1de5a0c0de4b1e8f00c04705000001"
    inventory = validation.folder / "inventory.yml"
    inventory.write_text(yaml.safe_dump({"vantage": {"hosts": validation.hosts}}), encoding="utf-8")

    run = validation.playbooks.run_playbook(play, inventory=str(inventory), rc=2)

    assert failure_of(run, "contoso").splitlines() == ["Nothing was written: there are 2 problems.", *(f"- {tmp_path}/{said}" for said in SAID)]
