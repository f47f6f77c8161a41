# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find out on a scratch client what only writing shows about clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError
from ansible_collections.abbyy.vantage.plugins.module_utils.probe import forms, scratch_secrets
from ansible_collections.abbyy.vantage.plugins.module_utils.probe.findings import Found, Question, Requests, Seen, refusal
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import camel_members, entries_from_body
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import FIELDS, SCOPES, current_from_api, update_payload

QUESTIONS = {
    "create_slash": Question("Is a client created without the slash at the end, too?", True, "no"),
    "create_answer": Question("What is the answer to the creation?", False, "201 with the client"),
    "create_defaults": Question("Which members of a new client have another default?", True, "none"),
    "create_first_secret": Question("Does creating a client also make a first secret?", False, "no"),
    "create_twice": Question("What is the response for a client that already exists?", False, "409"),
    **forms.WRITING,
    "put_answer": Question("What is the answer to PUT?", False, "200 with the client"),
    "put_left_out": Question("What becomes of a member that a PUT leaves out?", False, "it falls to its default"),
    "put_takes": Question("Which members does a PUT of the whole client not change?", False, "none", copes=False),
    **scratch_secrets.QUESTIONS,
    "delete_client": Question("What is the answer to deleting a client, and to doing it again?", False, "204, then 404"),
}
GRANTS = ["client_credentials"]
SPARE = ("client_id", "client_name", "allowed_scopes", "require_client_secret", "allowed_grant_types")
# Non-default values for everything that can be changed safely on an unused client.
CHANGED = {
    "allow_offline_access": True,
    "allow_remember_consent": False,
    "back_channel_logout_session_required": False,
    "require_consent": True,
    "allow_no_pkce": True,
    "allowed_cors_origins": ["https://vantage-probe.example.com"],
    "post_logout_redirect_uris": ["https://vantage-probe.example.com/left"],
    "redirect_uris": ["https://vantage-probe.example.com/callback"],
    "access_token_lifetime": 3600,
    "refresh_token_lifetime": 7200,
}


def answers_by_writing(requests: Requests, client_id: str, *, patience: int, scope: str) -> Iterator[tuple[str, Found]]:
    """Yield each question's key with the finding on a client of this id, which is deleted afterwards.

    :param patience: maximum number of seconds to wait for a secret to start or stop working.
    """
    yield from _creation(requests, client_id)
    yield from _updates(requests, client_id)
    yield from scratch_secrets.answers_of_scratch_secrets(requests, client_id, patience=patience, scope=scope)
    first = requests.send("DELETE", requests.path(client_id), doing="delete the scratch client")
    again = requests.send("DELETE", requests.path(client_id), doing="delete the scratch client again")
    yield "delete_client", Found(f"{first.status}, then {again.status}", (first.status, again.status) == (204, 404))


def _creation(requests: Requests, client_id: str) -> Iterator[tuple[str, Found]]:
    payload: dict[str, Any] = {"clientId": client_id, "clientName": client_id, "allowedGrantTypes": GRANTS, "allowedScopes": SCOPES}
    created = requests.send("POST", requests.path(), body=payload, doing="create the scratch client without the slash")
    yield "create_slash", Found("yes" if created.ok else f"no, {refusal(created)}", not created.ok)
    refused: tuple[str, ...] = ()
    if not created.ok:
        created, payload, refused = forms.send_in_any_form(requests, "POST", requests.path(slash=True), payload, "create the scratch client")
    if not created.ok:
        raise ApiError(f"Could not create the scratch client {client_id!r}: {refusal(created)}.", status=created.status, code="scratch_refused")
    yield "create_answer", _answer(created, 201)
    yield "create_forms", Found(", ".join(refused) or "none", not refused)
    client = _read(requests, client_id)
    yield "create_grants", forms.unasked_grants(client, GRANTS)
    current = current_from_api(client)
    other = [field.member for field in FIELDS if field.option not in SPARE and not _is_as(current[field.option], field.default)]
    yield "create_defaults", Found(", ".join(other) or "none", not other)
    listed = requests.send("GET", requests.path(client_id, "secrets", slash=True), doing="list the secrets of the scratch client")
    if listed.ok:
        secrets = entries_from_body(listed.body, "list the secrets of the scratch client")[0]
        yield "create_first_secret", Found("yes" if secrets else "no", not secrets)
    again = requests.send("POST", requests.path(slash=True), body=payload, doing="create the scratch client again")
    yield "create_twice", Found("accepted" if again.ok else str(again.status), again.status == 409)


def _updates(requests: Requests, client_id: str) -> Iterator[tuple[str, Found]]:
    whole = _read(requests, client_id)
    yield "put_lifetimes", forms.number_of_seconds(requests, client_id, update_payload(whole, {}))
    changed, _body, _refused = forms.send_in_any_form(requests, "PUT", requests.path(client_id), update_payload(whole, CHANGED), "update the scratch client")
    if not changed.ok:
        yield "put_answer", Found(refusal(changed), False)
        return
    yield "put_answer", _answer(changed, 200)
    before = current_from_api(_read(requests, client_id))
    lacking = [field.member for field in FIELDS if field.option in CHANGED and not _is_as(before[field.option], CHANGED[field.option])]
    yield "put_takes", Found(", ".join(lacking) or "none", not lacking)
    # Only the id and the required members; everything else is left out.
    bare = {"clientId": client_id, "clientName": client_id, "allowedGrantTypes": GRANTS, "allowedScopes": SCOPES, "requireClientSecret": True}
    put, _body, _refused = forms.send_in_any_form(requests, "PUT", requests.path(client_id), bare, "update the scratch client with few members")
    if not put.ok:
        yield "put_left_out", Found(f"such a PUT is {refusal(put)}", False)
        return
    after = current_from_api(_read(requests, client_id))
    kept = [field.member for field in FIELDS if field.option in CHANGED and field.member not in lacking and after[field.option] == before[field.option]]
    tried = len(CHANGED) - len(lacking)
    found = "it falls to its default" if not kept else "it is kept" if len(kept) == tried else f"some are kept: {', '.join(kept)}"
    yield "put_left_out", Found(found, not kept)


def _read(requests: Requests, client_id: str) -> dict[str, Any]:
    client = requests.api.find_client(client_id)
    if client is None:
        raise ApiError(f"The scratch client {client_id!r} was created but cannot be read.", code="scratch_lost")
    return client


def _answer(seen: Seen, expected: int) -> Found:
    with_client = isinstance(seen.body, dict) and "clientId" in camel_members(seen.body)
    return Found(f"{seen.status} {'with the client' if with_client else 'without the client'}", seen.status == expected and with_client)


def _is_as(found: Any, wanted: Any) -> bool:
    """Return whether a value is as expected, as far as the server shows."""
    if isinstance(wanted, list):
        return sorted(found) == sorted(wanted) if isinstance(found, list) else bool(found)
    return bool(found == wanted)
