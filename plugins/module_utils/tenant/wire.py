# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The forms in which a server may write the same value: a list as one text, seconds as a time span. Pure."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import duration_in_the_form_of, seconds_from_duration, timespan_from_seconds


def entries_from_wire(value: Any, *, blanks: bool = False) -> list[str] | None:
    """Return the entries of a list in any known form; None when the form does not show them.

    :param blanks: whether an entry may hold blanks, so that only commas separate them.
    """
    if value is None or value is False:
        return []
    if isinstance(value, str):
        return _words(value, blanks=blanks)
    if not isinstance(value, list) or any(isinstance(entry, (dict, list)) for entry in value):
        return None
    return [str(entry) for entry in value]


def in_the_form_of(sample: Any, kind: str, value: Any, *, blanks: bool = False) -> Any:
    """Return a value as a server writes it.

    :param sample: a value that it wrote in the same place; None when unknown.
    :param kind: text, flag, list or seconds.
    """
    if kind == "seconds" and isinstance(value, int):
        return duration_in_the_form_of(sample, value)
    if kind == "list" and isinstance(value, list) and isinstance(sample, str):
        return _separator(sample, blanks=blanks).join(value)
    if kind == "flag" and isinstance(value, bool) and isinstance(sample, str):
        return str(value) if sample[:1].isupper() else str(value).lower()
    if kind == "text" and isinstance(value, str) and isinstance(sample, list):
        return [value]
    return value


def in_the_other_form(kind: str, value: Any, *, blanks: bool = False) -> Any:
    """Return a refused value in its other form; None when there is no other."""
    if kind == "seconds":
        try:
            seconds = seconds_from_duration(value)
        except ValueError:
            return None
        return timespan_from_seconds(seconds) if isinstance(value, int) else seconds
    if kind == "list" and isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return _separator("", blanks=blanks).join(value)
    if kind == "list" and isinstance(value, str):
        return _words(value, blanks=blanks)
    return None


def _words(text: str, *, blanks: bool) -> list[str]:
    if blanks:
        parts = re.split(r"[,;|]", text)
    elif re.search(r"\s", text.strip()):
        parts = [part.rstrip(",;") for part in text.split()]
    else:
        parts = text.split(",")
        # A comma may be a part of an address.
        if "://" in text and not all("://" in part for part in parts):
            parts = [text]
    return [part.strip() for part in parts if part.strip()]


def _separator(sample: str, *, blanks: bool) -> str:
    found = re.search(r"[,;|]\s*" if blanks else r"[,;]?\s+|,(?=\S+://)|,(?![^,]*://)", sample.strip())
    if found:
        return found.group()
    return ", " if blanks else " "
