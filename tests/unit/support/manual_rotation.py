# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caller that keeps one secret in its own store, night after night, like a careful user of the module."""

from __future__ import annotations

from typing import Any

from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess


class ManualRotation:
    """Keep the secret app/production: make, deliver, then delete the older ones.

    :ivar entry: what the store holds, `id` and `value`; None for nothing.
    """

    def __init__(self, in_process: InProcess, **options: Any) -> None:
        self.in_process = in_process
        self.entry: dict[str, Any] | None = None
        self.options = {"client_id": "app", "description": "production", "lifetime": "30d", "renew_before": "7d", "verify": True, **options}
        self.answers: list[dict[str, Any]] = []

    def run_night(self, *, killed: bool = False, overlap: str = "0") -> bool:
        """Run one night; return whether everything succeeded.

        :param killed: whether the run dies between making and delivering.
        """
        self.answers = []
        answer = self._run("vantage_client_secret", **self.options, held_id=self.held_id)
        if answer.get("failed") or killed:
            return False
        made = answer["secret"]
        if "value" in made:
            self.entry = {"id": made["id"], "value": made["value"]}
        answer = self._run("vantage_client_secret", **self.options, held_id=self.held_id, prune="superseded", overlap=overlap)
        return not answer.get("failed") and "value" not in answer["secret"]

    @property
    def held_id(self) -> str:
        """The id of what the store holds; empty for nothing."""
        return self.entry["id"] if self.entry else ""

    def has_working_value(self) -> bool:
        """Return whether the stored value logs in, according to the tenant and outside its journal."""
        client = self.in_process.emulator.world.named_tenant("contoso").clients["app"]
        return self.entry is not None and client.accepts(self.entry["value"], self.in_process.emulator.now(), 0)

    def _run(self, module: str, **options: Any) -> dict[str, Any]:
        answer = self.in_process.run(module, **options)
        self.answers.append(answer)
        return answer
