# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which programs of the system are missing, how they are installed, and what is said when that does not work."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CHECKS = Path(__file__).resolve().parents[2] / "checks"
APT_GET = """#!/bin/sh
echo "$DEBIAN_FRONTEND $*" >> "{folder}/calls"
case "$*" in *" update "*) exit {update} ;; esac
echo "E: Unable to locate package pass"
exit {install}
"""
INSTALL = "install --yes --quiet --no-install-recommends chromium chromium-driver default-jre-headless pass"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """Makes a machine that has gpg alone, and an apt-get that ends with these exit codes."""
    monkeypatch.syspath_prepend(str(CHECKS))
    import programs

    def make(update: int = 0, install: int = 0, *, root: bool = True, apt: bool = True) -> Any:
        files = {"gpg": "", **({"apt-get": APT_GET.format(folder=tmp_path, update=update, install=install)} if apt else {})}
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
        monkeypatch.setattr(programs, "CACHE", tmp_path)
        return programs

    return make


def calls(folder: Path) -> list[str]:
    """Return how apt-get was called."""
    path = folder / "calls"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def test_missing_programs_are_named_with_the_command_that_installs_them(machine: Callable[..., Any]) -> None:
    (said,) = machine().describe_missing()
    assert said.startswith("Not installed: Chromium, Chromium's driver, a Java runtime, pass. Tests that need them are skipped.")
    assert said.endswith("sudo apt-get install chromium chromium-driver default-jre-headless pass")


@pytest.mark.parametrize("update", [0, 100])
def test_root_installs_what_is_missing_whether_or_not_the_update_works(machine: Callable[..., Any], tmp_path: Path, update: int) -> None:
    said = machine(update).install_missing()

    first, second = calls(tmp_path)

    assert said == ""
    assert first.startswith("noninteractive ")
    assert " update" in first
    assert second.endswith(INSTALL)


def test_a_failed_installation_is_one_sentence(machine: Callable[..., Any], tmp_path: Path) -> None:
    said = machine(100, 100).install_missing()
    assert said.startswith("apt-get could not install chromium, chromium-driver, default-jre-headless, pass: E: Unable to locate package pass")
    assert said.endswith(f"{tmp_path / 'apt.log'}.")


@pytest.mark.parametrize(
    ("setting", "said"), [({"root": False}, "Only root may install chromium,"), ({"apt": False}, "There is no apt-get to install chromium,")]
)
def test_without_root_or_apt_get_nothing_is_installed(machine: Callable[..., Any], tmp_path: Path, setting: dict[str, bool], said: str) -> None:
    assert machine(**setting).install_missing().startswith(said)
    assert calls(tmp_path) == []


def test_nothing_is_installed_where_nothing_is_missing(machine: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    programs = machine()
    monkeypatch.setattr(programs, "PROGRAMS", [program for program in programs.PROGRAMS if program.title == "GnuPG"])
    assert (programs.install_missing(), programs.describe_missing(), calls(tmp_path)) == ("", [], [])
