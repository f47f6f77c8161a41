# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Without an inventory file, everything is written to the folder where the user stands, and every message says where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import VAULT_PASSWORD, service
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import CHECKOUT, Run

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

APPS = {"app_onboarding_apps": [service("app-0")]}


@pytest.fixture
def before() -> set[Path]:
    """The folders that the collection has by itself."""
    return set(folders_of_collection())


def folders_of_collection() -> list[Path]:
    return [path for place in (CHECKOUT, CHECKOUT / "playbooks") for path in (*place.glob("vantage-*"), *place.glob(".vantage-*"), *place.glob("None*"))]


def run(playbooks: PlaybookRunner, playbook: str, *arguments: str, rc: int = 0, **variables: Any) -> Run:
    password = playbooks.folder / "vault-password"
    password.write_text(VAULT_PASSWORD, encoding="utf-8")
    # The folder that a shell passes on as PWD need not be the true one.
    return playbooks.run_playbook(
        f"abbyy.vantage.{playbook}",
        "--vault-password-file",
        str(password),
        *arguments,
        inventory="contoso,",
        extra_vars={"vantage_hosts": "all", **variables},
        env={"PWD": "/nowhere"},
        rc=rc,
    )


@pytest.mark.usefixtures("deviations_are_meant")
def test_with_a_list_of_hosts_everything_is_written_where_the_user_stands(playbooks: PlaybookRunner, before: set[Path]) -> None:
    folder = playbooks.folder.resolve()

    run(playbooks, "onboard", **APPS)

    assert (folder / ".vantage-secrets" / "contoso.yml").is_file()

    exported = run(playbooks, "export", "-e", "vantage_export_exclude=auto*,taem-*")
    apps = (folder / "vantage-export" / "contoso" / "apps.yml").read_text(encoding="utf-8")

    assert str(folder / "vantage-export" / "contoso" / "apps.yml") in exported.output
    assert "No client of the tenant matches the pattern 'taem-*' in exclude" in exported.output
    assert ("automation" in apps, "app-0" in apps) == (False, True)

    reported = run(playbooks, "report", "-e", "vantage_report_formats=json,csv", "-e", "vantage_report_ignored=auto*,re*")
    clients = json.loads((folder / "vantage-report" / "vantage-expiry.json").read_text(encoding="utf-8"))["clients"]

    assert f"The report is in {folder / 'vantage-report'}." in reported.output
    assert sorted(path.name for path in (folder / "vantage-report").iterdir()) == ["vantage-expiry.csv", "vantage-expiry.json"]
    assert {client["client_id"] for client in clients if client["unmanaged"]} == set()

    probed = run(playbooks, "probe")

    assert str(folder / "vantage-probe" / "contoso.json") in " ".join(probed.output.split())
    assert not (folder / "None").exists()
    assert set(folders_of_collection()) == before


@pytest.mark.usefixtures("deviations_are_meant")
def test_a_relative_folder_begins_where_the_user_stands(playbooks: PlaybookRunner, before: set[Path]) -> None:
    folder = playbooks.folder.resolve()

    exported = run(playbooks, "export", vantage_export_dest="out")

    assert str(folder / "out" / "contoso" / "apps.yml") in exported.output
    assert (folder / "out" / "contoso" / "apps.yml").is_file()

    reported = run(playbooks, "report", vantage_report_dest="out")

    assert f"The report is in {folder / 'out'}." in reported.output
    assert (folder / "out" / "vantage-expiry.csv").is_file()

    run(playbooks, "probe", probe_dest="out")

    assert (folder / "out" / "contoso.json").is_file()

    missing = run(playbooks, "onboard", app_onboarding_source="no-apps", rc=2)

    assert f"There is no {folder / 'no-apps'}; change app_onboarding_source" in " ".join(missing.output.split())
    assert set(folders_of_collection()) == before


def test_for_a_host_that_a_task_adds_everything_is_written_where_the_user_stands(playbooks: PlaybookRunner) -> None:
    add = {"name": "Add", "ansible.builtin.add_host": {"name": "contoso", "groups": "vantage"}}
    first = {"name": "Add hosts", "hosts": "localhost", "gather_facts": False, "tasks": [add]}
    path = CHECKOUT / "playbooks"
    plays = [first, *({"ansible.builtin.import_playbook": str(path / f"{name}.yml")} for name in ("onboard", "report", "export"))]
    password = playbooks.folder / "vault-password"
    password.write_text(VAULT_PASSWORD, encoding="utf-8")
    wanted = [".vantage-secrets/contoso.yml", "vantage-report/vantage-expiry.csv", "vantage-export/contoso/apps.yml"]

    playbooks.run_playbook(plays, "--vault-password-file", str(password), inventory="localhost,", extra_vars={"vantage_hosts": "vantage", **APPS})

    assert [name for name in wanted if not (playbooks.folder / name).is_file()] == []
    assert not list(playbooks.folder.glob("None*"))


def test_an_unknown_format_of_the_report_is_named(playbooks: PlaybookRunner) -> None:
    refused = run(playbooks, "report", "-e", "vantage_report_formats=html,pdf", rc=2)
    assert "vantage_report_formats has pdf; give some of html, csv, json, prometheus." in " ".join(refused.output.split())
