# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Process many items in parallel: bounded, results in the given order, errors as data."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError

ItemT = TypeVar("ItemT")
ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Outcome(Generic[ValueT]):
    """The outcome of one item: a value or the error that stopped it."""

    value: ValueT | None = None
    error: VantageError | None = None

    def result(self) -> ValueT:
        """Return the value, or raise the error."""
        if self.error is not None:
            raise self.error
        # None is a value like any other.
        return cast("ValueT", self.value)


def run_each(items: Iterable[ItemT], work: Callable[[ItemT], ValueT], concurrency: int) -> list[Outcome[ValueT]]:
    """Return one outcome per item, in the order given.

    Only VantageError becomes data: any other exception is a bug and ends the run.

    :param concurrency: the most items in parallel.
    """
    return list(iter_each(items, work, concurrency))


def iter_each(items: Iterable[ItemT], work: Callable[[ItemT], ValueT], concurrency: int) -> Generator[Outcome[ValueT], None, None]:
    """Yield each outcome once it and all earlier ones are there; a caller that stops early closes the generator."""

    def attempt(item: ItemT) -> Outcome[ValueT]:
        try:
            return Outcome(value=work(item))
        except VantageError as exc:
            return Outcome(error=exc)

    listed = list(items)
    workers = min(concurrency, len(listed))
    if workers <= 1:
        yield from map(attempt, listed)
        return
    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            yield from pool.map(attempt, listed)
        finally:
            # After a time-out or Ctrl-C, items that have not started are not started.
            pool.shutdown(wait=False, cancel_futures=True)
