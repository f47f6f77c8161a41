# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a browser may be sent, and where this machine waits for it."""

from __future__ import annotations

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.redirect import Loopback, checked_redirect_uri, loopback_from_uri


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("http://127.0.0.1:8765/callback", Loopback(("127.0.0.1",), 8765, "/callback")),
        ("http://[::1]:8765/callback", Loopback(("::1",), 8765, "/callback")),
        ("http://localhost:8765/callback", Loopback(("127.0.0.1", "::1"), 8765, "/callback")),
        ("http://LOCALHOST:8765/callback", Loopback(("127.0.0.1", "::1"), 8765, "/callback")),
        ("http://127.8.9.10:8765/", Loopback(("127.8.9.10",), 8765, "/")),
        ("http://127.0.0.1", Loopback(("127.0.0.1",), 80, "/")),
        ("http://127.0.0.1:8765?from=vantage", Loopback(("127.0.0.1",), 8765, "/")),
        ("http://127.0.0.1:8765/a%20b", Loopback(("127.0.0.1",), 8765, "/a b")),
        ("  http://127.0.0.1:8765/callback\n", Loopback(("127.0.0.1",), 8765, "/callback")),
    ],
)
def test_a_loopback_uri_names_the_place_to_listen(uri: str, place: Loopback) -> None:
    assert loopback_from_uri(uri) == place


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("https://127.0.0.1:8765/callback", "plain http"),
        ("http://192.168.1.5:8765/callback", "this machine only"),
        ("http://0.0.0.0:8765/callback", "this machine only"),
        ("http://[::]:8765/callback", "this machine only"),
        ("http://[::ffff:127.0.0.1]:8765/callback", "this machine only"),
        ("http://128.0.0.1:8765/callback", "this machine only"),
        ("http://127.0.0.1.evil.test:8765/callback", "this machine only"),
        ("http://localhost.evil.test:8765/callback", "this machine only"),
        ("http://me@localhost:8765/callback", "this machine only"),
        ("http://2130706433:8765/callback", "this machine only"),
        ("http:/callback", "this machine only"),
        ("http://127.0.0.1:0/callback", "port 0"),
        ("http://127.0.0.1:99999/callback", "not an address"),
        ("http://[::1:8765/callback", "not an address"),
        ("com.example.app:/oauth", "this machine only"),
    ],
)
def test_any_other_place_is_refused(uri: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loopback_from_uri(uri)
    assert reason in caught.value.message
    assert caught.value.code == "invalid_option"


@pytest.mark.parametrize("uri", ["https://app.example.com/oauth?x=1", "com.example.app:/oauth", "http://127.0.0.1:8765/callback"])
def test_any_absolute_uri_may_be_a_redirect_uri(uri: str) -> None:
    assert checked_redirect_uri(f" {uri}\n") == uri


@pytest.mark.parametrize(
    "uri", ["", "   ", "callback", "/callback", "https:", "https://app.example.com/a b", "https://app.example.com/#a", "https://app.example.com/#"]
)
def test_a_relative_or_broken_redirect_uri_is_refused(uri: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked_redirect_uri(uri)
    assert "redirect_uri" in caught.value.message
