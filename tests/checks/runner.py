# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run steps, two or more at a time, each with its own log."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from job import Job, StepError, kill_all
from steps import Step
from workspace import LOGS

PASSED, FAILED, BLOCKED = "passed", "FAILED", "not run"
# The lines worth showing of a passed step: the number of tests, and the place of the documentation.
CLOSING = re.compile(r"^(?:=+ .*\b(?:passed|failed|error|no tests ran)\b.* =+|The site: .*)$", re.MULTILINE)


@dataclass(frozen=True)
class Result:
    """How a step ended: passed, FAILED or not run; seconds; and the reason if it did not run or pass."""

    name: str
    outcome: str
    seconds: float = 0.0
    reason: str = ""


def run_step(step: Step, path: list[Path]) -> Result:
    """Run one step; the log is kept in .cache/logs, and shown in full when the step fails."""
    begin, reason = time.monotonic(), ""
    with (LOGS / f"{step.name}.lock").open("wb") as lock:
        # Two runs in one checkout take turns per step.
        fcntl.flock(lock, fcntl.LOCK_EX)
        with (LOGS / f"{step.name}.log").open("wb") as log:
            try:
                step.run(Job(step.name, log, [step.venv.bin, *path]))
            except (StepError, OSError, ValueError, subprocess.CalledProcessError) as exc:
                reason = str(exc)
    return Result(step.name, FAILED if reason else PASSED, time.monotonic() - begin, reason)


def announce(result: Result) -> None:
    """Print that a step ended: in full when it failed, with its closing line when it has one."""
    text = (LOGS / f"{result.name}.log").read_text(encoding="utf-8", errors="replace")
    if result.outcome == FAILED:
        print(f"----- log of {result.name} -----\n{text}----- end of the log of {result.name}: {result.reason} -----")
    else:
        print(*(found.group() for found in CLOSING.finditer(text)), sep="\n", end="\n" if CLOSING.search(text) else "")
    print(f"{result.name}: {result.outcome} ({result.seconds:.0f} s)", flush=True)


def run_steps(steps: list[Step], path: list[Path]) -> list[Result]:
    """Run all steps, whatever fails; a step whose needs did not pass is not run. Return the results in the order of `steps`."""
    LOGS.mkdir(parents=True, exist_ok=True)
    results: dict[str, Result] = {}
    waiting, running = list(steps), dict[Future[Result], Step]()
    slots = max(2, (os.cpu_count() or 2) // 2)
    with ThreadPoolExecutor(slots) as pool:
        try:
            while waiting or running:
                for step in list(waiting):
                    lost = [need for need in step.needs if need in results and results[need].outcome != PASSED]
                    if lost:
                        results[step.name] = Result(step.name, BLOCKED, reason=f"needs {lost[0]}")
                        waiting.remove(step)
                    elif len(running) < slots and all(need in results for need in step.needs):
                        running[pool.submit(run_step, step, path)] = step
                        waiting.remove(step)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    result = results[running.pop(future).name] = future.result()
                    announce(result)
        except KeyboardInterrupt:
            kill_all()
            raise
    return [results[step.name] for step in steps]
