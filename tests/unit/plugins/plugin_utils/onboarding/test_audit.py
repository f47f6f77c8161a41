# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an onboarding run writes to its audit log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

APP: dict[str, Any] = {"client_id": "app", "allowed_grant_types": ["client_credentials"], "secrets": [{"description": "p", "overlap": "0"}]}
DAY = 86400


class Nights:
    """Runs of vantage_app with one store and one audit log."""

    def __init__(self, in_process: InProcess, path: Path) -> None:
        self._in_process = in_process
        self.path = path
        self.store = MemoryStore()

    def run(self, *apps: dict[str, Any], **options: Any) -> list[tuple[str, str, str]]:
        """Run, and return action, reason and result of each line."""
        self.path.unlink(missing_ok=True)
        EngineRun(self._in_process, self.store, list(apps), audit_log=[str(self.path)], **options).perform()
        lines = [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()] if self.path.exists() else []
        assert len({line["run"] for line in lines}) <= 1
        values = [entry.value for entry in self.store.entries.values() if entry.value]
        assert not [value for value in values if value in json.dumps(lines)]
        return [(line["action"], line["reason"], line["result"]) for line in lines]


@pytest.fixture
def nights(in_process: InProcess, tmp_path: Path) -> Nights:
    """Runs of vantage_app with one store and one audit log."""
    return Nights(in_process, tmp_path / "audit.jsonl")


def test_check_mode_logs_nothing(nights: Nights) -> None:
    assert nights.run(APP, check=True) == []


def test_what_is_created_is_logged_once(nights: Nights) -> None:
    first = nights.run(APP)
    again = nights.run(APP)

    assert first == [("create_client", "absent", "done"), ("create_secret", "absent", "done")]
    assert again == []


def test_an_update_is_logged(nights: Nights) -> None:
    nights.run(APP)
    lines = nights.run({**APP, "client_name": "App"})
    assert lines == [("update_client", "differs", "done")]


@pytest.mark.parametrize(("days", "reason", "reason_to_delete"), [(160, "due", "superseded"), (400, "expired", "expired")])
def test_a_renewal_is_logged_with_its_reason(nights: Nights, in_process: InProcess, days: int, reason: str, reason_to_delete: str) -> None:
    nights.run(APP)
    in_process.emulator.advance(days * DAY)

    lines = nights.run(APP)

    assert lines == [("create_secret", reason, "done"), ("delete_secret", reason_to_delete, "done")]


def test_a_pruned_client_is_logged(nights: Nights) -> None:
    nights.run(APP)
    lines = nights.run({**APP, "client_id": "other"}, prune="all", prune_protect=["reader"])
    assert lines[-1] == ("delete_client", "pruned", "done")


def test_the_deletion_of_an_absent_app_is_logged(nights: Nights) -> None:
    nights.run(APP)
    lines = nights.run({"client_id": "app", "state": "absent"})
    assert lines == [("delete_client", "unwanted", "done")]


def test_a_rollback_is_logged(nights: Nights) -> None:
    # The first write marks what is about to be made.
    nights.store.expect_trouble({2})
    lines = nights.run(APP)
    assert lines[1:] == [("create_secret", "absent", "done"), ("delete_secret", "rolled_back", "done")]


def test_the_deletion_of_an_orphan_is_logged(nights: Nights, in_process: InProcess) -> None:
    nights.run(APP)
    in_process.emulator.advance(60)
    in_process.api().create_secret("app", {"description": "p"})

    lines = nights.run(APP)

    assert lines == [("delete_secret", "orphaned", "done")]


def test_a_log_that_cannot_be_written_ends_the_run_before_it_begins(nights: Nights, in_process: InProcess) -> None:
    nights.path.mkdir()

    result = EngineRun(in_process, nights.store, [APP], audit_log=[str(nights.path)]).perform()

    assert "cannot be written: is a directory" in result["msg"]
    assert in_process.requests() == []
