# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of fault at every request of a run on secrets, and what must hold all the same.

Nothing ours is lost, doubled or forgotten, nothing foreign is touched, and what went wrong is said.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.config import FABRIKAM
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.emulator.faults import KINDS
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.manual_rotation import ManualRotation

CLIENTS: list[dict[str, Any]] = [
    # Of the same client, somebody else's secrets: another name, and none at all.
    {"clientId": "app", "allowedGrantTypes": ["client_credentials"], "secrets": [{"description": "by hand"}, {"description": None}]},
    {"clientId": "team-b-app", "secrets": [{"description": "production"}]},
]
POST = {"method": "POST", "path": "secrets/$"}
NewKeeper = Callable[..., ManualRotation]


@pytest.fixture
def new_keeper(monkeypatch: pytest.MonkeyPatch) -> NewKeeper:
    """Return a way to get an emulator as new, and a rotation that has worked there so many nights."""

    def new(age: float | None = None, **options: Any) -> ManualRotation:
        in_process = InProcess(Emulator(), monkeypatch)
        in_process.emulator.seed("contoso", CLIENTS)
        rotation = ManualRotation(in_process, **options)
        if age is not None:
            assert rotation.run_night()
            in_process.emulator.advance(age * DAY)
        in_process.emulator.journal.clear()
        return rotation

    return new


def ours(rotation: ManualRotation) -> list[dict[str, Any]]:
    return [secret for secret in rotation.in_process.clients()["app"]["secrets"] if secret["description"] == "production"]


def foreign(rotation: ManualRotation) -> Any:
    """Return what no run of ours may touch, in both tenants."""
    clients = rotation.in_process.clients()
    others = [secret for secret in clients["app"]["secrets"] if secret["description"] != "production"]
    rest = {client_id: client for client_id, client in clients.items() if client_id != "app"}
    return clients["app"]["members"], others, rest, rotation.in_process.clients(FABRIKAM)


def check_answers(rotation: ManualRotation) -> None:
    """Check that what failed says what happened, and that no message, only the secret itself, holds a value."""
    values = [secret["value"] for client in rotation.in_process.clients().values() for secret in client["secrets"]]
    for answer in rotation.answers:
        if answer.get("failed"):
            assert answer["error"]["code"]
            assert answer["msg"].endswith(".")
            assert "secret" not in answer
        shown = json.dumps({name: value for name, value in answer.items() if name != "secret"})
        assert not [value for value in values if value in shown]


# Which nights there are: none held yet, nothing due, due, expired, and one whose value the store has lost.
AGES = {"first": None, "quiet": 10, "due": 25, "expired": 31}


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("night", AGES)
def test_a_fault_at_any_request_costs_no_value_and_leaves_no_stranger(new_keeper: NewKeeper, night: str, kind: str) -> None:
    clean = new_keeper(AGES[night])
    assert clean.run_night()
    requests = len(clean.in_process.emulator.journal)
    assert requests >= 4
    for number in range(1, requests + 1):
        rotation = new_keeper(AGES[night])
        rotation.in_process.emulator.faults.replace([{"kind": kind, "at": number, "seconds": 600}])
        try:
            check_nights(rotation, had_value=night in ("quiet", "due"))
        except AssertionError as exc:
            raise AssertionError(f"{kind} at request {number} of {requests}: {rotation.in_process.requests()}") from exc


def check_nights(rotation: ManualRotation, *, had_value: bool) -> None:
    """Run into the fault, then, when all is well again and late writes have happened, once more."""
    untouched = foreign(rotation)
    well = rotation.run_night()
    check_answers(rotation)
    assert foreign(rotation) == untouched
    assert rotation.has_working_value() or not (well or had_value)
    known = {rotation.entry["id"]} if rotation.entry else set()
    strangers = [secret for secret in ours(rotation) if secret["id"] not in known]
    # The one that was held before may still be there; another one only when the run has failed and said so.
    assert len(strangers) <= 1 or any(answer.get("failed") and answer["changed"] for answer in rotation.answers)
    rotation.in_process.emulator.faults.replace([])
    rotation.in_process.emulator.advance(3600)
    assert rotation.run_night()
    assert rotation.has_working_value()
    assert rotation.entry is not None
    assert [secret["id"] for secret in ours(rotation)] == [rotation.entry["id"]]
    assert foreign(rotation) == untouched
    rotation.in_process.emulator.journal.clear()
    assert rotation.run_night()
    assert rotation.in_process.emulator.journal.writes() == []


