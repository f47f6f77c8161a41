# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's store hashi_vault against a stand-in of HashiCorp Vault's API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_plan import name_of_entry
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_answers import stored_names
from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner
from ansible_collections.abbyy.vantage.tests.integration.stores.hashi_vault import HashiVault
from ansible_collections.abbyy.vantage.tests.integration.stores.needs import skip_without
from ansible_collections.abbyy.vantage.tests.integration.stores.story import PREFIX, Story, tell

skip_without(["community.hashi_vault"], ["hvac"])


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[HashiVault]:
    """A stand-in of HashiCorp Vault."""
    with HashiVault(tmp_path) as stand_in:
        yield stand_in
    assert stand_in.unexpected == []


def entries_of(vault: HashiVault) -> dict[str, dict[str, Any]]:
    """Read what the stand-in holds."""
    current = [versions.kept[-1] for versions in vault.secrets.values()]
    return {name_of_entry(data["client_id"], data["description"]): data for data in current if data}


def test_life_of_secrets(deployment: Deployment, playbooks: PlaybookRunner, vault: HashiVault) -> None:
    login = {"url": vault.base_url, "ca_cert": str(vault.ca_path), "auth_method": "approle", "role_id": vault.role_id, "secret_id": vault.secret_id}

    def refuse(name: str | None) -> None:
        vault.refusal = re.escape(stored_names([name], "hashi_vault", PREFIX)[name]) if name else ""

    tell(
        Story(
            deployment,
            playbooks,
            settings={"app_onboarding_store": "hashi_vault", "app_onboarding_hashi_vault": login},
            read_entries=lambda: entries_of(vault),
            count_writes=lambda: len(vault.writes()),
            refuse=refuse,
            refusal="Permission denied writing to",
        )
    )
