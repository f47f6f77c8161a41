# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""End a run in good order when somebody stops it: what the tenant has made already is still delivered, and nothing new is begun."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Generic, TypeVar

T = TypeVar("T")
SIGNALS = (signal.SIGINT, signal.SIGTERM)
# How long a stopped run may take to settle what it has begun.
SETTLE_SECONDS = 10.0
LOOK_SECONDS = 0.2


class Stop:
    """Whether a run was asked to end: by a signal, by a time-out, or because the process that waits for it is gone."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._parent = os.getppid()

    def ask(self) -> None:
        """Let nothing new be begun."""
        self._asked.set()

    def go_on(self) -> bool:
        """Return whether anything new may be begun."""
        return not self._asked.is_set() and not self.is_orphaned()

    def is_orphaned(self) -> bool:
        """Return whether nobody waits for the run any more; its parent may be any process, so it is compared with itself."""
        return os.getppid() != self._parent

    def sleep(self, seconds: float) -> None:
        """Wait, but not for a run that was stopped."""
        self._asked.wait(seconds)

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Take signals for a wish to end, as long as the run lasts; only in the main thread, which alone gets them."""
        former = {number: signal.signal(number, self._take) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        self.ask()


class Worker(threading.Thread, Generic[T]):
    """Do the work beside the main thread, which alone is met by signals and by the time-out of a task.

    :ivar result: what the work returned.
    :ivar error: what it raised instead.
    """

    def __init__(self, work: Callable[[], T], errors: type[Exception]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._errors = errors
        self.result: T | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        """Work."""
        try:
            self.result = self._work()
        except self._errors as exc:
            self.error = exc


def run_stoppable(work: Callable[[], T], stop: Stop, errors: type[Exception]) -> T | None:
    """Return what the work returns; None when it was stopped and could not settle in time, or ended by a bug.

    Whatever interrupts the main thread, such as the time-out of a task, goes on from here once the work has settled.

    :param errors: what the work may raise, which is raised again here.
    """
    worker = Worker(work, errors)
    with stop.on_signals():
        worker.start()
        try:
            while worker.is_alive() and stop.go_on():
                worker.join(LOOK_SECONDS)
        finally:
            if worker.is_alive():
                stop.ask()
                worker.join(SETTLE_SECONDS)
    if worker.error is not None:
        raise worker.error
    return worker.result
