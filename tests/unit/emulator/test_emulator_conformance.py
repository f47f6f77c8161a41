# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the emulator to its OpenAPI document, and the document to the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, PRODUCT_ID
from ansible_collections.abbyy.vantage.tests.emulator.conformance import DOCUMENT, check_exchange
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.emulator.members import BOOLS, DEFAULTS, LIFETIMES, LISTS
from ansible_collections.abbyy.vantage.tests.emulator.messages import ContractBroken, Dropped, Request, Response, json_response

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.unit.emulator.conftest import Caller

SPEC = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
VERBS = {"get", "post", "put", "delete"}
OPERATIONS = [(path, verb, operation) for path, item in SPEC["paths"].items() for verb, operation in item.items() if verb in VERBS]
CLIENTS = f"/api/adminapi2/v2/tenants/{CONTOSO}/clients/"
# The statuses of requests without a body, but for pages.
EMPTY_REQUESTS = {
    "deleteSecret": 404,
    "deleteClient": 204,
    "createClient": 415,
    "createSecret": 415,
    "updateClient": 415,
    "describeApi": 404,
    "readDescription": 404,
}
DOCUMENTED = {
    "createClient",
    "createSecret",
    "requestToken",
    "requestTokenOfTenant",
    "authorize",
    "authorizeAtTenant",
    "discover",
    "listSkills",
}


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(conformance=True)


@pytest.mark.parametrize("operation", [operation for _path, _verb, operation in OPERATIONS], ids=lambda operation: operation["operationId"])
def test_every_operation_tells_its_source(operation: dict[str, Any]) -> None:
    assert operation["x-source"] in ("documented", "inferred")
    assert "\n" not in operation["x-reason"]


def test_the_documented_operations_are_those_of_the_manual() -> None:
    assert {operation["operationId"] for _path, _verb, operation in OPERATIONS if operation["x-source"] == "documented"} == DOCUMENTED


def test_the_document_knows_the_members_and_their_types() -> None:
    members = SPEC["components"]["schemas"]["Members"]["properties"]

    assert list(members) == list(DEFAULTS) == SPEC["components"]["schemas"]["Client"]["required"]
    assert {name for name, schema in members.items() if schema.get("type") == "boolean"} == set(BOOLS)
    assert {name for name, schema in members.items() if schema.get("$ref", "").endswith("Lifetime")} == set(LIFETIMES)
    assert {name for name, schema in members.items() if schema.get("$ref", "").endswith(("StringsOrNull", "Origins", "Scopes"))} == set(LISTS)


@pytest.mark.parametrize(("path", "verb", "operation"), OPERATIONS)
def test_every_operation_of_the_document_is_served(path: str, verb: str, operation: dict[str, Any]) -> None:
    emulator = Emulator()
    emulator.seed("contoso", [{"clientId": "app"}])
    concrete = path.format(apiVersion="v2", tenantId=CONTOSO, clientId="app", secretId="none")
    headers = {"Authorization": f"Bearer {emulator.issue_token('contoso')}"}
    page = 400 if path.endswith(("/token", "/authorize")) else 200

    status = emulator.handle(Request(verb.upper(), f"https://vantage.test{concrete}", headers)).status

    assert status == EMPTY_REQUESTS.get(operation["operationId"], page)


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"list_shape": "array"},
        {"list_total": False, "list_summary": True},
        {"put_answer": "empty", "post_status": 200},
        {"lifetime_format": "string", "null_lists": True},
        {"lifetime_format": "timespan", "cors_bool": True},
        {"lifetime_format": "iso8601", "secret_ids": "int"},
        {"initial_secret": True, "omit_secret_value": True, "unknown_members": {"logoUri": None}},
    ],
)
def test_a_whole_life_conforms_under_every_switch(caller: Caller, emulator: Emulator, switches: dict[str, Any]) -> None:
    app, secrets = f"{caller.clients}app%2F1", f"{caller.clients}app%2F1/secrets/"
    emulator.behaviour.patch(switches)

    caller.create("app/1", allowedGrantTypes=["client_credentials"], allowedCorsOrigins=["https://a.test"])
    conflict = caller.create("app/1")
    updated = caller.update("app%2F1", **{**caller.read("app%2F1"), "requireConsent": True})
    made = caller.make_secret("app%2F1", description="nightly", startTime="2020-01-01T00:00:00.000Z", expiration="2020-02-01T00:00:00.000Z").json()
    caller.log_in("app/1", "wrong")
    login = caller.log_in("automation", "contoso-automation-secret-0001")
    caller.send("GET", f"{secrets}?offset=0&limit=10")
    caller.send("GET", f"{caller.clients}?offset=0&limit=10")
    deleted = [caller.send("DELETE", path) for path in (f"{secrets}{made['id']}", app)]
    gone = caller.send("GET", app)
    unauthorized = caller.send("GET", caller.clients, headers={"Authorization": "Bearer dead"})
    forbidden = caller.send("GET", caller.clients.replace("c04705", "fab21c"))
    answers = [conflict, login, *deleted, gone, unauthorized, forbidden]

    assert updated.status_code in (200, 204)
    assert [answer.status_code for answer in answers] == [409, 200, 204, 204, 404, 401, 403]
    assert emulator.deviations == []


