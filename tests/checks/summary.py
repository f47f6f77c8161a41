# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print how the steps ended."""

from __future__ import annotations

import re
from collections import Counter

from runner import PASSED, Result
from workspace import LOGS

# As pytest says it with -rs: how many, where, and why.
SKIPPED = re.compile(r"^SKIPPED \[(\d+)\] (?:\S+?\.py(?::\d+)?: )?(.+)$", re.MULTILINE)


def count_skipped(log: str) -> Counter[str]:
    """Count the tests that pytest has skipped, by their reason."""
    counts: Counter[str] = Counter()
    for number, reason in SKIPPED.findall(log):
        counts[reason] += int(number)
    return counts


def list_skipped(results: list[Result]) -> list[str]:
    """Say of each step how many tests were skipped, and why."""
    lines = []
    for result in results:
        log = LOGS / f"{result.name}.log"
        counts = count_skipped(log.read_text(encoding="utf-8", errors="replace")) if result.seconds and log.exists() else Counter()
        lines += [f"{result.name}: {number} skipped: {reason}" for reason, number in counts.most_common()]
    return lines


def print_summary(results: list[Result], notes: list[str]) -> int:
    """Print a table of the steps, what was skipped and why, and one closing line; answer the exit code."""
    width = max(len(result.name) for result in results)
    print(f"\n{'step':<{width}}  result   seconds")
    for result in results:
        print(f"{result.name:<{width}}  {result.outcome:<7}  {result.seconds:7.1f}  {result.reason}".rstrip())
    for note in [*list_skipped(results), *notes]:
        print(f"note: {note}")
    passed = sum(result.outcome == PASSED for result in results)
    print(f"\n{passed} passed, {len(results) - passed} failed")
    return 0 if passed == len(results) else 1
