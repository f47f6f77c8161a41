# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Say what a reader should know of a tenant before trusting its rows: clocks that differ, and apps that the report cannot know. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

NOTABLE = timedelta(minutes=1)
WHERE_APPS_ARE = (
    "The report reads app_onboarding_apps and app_onboarding_source from the inventory and from -e; it does not see what a play sets in its own vars. "
    "Move the apps to the inventory, or give the same variables to the playbook abbyy.vantage.report."
)
ALL_UNMANAGED = f"No client is declared or in the store, so all of them look unmanaged. {WHERE_APPS_ARE}"
NOTHING_KNOWN = f"No apps and no store are known, so the report cannot say what renews itself or is unmanaged. {WHERE_APPS_ARE}"
ONLY_THE_STORE = f"No apps are known, so a client counts as declared if the store holds a secret of it. {WHERE_APPS_ARE}"


def notes_from_report(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the notes, each with the names of the tenants that it is true of."""
    managed = {(client["tenant"], client["managed"]) for client in report["clients"]}
    found: dict[str, list[str]] = {}
    for tenant in report["tenants"]:
        if tenant["problem"] is None:
            for note in _notes_of_tenant(tenant, {its for name, its in managed if name == tenant["name"]}):
                found.setdefault(note, []).append(tenant["name"])
    return [{"text": text, "tenants": ", ".join(names)} for text, names in found.items()]


def _notes_of_tenant(tenant: Mapping[str, Any], managed: set[bool | None]) -> Iterable[str]:
    """Yield the notes of one tenant.

    :param managed: what its clients are: managed, not managed, or not known.
    """
    clock = _clock_note(tenant["clock_difference"])
    if clock:
        yield clock
    # A warning says already that apps or store could not be read.
    if not managed or tenant["warnings"]:
        return
    if managed == {False}:
        yield ALL_UNMANAGED
    elif managed == {None}:
        yield NOTHING_KNOWN
    elif not tenant["apps_known"]:
        yield ONLY_THE_STORE


def _clock_note(seconds: int | None) -> str:
    """Return a sentence where the clocks differ by a minute or more; empty otherwise."""
    if seconds is None or abs(timedelta(seconds=seconds)) < NOTABLE:
        return ""
    side = "ahead of" if seconds > 0 else "behind"
    difference = f"{_time_in_words(abs(seconds))} {side} the clock of the machine that made this report"
    return f"The tenant's clock is {difference}. The tenant's clock decides what is due."


def _time_in_words(seconds: int) -> str:
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        # Two of a unit at least, so that a rounded number does not mislead.
        if seconds >= 2 * size or word == "minute":
            count = round(seconds / size)
            return f"{count} {word}{'' if count == 1 else 's'}"
    return ""
