# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of AWX, not AWX: credentials of one custom type in one organization, whose secret fields nobody is ever shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from ansible_collections.abbyy.vantage.tests.integration.stores.stand_in import RefusedError, StandIn, as_json, body_of

ORGANIZATION = {"id": 1, "type": "organization", "url": "/api/v2/organizations/1/", "name": "Default"}
TYPE = {"id": 31, "type": "credential_type", "url": "/api/v2/credential_types/31/", "name": "Vantage app"}
FIELDS, SECRET_FIELDS = {"base_url", "app_id", "app_secret"}, {"app_secret"}
WRITABLE = {"name", "description", "organization", "credential_type", "inputs"}
HIDDEN = "$encrypted$"
PAGE = 2
PRODUCT = {"X-API-Product-Name": "AWX", "X-API-Product-Version": "24.6.1"}


@dataclass
class Awx(StandIn):
    """AWX holds `credentials` by id, with what it hides."""

    token: str = "awx-vantage-token"
    credentials: dict[int, dict[str, Any]] = field(default_factory=dict)
    made: int = 0

    ROUTES = (
        ("/api/v2/organizations/", ["GET"], "list_organizations"),
        ("/api/v2/credential_types/", ["GET"], "list_types"),
        ("/api/v2/credentials/", ["GET"], "list_credentials"),
        ("/api/v2/credentials/", ["POST"], "create"),
        ("/api/v2/credentials/<int:number>/", ["PATCH"], "update"),
        ("/api/v2/credentials/<int:number>/", ["DELETE"], "delete"),
    )

    def authorize(self, request: Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise RefusedError(401, "Authentication credentials were not provided.")

    def error(self, status: int, message: str) -> Response:
        return self._reply({"detail": message}, status)

    def is_refused(self, request: Request) -> bool:
        number = request.path.rstrip("/").rpartition("/")[2]
        name = self.credentials[int(number)]["name"] if number.isdigit() else body_of(request).get("name", "")
        return re.search(self.refusal, name) is not None

    refusal_message = "You do not have permission to perform this action."

    def list_organizations(self, request: Request) -> Response:
        return self._page(request, [ORGANIZATION], {"name"})

    def list_types(self, request: Request) -> Response:
        return self._page(request, [TYPE], {"name"})

    def list_credentials(self, request: Request) -> Response:
        shown = [self._shown(number) for number in sorted(self.credentials)]
        return self._page(request, shown, {"name", "credential_type", "organization", "name__startswith", "credential_type__name"})

    def create(self, request: Request) -> Response:
        body = body_of(request)
        if any(body.get(key) is None for key in ("name", "credential_type", "organization")):
            raise RefusedError(400, "This field is required.")
        if any(one["name"] == body["name"] for one in self.credentials.values()):
            raise RefusedError(400, "Credential with this Organization, Name and Credential type already exists.")
        self.made += 1
        self._save(self.made, {"description": "", "inputs": {}, **body})
        return self._reply(self._shown(self.made), 201)

    def update(self, request: Request, number: int) -> Response:
        self._save(number, {**self._find(number), **body_of(request)})
        return self._reply(self._shown(number))

    def delete(self, _request: Request, number: int) -> Response:
        self._find(number)
        del self.credentials[number]
        return Response(status=204, headers=PRODUCT)

    def _find(self, number: int) -> dict[str, Any]:
        if number not in self.credentials:
            raise RefusedError(404, "Not found.")
        return self.credentials[number]

    def _save(self, number: int, credential: dict[str, Any]) -> None:
        unknown = (set(credential) - WRITABLE) | (set(credential["inputs"]) - FIELDS)
        if unknown:
            raise RefusedError(400, f"Additional properties are not allowed: {sorted(unknown)}")
        if not isinstance(credential["description"], str) or not all(isinstance(value, str) for value in credential["inputs"].values()):
            raise RefusedError(400, "Not a valid string.")
        if (credential["organization"], credential["credential_type"]) != (ORGANIZATION["id"], TYPE["id"]):
            raise RefusedError(400, "Invalid pk - object does not exist.")
        self.credentials[number] = credential

    def _shown(self, number: int) -> dict[str, Any]:
        credential = self.credentials[number]
        inputs = {key: HIDDEN if key in SECRET_FIELDS else value for key, value in credential["inputs"].items()}
        return {**credential, "id": number, "type": "credential", "url": f"/api/v2/credentials/{number}/", "inputs": inputs}

    def _page(self, request: Request, rows: list[dict[str, Any]], filters: set[str]) -> Response:
        asked = request.args.to_dict()
        page, size = int(asked.pop("page", "1")), min(int(asked.pop("page_size", "25")), PAGE)
        asked.pop("order_by", None)
        if set(asked) - filters:
            raise RefusedError(400, f"No such filter: {sorted(set(asked) - filters)}")
        for key, value in asked.items():
            name, _under, how = key.partition("__")
            if how == "startswith":
                rows = [row for row in rows if row[name].startswith(value)]
            elif how == "name":
                rows = [row for row in rows if value == TYPE["name"]]
            else:
                rows = [row for row in rows if str(row[name]) == value]
        following = f"{request.path}?{self._query(request, page + 1)}" if len(rows) > page * size else None
        return self._reply({"count": len(rows), "next": following, "previous": None, "results": rows[(page - 1) * size : page * size]})

    def _query(self, request: Request, page: int) -> str:
        return urlencode({**request.args.to_dict(), "page": page})

    def _reply(self, content: Any, status: int = 200) -> Response:
        response = as_json(content, status)
        response.headers.extend(PRODUCT)
        return response
