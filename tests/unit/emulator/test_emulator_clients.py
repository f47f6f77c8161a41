# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the emulated clients to the contract."""

from __future__ import annotations

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM

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


def test_create_fills_in_the_defaults(caller):
    answer = caller.create("app")
    assert answer.status_code == 201
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json() == {"clientId": "app", "clientName": "app", **DEFAULTS} == caller.read("app")


def test_create_twice_is_a_conflict(caller):
    caller.create("app")
    assert caller.create("app").status_code == 409
    assert caller.create("APP").status_code == 201


def test_an_update_that_leaves_a_member_out_resets_it(caller):
    caller.create("app", requireConsent=True, clientName="Other", enabled=False, redirectUris=["https://a.test/cb"])
    answer = caller.update("app", clientId="app", allowNoPkce=True)
    assert answer.status_code == 200
    assert answer.json() == {"clientId": "app", "clientName": "app", **DEFAULTS, "allowNoPkce": True}


def test_null_stands_for_the_default_but_not_for_a_boolean(caller):
    caller.create("app", redirectUris=["https://a.test/cb"])
    assert caller.update("app", redirectUris=None, clientName=None, accessTokenLifetime=None).json()["redirectUris"] == []
    assert caller.update("app", requireConsent=None).json()["errors"] == {"requireConsent": ["must be true or false"]}


def test_delete_takes_the_client_away(caller):
    caller.create("app")
    assert caller.send("DELETE", caller.clients + "app").status_code == 204
    assert caller.send("GET", caller.clients + "app").status_code == 404
    assert caller.send("DELETE", caller.clients + "app").status_code == 404
    assert caller.update("app").status_code == 404


def test_path_segments_are_decoded(caller):
    assert caller.create("a/b c%#?").status_code == 201
    assert caller.read("a%2Fb%20c%25%23%3F")["clientId"] == "a/b c%#?"
    assert caller.make_secret("a%2Fb%20c%25%23%3F").status_code == 201
    assert caller.send("DELETE", caller.clients + "a%2Fb%20c%25%23%3F").status_code == 204


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
def test_refuses_a_bad_member_by_name(caller, emulator, member, value):
    before = emulator.state()
    answer = caller.send("POST", caller.clients, json={"clientId": "app", member: value})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/json")
    assert list(answer.json()["errors"]) == [member]
    assert answer.json()["status"] == 400
    assert emulator.state() == before


def test_all_faults_of_a_body_are_named_at_once(caller):
    assert set(caller.send("POST", caller.clients, json={"colour": 1, "requireConsent": 2}).json()["errors"]) == {"colour", "requireConsent", "clientId"}


def test_the_order_of_the_scopes_is_free(caller):
    scopes = ["publicapi.all", "openid", "permissions"]
    assert caller.create("app", allowedScopes=scopes).json()["allowedScopes"] == scopes


def test_the_client_id_can_not_be_changed(caller):
    caller.create("app")
    assert list(caller.update("app", clientId="other").json()["errors"]) == ["clientId"]


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [("{}", "text/plain", 415), ("[]", "application/json", 400), ("{", "application/json", 400), ("", "application/json", 400)],
)
def test_refuses_a_body_that_is_no_json_object(caller, data, content_type, status):
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
def test_unknown_routes_and_verbs(caller, method, path, status):
    answer = caller.send(method, f"/api/adminapi2/v2/tenants/{CONTOSO}/{path}")
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert ("Allow" in answer.headers) == (status == 405)


def test_only_a_living_token_of_the_tenants_administrators_comes_in(caller, emulator):
    other = caller.clients.replace(CONTOSO, FABRIKAM)
    unknown = caller.clients.replace(CONTOSO, "0" * 32)
    reader = {"Authorization": f"Bearer {emulator.issue_token(CONTOSO, 'reader')}"}
    assert caller.send("GET", caller.clients).status_code == 200
    assert caller.send("GET", other).status_code == 403
    assert caller.send("GET", unknown).status_code == 403
    assert caller.send("GET", caller.clients, headers=reader).status_code == 403
    for header in ("", "Bearer", "Bearer nonsense", f"Basic {caller.access_token}"):
        answer = caller.send("GET", caller.clients, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    emulator.advance(86401)
    assert caller.send("GET", caller.clients).status_code == 401


def test_a_tenant_id_may_have_hyphens(caller):
    hyphens = f"{CONTOSO[:8]}-{CONTOSO[8:12]}-{CONTOSO[12:16]}-{CONTOSO[16:20]}-{CONTOSO[20:]}"
    for written in (hyphens, hyphens.upper()):
        assert caller.send("GET", caller.clients.replace(CONTOSO, written)).status_code == 200


def test_a_deleted_client_loses_its_role_and_its_tokens_live_on(caller):
    assert caller.send("DELETE", caller.clients + "automation").status_code == 204
    caller.create("automation", allowedGrantTypes=["client_credentials"])
    secret = caller.make_secret("automation").json()["value"]
    token = caller.log_in("automation", secret).json()["access_token"]
    assert caller.send("GET", caller.clients, headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_pages_by_offset_and_limit(caller, emulator):
    emulator.seed("contoso", [{"clientId": f"app{number:03}"} for number in range(250)])
    whole = [item["clientId"] for offset in (0, 100, 200) for item in caller.send("GET", f"{caller.clients}?offset={offset}").json()["items"]]
    assert whole == ["automation", "reader", *(f"app{number:03}" for number in range(250))]
    page = caller.send("GET", f"{caller.clients}?offset=250&limit=5").json()
    assert ([item["clientId"] for item in page["items"]], page["totalItemCount"]) == (["app248", "app249"], 252)
    assert len(caller.send("GET", f"{caller.clients}?limit=1000").json()["items"]) == 100
    assert caller.send("GET", f"{caller.clients}?offset=252").json()["items"] == []


@pytest.mark.parametrize("query", ["offset=-1", "limit=0", "limit=ten", "offset=", "filter=x"])
def test_refuses_a_bad_query(caller, query):
    answer = caller.send("GET", f"{caller.clients}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.split("=")[0]]
