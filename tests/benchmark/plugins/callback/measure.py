# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write down how long each task of a run took, and how much of its answers the callbacks, and so AWX, got to see."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: measure
type: aggregate
short_description: Write one line of JSON per task to the file BENCHMARK_TASKS
description: A task lasts until the next one begins; loops are one task.
"""


class CallbackModule(CallbackBase):
    """Append one line per task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "measure"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._task: dict[str, Any] | None = None
        self._started = 0.0

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._finish()
        self._task, self._started = {"task": task.get_name(), "action": task.action, "bytes": 0}, time.monotonic()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._weigh(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._weigh(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._weigh(result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._weigh(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._finish()

    def _weigh(self, result: Any) -> None:
        if self._task is not None:
            self._task["bytes"] = max(self._task["bytes"], len(json.dumps(result._result, default=str)))

    def _finish(self) -> None:
        if self._task is not None:
            line = json.dumps({**self._task, "seconds": time.monotonic() - self._started})
            with open(os.environ["BENCHMARK_TASKS"], "a", encoding="utf-8") as stream:
                stream.write(line + "\n")
        self._task = None
