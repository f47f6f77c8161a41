# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each grant of a login, and the one token that all requests share."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, AuthError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import Token, client_id_of_jwt
from ansible_collections.abbyy.vantage.plugins.modules import vantage_token
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM
from ansible_collections.abbyy.vantage.tests.emulator.messages import Request, Response, text_response
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

USER = {"auth_username": "admin@contoso.example", "auth_password": "contoso-Admin-Passw0rd"}
SHARED = {"auth_username": "shared@example.com", "auth_password": "contoso-Shared-Passw0rd"}
TOKEN_ONLY = {"auth_client_id": None, "auth_client_secret": None}


def token_requests(in_process: InProcess) -> list[tuple[str, int | None]]:
    """Return path and status of all requests for a token."""
    return [(entry.path, entry.status) for entry in in_process.emulator.journal if entry.kind == "token"]


def run_in_threads(work: Callable[[], None], workers: int) -> None:
    """Let several workers do the same at once, and wait for their end."""
    threads = [threading.Thread(target=work) for _worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)


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
def test_the_grant_follows_from_the_options(in_process: InProcess, options: dict[str, str], path: str) -> None:
    answer = in_process.run("vantage_client_info", **options)
    assert len(answer["clients"]) == 2
    assert token_requests(in_process) == [(path, 200)]


def test_a_given_token_is_used_without_a_login(in_process: InProcess) -> None:
    token = in_process.emulator.issue_token(CONTOSO)

    answer = in_process.run("vantage_client_info", auth_token=token, **TOKEN_ONLY)

    assert len(answer["clients"]) == 2
    assert token_requests(in_process) == []


