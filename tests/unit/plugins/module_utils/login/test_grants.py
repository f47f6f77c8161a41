# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging in, and the one token that all requests share."""

from __future__ import annotations

import base64
import json
import threading
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, AuthError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import Token, client_id_of_jwt
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

USER = {"auth_username": "admin@contoso.example", "auth_password": "contoso-Admin-Passw0rd"}
SHARED = {"auth_username": "shared@example.com", "auth_password": "contoso-Shared-Passw0rd"}
TOKEN_ONLY = {"auth_client_id": None, "auth_client_secret": None}


def token_requests(in_process: InProcess) -> list[tuple[str, int | None]]:
    """Return path and status of all requests for a token."""
    return [(entry.path, entry.status) for entry in in_process.emulator.journal if entry.kind == "token"]


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({}, "/auth2/connect/token"),
        ({"auth_grant": "client_credentials", **USER}, "/auth2/connect/token"),
        (USER, f"/auth2/{CONTOSO}/connect/token"),
        # One e-mail, accounts in two tenants: only the tenant's own endpoint tells them apart.
        (SHARED, f"/auth2/{CONTOSO}/connect/token"),
    ],
)
def test_the_grant_is_found_from_what_is_given(in_process: InProcess, options: dict[str, str], path: str) -> None:
    assert len(in_process.run("vantage_client_info", **options)["clients"]) == 2
    assert token_requests(in_process) == [(path, 200)]


def test_a_token_that_was_brought_is_used_without_a_login(in_process: InProcess) -> None:
    token = in_process.emulator.issue_token(CONTOSO)
    assert len(in_process.run("vantage_client_info", auth_token=token, **TOKEN_ONLY)["clients"]) == 2
    assert token_requests(in_process) == []


def test_a_dead_token_that_was_brought_is_replaced_when_there_is_a_login(in_process: InProcess) -> None:
    assert len(in_process.run("vantage_client_info", auth_token="dead")["clients"]) == 2
    assert [status for _path, status in token_requests(in_process)] == [200]


def test_a_dead_token_without_a_login_is_an_error_that_says_what_to_do(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client_info", auth_token="dead-token", **TOKEN_ONLY)
    assert answer["failed"]
    assert answer["error"]["status"] == 401
    assert "get a new one, or give auth_client_id and auth_client_secret so that it can be renewed" in answer["msg"]
    assert "dead-token" not in json.dumps(answer)
    assert len(in_process.requests()) == 1


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ({"auth_client_secret": "wrong-secret"}, "invalid_client", "Check auth_client_id and auth_client_secret; a secret that has expired"),
        ({"auth_client_id": "nobody"}, "invalid_client", "Check auth_client_id"),
        ({**USER, "auth_password": "wrong-password"}, "invalid_grant", "Check auth_username and auth_password"),
        ({"auth_scope": "everything"}, "invalid_scope", "Check auth_scope"),
        ({"auth_refresh_token": "wrong-refresh"}, "invalid_grant", "The refresh token is not good any more"),
    ],
)
def test_a_refused_login_says_what_to_check_and_nothing_secret(in_process: InProcess, options: dict[str, str], code: str, said: str) -> None:
    answer = in_process.run("vantage_client", client_id="a", **options)
    assert answer["failed"]
    assert not answer["changed"]
    assert answer["error"]["code"] == code
    assert said in answer["msg"]
    assert "wrong-" not in json.dumps(answer)
    assert [method for method, _path in in_process.requests()] == ["POST"]


