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
# Only this member of an entry is secret; the others may be shown.
SECRET_MEMBER = "value"
# Created once: json.dumps creates one per call.
ENCODE = json.JSONEncoder(ensure_ascii=False).encode
# libyaml is many times faster, if available.
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def text_from_entries(entries: Entries) -> str:
    """Return YAML that is also JSON, one entry per line: fast to read at any size, and readable in 'ansible-vault edit'."""
    lines = ",\n".join(f"{ENCODE(name)}: {ENCODE(entries[name])}" for name in sorted(entries))
    return f"{{\n{lines}\n}}\n"


def entries_from_text(text: str) -> Entries:
    """Return the entries; a person may have rewritten them as any YAML.

    :raises ValueError: for anything but a mapping of mappings, and for a duplicate key, which would lose an entry; its text quotes
        nothing from the file, which holds secrets.
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
    """Return the first line of each entry by name; empty for a text that is not YAML."""
    try:
        root = yaml.compose(text, Loader=YAML_LOADER)
    except yaml.YAMLError:
        return {}
    return {str(key.value): key.start_mark.line + 1 for key, _value in root.value} if isinstance(root, yaml.MappingNode) else {}


def _dict_of_different(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a mapping of JSON; leave duplicate keys to YAML, which knows lines."""
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
    """Raise ValueError for a duplicate key, of entries or in one; YAML would silently take the last."""
    entries = [value for _key, value in root.value] if isinstance(root, yaml.MappingNode) else []
    for node in (root, *entries):
        lines: dict[str, int] = {}
        for key, _value in node.value if isinstance(node, yaml.MappingNode) else ():
            line = key.start_mark.line + 1
            if str(key.value) in lines:
                raise ValueError(f"a key is in it twice, in line {lines[str(key.value)]} and in line {line}; keep one of them")
            lines[str(key.value)] = line


def _plain(value: Any) -> Any:
    """Return JSON types: YAML reads an unquoted time as a timestamp."""
    return value.isoformat() if hasattr(value, "isoformat") else value
