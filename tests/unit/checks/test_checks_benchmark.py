# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark, which no check runs, can still be started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmark"


def test_the_benchmark_starts_with_the_servers_of_the_tests(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARK))
    import start

    code = start.measure(Path(sys.executable), dict(os.environ), "--help")

    assert code == 0
    assert "usage: make bench" in capfd.readouterr().out
