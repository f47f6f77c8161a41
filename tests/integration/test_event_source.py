# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebook renews a secret on its own, by ansible-rulebook itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import DAY, VAULT_PASSWORD, Onboarding
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import CHECKOUT, PlaybookRunner

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment

pytestmark = pytest.mark.one_core("ansible-rulebook runs in an environment of its own, with the newest ansible-core")

# Made by the step venv-eda of the checks.
PROGRAMS = CHECKOUT / ".venv/eda/bin"
TIME_LIMIT = 300
APP = {"client_id": "claims", "allowed_grant_types": ["client_credentials"], "secrets": [{"description": "default", "lifetime": "60d", "renew_before": "30d"}]}
NOTIFY = [
    {
        "hosts": "{{ vantage.tenant }}",
        "gather_facts": False,
        "connection": "local",
        "tasks": [
            {
                "ansible.builtin.lineinfile": {
                    "path": "{{ notes }}",
                    "line": "{{ vantage.finding }} {{ vantage.client_id | default('') }}",
                    "create": True,
                    "mode": "0600",
                }
            }
        ],
    }
]


@pytest.fixture(autouse=True)
def java() -> None:
    """Ansible-rulebook needs a Java runtime."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        pytest.skip("No Java runtime is installed, which ansible-rulebook needs (on Debian: apt-get install default-jre-headless).")
    if not (PROGRAMS / "ansible-rulebook").exists():
        pytest.fail("ansible-rulebook is missing: run tests/run venv-eda once.")


@contextmanager
def running_rulebook(playbooks: PlaybookRunner, onboarding: Onboarding, variables: dict[str, Any]) -> Iterator[Callable[[], str]]:
    """Run the rulebook for as long as a `with` block lasts, and give a function that reads its output."""
    (playbooks.folder / "variables.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
    log = playbooks.folder / "rulebook.log"
    inventory = onboarding.arguments()[1]
    environment = {
        **playbooks.environment(),
        "PATH": os.pathsep.join([str(PROGRAMS), os.environ["PATH"]]),
        "ANSIBLE_VAULT_PASSWORD_FILE": str(onboarding.password_file),
    }
    # This callback writes for tests that read it.
    del environment["ANSIBLE_CALLBACKS_ENABLED"]
    command = ["ansible-rulebook", "--rulebook", "abbyy.vantage.renew", "-i", inventory, "--vars", str(playbooks.folder / "variables.yml"), "--verbose"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=playbooks.folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, executable=PROGRAMS / command[0]
        )
        try:
            yield lambda: log.read_text(encoding="utf-8", errors="replace")
        finally:
            process.terminate()
            process.wait(60)


def wait_for(condition: Callable[[], bool], output: Callable[[], str]) -> None:
    deadline = time.monotonic() + TIME_LIMIT
    while not condition():
        assert time.monotonic() < deadline, output()
        time.sleep(0.5)


def test_the_rulebook_renews_a_due_secret_and_reports_an_unmanaged_client(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    onboarding = Onboarding(playbooks, deployment)
    store = {"type": "file", "path": str(playbooks.folder / "kept/contoso.yml")}
    onboarding.declare(APP, app_onboarding_store=store)
    playbooks.run_playbook("abbyy.vantage.onboard", *onboarding.arguments()[2:], inventory=onboarding.arguments()[1])
    (before,) = deployment.clients()["claims"]["secrets"]
    deployment.emulator.seed("contoso", [{"clientId": "stranger"}])
    deployment.emulator.advance(40 * DAY)
    deployment.emulator.journal.clear()
    notes = playbooks.folder / "notes"
    notify = playbooks.folder / "notify.yml"
    notify.write_text(yaml.safe_dump(NOTIFY, sort_keys=False).replace("{{ notes }}", str(notes)), encoding="utf-8")
    source = {"name": "contoso", "tenant_id": TENANTS["contoso"], "store": {**store, "vault_password": VAULT_PASSWORD}}
    variables = {"vantage_tenants": [source], "vantage_interval": "2s", "vantage_within": "30d", "vantage_notify": str(notify)}

    def is_renewed() -> bool:
        return len(deployment.clients()["claims"]["secrets"]) > 1

    def is_told() -> bool:
        return notes.exists() and "unmanaged stranger" in notes.read_text(encoding="utf-8")

    with running_rulebook(playbooks, onboarding, variables) as output:
        wait_for(lambda: is_renewed() and is_told(), output)
        said = output()
    values = [secret["value"] for secret in deployment.clients()["claims"]["secrets"]]

    assert before["value"] in values
    assert len(values) == 2
    assert [value for value in (*values, VAULT_PASSWORD, "contoso-automation-secret-0001") if value in said] == []
