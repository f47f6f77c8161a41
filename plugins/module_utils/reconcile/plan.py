# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Decide what is to be done to bring one client from its current to its desired state. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import ClientValue, ClientValues


class Plan(NamedTuple):
    """What a run does, and what check mode says that it would do.

    :param action: created, updated, unchanged or deleted.
    :param changes: the values to set, by option name; empty unless created or updated.
    :param before: the client as it is; empty when there is none.
    :param after: the same as it will be; empty when there will be none.
    """

    action: str
    changes: ClientValues
    before: ClientValues
    after: ClientValues

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return self.action != "unchanged"


def plan(desired: ClientValues, current: ClientValues | None, state: str, created: ClientValues) -> Plan:
    """Compare and decide.

    :param desired: only what the user set.
    :param current: all fields, in the same shape; None when there is no such client.
    :param state: present or absent.
    :param created: all fields as a new client would have them.
    """
    if state == "absent":
        return Plan("unchanged", {}, {}, {}) if current is None else Plan("deleted", {}, current, {})
    if current is None:
        return Plan("created", dict(desired), {}, created)
    changes = differences(desired, current)
    return Plan("updated" if changes else "unchanged", changes, current, {**current, **changes})


def differences(desired: Mapping[str, ClientValue], current: Mapping[str, ClientValue]) -> ClientValues:
    """Return the desired values that are not so already; lists compare as sets."""
    return {option: value for option, value in desired.items() if not _same(value, current.get(option))}


def _same(wanted: ClientValue, found: ClientValue) -> bool:
    if isinstance(wanted, list) and isinstance(found, list):
        return sorted(set(wanted)) == sorted(set(found))
    return wanted == found
