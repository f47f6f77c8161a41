# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a server answers: an answer or an error in words, nothing secret in it, nothing written in check mode, and an end."""

from __future__ import annotations

import io
import json
from functools import partial
from http.client import responses
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from ansible_collections.abbyy.vantage.plugins.module_utils.login import token_login
from ansible_collections.abbyy.vantage.plugins.module_utils.login.connection import http_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile import run as run_module
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant import connect
from ansible_collections.abbyy.vantage.tests.emulator.adapter import EmulatorAdapter
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.fuzz import anything, assert_told, examples, numbers, scalars, texts
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

MOST_REQUESTS = 3000
# Placeholders: each stands for a part of the request that it answers.
ECHOED = ("<authorization>", "<token>", "<body>", "<secret>")
STATUSES = [
    200,
    200,
    200,
    200,
    201,
    202,
    204,
    206,
    300,
    302,
    307,
    400,
    401,
    401,
    403,
    404,
    405,
    407,
    408,
    409,
    413,
    422,
    429,
    499,
    500,
    501,
    502,
    503,
    504,
    599,
]
DATES = [
    *("Thu, 26 Nov 2026 08:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Sat, 00 Foo 2026"),
    *(
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "Thu, 26 Nov 99999 08:00:00 GMT",
        "Thu, 26 Nov 2026 08:00:00 +99999999999",
        "yesterday",
    ),
    *("Thu, 26 Nov 2126 08:00:00 GMT", "Thu, 26 Nov 9990 08:00:00 GMT", "Thu, 26 Nov 2026 08:00:00 -0000"),
]
header_texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
headers = st.fixed_dictionaries(
    {},
    optional={
        "Date": st.sampled_from(DATES) | header_texts,
        "Retry-After": st.sampled_from(["0", "1", "-1", "1e9", "99999999999999", "9" * 5000, "1.5", "\u00b2", "", *DATES]) | header_texts,
        "Content-Type": st.sampled_from(["application/json", "text/html", "application/problem+json; charset=utf-7", "x"]),
        "Location": st.sampled_from(["http://127.0.0.1:9/", "https://[", "<token>", "/"]),
        "Content-Length": st.sampled_from(["0", "999999", "-1", "x", "\u0663"]),
        "Age": st.just("5"),
        "WWW-Authenticate": st.just("Bearer <token>"),
        "Set-Cookie": st.just("a=b"),
    },
)
ids = st.sampled_from(["intake", "desk", "automation", "INTAKE", "", ".", "..", "a/b"]) | scalars
stamps = (
    st.sampled_from(["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00", "2026-02-30T00:00:00Z", "2027-01-01T00:00:00Z"]) | scalars
)
secret_objects = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(1, 3) | st.sampled_from(["1", "7e57", "..", "a/b"]) | scalars,
        "description": st.sampled_from(["production", "other"]) | scalars,
        "expiration": stamps,
        "created": stamps,
        "value": st.sampled_from(["a-value-of-a-secret-0001", "<secret>", "<authorization>"]) | anything,
        "Type": scalars,
    },
)
client_objects = st.fixed_dictionaries(
    {},
    optional={
        "clientId": ids,
        "ClientId": ids,
        "clientName": st.sampled_from(["<token>", "Intake"]) | anything,
        "allowedGrantTypes": st.lists(scalars, max_size=2) | anything,
        "allowedScopes": anything,
        "redirectUris": anything,
        "allowedCorsOrigins": anything,
        "requireConsent": anything,
        "requireClientSecret": anything,
        "accessTokenLifetime": numbers | texts,
        "refreshTokenLifetime": numbers | texts,
        "secrets": st.lists(secret_objects, max_size=2) | anything,
        "x": anything,
    },
)
entries = (
    st.lists(client_objects | secret_objects | scalars, max_size=3) | st.lists(client_objects, min_size=1, max_size=12) | st.lists(secret_objects, max_size=12)
)
lists = entries | st.fixed_dictionaries(
    {}, optional={"items": entries | anything, "totalItemCount": numbers, "TotalCount": scalars, "data": entries, "value": anything, "nextLink": texts}
)
tokens = st.fixed_dictionaries(
    {},
    optional={
        "access_token": st.sampled_from(["another-token-of-nobody-0001", "a b", "t\u20acken", "\ud800", "e30.e30.e30", "x." + "W" * 40000 + ".y", "x.MTI.y"])
        | anything,
        "refresh_token": st.sampled_from(["another-refresh-token-0001", "\ud800"]) | anything,
        "expires_in": numbers | scalars,
        "token_type": anything,
        "scope": anything,
    },
)
said = st.sampled_from([*ECHOED, "invalid_client", "invalid_grant", "unauthorized_client", "a " * 390 + "<token>", "x" * 395 + "<secret>"]) | anything
problems = st.fixed_dictionaries(
    {},
    optional={
        "error": said,
        "error_description": said,
        "title": said,
        "detail": said,
        "message": said,
        "errors": st.dictionaries(texts | st.sampled_from(ECHOED), st.lists(said, max_size=2) | said, max_size=2) | anything,
    },
)
RAW = [
    *(
        b"",
        b" ",
        b"<html><body>Sign in <token></body></html>",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf{}",
        b"{",
        b"NaN",
        b"[NaN, Infinity]",
        b"1e999",
        b"9" * 5000,
        b"null",
        b"0",
    ),
    *(
        b"[" * 30000,
        b"[" * 100 + b"]" * 100,
        b'{"a":' * 20000,
        b'{"items": ' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"expiration": ' + b"9" * 5000 + b"}",
        b'"<authorization>"',
    ),
    b'[{"clientId": "intake", "clientId": "desk"}]',
]
shaped = (lists | client_objects | secret_objects | tokens | problems | anything).map(lambda value: json.dumps(value).encode())
shapeless = st.sampled_from(RAW) | st.binary(max_size=20)
# What is nearly right goes further than what is refused at once.
bodies = st.integers(0, 9).flatmap(lambda number: shapeless if number < 2 else shaped)


