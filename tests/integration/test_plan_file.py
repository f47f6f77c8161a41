# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of each tenant is a file, in check mode and for real, and holds no value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.leaks import known_secrets
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import Onboarding, failure_of, service

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

EACH = "app_onboarding_plan_file=plans/{{ inventory_hostname }}"


@pytest.fixture
def onboarding(playbooks: PlaybookRunner, deployment: Deployment) -> Onboarding:
    """Two tenants of one app each."""
    found = Onboarding(playbooks, deployment, "contoso", "fabrikam")
    found.declare(service("invoice|portal", client_name="@team"))
    found.declare(service("claims"), host="fabrikam")
    return found


def test_each_tenant_has_its_plan_and_then_what_was_done(onboarding: Onboarding, deployment: Deployment) -> None:
    plans = onboarding.folder / "plans"

    onboarding.run("-e", EACH, "--check")
    plan = json.loads((plans / "contoso.json").read_text(encoding="utf-8"))
    comment = (plans / "contoso.md").read_text(encoding="utf-8").splitlines()

    assert deployment.emulator.journal.writes() == []
    assert sorted(path.name for path in plans.iterdir()) == ["contoso.json", "contoso.md", "fabrikam.json", "fabrikam.md"]
    assert (plan["host"], plan["check"], plan["changed"], plan["apps"]["created"], plan["failure"]) == ("contoso", True, True, 1, "")
    assert [(row["app"], row["action"]) for row in plan["rows"]] == [("invoice|portal", "created")]
    assert comment[:2] == ["<!-- abbyy.vantage plan of contoso -->", "### Plan for `contoso`"]
    assert any(line.startswith("| <code>invoice&#124;portal</code> | `created` |") for line in comment)

    onboarding.run("-e", EACH)

    assert "### What was done in `fabrikam`" in (plans / "fabrikam.md").read_text(encoding="utf-8")

    onboarding.declare(service("invoice|portal", client_name="Invoices"))
    onboarding.run("-e", EACH, "--check")
    plan = json.loads((plans / "contoso.json").read_text(encoding="utf-8"))
    written = "".join(path.read_text(encoding="utf-8") for path in plans.iterdir())

    assert plan["updates"] == [{"client_id": "invoice|portal", "option": "client_name", "before": "@team", "after": "Invoices"}]
    assert [secret for secret in known_secrets(deployment.emulator) if secret in written] == []


def test_one_file_for_two_tenants_is_refused_for_one_of_them(onboarding: Onboarding, deployment: Deployment) -> None:
    run = onboarding.run("-e", "app_onboarding_plan_file=plan.md", rc=2)
    (told,) = [event["result"]["msg"] for event in run.events if event["event"] == "failed"]

    assert "app_onboarding_plan_file" in told
    assert "put {{ inventory_hostname }} into the path, so that each tenant has its own, or remove the file." in told
    assert sum(len(deployment.clients(tenant)) for tenant in ("contoso", "fabrikam")) == 1 + count_of_others(deployment)


def count_of_others(deployment: Deployment) -> int:
    """Count the clients that the test does not declare."""
    return sum(client not in ("invoice|portal", "claims") for tenant in ("contoso", "fabrikam") for client in deployment.clients(tenant))


def test_a_mistake_is_in_the_plan_too(onboarding: Onboarding) -> None:
    onboarding.declare(service("portal", state="gone"))

    run = onboarding.run("-e", EACH, "--check", rc=2)
    plan = json.loads((onboarding.folder / "plans/contoso.json").read_text(encoding="utf-8"))

    assert plan == {"host": "contoso", "failure": failure_of(run, "contoso")}
    assert "app_onboarding_apps, app 1, portal: state is 'gone'; write present or absent." in plan["failure"]


def test_a_path_that_cannot_be_written_ends_the_run_before_it_begins(onboarding: Onboarding, deployment: Deployment) -> None:
    (onboarding.folder / "plans").write_text("", encoding="utf-8")

    run = onboarding.run("-e", EACH, rc=2)

    assert failure_of(run, "contoso").startswith("Nothing was written. app_onboarding_plan_file '")
    assert len(deployment.emulator.journal) == 0
