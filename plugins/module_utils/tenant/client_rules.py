# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Check a client before anything is sent: what the server would refuse, or accept and then fail on. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from urllib.parse import SplitResult, urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import FIELDS, ROLES, SCOPES, ClientValues, texts_of

LISTS = tuple(field.option for field in FIELDS if field.kind == "list")
LIFETIMES = tuple(field.option for field in FIELDS if field.kind == "seconds")
URI_LISTS = tuple(field.option for field in FIELDS if field.holds_uris)
# IdentityServer refuses these as redirect schemes, since a browser would execute or open them.
BAD_SCHEMES = frozenset({"javascript", "data", "file", "vbscript", "about", "blob", "mailto", "ftp", "ws", "wss"})
# IdentityServer's built-in grant types; a deployment may add others, so an unknown one is not an error.
KNOWN_GRANTS = (
    "authorization_code",
    "client_credentials",
    "password",
    "refresh_token",
    "implicit",
    "hybrid",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:openid:params:grant-type:ciba",
    "urn:ietf:params:oauth:grant-type:token-exchange",
)
# IdentityServer refuses a client that mixes flows that issue tokens in two ways.
EXCLUSIVE_GRANTS = (("authorization_code", "implicit"), ("authorization_code", "hybrid"), ("implicit", "hybrid"))
LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_ID = 200
# The separators of roles written as one text.
BETWEEN_ROLES = ",;|"
NO_ROLES_MEMBER = (
    "roles is given, but no document says which member of a client holds its roles; run the playbook abbyy.vantage.probe, and set roles_member to the name "
    "that it finds, or give the roles in the tenant's settings."
)
MOST_SECONDS = 2**31 - 1

# A host and port without a scheme reads as the scheme "localhost" with the path "3000/cb".
_HOST_AND_PORT = re.compile(r"^[A-Za-z0-9.-]+:\d{1,5}(?:[/?#]|$)")


def check_client(desired: ClientValues) -> None:
    """Raise ConfigError for the first value that the server cannot work with."""
    client_id = desired.get("client_id")
    if not isinstance(client_id, str) or not client_id or client_id != client_id.strip() or not client_id.isprintable():
        raise ConfigError(f"client_id {client_id!r} is empty, or begins or ends with a space, or holds a control character; give the client's identifier.")
    if len(client_id) > LONGEST_ID:
        raise ConfigError(f"client_id {client_id[:40]!r}… has {len(client_id)} characters; the server keeps at most {LONGEST_ID}.")
    _check_name(client_id, desired.get("client_name"))
    for option in LISTS:
        _check_entries(client_id, option, texts_of(desired, option))
    _check_entries(client_id, ROLES.option, texts_of(desired, ROLES.option), blanks=True)
    _check_grants(client_id, texts_of(desired, "allowed_grant_types"))
    if desired.get("allowed_scopes") is not None:
        _check_scopes(client_id, texts_of(desired, "allowed_scopes"))
    for option in URI_LISTS:
        for uri in texts_of(desired, option):
            _check_redirect(client_id, option, uri)
    for origin in texts_of(desired, "allowed_cors_origins"):
        _check_origin(client_id, origin)
    for option in LIFETIMES:
        seconds = desired.get(option)
        if isinstance(seconds, int) and not 0 < seconds <= MOST_SECONDS:
            raise _error(client_id, f"{option} is {seconds} seconds; give 1 to {MOST_SECONDS}.")


def check_roles(desired: ClientValues, roles_member: str) -> None:
    """Raise ConfigError for roles when roles_member is not set."""
    if desired.get(ROLES.option) is not None and not roles_member:
        raise _error(str(desired.get("client_id")), NO_ROLES_MEMBER)


def canonical_client(desired: ClientValues) -> tuple[ClientValues, list[str]]:
    """Return the client with its CORS origins as browsers write them and IdentityServer compares them, and a warning for each one that was changed."""
    if not texts_of(desired, "allowed_cors_origins"):
        return desired, []
    origins, warnings = [], []
    for origin in texts_of(desired, "allowed_cors_origins"):
        written = _canonical_origin(origin)
        origins.append(written)
        if written != origin:
            warnings.append(
                f"Client {desired.get('client_id')!r}: allowed_cors_origins entry {origin!r} is sent as {written!r}, which is how a browser writes it; "
                "the server compares letter by letter."
            )
    return {**desired, "allowed_cors_origins": list(origins)}, warnings


def warnings_of_client(desired: ClientValues) -> list[str]:
    """Return what works but is risky, one sentence each."""
    warnings = [_unknown_grant(grant) for grant in texts_of(desired, "allowed_grant_types") if grant not in KNOWN_GRANTS]
    for option in URI_LISTS:
        for uri in texts_of(desired, option):
            warnings += _warnings_of_uri(option, uri)
    for origin in texts_of(desired, "allowed_cors_origins"):
        if _is_plain_http(origin):
            warnings.append(f"allowed_cors_origins entry {origin!r} is plain http outside loopback; use https.")
    return [f"Client {desired.get('client_id')!r}: {sentence}" for sentence in warnings]


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


def _error(client_id: str, problem: str) -> ConfigError:
    return ConfigError(f"Client {client_id!r}: {problem}")


