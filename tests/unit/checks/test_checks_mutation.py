# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mutation testing works on: files and tests that are there."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT


@pytest.fixture
def mutation(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program that `make mutation` runs."""
    monkeypatch.syspath_prepend(str(ROOT / "tests/checks"))
    return importlib.import_module("ansible_collections.abbyy.vantage.tests.mutation.__main__")


def test_all_that_is_listed_is_there(mutation: Any) -> None:
    listed = [*mutation.PACKAGES, *mutation.COVERED_BY, *(test for tests in mutation.COVERED_BY.values() for test in tests)]
    assert [place for place in listed if not (ROOT / place).exists()] == []


def test_a_package_is_all_of_its_files(mutation: Any) -> None:
    package = "plugins/plugin_utils/onboarding"
    files = mutation.find_files(package)
    assert Path(package, "stop.py") in files
    assert mutation.find_tests([Path(package, "stop.py")], []) == [f"tests/unit/{package}/test_stop.py"]
    assert mutation.find_tests([Path(package, "run.py")], []) == [f"tests/unit/{package}"]


@pytest.mark.parametrize("place", ["plugins/nothing.py", "tests/checks", ".."])
def test_what_is_no_part_of_plugins_is_refused(mutation: Any, place: str) -> None:
    with pytest.raises(SystemExit, match="is no file and no package of plugins/"):
        mutation.find_files(place)


def test_tests_that_are_missing_are_named(mutation: Any) -> None:
    with pytest.raises(SystemExit, match="There is no tests/unit/nothing"):
        mutation.find_tests([], ["tests/unit/nothing"])