@pytest.mark.parametrize("kind", ["status_after", "drop_after", "timeout_after", "proxy_after", "tls_after", "empty", "deep"])
@pytest.mark.parametrize("age", [None, 25])
def test_a_secret_whose_answer_was_lost_is_rolled_back_and_made_again(new_keeper: NewKeeper, kind: str, age: float | None) -> None:
    rotation = new_keeper(age)
    rotation.in_process.emulator.faults.replace([{"kind": kind, **POST}])
    assert rotation.run_night() is (kind != "empty")
    if kind != "empty":
        assert rotation.has_working_value()
        assert len(ours(rotation)) == 1
        return
    # An answer without a value is the server's way, not an accident: it is not tried again.
    failed = rotation.answers[-1]
    assert failed["error"]["code"] == "no_value"
    assert len(ours(rotation)) == (0 if age is None else 1)


@pytest.mark.parametrize("kind", ["drop_before", "timeout_before", "html"])
def test_a_secret_that_was_never_made_is_made_again(new_keeper: NewKeeper, kind: str) -> None:
    rotation = new_keeper()
    rotation.in_process.emulator.faults.replace([{"kind": kind, **POST, "times": 2}])
    assert rotation.run_night()
    assert [entry.method for entry in rotation.in_process.emulator.journal.writes()] == ["POST"] * 3
    assert len(ours(rotation)) == 1


@pytest.mark.parametrize(("kind", "found"), [("drop_before", False), ("drop_after", True), ("timeout_after", True), ("status_after", True), ("html", False)])
@pytest.mark.parametrize("age", [None, 25])
def test_making_is_given_up_after_three_times_with_what_was_found(new_keeper: NewKeeper, kind: str, found: bool, age: float | None) -> None:
    rotation = new_keeper(age)
    before = ours(rotation)
    rotation.in_process.emulator.faults.replace([{"kind": kind, **POST, "times": None}])
    assert not rotation.run_night()
    failed = rotation.answers[-1]
    assert failed["error"]["code"] == "in_doubt"
    assert "Could not make secret 'app/production': 3 attempts ended without its value. " in failed["msg"]
    assert ("Rolled back: " in failed["msg"]) is found
    assert ("None was found in the tenant's list; if one with this description appears there later, its value is lost" in failed["msg"]) is not found
    assert failed["changed"] is found
    assert ours(rotation) == before
    assert len([entry for entry in rotation.in_process.emulator.journal.writes() if entry.method == "POST"]) == 3


LOST = (
    "It is unknown whether secret 'app/production' was made: Could not list",
    "its value is lost, and a run without held_id would treat it as the current one: run again with the held_id of the secret that you hold (empty for none)",
)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"method": "GET", "path": "secrets/$", "skip": 1}, LOST),
        ({"method": "DELETE"}, ("It has made secret ", "which could not be rolled back: Could not delete", "Its value is lost: delete it.")),
    ],
)
@pytest.mark.parametrize("age", [None, 25])
def test_an_orphan_that_cannot_be_looked_for_or_rolled_back_is_said_and_gone_after_the_next_run(
    new_keeper: NewKeeper, second: dict[str, Any], said: tuple[str, ...], age: float | None
) -> None:
    rotation = new_keeper(age)
    held = rotation.entry
    rotation.in_process.emulator.faults.replace([{"kind": "drop_after", **POST}, {"kind": "forbidden", **second}])
    assert not rotation.run_night()
    failed = rotation.answers[-1]
    assert failed["error"]["code"] == "in_doubt"
    for part in said:
        assert part in failed["msg"]
    assert failed["changed"]
    assert len(ours(rotation)) == (1 if age is None else 2)
    assert rotation.entry == held
    assert rotation.run_night()
    assert rotation.has_working_value()
    assert len(ours(rotation)) == 1


