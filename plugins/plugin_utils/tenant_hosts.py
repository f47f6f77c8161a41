# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find the hosts of a pattern by Ansible's rules. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from ipaddress import ip_address

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, named

Groups = Mapping[str, Sequence[str]]
# Ansible creates this host implicitly.
LOCAL = ("localhost", "127.0.0.1", "::1")
SUBSCRIPT = re.compile(r"\[(-?\d+([:-]-?\d*)?|:-?\d+)\]$")


def demand_hosts(pattern: str, limit: str, groups: Groups) -> None:
    """Raise ConfigError when a pattern, a limit, or a part of one matches nothing.

    :param limit: the value of --limit; empty for none.
    :param groups: the names of the hosts in each group, all and ungrouped included.
    """
    parts = parts_of(pattern)
    limits = [] if "@" in limit else parts_of(limit)
    idle = [part for part in parts if not matched(part, groups)]
    if idle or not parts:
        raise ConfigError(
            f"There is no tenant to work on: the inventory has no host for {named(map(repr, idle or [pattern]))}. Check vantage_hosts and the "
            f"inventory (-i), which has {inventory_words(groups)}."
        )
    idle = [part for part in limits if not matched(part, groups)]
    if idle:
        raise ConfigError(f"The limit names what the inventory does not have: {named(map(repr, idle))}. It has {inventory_words(groups)}.")
    hosts = hosts_of(parts, groups)
    if not hosts or (limits and not hosts & hosts_of(limits, groups)):
        within = f" within the limit {limit!r}" if limits else ""
        raise ConfigError(f"There is no tenant to work on: no host of the inventory matches {pattern!r}{within}.")


def parts_of(pattern: str) -> list[str]:
    """Return the parts of a pattern: separated by commas, or else by colons outside IPv6 addresses and ranges in brackets."""
    if "," in pattern:
        parts = pattern.split(",")
    else:
        parts = [pattern] if is_address(pattern) else re.split(r":(?![^\[]*\])", pattern)
    return [part.strip() for part in parts if part.strip()]


def is_address(text: str) -> bool:
    """Return whether a text is an address rather than names separated by colons."""
    with suppress(ValueError):
        return bool(ip_address(text.strip().lstrip("!&")))
    return False


def hosts_of(parts: Sequence[str], groups: Groups) -> set[str]:
    """Return the hosts of a pattern: first the union, then the intersections, then the exclusions."""
    added = [part for part in parts if part[0] not in "!&"]
    hosts: set[str] = set().union(*(matched(part, groups) for part in (added or ["all"])))
    for part in parts:
        if part[0] == "&":
            hosts &= matched(part, groups)
    for part in parts:
        if part[0] == "!":
            hosts -= matched(part, groups)
    return hosts


def matched(part: str, groups: Groups) -> set[str]:
    """Return the hosts of one part, which names hosts or groups."""
    name = SUBSCRIPT.sub("", part.lstrip("!&"))
    every = {host for hosts in groups.values() for host in hosts}
    if name in LOCAL and name not in every:
        return {name}
    if name.startswith("~"):
        expression = re.compile(name[1:])
        fitting = [one for one in [*groups, *every] if expression.match(one)]
    else:
        fitting = [one for one in [*groups, *every] if fnmatchcase(one, name)]
    return {host for one in fitting for host in groups.get(one, [])} | (set(fitting) & every)


def inventory_words(groups: Groups) -> str:
    """Return the existing groups, so that a typing error shows."""
    found = sorted(name for name, hosts in groups.items() if hosts and name not in ("all", "ungrouped"))
    empty = sorted(name for name, hosts in groups.items() if not hosts and name not in ("all", "ungrouped"))
    words = f"the groups {named(found)}" if len(found) > 1 else f"the group {found[0]}" if found else "no group with hosts"
    return f"{words}, and without hosts {named(empty)}" if empty else words
