# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Read a tenant's own description of the administration API, and compare it with the collection's calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.probe.findings import Found, Question, Requests, refusal
from ansible_collections.abbyy.vantage.plugins.module_utils.probe.forms import IN_ANY_FORM
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import CALLS
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import FIELDS

REPORT = "There is nothing to set. Please report the description: it says what has to be inferred without it."
QUESTIONS = {
    "description": Question("Does the tenant describe its administration API?", False, None),
    "description_calls": Question("Which calls does it lack, or have beside those that are used?", False, "none", advice=REPORT),
    "description_client": Question("Which members of a new client does it lack, or have beside those that are known?", False, "none", advice=REPORT),
    "description_lifetimes": Question("What are lifetimes there?", False, "a number", advice=IN_ANY_FORM),
    "description_secret": Question("Which members of a new secret does it lack, or have beside those that are known?", False, "none", advice=REPORT),
}
PLACES = ("/api/swagger/adminapi2/{version}", "/api/swagger/adminapi2/{version}/swagger.json")
# A description of a whole product has some hundred thousand.
MOST_BYTES = 8 * 1024 * 1024
# The most that is saved of it; a job's event contains it too.
MOST_KEPT = 200_000
MOST_SHOWN = 20
VERBS = ("get", "post", "put", "patch", "delete")
SECRET_MEMBERS = frozenset({"description", "startTime", "expiration"})
# The longest chain of references.
DEEPEST = 8
# The depth to which nested alternatives are searched.
DEEPEST_ALTERNATIVE = 3
ALTERNATIVES = ("oneOf", "anyOf")
SCHEMAS = (("components", "schemas"), ("definitions",))


class Operation(NamedTuple):
    """A call in any description: its verb and its path below the tenant, independent of placeholder names and a final slash."""

    verb: str
    path: str

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"


def operation_of(verb: str, path: str) -> Operation:
    """Return the call of a verb and a path below the tenant."""
    return Operation(verb.upper(), re.sub(r"\{[^{}]*\}", "{}", path).strip("/"))


# The collection's calls, from the table of calls.
OPERATIONS = frozenset(operation_of(call.method, call.path) for call in CALLS.values())
CREATE_CLIENT, CREATE_SECRET = (operation_of(CALLS[name].method, CALLS[name].path) for name in ("create_client", "create_secret"))


class Described(NamedTuple):
    """What was found.

    :param answers: by the keys of the questions.
    :param kept: the part of the description that is about clients and their secrets; empty for none.
    """

    answers: dict[str, Found]
    kept: dict[str, Any]


def described(requests: Requests) -> Described:
    """Return the tenant's description of its API; a huge or broken one and a page for people are ignored."""
    said = ""
    for version in sorted(("v2", "v1"), key=lambda version: f"/{version}/" not in requests.path()):
        for place in PLACES:
            path = place.format(version=version)
            seen = requests.send("GET", path, doing="read the description of the API", most_bytes=MOST_BYTES)
            if seen.ok and part(seen.body, "paths"):
                return Described({"description": Found(f"yes, at {path}", True), **dict(answers_of_description(seen.body))}, kept_part(seen.body))
            said = said or ("it is no description" if seen.ok else refusal(seen) if seen.code.startswith("http_") else seen.code.replace("_", " "))
    return Described({"description": Found(f"no, {said}", False)}, {})


def answers_of_description(document: Any) -> Iterator[tuple[str, Found]]:
    """Yield each question's key with the answer from the description."""
    operations = operations_of(document)
    yield "description_calls", _compared(map(str, operations), map(str, OPERATIONS))
    client = members_of_body(document, operations.get(CREATE_CLIENT))
    if client:
        yield "description_client", _compared(client, (field.member for field in FIELDS))
        schemas = [client[field.member] for field in FIELDS if field.kind == "seconds" and field.member in client]
        kinds = sorted({kind for schema in schemas for kind in _kinds(document, schema)})
        if kinds:
            yield "description_lifetimes", Found(" or ".join(kinds), "a number" in kinds)
    secret = members_of_body(document, operations.get(CREATE_SECRET))
    if secret:
        yield "description_secret", _compared(secret, SECRET_MEMBERS)


