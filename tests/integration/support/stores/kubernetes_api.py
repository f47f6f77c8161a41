# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of a Kubernetes API server, not Kubernetes: the Secrets of one namespace, and the question of what a login may do."""

from __future__ import annotations

import base64
import binascii
import json
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, entry_from_members
from ansible_collections.abbyy.vantage.tests.integration.support.stores.between import new_api, serving

TOKEN = "kubernetes-stand-in-token-0001"
NAMESPACE = "vantage"
USER = "system:serviceaccount:vantage:onboarding"
VERBS = frozenset({"create", "delete", "get", "list", "update"})
SUBDOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
QUALIFIED = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
DATA_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
MOST_BYTES = 1024 * 1024
REASONS = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 422: "Invalid"}
SECRETS = re.compile(r"/api/v1/namespaces/([^/]+)/secrets(?:/([^/]+))?")
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
Object = dict[str, Any]


class RefusedError(Exception):
    """An error response."""

    def __init__(self, status: int, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason or REASONS[status],
            "code": status,
        }


class KubernetesApi:
    """One namespace.

    :ivar secrets: by name, as they are shown.
    :ivar verbs: what each token may do with Secrets.
    :ivar most_per_page: how many Secrets it shows at once, however many are asked for.
    :ivar refuses_reviews: whether reviews of permissions are refused.
    """

    def __init__(self) -> None:
        self.url = ""
        self.secrets: dict[str, Object] = {}
        self.verbs: dict[str, frozenset[str]] = {TOKEN: VERBS}
        self.most_per_page = 1000
        self.refuses_reviews = False
        self._number = 100
        self._lock = threading.Lock()

    def options(self, **more: Any) -> Object:
        """Return the store's options for this cluster."""
        return {"type": "kubernetes", "host": self.url, "api_key": TOKEN, "namespace": NAMESPACE, **more}

    def entries(self) -> dict[str, Entry]:
        """Return the entries that are held, by the names of their Secrets, without the store's code."""
        return {name: self.entry(name) for name in self.secrets}

    def entry(self, name: str) -> Entry:
        """Return the entry in one Secret."""
        members: Object = {key: base64.b64decode(value).decode() for key, value in self.secrets[name]["data"].items()}
        labels = (self.secrets[name]["metadata"].get("annotations") or {}).get("abbyy.com/vantage-labels", "{}")
        return entry_from_members({**members, "labels": json.loads(labels)})

    def answer(self, method: str, target: str, authorization: str, body: Any) -> tuple[int, Any]:
        """Answer one request."""
        url = urlsplit(target)
        with self._lock:
            try:
                # The API server reads the scheme in any case, and a pod's login writes it in lower case.
                scheme, _blank, token = authorization.partition(" ")
                if scheme.lower() != "bearer" or token not in self.verbs:
                    raise RefusedError(401, "Unauthorized")
                if (method, url.path) == ("POST", REVIEWS):
                    return 201, self._review(token, body)
                return self._secrets(method, url.path, dict(parse_qsl(url.query)), token, body)
            except RefusedError as exc:
                return exc.status, exc.body

    def _review(self, token: str, body: Object) -> Object:
        if self.refuses_reviews:
            raise RefusedError(403, f'selfsubjectaccessreviews.authorization.k8s.io is forbidden: User "{USER}" cannot create resource')
        wanted = body["spec"]["resourceAttributes"]
        allowed = wanted["resource"] == "secrets" and wanted["namespace"] == NAMESPACE and wanted["verb"] in self.verbs[token]
        return {**body, "status": {"allowed": allowed}}

    def _secrets(self, method: str, path: str, query: dict[str, str], token: str, body: Any) -> tuple[int, Any]:
        found = SECRETS.fullmatch(path)
        if not found:
            raise RefusedError(404, "the server could not find the requested resource")
        namespace, name = found[1], unquote(found[2] or "")
        verb = {"POST": "create", "PUT": "update", "DELETE": "delete", "GET": "get" if name else "list"}[method]
        if verb not in self.verbs[token]:
            named = f'secrets "{name}"' if name else "secrets"
            raise RefusedError(403, f'{named} is forbidden: User "{USER}" cannot {verb} resource "secrets" in API group "" in the namespace "{namespace}"')
        if namespace != NAMESPACE:
            return self._elsewhere(verb, namespace, name)
        if verb == "create":
            return 201, self._create(body)
        if verb == "list":
            return 200, self._list(query)
        if name not in self.secrets:
            raise RefusedError(404, f'secrets "{name}" not found')
        if verb == "update":
            return 200, self._replace(name, body)
        if verb == "delete":
            return 200, self._delete(name, body or {})
        return 200, self.secrets[name]

    def _elsewhere(self, verb: str, namespace: str, name: str) -> tuple[int, Any]:
        """Answer for a missing namespace: only a write says that the namespace is missing."""
        if verb == "list":
            return 200, {"kind": "SecretList", "apiVersion": "v1", "metadata": {}, "items": []}
        raise RefusedError(404, f'namespaces "{namespace}" not found' if verb == "create" else f'secrets "{name}" not found')

    def _list(self, query: dict[str, str]) -> Object:
        wanted = [term.split("=") for term in query.get("labelSelector", "").split(",") if term]
        found = [one for name, one in sorted(self.secrets.items()) if all((one["metadata"].get("labels") or {}).get(key) == value for key, value in wanted)]
        begin = int(query.get("continue", "0"))
        end = begin + min(int(query.get("limit", "1000")), self.most_per_page)
        more = {"continue": str(end), "remainingItemCount": len(found) - end} if end < len(found) else {}
        return {"kind": "SecretList", "apiVersion": "v1", "metadata": {"resourceVersion": str(self._number), **more}, "items": found[begin:end]}

    def _create(self, secret: Object) -> Object:
        name = secret["metadata"]["name"]
        if name in self.secrets:
            raise RefusedError(409, f'secrets "{name}" already exists', "AlreadyExists")
        if secret["metadata"].get("resourceVersion"):
            raise RefusedError(400, "resourceVersion should not be set on objects to be created")
        self._number += 1
        return self._save(name, secret, f"uid-{self._number}")

    def _replace(self, name: str, secret: Object) -> Object:
        former, metadata = self.secrets[name], secret["metadata"]
        if metadata["name"] != name:
            raise RefusedError(400, "the name of the object does not match the name on the URL")
        self._compare(name, metadata.get("uid"), metadata.get("resourceVersion"))
        if secret.get("type", "Opaque") != former["type"]:
            raise RefusedError(422, f'Secret "{name}" is invalid: type: Invalid value: "{secret.get("type")}": field is immutable')
        if former.get("immutable"):
            raise RefusedError(422, f'Secret "{name}" is invalid: data: Forbidden: field is immutable when `immutable` is set')
        return self._save(name, secret, former["metadata"]["uid"])

    def _delete(self, name: str, body: Object) -> Object:
        conditions = body.get("preconditions") or {}
        self._compare(name, conditions.get("uid"), conditions.get("resourceVersion"))
        del self.secrets[name]
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": {"name": name, "kind": "secrets"}}

    def _compare(self, name: str, uid: str | None, version: str | None) -> None:
        metadata = self.secrets[name]["metadata"]
        if uid and uid != metadata["uid"]:
            raise RefusedError(409, f'Operation cannot be fulfilled on secrets "{name}": Precondition failed: UID in precondition: {uid}')
        if version and version != metadata["resourceVersion"]:
            told = "the object has been modified; please apply your changes to the latest version and try again"
            raise RefusedError(409, f'Operation cannot be fulfilled on secrets "{name}": {told}')

    def _save(self, name: str, secret: Object, uid: str) -> Object:
        metadata, data = secret["metadata"], secret.get("data") or {}
        unknown = set(secret) - {"apiVersion", "kind", "metadata", "type", "data", "immutable"}
        labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
        wrong = [key for key in (*labels, *annotations) if not QUALIFIED.fullmatch(key)] + [value for value in labels.values() if not LABEL.fullmatch(value)]
        wrong += [key for key in data if not DATA_KEY.fullmatch(key)] + ([] if SUBDOMAIN.fullmatch(name) else [name])
        if unknown or wrong or secret.get("kind") != "Secret":
            raise RefusedError(422, f'Secret "{name}" is invalid: {sorted(unknown)} {wrong}')
        try:
            size = sum(len(base64.b64decode(value, validate=True)) for value in data.values())
        except binascii.Error:
            raise RefusedError(400, "illegal base64 data at input byte 0") from None
        if size > MOST_BYTES:
            raise RefusedError(422, f'Secret "{name}" is invalid: data: Too long: may not be more than {MOST_BYTES} bytes')
        self._number += 1
        kept = {key: value for key, value in metadata.items() if key in ("ownerReferences", "finalizers")}
        shown = {"name": name, "namespace": NAMESPACE, "uid": uid, "resourceVersion": str(self._number), "creationTimestamp": "2026-09-07T13:03:38Z", **kept}
        # What is empty is left out, as Kubernetes does.
        shown.update({key: value for key, value in (("labels", labels), ("annotations", annotations)) if value})
        self.secrets[name] = {"apiVersion": "v1", "kind": "Secret", "metadata": shown, "type": secret.get("type", "Opaque"), "data": data}
        return self.secrets[name]

    def put(self, name: str, data: dict[str, str], **metadata: Any) -> None:
        """Make a Secret as somebody else would."""
        coded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
        self._create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, **metadata}, "data": coded})


@contextmanager
def running_kubernetes(tls: ssl.SSLContext | None = None) -> Iterator[KubernetesApi]:
    """Serve a namespace without Secrets for a while."""
    api = KubernetesApi()
    with serving(new_api(api.answer), tls) as url:
        api.url = url
        yield api
