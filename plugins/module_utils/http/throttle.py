# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Slow all workers down together when the server asks for it, and speed up again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Throttle:
    """Limits the requests in flight: half as many after each refusal, one more after each full round of successes.

    :param workers: maximum number of parallel requests.
    :param sleep: waits so many seconds.
    :param monotonic: seconds of a clock that never jumps.
    """

    def __init__(self, workers: int, *, sleep: Callable[[float], None] = time.sleep, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most = max(1, workers)
        self.limit = self._most
        self._under_way = 0
        self._successes = 0
        self._resume_at = 0.0
        self._free = threading.Condition()
        self._sleep = sleep
        self._monotonic = monotonic

    @contextmanager
    def request(self) -> Iterator[None]:
        """Hold a slot while a request is in flight; wait for a slot and for the end of a common pause."""
        self._enter()
        try:
            yield
        finally:
            with self._free:
                self._under_way -= 1
                self._free.notify()

    def slow_down(self, seconds: float) -> None:
        """Pause all requests for so many seconds, then continue at half the pace."""
        with self._free:
            now = self._monotonic()
            # Refusals that arrive during a pause belong to requests sent before it, so they do not halve the limit again.
            if now >= self._resume_at:
                self.limit = max(1, self.limit // 2)
            self._successes = 0
            self._resume_at = max(self._resume_at, now + seconds)

    def succeed(self) -> None:
        """Count a response that was not a refusal."""
        if self.limit >= self._most:
            return
        with self._free:
            self._successes += 1
            if self._successes >= self.limit:
                self._successes = 0
                self.limit = min(self._most, self.limit + 1)
                self._free.notify()

    def _enter(self) -> None:
        while True:
            with self._free:
                pause = self._resume_at - self._monotonic()
                if pause <= 0:
                    if self._under_way < self.limit:
                        self._under_way += 1
                        return
                    self._free.wait()
                    continue
            self._sleep(pause)
