# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of Google Secret Manager not the service itself: secrets with labels and counted versions."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt
from google.auth.exceptions import GoogleAuthError
from werkzeug.wrappers import Request, Response

from ansible_collections.abbyy.vantage.tests.integration.support.stores.stand_in import HOST, RefusedError, Served, as_json, body_of

PROJECT = "contoso-prod"
PAGE = 2
SECRET = re.compile(rf"/v1/projects/{PROJECT}/secrets(?:/(?P<name>[A-Za-z0-9_-]{{1,255}}))?(?P<rest>[:/].*)?")
LABEL = re.compile(r"[a-z][a-z0-9_-]{0,62}=[a-z0-9_-]{0,63}")


class Google(Served):
    """One project.

    :ivar secrets: the labels and the versions of each secret.
    :ivar refusals: the status of requests by how a test calls them.
    :ivar stale: how often the newest version is not shown yet as the latest one.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.url = f"http://{HOST}:{self.port}"
        self.account_file = folder / "google-service-account.json"
        key = rsa.generate_private_key(65537, 2048)
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
        self._public_key = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        self._accepted: set[str] = set()
        account = {"type": "service_account", "client_email": f"vantage@{PROJECT}.iam.gserviceaccount.com", "private_key": pem, "private_key_id": "1"}
        self.account_file.write_text(json.dumps({**account, "project_id": PROJECT, "token_uri": f"{self.url}/token"}), encoding="utf-8")
        self.forget()

    def forget(self) -> None:
        """Delete everything."""
        self.secrets: dict[str, dict[str, Any]] = {}
        self.refusals: dict[str, tuple[int, str]] = {}
        self.stale = 0
        self.begin()

    def options(self, **more: Any) -> dict[str, Any]:
        """Return the store's options for this project."""
        where = {"project": PROJECT, "endpoint": self.url, "service_account_file": str(self.account_file)}
        return {"type": "google_secret_manager", **where, **more}

    def name_of(self, request: Request) -> str:
        found = SECRET.fullmatch(request.path)
        if not found:
            return ""
        rest = re.sub(r"/versions/[^:]*", "", found["rest"] or "")
        return f"{request.method} secret{rest}" if found["name"] else f"{request.method} secrets"

    def error(self, status: int, code: str, message: str) -> Response:
        names = {400: "FAILED_PRECONDITION", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS", 503: "UNAVAILABLE"}
        return as_json({"error": {"code": status, "message": message, "status": names.get(status, "INTERNAL")}}, status)

    def answer(self, request: Request) -> Response:
        found = SECRET.fullmatch(request.path)
        if not found:
            raise RefusedError(400, "", f"the stand-in has no {request.method} {request.path}")
        self._check_token(request.headers.get("Authorization", ""))
        status, message = self.refusals.get(self.name_of(request), (0, ""))
        if status:
            raise RefusedError(status, "", message)
        name, rest = found["name"], found["rest"] or ""
        if not name:
            return self._list(request) if request.method == "GET" else self._create(request)
        if name not in self.secrets:
            raise RefusedError(404, "", f"Secret [projects/1/secrets/{name}] not found.")
        if rest == ":addVersion":
            return self._add(name, body_of(request))
        if rest.startswith("/versions/") and rest.endswith(":access"):
            return self._access(name, rest[len("/versions/") : -len(":access")])
        if request.method == "DELETE":
            del self.secrets[name]
            return as_json({})
        if request.method == "PATCH":
            self._check_labels(body_of(request).get("labels", {}))
            self.secrets[name]["labels"] = body_of(request).get("labels", {})
        return as_json(self._shown(name))

    def _check_token(self, header: str) -> None:
        """Demand a token that the account has signed itself, which spares the library a login."""
        if header not in self._accepted:
            try:
                jwt.decode(header.removeprefix("Bearer "), certs=self._public_key)
            except (ValueError, GoogleAuthError):
                raise RefusedError(401, "", "Request had invalid authentication credentials.") from None
            self._accepted.add(header)

    def _shown(self, name: str) -> dict[str, Any]:
        return {"name": f"projects/1/secrets/{name}", "labels": self.secrets[name]["labels"]}

    @staticmethod
    def _check_labels(labels: dict[str, str]) -> None:
        if len(labels) > 64 or not all(LABEL.fullmatch(f"{key}={value}") for key, value in labels.items()):
            raise RefusedError(400, "", "Invalid labels.")

    def _list(self, request: Request) -> Response:
        part = request.args.get("filter", "").removeprefix("name:")
        names = sorted(name for name in self.secrets if part in name)
        start = int(request.args.get("pageToken") or 0)
        more = str(start + PAGE) if start + PAGE < len(names) else ""
        return as_json({"secrets": [self._shown(name) for name in names[start : start + PAGE]], "nextPageToken": more})

    def _create(self, request: Request) -> Response:
        name, body = request.args["secretId"], body_of(request)
        self._check_labels(body.get("labels", {}))
        if not re.fullmatch("[A-Za-z0-9_-]{1,255}", name) or not body.get("replication"):
            raise RefusedError(400, "", "Invalid secret id, or no replication.")
        if name in self.secrets:
            raise RefusedError(409, "", f"Secret [projects/1/secrets/{name}] already exists.")
        self.secrets[name] = {"labels": body.get("labels", {}), "replication": body["replication"], "versions": []}
        return as_json(self._shown(name))

    def _add(self, name: str, body: dict[str, Any]) -> Response:
        data = base64.b64decode(body["payload"]["data"])
        if len(data) > 65_536:
            raise RefusedError(400, "", "Secret payload is too large.")
        versions = self.secrets[name]["versions"]
        versions.append(data)
        return as_json({"name": f"projects/1/secrets/{name}/versions/{len(versions)}", "state": "ENABLED"})

    def _access(self, name: str, version: str) -> Response:
        versions = self.secrets[name]["versions"]
        number = len(versions) if version == "latest" else int(version)
        if version == "latest" and self.stale:
            self.stale -= 1
            number -= 1
        if not 1 <= number <= len(versions):
            raise RefusedError(404, "", f"Secret Version [projects/1/secrets/{name}/versions/{version}] not found.")
        payload = {"data": base64.b64encode(versions[number - 1]).decode()}
        return as_json({"name": f"projects/1/secrets/{name}/versions/{number}", "payload": payload})

    def read(self, name: str) -> dict[str, Any] | None:
        """Return what the newest version of a secret holds, without the store's code."""
        versions = self.secrets.get(name, {}).get("versions")
        return json.loads(versions[-1]) if versions else None
