# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vantage_authorization_url in real playbooks."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import yaml

from ansible_collections.abbyy.vantage.plugins.modules.vantage_authorization_url import EXAMPLES
from ansible_collections.abbyy.vantage.tests.integration.support.browser import Person
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_authorization_url"
REDIRECT_URI = "http://127.0.0.1:8765/callback"


@pytest.fixture
def person(deployment: Deployment) -> Person:
    return Person(deployment)


def test_examples_run(playbooks: PlaybookRunner) -> None:
    run = playbooks.run_playbook([{"hosts": "localhost", "gather_facts": False, "tasks": yaml.safe_load(EXAMPLES)}])

    assert run.stats["localhost"]["ok"] >= 6
    assert run.stats["localhost"]["changed"] == 0
    assert run.warnings == []


@pytest.mark.parametrize("check", [False, True])
def test_a_person_can_log_in_with_it(playbooks: PlaybookRunner, person: Person, deployment: Deployment, check: bool) -> None:
    run = playbooks.run_tasks({MODULE: {"redirect_uri": REDIRECT_URI, "offline_access": True}}, check=check)
    (answer,) = run.answers

    assert not deployment.emulator.journal.entries()
    assert answer["changed"] is False

    address = person.visit(answer["url"])

    assert address.startswith(f"{REDIRECT_URI}?code=")
    assert f"state={answer['state']}" in address
    assert "offline_access" in address


def test_verifier_is_in_the_variable_and_nowhere_else(playbooks: PlaybookRunner) -> None:
    loop: dict[str, Any] = {MODULE: {"redirect_uri": "{{ item }}"}, "loop": [REDIRECT_URI, f"{REDIRECT_URI}2"]}

    run = playbooks.run_tasks({MODULE: {"redirect_uri": REDIRECT_URI}}, loop, {"ansible.builtin.debug": {"msg": "{{ answer_0.url }}"}}, arguments=["-vvv"])
    verifiers = [answer["code_verifier"] for answer in (run.answers[0], *run.answers[1]["results"])]
    everything = run.output + json.dumps(run.events)

    assert len(set(verifiers)) == 3
    assert not [verifier for verifier in verifiers if verifier in everything]
    # What may be shown is shown.
    assert run.answers[0]["url"] in run.output


def test_errors_are_one_sentence(playbooks: PlaybookRunner) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({MODULE: {"redirect_uri": "callback"}}, "redirect_uri 'callback' is not a whole address"),
        ({MODULE: {"redirect_uri": REDIRECT_URI, "tenant_id": "con toso"}}, "tenant_id 'con toso' holds a character that no tenant id has"),
        ({MODULE: {"redirect_uri": REDIRECT_URI, "auth_discovery": True, "tenant_id": "0" * 32}}, "offers no discovery for the tenant"),
        ({MODULE: {"redirect_uri": REDIRECT_URI}, "async": 30, "poll": 1}, "does not run with async"),
    ]

    run = playbooks.run_tasks(*(task for task, _said in wrong))

    for answer, (_task, said) in zip(run.answers, wrong, strict=True):
        assert said in answer["msg"]
        assert said in run.output


def test_login_page_refuses_a_foreign_address(playbooks: PlaybookRunner, person: Person) -> None:
    run = playbooks.run_tasks({MODULE: {"redirect_uri": "http://127.0.0.1:9999/callback"}})

    page: requests.Response = person.session().get(run.answers[0]["url"])

    assert page.status_code == 400
    assert "The redirect_uri is not one of this client." in page.text
