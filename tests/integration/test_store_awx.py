# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's store awx against a stand-in of AWX's API, which never shows a secret field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_plan import name_of_entry
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_answers import stored_names
from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner
from ansible_collections.abbyy.vantage.tests.integration.stores.awx import ORGANIZATION, TYPE, Awx
from ansible_collections.abbyy.vantage.tests.integration.stores.needs import skip_without
from ansible_collections.abbyy.vantage.tests.integration.stores.story import PREFIX, Story, tell

skip_without(["awx.awx"], [])


@pytest.fixture
def awx(tmp_path: Path) -> Iterator[Awx]:
    """A stand-in of AWX."""
    with Awx(tmp_path) as stand_in:
        yield stand_in
    assert stand_in.unexpected == []


def entries_of(awx: Awx) -> dict[str, dict[str, Any]]:
    """Read what the stand-in holds, with what it hides."""
    entries = {}
    for credential in awx.credentials.values():
        record, inputs = json.loads(credential["description"].partition(": ")[2]), credential["inputs"]
        assert inputs["base_url"] == "https://vantage.example.com"
        assert inputs["app_id"] == record["client_id"]
        entries[name_of_entry(record["client_id"], record["description"])] = {**record, "value": inputs.get("app_secret", "")}
    return entries


def test_life_of_secrets(deployment: Deployment, playbooks: PlaybookRunner, awx: Awx) -> None:
    settings = {
        "app_onboarding_store": "awx",
        "app_onboarding_awx": {"controller_host": awx.base_url, "controller_oauthtoken": awx.token, "request_timeout": 60},
        "app_onboarding_awx_organization": ORGANIZATION["name"],
        "app_onboarding_awx_credential_type": TYPE["name"],
        "app_onboarding_awx_inputs": {"app_id": "client_id", "app_secret": "value"},
        "app_onboarding_awx_fixed_inputs": {"base_url": "https://vantage.example.com"},
    }

    def refuse(name: str | None) -> None:
        awx.refusal = re.escape(stored_names([name], "awx", PREFIX)[name]) if name else ""

    tell(
        Story(
            deployment,
            playbooks,
            settings=settings,
            read_entries=lambda: entries_of(awx),
            count_writes=lambda: len(awx.writes()),
            refuse=refuse,
            refusal="You don't have permission to PATCH to",
            # The modules of awx.awx trust what the machine trusts.
            env={"SSL_CERT_FILE": str(awx.ca_path)},
        )
    )
