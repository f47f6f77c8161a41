# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe finds what a tenant does differently, writes only when told to, and leaves nothing behind."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.emulator.messages import Request, Response
    from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

# It asks on purpose for what no document knows.
pytestmark = pytest.mark.nonconforming

SCRATCH = "vantage-probe-0123456789"
# What the emulator does by default that the collection does not take for true.
ALWAYS = {"client_unknown"}
# What no tenant tells that does not describe itself.
UNDESCRIBED = ("description_calls", "description_client", "description_lifetimes", "description_secret")


def found_by(answer: dict[str, Any]) -> dict[str, str]:
    return {finding["key"]: finding["found"] for finding in answer["findings"]}


def verdicts_of(answer: dict[str, Any]) -> dict[str, str]:
    return {finding["key"]: finding["verdict"] for finding in answer["findings"]}


def test_a_tenant_as_assumed_leaves_few_questions_open(in_process: InProcess) -> None:
    open_ones = {"list_page_cap", "secret_expired", "secret_never", "refresh_token", *UNDESCRIBED}

    answer = in_process.run("vantage_probe", scratch_client_id=SCRATCH)

    assert set(answer["differing"]) == ALWAYS
    assert {key for key, verdict in verdicts_of(answer).items() if verdict == "open"} == open_ones


def answer_lists_with(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, end: str, body: str) -> None:
    """Let all reads of paths with this end be answered by a body."""
    handle = emulator.handle

    def handle_but_lists(request: Request) -> Response:
        response = handle(request)
        is_list = request.method == "GET" and request.url.partition("?")[0].endswith(end)
        return replace(response, body=body.encode()) if is_list else response

    monkeypatch.setattr(emulator, "handle", handle_but_lists)


# Switch of the emulator -> the questions whose answers change, and the answers.
BY_READING: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"list_shape": "array"}, {"list_shape": "nothing, it is a bare array", "list_total": "no", "list_secrets_shape": "nothing, it is a bare array"}),
    ({"list_total": False}, {"list_total": "no"}),
    ({"ignore_paging": True}, {"list_paging": "no, the whole list comes each time"}),
    ({"list_summary": True}, {"list_whole": "no, it lacks allowOfflineAccess, "}),
    ({"lifetime_format": "timespan"}, {"client_lifetimes": "as a time span, like 30.00:00:00"}),
    ({"lifetime_format": "iso8601"}, {"client_lifetimes": "as ISO 8601, like P30D"}),
    ({"lifetime_format": "string"}, {"client_lifetimes": "as text with the seconds"}),
    ({"null_lists": True}, {"client_null_lists": "null"}),
    ({"cors_bool": True}, {"client_cors": "true or false", "client_untold_lists": "allowedCorsOrigins"}),
    ({"text_lists": ["allowedScopes", "redirectUris"]}, {"client_text_lists": "allowedScopes, redirectUris"}),
    ({"date_header": False}, {"clock": "no, there is no Date header"}),
    ({"discovery": False}, {"discovery": "no, refused (404)"}),
    ({"issuer": "https://elsewhere.example.com"}, {"discovery": "yes, but its issuer is https://elsewhere.example.com"}),
]
BY_WRITING: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"put_answer": "empty"}, {"put_answer": "204 without the client"}),
    ({"put_ignores": ["requireConsent", "redirectUris"]}, {"put_takes": "requireConsent, redirectUris"}),
    ({"post_status": 200}, {"create_answer": "200 with the client"}),
    ({"initial_secret": True}, {"create_first_secret": "yes"}),
    ({"forced_grants": ["authorization_code", "password"]}, {"create_grants": "authorization_code, password"}),
    ({"lifetime_numbers": False}, {"put_lifetimes": "no, but as a time span like 01:00:00"}),
    (
        {"lifetime_numbers": False, "lifetime_format": "string"},
        {"put_lifetimes": "no, but as it is shown like 3600", "client_lifetimes": "as text with the seconds"},
    ),
    ({"text_lists": ["allowedScopes"]}, {"create_forms": "allowedScopes", "client_text_lists": "allowedScopes"}),
    ({"post_ids": False}, {"create_answer": "201 without the client", "secret_answer": "id"}),
    ({"secret_spread": 7}, {"secret_works": "about 8 seconds"}),
    ({"secret_spread": 600}, {"secret_works": "it did not work within 60 seconds"}),
    ({"secret_limit": 1}, {"secret_twice": "no, refused (400)"}),
    ({"omit_secret_value": True}, {"secret_has_value": "no", "secret_answer": "value", "secret_display_prefix": "no"}),
]


