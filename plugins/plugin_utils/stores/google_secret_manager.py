# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The store Google Secret Manager: one secret for each entry, whose version numbers show whether another run was faster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any, ClassVar, NamedTuple, TypeVar

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores import libraries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.cloud import OURS, CloudStore, Reason, fitting, found_from_text, unintelligible
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import FlatRules, flat_name, names_below
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import Found, StaleError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, Spec, StoreContext, StoreError

Result = TypeVar("Result")
PACKAGES = "google-cloud-secret-manager"
RULES = FlatRules("[A-Za-z0-9-]", "_", "__", 255)
LABEL_KEY, LABEL_VALUE, MOST_LABELS = "[a-z][a-z0-9_-]{0,62}", "[a-z0-9_-]{0,63}", 64
# Marks a secret as the collection's before it has a version.
OWNER = "managed-by"
OWNER_LABEL = {OWNER: OURS.replace(".", "-")}
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
BUSY, UNREADABLE = ("TooManyRequests", "ResourceExhausted", "ServiceUnavailable"), ("FailedPrecondition", "BadRequest")


class Version(NamedTuple):
    """One version of a secret."""

    data: bytes
    number: int


class GoogleSecretManagerStore(CloudStore):
    """Secrets of one project."""

    kind = "google_secret_manager"
    loggers = ("google", "urllib3")
    longest_name = RULES.longest
    # Only a read by version number is strongly consistent.
    pauses = (0.2, 0.5, 1.0, 2.0)
    SPEC: ClassVar[Spec] = {
        "project": {"type": "str", "env": ("GCP_PROJECT", "GOOGLE_CLOUD_PROJECT"), "required": True},
        "service_account_file": {"type": "path", "env": ("GCP_SERVICE_ACCOUNT_FILE",)},
        "endpoint": {"type": "str"},
        "replica_locations": {"type": "str"},
        "labels": {"type": "dict"},
        "timeout": {"type": "int", "default": 30, "lowest": 1},
        "retries": {"type": "int", "default": 5},
    }

    def __init__(self, options: Options, context: StoreContext) -> None:
        super().__init__(options.with_paths_from(context.folder, ("service_account_file",)), context)
        self._project = f"projects/{options.text('project')}"
        self.place = f"Google Secret Manager {self._project} {self._prefix}"
        # By place, the number of the last version written by this run, and whether it still has to be read back.
        self._newest: dict[str, int] = {}
        self._unread: set[str] = set()

    def errors(self) -> tuple[type[Exception], ...]:
        """Return the exceptions of google-auth, of the client and of requests, which it sends with."""
        api = libraries.library(self.kind, "google.api_core.exceptions", PACKAGES)
        auth = libraries.library(self.kind, "google.auth.exceptions", PACKAGES)
        requests = libraries.library(self.kind, "requests.exceptions", PACKAGES)
        parsing = libraries.library(self.kind, "google.protobuf.json_format", PACKAGES)
        return api.GoogleAPIError, auth.GoogleAuthError, requests.RequestException, parsing.Error

    def code_of(self, exc: Exception) -> str:
        """Return the name of the service's error."""
        return type(exc).__name__ if getattr(exc, "code", None) else ""

    def reason_of(self, exc: Exception, right: str) -> Reason:
        """Return the error text of google-auth or the service."""
        name, status = type(exc).__name__, getattr(exc, "code", None)
        if status:
            words = str(getattr(exc, "message", "") or name).rstrip(".")
            if name in ("Forbidden", "PermissionDenied", "Unauthorized", "Unauthenticated"):
                return Reason(f"{words}; this needs {right}")
            return Reason(f"{words}{'; run again later' if name in BUSY else ''}", in_doubt=int(status) >= 500)
        if type(exc).__module__ == "google.auth.exceptions" and name != "TransportError":
            words = " ".join(str(exc.args[0] if exc.args else exc).split()).rstrip(".")
            return Reason(f"{words}; set the store's option service_account_file, or GOOGLE_APPLICATION_CREDENTIALS in the environment")
        return unintelligible(exc) if type(exc).__module__.startswith("google.protobuf") else self.transport_reason(exc)

    def new_client(self) -> Any:
        """Return the client, which uses HTTP: gRPC does not survive a fork."""
        manager = libraries.library(self.kind, "google.cloud.secretmanager", PACKAGES)
        more: dict[str, Any] = {}
        path = self._options.text("service_account_file")
        if path:
            account = libraries.library(self.kind, "google.oauth2.service_account", PACKAGES)
            scopes = ["https://www.googleapis.com/auth/cloud-platform"]
            more["credentials"] = account.Credentials.from_service_account_file(path, scopes=scopes)
        if self._options.text("endpoint"):
            more["client_options"] = {"api_endpoint": self._options.text("endpoint").rstrip("/")}
        client = manager.SecretManagerServiceClient(transport="rest", **more)
        session = getattr(client.transport, "_session", None)
        for adapter in session.adapters.values() if session is not None else ():
            adapter.init_poolmanager(self._concurrency, self._concurrency)
        return client

    def _call(self, call: Callable[..., Result], request: Mapping[str, Any], doing: str, right: str, *, is_safe: bool = True, **more: Any) -> Result:
        """Call the service, and retry while it is busy; after a broken connection, retry only what is safe to repeat."""
        attempts = count(1)
        retries, timeout = self._options.number("retries"), self._options.number("timeout")

        def again(exc: Exception) -> bool:
            is_busy = type(exc).__name__ in BUSY or (is_safe and not getattr(exc, "code", None))
            return is_busy and next(attempts) <= retries

        retry = libraries.library(self.kind, "google.api_core.retry", PACKAGES).Retry
        patience = retry(predicate=again, initial=FIRST_WAIT, maximum=LONGEST_WAIT, timeout=None)
        once: Callable[[], Result] = patience(partial(call, request=request, retry=None, timeout=timeout))
        return self.ask(once, doing, right, **more)

    def place_of(self, name: str) -> str:
        """Return the id of an entry's secret."""
        return flat_name(self._prefix, name, RULES)

    def list_places(self) -> list[str]:
        """Return the ids below the prefix."""
        begin = RULES.separator.join(RULES.written(part) for part in self._prefix.split("/"))
        request = {"parent": self._project, "filter": f"name:{begin}", "page_size": 1000}

        def found(**how: Any) -> list[str]:
            return [str(secret.name).rpartition("/")[2] for secret in self._client.list_secrets(**how)]

        names = self._call(found, request, f"list the secrets of {self._project}", "secretmanager.secrets.list")
        return names_below(self._prefix, names, RULES)

    def _read(self, place: str, version: str) -> Version | None:
        """Return one version; None if it does not exist, and empty if it was destroyed or disabled, which this collection never does."""

        def read(**how: Any) -> Version:
            answer = self._client.access_secret_version(**how)
            return Version(answer.payload.data, number_of(answer))

        request = {"name": f"{self._project}/secrets/{place}/versions/{version}"}
        instead = {"NotFound": None, **dict.fromkeys(UNREADABLE, Version(b"", 0))}
        return self._call(read, request, f"read {place}", "secretmanager.versions.access", instead=instead)

    def get(self, place: str) -> Found:
        """Read the newest version of one secret, or the one just written: other runs undo what they add in the meantime."""
        newest = self._newest.get(place, 0)
        answer = None if place in self._unread else self._read(place, "latest")
        if newest and (answer is None or answer.number < newest):
            # A read by number sees a version as soon as it was added.
            answer = self._read(place, str(newest))
        self._unread.discard(place)
        return found_from_text(answer.data, str(answer.number)) if answer else Found()

    def put(self, place: str, entry: Entry, version: str) -> str | None:
        """Add a version; if its number does not follow the one that was read, another run was faster, and its version is restored."""
        data = self.text_of(entry).encode("utf-8")
        if not version:
            self._create(place, entry)
        expected = int(version or 0) + 1
        number = self._add(place, data, entry.value)
        if number != expected:
            self._give_way(place, expected, data)
        self._newest[place] = number
        self._unread.add(place)
        if version:
            self._label(place, self.labels_before(entry), entry.labels)
        return str(number)

    def _add(self, place: str, data: bytes, hidden: str) -> int:
        def add(**how: Any) -> int:
            return number_of(self._client.add_secret_version(**how))

        request = {"parent": f"{self._project}/secrets/{place}", "payload": {"data": data}}
        return self._call(add, request, f"write {place}", "secretmanager.versions.add", is_safe=False, hidden=hidden, stale=("NotFound",))

    def _give_way(self, place: str, expected: int, data: bytes) -> None:
        """Restore the first version after the one that was read, unless it is this run's own, added twice."""
        first = self._read(place, str(expected))
        if first and first.data == data:
            return
        if first:
            self._newest[place] = self._add(place, first.data, "")
        raise StaleError("another version was added first")

    def _create(self, place: str, entry: Entry) -> None:
        """Create an empty secret, or reuse one from a run that died before it added a version."""
        locations = [name.strip() for name in self._options.text("replica_locations").split(",") if name.strip()]
        replication: dict[str, Any] = {"user_managed": {"replicas": [{"location": name} for name in locations]}} if locations else {"automatic": {}}
        request = {
            "parent": self._project,
            "secret_id": place,
            "secret": {"replication": replication, "labels": self._labels(entry.labels)},
        }
        made = self._call(
            self._client.create_secret, request, f"create {place}", "secretmanager.secrets.create", instead={"AlreadyExists": None, "Conflict": None}
        )
        if made is None and not self._is_ours(place):
            raise StoreError(f"Could not create {place}: something else that this collection has not written is there; rename it, or choose another prefix.")

    def _is_ours(self, place: str) -> bool:
        found = self._call(
            self._client.get_secret,
            {"name": f"{self._project}/secrets/{place}"},
            f"look at {place}",
            "secretmanager.secrets.get",
            instead={"NotFound": None},
        )
        return found is not None and dict(found.labels).get(OWNER) == OWNER_LABEL[OWNER]

    def _labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        own = {**self._options.mapping("labels"), **OWNER_LABEL}
        return {**fitting(labels, LABEL_KEY, LABEL_VALUE, MOST_LABELS - len(own)), **own}

    def _label(self, place: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Update the secret's labels from the app. The entry is already written, so a failure is only a warning."""
        if self._labels(before) == self._labels(after):
            return
        secret = {"name": f"{self._project}/secrets/{place}", "labels": self._labels(after)}
        try:
            self._call(self._client.update_secret, {"secret": secret, "update_mask": "labels"}, f"label {place}", "secretmanager.secrets.update")
        except StoreError as exc:
            self.warn(f"{exc.message} The secret itself was written.")

    def delete(self, place: str, version: str) -> None:
        """Delete a secret, which cannot be undone, unless it has a newer version."""
        answer = self._read(place, "latest")
        if answer and answer.number > int(version):
            raise StaleError("another version was added")
        request = {"name": f"{self._project}/secrets/{place}"}
        self._newest.pop(place, None)
        self._unread.discard(place)
        self._call(self._client.delete_secret, request, f"remove {place}", "secretmanager.secrets.delete", instead={"NotFound": None})


def number_of(version: Any) -> int:
    """Return the number of a version."""
    return int(version.name.rpartition("/")[2])
