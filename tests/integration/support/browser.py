# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Act as the person with the browser while a playbook waits, without a browser."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.abbyy.vantage.tests.emulator.oauth_grants import AuthorizationCodeGrant
from ansible_collections.abbyy.vantage.tests.emulator.oauth_server import OAuthServer
from ansible_collections.abbyy.vantage.tests.emulator.person import log_in
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS, Deployment
from ansible_collections.abbyy.vantage.tests.unit.support.ports import free_port

ADDRESS = re.compile(r"https://[^\s\"]+/connect/authorize\?[^\s\"]+")
PEOPLE = {
    "contoso": {"email": "admin@contoso.example", "password": "contoso-Admin-Passw0rd"},
    "fabrikam": {"email": "admin@fabrikam.example", "password": "fabrikam-Admin-Passw0rd"},
}
LONG = 60


class Person:
    """Logs in at the emulator's page."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment

    def session(self) -> requests.Session:
        """Return a session that trusts the emulator."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.deployment.ca_path)
        return session

    def visit(self, url: str, tenant: str = "contoso", **more: Any) -> str:
        """Log in and return the address that the browser is sent to."""
        return log_in(self.session(), url, **{**PEOPLE[tenant], **more})

    def arrive(self, address: str) -> requests.Response:
        """Follow the redirect, as soon as something listens there."""
        end = time.monotonic() + LONG
        while True:
            try:
                return self.session().get(address, timeout=LONG)
            except requests.ConnectionError:
                assert time.monotonic() < end, "nobody listens"
                time.sleep(0.05)

    def follow(self, url: str, tenant: str = "contoso", **more: Any) -> requests.Response:
        """Log in and follow the redirect."""
        return self.arrive(self.visit(url, tenant, **more))


class Watcher:
    """Logs in whenever the events of a run show an address, as a person does who reads the terminal.

    :param folder: where the run happens.
    :param more: how the login differs; see `log_in`.
    :ivar pages: the pages that were shown after the logins.
    :ivar arrivals: the addresses that the browser was sent to, codes and all.
    """

    def __init__(self, person: Person, folder: Path, **more: Any) -> None:
        self.pages: list[requests.Response] = []
        self.arrivals: list[str] = []
        self._person, self._folder, self._more = person, folder, more
        self._seen: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        self._thread.join(LONG)

    def _watch(self) -> None:
        while not self._over.is_set():
            for url in addresses_in(self._folder):
                if url not in self._seen:
                    self._seen.add(url)
                    self._follow(url)
            self._over.wait(0.05)

    def _follow(self, url: str) -> None:
        tenant = next(name for name, tenant_id in TENANTS.items() if tenant_id in url)
        self.arrivals.append(self._person.visit(url, tenant, **self._more))
        self.pages.append(self._person.arrive(self.arrivals[-1]))


def addresses_in(folder: Path) -> list[str]:
    """Return the addresses to open that the runs in this folder have shown."""
    return [url for path in sorted(folder.glob("events_*.jsonl")) for url in ADDRESS.findall(path.read_text(encoding="utf-8"))]


def seed_redirect_uri(deployment: Deployment, host: str = "127.0.0.1") -> str:
    """Return a redirect URI at a free port, so that tests can run side by side; the clients named automation know it from now on."""
    uri = f"http://{host}:{free_port()}/callback"
    for tenant in TENANTS:
        deployment.emulator.seed(tenant, [{"clientId": "automation", "redirectUris": [uri]}])
    return uri


def record_secrets(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that fills with all tokens and codes that the emulator hands out; the logins' own secrets are in it already."""
    issued = [f"{tenant}-{client}-secret-0001" for tenant in TENANTS for client in ("automation", "reader")]
    issued += [person["password"] for person in PEOPLE.values()]
    save_token, save_code = OAuthServer.save_token, AuthorizationCodeGrant.save_authorization_code

    def keep_token(self: Any, token: dict[str, Any], request: Any) -> None:
        issued.extend(value for name, value in token.items() if name in ("access_token", "refresh_token"))
        save_token(self, token, request)

    def keep_code(self: Any, code: str, request: Any) -> None:
        issued.append(code)
        save_code(self, code, request)

    monkeypatch.setattr(OAuthServer, "save_token", keep_token)
    monkeypatch.setattr(AuthorizationCodeGrant, "save_authorization_code", keep_code)
    return issued
