# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find out by reading what can be found that way."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError
from ansible_collections.abbyy.vantage.plugins.module_utils.probe import forms, lists, members, roles
from ansible_collections.abbyy.vantage.plugins.module_utils.probe.findings import Found, Question, Requests, refusal
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import camel_members, entries_from_body
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import secret_from_api

QUESTIONS = {
    "clock": Question(
        "Does the server tell its time, and is it ours?",
        False,
        "yes, within 3 seconds",
        advice="Secrets are judged by the server's clock where it tells one. If the clocks are to differ by more than a day, set clock_tolerance.",
    ),
    "discovery": Question(
        "Is there a discovery document of the tenant?", True, "yes, and its issuer fits", advice="Leave auth_discovery at false, which is its default."
    ),
    "discovery_unpinned": Question("… and one without the tenant?", False, "no"),
    "other_version": Question("Does the other api_version answer too?", False, None),
    "dead_token": Question("How is a wrong access token refused?", False, "with 401", copes=False),
    **lists.QUESTIONS,
    "read_client": Question("Does GET clients/{clientId} answer the client?", False, "yes", copes=False),
    "read_slash": Question("… and with a slash at its end?", False, None),
    "read_case": Question("Is a clientId case-sensitive?", False, "yes"),
    "read_missing": Question("What is the answer for a client that is not there?", False, "404", copes=False),
    "list_secrets": Question("Does GET clients/{clientId}/secrets/ list the secrets?", False, "yes", copes=False),
    "list_secrets_shape": Question("What is that list inside of?", False, "an object, under items"),
    **members.QUESTIONS,
    **forms.READING,
    **roles.READING,
}
# Enough to see every form of a member without reading the whole tenant.
CLIENTS_READ = 20


def answers_by_reading(requests: Requests) -> Iterator[tuple[str, Found]]:
    """Yield each question's key with the finding; a question that is not yielded stays open."""
    found = dict(lists.answers_of_lists(requests))
    yield from found.items()
    yield "clock", _clock(requests)
    yield from _discovery(requests)
    other = "v1" if "/v2/" in requests.path() else "v2"
    seen = requests.send("GET", requests.path(slash=True, api_version=other), query={"offset": "0", "limit": "1"}, doing=f"list the clients by {other}")
    yield "other_version", Found(f"{other} answers" if seen.ok else f"{other}: {refusal(seen)}", True)
    seen = requests.send("GET", requests.path(slash=True), query={"offset": "0", "limit": "1"}, bearer=uuid.uuid4().hex, doing="use a wrong token")
    yield "dead_token", Found("not at all" if seen.ok else f"with {seen.status}", seen.status == 401)
    if found["list_clients"].same:
        client_ids = [str(client["clientId"]) for client in requests.api.list_clients() if client.get("clientId")]
        yield from _single_clients(requests, client_ids)
        yield from _secrets(requests, client_ids)


def _clock(requests: Requests) -> Found:
    offset = requests.api.http.clock_offset()
    if offset is None:
        return Found("no, there is no Date header", False)
    seconds = round(offset.total_seconds())
    return Found(f"yes, but {abs(seconds)} seconds {'ahead' if seconds > 0 else 'behind'}" if seconds else "yes, within 3 seconds", not seconds)


def _discovery(requests: Requests) -> Iterator[tuple[str, Found]]:
    for key, pinned in (("discovery", True), ("discovery_unpinned", False)):
        path = requests.discovery_path(pinned=pinned)
        seen = requests.send("GET", path, doing="read the discovery document")
        if not pinned:
            yield key, Found("yes" if seen.ok else "no", not seen.ok)
        elif not seen.ok:
            yield key, Found(f"no, {refusal(seen)}", False)
        else:
            issuer = seen.body.get("issuer") if isinstance(seen.body, dict) else None
            fits = issuer == requests.api.http.url(path.rsplit("/.well-known", 1)[0])
            yield key, Found("yes, and its issuer fits" if fits else f"yes, but its issuer is {issuer}", fits)


def _single_clients(requests: Requests, client_ids: list[str]) -> Iterator[tuple[str, Found]]:
    seen = requests.send("GET", requests.path(f"vantage-probe-{uuid.uuid4().hex}"), doing="read a client that is not there")
    yield "read_missing", Found("a client" if seen.ok else str(seen.status), seen.status == 404)
    if not client_ids:
        return
    answers = [requests.send("GET", requests.path(client_id), doing="read a client") for client_id in client_ids[:CLIENTS_READ]]
    whole = [camel_members(answer.body) for answer in answers if isinstance(answer.body, dict)]
    yield "read_client", Found("yes" if len(whole) == len(answers) else refusal(answers[0]), len(whole) == len(answers))
    seen = requests.send("GET", requests.path(client_ids[0], slash=True), doing="read a client with a slash")
    yield "read_slash", Found("answered as well" if seen.ok else refusal(seen), True)
    swapped = next((client_id.swapcase() for client_id in client_ids if client_id.swapcase() not in (client_id, *client_ids)), None)
    if swapped:
        seen = requests.send("GET", requests.path(swapped), doing="read a client in another case")
        yield "read_case", Found("no" if seen.ok else "yes", not seen.ok)
    yield from members.answers_of_clients(whole)
    yield from forms.answers_of_forms(requests, whole)
    yield from roles.answers_of_roles(whole)


def _secrets(requests: Requests, client_ids: list[str]) -> Iterator[tuple[str, Found]]:
    secrets: list[dict[str, Any]] = []
    for number, client_id in enumerate(client_ids[:CLIENTS_READ]):
        seen = requests.send("GET", requests.path(client_id, "secrets", slash=True), query={"offset": "0", "limit": "500"}, doing="list secrets")
        if number == 0:
            yield "list_secrets", Found("yes" if seen.ok else refusal(seen), seen.ok)
            if seen.ok:
                yield "list_secrets_shape", lists.shape_of_list(seen.body)
        if seen.ok:
            secrets += entries_from_body(seen.body, "list secrets")[0]
    for secret in secrets:
        requests.api.http.redact(secret.get("value"))
    yield from members.answers_of_secrets(secrets, lambda secret: _is_expired(requests, secret))


def _is_expired(requests: Requests, secret: dict[str, Any]) -> bool:
    try:
        return secret_from_api(secret).is_expired(requests.api.http.now())
    except ApiError:
        return False
