# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant says of its own API is compared with what the collection calls; whatever it sends is survived."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.plugins.module_utils.probe.description import (
    MOST_BYTES,
    MOST_KEPT,
    OPERATIONS,
    answers_of_description,
    kept_part,
    operations_of,
)
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.emulator.messages import Request, Response
    from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

OURS: dict[str, Any] = yaml.safe_load((ROOT / "tests/emulator/openapi.yaml").read_text(encoding="utf-8"))
CLIENTS = "/api/adminapi2/{apiVersion}/tenants/{tenantId}/clients/"
PLACE = "/api/swagger/adminapi2/v2"
# In the words of Swagger 2, with other names, other places and no slash.
OLD: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Admin", "version": "v2"},
    "paths": {
        "/v2/tenants/{id}/clients": {"get": {}, "post": {"parameters": [{"in": "header"}, 5, {"in": "body", "schema": {"$ref": "#/definitions/New"}}]}},
        "/v2/tenants/{id}/clients/{id2}": {"get": {}, "put": {}, "delete": {}, "patch": {}, "parameters": []},
        "/v2/tenants/{id}/clients/{id2}/secrets": {
            "get": {},
            "post": {"parameters": [{"in": "body", "schema": {"allOf": [{"$ref": "#/definitions/Secret"}]}}]},
        },
        "/v2/tenants/{id}/users": {"get": {}},
    },
    "definitions": {
        "New": {"properties": {"ClientId": {"type": "string"}, "AccessTokenLifetime": {"type": "string", "format": "date-span"}, "Roles": {"type": "array"}}},
        "Secret": {"properties": {"description": {}, "startTime": {}, "expiration": {}}},
        "Unused": {"properties": {}},
    },
}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document = copy.deepcopy(OURS)
    change(document)
    return document


def found_in(document: Any) -> dict[str, str]:
    return {key: found.text for key, found in answers_of_description(document)}


def found_of(answer: dict[str, Any]) -> list[str]:
    """Return what the module found of the description itself."""
    return [finding["found"] for finding in answer["findings"] if finding["key"] == "description"]


