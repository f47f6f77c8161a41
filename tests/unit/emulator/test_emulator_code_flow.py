# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walk the authorization code flow as a browser and an application do."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM, PRODUCT_ID

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
CALLBACK = "http://127.0.0.1:8765/callback"
ADMIN = {"action": "login", "username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd"}
OFFLINE = "openid permissions global.wildcard offline_access"


class Browser:
    """Hold one authorization request and what a person does with it."""

    def __init__(self, caller, tenant=CONTOSO, **changes):
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

    def open(self):
        return self.caller.send("GET", self.path)

    def submit(self, **typed):
        return self.caller.send("POST", self.path, data=typed)

    def come_back(self, **typed):
        """Give the parameters with which the browser lands at the application."""
        answer = self.submit(**typed)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(f"{CALLBACK}?")
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def exchange(caller, code, **changes):
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
def browser(caller):
    return Browser(caller)


@pytest.fixture
def code(browser):
    return browser.come_back(**ADMIN)["code"]


def test_the_page_asks_who_is_there(browser):
    page = browser.open()
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    for part in ('name="username"', 'name="password"', 'value="login"', 'value="cancel"', "Automation"):
        assert part in page.text
    assert "http" not in page.text.replace("https://vantage.test", "")


def test_the_names_on_the_page_are_no_markup(caller):
    caller.create("app", clientName="<b>App</b>", allowedGrantTypes=["authorization_code"], redirectUris=[CALLBACK])
    assert "<b>App" not in Browser(caller, client_id="app").open().text


def test_a_login_comes_back_with_a_code_that_opens_the_admin_api(browser, caller):
    landed = browser.come_back(**ADMIN)
    assert set(landed) == {"code", "scope", "state", "session_state"}
    assert (landed["state"], landed["scope"]) == ("st/at e", "openid permissions global.wildcard")
    token = exchange(caller, landed["code"]).json()
    assert "refresh_token" not in token
    assert caller.send("GET", caller.clients, headers={"Authorization": f"Bearer {token['access_token']}"}).status_code == 200


def test_cancelling_comes_back_with_access_denied(browser):
    landed = browser.come_back(action="cancel")
    assert (landed["error"], landed["state"]) == ("access_denied", "st/at e")
    assert "code" not in landed


def test_a_wrong_password_asks_again(browser):
    page = browser.submit(**{**ADMIN, "password": "wrong"})
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "admin@contoso.example" in page.text
    assert browser.submit(**{**ADMIN, "username": "nobody@contoso.example"}).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [{"code_verifier": "w" * 43}, {"code_verifier": None}, {"code_verifier": "short"}, {"redirect_uri": CALLBACK + "/other"}, {"redirect_uri": None}],
)
def test_a_code_is_spent_by_a_wrong_try(caller, code, changes):
    assert exchange(caller, code, **changes).status_code == 400
    assert exchange(caller, code).json()["error"] == "invalid_grant"


def test_a_code_works_once(caller, code):
    assert exchange(caller, code).status_code == 200
    assert exchange(caller, code).json()["error"] == "invalid_grant"


def test_a_code_dies_after_a_minute(caller, emulator, code):
    emulator.advance(61)
    assert exchange(caller, code).json()["error"] == "invalid_grant"


def test_a_code_belongs_to_its_client_and_tenant(caller, code):
    caller.create("app", allowedGrantTypes=["authorization_code"])
    secret = caller.make_secret("app").json()["value"]
    assert exchange(caller, code, client_id="app", client_secret=secret).json()["error"] == "invalid_grant"
    assert exchange(caller, code, client_secret="wrong").json()["error"] == "invalid_client"
    assert exchange(caller, code, scope="everything").json()["error"] == "invalid_scope"
    assert exchange(caller, code).status_code == 200