def test_a_login_without_the_role_says_that_it_is_the_role(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client_info", auth_client_id="reader", auth_client_secret="contoso-reader-secret-0001")
    assert answer["error"]["status"] == 403
    assert "needs the Tenant Administrator role in this very tenant; check tenant_id and the roles" in answer["msg"]


def test_a_login_of_another_tenant_says_to_check_the_tenant(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client_info", tenant_id=FABRIKAM)
    assert answer["error"]["status"] == 403
    assert "check tenant_id" in answer["msg"]


@pytest.mark.parametrize("kind", ["empty", "html", "redirect", "forbidden"])
def test_a_token_endpoint_that_gives_no_token_is_one_sentence(in_process: InProcess, kind: str) -> None:
    in_process.emulator.faults.replace([{"kind": kind, "path": "connect/token"}])
    answer = in_process.run("vantage_client_info")
    assert answer["failed"]
    assert answer["msg"].startswith("Could not log in: ")
    assert len(in_process.requests()) == 1


@pytest.mark.parametrize("kind", ["status", "drop_before", "drop_after", "timeout_before", "timeout_after", "status_after"])
def test_a_login_that_fails_on_the_way_is_tried_again(in_process: InProcess, kind: str) -> None:
    in_process.emulator.faults.replace([{"kind": kind, "path": "connect/token"}])
    assert len(in_process.run("vantage_client_info")["clients"]) == 2
    assert len(token_requests(in_process)) == 2


@pytest.mark.parametrize("kind", ["status", "drop_before", "drop_after", "timeout_after", "status_after"])
def test_a_refresh_token_is_not_sent_twice_when_it_may_be_spent(in_process: InProcess, kind: str) -> None:
    spent = refresh_token(in_process)
    in_process.emulator.journal.clear()
    in_process.emulator.faults.replace([{"kind": kind, "path": "connect/token"}])
    answer = in_process.run("vantage_client_info", auth_refresh_token=spent)
    assert answer["failed"]
    assert "Whether the refresh token was spent is not known: try once more" in answer["msg"]
    assert len(token_requests(in_process)) == 1


def refresh_token(in_process: InProcess) -> str:
    """Log in as a person who may come back, and return the refresh token."""
    options = {**USER, "auth_scope": "openid permissions global.wildcard offline_access"}
    login = in_process.api(**options).tokens
    login.access_token()
    assert login.refresh_token
    return login.refresh_token


def test_the_successor_of_a_refresh_token_reaches_the_caller(in_process: InProcess) -> None:
    first = refresh_token(in_process)
    answer = in_process.run("vantage_client_info", auth_refresh_token=first)
    second = answer["auth_refresh_token"]
    assert second != first
    assert in_process.run("vantage_client_info", auth_refresh_token=first)["error"]["code"] == "invalid_grant"
    assert not in_process.run("vantage_client_info", auth_refresh_token=second).get("failed")


def test_the_successor_reaches_the_caller_also_when_the_task_fails(in_process: InProcess) -> None:
    first = refresh_token(in_process)
    answer = in_process.run("vantage_client_secret", client_id="none", auth_refresh_token=first)
    assert answer["failed"]
    assert answer["auth_refresh_token"] not in ("", first)


def test_within_one_run_the_successor_is_used(in_process: InProcess) -> None:
    api = in_process.api(auth_refresh_token=refresh_token(in_process))
    first = api.tokens.access_token()
    tokens = {api.tokens.renew(first)}
    second = api.tokens.access_token()
    tokens.add(api.tokens.renew(second))
    assert len(tokens | {first}) == 3


def test_an_expired_token_is_renewed_once_for_all_workers(in_process: InProcess) -> None:
    api = in_process.api(concurrency=16)
    api.list_clients()
    in_process.emulator.world.access_tokens.clear()
    together = threading.Barrier(16, timeout=10)
    found: list[Any] = []

    def work() -> None:
        together.wait()
        found.append(api.find_client("reader"))

    threads = [threading.Thread(target=work) for _worker in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert [client["clientId"] for client in found] == ["reader"] * 16
    assert [status for _path, status in token_requests(in_process)] == [200, 200]


def test_a_token_that_is_about_to_expire_is_renewed_before_it_is_refused(in_process: InProcess) -> None:
    api = in_process.api()
    api.list_clients()
    in_process.emulator.advance(86400 - 20)
    # The first answer tells what time it is.
    api.http.request("GET", f"/auth2/{CONTOSO}/.well-known/openid-configuration", doing="look at the clock")
    api.list_clients()
    assert [entry.status for entry in in_process.emulator.journal if entry.kind == "read"] == [200, 200]
    assert len(token_requests(in_process)) == 2


def test_a_token_that_dies_again_at_once_is_an_error(in_process: InProcess) -> None:
    in_process.emulator.faults.replace([{"kind": "expire_token", "method": "GET", "times": None}])
    answer = in_process.run("vantage_client_info")
    assert answer["error"]["status"] == 401
    assert len(token_requests(in_process)) == 2


def test_a_refused_login_is_not_tried_by_every_worker(in_process: InProcess) -> None:
    api = in_process.api(concurrency=8)
    api.list_clients()
    in_process.emulator.world.access_tokens.clear()
    in_process.emulator.faults.replace([{"kind": "forbidden", "path": "connect/token", "times": None}])
    errors: list[VantageError] = []

    def work() -> None:
        try:
            api.find_client("reader")
        except VantageError as exc:
            errors.append(exc)

    threads = [threading.Thread(target=work) for _worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert [error.status for error in errors] == [403] * 8
    assert len(token_requests(in_process)) == 2


@pytest.mark.parametrize(
    ("scope", "grants", "code", "works"),
    [
        ("openid permissions global.wildcard", ["client_credentials"], None, True),
        ("openid permissions global.wildcard", ["authorization_code"], None, True),
        ("no.such.scope", ["client_credentials"], None, True),
        ("openid", ["client_credentials"], "wrong", False),
        ("openid", ["authorization_code"], "wrong", False),
    ],
)
def test_a_secret_is_tried_whatever_its_client_may_do(in_process: InProcess, scope: str, grants: list[str], code: str | None, works: bool) -> None:
    (made,) = in_process.emulator.seed("contoso", [{"clientId": "a", "allowedGrantTypes": grants, "secrets": [{}]}])
    assert in_process.api().endpoint.try_secret("a", code or made["value"], scope) is works
    assert in_process.emulator.journal.writes() == []


def test_a_trial_that_was_not_answered_is_no_verdict(in_process: InProcess) -> None:
    in_process.emulator.faults.replace([{"kind": "forbidden", "path": "connect/token"}])
    with pytest.raises(AuthError):
        in_process.api().endpoint.try_secret("reader", "value", "openid")
    in_process.emulator.faults.replace([{"kind": "html", "path": "connect/token"}])
    with pytest.raises(ApiError):
        in_process.api().endpoint.try_secret("reader", "value", "openid")


def jwt(claims: Any) -> str:
    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    return f"{part(b'{}')}.{part(json.dumps(claims).encode())}.signature"


@pytest.mark.parametrize(
    ("token", "client_id"),
    [
        (jwt({"client_id": "automation"}), "automation"),
        (jwt({"client_id": "ä/b"}), "ä/b"),
        (jwt({"sub": "x"}), None),
        (jwt({"client_id": 5}), None),
        (jwt(["client_id"]), None),
        ("opaque", None),
        ("a.b.c", None),
        ("a.%%%%.c", None),
        ("a.Zm9v.c", None),
        ("a..c", None),
        ("ä.ö.ü", None),
    ],
)
def test_the_own_client_is_read_from_a_token_that_says_it(token: str, client_id: str | None) -> None:
    assert client_id_of_jwt(token) == client_id


def test_a_token_shows_what_the_endpoint_answered(in_process: InProcess) -> None:
    api = in_process.api()
    form: dict[str, str | None] = {
        "grant_type": "client_credentials",
        "client_id": "automation",
        "client_secret": "contoso-automation-secret-0001",
        "scope": "openid",
    }
    token = api.endpoint.request_token(form)
    assert isinstance(token, Token)
    assert (token.token_type, token.scope, token.expires_in, token.refresh_token) == ("Bearer", "openid", 86400, None)
    assert token.expires_at is not None
    assert 86390 < (token.expires_at - api.http.now()).total_seconds() <= 86400
