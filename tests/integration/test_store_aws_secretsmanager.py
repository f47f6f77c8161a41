# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's store aws_secretsmanager against moto."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_plan import name_of_entry
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_answers import stored_names
from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner
from ansible_collections.abbyy.vantage.tests.integration.stores.needs import skip_without
from ansible_collections.abbyy.vantage.tests.integration.stores.story import PREFIX, Story, tell

skip_without(["amazon.aws", "community.aws"], ["boto3", "moto"])

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.stores.aws_secretsmanager import AwsSecretsmanager


@pytest.fixture
def aws() -> Iterator[AwsSecretsmanager]:
    """Moto's Secrets Manager, empty."""
    from ansible_collections.abbyy.vantage.tests.integration.stores.aws_secretsmanager import AwsSecretsmanager

    with AwsSecretsmanager() as emulated:
        yield emulated


def entries_of(aws: AwsSecretsmanager) -> dict[str, dict[str, Any]]:
    """Read what moto holds."""
    entries = [json.loads(text) for text in aws.read_texts()]
    return {name_of_entry(entry["client_id"], entry["description"]): entry for entry in entries}


def test_life_of_secrets(deployment: Deployment, playbooks: PlaybookRunner, aws: AwsSecretsmanager) -> None:
    from ansible_collections.abbyy.vantage.tests.integration.stores.aws_secretsmanager import LOGIN

    def refuse(name: str | None) -> None:
        aws.refusal = re.escape(stored_names([name], "aws_secretsmanager", PREFIX)[name]) if name else ""

    tell(
        Story(
            deployment,
            playbooks,
            settings={"app_onboarding_store": "aws_secretsmanager", "app_onboarding_aws_secretsmanager": {"endpoint_url": aws.base_url, **LOGIN}},
            read_entries=lambda: entries_of(aws),
            count_writes=lambda: len(aws.writes),
            refuse=refuse,
            refusal="is not authorized to perform: secretsmanager:UpdateSecret",
        )
    )
