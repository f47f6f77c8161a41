# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Tell people what became of a run: a table, and one message for what failed. Pure, and without any value."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import named, shown
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Row, counted, words_of

REASONS = {
    "not_held": "not in the store",
    "due": "due",
    "expired": "expired",
    "forced": "forced",
}
HEADERS = ("APP", "ACTION", "SECRET", "SECRET ACTION", "EXPIRES IN")
MOST_ROWS = 1000
FEW_ROWS = 50


def table(rows: Sequence[Row]) -> list[str]:
    """Return the lines of a table: all rows when they are few, else those that changed or failed."""
    shown = rows if len(rows) <= FEW_ROWS else [row for row in rows if row.is_news]
    left_out = len(rows) - len(shown)
    cut = shown[:MOST_ROWS]
    cells = [HEADERS, *(cells_of(row) for row in cut)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADERS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells] if cut else []
    if len(shown) > len(cut):
        lines.append(f"… and {len(shown) - len(cut):,} rows more")
    if left_out:
        lines.append(f"{left_out:,} rows without a change are not shown")
    words = words_of(rows)
    return [*lines, f"{len(words):,} app{'' if len(words) == 1 else 's'}: {counted(words.values())}"]


def cells_of(row: Row) -> tuple[str, str, str, str, str]:
    """Return a row's cells."""
    secret = row.secret
    reason = REASONS.get(row.reason, "") if secret in ("created", "renewed") else ""
    if row.removed:
        secret = "removed from the store"
    return shown(row.client_id), row.action, shown(row.description) or "-", f"{secret}: {reason}" if reason else secret or "-", row.expires or "-"


def failure_message(rows: Sequence[Row]) -> str:
    """Return one message that names the apps that failed; empty when none did."""
    failed = [row for row in rows if row.failed]
    if not failed:
        return ""
    words = words_of(rows)
    count = sum(word == "failed" for word in words.values())
    reasons = (f"{shown(row.client_id)}{'/' + shown(row.description) if row.description else ''}: {row.msg}" for row in failed)
    return f"{count:,} of {len(words):,} apps failed; the others are done. {named(reasons, '; ')}"
