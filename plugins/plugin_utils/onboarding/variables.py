# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find variables of a host that look like those of the role and the playbooks but are unknown: probably typing errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import named
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec

COLLECTION = Path(__file__).resolve().parents[3]
ROLE_PREFIX, CONNECTION_PREFIX = "app_onboarding_", "vantage_"
# The tasks and templates that read them define which are known; names of modules are excluded.
VARIABLE = re.compile(rf"(?<![\w.])(?:{ROLE_PREFIX}|{CONNECTION_PREFIX})[a-z0-9_]+")
FOLDERS = ("playbooks", "roles/app_onboarding")
SUFFIXES = (".yml", ".j2")
# Users may have variables of their own that begin with vantage_: only a name that is similar to a known one is a mistake.
ALMOST = 0.8


@lru_cache(maxsize=1)
def known_variables() -> frozenset[str]:
    """Return the variables that the role and the playbooks read or set."""
    found = {f"{CONNECTION_PREFIX}{option}" for option in connection_spec()}
    for folder in FOLDERS:
        for path in sorted((COLLECTION / folder).rglob("*")):
            if path.suffix in SUFFIXES:
                found.update(VARIABLE.findall(path.read_text(encoding="utf-8")))
    return frozenset(found)


def unknown_variables(names: Iterable[str], known: Iterable[str]) -> str:
    """Return a sentence about unknown variables; empty when there are none."""
    found = list(_unknown(names, known))
    if not found:
        return ""
    said = named(found)
    return f"{said[0].upper()}{said[1:]}; the collection does not read {'it' if len(found) == 1 else 'them'}. Correct the name, or remove it."


def _unknown(names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    listed = sorted(known)
    for name in sorted(set(names).difference(listed)):
        if not name.startswith((ROLE_PREFIX, CONNECTION_PREFIX)):
            continue
        near = get_close_matches(name, listed, n=1, cutoff=ALMOST)
        if near or name.startswith(ROLE_PREFIX):
            nearest = near or get_close_matches(name, [one for one in listed if one.startswith(ROLE_PREFIX)], n=1, cutoff=0.0)
            yield f"the variable {name} is unknown (did you mean {nearest[0]}?)"
