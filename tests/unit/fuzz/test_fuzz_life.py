# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever happens to runs, connections, the store and the tenant: no secret is lost, doubled, or cut off."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import NOTHING, EngineRun, Killed, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.fault_injector import FaultInjector
from ansible_collections.abbyy.vantage.tests.unit.support.fuzz import examples
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

DAY = 86400
APPS: list[dict[str, Any]] = [
    {
        "client_id": "intake",
        "allowed_grant_types": ["client_credentials"],
        "secrets": [{"description": "production", "lifetime": "90d", "renew_before": "30d", "overlap": "2d"}],
    },
    {"client_id": "desk", "secrets": [{"description": "web", "lifetime": "60d", "renew_before": "15d", "overlap": "1d"}, {"description": "batch"}]},
]
LONGEST_OVERLAP = 2 * DAY
FAULTS = [
    {"kind": "status", "status": 429, "retry_after": "1"},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 500},
    {"kind": "status_after", "status": 500},
    {"kind": "drop_before"},
    {"kind": "drop_after"},
    {"kind": "timeout_before"},
    {"kind": "timeout_after"},
    {"kind": "commit_late", "seconds": 600},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "expire_token"},
    {"kind": "redirect"},
    {"kind": "forbidden"},
]
FOREIGN = {"clientId": "somebody-elses", "secrets": [{"description": "theirs"}]}

runs = st.fixed_dictionaries(
    {
        "do": st.just("run"),
        "faults": st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(1, 40)), max_size=2),
        "kill_at": st.none() | st.integers(1, 60),
        "refuses": st.sets(st.integers(1, 4), max_size=2),
    }
)
waits = st.fixed_dictionaries({"do": st.just("wait"), "days": st.sampled_from([0.01, 1, 3, 10, 40, 100])})
edits = st.fixed_dictionaries({"do": st.sampled_from(["delete a secret", "delete a client", "add a secret", "lose the store"]), "which": st.integers(0, 5)})


class Life:
    """A tenant, a store, and what happens to them.

    :ivar by_hand: ids of secrets that people made.
    :ivar lost_the_store: whether the store lost all entries, and with them what it knew of runs that were stopped.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulator = Emulator()
        self.emulator.seed(CONTOSO, [FOREIGN])
        self.in_process = InProcess(self.emulator, monkeypatch)
        self.store = MemoryStore()
        self.injector = FaultInjector(self.emulator, self.store, "automation")
        self.by_hand: set[str] = {secret["id"] for client in self.clients().values() for secret in client["secrets"]}
        self.lost_the_store = False

    def clients(self) -> dict[str, Any]:
        return self.in_process.clients()

    def run(self, kill_at: int | None = None) -> dict[str, Any]:
        """Run once, or until a request or an access to the store of this number."""
        self.emulator.journal.clear()
        self.injector.forget()
        if kill_at:
            self.injector.expect_at(kill_at, die)
        try:
            return EngineRun(self.in_process, self.store, APPS, batch_size=1).perform()
        except Killed:
            return {"failure": "killed"}
        finally:
            # A short run may have ended before it could be killed.
            self.injector.forget()
            self.emulator.faults.replace([])
            self.store.expect_trouble(set())

    def run_troubled(self, event: dict[str, Any]) -> None:
        """Run under faults; whoever could log in with what the store held before can do so afterwards."""
        working = {name for name, entry in self.store.entries.items() if self.works(entry)}
        self.emulator.faults.replace([{**fault, "at": at} for fault, at in event["faults"]])
        self.store.expect_trouble(event["refuses"])
        self.run(event["kill_at"])
        assert {name for name in working if not self.works(self.store.entries.get(name, NOTHING))} == set(), "a working secret was cut off"

    def edit(self, what: str, which: int) -> None:
        """Do what people do in the admin page."""
        mine = [app["client_id"] for app in APPS if app["client_id"] in self.clients()]
        if what == "lose the store":
            self.store.entries = {}
            self.lost_the_store = True
        if what == "delete a client" and mine:
            client_id = mine[which % len(mine)]
            self.by_hand -= {secret["id"] for secret in self.clients()[client_id]["secrets"]}
            self.in_process.run("vantage_client", client_id=client_id, state="absent")
            return
        secrets = [(client_id, secret["id"]) for client_id in mine for secret in self.clients()[client_id]["secrets"]]
        if what == "delete a secret" and secrets:
            client_id, secret_id = secrets[which % len(secrets)]
            self.by_hand.discard(secret_id)
            self.in_process.run("vantage_client_secret", client_id=client_id, secret_id=secret_id, state="absent", force=True)
        if what == "add a secret" and mine:
            made = self.in_process.run("vantage_client_secret", client_id=mine[which % len(mine)], description="by hand", force=True)
            self.by_hand.add(made["secret"]["id"])

    def works(self, entry: Entry) -> bool:
        """Return whether the value logs its client in."""
        if not entry.value or entry.client_id not in self.clients():
            return False
        return self.in_process.api().endpoint.try_secret(entry.client_id, entry.value, "openid permissions global.wildcard")

    def meet(self, event: dict[str, Any]) -> None:
        """Let an event happen."""
        if event["do"] == "run":
            self.run_troubled(event)
        elif event["do"] == "wait":
            self.emulator.advance(event["days"] * DAY)
        else:
            self.edit(event["do"], event["which"])

    def check(self) -> None:
        """Check what has to be true after a run that nothing disturbed."""
        clients = self.clients()
        now = self.emulator.now()
        for app in APPS:
            for declared in app["secrets"]:
                name = f"{app['client_id']}/{declared['description']}"
                assert self.works(self.store.entries[name]), f"{name} in the store does not log in"
                alive = [
                    secret
                    for secret in clients[app["client_id"]]["secrets"]
                    if secret["description"] == declared["description"] and parse(secret["expiration"]).timestamp() > now
                ]
                unknown = [secret["id"] for secret in alive if secret["id"] not in self.store.ever_held | self.by_hand]
                assert unknown == [], f"{name} has a secret that nobody knows"
        assert clients["somebody-elses"]["secrets"], "what is not ours was touched"
        left = {secret["id"] for client in clients.values() for secret in client["secrets"]}
        assert self.by_hand - left == set(), "a secret that somebody made by hand was deleted"


def die() -> NoReturn:
    raise Killed


def parse(timestamp: str) -> Any:
    """Return the moment of a timestamp."""
    from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp

    return moment_from_timestamp(timestamp)


@pytest.mark.timeout(1200)
@examples(0.1, 20)
@given(events=st.lists(runs | waits | edits, min_size=1, max_size=8))
def test_invariants_hold_whatever_happens(events: list[dict[str, Any]]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        life = Life(monkeypatch)
        for event in events:
            life.meet(event)
            # Nothing follows within the second in which secrets cannot be told apart by their age.
            life.emulator.advance(10)
        life.emulator.advance(3600)
        if life.lost_the_store:
            # The secret of a stopped run looks like one in use then, and has to stay for the overlap.
            life.run()
            life.emulator.advance(LONGEST_OVERLAP + 3600)

        report = life.run()

        assert report["failure"] == ""

        life.check()
