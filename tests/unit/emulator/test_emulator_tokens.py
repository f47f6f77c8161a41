# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the token endpoint to RFC 6749 and to what IdentityServer does."""

from __future__ import annotations

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM

AUTOMATION = {"client_id": "automation", "client_secret": "contoso-automation-secret-0001"}
ADMIN = {"grant_type": "password", "username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd", **AUTOMATION}
OFFLINE = "openid permissions global.wildcard offline_access"


def refresh(caller, token, **form):
    return caller.ask_token(**{"grant_type": "refresh_token", "refresh_token": token, **AUTOMATION, **form})


@pytest.mark.parametrize("tenant", [CONTOSO, None])
def test_client_credentials_open_the_admin_api(caller, tenant):
    answer = caller.ask_token(tenant, grant_type="client_credentials", scope="openid permissions global.wildcard", **AUTOMATION)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.json()
    assert {name: token[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer",
        "expires_in": 86400,
        "scope": "openid permissions global.wildcard",
    }
    assert "refresh_token" not in token
    assert caller.send("GET", caller.clients, headers={"Authorization": f"Bearer {token['access_token']}"}).status_code == 200


def test_the_secret_may_come_as_basic_authentication(caller):
    url = f"https://vantage.test/auth2/{CONTOSO}/connect/token"
    good = caller.session.post(url, data={"grant_type": "client_credentials"}, auth=("automation", "contoso-automation-secret-0001"))
    bad = caller.session.post(url, data={"grant_type": "client_credentials"}, auth=("automation", "wrong"))
    assert (good.status_code, bad.status_code, bad.json()["error"]) == (200, 400, "invalid_client")


def test_the_endpoint_without_a_tenant_goes_by_the_secret(caller):
    for tenant, name in ((CONTOSO, "contoso"), (FABRIKAM, "fabrikam")):
        token = caller.ask_token(None, grant_type="client_credentials", client_id="automation", client_secret=f"{name}-automation-secret-0001").json()
        answer = caller.send("GET", f"/api/adminapi2/v2/tenants/{tenant}/clients/", headers={"Authorization": f"Bearer {token['access_token']}"})
        assert answer.status_code == 200


@pytest.mark.parametrize("secret", ["wrong", "", "fabrikam-automation-secret-0001"])
def test_a_wrong_secret_is_an_invalid_client(caller, secret):
    answer = caller.log_in("automation", secret)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize("tenant", [CONTOSO, None])
def test_an_unknown_client_is_an_invalid_client(caller, tenant):
    assert caller.ask_token(tenant, grant_type="client_credentials", client_id="nobody", client_secret="x").json()["error"] == "invalid_client"


def test_a_created_client_proves_its_secret_though_it_may_not_use_the_grant(caller):
    caller.create("app", allowedGrantTypes=["authorization_code"])
    value = caller.make_secret("app").json()["value"]
    assert caller.log_in("app", value).json()["error"] == "unauthorized_client"
    assert caller.log_in("app", value + "x").json()["error"] == "invalid_client"
    assert caller.ask_token(FABRIKAM, grant_type="client_credentials", client_id="app", client_secret=value).json()["error"] == "invalid_client"


def test_a_client_without_any_secret_can_not_log_in(caller):
    caller.create("app", allowedGrantTypes=["client_credentials"])
    assert caller.log_in("app", "x").json()["error"] == "invalid_client"


def test_a_client_that_needs_no_secret_is_not_asked_for_the_right_one(caller):
    caller.create("app", allowedGrantTypes=["client_credentials", "password"], requireClientSecret=False)
    assert caller.log_in("app", "anything").status_code == 200
    form = {"grant_type": "password", "username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd", "client_id": "app"}
    assert caller.ask_token(**form).status_code == 200


def test_a_malformed_origin_breaks_the_client_at_login(caller):
    caller.create("app", allowedGrantTypes=["client_credentials"], allowedCorsOrigins=["https://a.test/"])
    value = caller.make_secret("app").json()["value"]
    assert caller.log_in("app", value).json()["error"] == "invalid_client"
    caller.update("app", allowedGrantTypes=["client_credentials"], allowedCorsOrigins=["https://a.test", "http://b.test:8080"])
    assert caller.log_in("app", value).status_code == 200


def test_the_clients_own_lifetime_counts(caller, emulator):
    caller.create("app", allowedGrantTypes=["client_credentials"], accessTokenLifetime=60)
    emulator.seed("contoso", [{"clientId": "app", "roles": ["Tenant Administrator"]}])
    token = caller.log_in("app", caller.make_secret("app").json()["value"]).json()
    assert token["expires_in"] == 60
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    assert caller.send("GET", caller.clients, headers=bearer).status_code == 200
    emulator.advance(61)
    assert caller.send("GET", caller.clients, headers=bearer).status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": "everything"}, "invalid_scope"),
        ({"grant_type": "password", "username": "admin@contoso.example"}, "invalid_request"),
        ({"grant_type": "password", "username": "admin@contoso.example", "password": "wrong"}, "invalid_grant"),
        ({"grant_type": "password", "username": "nobody@contoso.example", "password": "contoso-Admin-Passw0rd"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "nonsense"}, "invalid_grant"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "nonsense", "redirect_uri": "x"}, "invalid_grant"),
        ({}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "audience": "x"}, "invalid_request"),
    ],
)
def test_oauth_errors(caller, form, error):
    answer = caller.ask_token(**form, **AUTOMATION)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", "/auth2/connect/token/", {"data": {}}, 404),
        ("POST", f"/auth2/{CONTOSO}/connect/token/", {"data": {}}, 404),
        ("POST", f"/auth2/{'0' * 32}/connect/token", {"data": {"grant_type": "password"}}, 404),
        ("GET", "/auth2/connect/token", {}, 405),
        ("POST", "/auth2/connect/token", {"json": {"grant_type": "client_credentials"}}, 400),
        ("POST", "/auth2/connect/token", {"data": [("grant_type", "password"), ("grant_type", "password")]}, 400),
        ("POST", "/auth2", {}, 404),
        ("GET", "/", {}, 404),
    ],
)
def test_what_the_token_endpoint_is_not(caller, method, path, options, status):
    assert caller.send(method, path, **options).status_code == status


