# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure each way to make apps: plain scripts, the modules' bulk form, the role with three stores, two tenants, and loops."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .apps import client_items, declared_apps, secret_items
from .calls import Calls, app_calls, demand_all, demand_no_failure, describe_journal
from .delivered import empty_store
from .process_run import Run, run_playbook, run_script
from .served import serve

# Seconds are spread the most where they are few.
REPEATS = {1: 3, 100: 3, 1_000: 3}
STORES = ("file", "openbao", "aws")
# Apps of two tenants, and the store that they share.
UNEQUAL, SHARED_STORE, TENANT_REPEATS = {"contoso": 24, "fabrikam": 20}, "openbao", 5


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
        }


class Ways:
    """Measures, each time against a new emulator and an empty store.

    :param folder: for all files of the runs.
    :param latency: seconds that every answer of the emulator takes.
    """

    def __init__(self, folder: Path, latency: float, concurrency: int) -> None:
        self._folder, self._latency, self._concurrency = folder, latency, concurrency

    def measure_modules(self, count: int) -> dict[str, Measured]:
        """Measure in turn the plain script and the modules from nothing, and the modules again with nothing to do."""
        script, first, again = Measured(), Measured(), Measured()
        for _repeat in range(REPEATS.get(count, 1)):
            expected = self._measure_script("modules", count, script)
            calls = self._measure_playbook("modules.yml", self._write_apps(count), [first, again])
            demand_all("The modules", calls, "the script", expected)
        return {"script": script, "modules": first, "modules_again": again}

    def measure_role(self, store: str, count: int) -> dict[str, Measured]:
        """Measure in turn the plain script with a store and the role from nothing, and the role again with nothing to do."""
        script, first, again = Measured(), Measured(), Measured()
        for _repeat in range(REPEATS.get(count, 1)):
            expected = self._measure_script(store, count, script)
            calls = self._measure_role(store, {"localhost": count}, [first, again])
            demand_all(f"The role with the store {store}", calls, "the script", expected)
        return {f"script_{store}": script, store: first, f"{store}_again": again}

    def measure_startup(self) -> dict[str, float]:
        """Return the seconds that playbooks take with a single app, from nothing and again."""
        measured = self.measure_modules(1)
        for store in STORES:
            measured.update(self.measure_role(store, 1))
        return {way: one.seconds for way, one in measured.items() if not way.startswith("script")}

    def measure_tenants(self) -> dict[str, Measured]:
        """Measure in turn the larger of two tenants alone, and both of them in one run."""
        larger = max(UNEQUAL, key=lambda name: UNEQUAL[name])
        alone, both = Measured(), Measured()
        for _repeat in range(TENANT_REPEATS):
            self._measure_role(SHARED_STORE, {larger: UNEQUAL[larger]}, [alone])
            self._measure_role(SHARED_STORE, UNEQUAL, [both])
        return {"larger_alone": alone, "both": both}

    def measure_loop(self, playbook: str, count: int, *, same_calls: bool) -> Measured:
        """Measure a loop over so many apps; its start-up is what it takes with one more.

        :param same_calls: whether it claims to make the calls of the plain script.
        """
        one, many = Measured(), Measured()
        self._measure_playbook(playbook, self._write_apps(1), [one])
        calls = self._measure_playbook(playbook, self._write_apps(count + 1), [many])
        many.startup = one.seconds
        if same_calls:
            demand_all(playbook, calls, "the script", self._measure_script("modules", count + 1, Measured()))
        return many

    def _measure_script(self, calls: str, count: int, measured: Measured) -> Calls:
        with serve(self._folder, self._latency) as served, empty_store(calls, self._folder) as delivery:
            env = {**served.login_env(), **delivery.env}
            measured.runs.append(run_script(calls, self._folder, self._write_apps(count), self._concurrency, env))
            journal = served.journal()
        demand_no_failure("The script", journal)
        measured.calls = describe_journal(journal)
        return app_calls(journal)

    def _measure_role(self, store: str, tenants: dict[str, int], in_turn: Sequence[Measured]) -> Calls:
        with empty_store(store, self._folder) as delivery:
            return self._measure_playbook("role.yml", self._write_source(tenants, delivery.option), in_turn)

    def _measure_playbook(self, playbook: str, extra_vars: Path, in_turn: Sequence[Measured]) -> Calls:
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

    def _write_apps(self, count: int) -> Path:
        path = self._folder / f"apps_{count}.json"
        facts = {"benchmark_clients": client_items(count), "benchmark_secrets": secret_items(count), "benchmark_concurrency": self._concurrency}
        path.write_text(json.dumps(facts), encoding="utf-8")
        return path

    def _write_source(self, tenants: dict[str, int], store: dict[str, Any]) -> Path:
        for name, count in tenants.items():
            (self._folder / f"{name}.json").write_text(json.dumps(declared_apps(count)), encoding="utf-8")
        path = self._folder / "role.json"
        facts = {
            "benchmark_folder": str(self._folder),
            "benchmark_concurrency": self._concurrency,
            "benchmark_hosts": list(tenants),
            "benchmark_store": store,
        }
        path.write_text(json.dumps(facts), encoding="utf-8")
        return path
