# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""With verify api, a new secret that logs in is tried at the API too; a refusal there is a warning and costs no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

SKILLS = "/publicapi/v1/skills$"
NO_ROLE = (
    "The new secret works, but its client has no role yet, so the API refuses it (403): give it one in Vantage under Configuration > Public API Client > "
    "the name of the client."
)
NOT_TRIED = "The new secret works, but the role of its client could not be checked."
ALL = [{"clientId": name, "allowedGrantTypes": ["client_credentials"]} for name in ("app", "other")]
# What the API meets -> how the warning about it begins; empty for none.
MET: list[tuple[dict[str, Any], str]] = [
    ({}, NO_ROLE),
    ({"kind": "status", "status": 403}, NO_ROLE),
    ({"kind": "expire_token"}, "The new secret works, but the API does not accept its token (401): check auth_scope."),
    ({"kind": "status", "status": 404}, f"{NOT_TRIED} Could not read the skills: GET /api/publicapi/v1/skills answered 404"),
    ({"kind": "status", "status": 500}, f"{NOT_TRIED} Could not read the skills: GET /api/publicapi/v1/skills answered 500"),
    ({"kind": "status", "status": 503}, f"{NOT_TRIED} Could not read the skills: GET /api/publicapi/v1/skills answered 503"),
    ({"kind": "redirect"}, f"{NOT_TRIED} Could not read the skills: GET /api/publicapi/v1/skills was redirected (302)"),
    ({"kind": "html"}, f"{NOT_TRIED} Could not read the skills: GET /api/publicapi/v1/skills answered 200 with something that is not JSON"),
    ({"kind": "drop_before"}, f"{NOT_TRIED} Could not read the skills: the connection to"),
    ({"kind": "timeout_before"}, f"{NOT_TRIED} Could not read the skills:"),
    ({"kind": "empty"}, ""),
]


def seed(in_process: InProcess, fault: dict[str, Any]) -> None:
    in_process.emulator.seed("contoso", ALL)
    if fault:
        in_process.emulator.behaviour.roles_needed = False
        in_process.emulator.faults.replace([{"path": SKILLS, "times": None, **fault}])


@pytest.mark.parametrize(("fault", "said"), MET, ids=lambda part: f"{part.get('kind')}-{part.get('status')}" if isinstance(part, dict) else "")
def test_the_module_warns_of_what_the_api_answers_and_keeps_the_secret(in_process: InProcess, fault: dict[str, Any], said: str) -> None:
    seed(in_process, fault)

    answer = in_process.run("vantage_client_secret", client_id="app", description="p", verify="api")
    (made,) = in_process.clients()["app"]["secrets"]

    assert answer["action"] == "created"
    assert answer["secret"]["value"] == made["value"]
    assert [warning.partition("app/p: ")[2][: len(said)] for warning in in_process.warnings] == ([said] if said else [])
    # Nobody waits long for an API that does not answer.
    assert sum(in_process.clock.waits) <= 60


def test_a_client_with_a_role_is_not_warned_of(in_process: InProcess) -> None:
    in_process.emulator.seed("contoso", [{**ALL[0], "roles": ["Skill User"]}])

    answer = in_process.run("vantage_client_secret", client_id="app", description="p", verify="api")

    assert answer["action"] == "created"
    assert in_process.warnings == []
    assert in_process.requests()[-1] == ("GET", "api/publicapi/v1/skills")


@pytest.mark.parametrize("verify", [True, "yes", False, "no", None])
def test_the_api_is_not_tried_with_any_other_verify(in_process: InProcess, verify: object) -> None:
    seed(in_process, {})

    in_process.run("vantage_client_secret", client_id="app", description="p", verify=verify)

    assert [path for _method, path in in_process.requests() if "publicapi" in path] == []
    assert in_process.warnings == []


def test_a_client_without_client_credentials_is_warned_of(in_process: InProcess) -> None:
    in_process.emulator.seed("contoso", [{"clientId": "app", "allowedGrantTypes": ["authorization_code"]}])

    answer = in_process.run("vantage_client_secret", client_id="app", description="p", verify="api")

    assert answer["action"] == "created"
    assert in_process.warnings == ["app/p: The new secret works, but its client may not use client_credentials, so its role could not be checked."]


def test_many_clients_without_a_role_are_one_warning(in_process: InProcess) -> None:
    seed(in_process, {})
    entries = [{"client_id": name, "description": "p"} for name in ("app", "other")]
    unverified = {"client_id": "app", "description": "q", "verify": False}

    in_process.run("vantage_client_secret", secrets=[*entries, unverified], verify="API", concurrency=1)

    assert in_process.warnings == [f"app/p, other/p: {NO_ROLE}"]


def test_vantage_app_delivers_secrets_and_warns_once_of_clients_without_a_role(in_process: InProcess) -> None:
    store = MemoryStore()
    apps = [{"client_id": name, "allowed_grant_types": ["client_credentials"]} for name in ("app", "other")]
    first, second = (EngineRun(in_process, store, apps, secret_defaults={"verify": "api"}) for _run in range(2))

    result = first.perform()

    assert result["failure"] == ""
    assert sorted(store.entries) == ["app/default", "other/default"]
    assert first.warnings == [f"app/default, other/default: {NO_ROLE}"]

    result = second.perform()

    assert not result["changed"]
    assert second.warnings == []


def test_a_secret_that_does_not_log_in_is_rolled_back(in_process: InProcess) -> None:
    seed(in_process, {})
    in_process.emulator.behaviour.patch({"secret_spread": 3600})

    answer = in_process.run("vantage_client_secret", client_id="app", description="p", verify="api")

    assert answer["error"]["code"] == "not_proven"
    assert in_process.clients()["app"]["secrets"] == []
    assert in_process.warnings == []


NO_VERIFY = ["maybe", "", "apis", 2, ["api"], {"api": True}]


@pytest.mark.parametrize("verify", NO_VERIFY)
def test_a_verify_that_does_not_exist_is_refused_for_all_secrets(in_process: InProcess, verify: object) -> None:
    entries = [{"client_id": "app", "description": name} for name in "ab"]

    answer = in_process.run("vantage_client_secret", secrets=entries, verify=verify)

    assert answer["msg"] == f"verify is {verify!r}; write true, false or api."
    assert in_process.emulator.journal.writes() == []


@pytest.mark.parametrize("verify", NO_VERIFY)
def test_a_verify_that_does_not_exist_is_refused_for_one_secret(in_process: InProcess, verify: object) -> None:
    answer = in_process.run("vantage_client_secret", secrets=[{"client_id": "reader", "description": "a", "verify": verify}])

    (result,) = answer["results"]

    assert result["msg"] == f"verify is {verify!r}; write true, false or api."
    assert in_process.emulator.journal.writes() == []


@pytest.mark.parametrize("verify", NO_VERIFY)
def test_a_verify_that_does_not_exist_is_refused_by_vantage_app(in_process: InProcess, verify: object) -> None:
    run = EngineRun(in_process, MemoryStore(), [{"client_id": "app", "secrets": [{"verify": verify}]}])

    result = run.perform()

    assert f"verify is {verify!r}, but has to be true, false or api." in result["msg"]
    assert in_process.emulator.journal.writes() == []
