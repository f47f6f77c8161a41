# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one program of the benchmark in a process of its own, and read what it has cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .served import CHECKOUT

HERE = Path(__file__).resolve().parent
# Settings of the user's own that would change what is measured; the two bundles would override `verify` in the plain script.
FOREIGN = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC")
FOREIGN_PREFIXES = ("ANSIBLE_", "VANTAGE_", "VAULT_", "BAO_", "PYTHON")
TIME_LIMIT = 1800
KIB_PER_MB = 1000 * 1000 / 1024


@dataclass
class Run:
    """What a run has cost.

    :param seconds: from the start of the program to its end.
    :param tasks: of a playbook, each with `task action seconds bytes`, `bytes` being the largest answer that a callback saw.
    :param processes: the Python processes of the run, each with `name peak_kib children_kib cpu_seconds children_cpu_seconds`.
    """

    seconds: float
    stdout: str
    tasks: list[dict[str, Any]]
    processes: list[dict[str, Any]]

    def peak_mb(self, *names: str) -> float:
        """Return the most memory that a process of these names had, in units of 10**6 bytes; 0 when there was none."""
        return max((process["peak_kib"] for process in self.processes if process["name"] in names), default=0) / KIB_PER_MB

    def cpu_seconds(self) -> dict[str, float]:
        """Return the seconds of CPU by the processes' names; `forks` are those of the controller, with what they wait for but the modules."""
        cpu: dict[str, float] = {}
        for process in self.processes:
            cpu[process["name"]] = cpu.get(process["name"], 0.0) + process["cpu_seconds"]
        children = sum(process["children_cpu_seconds"] for process in self.processes if process["name"] == "ansible-playbook")
        modules = sum(seconds for name, seconds in cpu.items() if name != "ansible-playbook")
        return {**cpu, "forks": max(0.0, children - modules)}

    def fork_mb(self) -> float:
        """Return the most memory that a fork of the controller had, shared pages included."""
        return max((process["children_kib"] for process in self.processes if process["name"] == "ansible-playbook"), default=0) / KIB_PER_MB


def run_playbook(name: str, folder: Path, extra_vars: Path, env: dict[str, str]) -> Run:
    """Run one of our playbooks on localhost."""
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    return _run([program, "-e", f"@{extra_vars}", str(HERE / "playbooks" / name)], folder, env)


def run_script(calls: str, folder: Path, apps: Path, concurrency: int, env: dict[str, str]) -> Run:
    """Run the plain script; `seconds` are those that it has counted itself, without the start of Python.

    :param calls: modules, file, openbao or aws: whose calls it makes.
    """
    run = _run([sys.executable, str(HERE / "bare_script.py"), calls, str(apps), str(concurrency)], folder, env)
    run.seconds = float(run.stdout)
    return run


def _run(command: list[str], folder: Path, env: dict[str, str]) -> Run:
    tasks, processes = folder / "tasks.jsonl", folder / "processes.jsonl"
    for path in (tasks, processes):
        path.unlink(missing_ok=True)
    measuring = {"BENCHMARK_TASKS": str(tasks), "BENCHMARK_PROCESSES": str(processes)}
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**_environment(folder), **env, **measuring},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    seconds = time.monotonic() - started
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-5000:]}")
    return Run(seconds, done.stdout, _read_lines(tasks), _read_lines(processes))


def _environment(folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in FOREIGN and not name.startswith(FOREIGN_PREFIXES)}
    own.update(
        ANSIBLE_CONFIG=str(HERE / "playbooks" / "ansible.cfg"),
        ANSIBLE_HOME=str(folder / "ansible_home"),
        ANSIBLE_COLLECTIONS_PATH=str(link_collection(folder)),
        PYTHONPATH=str(HERE / "startup"),
        NO_PROXY="127.0.0.1,localhost",
        no_proxy="127.0.0.1,localhost",
    )
    return own


def link_collection(folder: Path) -> Path:
    """Make the checkout a collection; return the folder for ANSIBLE_COLLECTIONS_PATH."""
    link = folder / "collections" / "ansible_collections" / "abbyy" / "vantage"
    if not link.is_symlink():
        link.parent.mkdir(parents=True)
        link.symlink_to(CHECKOUT, target_is_directory=True)
    return folder / "collections"


def _read_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
