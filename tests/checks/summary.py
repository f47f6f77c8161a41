# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print how the steps ended."""

from __future__ import annotations

import re
from collections import Counter

from runner import PASSED, Result
from workspace import LOGS

# pytest's lines with -rs: how many, where, and why.
SKIPPED = re.compile(r"^SKIPPED \[(\d+)\] (?:\S+?\.py(?::\d+)?: )?(.+)$", re.MULTILINE)


def count_skipped(log: str) -> Counter[str]:
    """Count the tests that pytest has skipped, by their reason."""
    counts: Counter[str] = Counter()
    for number, reason in SKIPPED.findall(log):
        counts[reason] += int(number)
    return counts


def list_skipped(results: list[Result]) -> dict[str, Counter[str]]:
    """Count the skipped tests of each step that ran, by their reason."""
    found = {}
    for result in results:
        log = LOGS / f"{result.name}.log"
        if result.seconds and log.exists() and (counts := count_skipped(log.read_text(encoding="utf-8", errors="replace"))):
            found[result.name] = counts
    return found


def print_summary(results: list[Result], notes: list[str], gaps: list[str], *, whole: bool = False) -> int:
    """Print a table of the steps, what was skipped and why, and one closing line; return the exit code.

    :param gaps: what this machine cannot check.
    :param whole: fail when anything was skipped.
    """
    width = max(len(result.name) for result in results)
    print(f"\n{'step':<{width}}  result   seconds")
    for result in results:
        print(f"{result.name:<{width}}  {result.outcome:<7}  {result.seconds:7.1f}  {result.reason}".rstrip())
    skipped = list_skipped(results)
    number = sum(counts.total() for counts in skipped.values())
    for step, counts in skipped.items():
        for reason, times in counts.most_common():
            print(f"skipped: {times} {'test' if times == 1 else 'tests'} of {step}: {reason}")
    for gap in gaps:
        print(f"skipped: {gap}")
    for note in notes:
        print(f"note: {note}")
    passed = sum(result.outcome == PASSED for result in results)
    print(f"\n{passed} passed, {len(results) - passed} failed, {number} tests skipped")
    incomplete = whole and bool(number or gaps)
    if incomplete:
        print("FAILED: nothing may be skipped in this run; see the lines that begin with 'skipped'.")
    return 0 if passed == len(results) and not incomplete else 1
