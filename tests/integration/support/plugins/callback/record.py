# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record the events of a run that callbacks see, which AWX stores, and the requests of each task."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible import constants
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: record
type: aggregate
short_description: Write the events of a run to the file RECORD_EVENTS
description: One JSON object per line. With RECORD_JOURNAL, the requests that reached the emulator since the last event are in it.
"""


class CallbackModule(CallbackBase):
    """Append one line per event."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._journal_seen = 0

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record("failed", result, ignored=ignore_errors)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._record("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record("unreachable", result)

    def v2_runner_retry(self, result: Any) -> None:
        self._record("retry", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._record("item_ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._record("item_failed", result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        hosts = {host: stats.summarize(host) for host in stats.processed}
        self._write({"event": "stats", "hosts": hosts, "artifacts": {host: dict(values) for host, values in stats.custom.items()}})

    def _record(self, event: str, result: Any, **more: Any) -> None:
        task, host = result._task, result._host
        self._write(
            {
                "event": event,
                "task": task.get_name(),
                "action": task.action,
                "host": host.get_name(),
                "result": dict(result._result),
                "requests": self._new_requests(),
                # As ansible-runner does.
                **({"args": dict(task.args)} if constants.DISPLAY_ARGS_TO_STDOUT and not task.no_log else {}),
                **more,
            }
        )

    def _new_requests(self) -> list[dict[str, Any]]:
        url = os.environ.get("RECORD_JOURNAL")
        if not url:
            return []
        # Only few runs ask for the journal, and ansible-playbook itself needs neither of the two.
        import ssl
        import urllib.request

        context = ssl.create_default_context(cafile=os.environ["RECORD_CA"])
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        with opener.open(url) as answer:
            entries: list[dict[str, Any]] = json.load(answer)
        new = entries[self._journal_seen :]
        self._journal_seen = len(entries)
        return new

    def _write(self, event: dict[str, Any]) -> None:
        with open(os.environ["RECORD_EVENTS"], "a", encoding="utf-8") as stream:
            stream.write(json.dumps(event, default=str) + "\n")
