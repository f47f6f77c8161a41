# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the emulated clients to the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.unit.emulator.conftest import Caller

DEFAULTS = {
    "allowOfflineAccess": False,
    "allowRememberConsent": True,
    "backChannelLogoutSessionRequired": True,
    "requireClientSecret": True,
    "requireConsent": False,
    "allowNoPkce": False,
    "allowedGrantTypes": [],
    "allowedCorsOrigins": [],
    "allowedScopes": ["openid", "permissions", "publicapi.all"],
    "postLogoutRedirectUris": [],
    "redirectUris": [],
    "accessTokenLifetime": 86400,
    "refreshTokenLifetime": 2592000,
    "clientUri": None,
    "enabled": True,
}


def test_create_fills_in_the_defaults(caller: Caller) -> None:
    answer = caller.create("app")

    assert answer.status_code == 201
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json() == {"clientId": "app", "clientName": "app", **DEFAULTS} == caller.read("app")


def test_to_create_a_client_twice_is_a_conflict_unless_the_case_differs(caller: Caller) -> None:
    caller.create("app")
    assert caller.create("app").status_code == 409
    assert caller.create("APP").status_code == 201


def test_an_update_that_leaves_a_member_out_resets_it(caller: Caller) -> None:
    caller.create("app", requireConsent=True, clientName="Other", enabled=False, redirectUris=["https://a.test/cb"])

    answer = caller.update("app", clientId="app", allowNoPkce=True)

    assert answer.status_code == 200
    assert answer.json() == {"clientId": "app", "clientName": "app", **DEFAULTS, "allowNoPkce": True}


def test_null_stands_for_the_default(caller: Caller) -> None:
    caller.create("app", redirectUris=["https://a.test/cb"])
    answer = caller.update("app", redirectUris=None, clientName=None, accessTokenLifetime=None)
    assert answer.json()["redirectUris"] == []


def test_null_is_no_boolean(caller: Caller) -> None:
    caller.create("app")
    answer = caller.update("app", requireConsent=None)
    assert answer.json()["errors"] == {"requireConsent": ["must be true or false"]}


def test_a_deleted_client_is_gone(caller: Caller) -> None:
    caller.create("app")

    answer = caller.send("DELETE", caller.clients + "app")

    assert answer.status_code == 204
    assert caller.send("GET", caller.clients + "app").status_code == 404
    assert caller.send("DELETE", caller.clients + "app").status_code == 404
    assert caller.update("app").status_code == 404


def test_path_segments_are_decoded(caller: Caller) -> None:
    segment = "a%2Fb%20c%25%23%3F"

    created = caller.create("a/b c%#?")

    assert created.status_code == 201
    assert caller.read(segment)["clientId"] == "a/b c%#?"
    assert caller.make_secret(segment).status_code == 201
    assert caller.send("DELETE", caller.clients + segment).status_code == 204


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("colour", "blue"),
        ("clientid", "x"),
        ("clientId", ""),
        ("clientId", 5),
        ("clientId", "x" * 201),
        ("clientName", ["x"]),
        ("requireConsent", "yes"),
        ("requireConsent", 1),
        ("redirectUris", "https://a.test"),
        ("redirectUris", [1]),
        ("redirectUris", [""]),
        ("redirectUris", ["https://a.test", "https://a.test"]),
        ("allowedScopes", ["openid"]),
        ("allowedScopes", ["openid", "permissions", "global.wildcard"]),
        ("allowedScopes", ["openid", "permissions", "publicapi.all", "offline_access"]),
        ("allowedGrantTypes", ["client credentials"]),
        ("allowedGrantTypes", ["authorization_code", "implicit"]),
        ("allowedGrantTypes", ["hybrid", "authorization_code"]),
        ("allowedGrantTypes", ["hybrid", "implicit"]),
        ("allowedGrantTypes", ["password", "password"]),
        ("allowedCorsOrigins", True),
        ("accessTokenLifetime", "86400"),
        ("accessTokenLifetime", 0),
        ("refreshTokenLifetime", 2**31),
    ],
)
def test_refuses_a_bad_member_by_name(caller: Caller, emulator: Emulator, member: str, value: Any) -> None:
    before = emulator.state()

    answer = caller.send("POST", caller.clients, json={"clientId": "app", member: value})

    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/json")
    assert list(answer.json()["errors"]) == [member]
    assert answer.json()["status"] == 400
    assert emulator.state() == before


def test_all_faults_of_a_body_are_named_at_once(caller: Caller) -> None:
    answer = caller.send("POST", caller.clients, json={"colour": 1, "requireConsent": 2})
    assert set(answer.json()["errors"]) == {"colour", "requireConsent", "clientId"}


def test_the_order_of_the_scopes_is_free(caller: Caller) -> None:
    scopes = ["publicapi.all", "openid", "permissions"]
    assert caller.create("app", allowedScopes=scopes).json()["allowedScopes"] == scopes


