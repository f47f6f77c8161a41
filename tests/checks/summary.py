# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print how the steps ended."""

from __future__ import annotations

from runner import PASSED, Result


def print_summary(results: list[Result], notes: list[str]) -> int:
    """Print a table of the steps, what was skipped and why, and one closing line; answer the exit code."""
    width = max(len(result.name) for result in results)
    print(f"\n{'step':<{width}}  result   seconds")
    for result in results:
        print(f"{result.name:<{width}}  {result.outcome:<7}  {result.seconds:7.1f}  {result.reason}".rstrip())
    for note in notes:
        print(f"note: {note}")
    passed = sum(result.outcome == PASSED for result in results)
    print(f"\n{passed} passed, {len(results) - passed} failed")
    return 0 if passed == len(results) else 1
