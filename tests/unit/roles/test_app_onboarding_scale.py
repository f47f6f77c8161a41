# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run may cost: how much Ansible has to walk through, and how often the tenant is asked."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_steps as steps
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support import role_run
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

# It is there to be read by people.
SHOWN = {"report"}


def apps(count: int) -> list[dict[str, Any]]:
    return [{"client_id": f"app-{number}", "allowed_grant_types": ["client_credentials"], "secrets": [{"lifetime": "90d"}]} for number in range(count)]


def size_of(value: Any) -> int:
    """Return of how many values something is made, itself included."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(size_of(one) for one in inside)


def nights(count: int, monkeypatch: pytest.MonkeyPatch, batch_size: int = 100) -> tuple[Counter[str], list[Counter[str]]]:
    """Return how large each step's answers were at most, and what was asked in each of three nights: the first, a renewal, a retirement."""
    sizes: Counter[str] = Counter()

    def take_step(step: str, run: steps.Run) -> dict[str, Any]:
        answer = steps.take_step(step, run)
        sizes[step] = max(sizes[step], size_of(answer))
        return answer

    monkeypatch.setattr(role_run, "take_step", take_step)
    emulator, store = Emulator(), role_run.Store()
    in_process = InProcess(emulator, monkeypatch)
    asked = []
    for _night in range(3):
        emulator.journal.clear()
        report = role_run.RoleRun(in_process, store, apps(count), batch_size=batch_size).perform()
        assert report["failure"] == ""
        asked.append(Counter(f"{entry.method} {kind_of(entry.path)}" for entry in emulator.journal))
        emulator.advance(62 * DAY if len(asked) == 1 else 2 * DAY)
    return sizes, asked


def kind_of(path: str) -> str:
    """Return what a path leads to."""
    if path.endswith("/token"):
        return "token"
    return "secrets" if "/secrets/" in path else "list" if path.endswith("/clients/") else "client"


def test_what_a_step_answers_does_not_grow_with_the_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    few, _asked = nights(2, monkeypatch)
    many, _asked = nights(40, monkeypatch)
    assert {step for step in few if few[step] > 1} >= {"clients", "compare", "check", "reserve", "plan", "make", "retire", "prove", "end"}
    assert {step: size for step, size in many.items() if step not in SHOWN} == {step: size for step, size in few.items() if step not in SHOWN}


def test_of_a_batch_a_step_keeps_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    few, _asked = nights(2, monkeypatch, batch_size=1)
    many, _asked = nights(6, monkeypatch, batch_size=1)
    # The plan has four texts for each batch, a step in a batch one for each that is done.
    assert (many["plan"] - few["plan"], many["make"] - few["make"]) == (4 * 4, 4)


def test_a_new_client_is_asked_for_once_and_a_night_reads_the_tenant_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 40
    _sizes, (first, renewal, retirement) = nights(count, monkeypatch, batch_size=10)
    # To prove the login takes one look at one client, and one at the list when that is not there.
    assert first["GET client"] + renewal["GET client"] + retirement["GET client"] <= 3
    assert max(first["GET list"], renewal["GET list"], retirement["GET list"]) <= 3
    assert first["POST list"] == count
    assert (first["GET secrets"], first["POST secrets"]) == (count, count)
    assert renewal["POST secrets"] == count
    assert retirement["DELETE secrets"] == count
