# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's store azure_keyvault against a stand-in of Azure Key Vault and of the login service before it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_plan import name_of_entry
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_answers import stored_names
from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner
from ansible_collections.abbyy.vantage.tests.integration.stores import azure_keyvault
from ansible_collections.abbyy.vantage.tests.integration.stores.azure_keyvault import AzureKeyvault
from ansible_collections.abbyy.vantage.tests.integration.stores.needs import skip_without
from ansible_collections.abbyy.vantage.tests.integration.stores.story import ODD_NAME, PREFIX, Story, tell

skip_without(["azure.azcollection"], ["azure.identity", "azure.keyvault.secrets", "azure.mgmt.core", "azure.cli.core"])

UNUSED = Path(azure_keyvault.__file__).parent / "azure_unused"
TAG = "vantage_"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[AzureKeyvault]:
    """A stand-in of Azure Key Vault."""
    with AzureKeyvault(tmp_path) as stand_in:
        yield stand_in
    assert stand_in.unexpected == []


def entries_of(vault: AzureKeyvault) -> dict[str, dict[str, Any]]:
    """Read what the stand-in holds."""
    entries = {}
    for secret in vault.secrets.values():
        entry = {key.removeprefix(TAG): value for key, value in secret["tags"].items()}
        entries[name_of_entry(entry["client_id"], entry["description"])] = {**entry, "value": secret["value"]}
        assert secret["attributes"].get("exp")
    return entries


def test_life_of_secrets(deployment: Deployment, playbooks: PlaybookRunner, vault: AzureKeyvault) -> None:
    login = {
        "auth_source": "auto",
        "subscription_id": "none",
        "tenant": vault.tenant,
        "client_id": vault.client_id,
        "secret": vault.client_secret,
        "adfs_authority_url": vault.base_url,
        "disable_instance_discovery": True,
    }

    def refuse(name: str | None) -> None:
        vault.refusal = f"/{stored_names([name], 'azure_keyvault', PREFIX)[name]}$" if name else ""

    tell(
        Story(
            deployment,
            playbooks,
            settings={"app_onboarding_store": "azure_keyvault", "app_onboarding_azure_keyvault": login, "app_onboarding_azure_keyvault_uri": vault.vault_uri},
            read_entries=lambda: entries_of(vault),
            count_writes=lambda: len(vault.writes()),
            refuse=refuse,
            refusal="Caller is not authorized to perform action on resource",
            env={
                "PYTHONPATH": os.pathsep.join(filter(None, [str(UNUSED), os.environ.get("PYTHONPATH")])),
                "REQUESTS_CA_BUNDLE": str(vault.ca_path),
                **dict.fromkeys(("NO_PROXY", "no_proxy"), f"127.0.0.1,{azure_keyvault.HOST_NAME}"),
            },
        )
    )
    # Azure keeps what was removed for a while.
    assert list(vault.deleted) == [stored_names([ODD_NAME], "azure_keyvault", PREFIX)[ODD_NAME]]
