# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The text of a secret file's entries. Pure."""

from __future__ import annotations

import json
from typing import Any

import yaml

Entries = dict[str, dict[str, Any]]
# By this member alone an entry is secret; the others may be shown.
SECRET_MEMBER = "value"
# Made once: json.dumps makes one for each text.
ENCODE = json.JSONEncoder(ensure_ascii=False).encode
# libyaml is many times faster, where it is there.
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def text_from_entries(entries: Entries) -> str:
    """Return YAML that is JSON too, each entry on a line of its own: quick to read at any size, and fit for 'ansible-vault edit'."""
    lines = ",\n".join(f"{ENCODE(name)}: {ENCODE(entries[name])}" for name in sorted(entries))
    return f"{{\n{lines}\n}}\n"


def entries_from_text(text: str) -> Entries:
    """Return the entries; a person may have written them anew as any YAML.

    :raises ValueError: for anything but a mapping of mappings, and for a key that stands twice, of which one would be lost; its text quotes
        nothing of the file, which holds secrets.
    """
    try:
        found = json.loads(text, object_pairs_hook=_dict_of_different)
    except ValueError:
        found = _from_yaml(text)
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(entry, dict) for entry in found.values()):
        raise ValueError("it does not map names to entries")
    return {str(name): {str(key): _plain(value) for key, value in entry.items()} for name, entry in found.items()}


def lines_of_entries(text: str) -> dict[str, int]:
    """Return by name the line that an entry begins in; nothing for a text that is no YAML."""
    try:
        root = yaml.compose(text, Loader=YAML_LOADER)
    except yaml.YAMLError:
        return {}
    return {str(key.value): key.start_mark.line + 1 for key, _value in root.value} if isinstance(root, yaml.MappingNode) else {}


def _dict_of_different(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a mapping of JSON; what has a key twice is left to YAML, which knows lines."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _from_yaml(text: str) -> Any:
    loader = YAML_LOADER(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        _refuse_twins(root)
        return loader.construct_document(root)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise ValueError(f"it is not valid YAML{where}") from None
    finally:
        loader.dispose()


def _refuse_twins(root: Any) -> None:
    """Raise ValueError for a key that stands twice, as an entry or in one; YAML would take the last and say nothing."""
    entries = [value for _key, value in root.value] if isinstance(root, yaml.MappingNode) else []
    for node in (root, *entries):
        lines: dict[str, int] = {}
        for key, _value in node.value if isinstance(node, yaml.MappingNode) else ():
            line = key.start_mark.line + 1
            if str(key.value) in lines:
                raise ValueError(f"a key stands twice in it, in line {lines[str(key.value)]} and in line {line}; keep one of them")
            lines[str(key.value)] = line


def _plain(value: Any) -> Any:
    """Return what JSON can hold: unquoted, YAML makes a timestamp of a time."""
    return value.isoformat() if hasattr(value, "isoformat") else value
