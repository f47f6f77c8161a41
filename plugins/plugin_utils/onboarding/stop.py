# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Stop a run cleanly: what the tenant has already made is still delivered, and nothing new is started."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType
from typing import Any, ClassVar, Generic, TypeVar

T = TypeVar("T")
# Ctrl-C, an ended job, a closed terminal.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The time-out of a task: its handler raises an exception, which must wait until the run has settled.
TIME_OUT = signal.SIGALRM
# How long a stopped run may take to finish what it has started. Ansible-core ends its workers ten seconds after Ctrl-C.
SETTLE_SECONDS = 10.0
LOOK_SECONDS = 0.2


class Stop:
    """Whether a run should stop: after a signal, after a time-out, or because its parent process is gone."""

    def __init__(self) -> None:
        # A plain attribute: with the lock of an event, a signal handler interrupted by a second signal would deadlock.
        self._is_asked = False
        self._parent = waiting_process()
        self._signal: int | None = None
        self._timed_out = False

    def ask(self) -> None:
        """Start nothing new."""
        self._is_asked = True

    def go_on(self) -> bool:
        """Return whether anything new may be started."""
        return not self._is_asked and not self.is_orphaned()

    def is_orphaned(self) -> bool:
        """Return whether the parent process is gone; its id is compared with that at the start."""
        return os.getppid() != self._parent

    def is_read(self) -> bool:
        """Return whether output is still read; ansible-core stops reading when it ends by a signal, and a full pipe blocks forever."""
        return self._signal is None and not self.is_orphaned()

    def sleep(self, seconds: float) -> None:
        """Wait, unless the run was stopped."""
        until = time.monotonic() + seconds
        while not self._is_asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Treat signals as a request to stop during the run; a time-out is passed on afterwards.

        Only the main thread may do so; a signal that was ignored at the start, as with nohup, stays ignored.
        """
        numbers = (*SIGNALS, TIME_OUT) if in_main_thread() else ()
        taken = [number for number in numbers if signal.getsignal(number) not in (signal.SIG_IGN, None)]
        former = {number: signal.signal(number, self._take) for number in taken}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
            if self._timed_out:
                signal.raise_signal(TIME_OUT)

    def pass_on(self) -> None:
        """Send this process the signal again, for its original handler; usually that ends the process."""
        if self._signal is not None:
            os.kill(os.getpid(), self._signal)

    def _take(self, number: int, _frame: FrameType | None) -> None:
        if number == TIME_OUT:
            self._timed_out = True
        else:
            self._signal = self._signal or number
        self.ask()


class Work(Generic[T]):
    """Does work in a second thread, since signals and time-outs reach only the main thread."""

    # After a time-out, `until` and loops continue in the same process, but only once this work is done.
    _unsettled: ClassVar[Future[Any] | None] = None

    def __init__(self, do: Callable[[], T], stop: Stop) -> None:
        self._do = do
        self._stop = stop
        self._future: Future[T] | None = None

    def wait(self) -> None:
        """Do the work, and return when it is done, or when it was stopped and had time to settle.

        An exception that interrupted the main thread is raised afterwards.
        """
        with self._stop.on_signals():
            while Work._unsettled and not Work._unsettled.done() and self._stop.go_on():
                wait([Work._unsettled], LOOK_SECONDS)
            pool = ThreadPoolExecutor(max_workers=1)
            Work._unsettled = self._future = future = pool.submit(self._do)
            pool.shutdown(wait=False)
            try:
                while not future.done() and self._stop.go_on():
                    wait([future], LOOK_SECONDS)
            finally:
                try:
                    self._stop_and_settle(future)
                finally:
                    if not future.done():
                        leave_threads_behind()

    @property
    def is_done(self) -> bool:
        """Whether the work has ended, successfully or not."""
        return self._future is not None and self._future.done()

    def result(self) -> T:
        """Return the work's result, or raise its exception; only when it is done."""
        if self._future is None:
            raise RuntimeError("The work was not started.")
        return self._future.result()

    def _stop_and_settle(self, future: Future[T]) -> None:
        """Let the work settle, up to the time limit."""
        until = time.monotonic() + SETTLE_SECONDS
        while not future.done() and time.monotonic() < until:
            self._stop.ask()
            wait([future], LOOK_SECONDS)


def waiting_process() -> int:
    """Return the id of the parent process, even if it is gone."""
    parent = multiprocessing.parent_process()
    return os.getppid() if parent is None or parent.pid is None else parent.pid


def in_main_thread() -> bool:
    """Return whether this is the thread that may handle signals."""
    return threading.current_thread() is threading.main_thread()


def leave_threads_behind() -> None:
    """Let a worker of ansible-core end after its result, rather than after the last request in a thread."""
    # Python calls these before it joins threads, the last one first. What multiprocessing itself offers for its end comes later since Python 3.13.
    register = getattr(threading, "_register_atexit", None)
    if register and multiprocessing.parent_process() is not None:
        register(os._exit, 0)
