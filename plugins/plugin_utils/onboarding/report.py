# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Report the outcome of a run to people: a table, and one message for the failures. Pure, and without any value."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import named, shown
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import LEFT_DELETED, OLD_DELETED, Row, counted, words_of

REASONS = {
    "not_held": "not in the store",
    "due": "due",
    "expired": "expired",
    "forced": "forced",
}
HEADERS = ("APP", "ACTION", "SECRET", "SECRET ACTION", "EXPIRES IN", "LABELS")
MOST_ROWS = 1000
MOST_LABELS = 60


def counts_line(rows: Sequence[Row]) -> str:
    """Return the outcome of all apps, such as "12 apps: 1 renewed, 11 unchanged; deleted 1 older secret"."""
    words = words_of(rows)
    old, left, older = sum(row.old_deleted for row in rows), sum(row.left_deleted for row in rows), sum(bool(row.older_until) for row in rows)
    line = f"{len(words):,} app{'' if len(words) == 1 else 's'}: {counted(words.values())}"
    if older:
        line += f"; {older:,} older secret{' still works' if older == 1 else 's still work'}"
    if old:
        line += f"; deleted {old:,} older secret{'' if old == 1 else 's'}"
    if left:
        line += f"; deleted {left:,} secret{'' if left == 1 else 's'} that an interrupted run left behind"
    return line


def table(rows: Sequence[Row], show: str = "changed") -> list[str]:
    """Return the lines of a table.

    :param show: changed for the rows that changed or failed, or all.
    """
    words = words_of(rows)
    listed = [row for row in rows if show == "all" or row.is_news]
    cut = listed[:MOST_ROWS]
    if not cut:
        return []
    cells = [HEADERS, *(cells_of(row, words[row.client_id]) for row in cut)]
    columns = [column for column in range(len(HEADERS)) if column < len(HEADERS) - 1 or any(line[column] for line in cells[1:])]
    widths = {column: max(len(line[column]) for line in cells) for column in columns}
    lines = ["  ".join(line[column].ljust(widths[column]) for column in columns).rstrip() for line in cells]
    return [*lines, f"… and {len(listed) - len(cut):,} rows more"] if len(listed) > len(cut) else lines


def cells_of(row: Row, word: str) -> tuple[str, ...]:
    """Return a row's cells.

    :param word: the outcome of the whole app.
    """
    labels = ", ".join(f"{key}={value}" for key, value in row.labels.items())
    if len(labels) > MOST_LABELS:
        labels = f"{labels[: MOST_LABELS - 1]}…"
    return shown(row.client_id), word, shown(row.description) or "-", secret_cell(row) or "-", row.expires or "-", shown(labels)


def secret_cell(row: Row) -> str:
    """Return the outcome of a secret and its older generations, such as "renewed (due, older one until 28 Nov)"."""
    extra = [REASONS.get(row.reason, "")] if row.secret in ("created", "renewed") else []
    if row.older_until:
        extra.append(f"older one until {row.older_until}")
    deleted = [counted_words(row.old_deleted, OLD_DELETED, "older ones deleted"), counted_words(row.left_deleted, LEFT_DELETED, "leftovers deleted")]
    said = ", ".join(filter(None, deleted))
    extra = list(filter(None, extra))
    if row.secret == "unchanged" and said:
        return f"{said} ({', '.join(extra)})" if extra else said
    return f"{row.secret} ({', '.join([*extra, *filter(None, [said])])})" if extra or said else row.secret


def counted_words(count: int, one: str, many: str) -> str:
    """Return a count with its noun; empty for none."""
    return "" if not count else one if count == 1 else f"{count:,} {many}"


def failure_message(rows: Sequence[Row]) -> str:
    """Return one message that names the apps that failed; empty when none did."""
    failed = [row for row in rows if row.failed]
    if not failed:
        return ""
    words = words_of(rows)
    count = sum(word == "failed" for word in words.values())
    reasons = (f"{shown(row.client_id)}{'/' + shown(row.description) if row.description else ''}: {row.msg}" for row in failed)
    return f"{count:,} of {len(words):,} apps failed; the others are done. {named(reasons, '; ')}"