def test_a_person_has_the_persons_role(caller):
    clerk = {**ADMIN, "username": "clerk@contoso.example", "password": "contoso-Clerk-Passw0rd"}
    for form, status in ((ADMIN, 200), (clerk, 403)):
        token = caller.ask_token(**form).json()["access_token"]
        assert caller.send("GET", caller.clients, headers={"Authorization": f"Bearer {token}"}).status_code == status


def test_an_e_mail_in_two_tenants_needs_the_tenant(caller):
    shared = {**ADMIN, "username": "Shared@example.com", "password": "contoso-Shared-Passw0rd"}
    assert caller.ask_token(None, **shared).json()["error"] == "invalid_grant"
    assert caller.ask_token(CONTOSO, **shared).status_code == 200
    assert caller.ask_token(None, **ADMIN).status_code == 200


def test_an_external_identity_provider_ends_the_password_grant_of_its_tenant(caller, emulator):
    emulator.behaviour.external_identity_provider = ["fabrikam"]
    assert caller.ask_token(**ADMIN).status_code == 200
    emulator.behaviour.external_identity_provider = [CONTOSO]
    assert caller.ask_token(**ADMIN).json()["error"] == "invalid_grant"
    assert caller.ask_token(grant_type="client_credentials", **AUTOMATION).status_code == 200


def test_a_refresh_token_needs_both_the_scope_and_the_clients_leave(caller):
    assert "refresh_token" not in caller.ask_token(**ADMIN).json()
    assert "refresh_token" in caller.ask_token(**ADMIN, scope=OFFLINE).json()
    reader = {**ADMIN, "client_id": "reader", "client_secret": "contoso-reader-secret-0001"}
    answer = caller.ask_token(**reader, scope=OFFLINE).json()
    assert "refresh_token" not in answer
    assert "offline_access" not in answer["scope"]
    assert "refresh_token" not in caller.ask_token(grant_type="client_credentials", scope=OFFLINE, **AUTOMATION).json()


def test_a_refresh_token_works_once_and_has_a_successor(caller):
    first = caller.ask_token(**ADMIN, scope=OFFLINE).json()
    second = refresh(caller, first["refresh_token"]).json()
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert caller.send("GET", caller.clients, headers={"Authorization": f"Bearer {second['access_token']}"}).status_code == 200
    assert refresh(caller, first["refresh_token"]).json()["error"] == "invalid_grant"
    assert refresh(caller, second["refresh_token"]).status_code == 200


def test_all_refresh_tokens_of_a_family_end_together(caller, emulator):
    token = caller.ask_token(**ADMIN, scope=OFFLINE).json()["refresh_token"]
    emulator.advance(29 * 86400)
    token = refresh(caller, token).json()["refresh_token"]
    emulator.advance(2 * 86400)
    assert refresh(caller, token).json()["error"] == "invalid_grant"


def test_a_refresh_token_belongs_to_its_client_and_tenant(caller):
    token = caller.ask_token(**ADMIN, scope=OFFLINE).json()["refresh_token"]
    caller.create("app", allowOfflineAccess=True)
    app = {"client_id": "app", "client_secret": caller.make_secret("app").json()["value"]}
    assert refresh(caller, token, **app).json()["error"] == "invalid_grant"
    assert refresh(caller, token, client_id="reader", client_secret="contoso-reader-secret-0001").json()["error"] == "unauthorized_client"
    other = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "automation", "client_secret": "fabrikam-automation-secret-0001"}
    assert caller.ask_token(FABRIKAM, **other).json()["error"] == "invalid_grant"
    assert refresh(caller, token, client_secret="wrong").json()["error"] == "invalid_client"
    assert refresh(caller, token, scope="publicapi.all").json()["error"] == "invalid_scope"
    assert refresh(caller, token).status_code == 200


def test_discovery_is_under_the_tenant_only(caller, emulator):
    path = f"/auth2/{CONTOSO}/.well-known/openid-configuration"
    document = caller.send("GET", path).json()
    assert document["issuer"] == f"https://vantage.test/auth2/{CONTOSO}"
    assert document["token_endpoint"] == f"https://vantage.test/auth2/{CONTOSO}/connect/token"
    assert document["authorization_endpoint"] == f"https://vantage.test/auth2/{CONTOSO}/connect/authorize"
    assert caller.session.get(document["jwks_uri"]).json() == {"keys": []}
    assert caller.send("POST", path).status_code == 405
    assert caller.send("GET", "/auth2/.well-known/openid-configuration").status_code == 404
    assert caller.send("GET", f"/auth2/{'0' * 32}/.well-known/openid-configuration").status_code == 404
    emulator.behaviour.issuer = "https://elsewhere.test"
    assert caller.send("GET", path).json()["issuer"] == "https://elsewhere.test"
    emulator.behaviour.discovery = False
    assert caller.send("GET", path).status_code == 404
