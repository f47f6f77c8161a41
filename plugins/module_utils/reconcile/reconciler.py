# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""What the runner asks of a reconciler: read and plan, then either predict or carry out. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api


class Planned(NamedTuple):
    """One item with its plan, or with the error that kept it from having one.

    :param item: what the user wants, in the job's own shape.
    :param name: how messages call it.
    :param plan: the plan, in the job's own shape; with action, changed, before and after.
    :param seen: what was read of it, as the job needs it to carry the plan out.
    :param fresh: whether it was read singly just now, rather than from a list.
    """

    item: Any
    name: str
    plan: Any = None
    seen: Any = None
    fresh: bool = False
    error: VantageError | None = None


class Reconciler(Protocol):
    """What one task asks for. Made from the module's parameters; raises ConfigError at once for what is wrong offline."""

    actions: tuple[str, ...]
    noun: str
    single: bool
    concurrency: int
    warnings: list[str]

    def prepare(self, api: Api) -> list[Planned]:
        """Read, never write, and return one plan per item in the order given."""

    def predict(self, planned: Planned) -> dict[str, Any]:
        """Return the result that the plan promises, without any request."""

    def carry_out(self, api: Api, planned: Planned) -> dict[str, Any]:
        """Write what the plan says and return the result."""

    def answer(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the keys that the module's answer has beside results and summary."""
