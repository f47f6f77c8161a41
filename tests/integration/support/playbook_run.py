# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run real playbooks in separate processes against an emulator, and read the results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.abbyy.vantage.tests.unit.support.lifecycle import Done, Task

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[2]
TIME_LIMIT = 600
FOREIGN = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC", "ANSIBLE_CONFIG", "ANSIBLE_INVENTORY")


@dataclass
class Run:
    """The result of one run.

    :param answers: of `run_tasks`, the registered result of each task, including values.
    :param events: the events of callbacks, in order; each with `event task action host result requests`.
    """

    rc: int
    stdout: str
    stderr: str
    events: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def output(self) -> str:
        """Everything that the terminal shows."""
        return self.stdout + self.stderr

    @property
    def stats(self) -> dict[str, dict[str, int]]:
        """The recap by host: ok, changed, failures, …"""
        return next((event["hosts"] for event in self.events if event["event"] == "stats"), {})

    @property
    def handed_on(self) -> dict[str, Any]:
        """What set_stats has handed on."""
        return next((event["artifacts"].get("_run", {}) for event in self.events if event["event"] == "stats"), {})

    @property
    def warnings(self) -> list[str]:
        """The lines that begin a warning."""
        return [line for line in self.output.splitlines() if line.startswith(("[WARNING]", "[DEPRECATION WARNING]"))]

    def results_of(self, task: str) -> list[dict[str, Any]]:
        """Return what callbacks saw of the task of that name, one per host."""
        return [event["result"] for event in self.events if event.get("task") == task and not event["event"].startswith("item_")]

    def requests_of(self, task: str) -> list[dict[str, Any]]:
        """Return the journal's entries that the task of that name has caused; only with `journal=True`."""
        return [request for event in self.events if event.get("task") == task for request in event["requests"]]


