# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Combine what the processes of the unit tests covered of plugins/ and print one report; exit with 1 under the floor in coverage.ini."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import coverage

SETTINGS = Path(__file__).with_name("coverage.ini")


def main(folder: Path) -> None:
    """Report on the data files below FOLDER; run in the checkout."""
    parts = sorted(str(path) for path in folder.glob("*/data.*"))
    if not parts:
        sys.exit(f"No coverage data below {folder}: run the step unit-newest first.")
    for leftover in folder.glob("combined*"):
        leftover.unlink()
    os.environ["VANTAGE_COVERAGE_DATA"] = str(folder / "combined")
    untouched = coverage.Coverage(config_file=str(SETTINGS), source=["plugins"], data_suffix="untouched")
    # An empty measurement records every file, so that one that no test imports counts as not covered.
    untouched.start()
    untouched.stop()
    untouched.save()
    report = coverage.Coverage(config_file=str(SETTINGS), data_suffix=False)
    report.combine([*parts, *map(str, folder.glob("combined.*untouched*"))], keep=True)
    report.save()
    total = report.report(file=sys.stdout)
    floor = report.get_option("report:fail_under")
    if total < float(str(floor)):
        sys.exit(f"Coverage of plugins/ is {total:.1f} %, under the floor of {floor} %.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
