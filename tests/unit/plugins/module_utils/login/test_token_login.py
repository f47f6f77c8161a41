# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every grant against the emulator's OAuth server, and all that can go wrong with it."""

from __future__ import annotations

import http.client
import threading
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.pkce import new_verifier
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM
from ansible_collections.abbyy.vantage.tests.unit.support.browser_login import REDIRECT_URI, BrowserLogin, keys_of, query_of
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.ports import free_port

PASSWORD = {"auth_username": "admin@contoso.example", "auth_password": "contoso-Admin-Passw0rd"}
SHARED = {"auth_username": "shared@example.com", "auth_password": "contoso-Shared-Passw0rd"}
DAY = 86400


@pytest.fixture
def login(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> BrowserLogin:
    return BrowserLogin(in_process, monkeypatch)


def works(in_process: InProcess, access_token: str) -> bool:
    """Tell whether the tenant takes the token."""
    return "failed" not in in_process.run("vantage_client_info", auth_token=access_token, auth_client_id=None, auth_client_secret=None, client_id="automation")


def begin_and_log_in(login: BrowserLogin, **options: Any) -> tuple[dict[str, Any], str]:
    """Return what vantage_token needs, and the address that the browser ended on."""
    begun = login.begin(**options)
    return keys_of(begun), login.visit(begun["url"])


class TestGrants:
    def test_client_credentials_bring_an_access_token_alone(self, login: BrowserLogin, in_process: InProcess) -> None:
        answer = login.finish()

        assert set(answer) == {"access_token", "token_type", "scope", "expires_in", "expires_at", "server_time"}
        assert (answer["token_type"], answer["expires_in"]) == ("Bearer", DAY)
        assert answer["scope"] == "openid permissions global.wildcard"
        assert works(in_process, answer["access_token"])

    def test_a_password_brings_an_access_token(self, login: BrowserLogin, in_process: InProcess) -> None:
        answer = login.finish(**PASSWORD)
        assert "refresh_token" not in answer
        assert works(in_process, answer["access_token"])

    def test_a_password_brings_a_refresh_token_with_offline_access(self, login: BrowserLogin) -> None:
        answer = login.finish(**PASSWORD, offline_access=True)
        assert answer["scope"].split()[-1] == "offline_access"
        assert login.finish(auth_refresh_token=answer["refresh_token"])["refresh_token"] != answer["refresh_token"]

    def test_an_e_mail_with_two_accounts_logs_in_to_the_tenant(self, login: BrowserLogin) -> None:
        assert login.finish(**SHARED)["access_token"]

    def test_an_e_mail_with_two_accounts_is_refused_without_a_tenant(self, login: BrowserLogin) -> None:
        refusal = login.refusal(**SHARED, tenant_id=None)
        assert refusal.code == "invalid_grant"
        assert "tenant_id when the account exists in several tenants" in refusal.message

    def test_a_tenant_with_an_identity_provider_refuses_passwords(self, login: BrowserLogin) -> None:
        login.emulator.behaviour.external_identity_provider = ["contoso"]

        refusal = login.refusal(**PASSWORD)

        assert refusal.code == "invalid_grant"
        assert "external identity provider" in refusal.message

    def test_a_tenant_with_an_identity_provider_takes_a_browser_login(self, login: BrowserLogin) -> None:
        login.emulator.behaviour.external_identity_provider = ["contoso"]
        keys, address = begin_and_log_in(login)

        answer = login.finish(callback_url=address, **keys)

        assert answer["access_token"]

    @pytest.mark.parametrize("offline_access", [True, False])
    def test_a_pasted_address_brings_the_tokens(self, login: BrowserLogin, in_process: InProcess, offline_access: bool) -> None:
        keys, address = begin_and_log_in(login, offline_access=offline_access)

        answer = login.finish(callback_url=f" {address[:60]}\n  {address[60:]}\n", offline_access=offline_access, **keys)

        assert ("refresh_token" in answer) is offline_access
        assert works(in_process, answer["access_token"])
        assert login.warnings == []

    def test_a_code_alone_brings_the_tokens(self, login: BrowserLogin, in_process: InProcess) -> None:
        keys, address = begin_and_log_in(login)
        del keys["state"]

        answer = login.finish(code=f"{query_of(address)['code']}\n", **keys)

        assert works(in_process, answer["access_token"])

    @pytest.mark.parametrize("offline_access_at", ["either", "authorize", "exchange"])
    def test_offline_access_is_requested_in_both_steps(self, login: BrowserLogin, offline_access_at: str) -> None:
        login.emulator.behaviour.offline_access_at = offline_access_at
        keys, address = begin_and_log_in(login, offline_access=True)

        answer = login.finish(callback_url=address, offline_access=True, **keys)

        assert answer["refresh_token"]

    def test_a_client_without_offline_access_is_warned_of(self, login: BrowserLogin) -> None:
        login.emulator.seed("contoso", [{"clientId": "automation", "allowOfflineAccess": False}])
        keys, address = begin_and_log_in(login, offline_access=True)

        answer = login.finish(callback_url=address, offline_access=True, **keys)

        assert "refresh_token" not in answer
        assert ["allow_offline_access of client 'automation'" in warning for warning in login.warnings] == [True]

    def test_a_client_without_a_secret_logs_in_by_pkce_alone(self, login: BrowserLogin) -> None:
        client = {"clientId": "public", "requireClientSecret": False, "allowOfflineAccess": True, "allowedGrantTypes": ["authorization_code"]}
        login.emulator.seed("fabrikam", [{**client, "redirectUris": ["http://127.0.0.1:8765/"]}])
        own = {"auth_client_id": "public", "auth_client_secret": None, "tenant_id": FABRIKAM, "offline_access": True}
        begun = login.begin(**own)
        address = login.visit(begun["url"], email="admin@fabrikam.example", password="fabrikam-Admin-Passw0rd")

        answer = login.finish(callback_url=address, **own, **keys_of(begun))
        renewed = login.finish(auth_refresh_token=answer["refresh_token"], **{**own, "offline_access": False})

        assert renewed["access_token"]

    @pytest.mark.parametrize("tenant_id", [CONTOSO, "7a1de5a0-c0de-4b1e-8f00-c04705000001", None])
    def test_every_endpoint_is_the_tenants_own_if_there_is_one(self, login: BrowserLogin, tenant_id: str | None) -> None:
        keys, address = begin_and_log_in(login, tenant_id=tenant_id, offline_access=True)

        answer = login.finish(callback_url=address, tenant_id=tenant_id, offline_access=True, **keys)
        renewed = login.finish(auth_refresh_token=answer["refresh_token"], tenant_id=tenant_id)
        paths = {entry.path for entry in login.emulator.journal if entry.kind in ("token", "authorize")}

        assert renewed["access_token"]
        assert all((f"/{tenant_id}/" in path) is (tenant_id is not None) for path in paths)

    def test_discovered_endpoints_serve_a_browser_login_and_its_refresh_token(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login, auth_discovery=True, offline_access=True)

        answer = login.finish(callback_url=address, auth_discovery=True, offline_access=True, **keys)
        renewed = login.finish(auth_discovery=True, auth_refresh_token=answer["refresh_token"])

        assert renewed["access_token"]

    @pytest.mark.parametrize("options", [PASSWORD, {}], ids=["password", "client_credentials"])
    def test_discovered_endpoints_serve_the_other_grants(self, login: BrowserLogin, options: dict[str, str]) -> None:
        answer = login.finish(auth_discovery=True, **options)
        assert answer["access_token"]

    def test_a_static_token_is_not_used(self, login: BrowserLogin, in_process: InProcess) -> None:
        answer = login.finish(auth_token="an-older-one")
        assert answer["access_token"] != "an-older-one"
        assert works(in_process, answer["access_token"])


class TestRefreshTokens:
    @pytest.fixture
    def token(self, login: BrowserLogin) -> str:
        return str(login.finish(**PASSWORD, offline_access=True)["refresh_token"])

    def test_each_brings_the_next(self, login: BrowserLogin, token: str) -> None:
        seen = [token]

        for _time in range(3):
            seen.append(login.finish(auth_refresh_token=seen[-1])["refresh_token"])

        assert len(set(seen)) == 4

    def test_each_works_once(self, login: BrowserLogin, token: str) -> None:
        login.finish(auth_refresh_token=token)

        refusal = login.refusal(auth_refresh_token=token)

        assert refusal.code == "invalid_grant"
        assert "used already, or it has expired" in refusal.message
        assert "abbyy.vantage.login" in refusal.message

    def test_white_space_around_it_does_not_matter(self, login: BrowserLogin, token: str) -> None:
        assert login.finish(auth_refresh_token=f" {token}\n")["refresh_token"]

    def test_none_works_thirty_days_after_the_login(self, login: BrowserLogin, token: str) -> None:
        for _time in range(2):
            login.emulator.advance(14 * DAY)
            token = login.finish(auth_refresh_token=token)["refresh_token"]
        login.emulator.advance(3 * DAY)

        refusal = login.refusal(auth_refresh_token=token)

        assert refusal.code == "invalid_grant"
        assert "Log in again" in refusal.message

    @pytest.mark.parametrize(
        "other",
        [
            {"auth_client_id": "reader", "auth_client_secret": "contoso-reader-secret-0001"},
            {"tenant_id": FABRIKAM, "auth_client_secret": "fabrikam-automation-secret-0001"},
        ],
        ids=["client", "tenant"],
    )
    def test_it_belongs_to_its_client_and_tenant(self, login: BrowserLogin, token: str, other: dict[str, str]) -> None:
        login.emulator.seed("contoso", [{"clientId": "reader", "allowOfflineAccess": True}])
        refusal = login.refusal(auth_refresh_token=token, **other)
        assert refusal.code == "invalid_grant"

    def test_a_client_without_offline_access_cannot_use_it(self, login: BrowserLogin, token: str) -> None:
        login.emulator.seed("contoso", [{"clientId": "automation", "allowOfflineAccess": False}])

        refusal = login.refusal(auth_refresh_token=token)

        assert refusal.code == "unauthorized_client"
        assert "allow_offline_access" in refusal.message

    def test_one_that_stays_valid_is_not_returned(self, login: BrowserLogin, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
        from ansible_collections.abbyy.vantage.tests.emulator.oauth_grants import RefreshTokenGrant

        monkeypatch.setattr(RefreshTokenGrant, "INCLUDE_NEW_REFRESH_TOKEN", False)
        monkeypatch.setattr(RefreshTokenGrant, "revoke_old_credential", lambda self, refresh_token: None)
        monkeypatch.setattr(
            RefreshTokenGrant, "issue_token", lambda self, user, old: self.generate_token(user=user, scope=old.scope, include_refresh_token=False)
        )

        answers = [login.finish(auth_refresh_token=f"{token}\n") for _time in range(2)]

        assert [answer for answer in answers if "refresh_token" in answer] == []

    @pytest.mark.parametrize("kind", ["drop_after", "timeout_after", "proxy_after", "tls_after", "deep"])
    def test_a_lost_answer_leaves_it_in_doubt(self, login: BrowserLogin, token: str, kind: str) -> None:
        login.emulator.faults.replace([{"kind": kind, "path": "connect/token"}])

        refusal = login.refusal(auth_refresh_token=token)

        assert "try once more, and if it is refused then, log in again" in refusal.message
        # It was not sent a second time, which could only have failed.
        assert login.kinds().count("token") == 2
        assert login.refusal(auth_refresh_token=token).code == "invalid_grant"

    def test_a_busy_server_has_not_used_it_up(self, login: BrowserLogin, token: str) -> None:
        login.emulator.faults.replace([{"kind": "status", "status": 429, "retry_after": "1", "path": "connect/token"}])
        answer = login.finish(auth_refresh_token=token)
        assert answer["refresh_token"]

    def test_no_scope_is_sent_with_it(self, login: BrowserLogin, token: str) -> None:
        login.finish(auth_refresh_token=token, auth_scope="openid something.wider")
        assert "scope" not in list(login.emulator.journal)[-1].members


class TestRefusedCodes:
    def test_a_wrong_verifier_is_refused(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login)

        refusal = login.refusal(callback_url=address, **{**keys, "code_verifier": new_verifier()})

        assert refusal.code == "invalid_grant"
        assert "only with the code_verifier and the redirect_uri of its own" in refusal.message

    def test_a_wrong_verifier_uses_up_the_code(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login)
        login.refusal(callback_url=address, **{**keys, "code_verifier": new_verifier()})

        refusal = login.refusal(callback_url=address, **keys)

        assert refusal.code == "invalid_grant"

    def test_a_code_works_once(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login)

        answer = login.finish(callback_url=address, **keys)

        assert answer["access_token"]

        refusal = login.refusal(callback_url=address, **keys)

        assert refusal.code == "invalid_grant"
        assert "A code works once" in refusal.message

    def test_a_code_of_almost_a_minute_works(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login)
        login.emulator.advance(58)

        answer = login.finish(callback_url=address, **keys)

        assert answer["access_token"]

    def test_a_code_older_than_a_minute_is_refused(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login)
        login.emulator.advance(61)

        refusal = login.refusal(callback_url=address, **keys)

        assert refusal.code == "invalid_grant"
        assert "for one minute" in refusal.message

    def test_a_wrong_redirect_uri_is_refused(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login)
        refusal = login.refusal(callback_url=address, **{**keys, "redirect_uri": f"{REDIRECT_URI}2"})
        assert refusal.code == "invalid_grant"

    def test_a_wrong_client_secret_is_refused(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login)

        refusal = login.refusal(callback_url=address, auth_client_secret="contoso-wrong-secret", **keys)

        assert refusal.code == "invalid_client"
        assert "Check auth_client_id and auth_client_secret" in refusal.message

    @pytest.mark.parametrize(
        ("change", "code"), [(lambda text: text.replace("state=", "state=x"), "state_mismatch"), (lambda text: text.split("&state=")[0], "state_missing")]
    )
    def test_a_wrong_or_missing_state_is_refused_before_anything_is_sent(self, login: BrowserLogin, change: Any, code: str) -> None:
        keys, address = begin_and_log_in(login)
        login.emulator.journal.clear()

        refusal = login.refusal(callback_url=change(address), **keys)

        assert refusal.code == code
        assert login.kinds() == []
        # Nothing was sent, so the code still works.
        assert login.finish(callback_url=address, **keys)["access_token"]

    def test_the_state_of_another_login_is_refused(self, login: BrowserLogin) -> None:
        keys, _address = begin_and_log_in(login)
        _keys, address = begin_and_log_in(login)

        refusal = login.refusal(callback_url=address, **keys)

        assert refusal.code == "state_mismatch"

    def test_a_login_that_was_cancelled_is_reported(self, login: BrowserLogin) -> None:
        begun = login.begin()
        address = login.visit(begun["url"], action="cancel")

        refusal = login.refusal(callback_url=address, **keys_of(begun))

        assert refusal.code == "access_denied"
        assert "Whoever logged in has cancelled" in refusal.message

    def test_a_client_without_the_grant_cannot_exchange_a_code(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login)
        login.emulator.seed("contoso", [{"clientId": "automation", "allowedGrantTypes": ["client_credentials"]}])

        refusal = login.refusal(callback_url=address, **keys)

        assert refusal.code == "unauthorized_client"
        assert "add it to the client's allowed_grant_types" in refusal.message

    def test_a_client_without_the_grant_gets_no_code(self, login: BrowserLogin) -> None:
        login.emulator.seed("contoso", [{"clientId": "automation", "allowedGrantTypes": ["client_credentials"]}])
        page = login.session().get(login.begin()["url"], allow_redirects=False)
        assert "error=unauthorized_client" in page.headers["Location"]

    def test_a_code_of_another_tenant_is_refused(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login)
        refusal = login.refusal(callback_url=address, tenant_id=FABRIKAM, auth_client_secret="fabrikam-automation-secret-0001", **keys)
        assert refusal.code == "invalid_grant"

    @pytest.mark.parametrize(("kind", "code"), [("html", "not_json"), ("empty", "no_access_token"), ("redirect", "redirect"), ("forbidden", "http_403")])
    def test_an_answer_without_a_token_is_an_error(self, login: BrowserLogin, kind: str, code: str) -> None:
        keys, address = begin_and_log_in(login)
        login.emulator.faults.replace([{"kind": kind, "path": "connect/token"}])

        refusal = login.refusal(callback_url=address, **keys)

        assert refusal.code == code

    @pytest.mark.parametrize("kind", ["drop_after", "timeout_after", "proxy_after", "tls_after", "deep", "html", "status_after"])
    def test_a_lost_answer_means_a_lost_code(self, login: BrowserLogin, kind: str) -> None:
        keys, address = begin_and_log_in(login)
        login.emulator.journal.clear()
        login.emulator.faults.replace([{"kind": kind, "path": "connect/token"}])

        refusal = login.refusal(callback_url=address, **keys)

        assert "The code is lost" in refusal.message
        assert refusal.in_doubt
        # It was not sent a second time, which could only have failed.
        assert login.kinds() == ["token"]

    @pytest.mark.parametrize(
        ("fault", "change"),
        [
            ([{"kind": "status", "status": 500, "path": "connect/token"}], {}),
            ([], {"redirect_uri": f"{REDIRECT_URI}2"}),
            ([], {"state": "another"}),
        ],
        ids=["status 500", "wrong redirect_uri", "wrong state"],
    )
    def test_no_message_shows_a_secret(self, login: BrowserLogin, fault: list[dict[str, Any]], change: dict[str, str]) -> None:
        keys, address = begin_and_log_in(login)
        secrets = (query_of(address)["code"], keys["code_verifier"], "contoso-automation-secret-0001")
        login.emulator.faults.replace(fault)

        refusal = login.refusal(callback_url=address, **{**keys, **change})

        assert [secret for secret in secrets if secret in refusal.message] == []


class TestListening:
    @pytest.fixture
    def redirect_uri(self, login: BrowserLogin) -> str:
        """A redirect URI of the client at a free port."""
        uri = f"http://127.0.0.1:{free_port()}/callback"
        login.emulator.seed("contoso", [{"clientId": "automation", "redirectUris": [uri]}])
        return uri

    def browse(self, address: str) -> tuple[int, str]:
        """Be the browser that is sent to an address of this machine."""
        host, _slash, target = address.removeprefix("http://").partition("/")
        while True:
            connection = http.client.HTTPConnection(host, timeout=60)
            try:
                connection.request("GET", f"/{target}")
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            except ConnectionRefusedError:
                time.sleep(0.01)
            finally:
                connection.close()

    def browse_later(self, *addresses: str) -> list[tuple[int, str]]:
        """Be the browser while the login waits; the list fills as the pages come."""
        pages: list[tuple[int, str]] = []
        self.thread = threading.Thread(target=lambda: pages.extend(self.browse(address) for address in addresses))
        self.thread.start()
        return pages

    def test_the_code_is_exchanged_while_the_browser_waits(self, login: BrowserLogin, in_process: InProcess, redirect_uri: str) -> None:
        keys, address = begin_and_log_in(login, redirect_uri=redirect_uri)
        stray = address.replace("state=", "state=x")

        pages = self.browse_later(redirect_uri.replace("/callback", "/favicon.ico"), redirect_uri, stray, address)
        answer = login.finish(listen=True, **keys)
        self.thread.join()

        assert [status for status, _page in pages] == [404, 400, 400, 200]
        assert "This is another login" in pages[2][1]
        assert "You are logged in" in pages[3][1]
        assert works(in_process, answer["access_token"])

    def test_the_page_reports_a_failed_exchange(self, login: BrowserLogin, redirect_uri: str) -> None:
        keys, address = begin_and_log_in(login, redirect_uri=redirect_uri)

        pages = self.browse_later(address)
        refusal = login.refusal(listen=True, **{**keys, "code_verifier": new_verifier()})
        self.thread.join()
        ((status, page),) = pages

        assert refusal.code == "invalid_grant"
        assert status == 400
        assert "The login failed" in page
        assert "invalid_grant" in page
        assert query_of(address)["code"] not in page

    def test_a_refusal_in_the_browser_ends_the_wait(self, login: BrowserLogin, redirect_uri: str) -> None:
        begun = login.begin(redirect_uri=redirect_uri)

        pages = self.browse_later(login.visit(begun["url"], action="cancel"))
        refusal = login.refusal(listen=True, **keys_of(begun))
        self.thread.join()

        assert refusal.code == "access_denied"
        assert "access_denied" in pages[0][1]

    def test_a_failed_discovery_ends_the_login_before_the_wait(self, login: BrowserLogin, redirect_uri: str) -> None:
        begun = login.begin(redirect_uri=redirect_uri)
        login.emulator.behaviour.discovery = False

        refusal = login.refusal(listen=True, auth_discovery=True, **keys_of(begun))

        assert refusal.code == "discovery"


class TestClocks:
    @pytest.mark.parametrize("hours", [-20, -1, 0, 1, 30])
    def test_expiry_is_by_the_servers_clock(self, login: BrowserLogin, hours: int) -> None:
        login.emulator.advance(hours * 3600)
        keys, address = begin_and_log_in(login)

        answer = login.finish(callback_url=address, **keys)
        server_time, expires_at = (moment_from_timestamp(answer[name]) for name in ("server_time", "expires_at"))

        assert abs(server_time - datetime.now(timezone.utc) - timedelta(hours=hours)) < timedelta(minutes=5)
        assert abs(expires_at - server_time - timedelta(days=1)) < timedelta(seconds=1)

    def test_a_token_without_a_lifetime_has_no_expiry(self, login: BrowserLogin, monkeypatch: pytest.MonkeyPatch) -> None:
        from ansible_collections.abbyy.vantage.tests.emulator.messages import json_response

        monkeypatch.setattr(login.emulator, "handle", lambda _request: json_response(200, {"access_token": "opaque-token"}))

        answer = login.finish(auth_refresh_token="a-refresh-token")

        assert answer.pop("server_time")
        assert answer == {
            "access_token": "opaque-token",
            "token_type": "Bearer",
            "scope": None,
            "expires_in": None,
            "expires_at": None,
        }


class TestOffline:
    KEYS = {"redirect_uri": REDIRECT_URI, "state": "a" * 43, "code_verifier": "b" * 86}
    GOOD = f"http://127.0.0.1:8765/callback?code=abcdef&state={'a' * 43}"

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({"auth_client_id": None, "auth_client_secret": None}, "There is nothing to log in with"),
            ({"auth_client_id": None}, "auth_grant client_credentials needs auth_client_id: set it or VANTAGE_AUTH_CLIENT_ID in the environment."),
            ({"auth_grant": "password"}, "needs auth_username and auth_password: set them or VANTAGE_AUTH_USERNAME, VANTAGE_AUTH_PASSWORD in"),
            ({"auth_grant": "refresh_token"}, "auth_grant refresh_token needs auth_refresh_token"),
            ({"auth_grant": "authorization_code"}, "needs one of code, callback_url and listen; none is given"),
            ({"code": "abcdef", "listen": True}, "needs one of code, callback_url and listen; code and listen are given"),
            ({"listen": True, "auth_grant": "refresh_token"}, "listen belongs to auth_grant authorization_code, but auth_grant is refresh_token"),
            ({"code": "abcdef"}, "auth_grant authorization_code needs redirect_uri and code_verifier: set them."),
            ({"code": "abcdef", **KEYS, "code_verifier": None}, "needs code_verifier: set it."),
            ({"code": "abcdef", **KEYS, "auth_client_id": None}, "needs auth_client_id: set it or VANTAGE_AUTH_CLIENT_ID"),
            ({"code": "abcdef", **KEYS, "code_verifier": "too-short"}, "code_verifier is not valid"),
            ({"code": "abcdef", **KEYS, "code_verifier": "ä" * 50}, "code_verifier is not valid"),
            ({"code": "abcdef", **KEYS, "redirect_uri": "callback"}, "redirect_uri 'callback'"),
            ({"callback_url": GOOD, **KEYS, "state": None}, "callback_url needs state"),
            ({"listen": True, **KEYS, "state": ""}, "listen needs state"),
            ({"listen": True, **KEYS, "redirect_uri": "https://app.example.com/oauth"}, "this machine only"),
            ({"listen": True, **KEYS, "listen_timeout": 0}, "listen_timeout is 0; give 1 to 3600 seconds"),
            ({"listen": True, **KEYS, "listen_timeout": 3601}, "listen_timeout is 3601"),
            ({"offline_access": True}, "with auth_grant client_credentials there is no refresh token"),
            ({"auth_client_secret": "abc"}, "auth_client_secret is shorter than 4 characters"),
            ({**PASSWORD, "auth_password": "x"}, "auth_password is shorter than 4 characters"),
            ({"code": "ab", **KEYS}, "code is shorter than 4 characters"),
            ({"tenant_id": "con toso"}, "tenant_id 'con toso' holds a character that no tenant id has"),
            ({"auth_discovery": True, "tenant_id": None}, "auth_discovery needs tenant_id"),
        ],
    )
    @pytest.mark.parametrize("check", [False, True])
    def test_a_wrong_option_is_named_before_anything_is_sent(self, login: BrowserLogin, options: dict[str, Any], reason: str, check: bool) -> None:
        refusal = login.refusal(check=check, **options)

        assert reason in refusal.message
        assert isinstance(refusal, ConfigError)
        assert login.kinds() == []


