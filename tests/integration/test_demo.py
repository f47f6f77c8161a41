# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo` tells its whole story."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import CHECKOUT, TIME_LIMIT


@pytest.mark.one_core("the demo has an environment of its own, with the newest ansible-core")
def test_the_demo_proves_what_it_says(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "VANTAGE_", "DEMO_"))}
    run = subprocess.run(
        [sys.executable, "-m", "tests.demo"],
        cwd=CHECKOUT,
        env={**environment, "DEMO_FOLDER": str(tmp_path / "demo")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "A consumer logged in" in run.stdout
    assert ". 0 logins failed." in run.stdout
    (page,) = re.findall(r"^The report: +(.+)$", run.stdout, re.MULTILINE)
    assert "<html" in Path(page).read_text(encoding="utf-8")