def test_a_password_login_and_its_renewal_conform(caller: Caller, emulator: Emulator) -> None:
    client = {"client_id": "automation", "client_secret": "contoso-automation-secret-0001"}
    person = {"username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd"}

    token = caller.ask_token(grant_type="password", scope="openid offline_access", **person, **client)
    caller.ask_token(None, grant_type="refresh_token", refresh_token=token.json()["refresh_token"], **client)

    assert emulator.deviations == []


@pytest.mark.parametrize("path", ["/auth2/connect/authorize", f"/auth2/{CONTOSO}/connect/authorize"])
def test_a_login_in_the_browser_conforms(caller: Caller, emulator: Emulator, path: str) -> None:
    query = f"client_id=automation&redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fcallback&response_type=code&scope=openid&state=s&productId={PRODUCT_ID}"
    challenge = f"&code_challenge={'c' * 43}&code_challenge_method=S256"

    page = caller.send("GET", f"{path}?{query}{challenge}")
    cancelled = caller.send("POST", f"{path}?{query}{challenge}", data={"action": "cancel"})

    assert (page.status_code, cancelled.status_code) == (200, 302)
    assert emulator.deviations == []


def test_the_discovery_conforms(caller: Caller, emulator: Emulator) -> None:
    answer = caller.send("GET", f"/auth2/{CONTOSO}/.well-known/openid-configuration")
    assert answer.status_code == 200
    assert emulator.deviations == []


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", CLIENTS.removesuffix("/"), {}),
        ("POST", CLIENTS, {"json": {}}),
        ("POST", CLIENTS, {"json": {"clientId": "app", "enabled": True}}),
        ("POST", CLIENTS, {"json": {"clientId": "app", "allowedScopes": ["openid"]}}),
        ("POST", CLIENTS, {"data": {"clientId": "app"}}),
        ("PUT", CLIENTS + "reader", {"json": {"clientName": "part"}}),
        ("POST", CLIENTS + "reader/secrets/", {"json": {"lifetime": 5}}),
        ("POST", CLIENTS + "reader/secrets/", {"json": {"expiration": "2030-01-01"}}),
        ("GET", CLIENTS + "?limit=0", {}),
        ("GET", CLIENTS, {"headers": {"Authorization": None}}),
        ("POST", "/auth2/connect/token", {"data": {"grant_type": "password", "username": "x"}}),
        ("POST", "/auth2/connect/token/", {"data": {"grant_type": "client_credentials"}}),
        ("GET", "/auth2/connect/authorize?client_id=automation", {}),
    ],
)
def test_a_request_that_does_not_conform_is_raised_and_kept(caller: Caller, emulator: Emulator, method: str, path: str, options: dict[str, Any]) -> None:
    with pytest.raises(ContractBroken, match=f"^request {method}"):
        caller.send(method, path, **options)
    assert len(emulator.deviations) == 1


READ = Request("GET", f"https://vantage.test{CLIENTS}app", {"Authorization": "Bearer x"})
MAKE = Request("POST", f"https://vantage.test{CLIENTS}app/secrets/", {"Authorization": "Bearer x", "Content-Type": "application/json"}, b"{}")
REMOVE = Request("DELETE", f"https://vantage.test{CLIENTS}app", {"Authorization": "Bearer x"})
SECRET = {
    "id": "1",
    "description": None,
    "startTime": "2026-01-01T00:00:00.000Z",
    "expiration": "2026-07-01T00:00:00.000Z",
    "valueDisplay": "abc",
    "value": "abcdef",
}


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        (READ, json_response(200, {"clientId": "app"})),
        (READ, json_response(200, [])),
        (READ, json_response(201, {})),
        (READ, json_response(418, {})),
        (READ, json_response(404, {"message": "no"})),
        (READ, Response(200, {"Content-Type": "text/html"}, b"<html>")),
        (READ, Response(200, {"Content-Type": "application/json"}, b"")),
        (READ, json_response(401, {"title": "no", "status": 401})),
        (MAKE, json_response(201, {**SECRET, "valueDisplay": "abcdef"})),
        (MAKE, json_response(201, {**SECRET, "startTime": "2026-01-01"})),
        (MAKE, json_response(201, {**SECRET, "secret": "abcdef"})),
        (REMOVE, Response(204, {"Content-Type": "application/json"}, b"{}")),
        (REMOVE, json_response(200, {})),
    ],
)
def test_an_answer_that_does_not_conform_is_raised(request_: Request, response: Response) -> None:
    with pytest.raises(ContractBroken, match=f"^answer {response.status} to {request_.method}"):
        check_exchange(request_, response)


def test_an_answer_that_conforms_is_not_raised() -> None:
    check_exchange(MAKE, json_response(201, SECRET))


def test_a_faulty_answer_is_excused(emulator: Emulator) -> None:
    emulator.faults.replace([{"kind": "html"}])
    assert emulator.handle(READ).status == 200


def test_a_dropped_answer_is_excused(emulator: Emulator) -> None:
    emulator.faults.replace([{"kind": "drop_before"}])
    with pytest.raises(Dropped):
        emulator.handle(READ)


def test_the_request_of_a_faulty_answer_is_not_excused(emulator: Emulator) -> None:
    emulator.faults.replace([{"kind": "drop_before", "times": None}])
    with pytest.raises(ContractBroken):
        emulator.handle(Request("GET", "https://vantage.test/nowhere"))
