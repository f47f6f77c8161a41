# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Check a client before anything is sent: what the server would refuse, or accept and then break on. Pure."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import SCOPES

LISTS = ("allowed_grant_types", "allowed_cors_origins", "allowed_scopes", "post_logout_redirect_uris", "redirect_uris")
URI_LISTS = ("redirect_uris", "post_logout_redirect_uris")
# IdentityServer refuses these as redirect schemes, since a browser would run or open them.
BAD_SCHEMES = frozenset({"javascript", "data", "file", "vbscript", "about", "blob", "mailto", "ftp", "ws", "wss"})
# IdentityServer throws on a client that mixes flows which would hand tokens out in two ways.
EXCLUSIVE_GRANTS = (("authorization_code", "implicit"), ("authorization_code", "hybrid"), ("implicit", "hybrid"))
LOOPBACK = ("localhost", "127.0.0.1", "::1")
LONGEST_ID = 200
MOST_SECONDS = 2**31 - 1


def check_client(desired: dict[str, Any]) -> None:
    """Raise ConfigError for the first value that no server of this kind can work with."""
    client_id = desired.get("client_id")
    if not client_id or client_id != client_id.strip() or not client_id.isprintable():
        raise ConfigError(f"client_id {client_id!r} is empty, or begins or ends with a space, or holds a control character; give the client's identifier.")
    if len(client_id) > LONGEST_ID:
        raise ConfigError(f"client_id {client_id[:40]!r}… has {len(client_id)} characters; the server keeps at most {LONGEST_ID}.")
    if desired.get("client_name") is not None and not desired["client_name"].strip():
        raise _error(client_id, "client_name is empty; give a name or leave the option out.")
    for option in LISTS:
        _check_entries(client_id, option, desired.get(option))
    _check_grants(client_id, desired.get("allowed_grant_types"))
    _check_scopes(client_id, desired.get("allowed_scopes"))
    for option in URI_LISTS:
        for uri in desired.get(option) or []:
            _check_redirect(client_id, option, uri)
    for origin in desired.get("allowed_cors_origins") or []:
        _check_origin(client_id, origin)
    for option in ("access_token_lifetime", "refresh_token_lifetime"):
        seconds = desired.get(option)
        if seconds is not None and not 0 < seconds <= MOST_SECONDS:
            raise _error(client_id, f"{option} is {seconds} seconds; give 1 to {MOST_SECONDS}.")


def warnings_of_client(desired: dict[str, Any]) -> list[str]:
    """Return what works but should not be done, one sentence each."""
    client_id = desired.get("client_id")
    warnings = []
    for option in URI_LISTS:
        for uri in desired.get(option) or []:
            parts = urlsplit(uri)
            if parts.scheme in ("http", "https") and not parts.path:
                warnings.append(
                    f"Client {client_id!r}: {option} entry {uri!r} has no path, and prefixes match, so hosts such as "
                    f"{uri + '.evil.test/'!r} are let in too; end it with a slash or a path."
                )
            if parts.scheme == "http" and _host(uri) not in LOOPBACK:
                warnings.append(f"Client {client_id!r}: {option} entry {uri!r} is plain http outside loopback, so codes cross the network in clear; use https.")
    for origin in desired.get("allowed_cors_origins") or []:
        if urlsplit(origin).scheme == "http" and _host(origin) not in LOOPBACK:
            warnings.append(f"Client {client_id!r}: allowed_cors_origins entry {origin!r} is plain http outside loopback; use https.")
    return warnings


def check_distinct(client_ids: list[str]) -> list[str]:
    """Raise ConfigError when one id is given twice; return warnings for ids that differ only in case."""
    seen: set[str] = set()
    by_lower: dict[str, str] = {}
    warnings = []
    for client_id in client_ids:
        if client_id in seen:
            raise ConfigError(f"client_id {client_id!r} is given twice in clients; keep one entry of it.")
        seen.add(client_id)
        other = by_lower.setdefault(client_id.lower(), client_id)
        if other != client_id:
            warnings.append(f"client_id {client_id!r} and {other!r} differ only in upper and lower case; the server takes them for two clients.")
    return warnings


def _error(client_id: str, said: str) -> ConfigError:
    return ConfigError(f"Client {client_id!r}: {said}")


def _check_entries(client_id: str, option: str, entries: list[str] | None) -> None:
    seen: set[str] = set()
    for entry in entries or []:
        if entry in seen:
            raise _error(client_id, f"{option} holds {entry!r} twice; keep one.")
        if not entry or any(character.isspace() for character in entry):
            raise _error(client_id, f"{option} entry {entry!r} is empty or holds a space; write one value per list entry.")
        seen.add(entry)


def _check_grants(client_id: str, grants: list[str] | None) -> None:
    for first, second in EXCLUSIVE_GRANTS:
        if grants and first in grants and second in grants:
            raise _error(client_id, f"allowed_grant_types cannot hold both {first!r} and {second!r}; keep one of them.")


def _check_scopes(client_id: str, scopes: list[str] | None) -> None:
    if scopes is not None and set(scopes) != set(SCOPES):
        raise _error(client_id, f"allowed_scopes is {scopes!r}, but the server takes exactly {', '.join(SCOPES)}; write these three or leave the option out.")


def _check_redirect(client_id: str, option: str, uri: str) -> None:
    try:
        parts = urlsplit(uri)
        # Reading the port is what finds out that it is no number.
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        raise _error(client_id, f"{option} entry {uri!r} is not a URI; write an absolute one such as https://app.example.com/callback.") from None
    if not parts.scheme or (parts.scheme in ("http", "https") and not host):
        raise _error(client_id, f"{option} entry {uri!r} is not an absolute URI; write one such as https://app.example.com/callback.")
    if parts.scheme.lower() in BAD_SCHEMES:
        raise _error(client_id, f"{option} entry {uri!r} has the scheme {parts.scheme!r}, which no login may be sent to; use https or the app's own scheme.")
    if parts.fragment or uri.endswith("#"):
        raise _error(client_id, f"{option} entry {uri!r} has a fragment, which OAuth forbids (RFC 6749, 3.1.2); leave out the part from '#'.")
    if "*" in uri:
        raise _error(client_id, f"{option} entry {uri!r} has a '*', which is not a wildcard here; give a prefix of the address instead.")


def _check_origin(client_id: str, origin: str) -> None:
    try:
        parts = urlsplit(origin)
        # Reading the port is what finds out that it is no number.
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or parts.path or parts.query or parts.fragment or "@" in parts.netloc or origin.endswith(("?", "#")):
        raise _error(
            client_id,
            f"allowed_cors_origins entry {origin!r} is not an origin: write scheme, host and port only, without a path or a slash at the end, "
            "as in https://app.example.com (the server would save it and then fail at login).",
        )


def _host(uri: str) -> str | None:
    return urlsplit(uri).hostname
