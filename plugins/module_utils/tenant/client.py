# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Translate clients between the options of users and the members of the API. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Union

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import DURATION_FORMS, seconds_from_duration
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.lists import text_from_option, texts_from_option
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Raw, shown_text
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.wire import entries_from_wire, in_the_form_of, in_the_other_form

# Values of a client by option name.
ClientValue = Union[str, bool, int, list[str], None]
ClientValues = dict[str, ClientValue]
NO_FORMS: Mapping[str, Any] = MappingProxyType({})


class Field(NamedTuple):
    """One member of a client.

    :param kind: text, flag, list or seconds.
    :param default: the documented value in a new client.
    :param holds_uris: whether the entries of a list are redirect addresses.
    :param holds_blanks: whether the entries of a list may contain blanks.
    """

    option: str
    member: str
    kind: str
    default: ClientValue = None
    holds_uris: bool = False
    holds_blanks: bool = False


SCOPES = ["openid", "permissions", "publicapi.all"]
FIELDS = (
    Field("client_id", "clientId", "text"),
    Field("client_name", "clientName", "text"),
    Field("allow_offline_access", "allowOfflineAccess", "flag", False),
    Field("allow_remember_consent", "allowRememberConsent", "flag", True),
    Field("back_channel_logout_session_required", "backChannelLogoutSessionRequired", "flag", True),
    Field("require_client_secret", "requireClientSecret", "flag", True),
    Field("require_consent", "requireConsent", "flag", False),
    Field("allow_no_pkce", "allowNoPkce", "flag", False),
    Field("allowed_grant_types", "allowedGrantTypes", "list", []),
    Field("allowed_cors_origins", "allowedCorsOrigins", "list", []),
    Field("allowed_scopes", "allowedScopes", "list", SCOPES),
    Field("post_logout_redirect_uris", "postLogoutRedirectUris", "list", [], holds_uris=True),
    Field("redirect_uris", "redirectUris", "list", [], holds_uris=True),
    Field("access_token_lifetime", "accessTokenLifetime", "seconds", 86400),
    Field("refresh_token_lifetime", "refreshTokenLifetime", "seconds", 2592000),
)
# Its member is not documented, so the user has to name it.
ROLES = Field("roles", "", "list", [], holds_blanks=True)
OPTION_FIELDS = (*FIELDS, ROLES)
# Members that the server shows but does not accept.
READ_ONLY = frozenset({"id", "created", "updated", "lastAccessed", "secrets", "clientSecrets"})


def fields_of(roles_member: str) -> tuple[Field, ...]:
    """Return the members of a client, with the one for roles if it is known."""
    return (*FIELDS, ROLES._replace(member=roles_member)) if roles_member else FIELDS


def desired_from_params(params: Mapping[str, Any]) -> ClientValues:
    """Return the given options by option name; the others are not managed.

    :raises ConfigError: for a lifetime that is not a duration, or a text that is not in quotes.
    """
    return {field.option: _value_from_param(field, params[field.option]) for field in OPTION_FIELDS if params.get(field.option) is not None}


def texts_of(values: Mapping[str, ClientValue], option: str) -> list[str]:
    """Return a list of a client; empty if it has none."""
    value = values.get(option)
    return value if isinstance(value, list) else []


def current_from_api(raw: Raw, roles_member: str = "") -> ClientValues:
    """Return all fields of a client by option name, with the documented default where the server leaves one out.

    Values in an unknown form stay as received: a list that is not a list, a lifetime that is not a number.
    """
    return {field.option: _value_from_api(field, raw) for field in fields_of(roles_member)}


def check_readable(desired: Mapping[str, ClientValue], current: Mapping[str, ClientValue]) -> None:
    """Raise ApiError for a desired lifetime whose current value cannot be compared."""
    for field in FIELDS:
        if field.kind == "seconds" and field.option in desired and isinstance(current.get(field.option), str):
            raise ApiError(f"Could not read client {current['client_id']!r}: its {field.member} is in an unknown form.", code="unreadable")


def created_from_desired(desired: ClientValues, roles_member: str = "") -> ClientValues:
    """Return the new client as the vendor documents its defaults."""
    return {field.option: desired.get(field.option, _default(field, desired)) for field in fields_of(roles_member)}


