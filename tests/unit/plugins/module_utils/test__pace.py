# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All workers slow down together and speed up again."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils._pace import Pace
from ansible_collections.abbyy.vantage.tests.unit.in_process import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def new_pace(workers: int, clock: FakeClock) -> Pace:
    return Pace(workers, sleep=clock.sleep, monotonic=clock.monotonic)


def refuse(pace: Pace, clock: FakeClock, seconds: float = 5) -> None:
    """Be refused, and wait for the end of the pause as the worker does that was refused."""
    pace.slow_down(seconds)
    clock.sleep(seconds)


def test_each_refusal_halves_the_pace_down_to_one(clock: FakeClock) -> None:
    pace = new_pace(16, clock)
    limits = []
    for _refusal in range(6):
        refuse(pace, clock)
        limits.append(pace.limit)
    assert limits == [8, 4, 2, 1, 1, 1]


def test_refusals_during_one_pause_count_once(clock: FakeClock) -> None:
    pace = new_pace(16, clock)
    for _worker in range(16):
        pace.slow_down(5)
    assert pace.limit == 8


def test_each_full_round_of_successes_adds_one_until_all_work_again(clock: FakeClock) -> None:
    pace = new_pace(4, clock)
    refuse(pace, clock)
    refuse(pace, clock)
    assert pace.limit == 1
    limits = []
    for _success in range(8):
        pace.succeed()
        limits.append(pace.limit)
    assert limits == [2, 2, 3, 3, 3, 4, 4, 4]


def test_a_refusal_forgets_the_successes_before_it(clock: FakeClock) -> None:
    pace = new_pace(8, clock)
    refuse(pace, clock)
    for _success in range(3):
        pace.succeed()
    refuse(pace, clock)
    assert pace.limit == 2
    pace.succeed()
    assert pace.limit == 2
    pace.succeed()
    assert pace.limit == 3


def test_nobody_sends_before_the_pause_is_over(clock: FakeClock) -> None:
    pace = new_pace(2, clock)
    pace.slow_down(7)
    pace.slow_down(3)
    before = clock.monotonic()
    with pace.slot():
        assert clock.monotonic() - before == 7
    assert clock.waits == [7]


def test_without_refusals_nobody_waits(clock: FakeClock) -> None:
    pace = new_pace(2, clock)
    for _request in range(10):
        with pace.slot():
            pass
        pace.succeed()
    assert clock.waits == []
    assert pace.limit == 2


def test_no_more_than_the_limit_are_under_way(clock: FakeClock) -> None:
    pace = new_pace(4, clock)
    refuse(pace, clock)
    under_way, most, done = 0, 0, 0
    lock = threading.Lock()
    together = threading.Barrier(2, timeout=10)

    def work() -> None:
        nonlocal under_way, most, done
        with pace.slot():
            with lock:
                under_way += 1
                most = max(most, under_way)
            together.wait()
            with lock:
                under_way -= 1
                done += 1

    threads = [threading.Thread(target=work) for _worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert done == 8
    assert most == 2


def test_a_place_is_given_back_after_an_error(clock: FakeClock) -> None:
    pace = new_pace(1, clock)
    for _request in range(3):
        with pytest.raises(ZeroDivisionError), pace.slot():
            raise ZeroDivisionError
    with pace.slot():
        pass


def test_there_is_always_one_place(clock: FakeClock) -> None:
    assert new_pace(0, clock).limit == 1
