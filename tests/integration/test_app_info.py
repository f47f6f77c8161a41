# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vantage_app_info reads apps and stores on the controller, without the tenant and without values."""

from __future__ import annotations

import json

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import INFO, AppPlays, app_task
from ansible_collections.abbyy.vantage.tests.integration.support.leaks import known_secrets
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import service


def test_apps_and_entries_are_read_without_the_tenant(plays: AppPlays) -> None:
    plays.run_play(app_task("app-0"))
    journal = plays.deployment.emulator.journal
    journal.clear()
    declared = {"source": "apps.yml", "apps": [service("app-0")], "secret_defaults": {"lifetime": "90d", "renew_before": "10d"}}
    (plays.folder / "apps.yml").write_text(json.dumps([service("app-1", state="absent")]), encoding="utf-8")

    run = plays.run_play({"name": "Read", INFO: {**declared, "store": "file"}}, {"name": "Check", INFO: declared, "check_mode": True})
    both, apps_alone = run.results_of("Read")[0], run.results_of("Check")[0]
    (entry,) = both["entries"].values()

    assert both["apps"] == apps_alone["apps"]
    assert [(app["client_id"], app["state"]) for app in both["apps"]] == [("app-0", "present"), ("app-1", "absent")]
    assert both["apps"][0]["secrets"] == [{"description": "default", "state": "present", "renew_before": 864000, "labels": {}}]
    assert entry["id"] == plays.entries()["app-0/default"]["id"]
    assert "entries" not in apps_alone
    assert not both["changed"]
    assert len(journal) == 0
    assert [secret for secret in known_secrets(plays.deployment.emulator) if secret in json.dumps(run.events)] == []


def test_braces_in_a_file_are_refused_unless_they_are_meant(plays: AppPlays) -> None:
    (plays.folder / "apps.csv").write_text("sep=;\r\nclient_id;client_name;allowed_grant_types;\r\napp-0;{{ name }};client_credentials;\r\n", encoding="utf-8")
    read = {"name": "Read", INFO: {"source": "apps.csv", "allow_braces": True}}

    run = plays.run_play(read, {"name": "Refused", INFO: {"source": "apps.csv"}, "ignore_errors": True})

    assert run.results_of("Read")[0]["apps"][0]["client_id"] == "app-0"
    assert "apps.csv:3, app-0: client_name holds '{{ name }}', a template, and files are not templated" in run.results_of("Refused")[0]["msg"]

    plays.hosts["contoso"]["app_onboarding_source"] = "apps.csv"
    refused = plays.run(rc=2)

    assert "a template, and files are not templated" in " ".join(refused.output.split())

    plays.run("-e", "app_onboarding_allow_braces=yes")

    assert plays.deployment.clients()["app-0"]["members"]["clientName"] == "{{ name }}"


def test_a_file_that_is_not_there_is_no_store(plays: AppPlays) -> None:
    run = plays.run_play({"name": "Read", INFO: {"apps": [], "store": {"type": "file", "path": "nowhere.yml"}}})
    assert "entries" not in run.results_of("Read")[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"app": []}, "vantage_app_info has no option 'app'; did you mean 'apps'?"),
        ({"apps": {"app-0": {}}}, "apps is a mapping, but has to be a list of apps, each a mapping with client_id."),
        ({"source": "nowhere"}, "nowhere"),
        ({"store": {"type": "hashi_vault"}}, "VAULT_ADDR"),
    ],
)
def test_a_wrong_option_is_told_in_one_sentence(plays: AppPlays, options: dict[str, object], said: str) -> None:
    run = plays.run_play({"name": "Read", INFO: options}, env={"VAULT_ADDR": None}, rc=2)
    (result,) = run.results_of("Read")

    assert said in result["msg"]
    assert "\n" not in result["msg"]
