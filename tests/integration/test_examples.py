# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules' documentation run as they are written, in order; the environment connects them, also the first one, to the emulator."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

# What the first example of each page shows in full.
CONNECTION = ("region", "tenant_id", "auth_client_id", "auth_client_secret")


@pytest.mark.parametrize("module", ["vantage_client", "vantage_client_info", "vantage_client_secret", "vantage_client_secret_info"])
def test_examples_run_without_a_warning(playbooks: PlaybookRunner, deployment: Deployment, module: str) -> None:
    # One of another team, which an example protects.
    deployment.emulator.seed("contoso", [{"clientId": "team-b-app"}])
    tasks = yaml.safe_load(importlib.import_module(f"ansible_collections.abbyy.vantage.plugins.modules.{module}").EXAMPLES)
    first = next(options for name, options in tasks[0].items() if name != "name")
    connection = [first.pop(option) for option in CONNECTION]

    run = playbooks.run_playbook([{"name": "Examples", "hosts": "localhost", "gather_facts": False, "tasks": tasks}])

    assert len(tasks) >= 6
    assert connection == ["eu", CONTOSO, "automation", "{{ lookup('ansible.builtin.env', 'VANTAGE_AUTH_CLIENT_SECRET') }}"]
    assert run.warnings == []
    # A loop of an example may be over nothing.
    assert [event["task"] for event in run.events if event["event"] in ("ok", "skipped")] == [task["name"] for task in tasks]
