# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run jobs like AWX, and read what AWX would store of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import CHECKOUT, PlaybookRunner

HERE = Path(__file__).resolve().parent
PROJECT = CHECKOUT / "docs/examples/awx_project"
CREDENTIAL_TYPE = CHECKOUT / "playbooks/awx/credential_type.yml"
# Made by the step venv-awx of the checks.
CONTROL = CHECKOUT / ".venv/awx/bin/python"
TIME_LIMIT = 800
TEMPLATE = "ABBYY Vantage: any"


@dataclass
class Job:
    """The result of a job.

    :param env: what its credential became, and what AWX stores of that.
    :param kept: the folder with all that ansible-runner hands to AWX.
    :param console: what the process that ran it has printed.
    """

    status: str
    env: dict[str, str]
    safe_env: dict[str, str]
    files: dict[str, str]
    kept: Path
    console: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The job's events in order."""
        paths = (self.kept / "job_events").glob("*-*.json")
        return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(paths, key=lambda path: int(path.name.split("-")[0]))]

    @property
    def artifacts(self) -> dict[str, Any]:
        """The data of set_stats, which AWX shows as the job's artifacts."""
        found: dict[str, Any] = next((event["event_data"].get("artifact_data", {}) for event in self.events if event["event"] == "playbook_on_stats"), {})
        return found

    @property
    def failures(self) -> str:
        """The messages of the tasks that failed."""
        results = [event["event_data"]["res"] for event in self.events if event["event"] == "runner_on_failed"]
        return "\n".join(str(result.get("msg")) for result in results)

    @property
    def output(self) -> str:
        """What AWX shows as the job's output."""
        return (self.kept / "stdout").read_text(encoding="utf-8")


@dataclass
class Controller:
    """Renders credentials and starts jobs, each in a folder of its own.

    :param mounts: by the paths in the example project, the folders that AWX mounts there.
    """

    folder: Path
    base_env: Mapping[str, str]
    mounts: Mapping[str, Path] = field(default_factory=dict)
    count: int = 0

    def render(self, **inputs: Any) -> Job:
        """Return what a credential with these inputs becomes."""
        return self.run("", inputs)

    def run(
        self,
        playbook: str,
        inputs: Mapping[str, Any],
        *,
        extra_vars: Mapping[str, Any] | None = None,
        job_type: str = "run",
        limit: str = "",
        vault_password: str = "",
        diff_mode: bool = False,
        verbosity: int = 0,
        template_id: int = 7,
        slice_of: tuple[int, int] | None = None,
        added: Mapping[str, str] | None = None,
        plays: Sequence[Mapping[str, Any]] | None = None,
    ) -> Job:
        """Run a playbook of the example project, as a job template with one credential does.

        :param template_id: the number of the job template.
        :param slice_of: which slice this is, and how many there are.
        :param added: files to put into the project.
        :param plays: a playbook to put there in the place of the project's own of that name.
        """
        self.count += 1
        folder = self.folder / f"job_{self.count}"
        shutil.copytree(PROJECT, folder / "project")
        shared = folder / "project/inventory/group_vars/vantage.yml"
        for path, mounted in self.mounts.items():
            shared.write_text(shared.read_text(encoding="utf-8").replace(path, str(mounted)), encoding="utf-8")
        for name, content in (added or {}).items():
            (folder / "project" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "project" / name).write_text(content, encoding="utf-8")
        if plays:
            (folder / "project" / playbook).write_text(yaml.safe_dump(list(plays)), encoding="utf-8")
        wanted = {
            "folder": str(folder),
            "credential_type": yaml.safe_load(CREDENTIAL_TYPE.read_text(encoding="utf-8")),
            "inputs": dict(inputs),
            "playbook": playbook,
            "inventory": self._inventory(folder / "project", slice_of or (1, 1)) if playbook else {},
            "own_variables": {"job_template_id": template_id, "job_template_name": TEMPLATE}
            # AWX runs slices as nodes of a workflow job of that name.
            | ({"workflow_job_id": 2, "workflow_job_name": TEMPLATE} if slice_of else {}),
            "extra_vars": dict(extra_vars or {}),
            "job_type": job_type,
            "limit": limit,
            "vault_password": vault_password,
            "diff_mode": diff_mode,
            "verbosity": verbosity,
        }
        process = subprocess.run(
            [str(CONTROL), str(HERE / "awx_control/job.py")],
            input=json.dumps(wanted),
            env=dict(self.base_env),
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
        assert process.returncode == 0, process.stdout + process.stderr
        *printed, said = process.stdout.strip().splitlines()
        answer = json.loads(said)
        console = "\n".join([*printed, process.stderr])
        return Job(answer.get("status", ""), answer["env"], answer["safe_env"], answer["files"], folder / "artifacts/1", console)

    def _inventory(self, project: Path, slice_of: tuple[int, int]) -> Any:
        """Return the project's inventory as AWX takes it up and gives it to a job: a slice does not know of the others' hosts."""
        command = ["ansible-inventory", "-i", str(project / "inventory/tenants.yml"), "--list", "--export"]
        process = subprocess.run(command, env=dict(self.base_env), cwd=project, capture_output=True, text=True, timeout=TIME_LIMIT, check=True)
        inventory = json.loads(process.stdout)
        number, count = slice_of
        inventory["vantage"]["hosts"] = inventory["vantage"]["hosts"][number - 1 :: count]
        return inventory


def start_controller(playbooks: PlaybookRunner) -> Controller:
    """Return one that starts jobs as those playbooks run, without their connection."""
    if not CONTROL.exists():
        pytest.fail("The environment of AWX's own code is missing: run tests/run venv-awx once.")
    if subprocess.run([str(CONTROL), "-c", "import awx_plugins.interfaces"], capture_output=True, check=False).returncode:
        pytest.skip("AWX's injector needs Python 3.11, which the environment awx does not have.")
    own = {"ANSIBLE_CALLBACKS_ENABLED", "ANSIBLE_CALLBACK_PLUGINS", "ANSIBLE_CONFIG"}
    env = {name: value for name, value in playbooks.environment().items() if name not in own and not name.startswith("RECORD_")}
    env = {name: value for name, value in env.items() if name not in playbooks.env or not name.startswith("VANTAGE_")}
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
    return Controller(playbooks.folder, env)
