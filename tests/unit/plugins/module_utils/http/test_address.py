# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses, and which of them are this machine."""

from __future__ import annotations

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.address import (
    checked_base_url,
    checked_proxy,
    is_loopback,
    is_usable_endpoint,
    without_password,
)

BASE = "https://vantage.example.com"


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("LocalHost.", True),
        ("127.0.0.1", True),
        ("127.255.0.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("127.1", True),
        ("0x7f.1", True),
        ("2130706433", True),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("128.0.0.1", False),
        ("10.1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("vantage.example.com", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    "base_url",
    [
        "https://vantage-eu..abbyy.com",
        "https://.abbyy.com",
        f"https://{'x' * 64}.abbyy.com",
        f"https://{'x.' * 127}abbyy.com",
        "https://*.abbyy.com",
        "https://van tage.abbyy.com",
        "https://vantage.abbyy.com\n",
        "https://vantage\t.abbyy.com",
        "https://vantage\u202e.abbyy.com",
        "https://v\u00e4ntage..abbyy.com",
        "https://%76antage.abbyy.com",
        "https://@vantage.abbyy.com",
        "https://vantage.abbyy.com:0",
    ],
)
def test_an_impossible_host_is_refused_in_one_printable_sentence(base_url: str) -> None:
    with pytest.raises(ConfigError, match=r"is not an address such as https://vantage-eu\.abbyy\.com; write scheme and host") as error:
        checked_base_url(base_url)
    assert error.value.message.isprintable()


@pytest.mark.parametrize(
    "base_url", ["https://v\u00e4ntage.example.com", "https://vantage_eu.example.com.", "http://127.0.0.9:8080", "https://[fe80::1]:8443/x/"]
)
def test_a_possible_host_is_accepted(base_url: str) -> None:
    assert checked_base_url(base_url) == base_url.rstrip("/")


@pytest.mark.parametrize(
    ("address", "base_url", "usable"),
    [
        ("https://login.example.com/connect/token", BASE, True),
        ("https://login.example.com/connect/token?realm=a", BASE, True),
        ("http://login.example.com/connect/token", BASE, False),
        ("http://login.example.com/connect/token", "http://127.0.0.1", False),
        ("http://127.0.0.1/connect/token", BASE, False),
        ("http://127.0.0.1/connect/token", "http://localhost:8080", True),
        ("https://me@login.example.com/connect/token", BASE, False),
        ("https://me:Passw0rd@login.example.com/connect/token", BASE, False),
        ("https://login.example.com/connect/token#x", BASE, False),
        ("https://login..example.com/connect/token", BASE, False),
        ("https://login.example.com:port/", BASE, False),
        ("https:///connect/token", BASE, False),
        ("/connect/token", BASE, False),
        ("javascript:alert(1)", BASE, False),
        ("https://login.example.com/\x1b[31m", BASE, False),
        (None, BASE, False),
        (5, BASE, False),
    ],
)
def test_which_endpoints_may_get_secrets(address: object, base_url: str, usable: bool) -> None:
    assert is_usable_endpoint(address, base_url) is usable


@pytest.mark.parametrize("proxy", ["http://proxy:3128", "proxy.example.com:3128", "https://me:pw@10.0.0.1", "http://[::1]:8080/"])
def test_a_proxy_is_accepted_as_it_is(proxy: str) -> None:
    assert checked_proxy(proxy, "https", {}, has_socks=False) == proxy


def test_a_socks_proxy_is_accepted_with_its_library() -> None:
    assert checked_proxy("socks5h://proxy:1080", "https", {}, has_socks=True)


def test_a_socks_proxy_without_its_library_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^HTTPS_PROXY is 'socks5h://proxy:1080', and a SOCKS proxy needs the Python library PySocks"):
        checked_proxy("socks5h://proxy:1080", "https", {"HTTPS_PROXY": "socks5h://proxy:1080", "ALL_PROXY": "socks5h://proxy:1080"}, has_socks=False)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a:b@h", "https://h"),
        ("a:b@h", "h"),
        ("https://a:b://c@h", "https://h"),
        ("https://a:p@ss@h/x", "https://h/x"),
        ("https://h", "https://h"),
        ("", ""),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown
