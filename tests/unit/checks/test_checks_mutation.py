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


def test_listed_files_and_tests_exist(mutation: Any) -> None:
    listed = [*mutation.PACKAGES, *mutation.COVERED_BY, *(test for tests in mutation.COVERED_BY.values() for test in tests)]
    assert [place for place in listed if not (ROOT / place).exists()] == []


def test_a_package_is_all_of_its_files(mutation: Any) -> None:
    assert Path("plugins/plugin_utils/onboarding/stop.py") in mutation.find_files("plugins/plugin_utils/onboarding")


@pytest.mark.parametrize(("file", "tests"), [("onboarding/stop.py", "onboarding/test_stop.py"), ("stores/file.py", "stores")])
def test_a_file_is_tested_by_the_tests_of_its_name_or_else_of_its_package(mutation: Any, file: str, tests: str) -> None:
    assert mutation.find_tests([Path("plugins/plugin_utils", file)], []) == [f"tests/unit/plugins/plugin_utils/{tests}"]


@pytest.mark.parametrize("place", ["plugins/nothing.py", "tests/checks", ".."])
def test_only_parts_of_plugins_are_accepted(mutation: Any, place: str) -> None:
    with pytest.raises(SystemExit, match="is no file and no package of plugins/"):
        mutation.find_files(place)


def test_tests_that_are_missing_are_named(mutation: Any) -> None:
    with pytest.raises(SystemExit, match="There is no tests/unit/nothing"):
        mutation.find_tests([], ["tests/unit/nothing"])
