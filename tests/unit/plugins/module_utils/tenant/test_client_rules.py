# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be told wrong, or unwise, without asking a server."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import canonical_client, check_client, check_distinct, warnings_of_client

GOOD: list[dict[str, Any]] = [
    {},
    {"client_id": "a"},
    {"client_id": "team/a+b #1"},
    {"client_id": "Ünïcödé"},
    {"client_id": "x" * 200},
    {"client_name": "Portal of Claims"},
    {"allowed_grant_types": []},
    {"allowed_grant_types": ["authorization_code", "client_credentials", "password", "refresh_token"]},
    {"allowed_grant_types": ["implicit", "client_credentials"]},
    {"allowed_grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]},
    {"allowed_scopes": ["publicapi.all", "openid", "permissions"]},
    {"redirect_uris": ["https://app.example.com/callback", "https://app.example.com/callback?a=b", "https://[::1]:8443/cb"]},
    {"redirect_uris": ["com.example.app:/oauth2redirect", "com.example.app:443x", "myapp://callback", "http://localhost:8080/", "http://127.0.0.1/cb"]},
    {"redirect_uris": ["https://app.example.com"]},
    {"redirect_uris": []},
    {"post_logout_redirect_uris": ["https://app.example.com/bye"]},
    {"allowed_cors_origins": ["https://app.example.com", "https://app.example.com:8443", "http://localhost:3000", "https://[::1]:1"]},
    {"allowed_cors_origins": []},
    {"access_token_lifetime": 1, "refresh_token_lifetime": 2**31 - 1},
]
BAD: list[tuple[dict[str, Any], str]] = [
    ({"client_id": ""}, "client_id ''"),
    ({"client_id": None}, "client_id None"),
    ({"client_id": " a"}, "begins or ends with a space"),
    ({"client_id": "a "}, "begins or ends with a space"),
    ({"client_id": "a\tb"}, "control character"),
    ({"client_id": "a\x00b"}, "control character"),
    ({"client_id": "x" * 201}, "201 characters; the server keeps at most 200"),
    ({"client_name": "  "}, "client_name is empty"),
    ({"client_name": ""}, "client_name is empty"),
    ({"allowed_grant_types": ["password", "password"]}, "allowed_grant_types holds 'password' twice"),
    ({"allowed_grant_types": ["client credentials"]}, "allowed_grant_types entry 'client credentials' is empty or holds a space"),
    ({"allowed_grant_types": [""]}, "allowed_grant_types entry ''"),
    ({"allowed_grant_types": ["authorization_code", "implicit"]}, "cannot hold both 'authorization_code' and 'implicit'"),
    ({"allowed_grant_types": ["hybrid", "authorization_code"]}, "cannot hold both 'authorization_code' and 'hybrid'"),
    ({"allowed_grant_types": ["hybrid", "password", "implicit"]}, "cannot hold both 'implicit' and 'hybrid'"),
    ({"allowed_scopes": []}, "takes exactly openid, permissions, publicapi.all"),
    ({"allowed_scopes": ["openid"]}, "takes exactly"),
    ({"allowed_scopes": ["openid", "permissions", "publicapi.all", "more"]}, "takes exactly"),
    ({"allowed_scopes": ["openid", "permissions", "PublicApi.All"]}, "takes exactly"),
    ({"allowed_scopes": ["openid", "openid", "permissions", "publicapi.all"]}, "allowed_scopes holds 'openid' twice"),
    ({"redirect_uris": ["/callback"]}, "not an absolute URI"),
    ({"redirect_uris": ["app.example.com/callback"]}, "not an absolute URI"),
    ({"redirect_uris": ["https:///callback"]}, "not an absolute URI"),
    ({"redirect_uris": ["https://"]}, "not an absolute URI"),
    ({"redirect_uris": ["https://app.example.com:port/"]}, "not a URI"),
    ({"redirect_uris": ["https://app.example.com:99999/"]}, "not a URI"),
    ({"redirect_uris": ["https://[::1/"]}, "not a URI"),
    ({"redirect_uris": ["javascript:alert(1)"]}, "scheme 'javascript'"),
    ({"redirect_uris": ["JavaScript:alert(1)"]}, "scheme 'javascript'"),
    ({"redirect_uris": ["data:text/html,x"]}, "scheme 'data'"),
    ({"redirect_uris": ["file:///etc/passwd"]}, "scheme 'file'"),
    ({"redirect_uris": ["vbscript:x"]}, "scheme 'vbscript'"),
    ({"post_logout_redirect_uris": ["javascript:alert(1)"]}, "post_logout_redirect_uris entry"),
    ({"redirect_uris": ["https://app.example.com/#frag"]}, "has a fragment"),
    ({"redirect_uris": ["https://app.example.com/#"]}, "has a fragment"),
    ({"redirect_uris": ["https://*.example.com/"]}, "not a wildcard"),
    ({"redirect_uris": ["localhost:3000/cb"]}, "is not an absolute URI; write 'http://localhost:3000/cb'"),
    ({"redirect_uris": ["localhost:3000"]}, "write 'http://localhost:3000'"),
    ({"redirect_uris": ["app.example.com:8443/cb"]}, "write 'https://app.example.com:8443/cb'"),
    ({"post_logout_redirect_uris": ["app.example.com:8443?a=b"]}, "post_logout_redirect_uris entry 'app.example.com:8443?a=b' is not an absolute URI"),
    ({"redirect_uris": ["https://app.example.com\\cb"]}, "has a backslash, which no browser sends; write 'https://app.example.com/cb'"),
    ({"redirect_uris": ["https:\\\\app.example.com\\cb"]}, "write 'https://app.example.com/cb'"),
    ({"redirect_uris": ["https://app.example.com/\x00cb"]}, "holds a control character"),
    ({"redirect_uris": ["https://app.example.com/\u202ecb"]}, "holds a control character"),
    ({"redirect_uris": ["https://app..example.com/cb"]}, "not a URI"),
    ({"client_name": "a\x1b[31mb"}, "client_name 'a\\x1b[31mb' holds a control character"),
    ({"allowed_grant_types": ["password\x00"]}, "holds a control character"),
    ({"redirect_uris": ["https://a/x", "https://a/x"]}, "twice"),
    ({"redirect_uris": ["https://a/x y"]}, "holds a space"),
    ({"allowed_cors_origins": ["https://app.example.com/"]}, "without a path or a slash at the end"),
    ({"allowed_cors_origins": ["https://app.example.com/path"]}, "not an origin"),
    ({"allowed_cors_origins": ["app.example.com"]}, "not an origin"),
    ({"allowed_cors_origins": ["*"]}, "not an origin"),
    ({"allowed_cors_origins": ["https://*.example.com"]}, "has a '*', which is not a wildcard here; write each origin"),
    ({"allowed_cors_origins": ["https://app.example.com:"]}, "not an origin"),
    ({"allowed_cors_origins": ["https://app..example.com"]}, "not an origin"),
    ({"allowed_cors_origins": ["https://app.example.com\\"]}, "not an origin"),
    ({"allowed_cors_origins": ["null"]}, "not an origin"),
    ({"allowed_cors_origins": ["https://user@app.example.com"]}, "not an origin"),
    ({"allowed_cors_origins": ["https://app.example.com?"]}, "not an origin"),
    ({"allowed_cors_origins": ["https://app.example.com#"]}, "not an origin"),
    ({"allowed_cors_origins": ["https://app.example.com:port"]}, "not an origin"),
    ({"allowed_cors_origins": ["ftp://app.example.com"]}, "not an origin"),
    ({"allowed_cors_origins": ["https://a", "https://a"]}, "twice"),
    ({"access_token_lifetime": 0}, "access_token_lifetime is 0 seconds; give 1 to 2147483647"),
    ({"refresh_token_lifetime": 0}, "refresh_token_lifetime is 0 seconds"),
    ({"refresh_token_lifetime": 2**31}, "refresh_token_lifetime is 2147483648 seconds"),
]


@pytest.mark.parametrize("desired", GOOD, ids=str)
def test_a_good_client_passes(desired: dict[str, Any]) -> None:
    check_client({"client_id": "a", **desired})


@pytest.mark.parametrize(("desired", "said"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_a_bad_client_is_refused_with_the_option_the_value_and_the_way_out(desired: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_client({"client_id": "portal", **desired})

    assert said in caught.value.message
    assert caught.value.message.endswith(".")
    assert "client_id" in desired or "Client 'portal'" in caught.value.message
    assert caught.value.code == "invalid_option"


@pytest.mark.parametrize(
    ("desired", "said"),
    [
        ({"redirect_uris": ["https://app.example.com"]}, ["'https://app.example.com' has no path"]),
        ({"post_logout_redirect_uris": ["https://app.example.com"]}, ["post_logout_redirect_uris entry 'https://app.example.com' has no path"]),
        ({"redirect_uris": ["https://app.example.com/"]}, []),
        ({"redirect_uris": ["http://app.example.com/cb"]}, ["plain http outside loopback"]),
        ({"redirect_uris": ["http://app.example.com"]}, ["has no path", "plain http outside loopback"]),
        ({"redirect_uris": ["http://localhost:8080/cb", "http://127.0.0.1/cb", "http://[::1]:1/cb"]}, []),
        ({"redirect_uris": ["http://localhost"]}, ["has no path"]),
        ({"redirect_uris": ["http://localhost.evil.test/cb"]}, ["plain http outside loopback"]),
        ({"redirect_uris": ["com.example.app:/cb", "myapp://cb"]}, []),
        ({"allowed_cors_origins": ["http://app.example.com"]}, ["allowed_cors_origins entry 'http://app.example.com' is plain http"]),
        ({"allowed_cors_origins": ["http://localhost:3000", "https://app.example.com"]}, []),
        ({"allowed_grant_types": ["client_credential"]}, ["entry 'client_credential' is not known, so the client may not be able to log in; did you mean"]),
        ({"allowed_grant_types": ["Client_Credentials"]}, ["did you mean 'client_credentials'?"]),
        ({"allowed_grant_types": ["nonsense"]}, ["entry 'nonsense' is not known, so the client may not be able to log in; known are authorization_code, "]),
        ({"allowed_grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token", "hybrid", "password"]}, []),
        ({}, []),
    ],
)
def test_an_unwise_client_causes_warnings(desired: dict[str, Any], said: list[str]) -> None:
    warnings = warnings_of_client({"client_id": "portal", **desired})

    assert len(warnings) == len(said)
    assert [part for part, warning in zip(said, warnings) if part not in warning] == []
    assert [warning for warning in warnings if not warning.startswith("Client 'portal': ")] == []


@pytest.mark.parametrize(
    ("origin", "sent"),
    [
        ("https://app.example.com:443", "https://app.example.com"),
        ("http://app.example.com:80", "http://app.example.com"),
        ("https://app.example.com:80", "https://app.example.com:80"),
        ("https://APP.Example.COM", "https://app.example.com"),
        ("HTTPS://app.example.com", "https://app.example.com"),
        ("https://b\xfccher.example", "https://xn--bcher-kva.example"),
        ("https://[::1]:443", "https://[::1]"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://app.example.com", "https://app.example.com"),
        ("https://app.example.com:08443", "https://app.example.com:8443"),
        # What is no origin stays as it is, to be refused as it was written.
        ("https://APP.example.com/", "https://app.example.com/"),
        ("https://user@APP.example.com", "https://user@APP.example.com"),
        ("APP", "APP"),
        ("https://[::1", "https://[::1"),
    ],
)
def test_an_origin_is_sent_in_its_canonical_form(origin: str, sent: str) -> None:
    desired, warnings = canonical_client({"client_id": "portal", "allowed_cors_origins": [origin]})

    assert desired == {"client_id": "portal", "allowed_cors_origins": [sent]}
    assert len(warnings) == (origin != sent)
    assert all(f"{origin!r} is sent as {sent!r}" in warning for warning in warnings)


@pytest.mark.parametrize("desired", [{"client_id": "a"}, {"client_id": "a", "allowed_cors_origins": []}])
def test_a_client_without_origins_stays_as_it_is(desired: dict[str, Any]) -> None:
    assert canonical_client(dict(desired)) == (desired, [])


def test_one_id_twice_is_refused() -> None:
    with pytest.raises(ConfigError, match="client_id 'a' is given twice"):
        check_distinct(["a", "b", "a"])


def test_distinct_ids_cause_no_warning() -> None:
    assert check_distinct(["a", "b", "c"]) == []


def test_ids_that_differ_in_case_cause_a_warning() -> None:
    (warning,) = check_distinct(["Portal", "b", "portal"])
    assert "'portal' and 'Portal' differ only in upper and lower case" in warning


def test_the_same_id_twice_is_refused_also_when_another_one_differs_in_case() -> None:
    with pytest.raises(ConfigError, match="'a' is given twice"):
        check_distinct(["A", "a", "a"])
