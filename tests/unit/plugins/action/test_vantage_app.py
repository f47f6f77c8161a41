# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action vantage_app takes, what it refuses in which words, and what it leaves behind of its arguments."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader

from ansible_collections.abbyy.vantage.plugins.action import vantage_app, vantage_app_info
from ansible_collections.abbyy.vantage.plugins.action.vantage_app import (
    checked_params,
    environment,
    masked_arguments,
    path_of_source,
    show_result,
    warn,
)
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.masking import MASK
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.result import Result

SECRET = "secret-of-nobody-0123456789"
APP = {"client_id": "app-0", "allowed_grant_types": ["client_credentials"]}
TENANT = {"tenant_id": "7a1de5a0c0de4b1e8f00c04705000001"}
CONNECTION = {"base_url": "https://127.0.0.1:9", **TENANT, "auth_client_id": "automation", "auth_client_secret": SECRET}


App, Info = vantage_app.ActionModule, vantage_app_info.ActionModule


def run(args: dict[str, Any], action: type[ActionBase] = App, **keywords: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the result of a task and the arguments that it leaves behind."""
    task = Task()
    task.action, task.args, task.async_val, task.environment = f"abbyy.vantage.{action.__module__}", args, 0, []
    for name, value in keywords.items():
        setattr(task, name, value)
    connection = connection_loader.get("ansible.builtin.local", PlayContext(), os.devnull)
    result = action(task, connection, None, DataLoader(), None, None).run(task_vars={"inventory_hostname": "contoso"})
    return result, task.args


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder, without a connection in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("VANTAGE_", "VAULT_"))]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"app": [APP]}, "vantage_app has no option 'app'; did you mean 'apps'?"),
        ({"auth_client_secert": SECRET}, "vantage_app has no option 'auth_client_secert'; did you mean 'auth_client_secret'?"),
        ({"xyzzy": SECRET}, "vantage_app has no option 'xyzzy'; see its documentation for those that it has."),
        ({"apps": {"app-0": APP}}, "apps is a mapping, but has to be a list of apps, each a mapping with client_id."),
        ({"apps": "app-0"}, "apps is text, but has to be a list of apps, each a mapping with client_id."),
        ({"apps": 5}, "apps is a number, but has to be a list of apps, each a mapping with client_id."),
        ({"apps": True}, "apps is true or false, but has to be a list of apps, each a mapping with client_id."),
        ({"apps": ["app-0"]}, "this is not an app; write a mapping with client_id."),
        ({"apps": [{"client_name": "App"}]}, "this app has no client_id; give it one."),
        ({"apps": [APP, APP]}, "this client_id is also in apps, app 1; keep one of the two."),
        ({"apps": [{**APP, "secretz": []}]}, "unknown key 'secretz'; did you mean 'secrets'?"),
        ({"apps": [{**APP, "secrets": "day"}]}, "secrets"),
        ({"apps": [{**APP, "secrets": [{"lifetime": "long"}]}]}, "lifetime 'long' is not a duration"),
        ({"apps": [APP], "client_id": "app-1"}, "client_id is of a single app, but apps is given too; give one of them."),
        ({"source": "apps.yml", "client_id": "app-1"}, "client_id is of a single app, but source is given too; give one of them."),
        ({"source": "nowhere"}, "There is no "),
        ({"apps": [APP], "defaults": {"allowed_grant_tipes": []}}, "unknown key 'allowed_grant_tipes'; did you mean 'allowed_grant_types'?"),
        ({"apps": [APP], "defaults": "none"}, "defaults: this has to be a mapping."),
        ({"apps": [APP], "secret_defaults": {"lifetme": "90d"}}, "unknown key 'lifetme'; did you mean 'lifetime'?"),
        ({"apps": [APP], "secret_defaults": ["90d"]}, "secret_defaults: this has to be a mapping."),
        ({"apps": [APP], "batch_size": 0}, "batch_size is 0; give 1 to 1000"),
        ({"apps": [APP], "concurrency": 65}, "concurrency is 65; give 1 to 64."),
        ({"apps": [APP], "batch_size": "many"}, "batch_size"),
        ({"apps": [APP], "batch_size": float("inf")}, "batch_size is inf, but has to be a whole number."),
        ({"apps": [APP], "store": {"type": ["file"]}}, "There is no store of the type ['file']"),
        ({"apps": [APP], "prune": "managd"}, "prune"),
        ({"apps": [], "prune": "all"}, "contoso declares no app that stays"),
        ({"apps": [APP], "fail_if_expiring_within": "soon"}, "fail_if_expiring_within 'soon' is not a duration"),
        ({"apps": [APP], "store": "fil"}, "There is no store of the type 'fil'; did you mean file?"),
        ({"apps": [APP], "store": ["file"]}, "The option store is neither the name of a store nor a mapping"),
        ({"apps": [APP], "store": {"type": "file", "pth": "x.yml"}}, "'path'"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(args: dict[str, Any], said: str) -> None:
    result, _left = run({**CONNECTION, **args})

    assert result["failed"]
    assert not result["changed"]
    assert said in result["msg"]
    assert "\n" not in result["msg"]
    assert SECRET not in str(result)
    assert result["failure"] == result["msg"]
    assert result["error"]["status"] is None


@pytest.mark.parametrize(
    ("option", "number", "said"),
    [
        ("batch_size", lambda: 16**5000, "batch_size"),
        ("timeout", lambda: "9" * 5000, "timeout is a number of hundreds of digits; write a smaller one."),
        ("timeout", lambda: "1e9999999", "timeout is a number of hundreds of digits; write a smaller one."),
        ("secret_defaults", lambda: {"lifetime": 16**5000}, "lifetime '0x100000000000000000…' is not a duration"),
        ("clock_tolerance", lambda: 16**5000, "clock_tolerance '0x100000000000000000…' is not a duration"),
    ],
)
def test_a_number_that_no_message_could_hold_is_refused(option: str, number: Callable[[], Any], said: str) -> None:
    result, _left = run({**CONNECTION, "apps": [APP], option: number()})
    assert said in result["msg"]
    assert len(result["msg"]) < 400


def test_a_long_number_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_TIMEOUT", "9" * 5000)

    result, _left = run({**CONNECTION, "apps": [APP]})

    assert "'timeout'" in result["msg"]
    assert len(result["msg"]) < 400


def test_all_mistakes_are_named_at_once() -> None:
    result, _left = run({**CONNECTION, "apps": [{}, {"client_id": "a", "xyzzy": 1}], "concurrency": 0})
    assert result["msg"].startswith("Nothing was written: there are 3 problems.\n- ")
    assert len(result["msg"].splitlines()) == 4


@pytest.mark.parametrize("absent", ["base_url", "tenant_id", "auth_client_id"])
def test_a_missing_part_of_the_connection_is_named(absent: str) -> None:
    args = {name: value for name, value in {**CONNECTION, "apps": [APP]}.items() if name != absent}

    result, _left = run(args)

    assert result["failed"]
    assert absent in result["msg"]
    assert not result["changed"]


@pytest.mark.parametrize(
    ("args", "name", "value"),
    [
        ({}, "store", "file"),
        ({}, "batch_size", 100),
        ({"batch_size": "7"}, "batch_size", 7),
        ({}, "prune", "false"),
        ({"prune": False}, "prune", "false"),
        ({"prune": "all"}, "prune", "all"),
        ({"prune_protect": "desk-*"}, "prune_protect", ["desk-*"]),
        ({"fail_on_drift": "yes"}, "fail_on_drift", True),
        ({"apps": "as it is"}, "apps", "as it is"),
        ({"defaults": {"a": [1]}}, "defaults", {"a": [1]}),
        ({"allow_offline_access": "yes"}, "allow_offline_access", "yes"),
    ],
)
def test_options_have_their_types_and_defaults(args: dict[str, Any], name: str, value: Any) -> None:
    assert checked_params({**TENANT, **args})[name] == value


def test_the_environment_fills_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_TENANT_ID", "from-the-environment")
    assert checked_params({})["tenant_id"] == "from-the-environment"
    assert checked_params({"tenant_id": "given"})["tenant_id"] == "given"


def test_several_wrong_options_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        checked_params({**TENANT, "batch_size": "many", "prune_limit": "few"})
    assert "batch_size" in caught.value.message
    assert "prune_limit" in caught.value.message


@pytest.mark.parametrize(
    ("args", "shown"),
    [
        ({"auth_client_secret": SECRET, "tenant_id": "t"}, {"auth_client_secret": MASK, "tenant_id": "t"}),
        ({"apps": [APP] * 3}, {"apps": 3}),
        ({"apps": "[text of which nobody knows what is in it]"}, {"apps": MASK}),
        ({"client_id": "a", "secrets": [{"description": "day"}]}, {"client_id": "a", "secrets": 1}),
        ({"auth_client_secert": SECRET}, {"auth_client_secert": MASK}),
        ({"store": "file"}, {"store": "file"}),
        ({"store": SECRET}, {"store": MASK}),
        (
            {"store": {"type": "hashi_vault", "url": "https://vault", "token": SECRET, "tokn": SECRET}},
            {"store": {"type": "hashi_vault", "url": "https://vault", "token": MASK, "tokn": MASK}},
        ),
        ({"store": {"type": "file", "path": "x", "vault_password": SECRET}}, {"store": {"type": "file", "path": "x", "vault_password": MASK}}),
        ({"from_store": {"type": "file", "vault_password": SECRET}}, {"from_store": {"type": "file", "vault_password": MASK}}),
        ({"store": {"type": "command", "command": ["pass-store", "-v"]}}, {"store": {"type": "command", "command": ["pass-store", "-v"]}}),
        ({"secret_defaults": {"lifetime": "90d"}, "batch_size": 7}, {"secret_defaults": {"lifetime": "90d"}, "batch_size": 7}),
    ],
)
def test_arguments_are_left_masked(args: dict[str, Any], shown: dict[str, Any]) -> None:
    before = repr(args)
    assert masked_arguments(args) == shown
    assert repr(args) == before


@pytest.mark.parametrize("action", [App, Info])
@pytest.mark.parametrize("keywords", [{}, {"async_val": 60}], ids=["refused option", "async"])
def test_a_task_that_fails_leaves_masked_arguments(action: type[ActionBase], keywords: dict[str, Any]) -> None:
    store = {"type": "file", "vault_password": SECRET}

    result, left = run({"apps": [APP], "store": store, "xyzzy": SECRET}, action, **keywords)

    assert result["failed"]
    assert left == {"apps": 1, "store": {"type": "file", "vault_password": MASK}, "xyzzy": MASK}


@pytest.mark.parametrize(("action", "name"), [(App, "vantage_app"), (Info, "vantage_app_info")])
def test_async_is_refused_with_the_way_out(action: type[ActionBase], name: str) -> None:
    result, _left = run({"apps": [APP]}, action, async_val=60)
    assert f"{name} does not run with async; remove async and poll" in result["msg"]


class TestPathOfSource:
    @pytest.fixture
    def beside(self, tmp_path: Path) -> Path:
        """The folder of a playbook, with apps beside it."""
        beside = tmp_path / "playbooks"
        (beside / "apps").mkdir(parents=True)
        return beside

    @pytest.fixture
    def loader(self, beside: Path) -> DataLoader:
        loader = DataLoader()
        loader.set_basedir(str(beside))
        return loader

    def test_is_beside_the_playbook(self, beside: Path, loader: DataLoader) -> None:
        assert path_of_source("apps", loader) == str(beside / "apps")

    def test_is_rather_where_ansible_was_started(self, tmp_path: Path, loader: DataLoader) -> None:
        (tmp_path / "apps").mkdir()
        assert path_of_source("apps", loader) == str(tmp_path / "apps")

    def test_may_be_absolute(self, loader: DataLoader) -> None:
        assert path_of_source("/elsewhere/apps", loader) == "/elsewhere/apps"

    def test_is_where_ansible_was_started_if_it_is_nowhere(self, tmp_path: Path, loader: DataLoader) -> None:
        # Not beside the playbook, which may be one of the collection.
        assert path_of_source("nowhere", loader) == str(tmp_path / "nowhere")


def test_the_environment_is_set_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_REGION", "eu")
    monkeypatch.delenv("VAULT_TOKEN", raising=False)
    before = dict(os.environ)

    with environment({"VANTAGE_REGION": "us", "VAULT_TOKEN": "t"}):
        inside = dict(os.environ)

    assert inside == {**before, "VANTAGE_REGION": "us", "VAULT_TOKEN": "t"}
    assert dict(os.environ) == before


def test_what_a_terminal_would_obey_in_a_result_is_shown_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    show_result("contoso", Result({}, "2 apps: 2 created", ["a\x1b[2J", "b\u202e"]), "changed", check=False)
    assert "  a\\x1b[2J\n  b\\u202e\n" in capsys.readouterr().out


def test_what_a_terminal_would_obey_in_a_warning_is_shown_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    warn("The client c\x9b2J is new.")
    assert "c\\x9b2J" in " ".join(capsys.readouterr().err.split())