@pytest.mark.parametrize(("switches", "expected"), BY_READING, ids=lambda part: "-".join(part) if isinstance(part, dict) else None)
def test_reading_finds_what_differs(in_process: InProcess, emulator: Emulator, switches: dict[str, Any], expected: dict[str, str]) -> None:
    emulator.behaviour.patch(switches)

    answer = in_process.run("vantage_probe")

    assert set(answer["differing"]) == ALWAYS | set(expected)
    assert {key: found_by(answer)[key][: len(found)] for key, found in expected.items()} == expected
    assert emulator.journal.writes() == []
    assert answer["action"] == "read"
    assert answer["changed"] is False


@pytest.mark.parametrize(("switches", "expected"), BY_WRITING, ids=lambda part: "-".join(part) if isinstance(part, dict) else None)
def test_writing_finds_what_differs(in_process: InProcess, emulator: Emulator, switches: dict[str, Any], expected: dict[str, str]) -> None:
    before = in_process.clients()
    emulator.behaviour.patch(switches)

    answer = in_process.run("vantage_probe", scratch_client_id=SCRATCH)

    assert set(answer["differing"]) == ALWAYS | set(expected)
    assert {key: found_by(answer)[key] for key in expected} == expected
    assert in_process.clients() == before
    assert answer["action"] == "written"
    assert answer["changed"] is True


# What the vendor's pages let a tenant do -> the questions that tell of it.
SERVERS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "forced grants": ({"forced_grants": ["authorization_code"]}, {"create_grants"}),
    "time spans": ({"lifetime_format": "timespan", "lifetime_numbers": False}, {"client_lifetimes", "put_lifetimes"}),
    "text scopes": ({"text_lists": ["allowedScopes"]}, {"client_text_lists", "create_forms"}),
    "summary lists": ({"list_summary": True}, {"list_whole"}),
    "no ids": ({"post_ids": False}, {"create_answer", "secret_answer"}),
    "reuse of refresh tokens": ({"refresh_tokens": "reuse"}, {"refresh_token"}),
}
REMEDIES = ("There is nothing to set", "Each client is read by itself, which takes one more request; raise concurrency")


@pytest.mark.parametrize("name", SERVERS)
def test_what_differs_comes_with_advice(in_process: InProcess, emulator: Emulator, name: str) -> None:
    switches, keys = SERVERS[name]
    emulator.behaviour.patch(switches)

    answer = in_process.run("vantage_probe", scratch_client_id=SCRATCH, auth_refresh_token=in_process.refresh_token())
    advice = {finding["key"]: finding["advice"] for finding in answer["findings"]}

    assert set(answer["differing"]) == ALWAYS | keys
    assert [key for key in keys if not advice[key].startswith(REMEDIES)] == []
    assert {key for key, text in advice.items() if text} == set(answer["differing"])
    assert all(finding["copes"] for finding in answer["findings"] if finding["key"] in keys)


def test_the_page_cap_shows_when_there_are_more_clients(in_process: InProcess, emulator: Emulator) -> None:
    emulator.seed("contoso", [{"clientId": f"app-{number:03}"} for number in range(150)])

    answer = in_process.run("vantage_probe")

    assert found_by(answer)["list_page_cap"] == "100, though 500 were asked for"
    assert verdicts_of(answer)["list_page_cap"] == "settled"


def test_secrets_of_existing_clients_are_looked_at(in_process: InProcess, emulator: Emulator) -> None:
    emulator.behaviour.secret_ids = "int"
    expired = {"description": "old", "start_time": "2020-01-01T00:00:00Z", "expiration": "2021-01-01T00:00:00Z"}
    endless = {"description": "endless", "expiration": "9999-12-31T23:59:59.000Z"}
    emulator.seed("contoso", [{"clientId": "reader", "secrets": [expired, endless]}])

    found = found_by(in_process.run("vantage_probe"))

    assert found["secret_expired"] == "yes"
    assert found["secret_never"] == "9999-12-31T23:59:59.000Z"
    assert found["secret_id"] == "a number and text"


def test_a_clock_that_differs_shows(in_process: InProcess) -> None:
    in_process.clock_error = timedelta(seconds=-125)

    found = found_by(in_process.run("vantage_probe"))

    # The header has whole seconds, so the difference may seem one less.
    assert found["clock"] in ("yes, but 125 seconds ahead", "yes, but 124 seconds ahead")


def test_check_mode_only_reads(in_process: InProcess, emulator: Emulator) -> None:
    answer = in_process.run("vantage_probe", check=True, scratch_client_id=SCRATCH)

    assert answer["action"] == "read"
    assert answer["changed"] is False
    assert emulator.journal.writes() == []


def test_the_answer_holds_no_value_and_no_client(in_process: InProcess, emulator: Emulator) -> None:
    emulator.seed("contoso", [{"clientId": "payroll-export", "secrets": [{"description": "prod", "value": "planted-value-0123456789"}]}])

    answer = json.dumps(in_process.run("vantage_probe", scratch_client_id=SCRATCH))

    assert "planted-value" not in answer
    assert "payroll-export" not in answer


