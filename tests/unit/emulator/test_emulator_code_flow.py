# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walk the authorization code flow as a browser and an application do."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM, PRODUCT_ID

if TYPE_CHECKING:
    import requests

    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.unit.emulator.conftest import Caller

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
CALLBACK = "http://127.0.0.1:8765/callback"
ADMIN = {"action": "login", "username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd"}
OFFLINE = "openid permissions global.wildcard offline_access"


class Browser:
    """Hold one authorization request and what a person does with it."""

    def __init__(self, caller: Caller, tenant: str | None = CONTOSO, **changes: str | None) -> None:
        parameters = {
            "client_id": "automation",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid permissions global.wildcard",
            "state": "st/at e",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "productId": PRODUCT_ID,
            **changes,
        }
        query = urlencode({name: value for name, value in parameters.items() if value is not None})
        self.caller = caller
        self.path = f"/auth2{'/' + tenant if tenant else ''}/connect/authorize?{query}"

    def open(self) -> requests.Response:
        return self.caller.send("GET", self.path)

    def submit(self, **typed: str) -> requests.Response:
        return self.caller.send("POST", self.path, data=typed)

    def come_back(self, **typed: str) -> dict[str, str]:
        """Give the parameters with which the browser lands at the application."""
        answer = self.submit(**typed)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(f"{CALLBACK}?")
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def exchange(caller: Caller, code: str, **changes: str | None) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        "redirect_uri": CALLBACK,
        "client_id": "automation",
        "client_secret": "contoso-automation-secret-0001",
        **changes,
    }
    return caller.ask_token(**{name: value for name, value in form.items() if value is not None})


@pytest.fixture
def browser(caller: Caller) -> Browser:
    return Browser(caller)


@pytest.fixture
def code(browser: Browser) -> str:
    return browser.come_back(**ADMIN)["code"]


def test_the_page_asks_for_user_and_password(browser: Browser) -> None:
    page = browser.open()

    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")

    for part in ('name="username"', 'name="password"', 'value="login"', 'value="cancel"', "Automation"):
        assert part in page.text

    assert "http" not in page.text.replace("https://vantage.test", "")


def test_the_names_on_the_page_are_no_markup(caller: Caller) -> None:
    caller.create("app", clientName="<b>App</b>", allowedGrantTypes=["authorization_code"], redirectUris=[CALLBACK])
    assert "<b>App" not in Browser(caller, client_id="app").open().text


def test_a_login_comes_back_with_a_code(browser: Browser) -> None:
    landed = browser.come_back(**ADMIN)
    assert set(landed) == {"code", "scope", "state", "session_state"}
    assert (landed["state"], landed["scope"]) == ("st/at e", "openid permissions global.wildcard")


def test_the_token_for_a_code_opens_the_admin_api(caller: Caller, code: str) -> None:
    token = exchange(caller, code).json()
    assert "refresh_token" not in token
    assert caller.send("GET", caller.clients, headers={"Authorization": f"Bearer {token['access_token']}"}).status_code == 200


def test_cancelling_comes_back_with_access_denied(browser: Browser) -> None:
    landed = browser.come_back(action="cancel")
    assert (landed["error"], landed["state"]) == ("access_denied", "st/at e")
    assert "code" not in landed


def test_a_wrong_password_asks_again(browser: Browser) -> None:
    page = browser.submit(**{**ADMIN, "password": "wrong"})

    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "admin@contoso.example" in page.text


def test_an_unknown_user_asks_again(browser: Browser) -> None:
    assert browser.submit(**{**ADMIN, "username": "nobody@contoso.example"}).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [{"code_verifier": "w" * 43}, {"code_verifier": None}, {"code_verifier": "short"}, {"redirect_uri": CALLBACK + "/other"}, {"redirect_uri": None}],
)
def test_a_code_is_spent_by_a_wrong_try(caller: Caller, code: str, changes: dict[str, str | None]) -> None:
    assert exchange(caller, code, **changes).status_code == 400
    assert exchange(caller, code).json()["error"] == "invalid_grant"


def test_a_code_works_once(caller: Caller, code: str) -> None:
    assert exchange(caller, code).status_code == 200
    assert exchange(caller, code).json()["error"] == "invalid_grant"


def test_a_code_expires_after_a_minute(caller: Caller, emulator: Emulator, code: str) -> None:
    emulator.advance(61)
    assert exchange(caller, code).json()["error"] == "invalid_grant"


def test_a_code_belongs_to_its_client(caller: Caller, code: str) -> None:
    caller.create("app", allowedGrantTypes=["authorization_code"])
    secret = caller.make_secret("app").json()["value"]

    stolen = exchange(caller, code, client_id="app", client_secret=secret)

    assert stolen.json()["error"] == "invalid_grant"
    assert exchange(caller, code).status_code == 200


@pytest.mark.parametrize(("changes", "error"), [({"client_secret": "wrong"}, "invalid_client"), ({"scope": "everything"}, "invalid_scope")])
def test_a_code_survives_a_wrong_secret_and_a_wrong_scope(caller: Caller, code: str, changes: dict[str, str], error: str) -> None:
    answer = exchange(caller, code, **changes)
    assert answer.json()["error"] == error
    assert exchange(caller, code).status_code == 200


