# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nights of onboarding with work to do, and what has to be true after them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY, parse_time
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import NOTHING, EngineRun, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

LIFE = {"lifetime": "90d", "renew_before": "30d", "overlap": "2d"}
PRODUCTION = {"description": "production", **LIFE}
INTAKE: dict[str, Any] = {"client_id": "intake", "allowed_grant_types": ["client_credentials"], "secrets": [PRODUCTION]}
# It may not log in by itself, so that its secret is proven by another answer; and its secret ends when the server says, which is in six months.
DESK: dict[str, Any] = {
    "client_id": "desk",
    "allowed_grant_types": ["authorization_code"],
    "secrets": [{"description": "production", "renew_before": "125d", "overlap": "2d"}],
}
ATTIC: dict[str, Any] = {"client_id": "attic", "secrets": [PRODUCTION]}
# A public client, of which the store says no more than that it is managed.
HALL: dict[str, Any] = {"client_id": "hall", "allowed_grant_types": ["authorization_code"], "require_client_secret": False}
THEIRS = {"clientId": "team-b-app", "secrets": [{"description": "production"}]}
BY_HAND = {"clientId": "intake", "secrets": [{"description": "by hand"}, {"description": None}]}


class Scenario(NamedTuple):
    """A night.

    :param apps: what is declared.
    :param generations: by name of a secret, how many of them must work in the end.
    :param renewed: whether the store must hold a new one.
    :param gone: clients that must be gone in the end.
    :param options: of vantage_app.
    """

    apps: list[dict[str, Any]]
    generations: dict[str, int]
    renewed: bool = False
    gone: tuple[str, ...] = ()
    options: dict[str, Any] = {}


SCENARIOS = {
    "from nothing": Scenario([INTAKE, DESK], {"intake/production": 1, "desk/production": 1}),
    "renewal": Scenario(
        [{**INTAKE, "client_name": "Intake of claims"}, {**DESK, "client_name": "Front desk"}], {"intake/production": 2, "desk/production": 2}, renewed=True
    ),
    "retirement": Scenario([INTAKE, DESK], {"intake/production": 1, "desk/production": 1}),
    "removal": Scenario(
        [{**INTAKE, "secrets": [PRODUCTION, {"description": "former", "state": "absent"}]}, {"client_id": "desk", "state": "absent"}],
        {"intake/production": 1, "intake/former": 0, "desk/production": 0, "attic/production": 0},
        gone=("desk", "attic"),
        options={"prune": "all", "prune_protect": ["team-b-*", "reader"], "prune_limit": 1},
    ),
    # Another store has it all, and the store of the run nothing yet.
    "move": Scenario([INTAKE, DESK], {"intake/production": 1, "desk/production": 1}),
    "managed removal": Scenario(
        [INTAKE],
        {"intake/production": 1, "attic/production": 0, "hall/": 0},
        gone=("attic", "hall"),
        options={"prune": "managed", "prune_limit": 2},
    ),
}


class Kept(NamedTuple):
    """A snapshot of the state."""

    tenants: Any
    now: float
    entries: dict[str, Entry]
    ever_held: set[str]


