# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caller that keeps one secret in a store of its own, night after night, as a careful user of the module would."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, timestamp_from_moment
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

# The server's time is known to some seconds only.
MARGIN = timedelta(seconds=5)


class Keeper:
    """Keep the secret app/production: reserve, make, deliver, verify, retire.

    :ivar entry: what the store holds: `id`, `value` and `since`, from when on a secret that is not held is an orphan; None for nothing.
    """

    def __init__(self, in_process: InProcess, **options: Any) -> None:
        self.in_process = in_process
        self.entry: dict[str, Any] | None = None
        self.options = {"client_id": "app", "description": "production", "lifetime": "30d", "renew_before": "7d", "verify": True, **options}
        self.answers: list[dict[str, Any]] = []

    def work(self, *, killed: bool = False, overlap: str = "0") -> bool:
        """Do a night's work; return whether all of it went well.

        :param killed: whether the run dies between making and delivering.
        """
        self.answers = []
        if self.entry is None:
            answer = self._run("vantage_client_info", client_id="app")
            if answer.get("failed"):
                return False
            reserved: datetime = moment_from_timestamp(answer["server_time"]) - MARGIN
            self.entry = {"id": "", "value": None, "since": timestamp_from_moment(reserved)}
        held, since = self.entry, self.entry["since"]
        answer = self._run("vantage_client_secret", **self.options, held_id=held["id"], held_value=held["value"])
        if answer.get("failed") or killed:
            return False
        made = answer["secret"]
        if "value" in made:
            since = held.get("start") or held["since"]
            self.entry = {"id": made["id"], "value": made["value"], "start": made["start_time"], "since": since}
        proof = {"held_id": self.entry["id"], "held_value": self.entry["value"], "orphaned_after": since}
        answer = self._run("vantage_client_secret", **self.options, **proof, prune="superseded", overlap=overlap)
        return not answer.get("failed") and "value" not in answer["secret"]

    def has_working_value(self) -> bool:
        """Return whether what the store holds logs in, going by the tenant itself and outside its journal."""
        client = self.in_process.emulator.world.named_tenant("contoso").clients["app"]
        return bool(self.entry and self.entry["value"]) and client.accepts(self.entry["value"], self.in_process.emulator.now(), 0)

    def _run(self, module: str, **options: Any) -> dict[str, Any]:
        answer = self.in_process.run(module, **options)
        self.answers.append(answer)
        return answer
