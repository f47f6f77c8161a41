# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure each way to make apps: the plain script, the modules' bulk form, the role, and loops."""

from __future__ import annotations

import json
import os
import re
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .apps import client_items, declared_apps, secret_items
from .calls import Calls, app_calls, demand_no_failure, demand_same, describe_journal
from .process_run import Run, run_playbook, run_script
from .served import serve

# Seconds are spread the most where they are few.
REPEATS = {100: 3, 1_000: 3}
BATCH_LABEL = re.compile(r"apps? [\d,]+(-[\d,]+)? of [\d,]+")
USUAL_BATCH, LARGEST_BATCH = 100, 1_000


@dataclass
class Measured:
    """One way at one number of apps, by its median run.

    :param startup: seconds of it that one app takes as well.
    """

    runs: list[Run] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)
    startup: float = 0.0

    @property
    def run(self) -> Run:
        """The median run."""
        return sorted(self.runs, key=lambda run: run.seconds)[len(self.runs) // 2]

    @property
    def seconds(self) -> float:
        """Seconds of the median run, without the start-up."""
        return max(0.0, statistics.median(run.seconds for run in self.runs) - self.startup)

    def as_dict(self) -> dict[str, Any]:
        """Give all that is known, for machines."""
        return {
            "seconds": round(self.seconds, 3),
            "startup_seconds": round(self.startup, 3),
            "all_seconds": [round(run.seconds, 3) for run in self.runs],
            "controller_peak_mb": round(max(run.peak_mb("ansible-playbook") for run in self.runs), 1),
            "module_peak_mb": round(max(run.peak_mb("other") for run in self.runs), 1),
            "fork_peak_mb": round(max(run.fork_mb() for run in self.runs), 1),
            "largest_event_kb": round(max((task["bytes"] for run in self.runs for task in run.tasks), default=0) / 1000, 1),
            "cpu_seconds": {name: round(seconds, 3) for name, seconds in self.run.cpu_seconds().items()},
            "calls": self.calls,
            "tasks": self._tasks(),
        }

    def _tasks(self) -> list[dict[str, Any]]:
        """Sum the tasks of one name, whichever batch they are for; the longest first."""
        sums: dict[str, dict[str, Any]] = {}
        for task in self.run.tasks:
            name = BATCH_LABEL.sub("a batch", task["task"])
            known = sums.setdefault(name, {"task": name, "action": task["action"], "times": 0, "seconds": 0.0})
            known["times"] += 1
            known["seconds"] += task["seconds"]
        return [{**known, "seconds": round(known["seconds"], 3)} for known in sorted(sums.values(), key=lambda known: -known["seconds"])]


class Ways:
    """Measures, each time against a new emulator.

    :param folder: for all files of the runs.
    :param latency: seconds that every answer of the emulator takes.
    """

    def __init__(self, folder: Path, latency: float, concurrency: int) -> None:
        self._folder, self._latency, self._concurrency = folder, latency, concurrency
        self._script_calls = Calls()

    def measure_script_and_bulk(self, count: int) -> dict[str, Measured]:
        """Measure in turn the plain script and the modules from nothing, and the modules again with nothing to do."""
        measured = {name: Measured() for name in ("script", "bulk", "bulk_again")}
        for _repeat in range(REPEATS.get(count, 1)):
            self._measure_script(count, measured["script"])
            expected = self._measure_playbook("bulk.yml", self._write_apps(count), measured["bulk"], measured["bulk_again"])
            demand_same("The script", self._script_calls, "the modules", expected)
        return measured

    def measure_own_process(self, count: int) -> dict[str, Measured]:
        """Measure the modules from nothing and again as processes of their own, as they run wherever Ansible is not."""
        measured = {"process": Measured(), "process_again": Measured()}
        # The same Python by another name is another one, for all that can be known before it is started.
        name = os.path.join(os.path.dirname(sys.executable), ".", os.path.basename(sys.executable))
        self._measure_playbook("bulk.yml", self._write_apps(count, ansible_python_interpreter=name), *measured.values())
        return measured

    def measure_startup(self) -> dict[str, float]:
        """Return the seconds that the modules' playbook takes with a single app, from nothing and again."""
        measured = {name: Measured() for name in ("bulk", "bulk_again")}
        for _repeat in range(REPEATS[100]):
            self._measure_playbook("bulk.yml", self._write_apps(1), *measured.values())
        return {name: one.seconds for name, one in measured.items()}

    def measure_role(self, count: int) -> dict[str, Measured]:
        """Measure the role from nothing, and again with nothing to do; from nothing also with the largest batches, where they make a difference."""
        measured = {name: Measured() for name in ("role", "role_again")}
        for _repeat in range(REPEATS.get(count, 1)):
            self._measure_role(self._write_source(count, USUAL_BATCH), *measured.values())
        if count > USUAL_BATCH:
            measured["role_large"] = Measured()
            self._measure_role(self._write_source(count, LARGEST_BATCH), measured["role_large"])
        return measured

    def measure_loop(self, playbook: str, count: int, *, same_calls: bool) -> Measured:
        """Measure a loop over so many apps; its start-up is what it takes with one more.

        :param same_calls: whether it claims to make the calls of the plain script.
        """
        one, many = Measured(), Measured()
        self._measure_playbook(playbook, self._write_apps(1), one)
        calls = self._measure_playbook(playbook, self._write_apps(count + 1), many)
        many.startup = one.seconds
        if same_calls:
            self._measure_script(count + 1, Measured())
            demand_same(playbook, calls, "the script", self._script_calls)
        return many

    def _measure_role(self, extra_vars: Path, *in_turn: Measured) -> None:
        (self._folder / "secrets.yml").unlink(missing_ok=True)
        self._measure_playbook("role.yml", extra_vars, *in_turn)

    def _measure_script(self, count: int, measured: Measured) -> None:
        with serve(self._folder, self._latency) as served:
            measured.runs.append(run_script(self._folder, self._write_apps(count), self._concurrency, served.login_env()))
            journal = served.journal()
        demand_no_failure("The script", journal)
        measured.calls, self._script_calls = describe_journal(journal), app_calls(journal)

    def _measure_playbook(self, playbook: str, extra_vars: Path, *in_turn: Measured) -> Calls:
        """Run a playbook once for each of `in_turn` against one emulator; return the calls of the first run."""
        first: Calls | None = None
        with serve(self._folder, self._latency) as served:
            for measured in in_turn:
                measured.runs.append(run_playbook(playbook, self._folder, extra_vars, served.login_env()))
                journal = served.journal()
                demand_no_failure(playbook, journal)
                measured.calls = describe_journal(journal)
                first = app_calls(journal) if first is None else first
        return first or Calls()

    def _write_apps(self, count: int, **variables: str) -> Path:
        path = self._folder / f"apps_{count}.json"
        facts = {"benchmark_clients": client_items(count), "benchmark_secrets": secret_items(count), "benchmark_concurrency": self._concurrency}
        path.write_text(json.dumps({**facts, **variables}), encoding="utf-8")
        return path

    def _write_source(self, count: int, batch_size: int) -> Path:
        (self._folder / "source.json").write_text(json.dumps(declared_apps(count)), encoding="utf-8")
        path = self._folder / "role.json"
        facts = {"benchmark_folder": str(self._folder), "benchmark_concurrency": self._concurrency, "benchmark_batch_size": batch_size}
        path.write_text(json.dumps(facts), encoding="utf-8")
        return path
