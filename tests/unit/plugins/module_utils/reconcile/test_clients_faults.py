# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of fault at every request of a run on clients, and what must hold all the same."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.config import FABRIKAM
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.emulator.faults import KINDS
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

THEIRS: dict[str, Any] = {
    "clientId": "team-b-app",
    "clientName": "Not ours",
    "redirectUris": ["https://b.example.com/"],
    "clientUri": "https://kept.example.com",
    "enabled": False,
    "secrets": [{"description": "production"}],
}
OURS: dict[str, Any] = {
    "clientId": "portal",
    "clientName": "Old",
    "redirectUris": ["https://old.example.com/"],
    "clientUri": "https://ours.example.com",
    "enabled": False,
}
WANTED = {"client_id": "portal", "client_name": "Portal", "allowed_grant_types": ["client_credentials"], "redirect_uris": []}
# With these the write has happened, or may still happen, although the answer does not say so.
WITH_EFFECT = ("status_after", "drop_after", "timeout_after", "timeout_late", "commit_late", "proxy_after", "tls_after", "empty", "deep")


class Scenario(NamedTuple):
    """A run: what was there before, what is asked for, and how the tenant's clients are to be in the end."""

    seeds: list[dict[str, Any]]
    options: dict[str, Any]
    after: dict[str, dict[str, Any] | None]


def is_wanted(**members: Any) -> dict[str, Any]:
    return {"clientId": "portal", "clientName": "Portal", "allowedGrantTypes": ["client_credentials"], "redirectUris": [], **members}


SCENARIOS = {
    "create": Scenario([], WANTED, {"portal": is_wanted(clientUri=None, enabled=True)}),
    "update": Scenario([OURS], WANTED, {"portal": is_wanted(clientUri="https://ours.example.com", enabled=False)}),
    "delete": Scenario([OURS], {"client_id": "portal", "state": "absent"}, {"portal": None}),
    "bulk": Scenario(
        [OURS, {"clientId": "going"}, {"clientId": "same"}],
        {"clients": [WANTED, {"client_id": "new"}, {"client_id": "going", "state": "absent"}, {"client_id": "same"}], "concurrency": 1},
        {"portal": is_wanted(clientUri="https://ours.example.com", enabled=False), "new": {"clientId": "new"}, "going": None, "same": {"clientId": "same"}},
    ),
    "prune": Scenario(
        [OURS, {"clientId": "surplus"}],
        {"clients": [WANTED], "prune": True, "prune_protect": ["team-b-*", "reader"], "concurrency": 1},
        {"portal": is_wanted(clientUri="https://ours.example.com", enabled=False), "surplus": None},
    ),
}

NewRun = Callable[[Scenario], InProcess]


@pytest.fixture
def new_run(monkeypatch: pytest.MonkeyPatch) -> NewRun:
    """Return a way to get an emulator as new, with a scenario's clients and those of another team."""

    def new(scenario: Scenario) -> InProcess:
        in_process = InProcess(Emulator(), monkeypatch)
        in_process.emulator.seed("contoso", copy.deepcopy([THEIRS, *scenario.seeds]))
        return in_process

    return new


def state(in_process: InProcess) -> dict[str, Any]:
    """Return all clients as they are now."""
    return in_process.clients()


def foreign(in_process: InProcess) -> dict[str, Any]:
    """Return what no run of ours may touch, in both tenants."""
    clients = {client_id: client for client_id, client in state(in_process).items() if client_id in ("team-b-app", "automation", "reader")}
    return {"contoso": clients, "fabrikam": in_process.clients(FABRIKAM)}


def is_reached(scenario: Scenario, in_process: InProcess) -> bool:
    """Return whether the tenant is as the scenario wants it."""
    clients = in_process.clients()
    for client_id, members in scenario.after.items():
        if (client_id in clients) is (members is None):
            return False
        if members and any(clients[client_id]["members"][member] != value for member, value in members.items()):
            return False
    return True


def check_failure(answer: dict[str, Any]) -> None:
    """Check that a failed run says what happened, in whole sentences, and nothing secret."""
    failures = [result for result in answer.get("results", [answer]) if result.get("error")]
    assert failures
    for failure in failures:
        assert failure["msg"].startswith(("Could not ", "The server accepted "))
        assert failure["msg"].endswith(".")
        assert failure["error"]["code"]
    assert "secret-0001" not in json.dumps(answer)