@pytest.mark.parametrize("kind", ["status", "drop_after"])
def test_the_scratch_client_is_deleted_when_something_fails(in_process: InProcess, emulator: Emulator, kind: str) -> None:
    emulator.faults.replace([{"method": "POST", "path": "/secrets/$", "times": None, "kind": kind, "status": 500}])

    answer = in_process.run("vantage_probe", scratch_client_id=SCRATCH)

    assert SCRATCH not in in_process.clients()
    # An error answer is a finding; silence is not.
    assert ("failed" in answer) == (kind == "drop_after")


def test_a_client_of_somebody_else_is_left_alone(in_process: InProcess, emulator: Emulator) -> None:
    emulator.seed("contoso", [{"clientId": SCRATCH}])

    answer = in_process.run("vantage_probe", scratch_client_id=SCRATCH)

    assert answer["error"]["code"] == "refused"
    assert SCRATCH in in_process.clients()


@pytest.mark.parametrize("scratch", ["automation", "vantage-probe-", "vantage-probe-1234567"])
def test_the_scratch_id_has_to_be_made_up(in_process: InProcess, scratch: str) -> None:
    answer = in_process.run("vantage_probe", scratch_client_id=scratch)

    assert answer["error"]["code"] == "invalid_option"
    assert in_process.requests() == []


def test_patience_has_bounds(in_process: InProcess) -> None:
    answer = in_process.run("vantage_probe", patience=3601)

    assert "patience is 3601" in answer["msg"]


@pytest.mark.parametrize("body", ["", "null", "5", '"text"', "true"])
def test_an_answer_that_is_no_list_is_an_error(in_process: InProcess, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    answer_lists_with(emulator, monkeypatch, "/clients/", body)

    answer = in_process.run("vantage_probe")

    assert answer["error"]["code"] == "unreadable"


@pytest.mark.parametrize("value", [5, 12345678901, ["planted-value-0123456789"] * 9, {"a": 1}, True])
def test_a_listed_value_that_is_no_text_is_found_like_any(in_process: InProcess, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    answer_lists_with(emulator, monkeypatch, "/secrets/", json.dumps([{"id": "1", "value": value}]))

    answer = in_process.run("vantage_probe")

    assert found_by(answer)["secret_value"] == "yes"


def test_a_login_without_the_role_is_an_error(in_process: InProcess) -> None:
    answer = in_process.run("vantage_probe", auth_client_id="reader", auth_client_secret="contoso-reader-secret-0001")

    assert answer["error"]["status"] == 403


@pytest.mark.parametrize(
    ("member", "value", "found"),
    [
        (None, None, "none that is known by its name"),
        ("applicationRoles", [], "applicationRoles, an empty list"),
        ("principalIds", ["a"], "principalIds, a list of texts"),
        ("clientPermissions", [{}], "clientPermissions, a list of objects"),
        ("Role", "Skill User", "role, a text"),
        ("roleIds", None, "roleIds, null"),
        ("roleIds", 5, "roleIds, another value"),
    ],
)
def test_a_member_that_may_hold_roles_is_named(in_process: InProcess, emulator: Emulator, member: str | None, value: Any, found: str) -> None:
    if member:
        emulator.behaviour.unknown_members = {member: value}
        emulator.seed("contoso", [{"clientId": "reader", member: value}])

    answer = in_process.run("vantage_probe")

    assert found_by(answer)["client_roles"] == found


@pytest.mark.parametrize(
    ("switches", "logins", "skills"),
    [
        ({}, ("yes", "yes"), "403, as it has no role yet"),
        ({"roles_needed": False}, ("yes", "yes"), "200"),
        ({"refused_scopes": ["publicapi.all"]}, ("yes", "no, invalid_scope"), "403, as it has no role yet"),
        ({"refused_scopes": ["global.wildcard"]}, ("no, invalid_scope", "yes"), "403, as it has no role yet"),
        ({"refused_scopes": ["openid"]}, ("no, invalid_scope", "no, invalid_scope"), "not told"),
    ],
)
def test_what_a_new_client_may_do_is_found(in_process: InProcess, emulator: Emulator, switches: dict[str, Any], logins: tuple[str, str], skills: str) -> None:
    token = emulator.issue_token("contoso")
    emulator.behaviour.patch(switches)

    found = found_by(in_process.run("vantage_probe", scratch_client_id=SCRATCH, auth_token=token))

    assert (found["login_scope"], found["login_own_scope"]) == logins
    assert found["new_client_skills"] == skills


@pytest.mark.parametrize(("fault", "found"), [({"kind": "status", "status": 500}, "500"), ({"kind": "drop_before"}, "connection")])
def test_an_api_that_cannot_be_tried_is_a_finding(in_process: InProcess, emulator: Emulator, fault: dict[str, Any], found: str) -> None:
    emulator.faults.replace([{"path": "/skills$", "times": None, **fault}])

    answer = in_process.run("vantage_probe", scratch_client_id=SCRATCH)

    assert found_by(answer)["new_client_skills"] == found