@pytest.mark.parametrize("overlap", ["0", "1d"])
@pytest.mark.parametrize("age", [None, 25])
def test_a_run_that_is_killed_before_it_delivers_leaves_nothing_after_the_next(new_keeper: NewKeeper, age: float | None, overlap: str) -> None:
    rotation = new_keeper(age)
    had_value = rotation.has_working_value()
    assert not rotation.run_night(killed=True)
    assert rotation.has_working_value() is had_value
    rotation.in_process.emulator.advance(600)
    assert rotation.run_night(overlap=overlap)
    assert rotation.has_working_value()
    # What the killed run made and what was held before wait for the overlap: by its id alone, nobody can tell the two apart.
    assert len(ours(rotation)) == 1 + (overlap == "1d") * (1 if age is None else 2)
    rotation.in_process.emulator.advance(DAY + 60)
    assert rotation.run_night(overlap=overlap)
    assert len(ours(rotation)) == 1


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("overlap", ["0", "1d"])
def test_a_secret_that_the_server_commits_late_is_gone_after_the_next_run(new_keeper: NewKeeper, times: int, overlap: str) -> None:
    rotation = new_keeper(25)
    held = dict(rotation.entry or {})
    rotation.in_process.emulator.faults.replace([{"kind": "commit_late", **POST, "times": times, "seconds": 3600}])
    assert rotation.run_night(overlap=overlap) is (times == 1)
    if times == 3:
        assert rotation.entry == held
    assert rotation.has_working_value()
    rotation.in_process.emulator.faults.replace([])
    rotation.in_process.emulator.advance(7200)
    assert len(ours(rotation)) >= 2
    assert rotation.run_night(overlap=overlap)
    assert rotation.has_working_value()
    if overlap == "1d":
        rotation.in_process.emulator.advance(DAY + 60)
        assert rotation.run_night(overlap=overlap)
    assert {secret["id"] for secret in ours(rotation)} == {rotation.held_id}


@pytest.mark.parametrize("kind", ["commit_late", "timeout_late"])
@pytest.mark.parametrize("seconds", [0.5, 5, 29])
@pytest.mark.parametrize("age", [None, 25])
def test_a_slow_tenant_is_waited_for(new_keeper: NewKeeper, kind: str, seconds: float, age: float | None) -> None:
    rotation = new_keeper(age)
    rotation.in_process.emulator.faults.replace([{"kind": kind, **POST, "seconds": seconds}])
    assert rotation.run_night()
    rotation.in_process.emulator.advance(3600)
    assert [secret["id"] for secret in ours(rotation)] == [rotation.held_id]
    (warning,) = [warning for warning in rotation.in_process.warnings if "app/production" in warning]
    assert "Could not create a secret for client 'app'" in warning
    assert "Rolled back: " in warning


def test_what_comes_while_another_one_is_made_is_found_after_it(new_keeper: NewKeeper) -> None:
    # Just after the last look, before the second request is answered.
    rotation = new_keeper(25)
    rotation.in_process.emulator.faults.replace([{"kind": "timeout_late", **POST, "seconds": 30.5}])
    assert rotation.run_night()
    assert [secret["id"] for secret in ours(rotation)] == [rotation.held_id]
    assert "Rolled back: " in rotation.in_process.warnings[0]


def test_the_patience_is_the_option_timeout(new_keeper: NewKeeper) -> None:
    rotation = new_keeper(25, timeout=90)
    rotation.in_process.emulator.faults.replace([{"kind": "timeout_late", **POST, "seconds": 80}])
    assert rotation.run_night()
    assert [secret["id"] for secret in ours(rotation)] == [rotation.held_id]
    assert sum(rotation.in_process.clock.waits) <= 90 + 2


def test_a_doubt_that_stays_one_is_warned_of(new_keeper: NewKeeper) -> None:
    rotation = new_keeper(25)
    rotation.in_process.emulator.faults.replace([{"kind": "timeout_before", **POST}])
    assert rotation.run_night()
    (warning,) = rotation.in_process.warnings
    assert warning.startswith("app/production: The secret was made at another attempt. Before that: Could not create a secret for client 'app': ")
    assert "None was found in the tenant's list; if one with this description appears there later, its value is lost: delete it." in warning
    assert rotation.entry is not None
    assert rotation.entry["value"] not in warning


