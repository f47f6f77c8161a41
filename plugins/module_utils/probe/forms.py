# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find the forms in which a tenant shows and accepts members, and what it adds to a client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import timespan_from_seconds
from ansible_collections.abbyy.vantage.plugins.module_utils.probe.findings import Found, Question, Requests, Seen
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import FIELDS, rewritten
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.habits import CODE_FLOW
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.wire import entries_from_wire, in_the_form_of

IN_ANY_FORM = "There is nothing to set: each member is written in the form in which the tenant has it."
NO_DIFFERENCE = (
    f"There is nothing to set: {CODE_FLOW} is no difference where allowed_grant_types does not name it. A client without redirect_uris cannot use that flow."
)
READING = {
    "client_text_lists": Question("Which lists are written as one text?", False, "none", advice=IN_ANY_FORM),
    "client_untold_lists": Question(
        "Which lists are written in a form that does not tell their entries?",
        False,
        "none",
        advice="Leave the options of these lists out: they are sent when a client is created, and neither compared nor changed later.",
    ),
    "client_code_flow": Question(f"Does every client have the grant type {CODE_FLOW}?", True, None),
    "refresh_token": Question(
        "How often does a refresh token work?",
        False,
        "once, and the response has the next one",
        advice="There is nothing to set: auth_refresh_token and a login_file can be used again and again, until the token expires.",
    ),
}
WRITING = {
    "create_forms": Question("Which members of a new client are refused in the form that the vendor documents?", True, "none", advice=IN_ANY_FORM),
    "create_grants": Question("Which grant types does a new client get unasked?", True, "none", advice=NO_DIFFERENCE),
    "put_lifetimes": Question("Is a lifetime taken as a number of seconds?", False, "yes", advice=IN_ANY_FORM),
}
LISTS = tuple(field.member for field in FIELDS if field.kind == "list")
GRANTS = "allowedGrantTypes"
LIFETIMES = tuple(field.member for field in FIELDS if field.kind == "seconds")
SECONDS = 3600
BAD_REQUEST = 400


class Taken(NamedTuple):
    """The outcome of sending a body.

    :param body: as it was sent last.
    :param refused: members that were accepted only in another form than the first one.
    """

    seen: Seen
    body: dict[str, Any]
    refused: tuple[str, ...] = ()


def answers_of_forms(requests: Requests, clients: list[dict[str, Any]]) -> Iterator[tuple[str, Found]]:
    """Yield the findings from clients that were read one by one, and from the login."""
    texts = [member for member in LISTS if any(isinstance(client.get(member), str) for client in clients)]
    untold = [member for member in LISTS if any(_is_untold(client.get(member)) for client in clients)]
    if clients:
        yield "client_text_lists", Found(", ".join(texts) or "none", not texts)
        yield "client_untold_lists", Found(", ".join(untold) or "none", not untold)
        grants = [entries_from_wire(client.get(GRANTS)) or [] for client in clients]
        everywhere = all(CODE_FLOW in one for one in grants)
        yield "client_code_flow", Found(f"{'yes, all' if everywhere else 'no, not all'} of the {len(clients)} that were read", True)
    given, now = requests.given_refresh_token, requests.api.tokens.refresh_token
    if not given or not now:
        yield "refresh_token", Found("not told, as this run did not log in with auth_refresh_token", None)
    else:
        yield "refresh_token", Found("again and again" if now == given else "once, and the response has the next one", now != given)


def send_in_any_form(requests: Requests, method: str, path: str, body: dict[str, Any], doing: str) -> Taken:
    """Send a client; if refused, send it once more with the members that the error names in another form."""
    seen = requests.send(method, path, body=body, doing=doing)
    other = rewritten(body, seen.fields) if seen.status == BAD_REQUEST else {}
    if not other:
        return Taken(seen, body)
    rest = {**body, **other}
    again = requests.send(method, path, body=rest, doing=f"{doing} in another form")
    return Taken(again, rest, tuple(other)) if again.ok else Taken(seen, body)


def unasked_grants(client: dict[str, Any], asked: list[str]) -> Found:
    """Return the grant types of a new client besides those that it was created with."""
    added = [grant for grant in entries_from_wire(client.get(GRANTS)) or [] if grant not in asked]
    return Found(", ".join(added) or "none", not added)


def number_of_seconds(requests: Requests, client_id: str, client: dict[str, Any]) -> Found:
    """Return whether a client can be written with a lifetime in seconds."""
    path = requests.path(client_id)
    shown = in_the_form_of(client.get(LIFETIMES[0]), "seconds", SECONDS)
    for words, value in {"yes": SECONDS, "as a time span": timespan_from_seconds(SECONDS), "as it is shown": shown}.items():
        seen = requests.send("PUT", path, body={**client, **dict.fromkeys(LIFETIMES, value)}, doing="write the lifetimes of the scratch client")
        if seen.ok:
            return Found(words if value == SECONDS else f"no, but {words} like {value}", value == SECONDS)
    return Found("no, in no form", False)


def _is_untold(value: Any) -> bool:
    return value is not None and (isinstance(value, bool) or entries_from_wire(value) is None)
