# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find out what is undocumented about the roles and scopes of a client made by the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import AuthError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import DEFAULT_SCOPE
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import Token
from ansible_collections.abbyy.vantage.plugins.module_utils.probe.findings import Found, Question, Requests
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.access import SKILLS, read_as
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import FIELDS, SCOPES

OWN_SCOPE = " ".join(SCOPES)
READING = {"client_roles": Question("Which member of a client may hold its roles?", False, None)}
WRITING = {
    "login_scope": Question(
        f"Does a new client log in with {DEFAULT_SCOPE}?", True, "yes", advice="Set auth_scope to scopes that such a client may ask for; see the next finding."
    ),
    "login_own_scope": Question(f"… and with {OWN_SCOPE}?", False, None),
    "new_client_skills": Question(f"What does its token get from GET {SKILLS}?", False, None),
}
# As the vendor's pages call them, application principal roles.
ROLES = re.compile("role|principal|permission", re.IGNORECASE)
KNOWN = frozenset(field.member for field in FIELDS)


def answers_of_roles(clients: list[dict[str, Any]]) -> Iterator[tuple[str, Found]]:
    """Yield the findings from complete clients."""
    if not clients:
        return
    found = {member: form_of(client[member]) for client in clients for member in client if member not in KNOWN and ROLES.search(member)}
    yield "client_roles", Found(", ".join(f"{member}, {form}" for member, form in sorted(found.items())) or "none that is known by its name", True)


def form_of(value: Any) -> str:
    """Describe the type of a value in words."""
    if isinstance(value, list):
        kinds = {"texts" if isinstance(entry, str) else "objects" if isinstance(entry, dict) else "others" for entry in value}
        return f"a list of {' and '.join(sorted(kinds))}" if kinds else "an empty list"
    return {str: "a text", dict: "an object", type(None): "null"}.get(type(value), "another value")


def answers_of_login(requests: Requests, client_id: str, value: str) -> Iterator[tuple[str, Found]]:
    """Yield what the scratch client may do with a secret that works."""
    seen: dict[str, str] = {}
    for key, scope in (("login_scope", DEFAULT_SCOPE), ("login_own_scope", OWN_SCOPE)):
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": value, "scope": scope}
        try:
            token = requests.api.endpoint.request_token(form, doing="log in as the scratch client")
        except AuthError as exc:
            yield key, Found(f"no, {exc.code}", False)
        else:
            yield key, Found("yes", True)
            seen[scope.split()[-1]] = _skills(requests, token)
    if not seen:
        return
    alike = len(set(seen.values())) == 1
    yield "new_client_skills", Found(min(seen.values()) if alike else ", ".join(f"{said} with {scope}" for scope, said in seen.items()), True)


def _skills(requests: Requests, token: Token) -> str:
    try:
        status = read_as(requests.api.http, token)
    except VantageError as exc:
        return str(exc.status or exc.code)
    return f"{status}, as it has no role yet" if status == 403 else str(status)
