# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The address with which a login in a browser begins."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.login import discovery
from ansible_collections.abbyy.vantage.plugins.module_utils.login.pkce import challenge_from_verifier, is_verifier
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.browser_login import REDIRECT_URI, BrowserLogin, query_of
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess


@pytest.fixture
def login(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> BrowserLogin:
    return BrowserLogin(in_process, monkeypatch)


def test_the_address_has_all_parameters_of_the_vendor(login: BrowserLogin) -> None:
    begun = login.begin()

    assert query_of(begun["url"]) == {
        "client_id": "automation",
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid permissions global.wildcard",
        "state": begun["state"],
        "code_challenge": begun["code_challenge"],
        "code_challenge_method": "S256",
        "productId": "a8548c9b-cb90-4c66-8567-d7372bb9b963",
    }
    assert begun["redirect_uri"] == REDIRECT_URI
    # A space as %20 is read by everybody, as + only by some.
    assert "scope=openid%20permissions%20global.wildcard" in begun["url"]


def test_the_address_has_the_challenge_and_not_its_verifier(login: BrowserLogin) -> None:
    begun = login.begin()

    assert begun["code_challenge"] == challenge_from_verifier(begun["code_verifier"])
    assert is_verifier(begun["code_verifier"])
    assert begun["code_verifier"] not in begun["url"]


@pytest.mark.parametrize("name", ["url", "state", "code_verifier", "code_challenge"])
def test_no_two_logins_share_a_value(login: BrowserLogin, name: str) -> None:
    values = {login.begin()[name] for _time in range(20)}
    assert len(values) == 20


@pytest.mark.parametrize("tenant_id", [None, CONTOSO])
def test_nothing_is_sent(login: BrowserLogin, tenant_id: str | None) -> None:
    login.begin(tenant_id=tenant_id)
    assert login.kinds() == []


@pytest.mark.parametrize(
    ("tenant_id", "path"),
    [
        (CONTOSO, f"/auth2/{CONTOSO}/connect/authorize"),
        ("7a1de5a0-c0de-4b1e-8f00-c04705000001", "/auth2/7a1de5a0-c0de-4b1e-8f00-c04705000001/connect/authorize"),
        (None, "/auth2/connect/authorize"),
        ("", "/auth2/connect/authorize"),
    ],
)
def test_a_tenant_pins_the_endpoint(login: BrowserLogin, tenant_id: str | None, path: str) -> None:
    url = login.begin(tenant_id=tenant_id)["url"]
    assert urlsplit(url).path == path
    assert login.session().get(url).status_code == 200


@pytest.mark.parametrize(
    ("scope", "offline_access", "sent"),
    [
        ("openid permissions global.wildcard", True, "openid permissions global.wildcard offline_access"),
        ("openid offline_access", True, "openid offline_access"),
        ("openid offline_access", False, "openid offline_access"),
        ("  openid\n permissions ", False, "openid permissions"),
        ("", True, "offline_access"),
    ],
)
def test_offline_access_is_requested_only_when_wanted(login: BrowserLogin, scope: str, offline_access: bool, sent: str) -> None:
    begun = login.begin(auth_scope=scope, offline_access=offline_access)
    assert query_of(begun["url"])["scope"] == sent


@pytest.mark.parametrize(
    ("options", "parameter", "value"),
    [({"auth_scope": ""}, "scope", None), ({"product_id": "another"}, "productId", "another"), ({"product_id": ""}, "productId", None)],
)
def test_scope_and_product_can_be_changed_or_left_out(login: BrowserLogin, options: dict[str, str], parameter: str, value: str | None) -> None:
    begun = login.begin(**options)
    assert query_of(begun["url"]).get(parameter) == value


def test_values_are_encoded(login: BrowserLogin) -> None:
    redirect_uri = "https://app.example.com/oauth?a=1&b=2"
    query = query_of(login.begin(auth_client_id="a&b=c d", redirect_uri=f" {redirect_uri}\n")["url"])
    assert (query["client_id"], query["redirect_uri"]) == ("a&b=c d", redirect_uri)


def test_discovery_names_the_endpoint(login: BrowserLogin) -> None:
    begun = login.begin(auth_discovery=True)
    assert urlsplit(begun["url"]).path == f"/auth2/{CONTOSO}/connect/authorize"
    assert login.kinds() == ["discovery"]


def test_discovery_may_name_an_address_with_a_query(login: BrowserLogin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery.Endpoints, "authorize", lambda self: "https://login.example.com/authorize?realm=a")

    url = login.begin()["url"]

    assert url.startswith("https://login.example.com/authorize?realm=a&client_id=automation&")
    assert query_of(url)["realm"] == "a"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"auth_client_id": None}, "auth_client_id"),
        ({"auth_client_id": ""}, "VANTAGE_AUTH_CLIENT_ID"),
        ({"redirect_uri": "callback"}, "redirect_uri 'callback'"),
        ({"redirect_uri": "https://app.example.com/#x"}, "fragment"),
        ({"base_url": None}, "Neither base_url nor region"),
        ({"tenant_id": "con toso"}, "tenant_id 'con toso' holds a character that no tenant id has"),
        ({"auth_discovery": True, "tenant_id": None}, "auth_discovery needs tenant_id"),
    ],
)
def test_a_wrong_or_missing_option_is_named(login: BrowserLogin, options: dict[str, object], reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        login.begin(**options)
    assert reason in caught.value.message


def test_a_deployment_without_discovery_is_explained(login: BrowserLogin) -> None:
    login.emulator.behaviour.discovery = False

    with pytest.raises(ApiError) as caught:
        login.begin(auth_discovery=True)

    assert caught.value.code == "discovery"
    assert "set auth_discovery to false" in caught.value.message
