# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is stopped settles what it has begun, and nothing waits for longer than that."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding import stop as stopping
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.stop import SIGNALS, Stop, Work, leave_threads_behind
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import FakeClock


class TimeIsUp(BaseException):
    """As ansible-core's own, which no handler of errors catches."""


@contextmanager
def handled_by(number: int, handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    """Handle a signal in this way for a while."""
    former = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, former)


@contextmanager
def alarms(first: float, again: float = 0.0) -> Iterator[None]:
    """Let the time be up after so many seconds, once or again and again."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TimeIsUp

    with handled_by(signal.SIGALRM, ring):
        signal.setitimer(signal.ITIMER_REAL, first, again)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


SETTLE = partial(time.sleep, 0.3)


def settling(stop: Stop, done: list[str], settle: Callable[[], object] = SETTLE) -> Callable[[], str]:
    """Return work that goes on until it is stopped, and needs some time to settle then."""

    def work() -> str:
        while stop.go_on():
            time.sleep(0.01)
        settle()
        done.append("settled")
        return "result"

    return work


def test_the_result_comes_back() -> None:
    work = Work(lambda: "result", Stop())

    work.wait()

    assert work.is_done
    assert work.result() == "result"


def test_every_error_comes_back() -> None:
    bug = Work(lambda: 1 // 0, Stop())
    bug.wait()

    with pytest.raises(ZeroDivisionError):
        bug.result()


def test_work_that_was_not_begun_has_no_result() -> None:
    work = Work(lambda: "result", Stop())

    assert not work.is_done
    with pytest.raises(RuntimeError, match="not started"):
        work.result()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_lets_the_work_settle_and_is_passed_on(number: int) -> None:
    taken: list[int] = []
    done: list[str] = []
    with handled_by(number, lambda number, _frame: taken.append(number)):
        stop = Stop()
        settle = settling(stop, done)

        def interrupted() -> str:
            os.kill(os.getpid(), number)
            return settle()

        work = Work(interrupted, stop)

        work.wait()

        assert (done, taken) == (["settled"], [])
        assert not stop.is_read()
        assert work.result() == "result"

        stop.pass_on()

        assert taken == [number]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_that_comes_twice_is_passed_on_once(number: int) -> None:
    taken: list[int] = []
    with handled_by(number, lambda number, _frame: taken.append(number)):
        stop = Stop()

        with stop.on_signals():
            for _time in range(2):
                signal.raise_signal(number)

        assert (stop.go_on(), taken) == (False, [])

        stop.pass_on()

        assert taken == [number]


def test_without_a_signal_nothing_is_passed_on() -> None:
    stop = Stop()

    Work(lambda: None, stop).wait()

    assert stop.is_read()

    with handled_by(signal.SIGTERM, lambda *_args: pytest.fail("a signal was sent")):
        stop.pass_on()


def exit_code_of(code: str) -> int:
    """Run code in a Python of its own, and return its exit code."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, "-c", code], check=False, timeout=60, env=env).returncode


# Sends SIGTERM at the n-th line that Python executes while SIGINT is handled.
SECOND_SIGNAL = """
import signal, sys, threading
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.stop import Stop

def send(_frame, event, _argument):
    lines[0] -= event == "line"
    if lines[0] == 0:
        lines[0] = -1
        signal.raise_signal(signal.SIGTERM)
    return send

# What a shell runs in the background ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)
for number in range(1, 60):
    stop, lines = Stop(), [number]
    with stop.on_signals():
        sys.settrace(send)
        signal.raise_signal(signal.SIGINT)
        sys.settrace(None)
        assert not stop.go_on()
"""


def test_a_second_signal_may_come_at_any_moment_of_the_first() -> None:
    """Ansible-core sends its workers SIGTERM as soon as somebody has pressed Ctrl-C."""
    assert exit_code_of(SECOND_SIGNAL) == 0


