# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of Azure Key Vault and of the login service before it, neither of them: secrets with versions, tags and soft delete."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from ansible_collections.abbyy.vantage.tests.integration.support.stores.stand_in import HOST, RefusedError, Served, as_json, body_of

NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")
DOMAIN = "vault.test"
HOST_NAME = f"contoso.{DOMAIN}"
PAGE = 2
TENANT = "00000000-0000-0000-0000-00000000a5e0"
CLIENT = "00000000-0000-0000-0000-0000000000c1"
SECRET = "azure-vantage-client-secret"
TOKEN = "azure-vantage-access-token"
LONGEST = 25_600


class Azure(Served):
    """A vault, whose name is on no name server.

    :ivar secrets: the versions of each secret by its name in lower case, the newest last.
    :ivar deleted: those that can be recovered.
    :ivar refusals: the status of requests by how a test calls them.
    :ivar busy: how often a deleted secret is still being deleted.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, [HOST_NAME])
        self.login_url = f"https://{HOST}:{self.port}"
        self.vault_url = f"https://{HOST_NAME}:{self.port}"
        self.forget()

    def forget(self) -> None:
        """Delete everything."""
        self.secrets: dict[str, list[dict[str, Any]]] = {}
        self.deleted: dict[str, list[dict[str, Any]]] = {}
        self.refusals: dict[str, tuple[int, str]] = {}
        self.busy = self._made = 0
        self.begin()

    def options(self, **more: Any) -> dict[str, Any]:
        """Return the store's options for this vault."""
        login = {"tenant": TENANT, "client_id": CLIENT, "secret": SECRET}
        return {"type": "azure_key_vault", "vault_url": self.vault_url, "cloud_environment": self.login_url, **login, **more}

    def name_of(self, request: Request) -> str:
        # The client asks for that one to log in.
        if "/oauth2/" in request.path or "/.well-known/" in request.path or "/abbyy--2evantage" in request.path or not request.headers.get("Authorization"):
            return ""
        parts = request.path.strip("/").split("/")
        return f"{request.method} {parts[0]}{'/recover' if parts[-1] == 'recover' else '/list' if len(parts) == 1 else ''}"

    def error(self, status: int, code: str, message: str) -> Response:
        return as_json({"error": {"code": code, "message": message}}, status)

    def answer(self, request: Request) -> Response:
        if request.headers.get("Host", "").split(":")[0] == HOST:
            return self._login(request)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            response = self.error(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.")
            response.headers["WWW-Authenticate"] = f'Bearer authorization="{self.login_url}/{TENANT}", resource="https://{DOMAIN}:{self.port}"'
            return response
        status, message = self.refusals.get(self.name_of(request), (0, ""))
        if status:
            raise RefusedError(status, "Forbidden", message)
        parts = request.path.strip("/").split("/")
        call = {"secrets": self._secret, "deletedsecrets": self._deleted}.get(parts[0])
        if call is None or not re.match(r"7\.\d|\d{4}-\d\d-\d\d", request.args.get("api-version", "")):
            raise RefusedError(400, "BadParameter", f"the stand-in has no {request.method} {request.path}")
        return call(request, parts[1].lower() if len(parts) > 1 else "", parts[2:])

    def _login(self, request: Request) -> Response:
        root = f"{self.login_url}/{TENANT}"
        if request.path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
            places = {"authorization_endpoint": f"{root}/oauth2/v2.0/authorize", "token_endpoint": f"{root}/oauth2/v2.0/token"}
            return as_json({"issuer": f"{root}/v2.0", **places})
        given = {key: request.form.get(key) for key in ("grant_type", "client_id", "client_secret")}
        if given != {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}:
            return as_json({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}, 401)
        return as_json({"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": TOKEN})

    def _secret(self, request: Request, name: str, more: list[str]) -> Response:
        if request.method == "GET" and not name:
            return self._list(request)
        if request.method == "PUT":
            return self._set(name, body_of(request))
        if name not in self.secrets:
            raise RefusedError(404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault.")
        if request.method == "DELETE":
            self.deleted[name] = self.secrets.pop(name)
            return as_json(self._shown_deleted(name))
        return as_json(self.secrets[name][-1])

    def _list(self, request: Request) -> Response:
        names = sorted(self.secrets)
        start = int(request.args.get("$skiptoken", "0"))
        # A list has neither values nor versions.
        listed = [
            {**{key: self.secrets[name][-1][key] for key in ("attributes", "tags")}, "id": f"{self.vault_url}/secrets/{name}"}
            for name in names[start : start + PAGE]
        ]
        more = f"{self.vault_url}/secrets?api-version=7.5&$skiptoken={start + PAGE}" if start + PAGE < len(names) else None
        return as_json({"value": listed, "nextLink": more})

    def _set(self, name: str, body: dict[str, Any]) -> Response:
        tags = body.get("tags") or {}
        if not NAME.fullmatch(name) or not body.get("value") or len(body["value"]) > LONGEST:
            raise RefusedError(400, "BadParameter", "The request URI contains an invalid name, or the value is missing or too long.")
        if len(tags) > 15 or any(len(text) > 256 for pair in tags.items() for text in pair):
            raise RefusedError(400, "BadParameter", "Too many tags, or a tag that is too long.")
        if name in self.deleted:
            raise RefusedError(409, "Conflict", f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused.")
        if self.busy:
            self.busy -= 1
            raise RefusedError(409, "Conflict", f"Secret {name} is currently being deleted.")
        self._made += 1
        attributes = {"enabled": True, "created": 1, "updated": 1, "recoveryLevel": "Recoverable+Purgeable"}
        made = {"id": f"{self.vault_url}/secrets/{name}/{self._made:032x}", "value": body["value"], "tags": tags, "attributes": attributes}
        self.secrets.setdefault(name, []).append(made)
        return as_json(made)

    def _deleted(self, request: Request, name: str, more: list[str]) -> Response:
        if name not in self.deleted:
            raise RefusedError(404, "SecretNotFound", f"Deleted Secret not found: {name}")
        if more == ["recover"]:
            self.secrets[name] = self.deleted.pop(name)
            return as_json({key: value for key, value in self.secrets[name][-1].items() if key != "value"})
        return as_json(self._shown_deleted(name))

    def _shown_deleted(self, name: str) -> dict[str, Any]:
        shown = {key: value for key, value in self.deleted[name][-1].items() if key != "value"}
        return {**shown, "recoveryId": f"{self.vault_url}/deletedsecrets/{name}", "deletedDate": 1, "scheduledPurgeDate": 2}

    def read(self, name: str) -> dict[str, Any] | None:
        """Return what a secret holds, without the store's code."""
        versions = self.secrets.get(name)
        return json.loads(versions[-1]["value"]) if versions else None
