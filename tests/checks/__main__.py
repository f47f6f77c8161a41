# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks of the collection: all steps, or those named and what they need."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from cores import CORES, choose_cores, find_core
from interpreters import Interpreter, find_interpreters
from job import Job, StepError
from programs import describe_missing, install_missing
from runner import run_steps
from steps import QUICK, Step, build_core_steps, build_steps, build_venvs, pytest_command
from summary import print_summary
from venvs import Venv, make_venv
from workspace import CHECKOUT, LOGS


def select(steps: list[Step], names: list[str]) -> list[Step]:
    """Return the steps of these names or name groups ("unit" is unit-newest and unit-lowest), with everything that they need; without names, all."""
    wanted: set[str] = set() if names else {step.name for step in steps if not step.asked_for}
    for name in names:
        group = {step.name for step in steps if step.name.rpartition("-")[0] == name and not step.asked_for}
        matching = set(QUICK) if name == "check" else {step.name for step in steps if step.name == name} or group
        if not matching:
            sys.exit(f"There is no step {name!r}. The steps: {', '.join(step.name for step in steps)}.")
        wanted |= matching
    while not (needed := {need for step in steps if step.name in wanted for need in step.needs}) <= wanted:
        wanted |= needed
    return [step for step in steps if step.name in wanted]


def run_program(venv: Venv, path: list[Path], *commands: list[str]) -> int:
    """Make an environment, then run commands in it with this terminal; return the first exit code that is not 0."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log_path = LOGS / f"venv-{venv.name}.log"
    with log_path.open("wb") as log:
        job = Job(venv.name, log, [venv.bin, *path])
        try:
            make_venv(job, venv)
        except StepError as exc:
            print(log_path.read_text(encoding="utf-8", errors="replace"))
            sys.exit(str(exc))
    env = {name: value for name, value in job.env.items() if name != "NO_COLOR"}
    return next((code for command in commands if (code := subprocess.run(command, cwd=CHECKOUT, env=env, check=False).returncode)), 0)


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="tests/run", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help="a step or a group of steps, 'check' for the quick ones; all when none is named")
    parser.add_argument("--list", action="store_true", help="print the names of the steps")
    parser.add_argument("--install", action="store_true", help="first install the programs that the tests use, as root with apt-get")
    parser.add_argument("--whole", action="store_true", help="fail when a test or a release of ansible-core was skipped")
    parser.add_argument("--demo", action="store_true", help="run the demo in its own environment")
    parser.add_argument("--emulator", metavar="PORT", help="start an emulator in the demo's environment, with a folder to work in")
    parser.add_argument("--mutation", nargs="*", metavar="FILE", help="change a file or a package of plugins/, and show what no unit test notices")
    parser.add_argument("--by", nargs="+", default=[], metavar="PATH", help="the tests for --mutation")
    parser.add_argument("--core", metavar="RELEASE", choices=[*CORES, "next"], help="run unit tests and playbooks on one release of ansible-core alone")
    parser.add_argument("--python", metavar="X.Y", default="", help="the Python of --core; the newest that fits when it is left out")
    parser.add_argument("--release", metavar="VERSION", help="make a release, on a copy unless --do is given")
    parser.add_argument("--do", action="store_true", help="make the release in the checkout itself")
    parser.add_argument("--tests", metavar="EXPRESSION", help="run the tests that pytest's -k finds by it, in this terminal")
    parser.add_argument("--slow", action="store_true", help="run those that are marked slow, too")
    parser.add_argument("--in", dest="place", metavar="PATH", default="tests/unit", help="where --tests looks")
    parser.add_argument("--format", action="store_true", help="let ruff rewrite what it can")
    return parser.parse_args()


def run_core(release: str, python: str, interpreters: list[Interpreter], path: list[Path]) -> int:
    """Run what is run on one release of ansible-core alone."""
    core = find_core(release, interpreters, python)
    if not core:
        print(f"ansible-core {release} does not run on Python {python or 'of this machine'}, or that Python was not found.")
        return 1
    print(f"{core}", flush=True)
    return print_summary(run_steps(build_core_steps(core), path), [], [])


def main() -> int:
    """Run the command line."""
    arguments = parse_arguments()
    interpreters = find_interpreters()
    choice = choose_cores(interpreters)
    if not choice.cores:
        print(*choice.notes, *choice.gaps, sep="\n")
        return 1
    path = [interpreter.path.parent for interpreter in interpreters]
    venvs = build_venvs(choice)
    if arguments.core:
        return run_core(arguments.core, arguments.python, interpreters, path)
    if arguments.release:
        return run_program(venvs["lint"], path, ["python", "tests/checks/release.py", arguments.release, *(["--do"] if arguments.do else [])])
    if arguments.demo:
        print(f"Setting up .venv/demo with {choice.cores[0]} …", flush=True)
        return run_program(venvs["demo"], path, ["python", "-m", "tests.demo"])
    if arguments.emulator:
        print(f"Setting up .venv/demo with {choice.cores[0]} …", flush=True)
        return run_program(venvs["demo"], path, ["python", "-m", "tests.emulator", "--port", arguments.emulator, "--workspace"])
    if arguments.mutation is not None:
        print(f"Setting up .venv/mutation with {choice.cores[0]} …", flush=True)
        return run_program(venvs["mutation"], path, ["python", "-m", "tests.mutation", *arguments.mutation, "--tests", *arguments.by])
    if arguments.format:
        return run_program(venvs["lint"], path, ["ruff", "check", "--fix", "--quiet", "."], ["ruff", "format", "."])
    if arguments.tests is not None:
        quick = [] if arguments.slow else ["-m", "not slow"]
        code = run_program(venvs["newest"], path, pytest_command(arguments.place, "-q", "-k", arguments.tests, *quick))
        if quick:
            print("Tests that are marked slow were left out; SLOW=1 runs them, too.")
        return code
    steps = build_steps(choice)
    if arguments.list:
        print(*(step.name for step in steps), sep="\n")
        return 0
    if arguments.install and (problem := install_missing()):
        print(problem, flush=True)
    notes = [*choice.notes, *describe_missing()]
    print(*(f"{core.name}: {core}" for core in [*choice.cores, *choice.others]), *notes, *choice.gaps, sep="\n", flush=True)
    return print_summary(run_steps(select(steps, arguments.steps), path), notes, choice.gaps, whole=arguments.whole)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