class Fault(NamedTuple):
    """Which requests are answered wrongly, and how.

    :param of: token, GET, POST, PUT or DELETE; any for each of them.
    :param first: the first of them that is, from 0.
    :param times: how many are.
    :param happens: whether the tenant did what was asked for all the same.
    """

    of: str
    first: int
    times: int
    happens: bool
    status: int
    headers: dict[str, str]
    body: bytes


faults = st.builds(
    Fault,
    st.sampled_from(["token", "GET", "GET", "POST", "PUT", "DELETE", "any"]),
    st.integers(0, 6),
    st.sampled_from([1, 1, 2, 100000]),
    st.booleans(),
    st.sampled_from([*[200] * len(STATUSES), *STATUSES]),
    headers,
    bodies,
)


class FaultyAdapter(EmulatorAdapter):
    """The emulator, but for the answers that are wrong.

    :ivar sent: the kinds of the requests that arrived.
    :ivar secrets: what they carried that nobody may show.
    """

    def __init__(self, emulator: Emulator, wrong: list[Fault]) -> None:
        super().__init__(emulator)
        self.sent: list[str] = []
        self.secrets: set[str] = {"contoso-automation-secret-0001"}
        self._wrong = wrong
        self._seen: dict[str, int] = {}
        self._adapter = HTTPAdapter()

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kind = "token" if "/connect/" in request.url else str(request.method)
        self.sent.append(kind)
        assert len(self.sent) < MOST_REQUESTS, "there is no end"
        echoed = self._echoed(request)
        fault = next((fault for fault in self._wrong if self._is_hit(fault, kind)), None)
        for counted in (kind, "any"):
            self._seen[counted] = self._seen.get(counted, 0) + 1
        if fault is None:
            return super().send(request, *args, **kwargs)
        if fault.happens:
            super().send(request, *args, **kwargs)
        body = fault.body
        for name, value in echoed.items():
            body = body.replace(name.encode(), json.dumps(value)[1:-1].encode())
        fields = {name: _replaced(value, echoed) for name, value in fault.headers.items()}
        raw = HTTPResponse(
            body=io.BytesIO(body),
            headers=fields,
            status=fault.status,
            reason=responses.get(fault.status, ""),
            preload_content=False,
            enforce_content_length=False,
        )
        return self._adapter.build_response(request, raw)

    def _is_hit(self, fault: Fault, kind: str) -> bool:
        return fault.of in (kind, "any") and fault.first <= self._seen.get(fault.of, 0) < fault.first + fault.times

    def _echoed(self, request: Any) -> dict[str, str]:
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        authorization = request.headers.get("Authorization", "")
        token = authorization.rpartition(" ")[2]
        secret = parse_qs(body).get("client_secret", [""])[0]
        self.secrets.update(one for one in (token, secret) if one)
        return {"<authorization>": authorization, "<token>": token, "<body>": body, "<secret>": secret}


def _replaced(text: str, echoed: dict[str, str]) -> str:
    for name, value in echoed.items():
        text = text.replace(name, value)
    return text


