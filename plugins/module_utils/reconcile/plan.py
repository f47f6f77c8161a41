# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Plan how to bring one client from its current to its desired state. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import ClientValue, ClientValues


class Plan(NamedTuple):
    """What a run does, or would do in check mode.

    :param action: created, updated, unchanged or deleted.
    :param changes: the values to set, by option name; empty unless created or updated.
    :param before: the current client; empty when there is none.
    :param after: the client afterwards; empty when there will be none.
    """

    action: str
    changes: ClientValues
    before: ClientValues
    after: ClientValues

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return self.action != "unchanged"


# By option, entries of a list that the server may have added by itself.
Added = Mapping[str, frozenset[str]]
NOTHING_ADDED: Added = MappingProxyType({})


def plan(desired: ClientValues, current: ClientValues | None, state: str, created: ClientValues, added: Added = NOTHING_ADDED) -> Plan:
    """Compare and decide.

    :param desired: only the options that the user set.
    :param current: all fields, in the same shape; None when there is no such client.
    :param state: present or absent.
    :param created: all fields as a new client would have them.
    """
    if state == "absent":
        return Plan("unchanged", {}, {}, {}) if current is None else Plan("deleted", {}, current, {})
    if current is None:
        return Plan("created", dict(desired), {}, created)
    changes = differences(desired, current, added)
    after = {option: _with_added(option, value, current, added) for option, value in changes.items()}
    return Plan("updated" if changes else "unchanged", changes, current, {**current, **after})


def differences(desired: Mapping[str, ClientValue], current: Mapping[str, ClientValue], added: Added = NOTHING_ADDED) -> ClientValues:
    """Return the desired values that differ; lists compare as sets, without entries that only the server added."""
    return {option: value for option, value in desired.items() if not _same(_with_added(option, value, current, added), current.get(option))}


def added_entries(desired: Mapping[str, ClientValue], current: Mapping[str, ClientValue], added: Added) -> list[str]:
    """Return what the server has added to the lists that are desired."""
    found = []
    for option, entries in added.items():
        wanted, listed = desired.get(option), current.get(option)
        if isinstance(wanted, list) and isinstance(listed, list):
            found += [entry for entry in listed if entry in entries and entry not in wanted]
    return found


def untold_options(desired: Mapping[str, ClientValue], current: Mapping[str, ClientValue]) -> list[str]:
    """Return the desired lists whose entries the server does not show."""
    return [option for option, value in desired.items() if isinstance(value, list) and not isinstance(current.get(option), list)]


def _with_added(option: str, wanted: ClientValue, current: Mapping[str, ClientValue], added: Added) -> ClientValue:
    if option not in added or not isinstance(wanted, list):
        return wanted
    return [*wanted, *added_entries({option: wanted}, current, {option: added[option]})]


def _same(wanted: ClientValue, found: ClientValue) -> bool:
    if isinstance(wanted, list):
        if isinstance(found, list):
            return sorted(set(wanted)) == sorted(set(found))
        # A server that only reports that there are entries contradicts a desired empty list.
        return found is not None and (found is not True or bool(wanted))
    return wanted == found
