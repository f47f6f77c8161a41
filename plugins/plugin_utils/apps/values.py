# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Convert the values of a declared app to their types. Pure."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import DURATION_FORMS, moment_from_timestamp, seconds_from_duration
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.lists import flag_of, texts_from_option
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import verify_from_option

TEMPLATE = re.compile(r"\{\{|\{%|\{#")
LABEL_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,62}")
MOST_LABELS, LONGEST_KEY, LONGEST_LABEL = 20, 63, 200
CHOICES = {"state": ("present", "absent"), "prune": ("none", "expired", "superseded")}


def value_of_kind(kind: str, value: Any, *, is_text: bool) -> Any:
    """Return the value in its type.

    :param is_text: whether the value is a CSV cell, where ``|`` or spaces separate list members.
    :raises ValueError: with the rest of a sentence that starts with the key.
    """
    if kind == "flag":
        return flag_from(value)
    if kind == "verify":
        return verify_of(value)
    if kind == "list":
        return split_cell(value) if is_text else texts_of(value)
    if kind == "names":
        # A name may hold a space.
        return [part.strip() for part in value.split("|") if part.strip()] if is_text else texts_of(value)
    if kind == "secrets":
        # A description may hold a space.
        return [part.strip() for part in value.split("|")] if is_text else secrets_of(value)
    if kind == "labels":
        return labels_of(dict(part.partition("=")[::2] for part in split_labels(value)) if is_text else value)
    if kind == "seconds":
        return duration_text_of(value)
    text = text_of(value)
    if kind == "time":
        return checked_time(text)
    if kind in CHOICES and text not in CHOICES[kind]:
        raise ValueError(f"is {text!r}; write {' or '.join(CHOICES[kind])}")
    return text


def text_of(value: Any) -> str:
    """Return text; refuse a number or a date, whose original spelling is lost."""
    if not isinstance(value, str):
        raise ValueError(f"is {type_name(value)}, but has to be text; put it into quotes")
    return str(value)


def duration_text_of(value: Any) -> str:
    """Return a duration as written."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else text_of(value)
    try:
        seconds_from_duration(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a duration; write {DURATION_FORMS}") from None
    return text


def checked_time(text: str) -> str:
    """Return a moment as written."""
    try:
        if text:
            moment_from_timestamp(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time; write it as 2026-09-07T13:03:38Z (UTC) or with an offset") from None
    return text


def flag_from(value: Any) -> bool:
    """Return true or false."""
    flag = flag_of(value)
    if flag is None:
        raise ValueError(f"is {value!r}, but has to be true or false")
    return flag


def verify_of(value: Any) -> Any:
    """Return true, false or api."""
    try:
        return verify_from_option(value)
    except ConfigError:
        raise ValueError(f"is {reprlib.repr(value)}, but has to be true, false or api") from None


def texts_of(value: Any) -> list[str]:
    """Return a list of text; a text is split at commas, as Ansible does."""
    if isinstance(value, str) and value.strip():
        try:
            return texts_from_option("it", value)
        except ConfigError:
            raise ValueError(f"is {value!r}, in which not all is text; write it as [first, second]") from None
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"is {type_name(value)}, but has to be a list; write it as [first, second]")
    return [text_of(member) for member in value]


def split_cell(cell: str) -> list[str]:
    """Return the members of a list in one cell."""
    return [part for part in re.split(r"[|\s]+", cell) if part]


def split_labels(cell: str) -> list[str]:
    """Return the labels in one cell, such as ``owner=claims team|ticket=OPS-1``."""
    return [part for part in cell.split("|") if part.strip()]


def labels_of(value: Any) -> dict[str, str]:
    """Return labels: few, short texts, so that every store, table and metric can carry them."""
    if not isinstance(value, dict):
        raise ValueError(f"is {type_name(value)}, but has to be a mapping of texts, such as {{owner: claims-team}}")
    if len(value) > MOST_LABELS:
        raise ValueError(f"has {len(value)} labels; give at most {MOST_LABELS}")
    labels = {}
    for raw_key, raw_text in value.items():
        key, text = str(raw_key).strip() if isinstance(raw_key, str) else raw_key, raw_text
        if not isinstance(key, str) or not LABEL_KEY.fullmatch(key):
            raise ValueError(f"has the key {key!r}; write a letter, then letters, digits, '_', '-' and '.', {LONGEST_KEY} characters at most")
        if not isinstance(text, str):
            raise ValueError(f"has {key}, which is {type_name(text)}, but has to be text; put it into quotes")
        text = text.strip()
        if not text or len(text) > LONGEST_LABEL or not text.isprintable():
            raise ValueError(f"has {key}, which is empty, too long or not printable; write 1 to {LONGEST_LABEL} printable characters")
        labels[str.__str__(key)] = str.__str__(text)
    return labels


def secrets_of(value: Any) -> list[Any]:
    """Return the list of secrets, each a mapping, or its description alone."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(member, (str, dict)) for member in value):
        raise ValueError("has to be a list of mappings (description, lifetime, …) or of descriptions")
    return list(value)


def unfilled_texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value, including keys, that contain a template."""
    seen: set[int] = set()
    todo = [value]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            if TEMPLATE.search(value):
                yield value
        elif isinstance(value, (dict, list, tuple)) and id(value) not in seen:
            # Visit each object once: in YAML, a list may refer to itself, or to another one many times.
            seen.add(id(value))
            entries = [part for pair in value.items() for part in pair] if isinstance(value, dict) else value
            todo.extend(reversed(entries))


def type_name(value: Any) -> str:
    """Return the name of the type for people."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, dict):
        return "a mapping"
    if hasattr(value, "isoformat"):
        return "a day or a time"
    return "a list" if isinstance(value, (list, tuple)) else "a number"
