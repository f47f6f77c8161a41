# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the token endpoint to RFC 6749 and to what IdentityServer does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM

if TYPE_CHECKING:
    import requests

    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.unit.emulator.conftest import Caller

AUTOMATION = {"client_id": "automation", "client_secret": "contoso-automation-secret-0001"}
ADMIN = {"grant_type": "password", "username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd", **AUTOMATION}
OFFLINE = "openid permissions global.wildcard offline_access"


def refresh(caller: Caller, token: str, **form: str) -> requests.Response:
    return caller.ask_token(**{"grant_type": "refresh_token", "refresh_token": token, **AUTOMATION, **form})


@pytest.mark.parametrize("tenant", [CONTOSO, None])
def test_client_credentials_open_the_admin_api(caller: Caller, tenant: str | None) -> None:
    answer = caller.ask_token(tenant, grant_type="client_credentials", scope="openid permissions global.wildcard", **AUTOMATION)
    token = answer.json()

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 86400, "openid permissions global.wildcard")
    assert "refresh_token" not in token
    assert caller.send("GET", caller.clients, headers={"Authorization": f"Bearer {token['access_token']}"}).status_code == 200


def test_the_secret_may_come_as_basic_authentication(caller: Caller) -> None:
    url = f"https://vantage.test/auth2/{CONTOSO}/connect/token"

    good = caller.session.post(url, data={"grant_type": "client_credentials"}, auth=("automation", "contoso-automation-secret-0001"))
    bad = caller.session.post(url, data={"grant_type": "client_credentials"}, auth=("automation", "wrong"))

    assert (good.status_code, bad.status_code, bad.json()["error"]) == (200, 400, "invalid_client")


