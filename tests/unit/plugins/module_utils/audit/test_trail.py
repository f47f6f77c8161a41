# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every write of a module is a line with its reason and its result, and check mode and reads write none."""

from __future__ import annotations

import ast
import json
import os
import pwd
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.audit.trail import trail_from_params, who_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import PLUGINS, read_tree

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

APP: dict[str, Any] = {"client_id": "app", "allowed_grant_types": ["client_credentials"]}
WRITES = {"create_client", "update_client", "delete_client", "create_secret", "delete_secret"}


class Audited:
    """Runs modules with an audit log.

    :ivar path: the log.
    """

    def __init__(self, in_process: InProcess, path: Path) -> None:
        self.in_process = in_process
        self.path = path
        in_process.options["audit_log"] = [str(path)]

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines, and empty the log."""
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        self.path.unlink(missing_ok=True)
        return [json.loads(line) for line in lines]

    def noted(self) -> list[tuple[str, str, str, str]]:
        """Return action, client, reason and result of each line, and empty the log."""
        return [(line["action"], line["client_id"], line["reason"], line["result"]) for line in self.lines()]


@pytest.fixture
def audited(in_process: InProcess, tmp_path: Path) -> Audited:
    """Runs modules with an audit log."""
    return Audited(in_process, tmp_path / "audit.jsonl")


def test_the_lines_of_a_new_client_and_its_secret(audited: Audited) -> None:
    run = audited.in_process.run

    run("vantage_client", **APP)
    made = run("vantage_client_secret", client_id="app", description="p")["secret"]
    (client, secret) = audited.lines()

    assert (client["action"], client["client_id"], client["secret_id"], client["reason"], client["result"]) == ("create_client", "app", "", "absent", "done")
    assert (client["status"], client["tenant"], client["login"], client["job"]) == (201, CONTOSO, "automation", "")
    assert client["user"] == pwd.getpwuid(os.getuid()).pw_name
    assert (secret["action"], secret["secret_id"], secret["reason"], secret["result"]) == ("create_secret", made["id"], "absent", "done")
    assert made["value"] not in json.dumps([client, secret])
    # Each task is a run of its own.
    assert len({client["run"], secret["run"]}) == 2


def test_an_update_names_the_options_that_differ(audited: Audited) -> None:
    audited.in_process.run("vantage_client", **APP)
    audited.lines()

    audited.in_process.run("vantage_client", **APP, redirect_uris=["https://app.example.com/in"], client_name="App")
    (update,) = audited.lines()

    assert (update["reason"], sorted(update["options"])) == ("differs", ["client_name", "redirect_uris"])


def test_the_life_of_a_client_and_its_secrets(audited: Audited) -> None:
    run = audited.in_process.run

    run("vantage_client", **APP)
    made = run("vantage_client_secret", client_id="app", description="p")["secret"]

    assert audited.noted() == [("create_client", "app", "absent", "done"), ("create_secret", "app", "absent", "done")]

    run("vantage_client_secret", client_id="app", description="p", held_id=made["id"], force=True, prune="superseded", overlap="0")

    assert audited.noted() == [("create_secret", "app", "forced", "done"), ("delete_secret", "app", "superseded", "done")]

    run("vantage_client_secret", client_id="app", description="p", held_id="", prune="superseded", overlap="0")

    assert audited.noted() == [("create_secret", "app", "not_held", "done"), ("delete_secret", "app", "superseded", "done")]

    run("vantage_client_secret", client_id="app", description="p", state="absent", force=True)
    run("vantage_client", client_id="app", state="absent")

    assert audited.noted() == [("delete_secret", "app", "unwanted", "done"), ("delete_client", "app", "unwanted", "done")]

    run("vantage_client", client_id="app", state="absent")

    assert audited.noted() == []


def test_the_lines_of_an_expired_secret(audited: Audited) -> None:
    expired = {"description": "p", "start_time": "2020-01-01T00:00:00Z", "expiration": "2021-01-01T00:00:00Z"}
    audited.in_process.emulator.seed("contoso", [{"clientId": "app", "secrets": [expired]}])

    audited.in_process.run("vantage_client_secret", client_id="app", description="p", prune="expired")

    assert audited.noted() == [("create_secret", "app", "expired", "done"), ("delete_secret", "app", "expired", "done")]


def test_the_line_of_a_pruned_client(audited: Audited) -> None:
    audited.in_process.emulator.seed("contoso", [{"clientId": "app"}, {"clientId": "stray"}])
    audited.in_process.run("vantage_client", clients=[{"client_id": "app"}], prune=True, prune_protect=["reader"])
    assert audited.noted() == [("delete_client", "stray", "pruned", "done")]


FAULTS: list[tuple[dict[str, Any], list[tuple[str, str, str, str]]]] = [
    (
        {"method": "POST", "path": "/secrets/$", "kind": "drop_after"},
        [("create_secret", "app", "absent", "in_doubt"), ("delete_secret", "app", "rolled_back", "done"), ("create_secret", "app", "absent", "done")],
    ),
    ({"method": "POST", "path": "/secrets/$", "kind": "forbidden"}, [("create_secret", "app", "absent", "refused")]),
    ({"method": "POST", "path": "/secrets/$", "kind": "expire_token"}, [("create_secret", "app", "absent", "done")]),
    (
        {"method": "POST", "path": "/secrets/$", "kind": "empty"},
        [("create_secret", "app", "absent", "done"), ("delete_secret", "app", "rolled_back", "done")],
    ),
    (
        {"method": "POST", "path": "/connect/token$", "kind": "status", "status": 400, "skip": 1, "times": None},
        [("create_secret", "app", "absent", "done"), ("delete_secret", "app", "rolled_back", "done")],
    ),
]


@pytest.mark.parametrize(("fault", "noted"), FAULTS, ids=lambda part: part["kind"] if isinstance(part, dict) else None)
def test_a_fault_is_noted_as_it_happened(audited: Audited, fault: dict[str, Any], noted: list[tuple[str, str, str, str]]) -> None:
    audited.in_process.emulator.seed("contoso", [{"clientId": "app"}])
    audited.in_process.emulator.faults.replace([fault])

    audited.in_process.run("vantage_client_secret", client_id="app", description="p", verify=True)

    assert audited.noted() == noted


def test_a_request_that_was_never_sent_is_no_write(audited: Audited) -> None:
    api = audited.in_process.api()
    with pytest.raises(ConfigError, match="cannot be part of an address"):
        api.delete_client("..", reason="unwanted")
    assert audited.noted() == []


@pytest.mark.nonconforming
def test_the_probe_notes_what_it_writes(audited: Audited) -> None:
    scratch = "vantage-probe-0123456789"

    audited.in_process.run("vantage_probe", scratch_client_id=scratch)
    noted = audited.noted()

    assert {reason for _action, _client, reason, _result in noted} == {"probe"}
    assert {client for _action, client, _reason, _result in noted} == {scratch}
    assert {action for action, _client, _reason, _result in noted} == WRITES
    assert ("create_client", scratch, "probe", "refused") in noted
    assert len(noted) == len(audited.in_process.emulator.journal.writes())


@pytest.mark.parametrize(
    ("module", "check", "options"),
    [("vantage_client", True, APP), ("vantage_client_secret", True, {"client_id": "reader", "description": "p"}), ("vantage_client_info", False, {})],
)
def test_check_mode_and_reads_create_no_log(audited: Audited, module: str, check: bool, options: dict[str, Any]) -> None:
    answer = audited.in_process.run(module, check=check, **options)
    assert "failed" not in answer
    assert not audited.path.exists()


@pytest.mark.parametrize("check", [True, False])
def test_a_log_that_cannot_be_written_fails_the_task_before_any_request(audited: Audited, check: bool) -> None:
    audited.path.mkdir()

    answer = audited.in_process.run("vantage_client", check=check, **APP)

    assert answer["msg"].startswith(f"audit_log '{audited.path}' cannot be written: is a directory")
    assert audited.in_process.requests() == []


def test_a_read_does_not_need_the_log(audited: Audited) -> None:
    audited.path.mkdir()
    answer = audited.in_process.run("vantage_client_info")
    assert "failed" not in answer


def test_a_disk_that_fills_up_loses_no_secret(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    written = os.write

    def full(descriptor: int, content: bytes) -> int:
        if b"create_secret" in content:
            raise OSError(28, "No space left on device")
        return written(descriptor, content)

    monkeypatch.setattr(os, "write", full)
    audited.in_process.emulator.seed("contoso", [{"clientId": "app"}])
    entries = [{"client_id": "app", "description": description} for description in ("a", "b")]
    lost = "(no space left on device), so lines of this run are missing there, the first one for create_secret of client 'app'."

    answer = audited.in_process.run("vantage_client_secret", secrets=entries)

    assert [result["secret"]["value"] != "" for result in answer["results"]] == [True, True]
    assert audited.in_process.warnings == [f"The audit log {audited.path} could not be written {lost}"]


@pytest.mark.parametrize(
    ("targets", "reason"),
    [("/tmp/a, syslog:local9", "names no syslog facility"), (["/tmp/a", "b"], "'b' is not an absolute path")],
)
def test_each_of_several_targets_is_checked(targets: str | list[str], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        trail_from_params({"audit_log": targets})


@pytest.mark.parametrize("nothing", [None, [], "", [""]])
def test_an_empty_option_is_no_target(nothing: object) -> None:
    trail_from_params({"audit_log": nothing}).check()


@pytest.mark.parametrize(
    ("environ", "job"),
    [({}, ""), ({"JOB_ID": "7"}, ""), ({"JOB_ID": "7", "AWX_HOST": "https://awx"}, "7"), ({"JOB_ID": "7", "AWX_PRIVATE_DATA_DIR": "/runner"}, "7")],
)
def test_only_a_job_of_awx_has_an_id(environ: dict[str, str], job: str) -> None:
    assert who_from_params({}, environ).job == job


def test_the_user_is_the_one_of_the_options() -> None:
    assert who_from_params({"audit_user": "alice"}, {}).user == "alice"


def test_the_login_is_the_user_name_rather_than_the_client() -> None:
    assert who_from_params({"auth_client_id": "automation", "auth_username": "a@b.example"}, {}).login == "a@b.example"


def test_every_write_of_the_collection_gives_a_reason() -> None:
    calls = [
        (path.stem, node)
        for path in PLUGINS
        # The clients of some stores have methods of these names, too.
        if path.parent.name != "stores"
        for node in ast.walk(read_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
    ]

    silent = [f"{stem}:{node.lineno}" for stem, node in calls if "reason" not in {keyword.arg for keyword in node.keywords}]

    assert len(calls) >= len(WRITES)
    assert silent == []