class TestCheckMode:
    @pytest.mark.parametrize("options", [{}, PASSWORD, {**PASSWORD, "offline_access": True}])
    def test_a_login_that_can_be_repeated_is_made(self, login: BrowserLogin, in_process: InProcess, options: dict[str, Any]) -> None:
        answer = login.finish(check=True, **options)
        assert works(in_process, answer["access_token"])

    def test_a_refresh_token_is_not_used_up(self, login: BrowserLogin) -> None:
        token = login.finish(**PASSWORD, offline_access=True)["refresh_token"]
        login.emulator.journal.clear()

        answer = login.finish(check=True, auth_refresh_token=token, auth_discovery=True)

        assert set(answer) == {"msg"}
        assert "does not use up the refresh token" in answer["msg"]
        assert login.kinds() == []
        assert login.finish(auth_refresh_token=token)["refresh_token"]

    @pytest.mark.parametrize("way", ["code", "callback_url", "listen"])
    def test_a_code_is_neither_used_up_nor_waited_for(self, login: BrowserLogin, way: str) -> None:
        keys, address = begin_and_log_in(login)
        login.emulator.journal.clear()
        value = {"code": query_of(address)["code"], "callback_url": address, "listen": True}[way]

        answer = login.finish(check=True, **{way: value}, **keys)

        assert set(answer) == {"msg"}
        assert "does not use up the authorization code" in answer["msg"]
        assert login.kinds() == []
        assert login.finish(callback_url=address, **keys)["access_token"]

    def test_a_wrong_state_is_refused_in_check_mode(self, login: BrowserLogin) -> None:
        keys, address = begin_and_log_in(login)
        refusal = login.refusal(check=True, callback_url=address, **{**keys, "state": "a" * 43})
        assert refusal.code == "state_mismatch"
