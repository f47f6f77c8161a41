# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of a Kubernetes API server, not Kubernetes: Secrets in one namespace, and what a client asks before it gets to them."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from ansible_collections.abbyy.vantage.tests.integration.stores.stand_in import RefusedError, StandIn, as_json, body_of

SUBDOMAIN = re.compile(r"^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
LABEL = re.compile(r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")
REASONS = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 422: "Invalid"}
VERBS = ["create", "delete", "get", "list", "update"]


@dataclass
class Kubernetes(StandIn):
    """The namespace vantage holds `secrets` by name."""

    token: str = "kubernetes-vantage-token"
    secrets: dict[str, dict[str, Any]] = field(default_factory=dict)
    last_version: int = 100

    ROUTES = (
        ("/version", ["GET"], "tell_version"),
        ("/api", ["GET"], "tell_core"),
        ("/apis", ["GET"], "tell_groups"),
        ("/api/v1", ["GET"], "tell_resources"),
        ("/api/v1/namespaces/vantage/secrets", ["GET"], "list_secrets"),
        ("/api/v1/namespaces/vantage/secrets", ["POST"], "create"),
        ("/api/v1/namespaces/vantage/secrets/<name>", ["GET"], "read"),
        ("/api/v1/namespaces/vantage/secrets/<name>", ["PUT"], "replace"),
        ("/api/v1/namespaces/vantage/secrets/<name>", ["DELETE"], "delete"),
    )

    def authorize(self, request: Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise RefusedError(401, "Unauthorized")

    def error(self, status: int, message: str) -> Response:
        content = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": REASONS.get(status, ""),
            "code": status,
        }
        return as_json(content, status)

    def is_refused(self, request: Request) -> bool:
        # A POST names the Secret in its body alone.
        name = body_of(request)["metadata"]["name"] if request.method == "POST" else request.path.rpartition("/")[2]
        return re.search(self.refusal, name) is not None

    refusal_message = 'secrets is forbidden: User "system:serviceaccount:vantage:ansible" cannot update resource "secrets" in API group ""'

    def tell_version(self, _request: Request) -> Response:
        return as_json({"major": "1", "minor": "31", "gitVersion": "v1.31.0"})

    def tell_core(self, _request: Request) -> Response:
        return as_json({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})

    def tell_groups(self, _request: Request) -> Response:
        return as_json({"kind": "APIGroupList", "apiVersion": "v1", "groups": []})

    def tell_resources(self, _request: Request) -> Response:
        secrets = {"name": "secrets", "singularName": "secret", "namespaced": True, "kind": "Secret", "verbs": VERBS}
        return as_json({"kind": "APIResourceList", "groupVersion": "v1", "resources": [secrets]})

    def list_secrets(self, request: Request) -> Response:
        found = list(self.secrets.values())
        for term in filter(None, request.args.get("labelSelector", "").split(",")):
            key, _equals, value = term.partition("=")
            found = [secret for secret in found if secret["metadata"]["labels"].get(key.strip()) == value.strip()]
        return as_json({"kind": "SecretList", "apiVersion": "v1", "metadata": {"resourceVersion": str(self.last_version)}, "items": found})

    def create(self, request: Request) -> Response:
        secret = body_of(request)
        name = secret.get("metadata", {}).get("name", "")
        if secret["metadata"].get("resourceVersion"):
            raise RefusedError(400, "resourceVersion should not be set on objects to be created")
        if name in self.secrets:
            raise RefusedError(409, f'secrets "{name}" already exists')
        return as_json(self._save(name, secret), 201)

    def read(self, _request: Request, name: str) -> Response:
        return as_json(self._find(name))

    def replace(self, request: Request, name: str) -> Response:
        former, secret = self._find(name), body_of(request)
        if secret["metadata"].get("resourceVersion", former["metadata"]["resourceVersion"]) != former["metadata"]["resourceVersion"]:
            raise RefusedError(409, f'Operation cannot be fulfilled on secrets "{name}": the object has been modified')
        if secret.get("type", "Opaque") != former["type"]:
            raise RefusedError(422, f'Secret "{name}" is invalid: type: Invalid value: "{secret.get("type")}": field is immutable')
        return as_json(self._save(name, secret))

    def delete(self, _request: Request, name: str) -> Response:
        self._find(name)
        del self.secrets[name]
        return as_json({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": {"name": name, "kind": "secrets"}})

    def _find(self, name: str) -> dict[str, Any]:
        if name not in self.secrets:
            raise RefusedError(404, f'secrets "{name}" not found')
        return self.secrets[name]

    def _save(self, name: str, secret: dict[str, Any]) -> dict[str, Any]:
        labels, data = secret["metadata"].get("labels") or {}, secret.get("data") or {}
        unknown = set(secret) - {"apiVersion", "kind", "metadata", "type", "data", "stringData", "immutable"}
        if unknown or secret.get("kind") != "Secret" or not SUBDOMAIN.match(name):
            raise RefusedError(422, f'Secret "{name}" is invalid')
        if not all(LABEL.match(value) for value in labels.values()):
            raise RefusedError(422, f'Secret "{name}" is invalid: metadata.labels: Invalid value')
        try:
            for value in data.values():
                base64.b64decode(value, validate=True)
        except binascii.Error as exc:
            raise RefusedError(400, "illegal base64 data at input byte 0") from exc
        self.last_version += 1
        metadata = {"name": name, "namespace": "vantage", "labels": labels, "resourceVersion": str(self.last_version)}
        self.secrets[name] = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": secret.get("type", "Opaque"), "data": data}
        return self.secrets[name]
