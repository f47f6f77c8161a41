# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make clients and secrets as a plain script with requests would: many threads, a session for each, no retries, no checks.

It knows nothing of the collection; it is what the modules are measured against.
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


class Script:
    """One run over a file of apps."""

    def __init__(self, env: dict[str, str]) -> None:
        self._base_url, self._verify = env["VANTAGE_BASE_URL"], env["VANTAGE_CA_PATH"]
        self._clients = f"{self._base_url}/api/adminapi2/v2/tenants/{env['VANTAGE_TENANT_ID']}/clients/"
        self._login = {"client_id": env["VANTAGE_AUTH_CLIENT_ID"], "client_secret": env["VANTAGE_AUTH_CLIENT_SECRET"]}
        self._threads = threading.local()
        self._bearer = ""

    def run(self, apps: dict[str, Any], concurrency: int) -> list[str]:
        """Do everything and return the values of the secrets."""
        form = {"grant_type": "client_credentials", "scope": SCOPE, **self._login}
        with requests.post(f"{self._base_url}/auth2/connect/token", data=form, verify=self._verify) as answer:
            answer.raise_for_status()
            self._bearer = f"Bearer {answer.json()['access_token']}"
        with ThreadPoolExecutor(concurrency) as pool:
            list(pool.map(self._make_client, apps["benchmark_clients"]))
            list(pool.map(self._list_secrets, apps["benchmark_secrets"]))
            return list(pool.map(self._make_secret, apps["benchmark_secrets"]))

    def _make_client(self, item: dict[str, Any]) -> Any:
        body = {
            "clientId": item["client_id"],
            "clientName": item["client_name"],
            "allowedGrantTypes": item["allowed_grant_types"],
            "redirectUris": item["redirect_uris"],
        }
        return self._ask(lambda session: session.post(self._clients, json=body))

    def _list_secrets(self, item: dict[str, Any]) -> Any:
        return self._ask(lambda session: session.get(f"{self._clients}{item['client_id']}/secrets/", params={"offset": "0", "limit": "500"}))

    def _make_secret(self, item: dict[str, Any]) -> str:
        expiration = (datetime.now(timezone.utc) + timedelta(days=180)).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {"description": item["description"], "expiration": expiration}
        return self._ask(lambda session: session.post(f"{self._clients}{item['client_id']}/secrets/", json=body))["value"]

    def _ask(self, send: Callable[[requests.Session], requests.Response]) -> Any:
        session = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = requests.Session()
            session.headers["Authorization"] = self._bearer
            session.verify = self._verify
        answer = send(session)
        answer.raise_for_status()
        return answer.json()


def main(apps_path: str, concurrency: str) -> None:
    """Print the seconds from the login to the last answer."""
    apps = json.loads(Path(apps_path).read_text(encoding="utf-8"))
    script = Script(dict(os.environ))
    started = time.monotonic()
    values = script.run(apps, int(concurrency))
    seconds = time.monotonic() - started
    if len(set(values)) != len(apps["benchmark_secrets"]):
        sys.exit("Not every app has got a secret of its own.")
    print(seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
