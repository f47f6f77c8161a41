# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The store HashiCorp Vault or OpenBao: one secret of a KV engine for each entry."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import check_prefix, problems_of_texts, segment
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import Found, RemoteStore, found_from_members
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import (
    Entry,
    Spec,
    StoreContext,
    StoreError,
    parts_of_name,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.transport import is_open_http
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.vault_logins import LOGINS
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.vault_server import VaultServer, library

# Vault accepts more, but proxies and balancers before it do not.
LONGEST_PATH = 4000
# For fewer entries, reading each one is faster than listing all.
FEW = 8
# More paths show nothing new about a policy.
MOST_PROVED = 20
PATHS = ("ca_cert", "cert_auth_public_key", "cert_auth_private_key")


def option(name: str, *variables: str, **rules: Any) -> dict[str, Any]:
    """Return the spec of one option, with the variables of the environment that community.hashi_vault and the program vault read for it."""
    return {"type": "str", "env": (f"ANSIBLE_HASHI_VAULT_{name.upper()}", *variables), **rules}


class HashiVaultStore(RemoteStore):
    """A KV engine of version 2, which has compare-and-set, or of version 1, which does not."""

    kind = "hashi_vault"
    SPEC: Spec = {
        "url": option("addr", "VAULT_ADDR", required=True),
        "namespace": option("namespace", "VAULT_NAMESPACE"),
        "ca_cert": option("ca_cert", "VAULT_CACERT", type="path"),
        "validate_certs": {"type": "bool", "default": True, "env_off": "VAULT_SKIP_VERIFY"},
        "auth_method": option("auth_method", choices=list(LOGINS), default="token"),
        "token": option("token", "VAULT_TOKEN", no_log=True),
        "role_id": option("role_id"),
        "secret_id": option("secret_id", no_log=True),
        "jwt": option("jwt", no_log=True),
        "username": option("username"),
        "password": option("password", no_log=True),
        "cert_auth_public_key": option("cert_auth_public_key", type="path"),
        "cert_auth_private_key": option("cert_auth_private_key", type="path", no_log=False),
        "mount_point": option("mount_point"),
        "engine_mount_point": {"type": "str", "default": "secret"},
        "engine_version": {"type": "int", "choices": [1, 2], "default": 2},
        "timeout": option("timeout", type="int", default=30, lowest=1),
        "retries": option("retries", type="int", default=5),
    }

    def __init__(self, options: Options, context: StoreContext) -> None:
        super().__init__(context)
        options = options.with_paths_from(context.folder, PATHS)
        self._options = options
        self._prefix = context.prefix.strip("/")
        self._mount = options.text("engine_mount_point").strip("/")
        self.compares = options.number("engine_version") == 2
        self._login = LOGINS[options.text("auth_method")](options)
        self._server = VaultServer(options, self._login, self._concurrency)
        self._warn = context.warn
        self.place = f"{self._server.url} {self._mount}/{self._prefix}"

    def problems(self, names: Iterable[str]) -> list[str]:
        """Return a sentence for each name that is not text or is too long for a path."""
        listed = list(names)
        long = [(name, len(self.place_of(name))) for name in listed]
        return problems_of_texts(listed) + [
            f"{name[:60]!r}… would be kept at a path of {length} characters, which is more than {LONGEST_PATH}; shorten its description or the prefix."
            for name, length in long
            if length > LONGEST_PATH
        ]

    def check(self) -> None:
        """Log in, and list the entries."""
        check_prefix(self._prefix)
        ca_cert = self._options.text("ca_cert")
        if ca_cert and not os.path.exists(ca_cert):
            raise ConfigError(f"The option 'ca_cert' of the store hashi_vault is {ca_cert}, where there is no file.")
        self._server.check()
        if is_open_http(self._server.url) and self._warn:
            self._warn(
                f"The store hashi_vault is reached by plain http at {self._server.url}: its token and all secrets cross the network in clear; use https."
            )
        self._server.connect()
        self._list(self._prefix)
        self._check_version()

    def prove(self, names: Iterable[str] = ()) -> None:
        """Ask the server for the capabilities of this login on the paths of this run."""
        self.connect()
        likely = [*names, *self.seen_names()][:MOST_PROVED] or ["client/description"]
        needed = {path: capabilities for name in likely for path, capabilities in self._needed(self.place_of(name)).items()}
        try:
            answer = self._server.ask(
                lambda client: client.adapter.post("/v1/sys/capabilities-self", json={"paths": list(needed)}), "ask for", "sys/capabilities-self", "update"
            )
            granted = {path: answer["data"][path] for path in needed}
        except (StoreError, KeyError, TypeError):
            # A login that may not ask may still be allowed to write.
            return
        for path, capabilities in needed.items():
            missing = [capability for capability in capabilities if capability not in granted[path] and "root" not in granted[path]]
            if missing:
                raise StoreError(f"The login at {self._server.url} may not write to the store: it needs the capability {', '.join(missing)} on {path}.")

    def _needed(self, place: str) -> dict[str, tuple[str, ...]]:
        """Return by path what a policy has to grant for one entry."""
        if self.compares:
            return {self._path("data", place): ("create", "update", "read"), self._path("delete", place): ("update",)}
        return {self._path("data", place): ("create", "update", "read", "delete")}

    def connect(self) -> None:
        """Log in, once."""
        self._server.connect()

    def place_of(self, name: str) -> str:
        """Return the path of an entry below the engine."""
        client_id, description = parts_of_name(name)
        return f"{self._prefix}/{segment(client_id)}/{segment(description)}"

    def likely(self, names: list[str]) -> list[str]:
        """Return the names whose client has a folder, so that an empty store takes one request."""
        if len(names) <= FEW:
            return names
        try:
            folders = set(self._list(self._prefix))
        except StoreError:
            return names
        return [name for name in names if f"{segment(parts_of_name(name)[0])}/" in folders]

    def list_places(self) -> list[str]:
        """Return the paths of all entries in the folders of clients."""
        folders = [f"{self._prefix}/{key[:-1]}" for key in self._list(self._prefix) if key.endswith("/")]
        keys = self.in_threads(self._list, folders)
        return [f"{folder}/{key}" for folder, found in zip(folders, keys) for key in found if not key.endswith("/")]

    def get(self, place: str) -> Found:
        """Read one secret; if its newest version is deleted, version 2 returns the number."""
        missing = library().exceptions.InvalidPath

        def read(client: Any) -> Any:
            try:
                if self.compares:
                    return client.secrets.kv.v2.read_secret_version(path=place, mount_point=self._mount, raise_on_deleted_version=True)
                return client.secrets.kv.v1.read_secret(path=place, mount_point=self._mount)
            except missing as exc:
                if exc.errors:
                    raise
                return exc.json if exc.json and exc.json.get("data") else None

        path = self._path("data", place)
        answer = self._server.ask(read, "read", path, "read")
        if answer is None:
            return Found()
        try:
            members = answer["data"]["data"] if self.compares else answer["data"]
            version = str(answer["data"]["metadata"]["version"]) if self.compares else ""
        except (KeyError, TypeError):
            raise StoreError(
                f"Could not read {path} at {self._server.url}: the response is not from a KV engine of version {2 if self.compares else 1}; "
                "check url, engine_mount_point and engine_version."
            ) from None
        return found_from_members(members, version)

    def put(self, place: str, entry: Entry, version: str) -> str | None:
        """Write one secret; version 2 refuses it when another version is there, and returns the new number."""

        def write(client: Any) -> Any:
            if self.compares:
                return client.secrets.kv.v2.create_or_update_secret(path=place, secret=entry.to_members(), cas=int(version or 0), mount_point=self._mount)
            return client.secrets.kv.v1.create_or_update_secret(path=place, secret=entry.to_members(), method="PUT", mount_point=self._mount)

        answer = self._server.ask(write, "write", self._path("data", place), "update" if version else "create", hidden=entry.value)
        try:
            return str(int(answer["data"]["version"]))
        except (KeyError, TypeError, ValueError):
            return None

    def delete(self, place: str, version: str) -> None:
        """Remove one secret: with version 2 only the version that was read, so that a newer one of another run stays."""

        def remove(client: Any) -> Any:
            if self.compares:
                return client.secrets.kv.v2.delete_secret_versions(path=place, versions=[int(version)], mount_point=self._mount)
            return client.secrets.kv.v1.delete_secret(path=place, mount_point=self._mount)

        self._server.ask(remove, "remove", self._path("delete" if self.compares else "data", place), "update" if self.compares else "delete")

    def _list(self, folder: str) -> list[str]:
        """Return the names in a folder, folders with a final slash; none for a missing folder."""
        missing = library().exceptions.InvalidPath

        def list_names(client: Any) -> Any:
            engine = client.secrets.kv.v2 if self.compares else client.secrets.kv.v1
            try:
                return engine.list_secrets(path=folder, mount_point=self._mount)
            except missing as exc:
                if exc.errors:
                    raise
                return {"data": {"keys": []}}

        path = self._path("metadata", folder)
        answer = self._server.ask(list_names, "list", path, "list")
        try:
            return [str(key) for key in answer["data"]["keys"]]
        except (KeyError, TypeError):
            raise StoreError(f"Could not list {path} at {self._server.url}: the response is not from a KV engine; check url and engine_mount_point.") from None

    def _check_version(self) -> None:
        """Raise ConfigError when the engine has the other version, which would accept writes in the wrong place."""
        path = f"sys/internal/ui/mounts/{self._mount}/{self._prefix}"
        try:
            answer = self._server.ask(lambda client: client.adapter.get(f"/v1/{path}"), "ask for", path, "read")
            version = str(answer["data"]["options"]["version"])
        except (StoreError, KeyError, TypeError):
            # If this cannot be asked, reading shows it.
            return
        if version in ("1", "2") and version != str(self._options.number("engine_version")):
            raise ConfigError(f"The engine {self._mount} at {self._server.url} is KV version {version}; set the store's option engine_version to {version}.")

    def _path(self, part: str, place: str) -> str:
        """Return a path as policies name it."""
        return f"{self._mount}/{part}/{place}" if self.compares else f"{self._mount}/{place}"
