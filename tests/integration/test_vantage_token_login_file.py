# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vantage_token with a login file: no refresh token is spent twice, and none is lost."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.emulator.messages import Request, Response, json_response
from ansible_collections.abbyy.vantage.tests.integration.support.browser import record_secrets
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.support.login_file import MODULE, PASSWORD, VAULT_PASSWORD, LoginFile, refreshes
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

ON_ONE_CORE = pytest.mark.one_core("the server's answers do not depend on ansible-core, and a login is kept and renewed on each")
DAY = 86400


@pytest.fixture
def login_file(playbooks: PlaybookRunner) -> LoginFile:
    return LoginFile(playbooks)


@pytest.fixture
def issued(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return record_secrets(deployment, monkeypatch)


def test_a_login_is_kept_and_renewed(login_file: LoginFile, deployment: Deployment, issued: list[str]) -> None:
    use = {"abbyy.vantage.vantage_client_info": {"client_id": "automation", "auth_token": "{{ answer_2.access_token }}"}}
    other = login_file.task(login_name="other", auth_refresh_token="{{ answer_5.refresh_token }}")

    run = login_file.run(login_file.task(**PASSWORD), login_file.task(), login_file.task(), use, login_file.task(), {MODULE: PASSWORD}, other)
    content = login_file.content()
    everything = run.output + json.dumps(run.events)

    assert [answer.get("failed", False) for answer in run.answers] == [False] * 7
    assert [answer.get("kept") for answer in run.answers] == [True, True, True, None, True, None, True]
    # An answer holds the refresh token only when the file does not.
    assert ["refresh_token" in answer for answer in run.answers] == [False] * 5 + [True, False]
    assert run.stats["localhost"]["changed"] == 0
    assert refreshes(deployment) == [200] * 4
    assert stat.S_IMODE(login_file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(login_file.path.parent.stat().st_mode) == 0o700
    assert set(content["contoso"]) == {"value", "logged_in_at", "renewed_at"}
    assert set(content["other"]) == {"value", "logged_in_at"}
    assert [content[name]["value"] in deployment.emulator.world.refresh_tokens for name in ("contoso", "other")] == [True, True]
    assert not [secret for secret in {*issued, VAULT_PASSWORD} if secret in everything]


def test_check_mode_reads_the_file_and_leaves_it(login_file: LoginFile, deployment: Deployment) -> None:
    login_file.fill(deployment, "contoso")
    before = login_file.path.read_bytes()

    checked = login_file.run(login_file.task(), login_file.task(**PASSWORD), login_file.task(login_name="nobody"), check=True)

    assert login_file.path.read_bytes() == before
    assert refreshes(deployment) == []
    assert ["access_token" in answer for answer in checked.answers] == [False, True, False]
    assert "contains no login 'nobody'" in checked.answers[2]["msg"]

    forced = login_file.run({**login_file.task(), "check_mode": False}, check=True)

    assert forced.answers[0]["kept"] is True
    assert login_file.path.read_bytes() != before


def test_mistakes_are_named_before_anything_is_spent(login_file: LoginFile, deployment: Deployment) -> None:
    login_file.fill(deployment, "contoso")
    folder = login_file.playbooks.folder
    (folder / "plain.yml").write_text("contoso: {value: abcdef}\n", encoding="utf-8")
    (folder / "folder.yml").mkdir()
    cases: list[tuple[dict[str, Any], str]] = [
        (login_file.task(login_file=str(folder / "none.yml")), "does not exist; log in with the playbook abbyy.vantage.login first"),
        (login_file.task(login_name="fabrikam"), "contains no login 'fabrikam' (it contains: contoso); log in with the playbook abbyy.vantage.login first"),
        (login_file.task(vault_password="another one"), "cannot be decrypted with the vault password given"),
        (login_file.task(vault_id="another"), "needs the vault password of the id 'another'"),
        (login_file.task(login_file=str(folder / "plain.yml")), "is not encrypted with ansible-vault"),
        (login_file.task(login_file=str(folder / "folder.yml")), "Could not read"),
        (login_file.task(**PASSWORD, login_file=str(folder / "no" / "such" / "logins.yml")), "Could not create the folder"),
        (login_file.task(**{**PASSWORD, "offline_access": False}), "without offline_access the server sends none"),
        (login_file.task(auth_grant="client_credentials"), "without offline_access the server sends none"),
        (login_file.task(auth_grant="client_credentials", offline_access=True), "offline_access needs a person to log in"),
    ]

    run = login_file.run(*(task for task, _said in cases))

    for answer, (_task, said) in zip(run.answers, cases, strict=True):
        assert (answer["failed"], said in answer["msg"], answer["msg"]) == (True, True, answer["msg"])
        assert said in run.output

    assert deployment.emulator.journal.entries() == []

    without = login_file.playbooks.run_tasks(login_file.task(), login_file.task(vault_password=VAULT_PASSWORD))

    assert "there is no vault password" in without.answers[0]["msg"]
    assert without.answers[1]["kept"] is True


@ON_ONE_CORE
def test_after_thirty_days_the_message_says_how_to_log_in_again(login_file: LoginFile, deployment: Deployment) -> None:
    login_file.fill(deployment, "contoso")
    login_file.run(login_file.task())
    deployment.emulator.advance(31 * DAY)

    message = login_file.run(login_file.task()).answers[0]["msg"]
    content = login_file.content()["contoso"]

    assert "it has expired (30 days after the login, unless the client" in message
    assert "Log in again, for example with the playbook abbyy.vantage.login." in message
    assert f"login 'contoso' in {login_file.path}, made {content['logged_in_at']}, last renewed {content['renewed_at']}" in message


def test_a_refresh_token_that_cannot_be_saved_is_handed_on_and_not_shown(
    login_file: LoginFile, deployment: Deployment, issued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    login_file.fill(deployment, "contoso")
    handle, moved = deployment.emulator.handle, login_file.path.parent.with_name("moved")

    def take_the_folder_away(request: Request) -> Response:
        if request.path.endswith("connect/token") and login_file.path.parent.exists():
            login_file.path.parent.rename(moved)
        return handle(request)

    monkeypatch.setattr(deployment.emulator, "handle", take_the_folder_away)

    run = login_file.run(login_file.task(), {MODULE: {"auth_refresh_token": "{{ answer_0.refresh_token }}"}})
    failed, rescued = run.answers
    everything = run.output + json.dumps(run.events)

    assert failed["failed"] is True
    assert failed["error"]["code"] == "login_file"
    assert failed["refresh_token"] in issued
    assert rescued["access_token"]
    assert not [secret for secret in set(issued) if secret in everything]

    # The whole sentence is read on the terminal, although the answer is hidden.
    for said in ("The refresh token in the file was used, and the next one could not be saved.", "log in with the playbook abbyy.vantage.login"):
        assert said in " ".join(run.output.split())


@ON_ONE_CORE
@pytest.mark.parametrize("options", [{}, PASSWORD], ids=["renewed", "made"])
def test_the_next_refresh_token_is_kept_although_the_access_token_is_unusable(
    login_file: LoginFile, deployment: Deployment, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    login_file.fill(deployment, "contoso")
    handle, first = deployment.emulator.handle, login_file.content()["contoso"]["value"]
    spoilt: list[Request] = []

    def spoil_once(request: Request) -> Response:
        response = handle(request)
        if spoilt or not request.path.endswith("connect/token"):
            return response
        spoilt.append(request)
        return json_response(200, {**response.json(), "access_token": "t\u0416ken", "expires_in": 1e300})

    monkeypatch.setattr(deployment.emulator, "handle", spoil_once)

    failed, renewed = login_file.run(login_file.task(**options), login_file.task()).answers

    assert (failed["failed"], failed["kept"], failed["error"]["code"]) == (True, True, "unusable_token")
    assert "The next refresh token came with it and is saved: try again." in failed["msg"]
    assert "refresh_token" not in failed
    assert (renewed["failed"], renewed["kept"]) == (False, True)
    assert login_file.content()["contoso"]["value"] not in (first, None)


@ON_ONE_CORE
def test_a_server_that_sends_no_refresh_token_is_an_error(login_file: LoginFile, deployment: Deployment) -> None:
    deployment.emulator.seed("contoso", [{"clientId": "automation", "allowOfflineAccess": False}])

    run = login_file.run(login_file.task(**PASSWORD))

    assert "the server sent no refresh token to save: set allow_offline_access" in " ".join(run.output.split())
    assert not login_file.path.exists()


def test_a_task_that_is_tried_again_reads_the_file_again(login_file: LoginFile, deployment: Deployment) -> None:
    login_file.fill(deployment, "contoso")
    deployment.emulator.faults.replace([{"kind": "status", "status": 500, "path": "connect/token"}])
    again = {**login_file.task(), "until": "answer_0 is succeeded", "retries": 2, "delay": 0}

    answer = login_file.run(again).answers[0]

    assert (answer["attempts"], answer["kept"]) == (2, True)
    assert refreshes(deployment) == [500, 200]


def test_hosts_and_runs_that_share_a_login_take_turns(login_file: LoginFile, deployment: Deployment) -> None:
    login_file.fill(deployment, "contoso")
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    inventory = login_file.playbooks.folder / "many.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {f"tenant{number}": local for number in range(3)}}}), encoding="utf-8")
    play = [{"hosts": "all", "gather_facts": False, "tasks": [{"name": "renew", **login_file.task()}]}]
    runs: list[Run] = []

    def run_one(folder: Path) -> None:
        folder.mkdir()
        runner = PlaybookRunner(folder, {**deployment.login_env(), "ANSIBLE_VAULT_PASSWORD_FILE": str(login_file.password)})
        runs.append(runner.run_playbook(play, inventory=inventory))

    threads = [threading.Thread(target=run_one, args=(login_file.playbooks.folder / f"run{number}",)) for number in range(2)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [run.rc for run in runs] == [0, 0]
    assert refreshes(deployment) == [200] * 6
    assert login_file.content()["contoso"]["value"] in deployment.emulator.world.refresh_tokens
