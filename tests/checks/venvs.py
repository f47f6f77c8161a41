# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the virtual environments of the checks, once for each set of requirements."""

from __future__ import annotations

import hashlib
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pip_settings import read_uv_variables
from workspace import CACHE, CHECKOUT, VENVS

if TYPE_CHECKING:
    from interpreters import Interpreter
    from job import Job

ATTEMPTS = 3
UV = VENVS / "uv/bin/uv"
# Steps that run side by side need uv at the same moment.
LOCK = threading.Lock()
# What users install; the lowest version has to work.
OWN = ("requirements.txt", "requirements-stores.txt")
# Starts coverage in every Python process of the environment when a step asks for it.
COVERAGE_HOOK = 'import os; os.environ.get("VANTAGE_COVERAGE_DATA") and __import__("coverage").process_startup()\n'


@dataclass(frozen=True)
class Venv:
    """A virtual environment below .venv/: named packages, requirement files, and whether ours are installed at their lowest version."""

    name: str
    interpreter: Interpreter
    packages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    lowest: bool = False
    measured: bool = False

    @property
    def bin(self) -> Path:
        """The folder of its programs."""
        return VENVS / self.name / "bin"

    def read_requirements(self) -> list[str]:
        """Read all requirements, those of the collection itself at their lowest version when `lowest`."""
        lines = list(self.packages)
        for name in self.files:
            path = CHECKOUT / name
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            kept = [line.split("#")[0].strip() for line in text.splitlines()]
            lines += [line.replace(">=", "==") if self.lowest and name in OWN else line for line in kept if line]
        return lines


def make_venv(job: Job, venv: Venv) -> None:
    """Make or renew a virtual environment with uv, which is ten times as fast as pip and downloads a package once for all environments."""
    with LOCK:
        if not UV.exists():
            renew(job, Venv("uv", venv.interpreter, ("uv>=0.9,<1",)), install_with_pip)
    renew(job, venv, install_with_uv)


def renew(job: Job, venv: Venv, install: Callable[[Job, Path, Path], None]) -> None:
    """Make a virtual environment anew, unless its requirements and interpreter are those of the last time."""
    requirements = venv.read_requirements()
    state = "\n".join([str(venv.interpreter), str(CHECKOUT), *requirements, COVERAGE_HOOK])
    stamp, digest = VENVS / venv.name / ".stamp", hashlib.sha256(state.encode()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    shutil.rmtree(VENVS / venv.name, ignore_errors=True)
    job.call(venv.interpreter.path, "-m", "venv", "--without-pip", VENVS / venv.name)
    listed = CACHE / f"requirements-{venv.name}.txt"
    listed.parent.mkdir(exist_ok=True)
    listed.write_text("\n".join(["pip", *requirements]) + "\n", encoding="utf-8")
    install(job, venv.bin / "python", listed)
    if venv.measured:
        (site,) = (VENVS / venv.name / "lib").glob("python3.*/site-packages")
        (site / "zz_coverage_hook.pth").write_text(COVERAGE_HOOK, encoding="utf-8")
    stamp.write_text(digest, encoding="utf-8")


def install_with_uv(job: Job, python: Path, listed: Path) -> None:
    """Install a list of requirements; with pip where uv cannot, such as from an index that only pip can log in to."""
    if not job.try_call(UV, "pip", "install", "--quiet", "--python", python, "-r", listed, keep_home=True, **read_uv_variables()):
        job.say(f"uv could not install what {listed} names. Trying it with pip.")
        install_with_pip(job, python, listed)


def install_with_pip(job: Job, python: Path, listed: Path) -> None:
    """Install a list of requirements, again after a pause when the network fails."""
    job.call(python, "-m", "ensurepip")
    for attempt in range(1, ATTEMPTS + 1):
        if job.try_call(python, "-m", "pip", "install", "--quiet", "--no-input", "--retries", "5", "--timeout", "60", "-r", listed, keep_home=True):
            return
        if attempt < ATTEMPTS:
            job.say(f"Attempt {attempt} of {ATTEMPTS} to install {listed.name} failed; trying again.")
            time.sleep(5 * attempt)
    job.fail(f"pip could not install what {listed} names; is the package index reachable?")
