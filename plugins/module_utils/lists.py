# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Texts and lists of texts, as people write them in YAML, in a survey, or behind ``-e``."""

from __future__ import annotations

import ast
import json
import reprlib

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError

# As Ansible reads a bool option.
FLAGS = {**dict.fromkeys(("y", "yes", "on", "1", "true", "t"), True), **dict.fromkeys(("n", "no", "off", "0", "false", "f"), False)}


def text_from_option(option: str, value: object) -> str | None:
    """Return a text as it was written; None when it was not given.

    :raises ConfigError: for a number, a boolean or a date: the original text is lost, 0123 has become 83 and 1.10 has become 1.1.
    """
    if value is None or isinstance(value, str):
        return value
    problem = f"is read as {_kind(value)} by YAML or JSON, so that what was written is lost; put it into quotes."
    raise ConfigError(f"{option} {reprlib.repr(value)} {problem}")


def flag_of(value: object) -> bool | None:
    """Return a switch as true or false, however it is written; None for anything else."""
    return FLAGS.get(str(value).strip().lower()) if isinstance(value, (bool, int, str)) else None


def texts_from_option(option: str, value: object) -> list[str]:
    """Return the texts of a list option, however it was written.

    Reads a list, the text of one in JSON or as Python writes it (what a template leaves behind), texts separated by commas or by line breaks.
    Blanks around a text are ignored. A text that ansible-core has already split at its commas is joined again.

    :raises ConfigError: for an entry that is not text.
    """
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        texts = [text_from_option(f"{option} entry", entry) or "" for entry in value]
        # A shell pattern may begin with a bracket, too: only a list from end to end counts as one.
        nested = _list_in(",".join(texts))
        if nested is not None:
            return texts_from_option(option, nested)
        return [line for text in texts for line in _lines(text) or [""]]
    text = text_from_option(option, value) or ""
    nested = _list_in(text)
    if nested is not None:
        return texts_from_option(option, nested)
    return [part.strip() for line in _lines(text) for part in line.split(",") if part.strip()]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _list_in(text: str) -> list[object] | None:
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(found, list):
            return found
    return None


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "a boolean"
    return "a number" if isinstance(value, (int, float)) else f"a value of the type {type(value).__name__}"
