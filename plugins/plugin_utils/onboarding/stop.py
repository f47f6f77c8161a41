# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""End a run in good order when somebody stops it: what the tenant has made already is still delivered, and nothing new is begun."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing.util import Finalize
from types import FrameType
from typing import Any, ClassVar, Generic, TypeVar

T = TypeVar("T")
# Ctrl-C, an ended job, a closed terminal.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The time-out of a task: its handler raises an exception, which is to wait until the run has settled.
TIME_OUT = signal.SIGALRM
# How long a stopped run may take to settle what it has begun. Ansible-core ends its workers ten seconds after Ctrl-C.
SETTLE_SECONDS = 10.0
LOOK_SECONDS = 0.2


class Stop:
    """Whether a run was asked to end: by a signal, by a time-out, or because the process that waits for it is gone."""

    def __init__(self) -> None:
        # A plain attribute: a handler of a signal that met a second one would wait for ever for the lock of an event.
        self._is_asked = False
        self._parent = waiting_process()
        self._signal: int | None = None
        self._timed_out = False

    def ask(self) -> None:
        """Let nothing new be begun."""
        self._is_asked = True

    def go_on(self) -> bool:
        """Return whether anything new may be begun."""
        return not self._is_asked and not self.is_orphaned()

    def is_orphaned(self) -> bool:
        """Return whether nobody waits for the run any more; its parent may be any process, so it is compared with itself."""
        return os.getppid() != self._parent

    def is_read(self) -> bool:
        """Return whether anybody reads what is shown; ansible-core stops reading at once when it ends by a signal, and a full pipe blocks for ever."""
        return self._signal is None and not self.is_orphaned()

    def sleep(self, seconds: float) -> None:
        """Wait, but not for a run that was stopped."""
        until = time.monotonic() + seconds
        while not self._is_asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Take signals for a wish to end, as long as the run lasts; a time-out is passed on after that.

        Only the main thread may do so; and whoever starts Ansible with a signal ignored, as nohup does, does not want it to end by that.
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
        """Send this process the signal that has asked, for the one who would have got it without this run; most often, that ends the process."""
        if self._signal is not None:
            os.kill(os.getpid(), self._signal)

    def _take(self, number: int, _frame: FrameType | None) -> None:
        if number == TIME_OUT:
            self._timed_out = True
        else:
            self._signal = self._signal or number
        self.ask()


class Work(Generic[T]):
    """Do work beside the main thread, which alone is met by signals and by the time-out of a task."""

    # Of a task that timed out: `until` and loops go on in the same process, but not before it is done.
    _unsettled: ClassVar[Future[Any] | None] = None

    def __init__(self, do: Callable[[], T], stop: Stop) -> None:
        self._do = do
        self._stop = stop
        self._future: Future[T] | None = None

    def wait(self) -> None:
        """Do the work, and return when it is done, or was stopped and has had its time to settle.

        Whatever interrupts the main thread goes on from here then.
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
        """Whether the work has come to its end, well or not."""
        return self._future is not None and self._future.done()

    def result(self) -> T:
        """Return what the work has returned, or raise what it has raised; only when it is done."""
        if self._future is None:
            raise RuntimeError("The work was not begun.")
        return self._future.result()

    def _stop_and_settle(self, future: Future[T]) -> None:
        """Let the work settle, for as long as that may take."""
        until = time.monotonic() + SETTLE_SECONDS
        while not future.done() and time.monotonic() < until:
            self._stop.ask()
            wait([future], LOOK_SECONDS)


def waiting_process() -> int:
    """Return the id of the process that waits for this one, also if it is gone by now."""
    parent = multiprocessing.parent_process()
    return os.getppid() if parent is None or parent.pid is None else parent.pid


def in_main_thread() -> bool:
    """Return whether this is the thread that may handle signals."""
    return threading.current_thread() is threading.main_thread()


def leave_threads_behind() -> None:
    """Let a worker of ansible-core end when it has handed in its result, rather than when the last request in a thread was answered."""
    if multiprocessing.parent_process() is not None:
        Finalize(None, os._exit, args=(0,), exitpriority=0)