class TenantFixture:
    """A tenant with a store, before and during a night.

    :param new_store: makes an empty store that can be looked into like the one in memory.
    """

    def __init__(self, name: str, monkeypatch: pytest.MonkeyPatch, new_store: Callable[[], Any] = MemoryStore) -> None:
        self.scenario = SCENARIOS[name]
        self.emulator = Emulator()
        self.in_process = InProcess(self.emulator, monkeypatch)
        self._new_store = new_store
        self.store: MemoryStore = new_store()
        self.source: MemoryStore | None = None
        self._prepare(name)
        self._kept_source = dict(self.source.entries) if self.source else {}
        self.before = self._keep()
        self._untouched = self.untouched()

    def _prepare(self, name: str) -> None:
        self.emulator.seed(CONTOSO, [THEIRS])
        if name == "from nothing":
            return
        former = {"description": "former", **LIFE}
        earlier = {"removal": [{**INTAKE, "secrets": [PRODUCTION, former]}, DESK, ATTIC], "managed removal": [INTAKE, ATTIC, HALL]}
        assert self.run(apps=earlier.get(name, [INTAKE, DESK]), prune="managed" if name == "managed removal" else "false")["failure"] == ""
        self.emulator.seed(CONTOSO, [BY_HAND])
        if name in ("renewal", "retirement"):
            self.emulator.advance(61 * DAY)
        if name == "move":
            # Readers of the old store have the values too.
            self.source, self.store = self.store, self._new_store()
            self.store.ever_held = set(self.source.ever_held)
        if name == "retirement":
            assert self.run()["failure"] == ""
            self.emulator.advance(3 * DAY)

    def run(self, *, apps: list[dict[str, Any]] | None = None, **options: Any) -> dict[str, Any]:
        """Run to the end and return the result."""
        self.emulator.journal.clear()
        options = options if apps else self.scenario.options
        return EngineRun(self.in_process, self.store, apps or self.scenario.apps, from_store=self.source, **options).perform()

    def restore(self) -> None:
        """Restore the state before the night."""
        self.emulator.reset()
        self.emulator.world.tenants = copy.deepcopy(self.before.tenants)
        self.emulator.advance(self.before.now - self.emulator.now())
        self.store.entries, self.store.ever_held = copy.deepcopy(self.before.entries), set(self.before.ever_held)
        self.store.expect_trouble(set())

    def _keep(self) -> Kept:
        state = copy.deepcopy(self.emulator.world.tenants)
        return Kept(state, self.emulator.now(), copy.deepcopy(self.store.entries), set(self.store.ever_held))

    def untouched(self) -> Any:
        """Return everything foreign, in both tenants."""
        clients = self.in_process.clients()
        ours = {name.partition("/")[0] for name in self.scenario.generations}
        theirs = {client_id: client for client_id, client in clients.items() if client_id not in ours}
        by_hand = [
            secret
            for client_id in sorted(ours - set(self.scenario.gone))
            for secret in clients.get(client_id, {}).get("secrets", [])
            if f"{client_id}/{secret['description']}" not in self.scenario.generations
        ]
        return theirs, by_hand, self.in_process.clients(FABRIKAM)

    def alive(self, name: str) -> list[str]:
        """Return the ids of the secrets of a name that have not expired."""
        client_id, _slash, description = name.partition("/")
        secrets = self.in_process.clients().get(client_id, {}).get("secrets", [])
        return [secret["id"] for secret in secrets if secret["description"] == description and parse_time(secret["expiration"]) > self.emulator.now()]

    def works(self, name: str) -> bool:
        """Return whether the store's value logs its client in, according to the tenant."""
        entry = self.store.entries.get(name, NOTHING)
        client = self.emulator.world.named_tenant(CONTOSO).clients.get(name.partition("/")[0])
        return bool(client and entry.value) and client.accepts(entry.value, self.emulator.now(), 0)

    def strangers(self, name: str) -> list[str]:
        """Return the ids of the secrets of a name whose value is lost."""
        return [secret_id for secret_id in self.alive(name) if secret_id not in self.store.ever_held]

    def is_served(self, name: str) -> bool:
        """Return whether a secret is in its expected final state."""
        wanted = self.scenario.generations[name]
        held = self.store.entries.get(name, NOTHING).id
        if name.partition("/")[0] in self.scenario.gone and name.partition("/")[0] in self.in_process.clients():
            return False
        if not wanted:
            return name not in self.store.entries and self.alive(name) == []
        former = {**self._kept_source, **self.before.entries}.get(name, NOTHING).id
        if former and (held != former) is not self.scenario.renewed:
            return False
        return self.works(name) and held in self.alive(name) and len(self.alive(name)) == wanted and not self.strangers(name)

    def check_uncut(self) -> None:
        """Check what has to be true at any time: nobody is cut off, and nothing foreign is touched."""
        for name, wanted in self.scenario.generations.items():
            assert self.works(name) or not wanted or not (name in self.before.entries or self.store.entries.get(name, NOTHING).value), f"{name} is cut off"
            assert len(self.strangers(name)) <= 1, f"{name} is doubled"
        assert self.untouched() == self._untouched, "what is not ours was touched"
        assert self.source is None or self.source.entries == self._kept_source, "the store to copy from was touched"

    def check_settled(self) -> None:
        """Check what has to be true after an undisturbed run, and that the next one has nothing to do."""
        report = self.run()
        assert report["failure"] == ""
        self.check_uncut()
        unserved = [name for name in self.scenario.generations if not self.is_served(name)]
        assert unserved == [], f"not as it is to be: {unserved}"
        self.store.expect_trouble(set())
        again = self.run()
        assert again["failure"] == ""
        assert self.emulator.journal.writes() == []
        assert self.store.writes == 0
        assert not again["summary"]["changed"]

    def fingerprint(self) -> Any:
        """Return everything that the next run depends on: two nights that end with the same state continue in the same way."""
        clients = self.in_process.clients()
        found: list[Any] = []
        for name in self.scenario.generations:
            client_id, _slash, description = name.partition("/")
            client, entry = clients.get(client_id, {}), self.store.entries.get(name, NOTHING)
            listed = sorted((s for s in client.get("secrets", []) if s["description"] == description), key=lambda s: s["startTime"])
            marks = [(secret["id"] == entry.id, secret["id"] in self.store.ever_held) for secret in listed]
            found.append((name, str(client.get("members")), sorted(entry.to_members()), self.works(name), marks))
        return tuple((*one[:2], tuple(one[2]), one[3], tuple(one[4])) for one in found)
