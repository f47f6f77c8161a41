# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The store Kubernetes: one Secret in a namespace for each entry."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.kubernetes_server import KIND, Cluster, MissingError, library
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import check_prefix, dns_label, problems_of_texts
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import Found, RemoteStore, StaleError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import (
    Entry,
    Spec,
    StoreContext,
    StoreError,
    entry_from_members,
    parts_of_name,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.transport import is_open_http

LONGEST_NAME = 253
# These labels mark a Secret as ours and as this tenant's.
MANAGED_BY, MANAGER = "app.kubernetes.io/managed-by", "abbyy.vantage"
STORE_LABEL, APP_LABELS = "abbyy.com/vantage-store", "abbyy.com/vantage-labels"
OWN = (MANAGED_BY, STORE_LABEL, APP_LABELS)
LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
LABEL_KEY = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# Metadata added by others, which a new version has to keep.
KEPT = ("labels", "annotations", "ownerReferences", "finalizers")
# For fewer entries, reading each one is faster than listing all.
FEW = 8
PAGE = 500
VERBS = ("create", "get", "update", "delete")
PATHS = ("kubeconfig", "ca_cert", "client_cert", "client_key")


def option(name: str, **rules: Any) -> dict[str, Any]:
    """Return the spec of one option, with the variable of the environment that kubernetes.core reads for it."""
    return {"type": "str", "env": (f"K8S_AUTH_{name.upper()}",), **rules}


class KubernetesStore(RemoteStore):
    """Secrets of one namespace; the server has compare-and-set."""

    kind = KIND
    SPEC: Spec = {
        "namespace": {"type": "str", "required": True},
        "kubeconfig": option("kubeconfig", type="path"),
        "context": option("context"),
        "host": option("host"),
        "api_key": option("api_key", no_log=True),
        "client_cert": option("cert_file", type="path"),
        "client_key": option("key_file", type="path", no_log=False),
        "ca_cert": option("ssl_ca_cert", type="path"),
        "validate_certs": option("verify_ssl", type="bool"),
        "labels": {"type": "dict"},
        "annotations": {"type": "dict"},
        "timeout": {"type": "int", "default": 30, "lowest": 1},
        "retries": {"type": "int", "default": 5},
    }

    def __init__(self, options: Options, context: StoreContext) -> None:
        super().__init__(context)
        options = options.with_paths_from(context.folder, PATHS)
        self._prefix = context.prefix.strip("/")
        self._namespace = options.text("namespace")
        self._labels, self._annotations = options.mapping("labels"), options.mapping("annotations")
        self._cluster = Cluster(options, self._concurrency)
        self._warn = context.warn
        # By Secret and version, the metadata of others in it.
        self._kept: dict[str, tuple[str, dict[str, Any]]] = {}
        self.place = f"the namespace {self._namespace} of Kubernetes, {self._prefix}"

    def problems(self, names: Iterable[str]) -> list[str]:
        """Return a sentence for each name that is not text or is too long for a Secret's."""
        listed = list(names)
        long = [(name, len(self.place_of(name))) for name in listed]
        return problems_of_texts(listed) + [
            f"{name[:60]!r}… would be kept in a Secret with a name of {length} characters, and Kubernetes allows {LONGEST_NAME}; "
            "shorten its description or the prefix."
            for name, length in long
            if length > LONGEST_NAME
        ]

    def check(self) -> None:
        """Check the options, and read one Secret."""
        check_prefix(self._prefix)
        if not NAMESPACE.fullmatch(self._namespace):
            raise ConfigError(
                f"The option 'namespace' of the store kubernetes is {self._namespace!r}; a namespace has lower-case letters, digits and hyphens, at most 63."
            )
        for name, given in (("labels", self._labels), ("annotations", self._annotations)):
            check_metadata(name, given)
        library()
        self._cluster.connect()
        if is_open_http(self._cluster.url) and self._warn:
            self._warn(f"The store kubernetes is reached by plain http at {self._cluster.url}: all secrets cross the network in clear; use https.")
        self._page(1, "")

    def prove(self, names: Iterable[str] = ()) -> None:
        """Ask the server whether this login has the permissions on Secrets that this run needs."""
        place = next((self.place_of(name) for name in names), "")
        missing = [verb for verb, may in zip(VERBS, self.in_threads(lambda verb: self._may(verb, place), VERBS)) if not may]
        if missing:
            raise StoreError(
                f"The login at {self._cluster.url} may not write to the store: it needs the verb {', '.join(missing)} on secrets "
                f"in the namespace {self._namespace}."
            )

    def _may(self, verb: str, place: str) -> bool:
        """Return whether the login may do this; true when the server does not tell."""
        wanted = {"namespace": self._namespace, "verb": verb, "version": "v1", "resource": "secrets"}
        if verb != "create":
            # A role cannot grant creation by name.
            wanted["name"] = place
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": wanted}}
        try:
            answer = self._cluster.ask("create_self_subject_access_review", review, api="authorization", doing="ask for the rights on Secrets")
            return answer["status"]["allowed"] is not False
        except (StoreError, KeyError, TypeError):
            # A login that may not ask may still be allowed to write.
            return True

    def connect(self) -> None:
        """Create the client, once."""
        self._cluster.connect()

    def place_of(self, name: str) -> str:
        """Return the name of an entry's Secret."""
        return ".".join(dns_label(part) for part in (*self._prefix.split("/"), *parts_of_name(name)))

    def look_at(self, names: list[str] | None) -> Iterable[Found]:
        """Return the existing entries; for many names by listing all Secrets of this tenant, one request for hundreds."""
        if names is not None and len(names) <= FEW:
            return super().look_at(names)
        # Anything but a Secret raises an error before its name is used.
        listed = [(self._found(secret), secret) for secret in self._list()]
        found = [self.remember(secret["metadata"]["name"], one) for one, secret in listed]
        wanted = None if names is None else set(names)
        return [one for one in found if one.entry and (wanted is None or one.entry.name in wanted)]

    def get(self, place: str) -> Found:
        """Read one Secret."""
        try:
            return self._found(self._cluster.ask("read_namespaced_secret", place, self._namespace, doing=f"read the Secret {place}", verb="get"))
        except MissingError:
            return Found()

    def put(self, place: str, entry: Entry, version: str) -> str | None:
        """Create one Secret, or replace the version that was read."""
        secret = self._secret(place, entry, version)
        settings: dict[str, Any] = {"doing": f"write the Secret {place}", "hidden": entry.value}
        try:
            if version:
                answer = self._cluster.ask("replace_namespaced_secret", place, self._namespace, secret, verb="update", **settings)
            else:
                answer = self._cluster.ask("create_namespaced_secret", self._namespace, secret, verb="create", **settings)
        except MissingError as exc:
            if version:
                raise StaleError(str(exc)) from None
            raise StoreError(f"{str(exc).rstrip('.')}; make the namespace, or set the store's option namespace.") from None
        return self._found(answer).version

    def delete(self, place: str, version: str) -> None:
        """Remove one Secret in the version that was read; a missing one is not an error."""
        uid, _slash, number = version.partition("/")
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid, "resourceVersion": number}}
        try:
            self._cluster.ask("delete_namespaced_secret", place, self._namespace, body=options, doing=f"remove the Secret {place}", verb="delete")
        except MissingError:
            return

    def _list(self) -> Iterable[dict[str, Any]]:
        token = ""
        while True:
            answer = self._page(PAGE, token)
            yield from answer["items"]
            token = answer["metadata"].get("continue") or ""
            if not token:
                return

    def _page(self, limit: int, token: str) -> dict[str, Any]:
        selector = f"{MANAGED_BY}={MANAGER},{STORE_LABEL}={label_of_prefix(self._prefix)}"
        more = {"_continue": token} if token else {}
        answer: dict[str, Any] = self._cluster.ask(
            "list_namespaced_secret", self._namespace, label_selector=selector, limit=limit, doing="list the Secrets", verb="list", **more
        )
        if not isinstance(answer.get("items"), list) or not isinstance(answer.get("metadata"), dict):
            raise StoreError(f"Could not list the Secrets at {self._cluster.url}: the response is not from Kubernetes; check host.")
        return answer

    def _found(self, secret: dict[str, Any]) -> Found:
        """Return the entry of a Secret; one without our label is foreign."""
        try:
            metadata = secret["metadata"]
            version = f"{metadata['uid']}/{metadata['resourceVersion']}"
            place, annotations = metadata["name"], metadata.get("annotations") or {}
            labels = labels_from_text(annotations.get(APP_LABELS))
            self._kept[place] = (version, others_of(metadata, labels))
            if (metadata.get("labels") or {}).get(MANAGED_BY) != MANAGER:
                return Found(None, version, is_foreign=True)
        except (AttributeError, KeyError, TypeError):
            raise StoreError(f"Could not read a Secret at {self._cluster.url}: the response is not from Kubernetes; check host.", in_doubt=True) from None
        try:
            members = {key: base64.b64decode(value, validate=True).decode() for key, value in (secret.get("data") or {}).items()}
            return Found(entry_from_members({**members, "labels": labels}), version)
        except (AttributeError, binascii.Error, TypeError, ValueError):
            return Found(None, version, is_foreign=True)

    def _secret(self, place: str, entry: Entry, version: str) -> dict[str, Any]:
        """Return the Secret of an entry, with the additions of others to the version that it replaces."""
        seen, kept = self._kept.get(place, ("", {}))
        others = kept if version and seen == version else {}
        own = {MANAGED_BY: MANAGER, STORE_LABEL: label_of_prefix(self._prefix)}
        shown = {key: value for key, value in entry.labels.items() if LABEL_KEY.fullmatch(key) and LABEL_VALUE.fullmatch(value)}
        annotations = {**others.get("annotations", {}), **self._annotations}
        if entry.labels:
            annotations[APP_LABELS] = json.dumps(dict(entry.labels), ensure_ascii=False, sort_keys=True)
        metadata = {
            **others,
            "name": place,
            "namespace": self._namespace,
            "labels": {**others.get("labels", {}), **shown, **self._labels, **own},
            "annotations": annotations,
        }
        if version:
            metadata["uid"], _slash, metadata["resourceVersion"] = version.partition("/")
        members = {name: value for name, value in entry.to_members().items() if name != "labels"}
        data = {name: base64.b64encode(value.encode()).decode() for name, value in members.items()}
        return {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": metadata, "data": data}


def label_of_prefix(prefix: str) -> str:
    """Return a prefix as the value of a label, only for listing: the name of an entry decides its tenant."""
    text = prefix.replace("/", ".")
    return text if text and LABEL_VALUE.fullmatch(text) else sha256(prefix.encode()).hexdigest()[:40]


def labels_from_text(text: object) -> Mapping[str, str]:
    """Return the labels of an app; none for a text that somebody has changed."""
    try:
        labels = json.loads(str(text)) if text else {}
    except (RecursionError, ValueError):
        return {}
    return labels if isinstance(labels, dict) else {}


def others_of(metadata: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """Return what others have added to a Secret.

    :param labels: of the app, which the next version may no longer have.
    """
    found = {name: metadata[name] for name in KEPT if metadata.get(name)}
    for name in ("labels", "annotations"):
        found[name] = {key: value for key, value in (metadata.get(name) or {}).items() if key not in OWN and (name != "labels" or key not in labels)}
    return found


def check_metadata(name: str, given: Mapping[str, str]) -> None:
    """Raise ConfigError for labels and annotations that Kubernetes would refuse."""
    for key, value in given.items():
        if key in OWN or not LABEL_KEY.fullmatch(key):
            raise ConfigError(
                f"The option {name!r} of the store kubernetes has the key {key!r}, which is {'reserved' if key in OWN else 'not valid in Kubernetes'}; "
                "write one such as team or example.com/team."
            )
        if name == "labels" and not LABEL_VALUE.fullmatch(value):
            raise ConfigError(
                f"The option 'labels' of the store kubernetes has the value {value!r}; a label has at most 63 letters, digits, '.', '_' and '-', "
                "and begins and ends with a letter or digit. Use annotations for other texts."
            )
