# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find how a tenant writes the members of clients and secrets. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.probe.findings import Found, Question
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import FIELDS

QUESTIONS = {
    "client_members": Question("Which documented members does a client lack?", True, "none"),
    "client_unknown": Question("Which members does a client have that no document names?", False, "none"),
    "client_null_lists": Question("How is an empty list written?", False, "[]"),
    "client_cors": Question("What is allowedCorsOrigins?", False, "a list"),
    "client_lifetimes": Question("How are lifetimes written?", False, "as a number of seconds"),
    "secret_members": Question("Which of its members does a listed secret lack?", False, "none", copes=False),
    "secret_unknown": Question("Which other members does a listed secret have?", False, "none"),
    "secret_value": Question("Is a value ever listed?", True, "no", copes=False),
    "secret_value_display": Question("How long is valueDisplay?", True, "3 characters"),
    "secret_id": Question("What is the id of a secret?", False, "text"),
    "secret_times": Question("How are times written?", True, "as 2021-09-07T13:03:38.380Z"),
    "secret_expired": Question("Do expired secrets stay listed?", False, "yes"),
    "secret_never": Question("How is it written that a secret never expires?", False, None),
}
SECRET_MEMBERS = ("id", "description", "startTime", "expiration", "valueDisplay")
LISTS = tuple(field.member for field in FIELDS if field.kind == "list")
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", re.ASCII)


def answers_of_clients(clients: list[dict[str, Any]]) -> Iterator[tuple[str, Found]]:
    """Yield the findings from clients that were read one by one."""
    if not clients:
        return
    known = {field.member for field in FIELDS}
    lacking = [field.member for field in FIELDS if any(field.member not in client for client in clients)]
    unknown = sorted({member for client in clients for member in client} - known)
    yield "client_members", Found(", ".join(lacking) or "none", not lacking)
    yield "client_unknown", Found(", ".join(unknown) or "none", not unknown)
    yield "client_null_lists", _empty_lists(clients)
    cors = {type(client["allowedCorsOrigins"]) for client in clients if client.get("allowedCorsOrigins") is not None}
    yield "client_cors", Found("true or false", False) if bool in cors else Found("a list" if cors else "not told", True if cors else None)
    forms = sorted({_lifetime_form(client[member]) for client in clients for member in ("accessTokenLifetime", "refreshTokenLifetime") if member in client})
    yield "client_lifetimes", Found(" and ".join(forms) or "not told", forms == ["as a number of seconds"] if forms else None)


def answers_of_secrets(secrets: list[dict[str, Any]], is_expired: Any) -> Iterator[tuple[str, Found]]:
    """Yield the findings from listed secrets.

    :param is_expired: returns whether an entry has expired.
    """
    if not secrets:
        return
    lacking = [member for member in SECRET_MEMBERS if any(member not in secret for secret in secrets)]
    unknown = sorted({member for secret in secrets for member in secret} - {*SECRET_MEMBERS, "value"})
    yield "secret_members", Found(", ".join(lacking) or "none", not lacking)
    yield "secret_unknown", Found(", ".join(unknown) or "none", not unknown)
    listed = any(secret.get("value") for secret in secrets)
    yield "secret_value", Found("yes" if listed else "no", not listed)
    lengths = sorted({len(str(secret["valueDisplay"])) for secret in secrets if secret.get("valueDisplay")})
    yield "secret_value_display", Found(f"{' or '.join(map(str, lengths)) or 'no'} characters", lengths == [3] if lengths else None)
    kinds = sorted({"text" if isinstance(secret.get("id"), str) else type(secret.get("id")).__name__ for secret in secrets})
    yield "secret_id", Found(" and ".join(kinds).replace("int", "a number"), kinds == ["text"])
    odd = [str(secret[member]) for secret in secrets for member in ("startTime", "expiration") if secret.get(member) and not _TIME.match(str(secret[member]))]
    yield "secret_times", Found(f"as {odd[0]}" if odd else "as 2021-09-07T13:03:38.380Z", not odd)
    expired = any(is_expired(secret) for secret in secrets)
    yield "secret_expired", Found("yes" if expired else "not told, as none of those seen has expired", True if expired else None)
    never = sorted({str(secret.get("expiration")) for secret in secrets if str(secret.get("expiration"))[:4] in ("None", "0001", "9999")})
    yield "secret_never", Found(" or ".join(never).replace("None", "null") or "not told, as all of those seen expire", True if never else None)


def _empty_lists(clients: list[dict[str, Any]]) -> Found:
    values = [client[member] for client in clients for member in LISTS if member in client]
    if any(value is None for value in values):
        return Found("null", False)
    return Found("[]", True) if [] in values else Found("not told, as no list is empty", None)


def _lifetime_form(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return "as a number of seconds"
    text = str(value)
    if text.isdigit():
        return "as text with the seconds"
    if text.startswith("P"):
        return "as ISO 8601, like P30D"
    return "as a time span, like 30.00:00:00" if ":" in text else "in an unknown way"
