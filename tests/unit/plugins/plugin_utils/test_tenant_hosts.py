# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a pattern means, and what is said when it means none."""

from __future__ import annotations

import re
from contextlib import nullcontext

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.tenant_hosts import demand_hosts, hosts_of, parts_of

GROUPS = {
    "all": ["contoso", "fabrikam", "tailspin", "build.example.com"],
    "ungrouped": ["build.example.com"],
    "vantage": ["contoso", "fabrikam", "tailspin"],
    "eu": ["contoso", "tailspin"],
    "closed": [],
}
PATTERNS = [
    "vantage",
    "all",
    "*",
    "contoso,fabrikam",
    "contoso:fabrikam",
    "vantage:!contoso",
    "vantage,!contoso",
    "!contoso,vantage",
    "vantage:&eu",
    "vantage:&eu:!tailspin",
    "!vantage",
    "&eu",
    "t*",
    "~(con|tail).*",
    "vantage[0]",
    "vantage[0:1]",
    "vantage[1:]",
    "vantage[-1]",
    "vantage[5:9]",
    "vantage[1:0]",
    "vantage[0]:!contoso",
    "vantage:!vantage[0]",
    "vantage:!vantage[0:]",
    "vantage:&eu[1]",
    "*[1]",
    "con[a-t]oso",
    "~tail[a-z]",
    "build.example.com",
    "localhost",
    " contoso , fabrikam ",
    "con*:fab*",
]


def inventory() -> InventoryManager:
    """Return the same groups as Ansible's own inventory."""
    manager = InventoryManager(DataLoader(), parse=False)
    for group, hosts in GROUPS.items():
        manager.add_group(group)
        for host in hosts:
            manager.add_host(host, group=None if group in ("all", "ungrouped") else group)
    manager.reconcile_inventory()
    return manager


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_has_the_same_hosts_as_in_ansible(pattern: str) -> None:
    manager = inventory()
    theirs = {str(host) for host in manager.get_hosts(pattern)}

    ours = hosts_of(parts_of(pattern), manager.get_groups_dict())

    assert ours == theirs


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_accepted_if_ansible_finds_hosts_for_it(pattern: str) -> None:
    theirs = inventory().get_hosts(pattern)
    with nullcontext() if theirs else pytest.raises(ConfigError):
        demand_hosts(pattern, "", GROUPS)


@pytest.mark.parametrize(
    ("pattern", "limit", "said"),
    [
        ("vantagee", "", "the inventory has no host for 'vantagee'. Check vantage_hosts and the inventory (-i), which has the groups eu, vantage"),
        ("contoso,fabrikm", "", "the inventory has no host for 'fabrikm'."),
        ("vantage:!contso", "", "no host for '!contso'"),
        ("vantage:&us", "", "no host for '&us'"),
        ("closed", "", "no host for 'closed'"),
        ("closed", "", "and without hosts closed"),
        ("", "", "no host for ''"),
        ("eu:!contoso:!tailspin", "", "no host of the inventory matches 'eu:!contoso:!tailspin'."),
        ("~x.*", "", "no host for '~x.*'"),
        ("vantage", "contoso,fabrikm", "The limit names what the inventory does not have: 'fabrikm'."),
        ("vantage", "build.example.com", "no host of the inventory matches 'vantage' within the limit 'build.example.com'."),
        ("vantage", "localhost", "within the limit 'localhost'"),
        ("vantage", "vantage:!vantage", "within the limit"),
        ("vantage[5:9]", "", "the inventory has no host for 'vantage[5:9]'."),
        ("vantage[3]", "", "the inventory has no host for 'vantage[3]'."),
        ("vantage[-4]", "", "the inventory has no host for 'vantage[-4]'."),
        ("contoso:!vantage[0]", "", "no host of the inventory matches 'contoso:!vantage[0]'."),
        ("contoso", "vantage[1:]", "no host of the inventory matches 'contoso' within the limit 'vantage[1:]'."),
        ("~con(", "", "The pattern of hosts '~con(' is no regular expression: missing ), unterminated subpattern at position 3."),
    ],
)
def test_a_pattern_without_hosts_is_named(pattern: str, limit: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        demand_hosts(pattern, limit, GROUPS)


@pytest.mark.parametrize("limit", ["contoso", "eu", "contoso:tailspin", "all:!fabrikam", "@failed.txt", "", "localhost,contoso"])
def test_a_limit_with_hosts_is_accepted(limit: str) -> None:
    demand_hosts("vantage", limit, GROUPS)


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("a:b:c", ["a", "b", "c"]),
        ("a:b,c", ["a:b", "c"]),
        ("2001:db8::1", ["2001:db8::1"]),
        ("a,2001:db8::1", ["a", "2001:db8::1"]),
        ("vantage[0:2]:eu", ["vantage[0:2]", "eu"]),
        (" , ", []),
    ],
)
def test_a_colon_may_belong_to_an_address(pattern: str, parts: list[str]) -> None:
    assert parts_of(pattern) == parts


def test_an_inventory_without_groups_is_reported() -> None:
    with pytest.raises(ConfigError, match=re.escape("which has no group with hosts.")):
        demand_hosts("vantage", "", {"all": [], "ungrouped": []})
