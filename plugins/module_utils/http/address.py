# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Check the addresses of requests and of their proxies. Pure."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError

EXAMPLE = "https://vantage-eu.abbyy.com"
PROXY_SCHEMES = ("http", "https")
SOCKS_SCHEMES = ("socks4", "socks4a", "socks5", "socks5h")
LONGEST_HOST = 253

_ASCII_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?", re.ASCII)


def checked_base_url(base_url: str) -> str:
    """Return the address without a slash at its end.

    :raises ConfigError: when nothing can be sent there, or only in clear text.
    """
    parts = _parts(base_url)
    if parts is None or parts.query:
        raise ConfigError(f"base_url {without_password(base_url)!r} is not an address such as {EXAMPLE}; write scheme and host.")
    if not _is_private(parts):
        raise ConfigError(f"base_url {base_url!r} is plain http: secrets and tokens would cross the network in clear; use https.")
    return base_url.rstrip("/")


def is_usable_endpoint(address: object, base_url: str) -> bool:
    """Return whether secrets may be sent to an endpoint that a server names: the rules of ``base_url`` apply, but it may have a query.

    :param base_url: the deployment's; only a deployment on this machine may name an endpoint in plain http.
    """
    parts = _parts(address) if isinstance(address, str) else None
    return parts is not None and _is_private(parts) and (parts.scheme == "https" or is_loopback(urlsplit(base_url).hostname or ""))


def is_loopback(host: str) -> bool:
    """Return whether a host name means this machine, without asking a resolver.

    :param host: without brackets and port.
    """
    name = host.lower().rstrip(".")
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return _is_short_loopback(name)
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def checked_proxy(proxy: str, scheme: str, environment: Mapping[str, str], *, has_socks: bool) -> str:
    """Return the proxy's address as given.

    :param scheme: of the address that is requested through it.
    :param environment: where its variable is looked up, for messages.
    :param has_socks: whether PySocks is installed.
    :raises ConfigError: when the proxy cannot be used.
    """
    where = proxy_variable(proxy, scheme, environment)
    shown = without_password(proxy)
    whole = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(whole)
        is_address = bool(parts.hostname) and parts.port != 0 and _is_host(parts.hostname or "")
    except ValueError:
        is_address = False
        parts = urlsplit("")
    if not is_address or parts.scheme not in (*PROXY_SCHEMES, *SOCKS_SCHEMES):
        raise ConfigError(f"{where} is {shown!r}, which is not the address of a proxy such as http://proxy.example.com:3128; correct it.", code="proxy")
    if parts.scheme in SOCKS_SCHEMES and not has_socks:
        raise ConfigError(
            f"{where} is {shown!r}, and a SOCKS proxy needs the Python library PySocks where this runs: install it with 'pip install PySocks', "
            "or correct the address if the proxy is one for HTTP.",
            code="proxy",
        )
    return proxy


def proxy_variable(proxy: str, scheme: str, environment: Mapping[str, str]) -> str:
    """Name the variable that a proxy comes from, for a message.

    :param scheme: of the address that is requested through it.
    """
    wanted = (f"{scheme}_proxy", "all_proxy")
    found = [name for wish in wanted for name, value in environment.items() if name.lower() == wish and value == proxy]
    return found[0] if found else "The proxy of this machine's settings"


def without_password(url: str) -> str:
    """Return the address without user and password, even if it is incomplete."""
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    return f"{scheme}{separator}{rest.rsplit('@', 1)[-1]}"


def _parts(address: str) -> SplitResult | None:
    """Return the parts of an http address that names a host and no person; None for anything else."""
    # urlsplit silently drops line ends and tabs, so the checked text would differ from the sent one.
    if not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
        # Reading the port raises an error when it is not a number.
        usable = parts.scheme in ("https", "http") and parts.port != 0 and _is_host(parts.hostname or "")
    except ValueError:
        return None
    return parts if usable and not parts.fragment and "@" not in parts.netloc else None


def _is_private(parts: SplitResult) -> bool:
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def _is_host(host: str) -> bool:
    """Return whether a host can be requested: the libraries refuse other hosts with errors of their own."""
    if ":" in host:
        return True
    if host.isascii():
        return len(host) <= LONGEST_HOST and _ASCII_HOST.fullmatch(host) is not None
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def _is_short_loopback(host: str) -> bool:
    """Read 127.1 and the like, which resolvers take for addresses."""
    if not re.fullmatch(r"[0-9a-fx.]+", host, re.ASCII):
        return False
    try:
        return socket.inet_aton(host)[0] == 127
    except OSError:
        return False
