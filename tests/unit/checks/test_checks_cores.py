# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which releases of ansible-core the checks choose for the interpreters of a machine, and what they say of those that they leave out."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKS = Path(__file__).resolve().parents[2] / "checks"


def choose(monkeypatch: pytest.MonkeyPatch, *minors: int) -> Any:
    """Return the choice on a machine with these Pythons."""
    monkeypatch.syspath_prepend(str(CHECKS))
    import cores
    import interpreters

    found: list[Any] = [interpreters.Interpreter(Path(f"python3.{minor}"), (3, minor, 1), True) for minor in minors]
    return cores.choose_cores(found)


def releases(choice: Any) -> dict[str, str]:
    """Return the release of each name."""
    return {core.name: core.release for core in choice.cores}


@pytest.mark.parametrize("minors", [(10, 11, 12, 13), (9, 10, 12, 14)])
def test_lowest_middle_newest_and_all_others(monkeypatch: pytest.MonkeyPatch, minors: tuple[int, ...]) -> None:
    choice = choose(monkeypatch, *minors)

    assert releases(choice) == {"newest": "2.21", "middle": "2.19", "lowest": "2.16"}
    # One interpreter, so that everything is downloaded once.
    assert [(core.name, core.interpreter.minor) for core in choice.others] == [("core-2.17", (3, 12)), ("core-2.18", (3, 12)), ("core-2.20", (3, 12))]
    assert (choice.gaps, choice.notes) == ([], [])


def test_a_release_without_an_interpreter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = choose(monkeypatch, 13, 14)

    assert releases(choice) == {"newest": "2.21", "middle": "2.19", "lowest": "2.18"}
    assert [core.release for core in choice.others] == ["2.20"]
    assert choice.gaps == [
        "ansible-core 2.16 is skipped: it needs Python 3.10 to 3.12, not found here; 2.18 takes its place.",
        "ansible-core 2.17 is skipped: it needs Python 3.10 to 3.12, not found here.",
    ]


def test_the_other_middle_one_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = choose(monkeypatch, 10, 14)

    assert releases(choice) == {"newest": "2.21", "middle": "2.20", "lowest": "2.16"}
    assert choice.gaps == [
        "ansible-core 2.19 is skipped: it needs Python 3.11 to 3.13, not found here; 2.20 takes its place.",
        "ansible-core 2.18 is skipped: it needs Python 3.11 to 3.13, not found here.",
    ]


@pytest.mark.parametrize(("minors", "cores"), [((14,), {"newest": "2.21", "lowest": "2.20"}), ((10, 11), {"newest": "2.19", "lowest": "2.16"})])
def test_the_lowest_or_the_newest_is_the_middle_one(monkeypatch: pytest.MonkeyPatch, minors: tuple[int, ...], cores: dict[str, str]) -> None:
    middle = next(release for release in cores.values() if release in ("2.19", "2.20"))

    choice = choose(monkeypatch, *minors)

    assert releases(choice) == cores
    assert choice.notes == [f"The run on a middle ansible-core is left out: {middle} is the lowest or the newest one here."]


def test_a_machine_without_a_middle_one_is_told_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = choose(monkeypatch, 10)

    assert releases(choice) == {"newest": "2.17", "lowest": "2.16"}
    assert "The run on a middle ansible-core is skipped: 2.19 needs Python 3.11 to 3.13, 2.20 needs Python 3.12 to 3.14, not found here." in choice.gaps


def test_a_machine_with_an_old_python_alone_has_no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = choose(monkeypatch, 9)
    assert (choice.cores, len(choice.gaps)) == ([], 1)


@pytest.mark.parametrize("options", [["--demo"], ["--emulator", "8443"], ["ruff"], []])
def test_a_python_of_debian_without_its_venv_names_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str]
) -> None:
    # As that of Debian is when python3-venv is not installed.
    python = tmp_path / "python3.12"
    python.write_text("#!/bin/sh\necho 3 12 1 final False\n")
    python.chmod(0o755)
    monkeypatch.syspath_prepend(str(CHECKS))
    import interpreters

    monkeypatch.setattr(interpreters, "list_folders", lambda: [tmp_path])
    monkeypatch.setattr(sys, "argv", ["tests/run", *options])
    command = runpy.run_path(str(CHECKS / "__main__.py"))
    said = f"{python} makes no virtual environment, since it has no ensurepip. On Debian and Ubuntu: sudo apt-get install python3.12-venv\n"

    code = command["main"]()

    assert code == 1
    assert capsys.readouterr().out.endswith(said)


@pytest.mark.parametrize(
    ("release", "python", "found"),
    [("2.17", "", (3, 12)), ("2.17", "3.10", (3, 10)), ("2.17", "3.14", None), ("2.21", "3.10", None), ("next", "", (3, 14)), ("next", "3.12", (3, 12))],
)
def test_a_release_is_run_on_the_python_that_is_named(monkeypatch: pytest.MonkeyPatch, release: str, python: str, found: Any) -> None:
    monkeypatch.syspath_prepend(str(CHECKS))
    import cores
    import interpreters

    here: list[Any] = [interpreters.Interpreter(Path(f"python3.{minor}"), (3, minor, 1), True) for minor in (10, 12, 14)]

    core = cores.find_core(release, here, python)

    assert (core and core.interpreter.minor) == found
