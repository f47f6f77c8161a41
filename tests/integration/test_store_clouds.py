# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stores of the clouds in real plays: AWS against moto, Azure and Google against stand-ins. Nothing secret is shown, whatever the libraries log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import AppPlays, app_task
from ansible_collections.abbyy.vantage.tests.integration.support.leaks import find_leaks, known_secrets
from ansible_collections.abbyy.vantage.tests.integration.support.stores.aws import KEYS, Aws
from ansible_collections.abbyy.vantage.tests.integration.support.stores.azure import SECRET, Azure
from ansible_collections.abbyy.vantage.tests.integration.support.stores.google import Google

NAMES = Path(__file__).parent / "support/stores/names"
# What makes the libraries tell all that they do.
TALKATIVE = {"GOOGLE_SDK_PYTHON_LOGGING_SCOPE": "google.cloud.secretmanager_v1", "AZURE_SDK_LOGGING_LEVEL": "DEBUG"}

ON_ONE_CORE = pytest.mark.one_core("the cloud's library does not depend on ansible-core, and a secret is delivered to AWS on each")


def served_aws(folder: Path) -> Any:
    """Return a server, its environment and what is secret of its login."""
    return Aws(), {}, {KEYS["secret_key"]}


def served_azure(folder: Path) -> Any:
    """Return a server, its environment and what is secret of its login."""
    server = Azure(folder)
    return server, {"PYTHONPATH": str(NAMES), "REQUESTS_CA_BUNDLE": str(server.ca_path)}, {SECRET}


def served_google(folder: Path) -> Any:
    """Return a server, its environment and what is secret of its login."""
    server = Google(folder)
    key = json.loads(server.account_file.read_text(encoding="utf-8"))["private_key"]
    return server, {}, {key.splitlines()[3]}


@contextmanager
def serving(name: str, folder: Path) -> Iterator[tuple[Any, dict[str, str], set[str]]]:
    """Serve a cloud for a while."""
    ways: dict[str, Callable[[Path], Any]] = {"aws": served_aws, "azure": served_azure, "google": served_google}
    server, env, secrets = ways[name](folder)
    with server:
        yield server, env, secrets


@pytest.mark.parametrize("name", ["aws", *(pytest.param(name, marks=ON_ONE_CORE) for name in ("azure", "google"))])
def test_a_secret_is_delivered_read_and_told_to_nobody(plays: AppPlays, tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder, log = tmp_path_factory.mktemp(name), plays.folder / "ansible.log"
    with serving(name, folder) as (server, more, secrets):
        store = server.options(prefix="vantage/contoso")
        task = app_task("app-0", options={"store": store, "show": "all"})
        env = {**TALKATIVE, **more, "ANSIBLE_LOG_PATH": str(log)}
        read = "lookup('abbyy.vantage.stored_secret', 'app-0/default', store=the_store)"

        run = plays.run_play(
            {**task, "name": "Foresee", "check_mode": True, "diff": True},
            task,
            {**task, "name": "Again"},
            {"name": "Read", "ansible.builtin.assert": {"that": f"{read} is match('.+')"}, "no_log": True},
            play={"vars": {"the_store": store}},
            env=env,
            arguments=("-vvv",),
        )
        entry = server.read(place_of(name))
    values = {entry["value"] for client in plays.deployment.clients().values() for entry in client["secrets"] if entry["value"]}
    (plays.folder / "output.txt").write_text(run.output + json.dumps(run.events), encoding="utf-8")
    found = find_leaks(plays.folder, {*known_secrets(plays.deployment.emulator), *values, *secrets})

    assert [run.results_of(task)[0]["changed"] for task in ("Foresee", "Onboard", "Again")] == [True, True, False]
    assert entry["value"] in plays.live_secrets("app-0").values()
    assert "TASK [Onboard]" in log.read_text(encoding="utf-8")
    # The play itself holds the options of the store, and the inventory those of the tenant.
    assert [file for file in found if file in ("ansible.log", "output.txt")] == []


def place_of(name: str) -> str:
    """Return where the one entry is."""
    return {"aws": "/", "azure": "---", "google": "__"}[name].join(("vantage", "contoso", "app-0", "default"))