def count_requests(scenario: Scenario, in_process: InProcess) -> int:
    """Return how many requests a run without a fault makes."""
    answer = in_process.run("vantage_client", **scenario.options)
    assert not answer.get("failed")
    assert is_reached(scenario, in_process)
    requests = len(in_process.emulator.journal)
    assert requests >= 3
    return requests


def check_faulty_run(scenario: Scenario, in_process: InProcess, kind: str) -> None:
    """Run with the fault, and check that the run either succeeds or reports what happened."""
    untouched, before = foreign(in_process), state(in_process)

    answer = in_process.run("vantage_client", **scenario.options)

    assert foreign(in_process) == untouched
    if answer.get("failed"):
        check_failure(answer)
        if not answer["changed"] and kind not in WITH_EFFECT:
            assert state(in_process) == before
    else:
        assert is_reached(scenario, in_process)


def check_later_runs(scenario: Scenario, in_process: InProcess) -> None:
    """Check that the next run repairs everything after the fault and the late writes, and that another run changes nothing."""
    untouched = foreign(in_process)
    in_process.emulator.faults.replace([])
    in_process.emulator.advance(3600)

    answer = in_process.run("vantage_client", **scenario.options)

    assert not answer.get("failed"), answer
    assert is_reached(scenario, in_process)
    assert foreign(in_process) == untouched

    answer = in_process.run("vantage_client", **scenario.options)

    assert answer["changed"] is False


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_fault_at_any_request_leaves_nothing_that_the_next_run_does_not_mend(new_run: NewRun, name: str, kind: str) -> None:
    scenario = SCENARIOS[name]
    requests = count_requests(scenario, new_run(scenario))

    for number in range(1, requests + 1):
        in_process = new_run(scenario)
        in_process.emulator.faults.replace([{"kind": kind, "at": number, "seconds": 60}])
        try:
            check_faulty_run(scenario, in_process, kind)
            check_later_runs(scenario, in_process)
        except AssertionError as exc:
            raise AssertionError(f"{kind} at request {number} of {requests}: {in_process.requests()}") from exc


@pytest.mark.parametrize("kind", ["status_after", "drop_after", "timeout_after", "proxy_after", "tls_after", "empty", "deep"])
def test_a_create_whose_answer_is_lost_happens_once(new_run: NewRun, kind: str) -> None:
    in_process = new_run(SCENARIOS["create"])
    in_process.emulator.faults.replace([{"kind": kind, "method": "POST", "path": "clients/$"}])

    answer = in_process.run("vantage_client", **WANTED)

    assert answer["action"] == "created"
    assert answer["changed"] is True
    # One for the token, and one for the client.
    assert [method for method, _path in in_process.requests() if method == "POST"] == ["POST", "POST"]


@pytest.mark.parametrize("kind", ["drop_before", "timeout_before", "html"])
def test_a_create_that_never_happened_is_made_again(new_run: NewRun, kind: str) -> None:
    in_process = new_run(SCENARIOS["create"])
    in_process.emulator.faults.replace([{"kind": kind, "method": "POST", "path": "clients/$", "times": 2}])

    answer = in_process.run("vantage_client", **WANTED)

    assert answer["action"] == "created"
    assert [entry.method for entry in in_process.emulator.journal.writes()] == ["POST"] * 3


@pytest.mark.parametrize("kind", ["drop_before", "timeout_before", "html", "status"])
def test_a_create_is_given_up_after_three_attempts(new_run: NewRun, kind: str) -> None:
    in_process = new_run(SCENARIOS["create"])
    in_process.emulator.faults.replace([{"kind": kind, "status": 500 if kind == "status" else None, "method": "POST", "path": "clients/$", "times": None}])

    answer = in_process.run("vantage_client", **WANTED)

    assert answer["failed"]
    assert answer["error"]["code"] == "in_doubt"
    assert "3 attempts ended without finding the client. The last one: Could not create client 'portal'" in answer["msg"]
    assert [entry.method for entry in in_process.emulator.journal.writes()] == ["POST"] * 3
    assert "portal" not in in_process.clients()


