# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the emulator as a process of its own, as new for each measurement."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

CHECKOUT = Path(__file__).resolve().parents[2]
TENANT = "7a1de5a0c0de4b1e8f00c04705000001"
START_LIMIT = 30.0


@dataclass
class Served:
    """An emulator that listens."""

    base_url: str
    ca_path: str

    def login_env(self) -> dict[str, str]:
        """Give the environment that connects to its tenant."""
        return {
            "VANTAGE_BASE_URL": self.base_url,
            "VANTAGE_CA_PATH": self.ca_path,
            "VANTAGE_TENANT_ID": TENANT,
            "VANTAGE_AUTH_CLIENT_ID": "automation",
            "VANTAGE_AUTH_CLIENT_SECRET": "contoso-automation-secret-0001",
        }

    def journal(self) -> list[dict[str, Any]]:
        """Read what was asked since the last call."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = self.ca_path
            entries: list[dict[str, Any]] = session.get(f"{self.base_url}/_emulator/journal").json()
            session.delete(f"{self.base_url}/_emulator/journal").raise_for_status()
        return entries


@contextmanager
def serve(folder: Path, latency: float) -> Iterator[Served]:
    """Run an emulator while the `with` block lasts.

    :param latency: seconds that every answer takes.
    """
    announcement = folder / "emulator.json"
    announcement.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.emulator", "--dir", str(folder), "--latency", str(latency)]
    # Its announcement is in the file.
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + START_LIMIT
            while not announcement.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("The emulator did not start.")
                time.sleep(0.05)
            facts = json.loads(announcement.read_text(encoding="utf-8"))
            yield Served(facts["base_url"], facts["ca_path"])
        finally:
            process.terminate()
