# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook of the collection does its work, on each release of ansible-core: one happy path, one after the other.

It runs with the programs of this environment, or with those of the environments that PLAYBOOK_PROGRAMS lists.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.integration.support.browser import Person, Watcher
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import CHECKOUT, PlaybookRunner, Run
from ansible_collections.abbyy.vantage.tests.integration.support.tenants import Tenants

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.server import StandIn
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment

PROGRAMS = [Path(folder) for folder in os.environ.get("PLAYBOOK_PROGRAMS", "").split(os.pathsep) if folder] or [Path(sys.executable).parent]
# In the order in which a user meets them.
PLAYBOOKS = ("validate", "login", "probe", "onboard", "report", "export", "awx_setup")
AWX = {
    "awx_setup_image": "registry.example.com/vantage-ee:latest",
    "awx_setup_project_url": "https://git.example.com/vantage.git",
    "awx_setup_inventory_path": "inventory/tenants.yml",
}


@pytest.fixture(params=PROGRAMS, ids=lambda folder: folder.parent.name)
def tenants(request: pytest.FixtureRequest, deployment: Deployment, tmp_path: Path) -> Tenants:
    """Two tenants, and the programs of one ansible-core."""
    return Tenants(PlaybookRunner(tmp_path, {**deployment.login_env(), **deployment.record_env()}, request.param), deployment)


@pytest.fixture
def awx() -> Iterator[StandIn]:
    """A stand-in of AWX as it is when it has just been installed."""
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.server import serve_standin

    with serve_standin([path.name for path in sorted((CHECKOUT / "docs/examples/awx_project").glob("*.yml"))]) as standin:
        standin.objects.seed("organizations", name="Default")
        yield standin


@pytest.mark.usefixtures("deviations_are_meant")
def test_every_playbook_does_its_work(tenants: Tenants, deployment: Deployment, awx: StandIn, tmp_path: Path) -> None:
    with Watcher(Person(deployment), tmp_path):
        done = {"login": tenants.run("abbyy.vantage.login")}
    done["validate"] = tenants.run("abbyy.vantage.validate", extra_vars={"vantage_validate_formats": "json"})
    for name in ("probe", "onboard", "report", "export"):
        done[name] = tenants.run(f"abbyy.vantage.{name}")
    done["awx_setup"] = tenants.playbooks.run_playbook("abbyy.vantage.awx_setup", extra_vars=AWX, env=awx.env)
    report = read(tmp_path / "vantage-report/vantage-expiry.json")

    assert set(tenants.login_file.content()) == {"contoso", "fabrikam"}
    assert list((tmp_path / "vantage-validate").iterdir())
    assert {tenant["name"]: tenant["store_known"] for tenant in report["tenants"]} == {"contoso": True, "fabrikam": True}
    assert "ABBYY Vantage: Onboard" in [template["name"] for template in awx.objects.tables["job_templates"].values()]
    # The modules of awx.awx are not ours.
    assert [name for name, run in done.items() if name != "awx_setup" and deprecations(run)] == []

    for tenant in ("contoso", "fabrikam"):
        exported = yaml.safe_load((tmp_path / f"vantage-export/{tenant}/apps.yml").read_text(encoding="utf-8"))["app_onboarding_apps"]

        assert read(tmp_path / f"vantage-probe/{tenant}.json")["findings"]
        assert (tmp_path / f"{tenant}.yml").read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT")
        assert [len(deployment.clients(tenant)[client_id]["secrets"]) for client_id in ("claims", "intake")] == [1, 1]
        assert {"claims", "intake"} <= {app["client_id"] for app in exported}


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def deprecations(run: Run) -> list[str]:
    """Return the warnings of what a later ansible-core does not do any more."""
    return [line for line in run.warnings if line.startswith("[DEPRECATION")]


def test_no_playbook_is_left_out() -> None:
    assert sorted(path.stem for path in (CHECKOUT / "playbooks").glob("*.yml")) == sorted(PLAYBOOKS)
