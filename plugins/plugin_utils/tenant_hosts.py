# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find the hosts of a pattern by Ansible's rules. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from ipaddress import ip_address

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, named

Groups = Mapping[str, Sequence[str]]
# Ansible creates this host implicitly.
LOCAL = ("localhost", "127.0.0.1", "::1")
SUBSCRIPT = re.compile(r"(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]")


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
    """Return the hosts that one part names, by their own names or by that of a group.

    :raises ConfigError: for a regular expression that is none.
    """
    expression = part.lstrip("!&")
    subscript = None if expression.startswith("~") else SUBSCRIPT.fullmatch(expression)
    return set(chosen(named_by(subscript[1], groups), *subscript.group(2, 3, 4)) if subscript else named_by(expression, groups))


def named_by(name: str, groups: Groups) -> list[str]:
    """Return the hosts of a name, a shell pattern or a regular expression, those of groups first, as Ansible counts them."""
    every = list(dict.fromkeys(host for hosts in groups.values() for host in hosts))
    if name in LOCAL and name not in every:
        return [name]
    fits = fitting(name)
    named_groups = [group for group in groups if fits(group)]
    # With repetitions, which Ansible's subscripts count.
    return [*(host for group in named_groups for host in groups[group]), *filter(fits, every)]


def fitting(name: str) -> Callable[[str], bool]:
    """Return what tells whether a host or a group is meant."""
    if not name.startswith("~"):
        return lambda one: fnmatchcase(one, name)
    try:
        expression = re.compile(name[1:])
    except re.error as exc:
        raise ConfigError(f"The pattern of hosts {name!r} is no regular expression: {exc}. Check vantage_hosts and the limit.") from exc
    return lambda one: bool(expression.match(one))


def chosen(hosts: Sequence[str], index: str | None, first: str | None, last: str | None) -> Sequence[str]:
    """Return those of some hosts that a subscript means, whose last number counts, too; none where there are not so many."""
    if index is not None:
        number = int(index)
        return hosts[number:][:1] if -len(hosts) <= number else []
    # Ansible takes [1:0] for [1].
    end = int(last) + 1 if last else len(hosts)
    return hosts[int(first or 0) : end] if end != 1 else chosen(hosts, first, None, None)


def inventory_words(groups: Groups) -> str:
    """Return the existing groups, so that a typing error shows."""
    found = sorted(name for name, hosts in groups.items() if hosts and name not in ("all", "ungrouped"))
    empty = sorted(name for name, hosts in groups.items() if not hosts and name not in ("all", "ungrouped"))
    words = f"the groups {named(found)}" if len(found) > 1 else f"the group {found[0]}" if found else "no group with hosts"
    return f"{words}, and without hosts {named(empty)}" if empty else words