def _check_name(client_id: str, name: object) -> None:
    if name is None:
        return
    if not isinstance(name, str) or not name.strip():
        raise _error(client_id, "client_name is empty; give a name or leave the option out.")
    if not name.isprintable():
        raise _error(client_id, f"client_name {name!r} holds a control character; write it without.")


def _check_entries(client_id: str, option: str, entries: Iterable[str], *, blanks: bool = False) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry in seen:
            raise _error(client_id, f"{option} holds {entry!r} twice; keep one.")
        if blanks and (not entry.strip() or any(character in entry for character in BETWEEN_ROLES)):
            raise _error(client_id, f"{option} entry {entry!r} is empty or holds one of {BETWEEN_ROLES!r}; write one role per list entry.")
        if not blanks and (not entry or any(character.isspace() for character in entry)):
            raise _error(client_id, f"{option} entry {entry!r} is empty or holds a space; write one value per list entry.")
        if not entry.isprintable():
            raise _error(client_id, f"{option} entry {entry!r} holds a control character; write it without.")
        seen.add(entry)


def _check_grants(client_id: str, grants: list[str]) -> None:
    for first, second in EXCLUSIVE_GRANTS:
        if first in grants and second in grants:
            raise _error(client_id, f"allowed_grant_types cannot hold both {first!r} and {second!r}; keep one of them.")


def _unknown_grant(grant: str) -> str:
    near = get_close_matches(grant.lower(), KNOWN_GRANTS, n=1)
    advice = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(KNOWN_GRANTS)}."
    return f"allowed_grant_types entry {grant!r} is not known, so the client may not be able to log in; {advice}"


def _check_scopes(client_id: str, scopes: list[str]) -> None:
    if set(scopes) != set(SCOPES):
        raise _error(client_id, f"allowed_scopes is {scopes!r}, but the server takes exactly {', '.join(SCOPES)}; write these three or leave the option out.")


def _check_redirect(client_id: str, option: str, uri: str) -> None:
    entry = f"{option} entry {uri!r}"
    if "\\" in uri:
        raise _error(client_id, f"{entry} has a backslash, which no browser sends; write {uri.replace(chr(92), '/')!r}.")
    if _HOST_AND_PORT.match(uri):
        scheme = "http" if uri.split(":")[0] in LOOPBACK else "https"
        raise _error(client_id, f"{entry} is not an absolute URI; write {f'{scheme}://{uri}'!r}.")
    parts = _split(uri)
    if parts is None:
        raise _error(client_id, f"{entry} is not a URI; write an absolute one such as https://app.example.com/callback.")
    if not parts.scheme or (parts.scheme in ("http", "https") and not parts.hostname):
        raise _error(client_id, f"{entry} is not an absolute URI; write one such as https://app.example.com/callback.")
    if parts.scheme.lower() in BAD_SCHEMES:
        raise _error(client_id, f"{entry} has the scheme {parts.scheme!r}, which no login may be sent to; use https or the app's own scheme.")
    if parts.fragment or uri.endswith("#"):
        raise _error(client_id, f"{entry} has a fragment, which OAuth forbids (RFC 6749, 3.1.2); leave out the part from '#'.")
    if "*" in uri:
        raise _error(client_id, f"{entry} has a '*', which is not a wildcard here; give a prefix of the address instead.")


def _warnings_of_uri(option: str, uri: str) -> list[str]:
    parts = urlsplit(uri)
    warnings = []
    if parts.scheme in ("http", "https") and not parts.path:
        warnings.append(
            f"{option} entry {uri!r} has no path, and prefixes match, so hosts such as {uri + '.evil.test/'!r} are let in too; end it with a slash or a path."
        )
    if _is_plain_http(uri):
        warnings.append(f"{option} entry {uri!r} is plain http outside loopback, so codes cross the network in clear; use https.")
    return warnings


def _check_origin(client_id: str, origin: str) -> None:
    parts = _split(origin)
    entry = f"allowed_cors_origins entry {origin!r}"
    if "*" in origin and origin != "*":
        raise _error(client_id, f"{entry} has a '*', which is not a wildcard here; write each origin.")
    if parts is None or parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.path or parts.query or "@" in parts.netloc or "\\" in origin:
        bad = True
    else:
        bad = bool(parts.fragment) or origin.endswith(("?", "#", ":"))
    if bad:
        raise _error(
            client_id,
            f"{entry} is not an origin: write scheme, host and port only, without a path or a slash at the end, "
            "as in https://app.example.com (the server would save it and then fail at login).",
        )


def _canonical_origin(origin: str) -> str:
    """Return the origin in lower case, without the scheme's default port, and with an international host name in ASCII; unchanged if it is not an origin."""
    parts = _split(origin)
    if parts is None or parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return origin
    host = parts.hostname
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return origin
    rest = origin[origin.index("://") + 3 + len(parts.netloc) :] if "://" in origin else ""
    if "@" in parts.netloc or parts.netloc.endswith(":"):
        return origin
    shown_host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{shown_host}{port}{rest}"


def _split(uri: str) -> SplitResult | None:
    """Return the parts of a URI; None where its host or port cannot be read, or has an empty label."""
    try:
        parts = urlsplit(uri)
        # Reading the port raises an error when it is not a number.
        readable = parts.port != 0
    except ValueError:
        return None
    return parts if readable and ".." not in (parts.hostname or "") else None


def _is_plain_http(uri: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK
