# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook probe over HTTPS: it reads unless told to write, leaves nothing behind, and tells no secret.

What it finds under which switch of the emulator is tested in tests/unit/plugins/modules/test_vantage_probe.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.plugins.modules.vantage_probe import EXAMPLES
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

ON_ONE_CORE = pytest.mark.one_core("the tenant's answers do not depend on ansible-core, and a probe that writes runs on each")
PROBE = "abbyy.vantage.probe"

pytestmark = pytest.mark.usefixtures("deviations_are_meant")


@pytest.fixture
def tenants(playbooks: PlaybookRunner) -> Path:
    path = playbooks.folder / "tenants.yml"
    path.write_text(yaml.safe_dump({"all": {"children": {"vantage": {"hosts": {"contoso": {}}}}}}), encoding="utf-8")
    return path


def findings_in(folder: Path) -> dict[str, dict[str, Any]]:
    content = json.loads((folder / "vantage-probe" / "contoso.json").read_text(encoding="utf-8"))
    return {finding["key"]: finding for finding in content["findings"]}


def test_reading_writes_nothing(playbooks: PlaybookRunner, emulator: Emulator, tenants: Path) -> None:
    emulator.behaviour.patch({"list_shape": "array", "lifetime_format": "iso8601"})

    run = playbooks.run_playbook(PROBE, inventory=tenants)
    findings = findings_in(playbooks.folder)

    assert emulator.journal.writes() == []
    assert {key for key, finding in findings.items() if finding["verdict"] == "differs"} >= {"list_shape", "list_total", "client_lifetimes"}
    assert "put_answer" not in findings
    assert "What is the list inside of?" in run.output
    assert not (playbooks.folder / "vantage-probe" / "contoso.openapi.json").exists()
    assert "nothing, it is a bare array (assumed: an object, under items)" in run.output


def test_writing_leaves_nothing_and_tells_no_secret(
    playbooks: PlaybookRunner, emulator: Emulator, deployment: Deployment, tenants: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.behaviour.patch({"put_answer": "empty", "initial_secret": True, "description": "file"})
    made = keep_made_values(deployment, monkeypatch)
    before = deployment.clients()

    run = playbooks.run_playbook(PROBE, inventory=tenants, extra_vars={"probe_write": True})
    findings = findings_in(playbooks.folder)
    description = json.loads((playbooks.folder / "vantage-probe" / "contoso.openapi.json").read_text(encoding="utf-8"))
    everything = run.output + json.dumps(run.events) + json.dumps(findings)

    assert deployment.clients() == before
    assert (findings["put_answer"]["verdict"], findings["create_first_secret"]["found"]) == ("differs", "yes")
    assert [path for path in description["paths"] if path.endswith("/secrets/")]
    assert findings["new_client_skills"]["found"] == "403, as it has no role yet"
    assert len(made) >= 3
    assert not [value for value in made if value in everything]


@ON_ONE_CORE
def test_scratch_client_is_removed_when_the_probe_fails(playbooks: PlaybookRunner, emulator: Emulator, deployment: Deployment, tenants: Path) -> None:
    before = set(deployment.clients())
    # The probe's own deletion fails as well, so that only the playbook's is left.
    emulator.faults.replace(
        [
            {"method": "POST", "path": "/secrets/$", "times": None, "kind": "drop_after"},
            {"method": "DELETE", "path": "/clients/vantage-probe-", "times": 1, "kind": "forbidden"},
        ]
    )

    playbooks.run_playbook(PROBE, inventory=tenants, extra_vars={"probe_write": True}, rc=2)

    assert set(deployment.clients()) == before
    assert any(entry.method == "POST" for entry in emulator.journal.writes())


def test_check_mode_writes_nothing(playbooks: PlaybookRunner, emulator: Emulator, tenants: Path) -> None:
    playbooks.run_playbook(PROBE, inventory=tenants, extra_vars={"probe_write": True}, check=True)
    assert emulator.journal.writes() == []


@ON_ONE_CORE
def test_behaviour_that_the_collection_cannot_handle_fails_the_run(playbooks: PlaybookRunner, emulator: Emulator, tenants: Path) -> None:
    emulator.behaviour.put_ignores = ["requireConsent"]

    run = playbooks.run_playbook(PROBE, inventory=tenants, extra_vars={"probe_write": True}, rc=2)

    assert "put_takes" in run.results_of("Fail on behaviour that the collection cannot handle")[0]["msg"]
    assert findings_in(playbooks.folder)["put_takes"]["found"] == "requireConsent"


def test_examples_run(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    play = {"name": "Examples", "hosts": "localhost", "gather_facts": False, "tasks": yaml.safe_load(EXAMPLES)}
    before = deployment.clients()

    run = playbooks.run_playbook([play])

    assert run.stats["localhost"]["failures"] == 0
    assert deployment.clients() == before


def keep_made_values(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that fills with the value of each secret that the emulator makes."""
    from ansible_collections.abbyy.vantage.tests.emulator import admin_clients, admin_secrets, state

    made: list[str] = []

    def make_secret(*args: Any) -> state.Secret:
        secret = state.make_secret(*args)
        made.append(secret.value)
        return secret

    for module in (admin_clients, admin_secrets):
        monkeypatch.setattr(module, "make_secret", make_secret)
    return made
