# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vantage_token in real playbooks: every grant over HTTPS."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from ansible_collections.abbyy.vantage.plugins.module_utils.login.pkce import challenge_from_verifier, new_state, new_verifier
from ansible_collections.abbyy.vantage.plugins.modules.vantage_token import EXAMPLES
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, PRODUCT_ID
from ansible_collections.abbyy.vantage.tests.integration.support.browser import Person, Watcher, record_secrets, seed_redirect_uri
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_token"
URL = "abbyy.vantage.vantage_authorization_url"
PASSWORD = {"auth_username": "admin@contoso.example", "auth_password": "contoso-Admin-Passw0rd"}


@pytest.fixture
def person(deployment: Deployment) -> Person:
    return Person(deployment)


@pytest.fixture
def redirect_uri(deployment: Deployment) -> str:
    return seed_redirect_uri(deployment)


@pytest.fixture
def issued(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return record_secrets(deployment, monkeypatch)


def keys(number: int) -> dict[str, str]:
    """Return what a task needs of the authorization request that the task of that number has made."""
    return {name: f"{{{{ answer_{number}.{name} }}}}" for name in ("state", "code_verifier", "redirect_uri")}


def begin_outside(deployment: Deployment, redirect_uri: str) -> dict[str, str]:
    """Begin a login as another program would, and return what is needed to finish it."""
    state, verifier = new_state(), new_verifier()
    query = f"client_id=automation&redirect_uri={redirect_uri}&response_type=code&scope=openid&state={state}&productId={PRODUCT_ID}"
    url = f"{deployment.base_url}/auth2/{CONTOSO}/connect/authorize?{query}&code_challenge={challenge_from_verifier(verifier)}&code_challenge_method=S256"
    return {"url": url, "state": state, "code_verifier": verifier, "redirect_uri": redirect_uri}


def stop_the_clock(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no code grow old while a slow machine starts Ansible."""
    now = deployment.emulator.now()
    monkeypatch.setattr(deployment.emulator.clock, "now", lambda: now)


def test_examples_run(playbooks: PlaybookRunner, deployment: Deployment, person: Person, redirect_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_the_clock(deployment, monkeypatch)
    pasted, received = (begin_outside(deployment, redirect_uri) for _time in range(2))
    extra = {
        "vantage_password": PASSWORD["auth_password"],
        "pasted_request": pasted,
        "pasted_address": person.visit(pasted["url"]),
        "received_request": received,
        "received_code": parse_qs(urlsplit(person.visit(received["url"])).query)["code"][0],
    }
    (playbooks.folder / "password").write_text("a vault password", encoding="utf-8")
    tasks = yaml.safe_load(EXAMPLES.replace("http://127.0.0.1:8765/callback", redirect_uri))

    with Watcher(person, playbooks.folder) as watcher:
        run = playbooks.run_playbook(
            [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], "--vault-password-file", playbooks.folder / "password", extra_vars=extra
        )

    assert (run.stats["localhost"]["ok"], run.stats["localhost"]["changed"]) == (11, 0)
    assert [page.status_code for page in watcher.pages] == [200]
    assert run.warnings == []


def test_every_grant_and_no_trace_of_it(playbooks: PlaybookRunner, person: Person, redirect_uri: str, issued: list[str]) -> None:
    """All logins of one play at -vvv, failed ones and loops among them: nothing secret is shown or kept by a callback."""
    show = {"ansible.builtin.debug": {"msg": "{{ answer_3.url }}"}}
    tasks: list[dict[str, Any]] = [
        {MODULE: {}},
        {MODULE: {**PASSWORD, "offline_access": True}},
        {MODULE: {"auth_refresh_token": "{{ answer_1.refresh_token }}"}},
        {URL: {"redirect_uri": redirect_uri, "offline_access": True}},
        show,
        {MODULE: {"listen": True, "listen_timeout": 120, "offline_access": True, **keys(3)}},
        {MODULE: {"auth_refresh_token": "{{ item }}"}, "loop": ["{{ answer_5.refresh_token }}"]},
        # What is refused: a token that is spent, a verifier of another login, a state of another login, a code that nobody knows.
        {MODULE: {"auth_refresh_token": "{{ answer_1.refresh_token }}"}},
        {MODULE: {"callback_url": f"{redirect_uri}?code=S3cr3tC0de&state={{{{ answer_3.state }}}}", **keys(3)}},
        {MODULE: {"callback_url": f"{redirect_uri}?code=S3cr3tC0de&state=another", **keys(3)}},
        {MODULE: {"code": "S3cr3tC0de", **keys(3), "code_verifier": "V3rifier" * 8}},
        {MODULE: {**PASSWORD, "auth_password": "Wr0ngPassw0rd"}},
        {MODULE: {}, "async": 60, "poll": 1},
        {"abbyy.vantage.vantage_client_info": {"client_id": "automation", "auth_token": "{{ answer_6.results[0].access_token }}"}},
    ]

    with Watcher(person, playbooks.folder) as watcher:
        run = playbooks.run_tasks(*tasks, arguments=["-vvv"])
    answers = run.answers
    issued.append(answers[3]["code_verifier"])
    given = ["S3cr3tC0de", "V3rifier" * 8, "Wr0ngPassw0rd"]
    everything = run.output + json.dumps(run.events)

    assert [page.status_code for page in watcher.pages] == [200]
    assert [bool(answer.get("failed")) for answer in answers] == [False] * 7 + [True] * 6 + [False]
    assert [answer["error"]["code"] for answer in answers[7:12]] == ["invalid_grant", "invalid_grant", "state_mismatch", "invalid_grant", "invalid_grant"]
    assert answers[13]["clients"][0]["client_id"] == "automation"
    # Three grants with one access token each, two with refresh tokens besides, the renewed ones, the code.
    assert len(set(issued)) > 12
    assert not [secret for secret in {*issued, *given} if secret in everything]
    # Errors are read all the same.
    assert "its state is not the one given" in run.output


def test_check_mode_spends_nothing_that_is_good_once(playbooks: PlaybookRunner, deployment: Deployment, redirect_uri: str) -> None:
    run = playbooks.run_tasks(
        {MODULE: {}},
        {MODULE: {**PASSWORD, "offline_access": True}},
        {MODULE: {"auth_refresh_token": "{{ answer_1.refresh_token }}"}},
        {MODULE: {"auth_refresh_token": "{{ answer_1.refresh_token }}"}, "check_mode": False},
        {URL: {"redirect_uri": redirect_uri}},
        {MODULE: {"listen": True, "listen_timeout": 120, **keys(4)}},
        check=True,
        journal=True,
    )

    assert ["access_token" in answer for answer in run.answers] == [True, True, False, True, False, False]
    assert [len(run.requests_of(f"task {number}")) for number in range(6)] == [1, 1, 0, 1, 0, 0]
    assert not deployment.emulator.journal.writes()
    assert "does not use up the refresh token" in run.answers[2]["msg"]
    assert "does not use up the authorization code" in run.answers[5]["msg"]


def test_a_missing_refresh_token_is_warned_of(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    deployment.emulator.seed("contoso", [{"clientId": "automation", "allowOfflineAccess": False}])

    run = playbooks.run_tasks({MODULE: {**PASSWORD, "offline_access": True}})

    assert "refresh_token" not in run.answers[0]
    assert " ".join(run.output.split()).count("set allow_offline_access of client 'automation'") == 1


@pytest.mark.parametrize("seconds", [1])
def test_a_time_out_says_what_it_waited_for(playbooks: PlaybookRunner, redirect_uri: str, seconds: int) -> None:
    run = playbooks.run_tasks({URL: {"redirect_uri": redirect_uri}}, {MODULE: {"listen": True, "listen_timeout": seconds, **keys(0)}})
    assert run.answers[1]["error"]["code"] == "listen_timeout"
    assert f"No browser came back to {redirect_uri} with the callback of this login within {seconds} s" in run.output
