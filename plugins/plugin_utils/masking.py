# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Say what of a task's arguments and results may be shown, by the argument specs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from ansible_collections.abbyy.vantage.plugins.module_utils.http.address import without_password

Spec = Mapping[str, Mapping[str, Any]]
# As ansible-core writes it.
MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# Entries of such lists have options, or secrets, of their own.
ENTRIES = ("dict", "raw")


class Task(Protocol):
    """What an action knows of its task."""

    args: Any


class TaskArguments:
    """Lends actions the true arguments of their tasks, which keep masked ones: ansible-core prints what a task leaves behind.

    `until` runs one task again, each time by a new action, which finds the masked ones there.
    """

    def __init__(self) -> None:
        self._masked: Any = None
        self._true: Any = None

    @contextmanager
    def of(self, task: Task, mask: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the true arguments, and leave masked ones in every case: an unreachable host and a time-out are exceptions.

        :param mask: returns the arguments as they may be shown.
        """
        args = self._true if self._masked is not None and task.args is self._masked else task.args
        try:
            yield args
        finally:
            task.args = self._masked = mask(args)
            self._true = args


def masked_args(args: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Return the arguments with a mask in place of each secret, and lists of entries as their count.

    :param args: as a task has them, before the spec has been applied.
    """
    return {name: _masked(value, spec.get(name)) for name, value in args.items()}


def holds_secret(result: Any, names: Collection[str]) -> bool:
    """Return whether one of these return values is anywhere in a result."""
    if isinstance(result, Mapping):
        return any((key in names and bool(value)) or holds_secret(value, names) for key, value in result.items() if key != "invocation")
    return isinstance(result, list) and any(holds_secret(entry, names) for entry in result)


def _masked(value: Any, option: Mapping[str, Any] | None) -> Any:
    if value is None:
        return None
    if option is None:
        # A misspelt auth_client_secret holds a secret all the same.
        return MASK
    if option.get("no_log"):
        return MASK
    if _has_entries(option):
        return len(value) if isinstance(value, list) else MASK
    if option.get("options"):
        return masked_args(value, option["options"]) if isinstance(value, Mapping) else MASK
    return without_password_in_address(value)


def without_password_in_address(value: Any) -> Any:
    """Return the value of an option that is no secret; of an address with a user and a password, which is refused later, only the address."""
    return without_password(value) if isinstance(value, str) and "://" in value else value


def _has_entries(option: Mapping[str, Any]) -> bool:
    return option.get("type") == "list" and option.get("elements") in ENTRIES
