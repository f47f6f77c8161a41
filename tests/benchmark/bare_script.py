# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make clients and secrets as a plain script with requests and hvac or boto3 would: many threads, a session for each, no retries, no checks.

It knows nothing of the collection; it is what the collection is measured against.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import requests

SCOPE = "openid permissions global.wildcard"
Step = Callable[[dict[str, Any]], Any]


class Script:
    """One run over a file of apps."""

    def __init__(self, env: dict[str, str]) -> None:
        self._base_url, self._verify = env["VANTAGE_BASE_URL"], env["VANTAGE_CA_PATH"]
        self._clients = f"{self._base_url}/api/adminapi2/v2/tenants/{env['VANTAGE_TENANT_ID']}/clients/"
        self._login = {"client_id": env["VANTAGE_AUTH_CLIENT_ID"], "client_secret": env["VANTAGE_AUTH_CLIENT_SECRET"]}
        self._vault = {"url": env.get("VAULT_ADDR"), "token": env.get("VAULT_TOKEN")}
        self._threads = threading.local()
        self._bearer = ""
        self._aws: Any = None
        self.values: list[str] = []

    def run(self, calls: str, apps: dict[str, Any], concurrency: int) -> None:
        """Do everything; the values of the secrets are in `values`.

        :param calls: the rows of the guide name what each does: modules, file, openbao or aws.
        """
        with requests.post(f"{self._base_url}/auth2/connect/token", data=self._form(self._login), verify=self._verify) as answer:
            answer.raise_for_status()
            self._bearer = f"Bearer {answer.json()['access_token']}"
        steps: dict[str, Step] = {
            "modules": self._list_and_make,
            "file": self._make_and_try,
            "openbao": self._make_and_deliver,
            "aws": self._make_and_deliver_to_aws,
        }
        if calls == "aws":
            self._aws = new_aws_client(concurrency)
        with ThreadPoolExecutor(concurrency) as pool:
            list(pool.map(self._make_client, apps["benchmark_clients"]))
            list(pool.map(steps[calls], apps["benchmark_secrets"]))

    def _make_client(self, item: dict[str, Any]) -> Any:
        body = {
            "clientId": item["client_id"],
            "clientName": item["client_name"],
            "allowedGrantTypes": item["allowed_grant_types"],
            "redirectUris": item["redirect_uris"],
        }
        return self._ask(lambda session: session.post(self._clients, json=body))

    def _list_and_make(self, item: dict[str, Any]) -> None:
        self._ask(lambda session: session.get(f"{self._clients}{item['client_id']}/secrets/", params={"offset": "0", "limit": "500"}))
        self._make_secret(item)

    def _make_and_try(self, item: dict[str, Any]) -> dict[str, Any]:
        secret = self._make_secret(item)
        form = self._form({"client_id": item["client_id"], "client_secret": secret["value"]})
        self._ask(lambda session: session.post(f"{self._base_url}/auth2/connect/token", data=form))
        return secret

    def _make_and_deliver(self, item: dict[str, Any]) -> None:
        secret = self._make_and_try(item)
        path = f"script/{item['client_id']}/{item['description']}"
        engine = self._thread_engine()
        engine.create_or_update_secret(path=path, secret=secret)
        found = engine.read_secret_version(path=path, raise_on_deleted_version=True)["data"]["data"]
        if found["value"] != secret["value"]:
            sys.exit(f"{path} holds another value than was written.")

    def _make_and_deliver_to_aws(self, item: dict[str, Any]) -> None:
        secret = self._make_and_try(item)
        name = f"script/{item['client_id']}/{item['description']}"
        self._aws.create_secret(Name=name, SecretString=json.dumps(secret))
        found = json.loads(self._aws.get_secret_value(SecretId=name)["SecretString"])
        if found["value"] != secret["value"]:
            sys.exit(f"{name} holds another value than was written.")

    def _make_secret(self, item: dict[str, Any]) -> dict[str, Any]:
        expiration = (datetime.now(timezone.utc) + timedelta(days=180)).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {"description": item["description"], "expiration": expiration}
        secret: dict[str, Any] = self._ask(lambda session: session.post(f"{self._clients}{item['client_id']}/secrets/", json=body))
        self.values.append(secret["value"])
        return secret

    def _form(self, login: dict[str, str]) -> dict[str, str]:
        return {"grant_type": "client_credentials", "scope": SCOPE, **login}

    def _ask(self, send: Callable[[requests.Session], requests.Response]) -> Any:
        session = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = requests.Session()
            session.headers["Authorization"] = self._bearer
            session.verify = self._verify
        answer = send(session)
        answer.raise_for_status()
        return answer.json()

    def _thread_engine(self) -> Any:
        engine = getattr(self._threads, "engine", None)
        if engine is None:
            # Not by the rows without such a store: importing it takes time.
            import hvac

            engine = self._threads.engine = hvac.Client(**self._vault).secrets.kv.v2
        return engine


def new_aws_client(concurrency: int) -> Any:
    """Return boto3's client, which threads may share."""
    import boto3
    from botocore.config import Config

    return boto3.client("secretsmanager", config=Config(max_pool_connections=concurrency))


def main(calls: str, apps_path: str, concurrency: str) -> None:
    """Print the seconds from the login to the last answer."""
    apps = json.loads(Path(apps_path).read_text(encoding="utf-8"))
    script = Script(dict(os.environ))
    started = time.monotonic()
    script.run(calls, apps, int(concurrency))
    seconds = time.monotonic() - started
    if len(set(script.values)) != len(apps["benchmark_secrets"]):
        sys.exit("Not every app has got a secret of its own.")
    print(seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
