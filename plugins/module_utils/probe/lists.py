# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find how a tenant returns lists: their shape, their pages, and whether entries are complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.probe.findings import Found, Question, Requests, Seen, refusal
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import ITEM_KEYS, PAGE_SIZE, TOTAL_KEYS, camel_members, entries_from_body
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import FIELDS

QUESTIONS = {
    "list_clients": Question("Does GET clients/ list the clients?", False, "yes", copes=False),
    "list_slash": Question("… and without the slash at its end?", False, None),
    "list_shape": Question("What is the list inside of?", False, "an object, under items"),
    "list_total": Question("Does the list say how many there are in all?", False, "yes, in totalItemCount"),
    "list_paging": Question("Are offset and limit followed?", True, "yes"),
    "list_page_cap": Question("How many entries does a page hold at most?", False, None),
    "list_whole": Question(
        "Is a listed client whole?",
        False,
        "yes",
        advice="Each client is read by itself, which takes one more request; raise concurrency where a tenant has many.",
    ),
}


def answers_of_lists(requests: Requests) -> Iterator[tuple[str, Found]]:
    """Yield each question's key with the finding."""
    seen = requests.send("GET", requests.path(slash=True), query={"offset": "0", "limit": str(PAGE_SIZE)}, doing="list the clients of the tenant")
    yield "list_clients", Found("yes", True) if seen.ok else Found(refusal(seen), False)
    bare = requests.send("GET", requests.path(), query={"offset": "0", "limit": "1"}, doing="list the clients without the slash")
    yield "list_slash", Found("answered as well" if bare.ok else refusal(bare), bare.ok)
    if not seen.ok:
        return
    yield "list_shape", shape_of_list(seen.body)
    yield "list_total", total_of_list(seen.body)
    entries, total = entries_from_body(seen.body, "list the clients of the tenant")
    followed = paging(requests, len(entries))
    yield "list_paging", followed
    yield "list_page_cap", page_cap(requests, len(entries), total) if followed.same else Found("not told, since the list has no pages", None)
    yield "list_whole", completeness(entries)


def shape_of_list(body: Any) -> Found:
    """Return what surrounds the entries of a list."""
    if isinstance(body, list):
        return Found("nothing, it is a bare array", False)
    if not isinstance(body, dict):
        return Found("the answer holds none", False)
    key = next((key for key in ITEM_KEYS if isinstance(camel_members(body).get(key), list)), "")
    pascal = key and key not in body
    return Found(f"an object, under {key}{', in PascalCase' if pascal else ''}", key == "items" and not pascal)


def total_of_list(body: Any) -> Found:
    """Return the name of the total."""
    around = camel_members(body) if isinstance(body, dict) else {}
    key = next((key for key in TOTAL_KEYS if isinstance(around.get(key), int)), None)
    return Found(f"yes, in {key}" if key else "no", key == "totalItemCount")


def paging(requests: Requests, listed: int) -> Found:
    """Return whether the second page begins with the second client."""
    if listed < 2:
        return Found("not told by fewer than two clients", None)
    pages = [requests.send("GET", requests.path(slash=True), query={"offset": offset, "limit": "1"}, doing="read one page") for offset in ("0", "1")]
    refused = next((page for page in pages if not page.ok), None)
    if refused:
        return Found(refusal(refused), False)
    first, second = (_ids(page) for page in pages)
    if len(first) == len(second) == 1 and first != second:
        return Found("yes", True)
    return Found("no, the whole list comes each time" if len(first) > 1 else "no, each page is the same", False)


def page_cap(requests: Requests, listed: int, total: int | None) -> Found:
    """Return the largest page."""
    if listed >= PAGE_SIZE:
        return Found(f"{PAGE_SIZE} or more", True)
    more = (total is not None and total > listed) or bool(
        _ids(requests.send("GET", requests.path(slash=True), query={"offset": str(listed), "limit": "1"}, doing="read the next page"))
    )
    return Found(f"{listed}, though {PAGE_SIZE} were asked for", True) if more else Found(f"not told by a tenant of {listed}", None)


def completeness(entries: list[dict[str, Any]]) -> Found:
    """Return which documented members are missing in a listed client."""
    if not entries:
        return Found("not told by an empty tenant", None)
    lacking = [field.member for field in FIELDS if field.member not in entries[0]]
    return Found(f"no, it lacks {', '.join(lacking)}" if lacking else "yes", not lacking)


def _ids(seen: Seen) -> list[str]:
    return [str(entry.get("clientId")) for entry in entries_from_body(seen.body, "read one page")[0]] if seen.ok else []
