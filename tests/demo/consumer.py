# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An application that uses a secret all the time, as its team would write it: read the store, log in, again and again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.demo.stage import Stage

PAUSE = 0.1


class Consumer:
    """Log in with one secret for as long as a `with` block lasts.

    :ivar logins: how often it has logged in.
    :ivar failures: how often that was refused.
    """

    def __init__(self, stage: Stage, name: str) -> None:
        self.logins = 0
        self.failures = 0
        self._stage = stage
        self._client_id = name.partition("/")[0]
        self._name = name
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Consumer:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(PAUSE):
            value = self._stage.held("contoso")[self._name].value
            self.logins += 1
            self.failures += not self._stage.works(self._client_id, value)