@pytest.mark.parametrize(("tenant", "name"), [(CONTOSO, "contoso"), (FABRIKAM, "fabrikam")])
def test_the_endpoint_without_a_tenant_goes_by_the_secret(caller: Caller, tenant: str, name: str) -> None:
    token = caller.ask_token(None, grant_type="client_credentials", client_id="automation", client_secret=f"{name}-automation-secret-0001").json()
    answer = caller.send("GET", f"/api/adminapi2/v2/tenants/{tenant}/clients/", headers={"Authorization": f"Bearer {token['access_token']}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("secret", ["wrong", "", "fabrikam-automation-secret-0001"])
def test_a_wrong_secret_is_an_invalid_client(caller: Caller, secret: str) -> None:
    answer = caller.log_in("automation", secret)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize("tenant", [CONTOSO, None])
def test_an_unknown_client_is_an_invalid_client(caller: Caller, tenant: str | None) -> None:
    assert caller.ask_token(tenant, grant_type="client_credentials", client_id="nobody", client_secret="x").json()["error"] == "invalid_client"


class TestClientThatMayNotUseTheGrant:
    @pytest.fixture
    def value(self, caller: Caller) -> str:
        """The secret of a client that may not log in with it alone."""
        caller.create("app", allowedGrantTypes=["authorization_code"])
        return caller.make_secret("app").json()["value"]

    def test_is_told_so_after_it_has_proved_its_secret(self, caller: Caller, value: str) -> None:
        assert caller.log_in("app", value).json()["error"] == "unauthorized_client"

    def test_is_told_first_that_its_secret_is_wrong(self, caller: Caller, value: str) -> None:
        assert caller.log_in("app", value + "x").json()["error"] == "invalid_client"

    def test_is_unknown_to_another_tenant(self, caller: Caller, value: str) -> None:
        answer = caller.ask_token(FABRIKAM, grant_type="client_credentials", client_id="app", client_secret=value)
        assert answer.json()["error"] == "invalid_client"


def test_a_client_without_any_secret_can_not_log_in(caller: Caller) -> None:
    caller.create("app", allowedGrantTypes=["client_credentials"])
    assert caller.log_in("app", "x").json()["error"] == "invalid_client"


def test_a_client_that_needs_no_secret_may_send_any(caller: Caller) -> None:
    caller.create("app", allowedGrantTypes=["client_credentials"], requireClientSecret=False)
    assert caller.log_in("app", "anything").status_code == 200


def test_a_client_that_needs_no_secret_may_send_none(caller: Caller) -> None:
    caller.create("app", allowedGrantTypes=["password"], requireClientSecret=False)
    answer = caller.ask_token(grant_type="password", username="admin@contoso.example", password="contoso-Admin-Passw0rd", client_id="app")
    assert answer.status_code == 200


def test_a_malformed_origin_breaks_the_client_at_login(caller: Caller) -> None:
    caller.create("app", allowedGrantTypes=["client_credentials"], allowedCorsOrigins=["https://a.test/"])

    value = caller.make_secret("app").json()["value"]

    assert caller.log_in("app", value).json()["error"] == "invalid_client"

    caller.update("app", allowedGrantTypes=["client_credentials"], allowedCorsOrigins=["https://a.test", "http://b.test:8080"])

    assert caller.log_in("app", value).status_code == 200


def test_the_clients_own_lifetime_counts(caller: Caller, emulator: Emulator) -> None:
    caller.create("app", allowedGrantTypes=["client_credentials"], accessTokenLifetime=60)
    emulator.seed("contoso", [{"clientId": "app", "roles": ["Tenant Administrator"]}])
    secret = caller.make_secret("app").json()["value"]

    token = caller.log_in("app", secret).json()
    bearer = {"Authorization": f"Bearer {token['access_token']}"}

    assert token["expires_in"] == 60
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
def test_oauth_errors(caller: Caller, form: dict[str, str], error: str) -> None:
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
def test_unknown_routes_and_verbs_of_the_token_endpoint(caller: Caller, method: str, path: str, options: dict[str, Any], status: int) -> None:
    assert caller.send(method, path, **options).status_code == status


@pytest.mark.parametrize(
    ("person", "status"),
    [({}, 200), ({"username": "clerk@contoso.example", "password": "contoso-Clerk-Passw0rd"}, 403)],
    ids=["administrator", "clerk"],
)
def test_a_person_has_the_persons_role(caller: Caller, person: dict[str, str], status: int) -> None:
    token = caller.ask_token(**{**ADMIN, **person}).json()["access_token"]
    assert caller.send("GET", caller.clients, headers={"Authorization": f"Bearer {token}"}).status_code == status


def test_an_e_mail_in_two_tenants_needs_the_tenant(caller: Caller) -> None:
    shared = {**ADMIN, "username": "Shared@example.com", "password": "contoso-Shared-Passw0rd"}
    assert caller.ask_token(None, **shared).json()["error"] == "invalid_grant"
    assert caller.ask_token(CONTOSO, **shared).status_code == 200


def test_an_e_mail_in_one_tenant_needs_no_tenant(caller: Caller) -> None:
    assert caller.ask_token(None, **ADMIN).status_code == 200


def test_an_external_identity_provider_ends_the_password_grant_of_its_tenant(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.external_identity_provider = [CONTOSO]
    assert caller.ask_token(**ADMIN).json()["error"] == "invalid_grant"
    assert caller.ask_token(grant_type="client_credentials", **AUTOMATION).status_code == 200


def test_an_external_identity_provider_of_another_tenant_changes_nothing(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.external_identity_provider = ["fabrikam"]
    assert caller.ask_token(**ADMIN).status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(ADMIN, id="without the scope"),
        pytest.param({**ADMIN, "client_id": "reader", "client_secret": "contoso-reader-secret-0001", "scope": OFFLINE}, id="without the client's leave"),
        pytest.param({"grant_type": "client_credentials", "scope": OFFLINE, **AUTOMATION}, id="without a person"),
    ],
)
def test_there_is_no_refresh_token(caller: Caller, form: dict[str, str]) -> None:
    assert "refresh_token" not in caller.ask_token(**form).json()


def test_there_is_a_refresh_token_for_the_scope_where_the_client_may_have_it(caller: Caller) -> None:
    assert "refresh_token" in caller.ask_token(**ADMIN, scope=OFFLINE).json()


def test_a_client_that_may_not_have_refresh_tokens_does_not_get_the_scope(caller: Caller) -> None:
    reader = {**ADMIN, "client_id": "reader", "client_secret": "contoso-reader-secret-0001"}
    assert "offline_access" not in caller.ask_token(**reader, scope=OFFLINE).json()["scope"]


def test_a_refresh_token_works_once_and_has_a_successor(caller: Caller) -> None:
    first = caller.ask_token(**ADMIN, scope=OFFLINE).json()

    second = refresh(caller, first["refresh_token"]).json()

    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert caller.send("GET", caller.clients, headers={"Authorization": f"Bearer {second['access_token']}"}).status_code == 200
    assert refresh(caller, first["refresh_token"]).json()["error"] == "invalid_grant"
    assert refresh(caller, second["refresh_token"]).status_code == 200


def test_all_refresh_tokens_of_a_family_end_together(caller: Caller, emulator: Emulator) -> None:
    token = caller.ask_token(**ADMIN, scope=OFFLINE).json()["refresh_token"]
    emulator.advance(29 * 86400)
    token = refresh(caller, token).json()["refresh_token"]

    emulator.advance(2 * 86400)

    assert refresh(caller, token).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("tenant", "changes", "error"),
    [
        pytest.param(CONTOSO, {"client_id": "app", "client_secret": "{secret of app}"}, "invalid_grant", id="another client"),
        pytest.param(CONTOSO, {"client_id": "reader", "client_secret": "contoso-reader-secret-0001"}, "unauthorized_client", id="no client for it"),
        pytest.param(FABRIKAM, {"client_secret": "fabrikam-automation-secret-0001"}, "invalid_grant", id="another tenant"),
        pytest.param(CONTOSO, {"client_secret": "wrong"}, "invalid_client", id="wrong secret"),
        pytest.param(CONTOSO, {"scope": "publicapi.all"}, "invalid_scope", id="another scope"),
    ],
)
def test_a_refresh_token_belongs_to_its_client_and_tenant(caller: Caller, tenant: str, changes: dict[str, str], error: str) -> None:
    caller.create("app", allowOfflineAccess=True)
    secret = caller.make_secret("app").json()["value"]
    token = caller.ask_token(**ADMIN, scope=OFFLINE).json()["refresh_token"]
    form = {name: value.replace("{secret of app}", secret) for name, value in changes.items()}

    refused = caller.ask_token(tenant, **{"grant_type": "refresh_token", "refresh_token": token, **AUTOMATION, **form})

    assert refused.json()["error"] == error
    # It was not spent by that.
    assert refresh(caller, token).status_code == 200


DISCOVERY = f"/auth2/{CONTOSO}/.well-known/openid-configuration"


def test_discovery_names_the_endpoints_of_the_tenant(caller: Caller) -> None:
    document = caller.send("GET", DISCOVERY).json()

    assert document["issuer"] == f"https://vantage.test/auth2/{CONTOSO}"
    assert document["token_endpoint"] == f"https://vantage.test/auth2/{CONTOSO}/connect/token"
    assert document["authorization_endpoint"] == f"https://vantage.test/auth2/{CONTOSO}/connect/authorize"
    assert caller.session.get(document["jwks_uri"]).json() == {"keys": []}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", DISCOVERY, 405),
        ("GET", "/auth2/.well-known/openid-configuration", 404),
        ("GET", f"/auth2/{'0' * 32}/.well-known/openid-configuration", 404),
    ],
)
def test_discovery_is_under_the_tenant_only(caller: Caller, method: str, path: str, status: int) -> None:
    assert caller.send(method, path).status_code == status


def test_discovery_may_name_another_issuer(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.issuer = "https://elsewhere.test"
    assert caller.send("GET", DISCOVERY).json()["issuer"] == "https://elsewhere.test"


def test_there_may_be_no_discovery(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.discovery = False
    assert caller.send("GET", DISCOVERY).status_code == 404