def test_a_tenant_that_is_gone_for_a_while_is_looked_at_again(new_keeper: NewKeeper) -> None:
    rotation = new_keeper(25)
    gone = {"kind": "drop_before", "method": "GET", "path": "secrets/$", "skip": 1, "times": 7}
    rotation.in_process.emulator.faults.replace([{"kind": "drop_after", **POST}, gone])
    assert rotation.run_night()
    assert [secret["id"] for secret in ours(rotation)] == [rotation.held_id]


def test_somebody_elses_secret_of_another_end_is_not_taken_for_an_orphan(new_keeper: NewKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    rotation = new_keeper()
    emulator = rotation.in_process.emulator
    emulator.faults.replace([{"kind": "timeout_before", **POST}])
    advance = emulator.advance
    theirs: list[str] = []

    def another_run_makes_one(seconds: float) -> None:
        if not theirs:
            (made,) = emulator.seed("contoso", [{"clientId": "app", "secrets": [{"description": "production"}]}])
            theirs.append(made["id"])
        advance(seconds)

    monkeypatch.setattr(emulator, "advance", another_run_makes_one)
    made = rotation.in_process.run("vantage_client_secret", **rotation.options, held_id="")
    assert [secret["id"] for secret in ours(rotation)] == [*theirs, made["secret"]["id"]]


def test_who_does_not_say_what_is_held_deletes_nothing(new_keeper: NewKeeper) -> None:
    rotation = new_keeper(25)
    rotation.in_process.emulator.faults.replace([{"kind": "drop_after", **POST}, {"kind": "forbidden", "method": "GET", "path": "secrets/$", "skip": 1}])
    assert not rotation.run_night()
    before = ours(rotation)
    answer = rotation.in_process.run("vantage_client_secret", **rotation.options, prune="superseded", overlap=0)
    assert "prune superseded needs held_id" in answer["msg"]
    assert ours(rotation) == before


@pytest.mark.parametrize("kind", sorted(KINDS - {"expire_token"}))
def test_in_bulk_a_fault_meets_one_secret_and_the_others_go_on(in_process: InProcess, kind: str) -> None:
    names = [f"app-{number}" for number in range(16)]
    in_process.emulator.seed("contoso", [{"clientId": name, "allowedGrantTypes": ["client_credentials"]} for name in names])
    in_process.emulator.faults.replace([{"kind": kind, **POST, "skip": 5, "seconds": 600}])
    answer = in_process.run("vantage_client_secret", secrets=[{"client_id": name, "description": "p"} for name in names], verify=True)
    values = {result["client_id"]: result["secret"]["value"] for result in answer["results"] if result["action"] == "created"}
    clients = in_process.clients()
    assert values == {name: clients[name]["secrets"][0]["value"] for name in names if clients[name]["secrets"]}
    assert [len(clients[name]["secrets"]) for name in values] == [1] * len(values)
    assert len(values) >= 15
    assert answer["summary"]["failed"] == 16 - len(values)
    for result in answer["results"]:
        assert not [value for value in values.values() if value in result["msg"]]
    assert not [value for value in values.values() if value in answer.get("msg", "")]


def test_a_token_that_dies_in_the_middle_of_many_is_renewed_once(in_process: InProcess) -> None:
    names = [f"app-{number}" for number in range(30)]
    in_process.emulator.seed("contoso", [{"clientId": name} for name in names])
    in_process.emulator.faults.replace([{"kind": "expire_token", **POST, "skip": 5}])
    answer = in_process.run("vantage_client_secret", secrets=[{"client_id": name, "description": "p"} for name in names])
    assert answer["summary"]["created"] == 30
    assert [len(in_process.clients()[name]["secrets"]) for name in names] == [1] * 30
    assert len([entry for entry in in_process.emulator.journal if entry.kind == "token"]) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_gets_no_secret_twice(in_process: InProcess, status: int) -> None:
    names = [f"app-{number}" for number in range(30)]
    in_process.emulator.seed("contoso", [{"clientId": name} for name in names])
    in_process.emulator.faults.replace([{"kind": "status", "status": status, **POST, "skip": 5, "times": 10, "retry_after": "2"}])
    answer = in_process.run("vantage_client_secret", secrets=[{"client_id": name, "description": "p"} for name in names], concurrency=16)
    made = [len(in_process.clients()[name]["secrets"]) for name in names]
    assert made == [int(result["action"] == "created") for result in answer["results"]]
    if status == 429:
        assert made == [1] * 30
