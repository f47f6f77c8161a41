# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the targets of the Makefile that run tests in this terminal leave out."""

from __future__ import annotations

import subprocess

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT


@pytest.mark.parametrize(
    ("arguments", "slow"),
    [(["t", "K=client"], False), (["t", "K=client", "SLOW=1"], True), (["fuzz"], True)],
    ids=["t", "t with SLOW", "fuzz"],
)
def test_slow_tests_run_where_somebody_asks_for_all(arguments: list[str], slow: bool) -> None:
    done = subprocess.run(["make", "--dry-run", "--no-print-directory", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    assert ("--slow" in done.stdout.split()) is slow