def serve(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """Let every address of a description answer with a body."""
    handle = emulator.handle

    def handle_but_this(request: Request) -> Response:
        response = handle(request)
        return replace(response, status=200, headers={"Content-Type": "application/json"}, body=body) if "/swagger/" in request.path else response

    monkeypatch.setattr(emulator, "handle", handle_but_this)


def test_the_emulator_describes_exactly_the_calls_of_the_collection() -> None:
    assert set(operations_of(OURS)) == OPERATIONS


def test_the_emulators_description_differs_only_by_the_roles() -> None:
    assert found_in(OURS) == {
        "description_calls": "none",
        "description_client": "has applicationRoles",
        "description_lifetimes": "a number or a text",
        "description_secret": "none",
    }


def test_missing_and_additional_calls_are_found() -> None:
    document = changed(lambda one: one["paths"][CLIENTS + "{clientId}"].update(patch=one["paths"][CLIENTS + "{clientId}"].pop("put")))
    assert found_in(document)["description_calls"] == "lacks PUT clients/{}; has PATCH clients/{}"


def test_a_description_of_swagger_2_is_understood() -> None:
    found = found_in(OLD)

    assert found["description_calls"] == "lacks DELETE clients/{}/secrets/{}; has PATCH clients/{}"
    assert found["description_client"].startswith("lacks allowNoPkce, allowOfflineAccess, ")
    assert found["description_client"].endswith("; has roles")
    assert found["description_lifetimes"] == "a text (date-span)"
    assert found["description_secret"] == "none"


def test_the_part_about_clients_is_kept_with_its_schemas() -> None:
    kept = kept_part(OLD)

    assert sorted(kept) == ["info", "paths", "schemas", "swagger"]
    assert not [path for path in kept["paths"] if "users" in path]
    assert sorted(kept["schemas"]) == ["New", "Secret"]


def test_schemas_that_are_too_large_are_left_out() -> None:
    members: dict[str, Any] = {f"member{number}": {} for number in range(20_000)}
    huge = {**OLD, "definitions": {**OLD["definitions"], "New": {"properties": members}}}
    assert "schemas" not in kept_part(huge)


def test_of_too_many_paths_nothing_is_kept() -> None:
    assert kept_part({"paths": {f"/tenants/{{t}}/clients/{number}": {} for number in range(20_000)}}) == {}


def test_the_kept_part_is_small() -> None:
    assert len(json.dumps(kept_part(OURS))) <= MOST_KEPT


# Schemas that lead to themselves, in as many ways as they can.
CIRCLE = {"allOf": [{"$ref": "#/components/schemas/A"}] * 20, "anyOf": [{"$ref": "#/components/schemas/A"}] * 20}
BROKEN: list[Any] = [
    {"paths": {}},
    {"paths": {"": None, "/tenants/{t}/clients": None, "/tenants/{t}/clients/": [], "/tenants/{t}/clients/{c}": "x"}},
    {"paths": {"/tenants/{t}/clients": {"post": None}, "/tenants/{t}/clients/{c}/secrets": {"post": {"requestBody": {"content": {"a": 5}}}}}},
    {"paths": {"/tenants/{t}/clients": {"post": {"requestBody": {"content": {"b": {"schema": []}}}}}}},
    {"paths": {"/tenants/{t}/clients": {"post": {"parameters": {"in": "body"}, "requestBody": {"$ref": "#/nowhere"}}}}},
    {"paths": {"/tenants/{t}/clients": {"post": {"requestBody": {"$ref": "#/paths/x"}}}, "x": {"$ref": "#/paths/x"}}},
    {"paths": {"/tenants/{t}/clients": {"post": {"requestBody": {"content": {"j": {"schema": CIRCLE}}}}}}, "components": {"schemas": {"A": CIRCLE}}},
    {"paths": {"/tenants/{t}/clients": {"post": {"requestBody": {"$ref": 5}}}}, "components": [], "definitions": "x"},
]


@pytest.mark.parametrize("document", BROKEN)
def test_a_broken_description_causes_no_traceback(document: dict[str, Any]) -> None:
    assert found_in(document)["description_calls"].startswith("lacks ")
    assert isinstance(kept_part(document), dict)


@pytest.mark.nonconforming
class TestOfATenant:
    """What the module makes of it."""

    @pytest.mark.parametrize(("served", "place"), [("bare", PLACE), ("file", f"{PLACE}/swagger.json")])
    def test_it_is_found(self, in_process: InProcess, emulator: Emulator, served: str, place: str) -> None:
        emulator.behaviour.description = served

        answer = in_process.run("vantage_probe", check=True)
        found = {finding["key"]: finding["found"] for finding in answer["findings"] if finding["key"].startswith("description")}

        assert found.pop("description") == f"yes, at {place}"
        assert found == found_in(OURS)
        assert emulator.journal.writes() == []

    @pytest.mark.parametrize("served", ["bare", "file"])
    def test_its_part_about_clients_is_returned(self, in_process: InProcess, emulator: Emulator, served: str) -> None:
        emulator.behaviour.description = served

        answer = in_process.run("vantage_probe", check=True)

        assert set(answer["description"]["paths"]) == {path for path in OURS["paths"] if "/clients" in path}
        assert "Members" in answer["description"]["schemas"]

    def test_it_is_found_for_another_version(self, in_process: InProcess, emulator: Emulator) -> None:
        emulator.behaviour.patch({"description": "bare", "api_versions": ["v1"]})
        answer = in_process.run("vantage_probe", api_version="v1")
        assert found_of(answer) == ["yes, at /api/swagger/adminapi2/v1"]

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"<!DOCTYPE html><title>Swagger UI</title>", "no, not json"),
            (b"", "no, it is no description"),
            (b"{", "no, not json"),
            (b"[]", "no, it is no description"),
            (b'{"paths": []}', "no, it is no description"),
            (b"[" * 100_000, "no, not json"),
            (b'{"paths": {"/a": {}}, "x": "' + b"x" * MOST_BYTES + b'"}', "no, too large"),
        ],
        ids=["page", "empty", "broken", "list", "no paths", "deep", "huge"],
    )
    def test_an_answer_that_is_no_description_is_reported(
        self, in_process: InProcess, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, body: bytes, said: str
    ) -> None:
        serve(emulator, monkeypatch, body)

        answer = in_process.run("vantage_probe")

        assert found_of(answer) == [said]
        assert answer["description"] == {}
        assert "failed" not in answer

    def test_a_refusal_is_reported_with_its_status(self, in_process: InProcess) -> None:
        answer = in_process.run("vantage_probe")
        assert found_of(answer) == ["no, refused (404)"]
