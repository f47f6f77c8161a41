# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of the checks names what was skipped, as pytest itself says it."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKS = Path(__file__).resolve().parents[2] / "checks"
TESTS = """
import pytest

@pytest.mark.parametrize("number", [1, 2, 3])
def test_marked(number):
    pytest.skip("no browser: install chromium")

@pytest.mark.skipif(True, reason="needs gpg")
def test_other():
    pass

def test_passed():
    print("SKIPPED is a word")
"""
SKIPPED = [
    "skipped: 3 tests of unit: no browser: install chromium",
    "skipped: 1 test of unit: could not import 'no_such_module': No module named 'no_such_module'",
    "skipped: 1 test of unit: needs gpg",
]


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What runs the checks."""
    monkeypatch.syspath_prepend(str(CHECKS))
    return importlib.import_module("runner")


@pytest.fixture
def summary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """What sums the checks up, out of the logs in an empty folder."""
    monkeypatch.syspath_prepend(str(CHECKS))
    module = importlib.import_module("summary")
    monkeypatch.setattr(module, "LOGS", tmp_path)
    return module


@pytest.mark.parametrize("more", [(), pytest.param(("-p", "xdist", "-n", "2"), marks=pytest.mark.slow)], ids=["one process", "two"])
def test_skipped_tests_are_counted_by_reason(runner: Any, summary: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]) -> None:
    (tmp_path / "test_some.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "test_module.py").write_text("import pytest\n\npytest.importorskip('no_such_module')\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-ra", "-c", "/dev/null", "-p", "no:cacheprovider", *more, str(tmp_path)]
    # Other plugins take their time to load.
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    log = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False).stdout
    (tmp_path / "unit.log").write_text(log, encoding="utf-8")
    results = [runner.Result("ruff", "passed", 1.0), runner.Result("unit", "passed", 1.0)]

    codes = [summary.print_summary(results, [], []), summary.print_summary(results, [], [], whole=True)]

    # Nothing is wrong with skipped tests, unless nothing was to be skipped.
    assert codes == [0, 1]
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("skipped")] == SKIPPED * 2


@pytest.mark.parametrize(("gaps", "whole", "code"), [([], True, 0), (["ansible-core 2.16 is skipped"], False, 0), (["ansible-core 2.16 is skipped"], True, 1)])
def test_a_release_that_is_not_checked_fails_a_whole_run(runner: Any, summary: Any, gaps: list[str], whole: bool, code: int) -> None:
    assert summary.print_summary([runner.Result("ruff", "passed", 1.0)], [], gaps, whole=whole) == code