def operations_of(document: Any) -> dict[Operation, Any]:
    """Return the described calls for clients and their secrets."""
    found = {}
    for path, item in part(document, "paths").items():
        below = re.search(r"/tenants/\{[^{}]*\}/(clients(?:/.*)?)$", path)
        if below:
            found.update({operation_of(verb, below.group(1)): part(item, verb) for verb in VERBS if verb in part(item)})
    return found


def members_of_body(document: Any, operation: Any) -> dict[str, Any]:
    """Return the members of the body that a call takes, by name, in OpenAPI 3 or Swagger 2."""
    contents = part(resolved(document, part(operation, "requestBody")), "content").values()
    parameters = operation.get("parameters") if isinstance(operation, dict) else None
    bodies = [one for one in parameters if part(one) and one.get("in") == "body"] if isinstance(parameters, list) else []
    for holder in (*contents, *bodies):
        members = _properties(document, part(holder, "schema"), DEEPEST_ALTERNATIVE)
        if members:
            return {name[:1].lower() + name[1:]: schema for name, schema in members.items()}
    return {}


def kept_part(document: Any) -> dict[str, Any]:
    """Return the part of a description about clients and their secrets, with its schemas; small enough for a result."""
    paths = {path: item for path, item in part(document, "paths").items() if re.search(r"/clients(/|$)", path)}
    kept: dict[str, Any] = {name: document[name] for name in ("openapi", "swagger", "info", "servers", "basePath") if name in document}
    kept["paths"] = paths
    schemas = _referred(document, paths)
    whole = {**kept, "schemas": schemas}
    for one in (whole, kept):
        if len(json.dumps(one)) <= MOST_KEPT:
            return one
    return {}


def part(value: Any, *names: str) -> dict[str, Any]:
    """Return a nested mapping; empty when there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return {key: entry for key, entry in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}


def resolved(document: Any, value: Any) -> dict[str, Any]:
    """Return the target of a reference; other values are returned unchanged."""
    for _hop in range(DEEPEST):
        found = part(value)
        reference = found.get("$ref")
        if not isinstance(reference, str):
            return found
        value = part(document, *reference.lstrip("#/").split("/"))
    return {}


def _properties(document: Any, schema: Any, hops: int) -> dict[str, Any]:
    found = resolved(document, schema)
    members = part(found, "properties")
    combined = [one for name in ("allOf", *ALTERNATIVES) if isinstance(found.get(name), list) for one in found[name][:DEEPEST]]
    for one in combined if hops else ():
        members = {**_properties(document, one, hops - 1), **members}
    return members


def _referred(document: Any, start: Any) -> dict[str, Any]:
    """Return the schemas that something refers to, by name, directly or indirectly."""
    schemas: dict[str, Any] = {}
    todo = [start]
    while todo:
        text = json.dumps(todo.pop())
        for name in re.findall(r'"\$ref": "#/(?:components/schemas|definitions)/([^"/]+)"', text):
            found = next((part(document, *place)[name] for place in SCHEMAS if name in part(document, *place)), None)
            if name not in schemas and found is not None:
                schemas[name] = found
                todo.append(found)
    return schemas


def _kinds(document: Any, schema: Any) -> list[str]:
    """Describe the type of a value in words, one for each possible form."""
    found = resolved(document, schema)
    forms = [resolved(document, one) for name in ALTERNATIVES if isinstance(found.get(name), list) for one in found[name][:DEEPEST]]
    kinds = set()
    for one in forms or [found]:
        kind, shape = one.get("type"), one.get("format")
        named = [kind] if isinstance(kind, str) else kind if isinstance(kind, list) else []
        if "integer" in named or "number" in named:
            kinds.add("a number")
        else:
            kinds.add(f"{'a text' if 'string' in named else 'something else'}{f' ({shape})' if isinstance(shape, str) else ''}")
    return sorted(kinds)


def _compared(found: Iterable[str], known: Iterable[str]) -> Found:
    there, wanted = set(found), set(known)
    said = [f"{word} {', '.join(sorted(names)[:MOST_SHOWN])}" for word, names in (("lacks", wanted - there), ("has", there - wanted)) if names]
    return Found("; ".join(said) or "none", not said)
