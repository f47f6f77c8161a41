# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of Azure Key Vault and of the login service before it, neither of them: secrets with versions, tags and soft delete."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from ansible_collections.abbyy.vantage.tests.integration.stores.stand_in import RefusedError, StandIn, as_json, body_of

NAME = re.compile(r"^[0-9a-zA-Z-]{1,127}$")
DOMAIN = "vault.test"
HOST_NAME = f"contoso.{DOMAIN}"
PAGE = 2
CODES = {400: "BadParameter", 401: "Unauthorized", 403: "Forbidden", 404: "SecretNotFound", 409: "Conflict"}


@dataclass
class AzureKeyvault(StandIn):
    """The vault holds `secrets` by name; those in `deleted` can be recovered."""

    tenant: str = "00000000-0000-0000-0000-00000000a5e0"
    client_id: str = "00000000-0000-0000-0000-0000000000c1"
    client_secret: str = "azure-vantage-client-secret"
    token: str = "azure-vantage-token"
    secrets: dict[str, dict[str, Any]] = field(default_factory=dict)
    deleted: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: int = 0

    HOSTS = ("127.0.0.1", "localhost", HOST_NAME)
    ROUTES = (
        ("/<tenant>/v2.0/.well-known/openid-configuration", ["GET"], "open_discovery"),
        ("/<tenant>/oauth2/v2.0/token", ["POST"], "open_token"),
        ("/secrets", ["GET"], "list_secrets"),
        ("/secrets/<name>", ["PUT"], "write"),
        ("/secrets/<name>", ["DELETE"], "delete"),
        ("/secrets/<name>/", ["GET"], "read"),
        ("/deletedsecrets/<name>", ["GET"], "read_deleted"),
        ("/deletedsecrets/<name>/recover", ["POST"], "recover"),
    )

    @property
    def vault_uri(self) -> str:
        """The vault's address."""
        return f"https://{HOST_NAME}:{self._server.server_port}"

    def is_write(self, request: Request) -> bool:
        return super().is_write(request) and not request.path.endswith("/token")

    def authorize(self, request: Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise RefusedError(401, "AKV10000: Request is missing a Bearer or PoP token.")
        if not re.match(r"^(7\.\d|\d{4}-\d\d-\d\d)", request.args.get("api-version", "")):
            raise RefusedError(400, "The request has no api-version.")

    def error(self, status: int, message: str) -> Response:
        response = as_json({"error": {"code": CODES.get(status, "Error"), "message": message}}, status)
        if status == 401:
            resource = f"https://{DOMAIN}:{self._server.server_port}"
            response.headers["WWW-Authenticate"] = f'Bearer authorization="{self.base_url}/{self.tenant}", resource="{resource}"'
        return response

    refusal_message = "Caller is not authorized to perform action on resource. Action: 'Microsoft.KeyVault/vaults/secrets/setSecret/action'"

    def open_discovery(self, _request: Request, tenant: str) -> Response:
        root = f"{self.base_url}/{tenant}"
        return as_json({"issuer": f"{root}/v2.0", "authorization_endpoint": f"{root}/oauth2/v2.0/authorize", "token_endpoint": f"{root}/oauth2/v2.0/token"})

    def open_token(self, request: Request, tenant: str) -> Response:
        given = {key: request.form.get(key) for key in ("grant_type", "client_id", "client_secret")}
        wanted = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.client_secret}
        if tenant != self.tenant or given != wanted:
            return as_json({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}, 401)
        return as_json({"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": self.token})

    def list_secrets(self, request: Request) -> Response:
        names = sorted(self.secrets)
        start = int(request.args.get("$skiptoken", "0"))
        listed = [{key: self.secrets[name][key] for key in ("id", "attributes", "tags")} for name in names[start : start + PAGE]]
        more = f"{self.vault_uri}/secrets?api-version=7.5&$skiptoken={start + PAGE}" if start + PAGE < len(names) else None
        # A list has no versions in its ids.
        return as_json({"value": [{**one, "id": one["id"].rpartition("/")[0]} for one in listed], "nextLink": more})

    def read(self, _request: Request, name: str) -> Response:
        if name not in self.secrets:
            raise RefusedError(404, f"A secret with (name/id) {name} was not found in this key vault.")
        return as_json(self.secrets[name])

    def write(self, request: Request, name: str) -> Response:
        body = body_of(request)
        if not NAME.match(name) or not body.get("value"):
            raise RefusedError(400, "The request URI contains an invalid name, or the body has no value.")
        tags = body.get("tags") or {}
        if len(tags) > 15 or any(len(key) > 256 or len(value) > 256 for key, value in tags.items()):
            raise RefusedError(400, "Too many tags, or a tag that is too long.")
        if name in self.deleted:
            raise RefusedError(409, f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused.")
        self.made += 1
        attributes = {**(body.get("attributes") or {}), "enabled": True, "created": self.made, "updated": self.made, "recoveryLevel": "Recoverable+Purgeable"}
        self.secrets[name] = {"id": f"{self.vault_uri}/secrets/{name}/{self.made:032x}", "value": body["value"], "tags": tags, "attributes": attributes}
        return as_json(self.secrets[name])

    def delete(self, request: Request, name: str) -> Response:
        self.read(request, name)
        self.deleted[name] = self.secrets.pop(name)
        return self.read_deleted(request, name)

    def read_deleted(self, _request: Request, name: str) -> Response:
        if name not in self.deleted:
            raise RefusedError(404, f"Deleted Secret not found: {name}")
        shown = {key: value for key, value in self.deleted[name].items() if key != "value"}
        return as_json({**shown, "recoveryId": f"{self.vault_uri}/deletedsecrets/{name}", "deletedDate": 1, "scheduledPurgeDate": 2})

    def recover(self, request: Request, name: str) -> Response:
        self.read_deleted(request, name)
        self.secrets[name] = self.deleted.pop(name)
        return as_json({key: value for key, value in self.secrets[name].items() if key != "value"})