@pytest.mark.parametrize(
    ("where", "at_authorize", "at_exchange"),
    [("either", True, True), ("authorize", True, False), ("exchange", False, True)],
)
def test_where_offline_access_counts(caller, emulator, where, at_authorize, at_exchange):
    emulator.behaviour.offline_access_at = where
    first = exchange(caller, Browser(caller, scope=OFFLINE).come_back(**ADMIN)["code"]).json()
    second = exchange(caller, Browser(caller).come_back(**ADMIN)["code"], scope=OFFLINE).json()
    assert ("refresh_token" in first, "refresh_token" in second) == (at_authorize, at_exchange)
    assert "refresh_token" not in exchange(caller, Browser(caller).come_back(**ADMIN)["code"]).json()


def test_the_refresh_token_of_the_code_flow_works(caller):
    token = exchange(caller, Browser(caller, scope=OFFLINE).come_back(**ADMIN)["code"]).json()["refresh_token"]
    client = {"client_id": "automation", "client_secret": "contoso-automation-secret-0001"}
    assert caller.ask_token(grant_type="refresh_token", refresh_token=token, **client).status_code == 200


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
def test_there_is_no_way_back_to_a_stranger(caller, changes):
    for answer in (Browser(caller, **changes).open(), Browser(caller, **changes).submit(**ADMIN)):
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
def test_a_wrong_request_goes_back_with_an_error(caller, changes, error):
    answer = Browser(caller, **changes).open()
    assert answer.status_code == 302
    landed = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (landed["error"], landed["state"]) == ([error], ["st/at e"])


def test_redirects_match_by_prefix(caller):
    caller.create("app", allowedGrantTypes=["authorization_code"], redirectUris=["https://app.test"])
    for redirect_uri in ("https://app.test", "https://app.test/a?b=c", "https://app.test.evil.test/"):
        answer = Browser(caller, client_id="app", redirect_uri=redirect_uri).submit(**ADMIN)
        assert answer.headers["Location"].startswith(redirect_uri)
    assert Browser(caller, client_id="app", redirect_uri="https://other.test").open().status_code == 400


def test_pkce_may_be_left_out_where_the_client_is_let_off(caller):
    caller.create("app", allowNoPkce=True, allowedGrantTypes=["authorization_code"], redirectUris=[CALLBACK])
    secret = caller.make_secret("app").json()["value"]
    code = Browser(caller, client_id="app", code_challenge=None, code_challenge_method=None).come_back(**ADMIN)["code"]
    assert exchange(caller, code, client_id="app", client_secret=secret, code_verifier=None).status_code == 200


def test_a_client_without_the_grant_is_sent_back(caller):
    caller.create("app", allowedGrantTypes=["password"], redirectUris=[CALLBACK])
    assert "unauthorized_client" in Browser(caller, client_id="app").open().headers["Location"]


def test_without_a_tenant_the_e_mail_finds_it(caller):
    code = Browser(caller, tenant=None).come_back(**ADMIN)["code"]
    assert exchange(caller, code).status_code == 200


def test_without_a_tenant_a_shared_e_mail_has_to_choose(caller):
    browser = Browser(caller, tenant=None)
    shared = {"action": "login", "username": "shared@example.com", "password": "fabrikam-Shared-Passw0rd"}
    page = browser.submit(**shared)
    assert page.status_code == 200
    for tenant in (CONTOSO, FABRIKAM):
        assert f'value="{tenant}"' in page.text
    assert browser.submit(**shared, tenant=CONTOSO).status_code == 200
    code = browser.come_back(**shared, tenant=FABRIKAM)["code"]
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


def test_without_a_tenant_the_one_that_knows_the_client_speaks(caller):
    caller.create("app", allowedGrantTypes=["authorization_code"], redirectUris=[CALLBACK])
    assert Browser(caller, tenant=None, client_id="app").open().status_code == 200
    assert "redirect_uri" in Browser(caller, tenant=None, client_id="app", redirect_uri="https://other.test").open().text


def test_the_authorize_endpoint_knows_two_verbs(caller, browser):
    assert caller.send("PUT", browser.path).status_code == 405
    assert caller.send("GET", browser.path.replace("authorize?", "authorize/?")).status_code == 404
    assert caller.send("GET", browser.path.replace(CONTOSO, "0" * 32)).status_code == 404
