# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints, as documented and as discovered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, NotFoundError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Http
from ansible_collections.abbyy.vantage.plugins.module_utils.login.discovery import Endpoints
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.messages import text_response
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import BASE_URL, InProcess

DASHED = "7a1de5a0-c0de-4b1e-8f00-c04705000001"
UNKNOWN = "0" * 32


def endpoints(in_process: InProcess, tenant_id: str | None = CONTOSO, discovery: bool = True) -> Endpoints:
    """Return endpoints as of the emulator."""
    return Endpoints(Http(BASE_URL, new_session=in_process.new_session), tenant_id=tenant_id, discovery=discovery)


@pytest.mark.parametrize(
    ("tenant_id", "pinned", "token", "authorize"),
    [
        (CONTOSO, True, f"/auth2/{CONTOSO}/connect/token", f"{BASE_URL}/auth2/{CONTOSO}/connect/authorize"),
        (CONTOSO, False, "/auth2/connect/token", f"{BASE_URL}/auth2/{CONTOSO}/connect/authorize"),
        (None, True, "/auth2/connect/token", f"{BASE_URL}/auth2/connect/authorize"),
        (None, False, "/auth2/connect/token", f"{BASE_URL}/auth2/connect/authorize"),
    ],
)
def test_documented_endpoints_need_no_request(in_process: InProcess, tenant_id: str | None, pinned: bool, token: str, authorize: str) -> None:
    found = endpoints(in_process, tenant_id, discovery=False)
    assert (found.token(pinned=pinned), found.authorize()) == (token, authorize)
    assert in_process.requests() == []


def test_discovered_endpoints_are_read_once(in_process: InProcess) -> None:
    found = endpoints(in_process)

    addresses = [(found.token(pinned=False), found.authorize()) for _time in range(2)]

    assert addresses == [(f"{BASE_URL}/auth2/{CONTOSO}/connect/token", f"{BASE_URL}/auth2/{CONTOSO}/connect/authorize")] * 2
    assert [(entry.method, entry.path) for entry in in_process.emulator.journal] == [("GET", f"/auth2/{CONTOSO}/.well-known/openid-configuration")]


def test_a_tenant_written_with_hyphens_is_discovered_as_written(in_process: InProcess) -> None:
    assert endpoints(in_process, DASHED).token(pinned=True) == f"{BASE_URL}/auth2/{DASHED}/connect/token"


def test_modules_log_in_at_the_discovered_endpoint(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client_info", auth_discovery=True)

    assert not answer.get("failed")
    assert [entry.kind for entry in in_process.emulator.journal][:2] == ["discovery", "token"]
    assert list(in_process.emulator.journal)[1].path == f"/auth2/{CONTOSO}/connect/token"


@pytest.mark.parametrize("issuer", ["https://evil.test/auth2", f"{BASE_URL}/auth2/{CONTOSO}/", f"{BASE_URL}/auth2", f"{BASE_URL.upper()}/auth2/{CONTOSO}", ""])
def test_another_issuer_is_refused_before_a_secret_is_sent(in_process: InProcess, issuer: str) -> None:
    in_process.emulator.behaviour.issuer = issuer or "none"

    answer = in_process.run("vantage_client_info", auth_discovery=True)

    assert answer["error"]["code"] == "issuer_mismatch"
    assert f"'{BASE_URL}/auth2/{CONTOSO}'" in answer["msg"]
    assert [entry.kind for entry in in_process.emulator.journal] == ["discovery"]


@pytest.mark.parametrize(("tenant_id", "discovery"), [(UNKNOWN, True), (CONTOSO, False)])
def test_a_missing_document_is_explained(in_process: InProcess, tenant_id: str, discovery: bool) -> None:
    in_process.emulator.behaviour.discovery = discovery

    with pytest.raises(NotFoundError) as caught:
        endpoints(in_process, tenant_id).token(pinned=True)

    assert caught.value.code == "discovery"
    assert "check tenant_id, or set auth_discovery to false" in caught.value.message


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, "discovery"),
        ({"token_endpoint": None}, "discovery"),
        ({"token_endpoint": ""}, "discovery"),
        ({"token_endpoint": "/connect/token"}, "discovery"),
        ({"token_endpoint": "http://vantage.example.com/connect/token"}, "discovery"),
        ({"token_endpoint": "http://127.0.0.1:8080/connect/token"}, "discovery"),
        ({"token_endpoint": "https://me:Passw0rd@vantage.example.com/connect/token"}, "discovery"),
        ({"token_endpoint": "https://vantage..example.com/connect/token"}, "discovery"),
        ({"token_endpoint": "https://vantage.example.com/connect/token#x"}, "discovery"),
        ({"token_endpoint": "https://vantage.example.com/connect/token\r\n"}, "discovery"),
        ({"token_endpoint": "javascript:alert(1)"}, "discovery"),
        ({"token_endpoint": ["https://vantage.example.com/connect/token"]}, "discovery"),
        ({"issuer": None}, "issuer_mismatch"),
    ],
)
def test_an_unusable_document_is_refused(in_process: InProcess, monkeypatch: pytest.MonkeyPatch, members: dict[str, Any], code: str) -> None:
    document = {"issuer": f"{BASE_URL}/auth2/{CONTOSO}", **members}
    found = endpoints(in_process)
    monkeypatch.setattr(in_process.emulator, "handle", _answering(json.dumps(document)))

    with pytest.raises(ApiError) as caught:
        found.token(pinned=True)

    assert caught.value.code == code


def test_an_issuer_is_shown_cut_and_escaped(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process.emulator, "handle", _answering(json.dumps({"issuer": "\x1b[31m" + "x" * 5000})))

    with pytest.raises(ApiError) as caught:
        endpoints(in_process).token(pinned=True)

    assert "'\\x1b[31mxxx" in caught.value.message
    assert len(caught.value.message) < 500


@pytest.mark.parametrize("body", ["[]", "null", '"text"'])
def test_a_document_that_is_no_object_has_no_issuer(in_process: InProcess, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(in_process.emulator, "handle", _answering(body))
    with pytest.raises(ApiError) as caught:
        endpoints(in_process).token(pinned=True)
    assert caught.value.code == "issuer_mismatch"


def test_a_web_page_is_no_document(in_process: InProcess) -> None:
    in_process.emulator.faults.replace([{"kind": "html", "path": "openid-configuration"}])
    with pytest.raises(VantageError) as caught:
        endpoints(in_process).token(pinned=True)
    assert caught.value.code == "not_json"


def _answering(body: str) -> Any:
    return lambda _request: text_response(200, "application/json", body)
