# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the CPython interpreters of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# From the oldest version that ansible-test may compile for to unreleased ones.
MINORS = range(7, 20)
PROBE = "import sys, importlib.util as u; print(*sys.version_info[:4], u.find_spec('ensurepip') is not None and u.find_spec('venv') is not None)"


@dataclass(frozen=True)
class Interpreter:
    """One interpreter: its version as (3, 12, 1), and whether a virtual environment with pip can be made from it."""

    path: Path
    version: tuple[int, int, int]
    makes_venvs: bool

    @property
    def minor(self) -> tuple[int, int]:
        """The language version, (3, 12)."""
        return self.version[:2]


def list_folders() -> list[Path]:
    """List where interpreters may be: PATH without pyenv's shims, which exist for inactive versions too, then the usual places."""
    folders = [Path(sys.executable).parent]
    folders += [Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry and not entry.endswith("/shims")]
    folders += [Path("/usr/local/bin"), Path("/usr/bin"), Path("/opt/homebrew/bin")]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders += sorted(pyenv.glob("versions/3.*/bin"), reverse=True)
    folders += sorted(Path.home().glob(".local/share/uv/python/cpython-3.*/bin"), reverse=True)
    return list(dict.fromkeys(folders))


def probe(path: Path) -> Interpreter | None:
    """Return the details of an interpreter; None when it does not run or is a pre-release."""
    try:
        answer = subprocess.run([path, "-I", "-c", PROBE], capture_output=True, text=True, timeout=30, check=True).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor, micro, level, makes_venvs = answer
    return Interpreter(path, (int(major), int(minor), int(micro)), makes_venvs == "True") if level == "final" else None


def find_interpreters() -> list[Interpreter]:
    """Find one interpreter of each minor version, oldest first; of several, one that can make virtual environments, then the first on PATH."""
    found: dict[tuple[int, int], Interpreter] = {}
    for folder in list_folders():
        for minor in MINORS:
            path = folder / f"python3.{minor}"
            known = found.get((3, minor))
            if (known and known.makes_venvs) or not path.is_file():
                continue
            interpreter = probe(path)
            if interpreter and interpreter.minor == (3, minor) and (not known or interpreter.makes_venvs):
                found[interpreter.minor] = interpreter
    return [found[minor] for minor in sorted(found)]
