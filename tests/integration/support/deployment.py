# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulated Vantage behind HTTPS, with everything that a test needs to reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.emulator.https_server import RunningServer
from ansible_collections.abbyy.vantage.tests.emulator.messages import Request, Response

TENANTS = {"contoso": CONTOSO, "fabrikam": FABRIKAM}


@dataclass
class Deployment:
    """An emulated Vantage that playbooks reach over HTTPS, and the controls over it."""

    emulator: Emulator
    base_url: str
    ca_path: Path

    def login_env(self, tenant: str = "contoso", client: str = "automation") -> dict[str, str]:
        """Return the environment that connects to a tenant as one of its clients."""
        return {
            "VANTAGE_BASE_URL": self.base_url,
            "VANTAGE_CA_PATH": str(self.ca_path),
            "VANTAGE_TENANT_ID": TENANTS[tenant],
            "VANTAGE_AUTH_CLIENT_ID": client,
            "VANTAGE_AUTH_CLIENT_SECRET": f"{tenant}-{client}-secret-0001",
        }

    def record_env(self) -> dict[str, str]:
        """Return where the recording callback finds the journal."""
        return {"RECORD_JOURNAL": f"{self.base_url}/_emulator/journal", "RECORD_CA": str(self.ca_path)}

    @contextmanager
    def answered_by(self, handle: Callable[[Request], Response]) -> Iterator[None]:
        """Let something else answer requests for a while; it may pass them on to ``answer``."""
        self.emulator.handle = handle  # type: ignore[method-assign]  # deleted again below
        try:
            yield
        finally:
            del self.emulator.handle

    def answer(self, request: Request) -> Response:
        """Answer like the emulator, whatever is in front of it."""
        return type(self.emulator).handle(self.emulator, request)

    def clients(self, tenant: str = "contoso") -> dict[str, dict[str, Any]]:
        """Return the clients of a tenant by id, each with its `members` and its `secrets`, values included."""
        clients: dict[str, dict[str, Any]] = self.emulator.state()["tenants"][TENANTS[tenant]]["clients"]
        return clients


@contextmanager
def serve_deployment(folder: Path) -> Iterator[Deployment]:
    """Serve a new emulator over HTTPS, with its throw-away CA in the folder; it validates every exchange against its OpenAPI document."""
    emulator = Emulator(conformance=True)
    with RunningServer(emulator, folder) as server:
        yield Deployment(emulator, server.base_url, server.ca_path)
