# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give each run an empty store to deliver to."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.integration.support.stores.openbao import ROOT_TOKEN, running_openbao

from .served import START_LIMIT

AWS = {"region": "eu-central-1", "access_key": "AKIABENCHMARK0000000", "secret_key": "secret-key-of-the-benchmark"}
AWS_ENV = {"AWS_DEFAULT_REGION": AWS["region"], "AWS_ACCESS_KEY_ID": AWS["access_key"], "AWS_SECRET_ACCESS_KEY": AWS["secret_key"]}


@dataclass
class Delivery:
    """A store.

    :param option: `app_onboarding_store` of the role.
    :param env: the environment that connects a script to it.
    """

    option: dict[str, Any]
    env: dict[str, str] = field(default_factory=dict)


@contextmanager
def empty_store(kind: str, folder: Path) -> Iterator[Delivery]:
    """Keep a store for as long as the `with` block lasts.

    :param kind: file, openbao or aws.
    """
    if kind == "openbao":
        with running_openbao(folder) as server:
            yield Delivery(server.options(), {"VAULT_ADDR": server.url, "VAULT_TOKEN": ROOT_TOKEN})
    elif kind == "aws":
        with running_moto(folder) as url:
            yield Delivery({"type": "aws_secrets_manager", "endpoint_url": url, **AWS}, {"AWS_ENDPOINT_URL": url, **AWS_ENV})
    else:
        path = folder / "secrets.yml"
        path.unlink(missing_ok=True)
        yield Delivery({"type": "file", "path": str(path), "vault_password": "benchmark"})


@contextmanager
def running_moto(folder: Path) -> Iterator[str]:
    """Run moto, which plays AWS, in a process of its own, and return its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with (folder / "moto.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
    try:
        wait_for(url, process)
        yield url
    finally:
        process.kill()
        process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + START_LIMIT
    with requests.Session() as session:
        session.trust_env = False
        while True:
            try:
                session.get(f"{url}/moto-api/", timeout=5)
                return
            except requests.RequestException:
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit("moto did not start.") from None
                time.sleep(0.1)
