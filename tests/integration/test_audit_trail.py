# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit trail over playbooks: from the role, from vantage_app and from a module, as in a job of AWX, and into the report."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import CONNECTION, AppPlays, app_task
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import service

if TYPE_CHECKING:
    from pathlib import Path

JOB = {"JOB_ID": "42", "AWX_HOST": "https://awx.example.com"}


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_who_changed_what_is_in_the_log_and_in_the_report(plays: AppPlays) -> None:
    log = plays.folder / "audit.jsonl"
    plays.declare(service("app-0"), app_onboarding_audit_log=str(log))
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    client = {**CONNECTION, "client_id": "app-0"}
    change = {"name": "Change", "abbyy.vantage.vantage_client": {**client, "client_name": "App"}}
    again = {"name": "Change", "abbyy.vantage.vantage_client": {**client, "client_name": "Ours", "audit_log": str(log)}}

    plays.run("--check", "-e", "awx_user_name=alice")

    assert not log.exists()

    plays.run("-e", "awx_user_name=alice")
    plays.run_play(change, play={"vars": local}, arguments=["-e", "tower_user_name=bob"], env={**JOB, "VANTAGE_AUDIT_LOG": str(log)})
    plays.run_play(again, play={"vars": local}, arguments=["-e", "awx_user_name=bob"], env={"VANTAGE_AUDIT_USER": "carol"})
    lines = lines_of(log)
    values = list(plays.live_secrets("app-0").values())

    assert [(line["action"], line["user"], line["job"]) for line in lines] == [
        ("create_client", "alice", ""),
        ("create_secret", "alice", ""),
        ("update_client", "bob", "42"),
        ("update_client", "carol", ""),
    ]
    assert len({line["run"] for line in lines}) == 3
    assert values
    assert not [value for value in values if value in log.read_text(encoding="utf-8")]

    plays.run(playbook="abbyy.vantage.report", extra_vars={"vantage_report_audit_log": str(log), "vantage_report_formats": "html,json,csv"})
    report = json.loads((plays.folder / "vantage-report/vantage-expiry.json").read_text(encoding="utf-8"))
    changes = {client["client_id"]: client["last_change"] for client in report["clients"]}
    page = (plays.folder / "vantage-report/vantage-expiry.html").read_text(encoding="utf-8")
    table = csv.DictReader(io.StringIO((plays.folder / "vantage-report/vantage-expiry.csv").read_text(encoding="utf-8-sig")))

    assert (changes["app-0"]["user"], changes["app-0"]["action"], changes["app-0"]["reason"]) == ("carol", "update_client", "differs")
    assert changes["automation"] is None
    assert f'<td class="c-changed">{lines[-1]["time"][:10]} carol <small>client updated' in page
    assert {row["client_id"]: row["last_changed_by"] for row in table}["app-0"] == "carol"


@pytest.mark.one_core("these messages do not depend on ansible-core, and the log is written and read on each")
def test_vantage_app_and_the_report_say_what_is_wrong_with_the_log(plays: AppPlays) -> None:
    task = app_task("app-0", options={"audit_log": ["syslog:local9"]}, ignore_errors=True)
    wrong = {**app_task("app-1", options={"audit_log": f"{plays.folder}"}), "name": "Folder", "ignore_errors": True}
    read = {
        "name": "Read",
        "abbyy.vantage.vantage_app_info": {"audit_log": "/nowhere/audit.jsonl", "tenant_id": "{{ vantage_tenant_id }}"},
        "ignore_errors": True,
    }
    bare = {"name": "Bare", "abbyy.vantage.vantage_app_info": {"audit_log": "/nowhere/audit.jsonl"}, "ignore_errors": True}

    run = plays.run_play(task, wrong, read, bare)
    said = [run.results_of(name)[0]["msg"] for name in ("Onboard", "Folder", "Read", "Bare")]

    assert said[0].startswith("Nothing was written. audit_log 'syslog:local9' names no syslog facility")
    assert said[1].startswith(f"Nothing was written. audit_log '{plays.folder}' cannot be written: is a directory")
    assert said[2].startswith("audit_log '/nowhere/audit.jsonl' cannot be read: no such file or directory")
    assert said[3].startswith("audit_log needs tenant_id")
    assert [entry for entry in plays.deployment.emulator.journal.entries() if entry.write] == []

    report = plays.run(playbook="abbyy.vantage.report", extra_vars={"vantage_report_audit_log": "/nowhere/audit.jsonl"}, rc=2)

    assert "The audit log could not be read" in " ".join(report.output.split())
