# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role warns of settings that keep more than two generations of a secret, and of no others: many nights prove it."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import complete_apps, crowded_secrets
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import Place
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

LIFETIMES, RENEW_BEFORE, OVERLAPS = (2.3, 3, 5, 10), (0.4, 1, 1.6, 2, 3.7, 4, 7, 9), (0, 0.5, 1, 1.9, 2, 3, 6)
NIGHTS = 22


def is_sharp(client_id: str) -> bool:
    """Return whether seconds do not decide which night something is due."""
    lifetime, renew_before, overlap = (float(part) for part in client_id.split("-")[1:])
    return not (lifetime - renew_before).is_integer() and not overlap.is_integer()


def most_generations(in_process: InProcess, apps: list[dict[str, Any]]) -> Counter[str]:
    """Run night after night, and return for each app how many secrets it had at most."""
    store = MemoryStore()
    most: Counter[str] = Counter()
    for _night in range(NIGHTS):
        assert EngineRun(in_process, store, apps).perform()["failure"] == ""
        clients = in_process.emulator.world.named_tenant(CONTOSO).clients
        most |= Counter({app["client_id"]: len(clients[app["client_id"]].secrets) for app in apps})
        in_process.emulator.advance(DAY)
    return most


@pytest.mark.slow
@pytest.mark.one_core("no ansible-core and no library decides when a secret is due")
def test_the_warning_comes_where_generations_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    apps = [
        {
            "client_id": f"app-{lifetime}-{renew_before}-{overlap}",
            "allowed_grant_types": ["client_credentials"],
            "secrets": [{"lifetime": int(lifetime * DAY), "renew_before": int(renew_before * DAY), "overlap": int(overlap * DAY)}],
        }
        for lifetime, renew_before, overlap in product(LIFETIMES, RENEW_BEFORE, OVERLAPS)
        if renew_before < lifetime
    ]
    most = most_generations(InProcess(Emulator(), monkeypatch), apps)
    crowded = {client_id for client_id, count in most.items() if count > 2}

    completed, problems = complete_apps([Declared(app, Place(option="apps")) for app in apps], None, None)
    warned = {name.partition("/")[0] for name in crowded_secrets(completed)}

    assert problems == []
    assert crowded
    assert crowded <= warned
    assert {name for name in warned if is_sharp(name)} == {name for name in crowded if is_sharp(name)}


def test_secrets_that_are_to_stay_are_no_reason_to_warn() -> None:
    crowded = {"lifetime": "10d", "renew_before": "9d", "overlap": "3d"}
    others = [{"prune": "none"}, {"prune": "expired"}, {"state": "absent"}, {"lifetime": None, "expiration": "2030-01-01"}, {"lifetime": None}]
    secrets = [{"description": f"{number}", **crowded, **other} for number, other in enumerate([{}, *others])]
    completed, _problems = complete_apps([Declared({"client_id": "a", "secrets": secrets}, Place(option="apps"))], None, None)

    warned = crowded_secrets(completed)

    assert warned == ["a/0"]
