# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All workers slow down together and speed up again."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.http.throttle import Throttle
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def new_throttle(workers: int, clock: FakeClock) -> Throttle:
    return Throttle(workers, sleep=clock.sleep, monotonic=clock.monotonic)


def refuse(throttle: Throttle, clock: FakeClock, seconds: float = 5) -> None:
    """Refuse a request, and wait for the end of the pause, as the refused worker does."""
    throttle.slow_down(seconds)
    clock.sleep(seconds)


def test_each_refusal_halves_the_limit_down_to_one(clock: FakeClock) -> None:
    throttle = new_throttle(16, clock)
    limits = []

    for _refusal in range(6):
        refuse(throttle, clock)
        limits.append(throttle.limit)

    assert limits == [8, 4, 2, 1, 1, 1]


def test_refusals_during_one_pause_count_once(clock: FakeClock) -> None:
    throttle = new_throttle(16, clock)
    for _worker in range(16):
        throttle.slow_down(5)
    assert throttle.limit == 8


def test_each_full_round_of_successes_adds_one_until_all_work_again(clock: FakeClock) -> None:
    throttle = new_throttle(4, clock)
    refuse(throttle, clock)
    refuse(throttle, clock)
    limits = [throttle.limit]

    for _success in range(8):
        throttle.succeed()
        limits.append(throttle.limit)

    assert limits == [1, 2, 2, 3, 3, 3, 4, 4, 4]


def test_a_refusal_forgets_the_successes_before_it(clock: FakeClock) -> None:
    throttle = new_throttle(8, clock)
    refuse(throttle, clock)
    for _success in range(3):
        throttle.succeed()

    refuse(throttle, clock)

    assert throttle.limit == 2

    throttle.succeed()

    assert throttle.limit == 2

    throttle.succeed()

    assert throttle.limit == 3


def test_a_request_waits_until_the_longest_pause_is_over(clock: FakeClock) -> None:
    throttle = new_throttle(2, clock)
    throttle.slow_down(7)
    throttle.slow_down(3)
    before = clock.monotonic()

    with throttle.request():
        waited = clock.monotonic() - before

    assert waited == 7
    assert clock.waits == [7]


def test_without_refusals_no_request_waits(clock: FakeClock) -> None:
    throttle = new_throttle(2, clock)

    for _request in range(10):
        with throttle.request():
            pass
        throttle.succeed()

    assert clock.waits == []
    assert throttle.limit == 2


def test_no_more_requests_than_the_limit_are_under_way(clock: FakeClock) -> None:
    throttle = new_throttle(4, clock)
    refuse(throttle, clock)
    under_way, most, done = 0, 0, 0
    lock = threading.Lock()
    together = threading.Barrier(2, timeout=10)

    def work() -> None:
        nonlocal under_way, most, done
        with throttle.request():
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


def test_an_error_frees_the_place_of_its_request(clock: FakeClock) -> None:
    throttle = new_throttle(1, clock)
    for _request in range(3):
        with pytest.raises(ZeroDivisionError), throttle.request():
            raise ZeroDivisionError

    with throttle.request():
        pass


def test_there_is_always_one_place(clock: FakeClock) -> None:
    assert new_throttle(0, clock).limit == 1
