# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Know the members of a client: their types, their defaults, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from .behaviour import Behaviour
from .lifetimes import format_lifetime, parse_lifetime
from .problems import refuse_fields

SCOPES = ("openid", "permissions", "publicapi.all")
_LONGEST_ID = 200

DEFAULTS: dict[str, Any] = {
    "clientId": None,
    "clientName": None,
    "allowOfflineAccess": False,
    "allowRememberConsent": True,
    "backChannelLogoutSessionRequired": True,
    "requireClientSecret": True,
    "requireConsent": False,
    "allowNoPkce": False,
    "allowedGrantTypes": [],
    "allowedCorsOrigins": [],
    "allowedScopes": list(SCOPES),
    "postLogoutRedirectUris": [],
    "redirectUris": [],
    "accessTokenLifetime": 86400,
    "refreshTokenLifetime": 30 * 86400,
}
LISTS = tuple(name for name, default in DEFAULTS.items() if isinstance(default, list))
BOOLS = tuple(name for name, default in DEFAULTS.items() if isinstance(default, bool))
LIFETIMES = ("accessTokenLifetime", "refreshTokenLifetime")
_HYBRID = {"implicit", "hybrid"}


def complete_members(given: Mapping[str, Any], unknown: Mapping[str, Any]) -> dict[str, Any]:
    """Merge the given members into the defaults; null stands for the default."""
    members = {**DEFAULTS, **unknown, **{name: value for name, value in given.items() if value is not None}}
    members["clientName"] = members["clientName"] or members["clientId"]
    return members


def members_from_payload(payload: Mapping[str, Any], behaviour: Behaviour, current: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Check a create (without `current`) or an update and return all members to store; raise Refused with every fault."""
    given = dict(payload)
    if current is not None:
        given.setdefault("clientId", current["clientId"])
        _restore_cors(given, current, behaviour)
        for name in behaviour.put_ignores:
            if name in current:
                given[name] = current[name]
    errors = {name: fault for name, value in given.items() if (fault := _find_fault(name, value, behaviour))}
    if not given.get("clientId"):
        errors["clientId"] = "The clientId field is required."
    elif current is not None and given["clientId"] != current["clientId"]:
        errors["clientId"] = "The clientId can't be changed."
    refuse_fields({name: [fault] for name, fault in errors.items()})
    for name in LIFETIMES:
        if given.get(name) is not None:
            given[name] = parse_lifetime(given[name], behaviour.lifetime_format, numbers=behaviour.lifetime_numbers)
    for name in behaviour.text_lists:
        if given.get(name) is not None:
            given[name] = given[name].split()
    return complete_members(given, behaviour.unknown_members)


def members_to_wire(members: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    """Write the members in the form of the switches; a member added since the client was stored shows its default."""
    wire = {name: members.get(name, default) for name, default in (*DEFAULTS.items(), *behaviour.unknown_members.items())}
    for name in LIFETIMES:
        wire[name] = format_lifetime(wire[name], behaviour.lifetime_format)
    wire["allowedGrantTypes"] = granted(members, behaviour)
    if behaviour.reorder_lists:
        wire.update({name: wire[name][::-1] for name in LISTS})
    for name in behaviour.text_lists:
        wire[name] = " ".join(wire[name])
    if behaviour.cors_bool:
        wire["allowedCorsOrigins"] = bool(wire["allowedCorsOrigins"])
    if behaviour.null_lists:
        wire.update({name: None for name in LISTS if wire[name] == []})
    return wire


def granted(members: Mapping[str, Any], behaviour: Behaviour) -> list[str]:
    """Return the grant types that a client may use: its own, and those that the tenant adds to every client if compatible."""
    own: list[str] = members["allowedGrantTypes"]
    return own if _HYBRID.intersection(own) else [*own, *(grant for grant in behaviour.forced_grants if grant not in own)]


def is_broken_origin(origin: str) -> bool:
    """Return whether this CORS origin makes IdentityServer refuse the client at login, although it was saved."""
    parts = urlsplit(origin)
    return not parts.scheme or not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}"


def _restore_cors(given: dict[str, Any], current: Mapping[str, Any], behaviour: Behaviour) -> None:
    """Read a boolean, if the tenant shows one, as keep or clear."""
    if behaviour.cors_bool and isinstance(given.get("allowedCorsOrigins"), bool):
        given["allowedCorsOrigins"] = current["allowedCorsOrigins"] if given["allowedCorsOrigins"] else []


def _find_fault(name: str, value: Any, behaviour: Behaviour) -> str | None:
    if name in behaviour.unknown_members:
        return None
    if name not in DEFAULTS:
        return f"The member {name} is unknown."
    if name in BOOLS:
        return None if isinstance(value, bool) else "must be true or false"
    if value is None:
        return None
    if name in LIFETIMES:
        return _lifetime_fault(value, behaviour)
    if name in LISTS:
        if name in behaviour.text_lists:
            return _list_fault(name, value.split()) if isinstance(value, str) else "must be a string"
        return _list_fault(name, value)
    if not isinstance(value, str):
        return "must be a string"
    return f"must not be longer than {_LONGEST_ID} characters" if len(value) > _LONGEST_ID else None


def _lifetime_fault(value: Any, behaviour: Behaviour) -> str | None:
    try:
        parse_lifetime(value, behaviour.lifetime_format, numbers=behaviour.lifetime_numbers)
    except ValueError as exc:
        return str(exc)
    return None


def _list_fault(name: str, value: Any) -> str | None:
    if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
        return "must be an array of strings"
    if len(set(value)) != len(value):
        return "must not hold an entry twice"
    special = _SPECIAL_LISTS.get(name)
    return special(value) if special else None


def _scopes_fault(value: list[str]) -> str | None:
    return None if set(value) == set(SCOPES) else f"must hold exactly {', '.join(SCOPES)}"


def _grants_fault(value: list[str]) -> str | None:
    if any(" " in grant for grant in value):
        return "a grant type must not hold a space"
    if _HYBRID.intersection(value) and ("authorization_code" in value or _HYBRID.issubset(value)):
        return "authorization_code, implicit and hybrid exclude each other"
    return None


_SPECIAL_LISTS: dict[str, Callable[[list[str]], str | None]] = {"allowedScopes": _scopes_fault, "allowedGrantTypes": _grants_fault}
