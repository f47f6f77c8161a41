# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's store kubernetes against a stand-in of a Kubernetes API server."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_plan import name_of_entry
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_answers import stored_names
from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner
from ansible_collections.abbyy.vantage.tests.integration.stores.kubernetes import Kubernetes
from ansible_collections.abbyy.vantage.tests.integration.stores.needs import skip_without
from ansible_collections.abbyy.vantage.tests.integration.stores.story import PREFIX, Story, tell

skip_without(["kubernetes.core"], ["kubernetes"])


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Kubernetes]:
    """A stand-in of a Kubernetes API server."""
    with Kubernetes(tmp_path) as stand_in:
        yield stand_in
    assert stand_in.unexpected == []


def entries_of(cluster: Kubernetes) -> dict[str, dict[str, Any]]:
    """Read what the stand-in holds."""
    entries = [{key: base64.b64decode(value).decode() for key, value in secret["data"].items()} for secret in cluster.secrets.values()]
    return {name_of_entry(entry["client_id"], entry["description"]): entry for entry in entries}


def test_life_of_secrets(deployment: Deployment, playbooks: PlaybookRunner, cluster: Kubernetes) -> None:
    login = {"host": cluster.base_url, "api_key": cluster.token, "ca_cert": str(cluster.ca_path)}

    def refuse(name: str | None) -> None:
        cluster.refusal = f"^{re.escape(stored_names([name], 'kubernetes', PREFIX)[name])}$" if name else ""

    tell(
        Story(
            deployment,
            playbooks,
            settings={"app_onboarding_store": "kubernetes", "app_onboarding_kubernetes": login, "app_onboarding_kubernetes_namespace": "vantage"},
            read_entries=lambda: entries_of(cluster),
            count_writes=lambda: len(cluster.writes()),
            refuse=refuse,
            refusal='secrets is forbidden: User "system:serviceaccount:vantage:ansible" cannot update resource',
        )
    )
