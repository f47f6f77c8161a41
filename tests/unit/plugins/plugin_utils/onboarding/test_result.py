# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a task: what it returns of a run, and which options fail it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import DESK, INTAKE, TenantFixture


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """Apps that are as declared; the secret of intake lives for 90 days, and that of desk for longer."""
    tenant = TenantFixture("from nothing", monkeypatch)
    assert tenant.run()["failure"] == ""
    return tenant


@pytest.mark.parametrize(
    ("within", "failure", "expiring"),
    [
        ("91d", "1 secret in use expires within 91d. intake/production in 90 days.", ["intake"]),
        ("89d", "", []),
        (None, "", []),
    ],
)
def test_secrets_that_expire_soon_fail_the_task_that_asks(quiet: TenantFixture, within: str | None, failure: str, expiring: list[str]) -> None:
    result = quiet.run(apps=[INTAKE, DESK], fail_if_expiring_within=within)

    assert result["failure"] == failure
    assert result.get("msg", "") == failure
    assert result.get("failed", False) is bool(failure)
    assert result["summary"]["expiring"] == expiring


@pytest.mark.parametrize(("check", "drift", "failed"), [(True, True, True), (True, False, False), (False, True, False)])
def test_a_difference_fails_the_check_that_asks(in_process: InProcess, check: bool, drift: bool, failed: bool) -> None:
    result = EngineRun(in_process, MemoryStore(), [{"client_id": "intake"}], check=check, fail_on_drift=drift).perform()

    assert result.get("failed", False) is failed
    assert ("1 of 1 app is not as declared. intake: would be created." in result["failure"]) is failed


def test_changed_is_in_the_summary_too(in_process: InProcess) -> None:
    store = MemoryStore()
    results = [EngineRun(in_process, store, [{"client_id": "intake"}]).perform() for _run in range(2)]
    assert [(result["changed"], result["summary"]["changed"]) for result in results] == [(True, True), (False, False)]


@pytest.mark.parametrize(
    ("options", "apps", "rows"),
    [
        ({}, ["intake"], 2),
        ({"show": "all"}, ["desk", "intake"], 3),
        ({"show": "none"}, ["intake"], 0),
        ({"return_apps": False}, [], 2),
    ],
    ids=["by default", "all", "no table", "no apps"],
)
def test_the_options_say_which_apps_are_shown_and_returned(in_process: InProcess, options: dict[str, Any], apps: list[str], rows: int) -> None:
    store = MemoryStore()
    EngineRun(in_process, store, [{"client_id": "desk"}]).perform()

    result = EngineRun(in_process, store, [{"client_id": "desk"}, {"client_id": "intake"}], **options).perform()

    assert [app["client_id"] for app in result["apps"]] == apps
    assert len(result["table"]) == rows


def test_only_clients_that_change_are_in_the_diff(in_process: InProcess) -> None:
    in_process.emulator.seed("contoso", [{"clientId": "desk", "clientName": "Old"}, {"clientId": "same", "clientName": "Same"}])
    apps = [{"client_id": "desk", "client_name": "Desk"}, {"client_id": "same", "client_name": "Same"}, {"client_id": "new"}]

    result = EngineRun(in_process, MemoryStore(), apps, check=True).perform()

    assert [(one["before_header"], one["after_header"]) for one in result["diff"]] == [("desk", "desk")]
    assert (result["diff"][0]["before"]["client_name"], result["diff"][0]["after"]["client_name"]) == ("Old", "Desk")
