# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renew and remove a store's entries with real playbooks, and search all their output for values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import AppPlays, app_task
from ansible_collections.abbyy.vantage.tests.integration.support.leaks import known_secrets, writings_of
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import DAY
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import Run

LOG = "ansible.log"
APPS = ("app-0", "app-1")


class StoreRuns:
    """Runs plays at the highest verbosity, with a log, and remembers all values that must not be shown.

    :ivar runs: the results of all runs.
    """

    def __init__(self, plays: AppPlays, store: Mapping[str, Any], *secrets: str, env: Mapping[str, str] | None = None) -> None:
        self.runs: list[Run] = []
        self._plays, self._store, self._env = plays, dict(store), {**(env or {}), "ANSIBLE_LOG_PATH": str(plays.folder / LOG)}
        self._secrets = set(secrets)

    def play(self, *apps: Mapping[str, Any] | str, then: Sequence[Mapping[str, Any]] = ()) -> Run:
        """Onboard apps, with further tasks."""
        task = app_task(*apps, options={"store": self._store}, diff=True)
        self.runs.append(self._plays.run_play(task, *then, env=self._env, arguments=["-vvv", "--diff"]))
        # The run's secrets may be deleted at its end.
        self._secrets = known_secrets(self._plays.deployment.emulator, *self._secrets)
        return self.runs[-1]

    def renew_and_remove(self) -> None:
        """Renew all secrets, and then remove the apps."""
        former = self._plays.live_secrets(APPS[0])
        self._plays.deployment.emulator.advance(160 * DAY)
        self.play(*APPS)
        assert set(former) < set(self._plays.live_secrets(APPS[0]))
        self.play(*[{"client_id": client_id, "state": "absent"} for client_id in APPS])
        assert not set(APPS) & set(self._plays.deployment.clients())

    def assert_untold(self) -> None:
        """Assert that no secret was shown, logged or passed to callbacks, in any encoding."""
        told = "".join(run.output + json.dumps(run.events, ensure_ascii=False) for run in self.runs).encode()
        told += (self._plays.folder / LOG).read_bytes()
        assert told.count(b"Onboard") > len(self.runs)
        assert len(self._secrets) > 2 * len(APPS)
        assert [secret for secret in self._secrets if any(form in told for form in writings_of(secret))] == []
