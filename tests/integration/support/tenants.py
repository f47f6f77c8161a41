# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants in an inventory, whose playbooks use a login that a person has made in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from ansible_collections.abbyy.vantage.tests.integration.support.browser import seed_redirect_uri
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS, Deployment
from ansible_collections.abbyy.vantage.tests.integration.support.login_file import LoginFile

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

APPS = [{"client_id": "claims", "allowed_grant_types": ["client_credentials"]}, {"client_id": "intake", "allowed_grant_types": ["client_credentials"]}]


class Tenants:
    """Two tenants, an inventory of them, and a login file."""

    def __init__(self, playbooks: PlaybookRunner, deployment: Deployment) -> None:
        self.playbooks, self.deployment = playbooks, deployment
        self.login_file = LoginFile(playbooks)
        self.inventory = playbooks.folder / "vantage.yml"
        self.env = {**self.login_file.env, **dict.fromkeys(deployment.login_env())}
        self.write()

    def write(self, **variables: Any) -> None:
        """Write the inventory."""
        hosts = {
            tenant: {"vantage_tenant_id": tenant_id, "vantage_auth_client_secret": f"{tenant}-automation-secret-0001"} for tenant, tenant_id in TENANTS.items()
        }
        shared = {
            "vantage_base_url": self.deployment.base_url,
            "vantage_ca_path": str(self.deployment.ca_path),
            "vantage_auth_client_id": "automation",
            "vantage_login_file": str(self.login_file.path),
            "vantage_login_redirect_uri": seed_redirect_uri(self.deployment),
            "app_onboarding_apps": APPS,
            "app_onboarding_store": {"path": str(self.playbooks.folder / "{{ inventory_hostname }}.yml")},
        }
        self.inventory.write_text(yaml.safe_dump({"vantage": {"hosts": hosts, "vars": {**shared, **variables}}}), encoding="utf-8")

    def run(self, playbook: str, *arguments: str, **keywords: Any) -> Run:
        """Run a playbook of the collection."""
        return self.playbooks.run_playbook(playbook, *arguments, inventory=self.inventory, env=self.env, **keywords)
