# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Decide by the argument specs which arguments and results of a task may be shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from ansible_collections.abbyy.vantage.plugins.module_utils.http.address import without_password

Spec = Mapping[str, Mapping[str, Any]]
# The mask of ansible-core.
MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# The entries of these lists have options, or secrets, of their own.
ENTRIES = ("dict", "raw")


class Task(Protocol):
    """What an action knows of its task."""

    args: Any


class TaskArguments:
    """Lends actions the real arguments of their tasks, which keep masked ones: ansible-core prints the arguments of a finished task.

    `until` runs a task again with a new action, which finds the masked ones.
    """

    def __init__(self) -> None:
        self._masked: Any = None
        self._true: Any = None

    @contextmanager
    def of(self, task: Task, mask: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the real arguments, and always leave masked ones, even after an unreachable host or a time-out.

        :param mask: returns the masked arguments.
        """
        args = self._true if self._masked is not None and task.args is self._masked else task.args
        try:
            yield args
        finally:
            task.args = self._masked = mask(args)
            self._true = args


def masked_args(args: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Return the arguments with a mask in place of each secret, and lists of entries as their count.

    :param args: the task's arguments before the spec is applied.
    """
    return {name: _masked(value, spec.get(name)) for name, value in args.items()}


def holds_secret(result: Any, names: Collection[str]) -> bool:
    """Return whether a result contains one of these return values."""
    if isinstance(result, Mapping):
        return any((key in names and bool(value)) or holds_secret(value, names) for key, value in result.items() if key != "invocation")
    return isinstance(result, list) and any(holds_secret(entry, names) for entry in result)


def _masked(value: Any, option: Mapping[str, Any] | None) -> Any:
    if value is None:
        return None
    if option is None:
        # A misspelt auth_client_secret still holds a secret.
        return MASK
    if option.get("no_log"):
        return MASK
    if _has_entries(option):
        return len(value) if isinstance(value, list) else MASK
    if option.get("options"):
        return masked_args(value, option["options"]) if isinstance(value, Mapping) else MASK
    return without_password_in_address(value)


def without_password_in_address(value: Any) -> Any:
    """Return the value of an option that is not secret; without user and password if it is an address with them, which is refused later."""
    return without_password(value) if isinstance(value, str) and "://" in value else value


def _has_entries(option: Mapping[str, Any]) -> bool:
    return option.get("type") == "list" and option.get("elements") in ENTRIES