def create_payload(desired: ClientValues, *, forms: Mapping[str, Any] = NO_FORMS, roles_member: str = "") -> Raw:
    """Return the body that creates a client: the given options, and the two members that the server may require.

    :param forms: members in the server's own form, as far as known.
    """
    sent: ClientValues = {"client_name": desired["client_id"], "allowed_scopes": list(SCOPES), **desired}
    return {field.member: _written(field, sent[field.option], forms) for field in fields_of(roles_member) if field.option in sent}


def update_payload(raw: Raw, desired: Mapping[str, object], *, taken: Mapping[str, Any] = NO_FORMS, roles_member: str = "") -> Raw:
    """Return the client as the server sent it, updated with the desired values in the server's own form.

    A server may reset a member that is left out, so unknown members are sent back too.

    :param taken: members in a form that the server accepts although it shows another one.
    """
    payload = {member: value for member, value in raw.items() if member not in READ_ONLY}
    forms = {**raw, **taken}
    for field in fields_of(roles_member):
        if field.option in desired:
            payload[field.member] = _written(field, desired[field.option], forms)
        elif field.kind == "list" and raw.get(field.member, []) is None:
            # null stands for an empty list when read; sent back, a server may refuse it.
            payload[field.member] = _written(field, [], forms)
        elif field.member in taken and raw.get(field.member) is not None:
            payload[field.member] = _written(field, _value_from_api(field, raw), forms)
    return payload


def rewritten(payload: Raw, refused: Iterable[str], roles_member: str = "") -> Raw:
    """Return the members of a body that the server may accept in another form, in that form.

    :param refused: names in the server's error, in any notation.
    """
    other: Raw = {}
    names = [name.lower() for name in refused]
    for field in fields_of(roles_member):
        # Such as $.accessTokenLifetime, or client.AccessTokenLifetime.
        if field.member in payload and any(name.rpartition(".")[2].startswith(field.member.lower()) for name in names):
            value = in_the_other_form(field.kind, payload[field.member], blanks=field.holds_blanks)
            if value is not None:
                other[field.member] = value
    return other


def is_complete(raw: Raw, roles_member: str = "") -> bool:
    """Return whether an entry of a list has all members, rather than a summary of the client."""
    return all(field.member in raw for field in fields_of(roles_member))


def _written(field: Field, value: object, forms: Mapping[str, Any]) -> Any:
    return in_the_form_of(forms.get(field.member), field.kind, value, blanks=field.holds_blanks)


def _value_from_param(field: Field, value: object) -> ClientValue:
    if field.kind == "text":
        return text_from_option(field.option, value)
    if field.kind == "list":
        return texts_from_option(field.option, value)
    if field.kind == "seconds":
        try:
            return seconds_from_duration(value)
        except ValueError as exc:
            raise ConfigError(f"{field.option} {value!r} is not a duration; write {DURATION_FORMS}.") from exc
    if not isinstance(value, bool):
        raise ConfigError(f"{field.option} {value!r} is neither true nor false; write one of the two.")
    return value


def _value_from_api(field: Field, raw: Raw) -> ClientValue:
    value = raw.get(field.member)
    if field.kind == "list":
        if field.member not in raw:
            return _default(field, {})
        entries = entries_from_wire(value, blanks=field.holds_blanks)
        if entries is not None:
            return [shown_text(entry) for entry in entries]
        # The vendor's page describes allowedCorsOrigins like a switch, so a boolean is possible.
        return value if isinstance(value, bool) else shown_text(str(value))
    if value is None:
        return _default(field, {"client_id": None if raw.get("clientId") is None else shown_text(str(raw["clientId"]))})
    if field.kind == "flag":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if field.kind == "seconds":
        try:
            return seconds_from_duration(value)
        except ValueError:
            return shown_text(str(value))
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return shown_text(str(value))


def _default(field: Field, desired: ClientValues) -> ClientValue:
    if field.option == "client_name":
        return desired.get("client_id")
    return list(field.default) if isinstance(field.default, list) else field.default


def options_spec() -> dict[str, dict[str, Any]]:
    """Return the argument spec of all members; without defaults, which would reset clients made by others."""
    types: dict[str, dict[str, Any]] = {
        # Raw, so that a 0123 or 1.10 without quotes, which YAML changes, can be detected.
        "text": {"type": "raw"},
        "flag": {"type": "bool"},
        "list": {"type": "list", "elements": "str"},
        # Text, since a duration may have a unit; not a secret, although ansible-core suspects the word token.
        "seconds": {"type": "str", "no_log": False},
    }
    return {field.option: dict(types[field.kind]) for field in OPTION_FIELDS}