def test_a_given_token_that_is_dead_is_replaced_when_there_is_a_login(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client_info", auth_token="dead")
    assert len(answer["clients"]) == 2
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
        ({"auth_refresh_token": "wrong-refresh"}, "invalid_grant", "The refresh token is no longer valid"),
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


def test_a_login_without_the_role_names_the_role(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client_info", auth_client_id="reader", auth_client_secret="contoso-reader-secret-0001")
    assert answer["error"]["status"] == 403
    assert "needs the Tenant Administrator role in this tenant; check tenant_id and the roles" in answer["msg"]


def test_a_login_of_another_tenant_names_the_option(in_process: InProcess) -> None:
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

    answer = in_process.run("vantage_client_info")

    assert len(answer["clients"]) == 2
    assert len(token_requests(in_process)) == 2


@pytest.mark.parametrize("kind", ["status", "drop_before", "drop_after", "timeout_after", "status_after"])
def test_a_refresh_token_is_not_sent_twice_when_it_may_be_spent(in_process: InProcess, kind: str) -> None:
    spent = in_process.refresh_token()
    in_process.emulator.journal.clear()
    in_process.emulator.faults.replace([{"kind": kind, "path": "connect/token"}])

    answer = in_process.run("vantage_client_info", auth_refresh_token=spent)

    assert answer["failed"]
    assert "It is unknown whether the refresh token was used: try once more" in answer["msg"]
    assert len(token_requests(in_process)) == 1


def test_the_successor_of_a_refresh_token_reaches_the_caller(in_process: InProcess) -> None:
    first = in_process.refresh_token()

    answer = in_process.run("vantage_client_info", auth_refresh_token=first)
    second = answer["auth_refresh_token"]

    assert second != first
    assert in_process.run("vantage_client_info", auth_refresh_token=first)["error"]["code"] == "invalid_grant"
    assert not in_process.run("vantage_client_info", auth_refresh_token=second).get("failed")


def test_the_successor_reaches_the_caller_also_when_the_task_fails(in_process: InProcess) -> None:
    first = in_process.refresh_token()

    answer = in_process.run("vantage_client_secret", client_id="none", auth_refresh_token=first)

    assert answer["failed"]
    assert answer["auth_refresh_token"] not in ("", first)


def test_a_reusable_refresh_token_has_no_successor(in_process: InProcess) -> None:
    in_process.emulator.behaviour.refresh_tokens = "reuse"
    token = in_process.refresh_token()

    answers = [in_process.run("vantage_client_info", auth_refresh_token=token) for _time in range(3)]

    assert [len(answer["clients"]) for answer in answers] == [2, 2, 2]
    assert [answer for answer in answers if "auth_refresh_token" in answer] == []


def test_within_one_run_the_successor_is_used(in_process: InProcess) -> None:
    api = in_process.api(auth_refresh_token=in_process.refresh_token())
    first = api.tokens.access_token()

    renewed = api.tokens.renew(first)
    second = api.tokens.access_token()
    third = api.tokens.renew(second)

    assert len({first, renewed, third}) == 3


def test_an_expired_token_is_renewed_once_for_all_workers(in_process: InProcess) -> None:
    api = in_process.api(concurrency=16)
    api.list_clients()
    in_process.emulator.world.access_tokens.clear()
    together = threading.Barrier(16, timeout=10)
    found: list[Any] = []

    def work() -> None:
        together.wait()
        found.append(api.find_client("reader"))

    run_in_threads(work, 16)

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

    run_in_threads(work, 8)

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

    verdict = in_process.api().endpoint.try_secret("a", code or made["value"], scope)

    assert verdict is works
    assert in_process.emulator.journal.writes() == []


@pytest.mark.parametrize(("kind", "error"), [("forbidden", AuthError), ("html", ApiError)])
def test_a_trial_without_an_answer_is_no_verdict(in_process: InProcess, kind: str, error: type[VantageError]) -> None:
    in_process.emulator.faults.replace([{"kind": kind, "path": "connect/token"}])
    with pytest.raises(error):
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
def test_the_own_client_of_a_login_is_read_from_its_token(token: str, client_id: str | None) -> None:
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


# --- what the endpoint may answer


@pytest.fixture
def token_module(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    """Let vantage_token, too, end in the emulator."""
    monkeypatch.setattr(vantage_token, "get_token", partial(vantage_token.get_token, new_session=in_process.new_session))
    return in_process


def answering(in_process: InProcess, monkeypatch: pytest.MonkeyPatch, **members: Any) -> None:
    """Let the token endpoint answer as usual, and replace members of its answer; None removes one."""
    handle = in_process.emulator.handle

    def lay_over(request: Request) -> Response:
        response = handle(request)
        if not request.path.endswith("connect/token") or response.status != 200:
            return response
        body = {name: value for name, value in {**response.json(), **members}.items() if value is not None}
        # JSON has no such numbers, but some servers send them.
        text = json.dumps(body).replace('"1e400"', "1e400").replace('"NaN"', "NaN")
        return text_response(200, "application/json", text)

    monkeypatch.setattr(in_process.emulator, "handle", lay_over)


LIVES = ["1e400", "-1e400", "NaN", -5, 0, 10**30, 1e300, "9" * 5000, "soon", [], {}, True, ""]


@pytest.mark.parametrize("expires_in", LIVES, ids=range(len(LIVES)))
@pytest.mark.parametrize("spends", [False, True])
def test_an_impossible_expires_in_counts_as_unknown(token_module: InProcess, monkeypatch: pytest.MonkeyPatch, expires_in: Any, spends: bool) -> None:
    options = {"auth_refresh_token": token_module.refresh_token()} if spends else {}
    answering(token_module, monkeypatch, expires_in=expires_in)

    answer = token_module.run("vantage_token", **options)

    assert not answer.get("failed"), answer
    assert (answer["expires_in"], answer["expires_at"]) == (None, None)
    assert ("refresh_token" in answer) is spends
    assert token_module.run("vantage_client_info", auth_token=answer["access_token"], **TOKEN_ONLY)["clients"]


@pytest.mark.parametrize(("expires_in", "seconds"), [(60, 60), ("3600", 3600), (3600.9, 3600), (2592000, 2592000)])
def test_a_possible_expires_in_is_read_as_seconds(token_module: InProcess, monkeypatch: pytest.MonkeyPatch, expires_in: Any, seconds: int) -> None:
    answering(token_module, monkeypatch, expires_in=expires_in)
    answer = token_module.run("vantage_token")
    assert answer["expires_in"] == seconds


def test_a_token_of_twenty_seconds_serves_several_requests(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(in_process, monkeypatch, expires_in=20)
    api = in_process.api()

    for _request in range(3):
        api.list_clients()

    assert len(token_requests(in_process)) == 1


BAD_TOKENS = ["t\u0416ken", "t\u00fcken", "to ken", "token\r\nX: y", "\x1b[31m", "\ud800", 5, ["token"], {"a": 1}, "", True]


@pytest.mark.parametrize("access_token", [*BAD_TOKENS, None], ids=range(len(BAD_TOKENS) + 1))
@pytest.mark.parametrize("module", ["vantage_token", "vantage_client_info"])
def test_a_bad_access_token_is_an_error_that_keeps_the_successor(
    token_module: InProcess, monkeypatch: pytest.MonkeyPatch, access_token: Any, module: str
) -> None:
    spent = token_module.refresh_token()

    with monkeypatch.context() as patch:
        answering(token_module, patch, access_token=access_token)
        answer = token_module.run(module, auth_refresh_token=spent)
    successor = answer["refresh_token" if module == "vantage_token" else "auth_refresh_token"]

    assert answer["failed"]
    assert answer["error"]["code"] in ("no_access_token", "unusable_token")
    assert answer["msg"].startswith("Could not log in: the token endpoint answered with")
    assert answer["msg"].count(". ") == 0
    assert answer["msg"].isprintable()
    assert successor != spent
    assert not token_module.run(module, auth_refresh_token=successor).get("failed")


@pytest.mark.parametrize("refresh", [5, ["x"], {"a": "b"}, True, "half \ud800"])
def test_an_unusable_refresh_token_is_left_out(token_module: InProcess, monkeypatch: pytest.MonkeyPatch, refresh: Any) -> None:
    answering(token_module, monkeypatch, refresh_token=refresh)

    answer = token_module.run("vantage_token", **USER, offline_access=True)

    assert "refresh_token" not in answer
    assert not answer.get("failed")


@pytest.mark.parametrize("members", [{"scope": ["a"]}, {"token_type": {"a": 1}}, {"scope": 5, "token_type": None}])
def test_other_members_that_are_no_text_have_their_default(token_module: InProcess, monkeypatch: pytest.MonkeyPatch, members: dict[str, Any]) -> None:
    answering(token_module, monkeypatch, **members)

    answer = token_module.run("vantage_token", auth_scope="openid")

    assert answer["token_type"] == "Bearer"
    assert answer["scope"] == "openid"


@pytest.mark.parametrize("kind", ["drop_after", "timeout_after", "proxy_after", "tls_after", "deep", "html", "status_after"])
def test_a_refresh_token_in_doubt_is_sent_once_by_all_workers(in_process: InProcess, kind: str) -> None:
    api = in_process.api(auth_refresh_token=in_process.refresh_token(), concurrency=8)
    in_process.emulator.journal.clear()
    in_process.emulator.faults.replace([{"kind": kind, "path": "connect/token"}])
    errors: list[VantageError] = []

    def work() -> None:
        with pytest.raises(VantageError) as error:
            api.find_client("reader")
        errors.append(error.value)

    run_in_threads(work, 8)

    assert len(errors) == 8
    assert all("It is unknown whether the refresh token was used" in error.message for error in errors)
    assert len(token_requests(in_process)) == 1


@pytest.mark.parametrize(
    ("token", "params", "own"),
    [
        (jwt({"client_id": "portal"}), {"auth_client_id": "automation"}, {"portal", "automation"}),
        (jwt({"client_id": "portal"}), {}, {"portal"}),
        (None, {"auth_client_id": "automation"}, {"automation"}),
    ],
)
def test_a_login_owns_the_clients_of_its_token_and_its_option(in_process: InProcess, token: str | None, params: dict[str, str], own: set[str]) -> None:
    tokens = in_process.api(**({} if token is None else {"auth_token": token})).tokens
    assert tokens.own_client_ids(params) == own


def test_a_deeply_nested_token_names_no_client() -> None:
    assert client_id_of_jwt(f"a.{base64.urlsafe_b64encode(b'[' * 100_000).decode()}.c") is None
