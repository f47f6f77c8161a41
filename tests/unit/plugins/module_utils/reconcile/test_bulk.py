# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many items at once."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import run_each


@pytest.mark.parametrize("concurrency", [1, 3, 64])
def test_results_come_in_the_order_given_and_errors_are_data(concurrency: int) -> None:
    def work(number: int) -> int:
        if number % 4 == 3:
            raise ConfigError(f"no {number}")
        return number * 10

    outcomes = run_each(range(20), work, concurrency)

    assert [outcome.value for outcome in outcomes] == [None if number % 4 == 3 else number * 10 for number in range(20)]
    assert [outcome.error and outcome.error.message for outcome in outcomes] == [f"no {number}" if number % 4 == 3 else None for number in range(20)]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_any_other_exception_is_a_bug_and_ends_the_run(concurrency: int) -> None:
    with pytest.raises(ZeroDivisionError):
        run_each([1, 0, 2], lambda number: 1 / number, concurrency)


def test_no_items_are_no_outcomes() -> None:
    assert run_each([], lambda item: item, 8) == []


@pytest.mark.parametrize("concurrency", [2, 3])
def test_exactly_as_many_items_as_asked_for_run_at_once(concurrency: int) -> None:
    items = range(concurrency * 6)
    under_way, most = 0, 0
    threads: set[int] = set()
    lock = threading.Lock()
    together = threading.Barrier(concurrency, timeout=10)

    def work(_item: int) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
            threads.add(threading.get_ident())
        # Passes only when so many are here at the same time.
        together.wait()
        with lock:
            under_way -= 1

    outcomes = run_each(items, work, concurrency)

    assert [outcome.error for outcome in outcomes] == [None] * len(items)
    assert most == concurrency
    assert len(threads) == concurrency


def test_a_single_item_stays_in_the_calling_thread() -> None:
    (outcome,) = run_each([1], lambda _item: threading.get_ident(), 8)

    assert outcome.value == threading.get_ident()


def test_an_error_keeps_its_attributes() -> None:
    def work(_item: int) -> None:
        raise VantageError("in doubt", in_doubt=True)

    (outcome,) = run_each([1], work, 1)

    assert outcome.error is not None
    assert outcome.error.in_doubt
