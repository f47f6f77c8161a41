# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run custom plays with vantage_app, to their end or not, against tenants of the emulator."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import Onboarding
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import Run

APP = "abbyy.vantage.vantage_app"
INFO = "abbyy.vantage.vantage_app_info"
# Every host has the connection to its tenant as variables of these names.
LOGIN = ("base_url", "ca_path", "tenant_id", "auth_client_id", "auth_client_secret")
CONNECTION = {name: f"{{{{ vantage_{name} }}}}" for name in LOGIN}


class AppPlays(Onboarding):
    """Runs plays over the group vantage, with hosts whose variables are their connections."""

    def run_play(self, *tasks: Mapping[str, Any], play: Mapping[str, Any] | None = None, env: Mapping[str, str | None] | None = None, **keywords: Any) -> Run:
        """Run tasks to their end."""
        found = self.arguments()
        arguments = [*found[2:], *keywords.pop("arguments", ())]
        return self.playbooks.run_playbook([self.play_of(tasks, play)], *arguments, inventory=found[1], env={**self.env(), **(env or {})}, **keywords)

    def start_play(self, *tasks: Mapping[str, Any], play: Mapping[str, Any] | None = None, name: str = "started") -> subprocess.Popen[str]:
        """Start tasks as the leader of their own process group."""
        path = self.folder / f"{name}.yml"
        path.write_text(yaml.safe_dump([self.play_of(tasks, play)], sort_keys=False), encoding="utf-8")
        env = {**self.playbooks.environment(), "RECORD_EVENTS": str(self.folder / f"{name}.jsonl"), **self.env()}
        with (self.folder / f"{name}.out").open("w", encoding="utf-8") as output:
            return subprocess.Popen(
                [str(Path(sys.executable).parent / "ansible-playbook"), *self.arguments(), str(path)],
                cwd=self.folder,
                env={name: value for name, value in env.items() if value is not None},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def started_output(self, name: str = "started") -> str:
        """Return the output of the started run so far."""
        return (self.folder / f"{name}.out").read_text(encoding="utf-8")

    def processes(self) -> list[int]:
        """Return the ids of all processes that belong to runs in this folder; found by their environment."""
        marker = f"ANSIBLE_HOME={self.folder}/".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if marker in path.read_bytes() and "(zombie)" not in (path.parent / "status").read_text(encoding="utf-8"):
                    found.append(int(path.parent.name))
            except OSError:
                continue
        return found

    def wait_until_gone(self, process: subprocess.Popen[str], seconds: float) -> None:
        """Wait until no process is left; fail the test if one is left after so many seconds."""
        begun = time.monotonic()
        while process.poll() is None or self.processes():
            left = self.processes()
            assert time.monotonic() - begun < seconds, f"still running: {left}\n{self.started_output()}"
            time.sleep(0.1)

    @staticmethod
    def play_of(tasks: tuple[Mapping[str, Any], ...], more: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the play."""
        return {"name": "Play", "hosts": "vantage", "gather_facts": False, **(more or {}), "tasks": [dict(task) for task in tasks]}


def app_task(*apps: Mapping[str, Any] | str, options: Mapping[str, Any] | None = None, **keywords: Any) -> dict[str, Any]:
    """Return a task that onboards apps of the host's tenant."""
    listed = [{"client_id": app, "allowed_grant_types": ["client_credentials"]} if isinstance(app, str) else dict(app) for app in apps]
    return {"name": "Onboard", APP: {**CONNECTION, "apps": listed, **(options or {})}, **keywords}


def can_list_processes() -> bool:
    """Return whether this system lists processes."""
    return os.path.exists("/proc/self/environ")