class PlaybookRunner:
    """Run playbooks in one folder against one deployment.

    :param folder: an empty folder, where the run happens.
    :param env: environment on top of the tests' own.
    :param programs: the folder with Ansible's programs; those of the tests' own environment when not given.
    """

    def __init__(self, folder: Path, env: Mapping[str, str], programs: Path | None = None) -> None:
        self.folder = folder
        self.env = dict(env)
        self.programs = programs or Path(sys.executable).parent
        self.inventory = folder / "hosts.yml"
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        self.inventory.write_text(yaml.safe_dump({"all": {"hosts": {"localhost": local}}}), encoding="utf-8")
        (folder / "ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
        self._count = 0

    def run_playbook(
        self,
        playbook: str | Path | Sequence[Mapping[str, Any]],
        *arguments: str | Path,
        extra_vars: Mapping[str, Any] | None = None,
        env: Mapping[str, str | None] | None = None,
        inventory: str | Path | None = None,
        check: bool = False,
        diff: bool = False,
        journal: bool = False,
        rc: int | None = 0,
    ) -> Run:
        """Run a playbook and return the result; fail the test on another exit code or a traceback.

        :param playbook: a file, the name of a playbook in a collection, or a list of plays.
        :param env: variables to set, or with None to take away.
        :param journal: attribute the requests at the emulator to tasks.
        :param rc: the expected exit code; None for any. A list is a choice.
        """
        self._count += 1
        if not isinstance(playbook, (str, Path)):
            path = self.folder / f"playbook_{self._count}.yml"
            path.write_text(yaml.safe_dump([dict(play) for play in playbook], sort_keys=False), encoding="utf-8")
            playbook = path
        options: list[str | Path] = ["-i", inventory or self.inventory]
        if extra_vars:
            path = self.folder / f"extra_vars_{self._count}.json"
            path.write_text(json.dumps(extra_vars), encoding="utf-8")
            options += ["-e", f"@{path}"]
        options += ["--check"] * check + ["--diff"] * diff
        run = self.run_program("ansible-playbook", *options, *arguments, playbook, env=env, journal=journal)
        assert rc is None or run.rc == rc, f"exit code {run.rc}, expected {rc}\n{run.output}"
        return run

    def run_program(self, program: str, *arguments: str | Path, env: Mapping[str, str | None] | None = None, journal: bool = False) -> Run:
        """Run one of Ansible's programs."""
        events, answers = self.folder / f"events_{self._count}.jsonl", self.folder / f"answers_{self._count}.jsonl"
        for path in (events, answers):
            path.unlink(missing_ok=True)
        changes = {"RECORD_EVENTS": str(events), "KEEP_ANSWERS": str(answers), **(env or {})}
        if not journal:
            changes["RECORD_JOURNAL"] = None
        process = subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            check=False,
            cwd=self.folder,
            env={name: value for name, value in {**self.environment(), **changes}.items() if value is not None},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIME_LIMIT,
        )
        run = Run(process.returncode, process.stdout, process.stderr, _read_lines(events))
        for kept in _read_lines(answers):
            run.answers += kept
        assert "Traceback (most recent call last)" not in run.output, run.output
        return run

    def run_tasks(self, *tasks: Mapping[str, Any], play: Mapping[str, Any] | None = None, arguments: Sequence[str] = (), **keywords: Any) -> Run:
        """Run tasks on localhost, each one regardless of earlier failures, and keep their results; a task's failure is data, not an exit code."""
        names = [f"answer_{number}" for number in range(len(tasks))]
        listed = [{"name": f"task {number}", **task, "register": names[number], "ignore_errors": True} for number, task in enumerate(tasks)]
        listed.append({"name": "keep", "keep": {"answers": "{{ [" + ", ".join(names) + "] | to_json }}"}})
        return self.run_playbook([{"name": "Tasks", "hosts": "localhost", "gather_facts": False, **(play or {}), "tasks": listed}], *arguments, **keywords)

    def perform(self, module: str, tasks: Sequence[Task]) -> list[Done]:
        """Run the tasks of a lifecycle in one play, and return their results. No warnings are expected."""
        run = self.run_tasks(*({"name": task.name, module: dict(task.options), "check_mode": task.check, "diff": True} for task in tasks), journal=True)
        assert run.warnings == []
        return [Done(answer, run.requests_of(task.name)) for task, answer in zip(tasks, run.answers)]

    def environment(self) -> dict[str, str]:
        """Return the tests' own environment, without the user's settings for another tenant, and with those of this deployment."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("VANTAGE_") and name not in FOREIGN}
        own.update(
            ANSIBLE_CONFIG=str(self.folder / "ansible.cfg"),
            ANSIBLE_HOME=str(self.folder / "ansible_home"),
            ANSIBLE_ASYNC_DIR=str(self.folder / "ansible_async"),
            ANSIBLE_REMOTE_TMP=str(self.folder / "ansible_tmp"),
            ANSIBLE_COLLECTIONS_PATH=os.pathsep.join(filter(None, [str(link_collection(self.folder)), os.environ.get("ANSIBLE_COLLECTIONS_PATH")])),
            ANSIBLE_CALLBACK_PLUGINS=str(HERE / "plugins" / "callback"),
            ANSIBLE_ACTION_PLUGINS=str(HERE / "plugins" / "action"),
            ANSIBLE_CONNECTION_PLUGINS=str(HERE / "plugins" / "connection"),
            ANSIBLE_CALLBACKS_ENABLED="record",
            ANSIBLE_PIPELINING="true",
            ANSIBLE_NOCOLOR="true",
            PYTHONPATH=str(HERE / "startup"),
            # The emulator's clock is moved by months.
            VANTAGE_CLOCK_TOLERANCE="36500d",
            NO_PROXY="127.0.0.1,localhost",
            no_proxy="127.0.0.1,localhost",
        )
        return {**own, **self.env}


def link_collection(folder: Path) -> Path:
    """Make the checkout a collection; return the folder for ANSIBLE_COLLECTIONS_PATH."""
    link = folder / "collections" / "ansible_collections" / "abbyy" / "vantage"
    if not link.is_symlink():
        link.parent.mkdir(parents=True)
        link.symlink_to(CHECKOUT, target_is_directory=True)
    return folder / "collections"


def _read_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
