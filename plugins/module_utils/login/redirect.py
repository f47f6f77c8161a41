# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The redirect URI of a login: whether it is valid, and whether this machine can listen at it. Pure."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError

EXAMPLE = "http://127.0.0.1:8765/callback"
# A browser resolves the name and may get either.
LOCALHOST = ("127.0.0.1", "::1")


class Loopback(NamedTuple):
    """An address on this machine for the callback.

    :param hosts: the loopback addresses behind the URI's host, without brackets.
    :param path: decoded, never empty.
    """

    hosts: tuple[str, ...]
    port: int
    path: str


def checked_redirect_uri(redirect_uri: str) -> str:
    """Return the URI without white space around it.

    :raises ConfigError: when no authorization server can accept it (RFC 6749, section 3.1.2).
    """
    uri = redirect_uri.strip()
    try:
        parts = urlsplit(uri)
        # Reading it raises an error when it is not a number.
        port = parts.port
    except ValueError as exc:
        raise ConfigError(f"redirect_uri {uri!r} is not an address; write it as registered for the client, as in {EXAMPLE}.") from exc
    if not parts.scheme or not (parts.netloc or parts.path) or any(character.isspace() for character in uri):
        raise ConfigError(f"redirect_uri {uri!r} is not a whole address; write it as registered for the client, as in {EXAMPLE}.")
    if port == 0:
        raise ConfigError(f"redirect_uri {uri!r} has port 0, at which no browser arrives; choose a port from 1024 to 65535.")
    if "#" in uri:
        raise ConfigError(f"redirect_uri {uri!r} has a fragment, which no authorization server takes; leave out '#' and what follows.")
    return uri


def loopback_from_uri(redirect_uri: str) -> Loopback:
    """Return where to listen for the callback to this URI.

    :raises ConfigError: when the URI does not point to this machine, or cannot be listened at.
    """
    uri = checked_redirect_uri(redirect_uri)
    parts = urlsplit(uri)
    hosts = _loopback_hosts(parts.hostname or "")
    if parts.scheme != "http" or not hosts or parts.username is not None:
        raise ConfigError(
            f"listen waits on this machine only, and redirect_uri {uri!r} is not plain http on localhost, 127.0.0.1 or [::1]; register "
            f"one such as {EXAMPLE} for the client, or paste the address that the browser ends on as callback_url."
        )
    return Loopback(hosts, parts.port or 80, unquote(parts.path) or "/")


def _loopback_hosts(host: str) -> tuple[str, ...]:
    if host == "localhost":
        return LOCALHOST
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ()
    is_own = address in ipaddress.ip_network("127.0.0.0/8") or address == ipaddress.ip_address("::1")
    return (str(address),) if is_own else ()
