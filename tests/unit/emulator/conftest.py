# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give every test an emulator of its own and a caller who talks to it in process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator

# This file may be loaded before the collection can be imported; so what it needs of it is imported in the fixtures.
CONTOSO = "7a1de5a0c0de4b1e8f00c04705000001"
BASE = "https://vantage.test"


class Caller:
    """Send requests as one application of one tenant; `send` gives the answer as it is."""

    def __init__(self, emulator: Emulator, tenant: str = CONTOSO) -> None:
        self.emulator = emulator
        from ansible_collections.abbyy.vantage.tests.emulator.adapter import EmulatorAdapter

        self.session = requests.Session()
        self.session.mount("https://", EmulatorAdapter(emulator))
        self.clients = f"/api/adminapi2/v2/tenants/{tenant}/clients/"
        self.access_token = emulator.issue_token(tenant)

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.access_token}", **options.pop("headers", {})}
        return self.session.request(method, BASE + path, headers=headers, allow_redirects=False, **options)

    def create(self, client_id: str, **members: Any) -> requests.Response:
        return self.send("POST", self.clients, json={"clientId": client_id, **members})

    def read(self, client_id: str) -> dict[str, Any]:
        answer = self.send("GET", self.clients + client_id)
        assert answer.status_code == 200
        return answer.json()

    def update(self, client_id: str, **members: Any) -> requests.Response:
        return self.send("PUT", self.clients + client_id, json=members)

    def make_secret(self, client_id: str, **members: Any) -> requests.Response:
        return self.send("POST", f"{self.clients}{client_id}/secrets/", json=members)

    def list_secrets(self, client_id: str) -> list[dict[str, Any]]:
        return self.send("GET", f"{self.clients}{client_id}/secrets/").json()["items"]

    def ask_token(self, tenant: str | None = CONTOSO, **form: str) -> requests.Response:
        pin = f"/{tenant}" if tenant else ""
        return self.session.post(f"{BASE}/auth2{pin}/connect/token", data=form)

    def log_in(self, client_id: str, secret: str, **form: str) -> requests.Response:
        return self.ask_token(grant_type="client_credentials", client_id=client_id, client_secret=secret, **form)


@pytest.fixture
def emulator() -> Emulator:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator

    return Emulator()


@pytest.fixture
def caller(emulator: Emulator) -> Caller:
    return Caller(emulator)
