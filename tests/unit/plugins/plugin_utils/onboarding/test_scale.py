# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run may cost: how much Ansible has to walk through, and how often the tenant is asked."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Written
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess


def apps(count: int) -> list[dict[str, Any]]:
    return [{"client_id": f"app-{number}", "allowed_grant_types": ["client_credentials"], "secrets": [{"lifetime": "90d"}]} for number in range(count)]


def nights(count: int, monkeypatch: pytest.MonkeyPatch, batch_size: int = 100, *, writes_at_once: bool = True) -> list[Counter[str]]:
    """Return what was asked in each of three nights: the first, a renewal, a retirement."""
    emulator, store = Emulator(), MemoryStore(writes_at_once=writes_at_once)
    in_process = InProcess(emulator, monkeypatch)
    asked = []
    for _night in range(3):
        emulator.journal.clear()
        report = EngineRun(in_process, store, apps(count), batch_size=batch_size).perform()
        assert report["failure"] == ""
        asked.append(Counter(f"{entry.method} {kind_of(entry.path)}" for entry in emulator.journal))
        emulator.advance(62 * DAY if len(asked) == 1 else 2 * DAY)
    return asked


def kind_of(path: str) -> str:
    """Return what a path leads to."""
    if path.endswith("/token"):
        return "token"
    return "secrets" if "/secrets/" in path else "list" if path.endswith("/clients/") else "client"


@pytest.mark.parametrize("writes_at_once", [True, False])
def test_a_new_client_is_not_asked_for_and_a_night_reads_the_tenant_page_by_page(monkeypatch: pytest.MonkeyPatch, writes_at_once: bool) -> None:
    count = 40

    first, renewal, retirement = nights(count, monkeypatch, batch_size=10, writes_at_once=writes_at_once)

    assert first["GET client"] + renewal["GET client"] + retirement["GET client"] == 0
    assert max(first["GET list"], renewal["GET list"], retirement["GET list"]) <= 2
    assert first["POST list"] == count
    assert (first["GET secrets"], first["POST secrets"]) == (0, count)
    # One login for the run, and one try of each new secret.
    assert first["POST token"] == count + 1
    assert renewal["POST secrets"] == count
    assert retirement["DELETE secrets"] == count


class MeetingStore(MemoryStore):
    """Takes a secret only while the one of another app is under way, too."""

    def __init__(self) -> None:
        super().__init__(writes_at_once=False)
        self._meeting = threading.Barrier(2, timeout=20)

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Wait for the other one, and write; marks are not waited for."""
        if changes[0].entry and changes[0].entry.id:
            self._meeting.wait()
        return super().write(changes)


def test_no_app_waits_for_the_end_of_a_batch(in_process: InProcess) -> None:
    run = EngineRun(in_process, MeetingStore(), apps(2), batch_size=1, concurrency=2)

    report = run.perform()

    assert report["failure"] == ""
    assert run.lines == ["batch 1/2: apps 1-1 of 2, 1 created", "batch 2/2: apps 2-2 of 2, 1 created"]


class SlowStore(MemoryStore):
    """Takes its time for each delivery, until the tenant has made secrets of the next batches, and notes how many those are.

    :ivar expected: how many secrets it waits for that it does not have yet.
    :ivar apps: how many secrets there can be.
    :ivar undelivered: how many secrets there were at each delivery that the store did not have yet.
    """

    def __init__(self, emulator: Emulator, expected: int, apps: int) -> None:
        super().__init__()
        self._emulator = emulator
        self.expected, self.apps = expected, apps
        self.undelivered: list[int] = []

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Wait until as much was made as may be, and note how much that is."""
        if changes[0].entry and changes[0].entry.id:
            kept = sum(bool(entry.id) for entry in self.entries.values())
            until = time.monotonic() + 120
            while self.made() < min(kept + self.expected, self.apps) and time.monotonic() < until:
                time.sleep(0.01)
            # More would come by now.
            time.sleep(0.3)
            self.undelivered.append(self.made() - kept)
        return super().write(changes)

    def made(self) -> int:
        """Count the secrets of all apps in the tenant."""
        clients = self._emulator.world.named_tenant("contoso").clients
        return sum(len(client.secrets) for client_id, client in clients.items() if client_id.startswith("app-"))


def test_the_next_batches_are_made_while_one_is_delivered_but_no_more(emulator: Emulator, in_process: InProcess) -> None:
    store = SlowStore(emulator, expected=6, apps=12)
    run = EngineRun(in_process, store, apps(12), batch_size=3, concurrency=4)

    report = run.perform()

    assert report["failure"] == ""
    assert store.undelivered == [6, 6, 6, 3]
    assert len(run.lines) == 4


def test_a_store_that_fails_ends_a_run_with_nothing_left(emulator: Emulator, in_process: InProcess) -> None:
    store = SlowStore(emulator, expected=0, apps=12)
    store.expect_trouble({2, 3, 4, 5})

    report = EngineRun(in_process, store, apps(12), batch_size=3, concurrency=4).perform()

    assert len(report["summary"]["failed"]) == 12
    assert store.made() == 0
    # The mark, the two batches that were made by then, and no more.
    assert store.writes <= 3