def test_an_ignored_signal_stays_ignored() -> None:
    with handled_by(signal.SIGHUP, signal.SIG_IGN):
        stop = Stop()

        with stop.on_signals():
            os.kill(os.getpid(), signal.SIGHUP)

        assert stop.go_on()


def test_handlers_are_as_before() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]

    with Stop().on_signals():
        meanwhile = [signal.getsignal(number) for number in SIGNALS]
    after = [signal.getsignal(number) for number in SIGNALS]

    assert meanwhile != before
    assert after == before


def test_any_thread_may_run_it() -> None:
    """A strategy may run its tasks in threads, which must not touch signals."""
    found: list[str] = []

    def run() -> None:
        work = Work(lambda: "result", Stop())
        work.wait()
        found.append(work.result())

    thread = threading.Thread(target=run)

    thread.start()
    thread.join(10)

    assert found == ["result"]


@pytest.mark.parametrize("again", [0.0, 0.1])
def test_a_time_out_is_raised_when_the_work_has_settled(again: float) -> None:
    done: list[str] = []
    stop = Stop()
    work = Work(settling(stop, done, partial(time.sleep, 0.5)), stop)

    with alarms(0.1, again), pytest.raises(TimeIsUp):
        work.wait()

    assert done == ["settled"]
    assert work.result() == "result"


def test_there_is_only_so_much_time_to_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "SETTLE_SECONDS", 0.2)
    monkeypatch.setattr(stopping, "LOOK_SECONDS", 0.05)
    done: list[str] = []
    stop = Stop()
    let_go = threading.Event()
    work = Work(settling(stop, done, let_go.wait), stop)

    with alarms(0.1), pytest.raises(TimeIsUp):
        work.wait()

    # It has waited no longer, since the work cannot be done yet.
    assert not work.is_done

    let_go.set()
    following = Work(lambda: list(done), Stop())
    following.wait()

    # What comes next in this process does not begin before the work has settled.
    assert following.result() == ["settled"]


def test_work_ends_when_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    stop = Stop()
    work = Work(settling(stop, done), stop)

    assert not stop.is_orphaned()

    # Whoever adopts it need not be the first of all processes.
    threading.Timer(0.1, monkeypatch.setattr, (os, "getppid", lambda: 4711)).start()
    work.wait()

    assert stop.is_orphaned()
    assert not stop.go_on()
    assert not stop.is_read()
    assert done == ["settled"]


def test_a_stopped_run_does_not_sleep() -> None:
    stop = Stop()
    stop.ask()
    begun = time.monotonic()

    stop.sleep(3600)

    assert time.monotonic() - begun < 1800


@pytest.mark.parametrize(("seconds", "naps"), [(0.5, [0.2, 0.2, 0.1]), (0.1, [0.1]), (0, [])])
def test_a_pause_is_as_long_as_it_is_to_be(monkeypatch: pytest.MonkeyPatch, seconds: float, naps: list[float]) -> None:
    clock = FakeClock()
    with monkeypatch.context() as patched:
        patched.setattr(time, "monotonic", clock.monotonic)
        patched.setattr(time, "sleep", clock.sleep)
        Stop().sleep(seconds)

    assert clock.waits == pytest.approx(naps)


def test_a_pause_ends_soon_after_the_run_was_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Stop()
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        stop.ask()

    with monkeypatch.context() as patched:
        patched.setattr(time, "sleep", nap)
        stop.sleep(60)

    assert naps == [stopping.LOOK_SECONDS]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_worker_does_not_wait_for_a_thread_that_hangs() -> None:
    hangs = threading.Event()

    def work() -> None:
        threading.Thread(target=hangs.wait).start()
        leave_threads_behind()

    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    worker.join(30)
    try:
        assert worker.exitcode == 0
    finally:
        worker.kill()


# Its parent is no process of multiprocessing, whose workers alone end by a result.
OWN_PROCESS = """
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.stop import leave_threads_behind

leave_threads_behind()
raise SystemExit(3)
"""


def test_a_process_that_is_no_worker_ends_as_it_likes() -> None:
    assert exit_code_of(OWN_PROCESS) == 3
