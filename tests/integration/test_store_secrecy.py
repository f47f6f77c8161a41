# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the store is: neither a value nor what opens the store is in anything that a run prints, logs or leaves behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.masking import MASK
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import KINDS
from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import APP, CONNECTION, INFO, AppPlays
from ansible_collections.abbyy.vantage.tests.integration.support.leaks import find_leaks, kept_in, known_secrets
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import VAULT_PASSWORD, service
from ansible_collections.abbyy.vantage.tests.integration.support.stores.servers import SERVERS, Offer

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment

NAMES = ["app-0", "app-1", "app-2"]
WRONG = "wrong-credential-of-nobody-0123456789"
MISSPELT = "misspelt-credential-0123456789"
ON_ONE_CORE = pytest.mark.one_core("what ansible-core shows of a store's options is the same for all stores, and tested with the store file on each")


@pytest.fixture(params=[kind if kind == "file" else pytest.param(kind, marks=ON_ONE_CORE) for kind in KINDS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Offer]:
    """A store of each kind; a kind without a server here is an error."""
    folder = tmp_path / "server"
    folder.mkdir()
    with SERVERS[request.param](folder) as offer:
        yield offer


def tasks_with(store: Offer) -> list[dict[str, Any]]:
    """Return tasks that make, renew, read and remove secrets, and some that fail; the credentials come from variables."""
    opened = {**store.options, **{name: f"{{{{ credential_{name} }}}}" for name in store.credentials}}
    apps = [service(name, secrets=["day", {"description": "night"}]) for name in NAMES]
    listed = {"apps": apps, "store": opened}
    tasks: list[dict[str, Any]] = [
        {"name": "Foresee", APP: listed, "check_mode": True, "diff": True, "register": "foreseen"},
        {"name": "Make", APP: listed, "diff": True, "register": "made"},
        {"name": "Renew in a loop", APP: {"apps": [service("{{ item }}", secrets=[{"description": "day", "force": True}])], "store": opened}, "loop": NAMES},
        {"name": "Read", INFO: listed, "module_defaults": {}, "register": "read"},
        {"name": "Misspell", APP: {**listed, "store": {**opened, "pasword": "{{ misspelt }}"}}, "ignore_errors": True},
        {"name": "Remove", APP: {"apps": [{"client_id": "app-2", "state": "absent"}], "store": opened}},
        # With the store none, a play that shows what it got shows the values.
        {"name": "Show", "ansible.builtin.debug": {"msg": "{{ [foreseen, read] }}" if store.kind == "none" else "{{ [foreseen, made, read] }}"}},
    ]
    if store.credentials and store.refuses:
        refused = {**opened, **dict.fromkeys(store.credentials, "{{ wrong }}")}
        tasks.insert(-1, {"name": "Be refused", APP: {**listed, "store": refused}, "ignore_errors": True})
    return tasks


def test_a_store_shows_no_secret(plays: AppPlays, deployment: Deployment, kept: Path, store: Offer) -> None:
    # The credentials of the store are variables, and the run says and keeps all it can.
    tasks = tasks_with(store)
    play = {
        "strategy": "free",
        "module_defaults": {"group/abbyy.vantage.vantage": CONNECTION},
        "vars": {**{f"credential_{name}": value for name, value in store.credentials.items()}, "wrong": WRONG, "misspelt": MISSPELT},
    }

    run = plays.run_play(*tasks, play=play, arguments=("-vvvv", "--diff"), env={**kept_in(kept), **store.environment})
    (kept / "output").write_text(run.output, encoding="utf-8")
    (kept / "events").write_text(json.dumps(run.events), encoding="utf-8")
    ends = {event["task"]: event["event"] for event in run.events if "task" in event and not event["event"].startswith("item_")}
    made = next(event for event in run.events if event.get("task") == "Make")
    login = str(plays.hosts["contoso"]["vantage_auth_client_secret"])
    secrets = known_secrets(deployment.emulator, login, VAULT_PASSWORD, WRONG, MISSPELT, *map(str, store.credentials.values()))

    assert ends == {task["name"]: "failed" if task["name"] in ("Misspell", "Be refused") else "ok" for task in tasks}, run.output
    assert {name: made["args"]["store"][name] for name in store.credentials} == dict.fromkeys(store.credentials, MASK)
    # What is looked for is there: two secrets of each app that is left, at the least.
    assert [len(deployment.clients()[name]["secrets"]) >= 2 for name in NAMES[:2]] == [True, True]
    assert find_leaks(kept, secrets) == {}
    assert (kept / "ansible.log").stat().st_size > 0


def test_every_store_has_a_server() -> None:
    assert sorted(SERVERS) == sorted(KINDS)