@pytest.mark.parametrize(
    ("where", "at_authorize", "at_exchange"),
    [("either", True, True), ("authorize", True, False), ("exchange", False, True)],
)
def test_where_offline_access_counts(caller: Caller, emulator: Emulator, where: str, at_authorize: bool, at_exchange: bool) -> None:
    emulator.behaviour.offline_access_at = where

    first = exchange(caller, Browser(caller, scope=OFFLINE).come_back(**ADMIN)["code"]).json()
    second = exchange(caller, Browser(caller).come_back(**ADMIN)["code"], scope=OFFLINE).json()
    neither = exchange(caller, Browser(caller).come_back(**ADMIN)["code"]).json()

    assert ["refresh_token" in answer for answer in (first, second, neither)] == [at_authorize, at_exchange, False]


def test_the_refresh_token_of_the_code_flow_works(caller: Caller) -> None:
    client = {"client_id": "automation", "client_secret": "contoso-automation-secret-0001"}
    token = exchange(caller, Browser(caller, scope=OFFLINE).come_back(**ADMIN)["code"]).json()["refresh_token"]

    answer = caller.ask_token(grant_type="refresh_token", refresh_token=token, **client)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": "https://evil.test/"},
        {"redirect_uri": 'https://evil.test/"\\'},
        {"redirect_uri": None},
        {"productId": None},
        {"productId": "another"},
    ],
)
def test_there_is_no_redirect_to_an_unknown_address(caller: Caller, changes: dict[str, str | None]) -> None:
    opened, submitted = Browser(caller, **changes).open(), Browser(caller, **changes).submit(**ADMIN)
    for answer in (opened, submitted):
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_wrong_request_goes_back_with_an_error(caller: Caller, changes: dict[str, str | None], error: str) -> None:
    answer = Browser(caller, **changes).open()
    landed = parse_qs(urlsplit(answer.headers["Location"]).query)

    assert answer.status_code == 302
    assert (landed["error"], landed["state"]) == ([error], ["st/at e"])


@pytest.mark.parametrize("redirect_uri", ["https://app.test", "https://app.test/a?b=c", "https://app.test.evil.test/"])
def test_redirects_match_by_prefix(caller: Caller, redirect_uri: str) -> None:
    caller.create("app", allowedGrantTypes=["authorization_code"], redirectUris=["https://app.test"])
    answer = Browser(caller, client_id="app", redirect_uri=redirect_uri).submit(**ADMIN)
    assert answer.headers["Location"].startswith(redirect_uri)


def test_redirects_to_elsewhere_are_refused(caller: Caller) -> None:
    caller.create("app", allowedGrantTypes=["authorization_code"], redirectUris=["https://app.test"])
    assert Browser(caller, client_id="app", redirect_uri="https://other.test").open().status_code == 400


def test_pkce_may_be_left_out_where_the_client_may_do_without(caller: Caller) -> None:
    caller.create("app", allowNoPkce=True, allowedGrantTypes=["authorization_code"], redirectUris=[CALLBACK])
    secret = caller.make_secret("app").json()["value"]

    code = Browser(caller, client_id="app", code_challenge=None, code_challenge_method=None).come_back(**ADMIN)["code"]
    answer = exchange(caller, code, client_id="app", client_secret=secret, code_verifier=None)

    assert answer.status_code == 200


def test_a_client_without_the_grant_is_sent_back(caller: Caller) -> None:
    caller.create("app", allowedGrantTypes=["password"], redirectUris=[CALLBACK])
    assert "unauthorized_client" in Browser(caller, client_id="app").open().headers["Location"]


def test_without_a_tenant_the_e_mail_finds_it(caller: Caller) -> None:
    code = Browser(caller, tenant=None).come_back(**ADMIN)["code"]
    assert exchange(caller, code).status_code == 200


class TestSharedEMailWithoutTenant:
    shared: ClassVar = {"action": "login", "username": "shared@example.com", "password": "fabrikam-Shared-Passw0rd"}

    @pytest.fixture
    def browser(self, caller: Caller) -> Browser:
        return Browser(caller, tenant=None)

    def test_has_to_choose_a_tenant(self, browser: Browser) -> None:
        page = browser.submit(**self.shared)

        assert page.status_code == 200
        for tenant in (CONTOSO, FABRIKAM):
            assert f'value="{tenant}"' in page.text

    def test_is_asked_again_where_the_password_is_of_another_tenant(self, browser: Browser) -> None:
        assert browser.submit(**self.shared, tenant=CONTOSO).status_code == 200

    def test_logs_in_to_the_tenant_that_it_chose(self, caller: Caller, browser: Browser) -> None:
        code = browser.come_back(**self.shared, tenant=FABRIKAM)["code"]

        token = caller.ask_token(
            FABRIKAM,
            grant_type="authorization_code",
            code=code,
            code_verifier=VERIFIER,
            redirect_uri=CALLBACK,
            client_id="automation",
            client_secret="fabrikam-automation-secret-0001",
        )

        assert token.status_code == 200


def test_without_a_tenant_the_one_that_has_the_client_answers(caller: Caller) -> None:
    caller.create("app", allowedGrantTypes=["authorization_code"], redirectUris=[CALLBACK])
    assert Browser(caller, tenant=None, client_id="app").open().status_code == 200
    assert "redirect_uri" in Browser(caller, tenant=None, client_id="app", redirect_uri="https://other.test").open().text


def test_the_authorize_endpoint_knows_two_verbs(caller: Caller, browser: Browser) -> None:
    assert caller.send("PUT", browser.path).status_code == 405
    assert caller.send("GET", browser.path.replace("authorize?", "authorize/?")).status_code == 404
    assert caller.send("GET", browser.path.replace(CONTOSO, "0" * 32)).status_code == 404
