# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find settings of a client that work but let more in than its owner may think. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import LOOPBACK, URI_LISTS

RISKS = ("redirect_without_path", "plain_http", "password_grant", "no_pkce")


def risks_of_client(client: dict[str, Any]) -> list[dict[str, str]]:
    """Return one finding per risky setting.

    :param client: as vantage_client_info answers it.
    :returns: dicts of ``code``, one of RISKS, ``option``, and ``value``, the entry of a list that is meant.
    """
    found = [*_risks_of_addresses(client)]
    if "password" in _entries(client, "allowed_grant_types"):
        found.append(_finding("password_grant", "allowed_grant_types", "password"))
    if client.get("allow_no_pkce"):
        found.append(_finding("no_pkce", "allow_no_pkce", "true"))
    return found


def _risks_of_addresses(client: dict[str, Any]) -> Iterator[dict[str, str]]:
    for option in (*URI_LISTS, "allowed_cors_origins"):
        for address in _entries(client, option):
            parts = _split(address)
            scheme = parts.scheme.lower()
            # An origin has no path, and is compared whole.
            if option in URI_LISTS and scheme in ("http", "https") and not parts.path:
                yield _finding("redirect_without_path", option, address)
            if scheme == "http" and _host(parts) not in LOOPBACK:
                yield _finding("plain_http", option, address)


def _entries(client: dict[str, Any], option: str) -> list[Any]:
    """Return the entries of a list; none where the tenant does not tell them."""
    value = client.get(option)
    return value if isinstance(value, list) else []


def _finding(code: str, option: str, value: str) -> dict[str, str]:
    return {"code": code, "option": option, "value": str(value)}


def _split(address: Any) -> SplitResult:
    try:
        return urlsplit(str(address))
    except ValueError:
        # What nobody can read is no risk that this report could name.
        return urlsplit("")


def _host(parts: SplitResult) -> str | None:
    try:
        return parts.hostname
    except ValueError:
        return None
