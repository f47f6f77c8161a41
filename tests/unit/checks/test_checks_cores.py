# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which releases of ansible-core the checks choose for the interpreters of a machine, and what they say of those that they leave out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

CHECKS = Path(__file__).resolve().parents[2] / "checks"


def choose(monkeypatch: pytest.MonkeyPatch, *minors: int) -> tuple[dict[str, str], list[str]]:
    """Return the release of each name, and the notes, on a machine with these Pythons."""
    monkeypatch.syspath_prepend(str(CHECKS))
    import cores
    import interpreters

    found: list[Any] = [interpreters.Interpreter(Path(f"python3.{minor}"), (3, minor, 1), True) for minor in minors]
    chosen, notes = cores.choose_cores(found)
    return {core.name: core.release for core in chosen}, notes


@pytest.mark.parametrize("minors", [(10, 11, 12, 13), (10, 11, 13), (9, 10, 12, 14), (10, 13)])
def test_lowest_middle_and_newest(monkeypatch: pytest.MonkeyPatch, minors: tuple[int, ...]) -> None:
    assert choose(monkeypatch, *minors) == ({"newest": "2.21", "middle": "2.19", "lowest": "2.16"}, [])


def test_the_other_middle_one_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, notes = choose(monkeypatch, 10, 14)
    assert chosen == {"newest": "2.21", "middle": "2.20", "lowest": "2.16"}
    assert notes == ["ansible-core 2.19 is skipped: it needs Python 3.11 to 3.13, not found here; 2.20 takes its place."]


def test_the_lowest_or_the_newest_is_the_middle_one(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, notes = choose(monkeypatch, 14)
    assert chosen == {"newest": "2.21", "lowest": "2.20"}
    assert notes[1:] == ["The run on a middle ansible-core is left out: 2.20 is the lowest or the newest one here."]
    chosen, notes = choose(monkeypatch, 10, 11)
    assert chosen == {"newest": "2.19", "lowest": "2.16"}
    assert notes[1:] == ["The run on a middle ansible-core is left out: 2.19 is the lowest or the newest one here."]


def test_none_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, notes = choose(monkeypatch, 10)
    assert chosen == {"newest": "2.17", "lowest": "2.16"}
    assert notes[1:] == [
        "The run on a middle ansible-core is skipped: 2.19 needs Python 3.11 to 3.13, 2.20 needs Python 3.12 to 3.14, not found here.",
    ]
    assert choose(monkeypatch, 9)[0] == {}
