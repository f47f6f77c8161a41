# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the benchmark's environment with the means of the checks, and measure in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# The checks are no package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "checks"))

from cores import choose_cores
from interpreters import find_interpreters
from job import Job, StepError
from steps import RUNTIME
from venvs import Venv, make_venv
from workspace import CHECKOUT, LOGS, link_collection


def measure(python: Path, env: dict[str, str], *arguments: str) -> int:
    """Run the benchmark, which shares servers with the tests, and so imports the collection; what it measures does not see that. Return the exit code."""
    command = [python, "-m", "tests.benchmark", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env={**env, "PYTHONPATH": str(link_collection())}, check=False).returncode


def main() -> int:
    """Hand the command line on; answer the exit code."""
    interpreters = find_interpreters()
    choice = choose_cores(interpreters)
    if not choice.cores:
        print(*choice.notes, *choice.gaps, sep="\n")
        return 1
    newest = choice.cores[0]
    venv = Venv("bench", newest.interpreter, (f"ansible-core=={newest.release}.*",), (*RUNTIME, "tests/benchmark/requirements.txt"))
    print(f"Setting up .venv/bench with {newest} …", flush=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    log_path = LOGS / "venv-bench.log"
    with log_path.open("wb") as log:
        job = Job(venv.name, log, [venv.bin, *(interpreter.path.parent for interpreter in interpreters)])
        try:
            make_venv(job, venv)
        except StepError as exc:
            print(log_path.read_text(encoding="utf-8", errors="replace"))
            sys.exit(str(exc))
    return measure(venv.bin / "python", job.env, *sys.argv[1:])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