def test_the_client_id_can_not_be_changed(caller: Caller) -> None:
    caller.create("app")
    assert list(caller.update("app", clientId="other").json()["errors"]) == ["clientId"]


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [("{}", "text/plain", 415), ("[]", "application/json", 400), ("{", "application/json", 400), ("", "application/json", 400)],
)
def test_refuses_a_body_that_is_no_json_object(caller: Caller, data: str, content_type: str, status: int) -> None:
    for method, path in (("POST", caller.clients), ("PUT", caller.clients + "reader"), ("POST", caller.clients + "reader/secrets/")):
        assert caller.send(method, path, data=data, headers={"Content-Type": content_type}).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "clients", 404),
        ("GET", "clients", 404),
        ("GET", "clients/reader/", 404),
        ("POST", "clients/reader/secrets", 404),
        ("GET", "clients/reader/secrets", 404),
        ("GET", "clients//secrets/", 404),
        ("GET", "clients/reader/keys/", 404),
        ("GET", "users/", 404),
        ("PATCH", "clients/reader", 405),
        ("PUT", "clients/", 405),
        ("DELETE", "clients/", 405),
        ("GET", "clients/reader/secrets/1", 405),
        ("DELETE", "clients/reader/secrets/nothing", 404),
        ("GET", "clients/nobody/secrets/", 404),
    ],
)
def test_unknown_routes_and_verbs(caller: Caller, method: str, path: str, status: int) -> None:
    answer = caller.send(method, f"/api/adminapi2/v2/tenants/{CONTOSO}/{path}")

    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert ("Allow" in answer.headers) == (status == 405)


def test_an_administrator_may_list_the_clients_of_its_tenant(caller: Caller) -> None:
    assert caller.send("GET", caller.clients).status_code == 200


@pytest.mark.parametrize("tenant", [FABRIKAM, "0" * 32])
def test_another_tenant_is_forbidden(caller: Caller, tenant: str) -> None:
    assert caller.send("GET", caller.clients.replace(CONTOSO, tenant)).status_code == 403


def test_a_client_without_the_role_is_forbidden(caller: Caller, emulator: Emulator) -> None:
    reader = {"Authorization": f"Bearer {emulator.issue_token(CONTOSO, 'reader')}"}
    assert caller.send("GET", caller.clients, headers=reader).status_code == 403


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic {token}"])
def test_what_is_no_bearer_token_is_unauthorized(caller: Caller, header: str) -> None:
    answer = caller.send("GET", caller.clients, headers={"Authorization": header.format(token=caller.access_token)})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_is_unauthorized(caller: Caller, emulator: Emulator) -> None:
    emulator.advance(86401)
    assert caller.send("GET", caller.clients).status_code == 401


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_a_tenant_id_may_have_hyphens(caller: Caller, change: Callable[[str], str]) -> None:
    hyphens = f"{CONTOSO[:8]}-{CONTOSO[8:12]}-{CONTOSO[12:16]}-{CONTOSO[16:20]}-{CONTOSO[20:]}"
    assert caller.send("GET", caller.clients.replace(CONTOSO, change(hyphens))).status_code == 200


def test_a_deleted_client_loses_its_role_and_its_tokens_live_on(caller: Caller) -> None:
    deleted = caller.send("DELETE", caller.clients + "automation")

    # Sent with the token of the deleted client.
    caller.create("automation", allowedGrantTypes=["client_credentials"])
    secret = caller.make_secret("automation").json()["value"]
    token = caller.log_in("automation", secret).json()["access_token"]

    assert deleted.status_code == 204
    assert caller.send("GET", caller.clients, headers={"Authorization": f"Bearer {token}"}).status_code == 403


class TestPages:
    @pytest.fixture(autouse=True)
    def _many(self, emulator: Emulator) -> None:
        """Add 250 clients to the two of the start."""
        emulator.seed("contoso", [{"clientId": f"app{number:03}"} for number in range(250)])

    def page(self, caller: Caller, query: str) -> tuple[list[str], int]:
        """Return the ids on a page, and the total."""
        answer = caller.send("GET", f"{caller.clients}?{query}").json()
        return [item["clientId"] for item in answer["items"]], answer["totalItemCount"]

    def test_together_are_all_clients(self, caller: Caller) -> None:
        pages = [self.page(caller, f"offset={offset}")[0] for offset in (0, 100, 200)]
        assert [client_id for page in pages for client_id in page] == ["automation", "reader", *(f"app{number:03}" for number in range(250))]

    def test_the_last_page_is_shorter(self, caller: Caller) -> None:
        assert self.page(caller, "offset=250&limit=5") == (["app248", "app249"], 252)

    def test_no_page_has_more_than_a_hundred(self, caller: Caller) -> None:
        assert len(self.page(caller, "limit=1000")[0]) == 100

    def test_there_is_nothing_after_the_last_page(self, caller: Caller) -> None:
        assert self.page(caller, "offset=252")[0] == []


@pytest.mark.parametrize("query", ["offset=-1", "limit=0", "limit=ten", "offset=", "filter=x"])
def test_refuses_a_bad_query(caller: Caller, query: str) -> None:
    answer = caller.send("GET", f"{caller.clients}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.split("=")[0]]
