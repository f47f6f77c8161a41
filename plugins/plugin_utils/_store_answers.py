# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Say for every secret store in the same words which entries it holds. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_plan import name_of_entry
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_names import parts_of_name, stored_name
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_records import FOUND, Found
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import without_values


def stored_names(names: list[str], store: str, prefix: str) -> dict[str, str]:
    """Return by entry its name in the store."""
    return {name: stored_name(store, prefix, *parts_of_name(name)) for name in names}


def declared_names(apps: list[dict[str, Any]]) -> list[str]:
    """Return the names of all secrets that apps declare."""
    return [name_of_entry(secret["client_id"], secret.get("description", "")) for app in apps for secret in app["secrets"]]


def read_answer(raw: Any, store: str, prefix: str, names: list[str] | None, include_values: bool) -> dict[str, Any]:
    """Return the answer to a read: ``entries`` and ``versions`` by name, and ``foreign``, by name what is there instead.

    :param raw: what the store's collection has answered.
    :param names: the entries that were asked for; all of this prefix when None. Only of those asked for can foreign objects be told.
    """
    asked = {stored: name for name, stored in stored_names(names or [], store, prefix).items()}
    answer: dict[str, dict[str, Any]] = {"entries": {}, "versions": {}, "foreign": {}}
    for thing in FOUND[store](raw):
        name = name_of_entry(thing.entry["client_id"], thing.entry["description"]) if thing.entry else asked.get(thing.stored_name)
        if name is None or (names is not None and name not in asked.values()) or is_copy(thing, store, prefix):
            continue
        if thing.entry:
            answer["entries"][name] = thing.entry
        elif thing.entry is None:
            answer["foreign"][name] = thing.stored_name
        if thing.version is not None:
            answer["versions"][name] = thing.version
    return answer if include_values else {**answer, "entries": without_values(answer["entries"])}


def is_copy(thing: Found, store: str, prefix: str) -> bool:
    """Return whether somebody has copied an entry to another name."""
    if not thing.entry or not thing.stored_name:
        return False
    return thing.stored_name != stored_name(store, prefix, thing.entry["client_id"], thing.entry["description"])
