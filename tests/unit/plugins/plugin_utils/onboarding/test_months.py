# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fourteen months of nightly runs, with consumers that read the store once a day: none of them is ever without a secret that works."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY, format_time, parse_time
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

HOUR = 3600
# The tenant tells its time in whole seconds, and a run takes some: on the very second, either is right.
GRAIN = 10
MONTHS = 14
NIGHTS = MONTHS * 365 // 12
# Hours after the run. The first reads just before the next run, so that it is the last to see what that has changed.
READS = {"early": 23, "morning": 4, "noon": 10}
# Lifetime, renew_before and overlap, in days; none of them ends just when a run begins.
SETTINGS: dict[str, tuple[float, float, float]] = {
    "yearly": (365, 60.1, 6.9),
    "usual": (90, 30.1, 1.9),
    "monthly": (30, 7.1, 1.5),
    "weekly": (7, 2.1, 0.9),
    "short-overlap": (60, 20.1, 0.9),
    "starts-later": (45, 15.1, 1.9),
    "starts-at-noon": (40, 10.1, 1.9),
    # The client that the runs log in with.
    "automation": (60, 20.1, 2.9),
}
FIRST_START = 5 * DAY


class Months:
    """A tenant, a store, nightly runs, and for each app consumers that each keep the value that they have read last."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulator = Emulator()
        self.in_process = InProcess(self.emulator, monkeypatch)
        self.store = MemoryStore()
        self.begin = self.emulator.now()
        self.values: dict[tuple[str, str], str] = {}
        self.made: dict[str, set[str]] = {name: set() for name in SETTINGS}
        self.quiet_nights = 0

    def apps(self) -> list[dict[str, Any]]:
        """Return the apps as they are declared tonight; the noon of one of them is the coming one."""
        starts = {"starts-later": self.begin + FIRST_START, "starts-at-noon": self.emulator.now() + READS["noon"] * HOUR}
        apps = []
        for name, days in SETTINGS.items():
            secret: dict[str, Any] = {key: int(value * DAY) for key, value in zip(("lifetime", "renew_before", "overlap"), days)}
            if name in starts:
                secret["start_time"] = format_time(starts[name])
            apps.append({"client_id": name, "allowed_grant_types": ["client_credentials"], "secrets": [secret]})
        return apps

    def client(self, name: str) -> Any:
        return self.emulator.world.named_tenant(CONTOSO).clients[name]

    def generations(self, name: str) -> list[Any]:
        """Return the secrets that the runs have made, oldest first."""
        return sorted((secret for secret in self.client(name).secrets.values() if secret.description == "default"), key=lambda secret: secret.start)

    def due(self, grain: float) -> set[str]:
        """Return the apps that have, so many seconds from now, a secret that ends too soon, or an older one that nobody needs any more."""
        now = self.emulator.now() + grain
        found = set()
        for name, (_lifetime, renew_before, overlap) in SETTINGS.items():
            *older, newest = self.generations(name)
            if newest.expiration - now < renew_before * DAY or (older and now - newest.start >= overlap * DAY):
                found.add(name)
        return found

    def work_a_night(self, number: int) -> None:
        """Run the role once, with the login that the store has."""
        due, perhaps = (self.due(-GRAIN), self.due(GRAIN)) if number else (set(SETTINGS), set(SETTINGS))
        if number:
            self.in_process.options["auth_client_secret"] = self.store.entries["automation/default"].value
        self.emulator.journal.clear()
        self.store.expect_trouble(set())
        assert EngineRun(self.in_process, self.store, self.apps()).perform()["failure"] == "", f"night {number}"
        writes = self.emulator.journal.writes()
        written = {name for name in SETTINGS if any(name in entry.path.split("/") for entry in writes)}
        assert due <= written <= perhaps, f"night {number}"
        if not perhaps:
            self.quiet_nights += 1
            assert writes == []
            assert self.store.writes == 0
            # No secret was tried either: the one token is that of the login.
            assert sum(entry.kind == "token" for entry in self.emulator.journal) == 1
        for name in SETTINGS:
            generations = self.generations(name)
            assert 1 <= len(generations) <= 2, f"night {number}: {name} has {len(generations)} generations"
            self.made[name] |= {secret.secret_id for secret in generations}

    def pass_an_hour(self, hour: int) -> None:
        """Move on, let those read the store whose hour it is, and check that all can log in."""
        self.emulator.advance(HOUR)
        for reader, at in READS.items():
            if hour == at:
                self.values.update(((reader, name), self.store.entries[f"{name}/default"].value) for name in SETTINGS)
        now = self.emulator.now()
        for (reader, name), value in self.values.items():
            if now >= self.first_start(name):
                assert self.client(name).accepts(value, now, 0), f"{format_time(now)}: the {reader} consumer of {name} cannot log in"

    def live(self) -> None:
        """Live through all nights and days."""
        for number in range(NIGHTS):
            self.work_a_night(number)
            if number == 0:
                check_first_starts(self)
                self.leave_to_the_runs()
            for hour in range(1, 25):
                self.pass_an_hour(hour)

    def leave_to_the_runs(self) -> None:
        """Delete the secrets of the login that no run has made: from now on there is only what the runs themselves have made."""
        secrets = self.client("automation").secrets
        for secret in [secret for secret in secrets.values() if secret.description != "default"]:
            del secrets[secret.secret_id]

    def first_start(self, name: str) -> float:
        """Return when the first secret of an app is to begin, by what was asked for."""
        return self.begin + {"starts-later": FIRST_START, "starts-at-noon": READS["noon"] * HOUR}.get(name, 0) + HOUR


@pytest.mark.slow
@pytest.mark.one_core("no ansible-core and no library decides when a secret is due")
def test_no_consumer_is_ever_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    months = Months(monkeypatch)

    months.live()

    for name, (lifetime, renew_before, _overlap) in SETTINGS.items():
        turn = lifetime - renew_before
        # A turn may wait for the next night.
        assert NIGHTS / (turn + 1) - 1 <= len(months.made[name]) <= NIGHTS / turn + 1, name

    assert months.quiet_nights > NIGHTS / 4


def check_first_starts(months: Months) -> None:
    """Check that the first secrets begin when they were asked to, for otherwise nothing was tried."""
    for name in ("starts-later", "starts-at-noon"):
        (first,) = months.generations(name)
        assert abs(first.start - months.first_start(name) + HOUR) < HOUR / 2
        assert parse_time(months.store.entries[f"{name}/default"].start_time) > months.emulator.now()
