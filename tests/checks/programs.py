# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the programs that tests need and that pip cannot install, and install them if possible."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from workspace import CACHE

APT_SECONDS = 900
APT_OPTIONS = ("-o", "Acquire::Retries=3", "-o", "Acquire::http::Timeout=30", "-o", "DPkg::Lock::Timeout=120")


@dataclass(frozen=True)
class Program:
    """A program of the system.

    :ivar names: its names on PATH; one of them is enough.
    :ivar package: its Debian package.
    """

    title: str
    names: tuple[str, ...]
    package: str

    @property
    def found(self) -> bool:
        """Whether it is installed."""
        return any(map(shutil.which, self.names))


PROGRAMS = (
    Program("Chromium", ("chromium", "chromium-browser", "google-chrome"), "chromium"),
    Program("Chromium's driver", ("chromedriver",), "chromium-driver"),
    Program("a Java runtime", ("java",), "default-jre-headless"),
    Program("GnuPG", ("gpg",), "gnupg"),
    Program("pass", ("pass",), "pass"),
)


def list_missing() -> list[Program]:
    """List the programs that are not installed."""
    return [program for program in PROGRAMS if not program.found]


def describe_missing() -> list[str]:
    """Return what is missing and how to install it."""
    missing = list_missing()
    if not missing:
        return []
    packages = " ".join(program.package for program in missing)
    names = ", ".join(program.title for program in missing)
    return [f"Not installed: {names}. Tests that need them are skipped. On Debian and Ubuntu: sudo apt-get install {packages}"]


def install_missing() -> str:
    """Install what is missing, as root with apt-get; return the error, or nothing."""
    packages = [program.package for program in list_missing()]
    if not packages:
        return ""
    if not shutil.which("apt-get"):
        return f"There is no apt-get to install {', '.join(packages)} with."
    if os.geteuid() != 0:
        return f"Only root may install {', '.join(packages)}."
    CACHE.mkdir(exist_ok=True)
    log = CACHE / "apt.log"
    log.unlink(missing_ok=True)
    # If this update cannot reach its server, the last one may be recent enough.
    run_apt(log, "update", "--quiet")
    reason = run_apt(log, "install", "--yes", "--quiet", "--no-install-recommends", *packages)
    return f"apt-get could not install {', '.join(packages)}: {reason} The whole of it is in {log}." if reason else ""


def run_apt(log: Path, *arguments: str) -> str:
    """Run apt-get with its output at the end of the log; return the last line when it fails."""
    try:
        with log.open("a", encoding="utf-8") as output:
            done = subprocess.run(
                ["apt-get", *APT_OPTIONS, *arguments],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=APT_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return f"it was not done after {APT_SECONDS} seconds."
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return "" if done.returncode == 0 else next((line for line in reversed(lines) if line.strip()), "it failed.")
