# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of HashiCorp Vault, not Vault: one KV version 2 engine at secret/, with tokens and the login by AppRole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from ansible_collections.abbyy.vantage.tests.integration.stores.stand_in import RefusedError, StandIn, as_json, body_of

MADE = "2026-01-01T00:00:00.000000000Z"


@dataclass
class Versions:
    """All versions of one secret; a deleted one is None."""

    kept: list[dict[str, Any] | None] = field(default_factory=list)

    def metadata(self, version: int) -> dict[str, Any]:
        """Return what the API says beside the data of a version."""
        gone = self.kept[version - 1] is None
        return {"created_time": MADE, "custom_metadata": None, "deletion_time": MADE if gone else "", "destroyed": False, "version": version}


@dataclass
class HashiVault(StandIn):
    """The engine holds `secrets` by path."""

    role_id: str = "vantage-role-id"
    secret_id: str = "vantage-secret-id"
    token: str = "hvs.vantage-token"
    secrets: dict[str, Versions] = field(default_factory=dict)

    ROUTES = (
        ("/v1/auth/approle/login", ["POST", "PUT"], "open_login"),
        ("/v1/secret/data/<path:path>", ["GET"], "read"),
        ("/v1/secret/data/<path:path>", ["POST", "PUT"], "write"),
        ("/v1/secret/data/<path:path>", ["DELETE"], "delete"),
        ("/v1/secret/metadata/<path:path>", ["GET"], "read_metadata"),
        ("/v1/secret/metadata/<path:path>", ["LIST"], "list_names"),
    )

    def authorize(self, request: Request) -> None:
        if request.headers.get("X-Vault-Token") != self.token:
            raise RefusedError(403, "permission denied")

    def error(self, status: int, message: str) -> Response:
        return as_json({"errors": [message] if message else []}, status)

    def is_write(self, request: Request) -> bool:
        return super().is_write(request) and not request.path.startswith("/v1/auth/")

    def open_login(self, request: Request) -> Response:
        body = body_of(request)
        if (body.get("role_id"), body.get("secret_id")) != (self.role_id, self.secret_id):
            raise RefusedError(400, "invalid role or secret ID")
        return answer(None, auth={"client_token": self.token, "policies": ["vantage"], "lease_duration": 1200, "renewable": True})

    def read(self, request: Request, path: str) -> Response:
        versions = self._versions(path)
        latest = len(versions.kept)
        body = {"data": versions.kept[-1], "metadata": versions.metadata(latest)}
        return answer(body, status=404 if versions.kept[-1] is None else 200)

    def write(self, request: Request, path: str) -> Response:
        body = body_of(request)
        if not isinstance(body.get("data"), dict):
            raise RefusedError(400, "no data provided")
        versions = self.secrets.get(path, Versions())
        cas = body.get("options", {}).get("cas")
        if cas is not None and cas != len(versions.kept):
            raise RefusedError(400, "check-and-set parameter did not match the current version")
        versions.kept.append(body["data"])
        self.secrets[path] = versions
        return answer(versions.metadata(len(versions.kept)))

    def delete(self, request: Request, path: str) -> Response:
        self._versions(path).kept[-1] = None
        return Response(status=204)

    def read_metadata(self, request: Request, path: str) -> Response:
        # Clients that cannot send the method LIST say it so.
        if request.args.get("list", "").lower() == "true":
            return self.list_names(request, path)
        versions = self._versions(path)
        numbers = range(1, len(versions.kept) + 1)
        listed = {str(number): {key: versions.metadata(number)[key] for key in ("created_time", "deletion_time", "destroyed")} for number in numbers}
        return answer({"current_version": len(versions.kept), "oldest_version": 0, "max_versions": 0, "cas_required": False, "versions": listed})

    def list_names(self, request: Request, path: str) -> Response:
        folder = path.rstrip("/") + "/"
        below = [name.removeprefix(folder) for name in self.secrets if name.startswith(folder)]
        if not below:
            raise RefusedError(404, "")
        return answer({"keys": sorted({name if "/" not in name else name.split("/")[0] + "/" for name in below})})

    def _versions(self, path: str) -> Versions:
        if path not in self.secrets:
            raise RefusedError(404, "")
        return self.secrets[path]


def answer(data: Any, status: int = 200, auth: dict[str, Any] | None = None) -> Response:
    """Return what Vault wraps around all data."""
    return as_json(
        {"request_id": "0", "lease_id": "", "renewable": False, "lease_duration": 0, "data": data, "wrap_info": None, "warnings": None, "auth": auth}, status
    )
