# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find out on a scratch client what only writing shows about secrets. No value leaves this file."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, moved, timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import AuthError
from ansible_collections.abbyy.vantage.plugins.module_utils.probe import roles
from ansible_collections.abbyy.vantage.plugins.module_utils.probe.findings import Found, Question, Requests, refusal
from ansible_collections.abbyy.vantage.plugins.module_utils.probe.members import SECRET_MEMBERS
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import camel_members, entries_from_body

QUESTIONS = {
    "secret_answer": Question(
        "Which members does the answer to a new secret lack?",
        False,
        "none",
        advice="There is nothing to set: a new secret whose id is not told is looked up. Only a secret without its value cannot be used.",
    ),
    "secret_has_value": Question("Does it hold the value?", True, "yes", copes=False),
    "secret_display_prefix": Question("Is valueDisplay the beginning of the value?", True, "yes"),
    "secret_milliseconds": Question("Are startTime and expiration kept to the millisecond?", False, "yes"),
    "secret_default_life": Question("How long does a secret live by default?", True, "6 months"),
    "secret_twice": Question("May two secrets have the same description?", False, "yes", copes=False),
    "secret_too_short": Question("Is a secret for one hour refused?", True, "yes, with 400"),
    "secret_works": Question(
        "How long until a new secret works?",
        False,
        "it works at once",
        advice="With verify, a new secret is tried for up to one minute. If it takes longer, set verify to false, and an overlap that is longer than that.",
    ),
    "secret_wrong": Question("How is a wrong secret refused?", False, "invalid_client", copes=False),
    **roles.WRITING,
    "secret_delete": Question("What is the answer to deleting a secret, and to doing it again?", False, "204, then 404"),
    "secret_deleted_works": Question(
        "How long does a deleted secret keep working?",
        False,
        "not at all",
        advice="There is nothing to set. Do not rely on a deletion to lock somebody out at once.",
    ),
}
WAIT = 2
DESCRIPTION = "vantage-probe"


def answers_of_scratch_secrets(requests: Requests, client_id: str, *, patience: int, scope: str) -> Iterator[tuple[str, Found]]:
    """Yield each question's key with the finding on the scratch client."""
    made, refused = _make(requests, client_id, {"description": DESCRIPTION})
    if made is None:
        yield "secret_answer", Found(refused, False)
        return
    lacking = [member for member in (*SECRET_MEMBERS, "value") if member not in made]
    yield "secret_answer", Found(", ".join(lacking) or "none", not lacking)
    value = str(made.get("value") or "")
    yield "secret_has_value", Found("yes" if value else "no", bool(value))
    shown = str(made.get("valueDisplay") or "")
    yield "secret_display_prefix", Found("yes" if shown and value.startswith(shown) else "no", bool(shown) and value.startswith(shown))
    yield "secret_default_life", _default_life(made)
    secret_id = str(made.get("id") or _only_id(requests, client_id))
    yield from _more(requests, client_id)
    if not value:
        return
    yield "secret_wrong", _wrong(requests, client_id, scope)
    waited = _wait_until(requests, lambda: requests.api.endpoint.try_secret(client_id, value, scope), patience)
    yield "secret_works", _duration(waited, patience, "it works at once", "it did not work")
    if waited is not None:
        yield from roles.answers_of_login(requests, client_id, value)
    first = requests.send("DELETE", requests.path(client_id, "secrets", secret_id), doing="delete a secret of the scratch client")
    again = requests.send("DELETE", requests.path(client_id, "secrets", secret_id), doing="delete it again")
    yield "secret_delete", Found(f"{first.status}, then {again.status}", (first.status, again.status) == (204, 404))
    if first.ok and waited is not None:
        waited = _wait_until(requests, lambda: not requests.api.endpoint.try_secret(client_id, value, scope), patience)
        yield "secret_deleted_works", _duration(waited, patience, "not at all", "it still worked")


def _only_id(requests: Requests, client_id: str) -> Any:
    """Return the listed id of the one secret made so far."""
    return next((entry.get("id") for entry in requests.api.list_secrets(client_id) or [] if entry.get("description") == DESCRIPTION), None)


def _make(requests: Requests, client_id: str, payload: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    seen = requests.send("POST", requests.path(client_id, "secrets", slash=True), body=payload, doing="create a secret of the scratch client")
    if not seen.ok:
        return None, refusal(seen)
    if not isinstance(seen.body, dict):
        return None, f"{seen.status} without the secret"
    made = camel_members(seen.body)
    requests.api.http.redact(str(made.get("value") or ""))
    return made, ""


def _more(requests: Requests, client_id: str) -> Iterator[tuple[str, Found]]:
    now = requests.api.http.now().replace(microsecond=0)
    start, end = moved(now, timedelta(hours=1, milliseconds=123)), moved(now, timedelta(days=10, milliseconds=457))
    asked = {"startTime": timestamp_from_moment(start), "expiration": timestamp_from_moment(end)}
    made, refused = _make(requests, client_id, {"description": DESCRIPTION, **asked})
    yield "secret_twice", Found("yes" if made else f"no, {refused}", made is not None)
    if made:
        listed = requests.send("GET", requests.path(client_id, "secrets", slash=True), doing="list the secrets of the scratch client")
        entries = entries_from_body(listed.body, "list the secrets of the scratch client")[0] if listed.ok else []
        kept = next((entry for entry in entries if entry.get("id") == made.get("id")), made)
        yield "secret_milliseconds", _kept_times(asked, kept)
    made, refused = _make(requests, client_id, {"description": "vantage-probe-short", "expiration": timestamp_from_moment(moved(now, timedelta(hours=1)))})
    yield "secret_too_short", Found("no" if made else f"yes, with {refused[refused.find('(') + 1 : -1]}", made is None and "400" in refused)


def _kept_times(asked: dict[str, str], kept: dict[str, Any]) -> Found:
    try:
        drifts = [abs(moment_from_timestamp(kept[member]) - moment_from_timestamp(asked[member])) for member in asked]
    except (KeyError, ValueError):
        return Found("not told, as they are not answered as times", None)
    if max(drifts) < timedelta(milliseconds=1):
        return Found("yes", True)
    return Found("no, to the second" if max(drifts) < timedelta(seconds=1) else f"no, they differ by {max(drifts).total_seconds():g} seconds", False)


def _default_life(made: dict[str, Any]) -> Found:
    try:
        days = (moment_from_timestamp(made["expiration"]) - moment_from_timestamp(made["startTime"])) / timedelta(days=1)
    except (KeyError, ValueError):
        return Found("not told, as the answer has no times", None)
    # Six months have 181 to 184 days.
    return Found("6 months" if 180 <= days <= 185 else f"{days:.1f} days", 180 <= days <= 185)


def _wrong(requests: Requests, client_id: str, scope: str) -> Found:
    form: dict[str, str | None] = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": uuid.uuid4().hex, "scope": scope}
    try:
        requests.api.endpoint.request_token(form, doing="try a wrong secret")
    except AuthError as exc:
        return Found(str(exc.code), exc.code == "invalid_client")
    return Found("it is accepted", False)


def _wait_until(requests: Requests, is_so: Callable[[], bool], patience: int) -> int | None:
    """Return the seconds until a condition held; None when it never did."""
    waited = 0
    while not is_so():
        if waited >= patience:
            return None
        requests.api.http.wait(WAIT)
        waited += WAIT
    return waited


def _duration(waited: int | None, patience: int, at_once: str, never: str) -> Found:
    if waited is None:
        return Found(f"{never} within {patience} seconds", False)
    return Found(f"about {waited} seconds" if waited else at_once, not waited)
