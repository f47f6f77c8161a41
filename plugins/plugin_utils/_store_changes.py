# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Compare a store's entries with the changes that are wanted, and afterwards with those that came of it. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import merge, without_values

Changes = dict[str, Any]
SILENT = "The store reported no error, but does not hold what was written; see whether something else has its name there."
STILL_THERE = "The store reported no error, but the entry is still there."


def planned_changes(read: dict[str, Any], changes: Changes) -> Changes:
    """Return what to ``write`` and to ``remove``, which entries are ``known``, and which must not be touched: ``refused`` and ``failed``.

    :param read: the store's answer to reading the entries now: ``entries``, and ``foreign``, by entry the name of what is there instead.
    :param changes: ``entries`` and ``remove``, and ``expect`` as ``merge`` takes it.
    """
    merged = merge(read["entries"], changes["entries"], changes["remove"], changes["expect"])
    foreign = {name: other for name, other in read.get("foreign", {}).items() if name in merged.written}
    return {
        "write": {name: merged.entries[name] for name in merged.written if name not in foreign},
        "remove": merged.removed,
        "removing": {name: read["entries"][name] for name in merged.removed},
        "known": list(read["entries"]),
        "same": [name for name in changes["entries"] if name not in merged.written and name not in merged.refused],
        "refused": without_values(merged.refused),
        "failed": {name: f"{other} is there already and was not written by this role; rename it or choose another prefix." for name, other in foreign.items()},
    }


def answer(planned: Changes, read: dict[str, Any], said: dict[str, str]) -> Changes:
    """Return the store's answer to changes, by what it holds after them.

    :param read: the store's answer to reading them back.
    :param said: by entry, the error that writing or removing it has ended with.
    """
    held = read["entries"]
    written, refused, failed = [], dict(planned["refused"]), dict(planned["failed"])
    for name, entry in planned["write"].items():
        found = held.get(name, {})
        if marks(found) == marks(entry):
            written.append(name)
        elif name not in said and found.get("id"):
            # Written, and at once replaced by somebody else.
            refused[name] = without_values({name: found})[name]
        else:
            failed[name] = said.get(name, SILENT)
    failed.update({name: said.get(name, STILL_THERE) for name in planned["remove"] if name in held})
    removed = [name for name in planned["remove"] if name not in held]
    return {
        "changed": bool(written or removed),
        "entries": {name: held[name] for name in [*planned["same"], *written] if name in held},
        "written": written,
        "removed": removed,
        "refused": refused,
        "failed": failed,
        "doubtful": {},
    }


def answer_in_doubt(planned: Changes, said: dict[str, str], reason: str) -> Changes:
    """Return the store's answer when it could not be read after changes: what was written may be there or not."""
    doubtful = {name: said.get(name, f"It was written, but could not be read back: {reason}") for name in [*planned["write"], *planned["remove"]]}
    return {"changed": True, "entries": {}, "written": [], "removed": [], "refused": planned["refused"], "failed": planned["failed"], "doubtful": doubtful}


def marks(entry: dict[str, Any]) -> tuple[str, str]:
    """Return by what an entry is told from any other of its name."""
    return entry.get("id") or "", entry.get("reserved_at") or ""
