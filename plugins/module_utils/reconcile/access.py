# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Check whether the API accepts the token of a new secret: its client may have no role."""

from __future__ import annotations

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Http
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import Token

# What every role may read.
SKILLS = "/api/publicapi/v1/skills"
# As the vendor's pages call it.
WHERE = "in Vantage under Configuration > Public API Client > the name of the client"
NO_ROLE = f"The new secret works, but its client has no role yet, so the API refuses it (403): give it one {WHERE}."
NO_TOKEN = "The new secret works, but its client may not use client_credentials, so its role could not be checked."
NOT_TAKEN = "The new secret works, but the API does not accept its token (401): check auth_scope."
NOT_TRIED = "The new secret works, but the role of its client could not be checked."


def read_as(http: Http, token: Token) -> int:
    """Make one read with a token, and return its status.

    :raises VantageError: when the response says nothing about the token.
    """
    headers = {"Authorization": f"Bearer {token.access_token}"}
    try:
        # Only once: the secret is already proven, and a retry would only take time.
        return http.request("GET", SKILLS, doing="read the skills", headers=headers, repeatable=False).status
    except VantageError as exc:
        if exc.status not in (401, 403):
            raise
        return exc.status


def note_of_access(http: Http, token: Token | None) -> str:
    """Return a note about a new secret that has logged in; empty when its client may use the API.

    The secret is never rolled back for this: the token endpoint has proven it.

    :param token: of the login; None when the client may not use that grant.
    """
    if token is None:
        return NO_TOKEN
    try:
        return {401: NOT_TAKEN, 403: NO_ROLE}.get(read_as(http, token), "")
    except VantageError as exc:
        return f"{NOT_TRIED} {exc.message}"