APPS = [
    {"client_id": "intake", "allowed_grant_types": ["client_credentials"], "secrets": [{"description": "production", "lifetime": "90d"}]},
    {"client_id": "new", "allowed_grant_types": ["client_credentials"]},
]
SECRET = {"client_id": "intake", "description": "production", "overlap": "1d", "prune": "superseded"}
# What is run: the module, and its options.
RUNS: list[tuple[str, dict[str, Any]]] = [
    ("vantage_client", {"client_id": "intake", "client_name": "Renamed", "access_token_lifetime": "2h"}),
    ("vantage_client", {"client_id": "new", "allowed_grant_types": ["client_credentials"]}),
    ("vantage_client", {"client_id": "intake", "state": "absent"}),
    (
        "vantage_client",
        {"clients": [{"client_id": "intake", "require_consent": True}, {"client_id": "new"}], "prune": True, "full_results": True, "concurrency": 1},
    ),
    ("vantage_client_secret", {**SECRET, "lifetime": "90d", "renew_before": "30d", "verify": True}),
    ("vantage_client_secret", {**SECRET, "force": True, "verify": "api"}),
    ("vantage_client_secret", {"client_id": "intake", "description": "production", "state": "absent", "force": True}),
    ("vantage_client_secret", {"secrets": [SECRET, {**SECRET, "client_id": "desk", "force": True}], "concurrency": 1}),
    ("vantage_client_info", {"include_secrets": True, "concurrency": 1}),
    ("vantage_client_info", {"client_id": "intake", "include_secrets": True}),
    ("vantage_client_secret_info", {"expiring_within": "400d", "concurrency": 1}),
    ("vantage_probe", {}),
    ("vantage_probe", {"scratch_client_id": "desk", "patience": 1}),
    ("vantage_token", {}),
    ("vantage_app", {}),
    ("vantage_app", {"prune": "all"}),
]


class FaultyTenant:
    """A tenant with two clients, some of whose answers are wrong."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, wrong: list[Fault]) -> None:
        emulator = Emulator()
        clients = [{"clientId": client_id, "secrets": [{"description": "production"}]} for client_id in ("intake", "desk")]
        emulator.seed(CONTOSO, clients)
        self.in_process = InProcess(emulator, monkeypatch)
        self.adapter = FaultyAdapter(emulator, wrong)
        new = self.new_session
        # Whatever makes a session from now on ends here.
        monkeypatch.setattr(self.in_process, "new_session", new)
        monkeypatch.setattr(token_login, "http_from_params", lambda params, **_options: http_from_params(params, new_session=new))
        monkeypatch.setattr(run_module, "connect", partial(connect.connect, new_session=new))

    def new_session(self) -> requests.Session:
        session = requests.Session()
        session.mount("https://", self.adapter)
        return session

    def perform(self, run: tuple[str, dict[str, Any]], check: bool, login: dict[str, Any]) -> tuple[dict[str, Any], list[str], str]:
        """Return the result of a module, the texts that it shows, and all that everybody can read of it."""
        module, options = run
        if module == "vantage_app":
            engine = EngineRun(self.in_process, MemoryStore(), APPS, check=check, **{**login, **options})
            answer = engine.perform()
            shown = [*engine.warnings, *engine.lines]
            return answer, shown, str([answer, shown])
        answer = self.in_process.run(module, check=check, diff=True, **{**login, **options})
        shown = self.in_process.warnings
        # What a server says of its clients is data, and in a diff as it is; what went wrong, of the whole or of one entry, is for everybody.
        wrong = [[one.get(name) for name in ("msg", "error")] for one in (answer, *answer.get("results", []))]
        return answer, shown, str(wrong + shown)


@pytest.mark.timeout(3600)
@examples(0.25, 150)
@pytest.mark.slow
@given(
    run=st.sampled_from(RUNS),
    check=st.booleans(),
    wrong=st.lists(faults, min_size=1, max_size=3),
    login=st.sampled_from([{}, {"auth_discovery": True}]),
)
def test_every_answer_is_understood_or_told(run: tuple[str, dict[str, Any]], check: bool, wrong: list[Fault], login: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        faulty = FaultyTenant(monkeypatch, wrong)

        answer, shown, told = faulty.perform(run, check, login)

        assert not any(secret in told for secret in faulty.adapter.secrets if len(secret) > 8 and not secret.startswith("WW")), "a secret is shown"
        assert not check or set(faulty.adapter.sent) <= {"GET", "token"}
        assert sum(faulty.in_process.clock.waits) <= 400 * max(1, len(faulty.adapter.sent))

        for text in [*shown, *([answer["msg"]] if answer.get("failed") else [])]:
            assert_told(text)