@pytest.mark.parametrize(("effect", "made", "action"), [("drop_before", False, "created"), ("drop_after", True, "unchanged")])
def test_a_create_in_doubt_that_cannot_be_looked_for_is_an_error(new_run: NewRun, effect: str, made: bool, action: str) -> None:
    in_process = new_run(SCENARIOS["create"])
    faults = [{"kind": effect, "method": "POST", "path": "clients/$"}, {"kind": "forbidden", "method": "GET", "path": "clients/portal", "skip": 1}]
    in_process.emulator.faults.replace(faults)

    answer = in_process.run("vantage_client", **WANTED)

    assert answer["error"]["code"] == "in_doubt"
    assert "It is unknown whether client 'portal' was created: Could not read client 'portal'" in answer["msg"]
    assert answer["changed"]
    assert ("portal" in in_process.clients()) is made

    answer = in_process.run("vantage_client", **WANTED)

    assert answer["action"] == action


@pytest.mark.parametrize("kind", ["forbidden", "html"])
@pytest.mark.parametrize("name", ["create", "update"])
def test_a_write_that_cannot_be_read_back_counts_as_a_change(new_run: NewRun, name: str, kind: str) -> None:
    in_process = new_run(SCENARIOS[name])
    # An empty answer to the POST has to be read back too.
    faults = [{"kind": "empty", "method": "POST", "path": "clients/$"}, {"kind": kind, "method": "GET", "path": "clients/portal", "skip": 1}]
    in_process.emulator.faults.replace(faults)

    answer = in_process.run("vantage_client", **WANTED)

    assert answer["failed"]
    assert answer["changed"]
    assert is_reached(SCENARIOS[name], in_process)


def test_a_client_that_is_gone_when_it_is_read_back_is_an_error(new_run: NewRun) -> None:
    in_process = new_run(SCENARIOS["update"])
    in_process.emulator.faults.replace([{"kind": "status", "status": 404, "method": "GET", "path": "clients/portal", "skip": 1}])

    answer = in_process.run("vantage_client", **WANTED)

    assert answer["error"]["code"] == "gone"
    assert answer["msg"] == "Could not read client 'portal' back: the server has none of that id although it accepted it."
    assert answer["changed"]


def test_a_create_that_is_committed_late_is_found_by_the_next_run(new_run: NewRun) -> None:
    in_process = new_run(SCENARIOS["create"])
    in_process.emulator.faults.replace([{"kind": "commit_late", "method": "POST", "path": "clients/$", "seconds": 600, "times": None}])

    answer = in_process.run("vantage_client", **WANTED)

    assert answer["error"]["code"] == "in_doubt"

    in_process.emulator.faults.replace([])
    in_process.emulator.advance(3600)
    answer = in_process.run("vantage_client", **WANTED)

    assert answer["action"] == "unchanged"


@pytest.mark.parametrize("kind", sorted(KINDS - {"expire_token"}))
def test_in_bulk_a_fault_meets_one_client_and_the_others_go_on(new_run: NewRun, kind: str) -> None:
    in_process = new_run(SCENARIOS["create"])
    in_process.emulator.faults.replace([{"kind": kind, "method": "POST", "path": "clients/$", "skip": 5, "seconds": 600}])

    answer = in_process.run("vantage_client", clients=[{"client_id": f"app-{number}"} for number in range(20)], concurrency=8)
    made = {client_id for client_id in in_process.clients() if client_id.startswith("app-")}

    assert {result["client_id"] for result in answer["results"] if result["action"] == "created"} == made
    assert len(made) >= 19
    assert answer["summary"]["failed"] == 20 - len(made)


def test_a_token_that_expires_amid_many_clients_is_renewed_once(new_run: NewRun) -> None:
    in_process = new_run(SCENARIOS["create"])
    in_process.emulator.faults.replace([{"kind": "expire_token", "method": "POST", "path": "clients/$", "skip": 5}])

    answer = in_process.run("vantage_client", clients=[{"client_id": f"app-{number}"} for number in range(40)], concurrency=8)

    assert answer["summary"]["created"] == 40
    assert len([entry for entry in in_process.emulator.journal if entry.kind == "token"]) == 2


@pytest.mark.parametrize(("retry_after", "times"), [("3", 20), (None, 6)])
def test_a_busy_server_slows_all_workers_down_and_gets_all_clients(new_run: NewRun, retry_after: str | None, times: int) -> None:
    in_process = new_run(SCENARIOS["create"])
    in_process.emulator.faults.replace(
        [{"kind": "status", "status": 429, "method": "POST", "path": "clients/$", "skip": 10, "times": times, "retry_after": retry_after}]
    )

    answer = in_process.run("vantage_client", clients=[{"client_id": f"app-{number}"} for number in range(60)], concurrency=16)

    assert answer["summary"]["created"] == 60
    assert in_process.clock.waits
