# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of fault at every request of a run on secrets, and what must hold all the same.

No secret of ours is lost, made twice or forgotten, none of somebody else is touched, and what went wrong is reported.
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


def own_ids(rotation: ManualRotation) -> list[str]:
    return [secret["id"] for secret in ours(rotation)]


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


def count_requests(rotation: ManualRotation) -> int:
    """Return how many requests a night without a fault makes."""
    assert rotation.run_night()
    requests = len(rotation.in_process.emulator.journal)
    assert requests >= 4
    return requests


def check_faulty_night(rotation: ManualRotation, *, had_value: bool) -> None:
    """Run with the fault, and check that no value is lost and that the result reports everything that is left."""
    untouched = foreign(rotation)

    succeeded = rotation.run_night()
    known = {rotation.entry["id"]} if rotation.entry else set()
    strangers = set(own_ids(rotation)) - known

    check_answers(rotation)
    assert foreign(rotation) == untouched
    assert rotation.has_working_value() or not (succeeded or had_value)
    # The one that was held before may still be there; another one only when the run has failed and said so.
    assert len(strangers) <= 1 or any(answer.get("failed") and answer["changed"] for answer in rotation.answers)


def check_later_nights(rotation: ManualRotation) -> None:
    """Check that the next night repairs everything after the fault and the late writes, and that another night changes nothing."""
    untouched = foreign(rotation)
    rotation.in_process.emulator.faults.replace([])
    rotation.in_process.emulator.advance(3600)

    succeeded = rotation.run_night()

    assert succeeded
    assert rotation.has_working_value()
    assert rotation.entry is not None
    assert own_ids(rotation) == [rotation.entry["id"]]
    assert foreign(rotation) == untouched

    rotation.in_process.emulator.journal.clear()
    succeeded = rotation.run_night()

    assert succeeded
    assert rotation.in_process.emulator.journal.writes() == []


# Days since the night before: none was there, and the secret of that night is not due, due or expired.
AGES = {"first": None, "quiet": 10, "due": 25, "expired": 31}


@pytest.mark.slow
@pytest.mark.one_core("no ansible-core and no library decides what follows a fault, and the tests beside this one run on each")
@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("night", AGES)
def test_a_fault_at_any_request_loses_no_value_and_leaves_no_unknown_secret(new_keeper: NewKeeper, night: str, kind: str) -> None:
    requests = count_requests(new_keeper(AGES[night]))

    for number in range(1, requests + 1):
        rotation = new_keeper(AGES[night])
        rotation.in_process.emulator.faults.replace([{"kind": kind, "at": number, "seconds": 600}])
        try:
            check_faulty_night(rotation, had_value=night in ("quiet", "due"))
            check_later_nights(rotation)
        except AssertionError as exc:
            raise AssertionError(f"{kind} at request {number} of {requests}: {rotation.in_process.requests()}") from exc


@pytest.mark.parametrize("kind", ["status_after", "drop_after", "timeout_after", "proxy_after", "tls_after", "deep"])
@pytest.mark.parametrize("age", [None, 25])
def test_a_secret_whose_answer_was_lost_is_rolled_back_and_made_again(new_keeper: NewKeeper, kind: str, age: float | None) -> None:
    rotation = new_keeper(age)
    rotation.in_process.emulator.faults.replace([{"kind": kind, **POST}])

    succeeded = rotation.run_night()

    assert succeeded
    assert rotation.has_working_value()
    assert len(ours(rotation)) == 1


@pytest.mark.parametrize(("age", "left"), [(None, 0), (25, 1)])
def test_a_secret_whose_answer_has_no_value_is_not_made_again(new_keeper: NewKeeper, age: float | None, left: int) -> None:
    rotation = new_keeper(age)
    rotation.in_process.emulator.faults.replace([{"kind": "empty", **POST}])

    succeeded = rotation.run_night()

    # An answer without a value is the server's way, not an accident.
    assert not succeeded
    assert rotation.answers[-1]["error"]["code"] == "no_value"
    assert len(ours(rotation)) == left


@pytest.mark.parametrize("kind", ["drop_before", "timeout_before", "html"])
def test_a_secret_that_was_never_made_is_made_again(new_keeper: NewKeeper, kind: str) -> None:
    rotation = new_keeper()
    rotation.in_process.emulator.faults.replace([{"kind": kind, **POST, "times": 2}])

    succeeded = rotation.run_night()

    assert succeeded
    assert [entry.method for entry in rotation.in_process.emulator.journal.writes()] == ["POST"] * 3
    assert len(ours(rotation)) == 1


@pytest.mark.parametrize(("kind", "found"), [("drop_before", False), ("drop_after", True), ("timeout_after", True), ("status_after", True), ("html", False)])
@pytest.mark.parametrize("age", [None, 25])
def test_a_secret_is_given_up_after_three_attempts_and_what_was_found_is_rolled_back(new_keeper: NewKeeper, kind: str, found: bool, age: float | None) -> None:
    rotation = new_keeper(age)
    before = ours(rotation)
    rotation.in_process.emulator.faults.replace([{"kind": kind, **POST, "times": None}])

    succeeded = rotation.run_night()
    failed = rotation.answers[-1]

    assert not succeeded
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
    ids=["not found", "not rolled back"],
)
@pytest.mark.parametrize(("age", "left"), [(None, 1), (25, 2)])
def test_an_orphan_that_is_not_rolled_back_is_reported_and_deleted_by_the_next_run(
    new_keeper: NewKeeper, second: dict[str, Any], said: tuple[str, ...], age: float | None, left: int
) -> None:
    rotation = new_keeper(age)
    held = rotation.entry
    rotation.in_process.emulator.faults.replace([{"kind": "drop_after", **POST}, {"kind": "forbidden", **second}])

    succeeded = rotation.run_night()
    failed = rotation.answers[-1]

    assert not succeeded
    assert failed["error"]["code"] == "in_doubt"
    assert [part for part in said if part not in failed["msg"]] == []
    assert failed["changed"]
    assert len(ours(rotation)) == left
    assert rotation.entry == held

    succeeded = rotation.run_night()

    assert succeeded
    assert rotation.has_working_value()
    assert len(ours(rotation)) == 1


@pytest.mark.parametrize(("age", "older"), [(None, 1), (25, 2)])
@pytest.mark.parametrize("overlap", ["0", "1d"])
def test_what_a_killed_run_did_not_deliver_is_deleted_after_the_overlap(new_keeper: NewKeeper, age: float | None, older: int, overlap: str) -> None:
    rotation = new_keeper(age)
    had_value = rotation.has_working_value()

    succeeded = rotation.run_night(killed=True)

    assert not succeeded
    assert rotation.has_working_value() is had_value

    rotation.in_process.emulator.advance(600)
    succeeded = rotation.run_night(overlap=overlap)

    assert succeeded
    assert rotation.has_working_value()
    # What the killed run made and what was held before wait for the overlap: by its id alone, nobody can tell the two apart.
    assert len(ours(rotation)) == 1 + (older if overlap == "1d" else 0)

    rotation.in_process.emulator.advance(DAY + 60)
    succeeded = rotation.run_night(overlap=overlap)

    assert succeeded
    assert len(ours(rotation)) == 1


def commit_late(rotation: ManualRotation, *, times: int) -> None:
    """Let the server answer the next requests for a secret with an error, and make the secrets an hour later."""
    rotation.in_process.emulator.faults.replace([{"kind": "commit_late", **POST, "times": times, "seconds": 3600}])


@pytest.mark.parametrize("overlap", ["0", "1d"])
def test_a_run_succeeds_although_the_server_commits_its_first_secret_late(new_keeper: NewKeeper, overlap: str) -> None:
    rotation = new_keeper(25)
    commit_late(rotation, times=1)

    succeeded = rotation.run_night(overlap=overlap)

    assert succeeded
    assert rotation.has_working_value()


@pytest.mark.parametrize("overlap", ["0", "1d"])
def test_a_run_fails_and_keeps_what_it_holds_where_the_server_commits_all_its_secrets_late(new_keeper: NewKeeper, overlap: str) -> None:
    rotation = new_keeper(25)
    held = dict(rotation.entry or {})
    commit_late(rotation, times=3)

    succeeded = rotation.run_night(overlap=overlap)

    assert not succeeded
    assert rotation.entry == held
    assert rotation.has_working_value()


def run_into_late_commits(rotation: ManualRotation, *, times: int, overlap: str) -> None:
    """Run a night in which the server commits secrets late, and wait until it has."""
    commit_late(rotation, times=times)
    rotation.run_night(overlap=overlap)
    rotation.in_process.emulator.faults.replace([])
    rotation.in_process.emulator.advance(7200)
    assert len(ours(rotation)) >= 2


@pytest.mark.parametrize("times", [1, 3])
def test_secrets_that_the_server_commits_late_are_deleted_by_the_next_run(new_keeper: NewKeeper, times: int) -> None:
    rotation = new_keeper(25)
    run_into_late_commits(rotation, times=times, overlap="0")

    succeeded = rotation.run_night(overlap="0")

    assert succeeded
    assert rotation.has_working_value()
    assert set(own_ids(rotation)) == {rotation.held_id}


@pytest.mark.parametrize("times", [1, 3])
def test_secrets_that_the_server_commits_late_are_deleted_after_the_overlap(new_keeper: NewKeeper, times: int) -> None:
    rotation = new_keeper(25)
    run_into_late_commits(rotation, times=times, overlap="1d")

    succeeded = rotation.run_night(overlap="1d")

    assert succeeded
    assert rotation.has_working_value()

    rotation.in_process.emulator.advance(DAY + 60)
    succeeded = rotation.run_night(overlap="1d")

    assert succeeded
    assert set(own_ids(rotation)) == {rotation.held_id}


@pytest.mark.parametrize("kind", ["commit_late", "timeout_late"])
@pytest.mark.parametrize("seconds", [0.5, 5, 29])
@pytest.mark.parametrize("age", [None, 25])
def test_a_slow_tenant_is_waited_for(new_keeper: NewKeeper, kind: str, seconds: float, age: float | None) -> None:
    rotation = new_keeper(age)
    rotation.in_process.emulator.faults.replace([{"kind": kind, **POST, "seconds": seconds}])

    succeeded = rotation.run_night()
    rotation.in_process.emulator.advance(3600)
    (warning,) = [warning for warning in rotation.in_process.warnings if "app/production" in warning]

    assert succeeded
    assert own_ids(rotation) == [rotation.held_id]
    assert "Could not create a secret for client 'app'" in warning
    assert "Rolled back: " in warning


def test_an_orphan_that_comes_while_another_secret_is_made_is_rolled_back(new_keeper: NewKeeper) -> None:
    # Just after the last look, before the second request is answered.
    rotation = new_keeper(25)
    rotation.in_process.emulator.faults.replace([{"kind": "timeout_late", **POST, "seconds": 30.5}])

    succeeded = rotation.run_night()

    assert succeeded
    assert own_ids(rotation) == [rotation.held_id]
    assert "Rolled back: " in rotation.in_process.warnings[0]


def test_an_orphan_is_waited_for_as_long_as_timeout_says(new_keeper: NewKeeper) -> None:
    rotation = new_keeper(25, timeout=90)
    rotation.in_process.emulator.faults.replace([{"kind": "timeout_late", **POST, "seconds": 80}])

    succeeded = rotation.run_night()

    assert succeeded
    assert own_ids(rotation) == [rotation.held_id]
    assert sum(rotation.in_process.clock.waits) <= 90 + 2


def test_an_orphan_that_may_still_come_is_warned_of(new_keeper: NewKeeper) -> None:
    rotation = new_keeper(25)
    rotation.in_process.emulator.faults.replace([{"kind": "timeout_before", **POST}])

    succeeded = rotation.run_night()
    (warning,) = rotation.in_process.warnings

    assert succeeded
    assert warning.startswith("app/production: The secret was made at another attempt. Before that: Could not create a secret for client 'app': ")
    assert "None was found in the tenant's list; if one with this description appears there later, its value is lost: delete it." in warning
    assert rotation.entry is not None
    assert rotation.entry["value"] not in warning


def test_an_orphan_is_looked_for_again_where_the_tenant_does_not_answer(new_keeper: NewKeeper) -> None:
    rotation = new_keeper(25)
    gone = {"kind": "drop_before", "method": "GET", "path": "secrets/$", "skip": 1, "times": 7}
    rotation.in_process.emulator.faults.replace([{"kind": "drop_after", **POST}, gone])

    succeeded = rotation.run_night()

    assert succeeded
    assert own_ids(rotation) == [rotation.held_id]


def test_a_secret_of_somebody_else_is_not_taken_for_an_orphan(new_keeper: NewKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    rotation = new_keeper()
    emulator = rotation.in_process.emulator
    emulator.faults.replace([{"kind": "timeout_before", **POST}])
    advance = emulator.advance
    theirs: list[str] = []

    def another_run_makes_one(seconds: float) -> None:
        if not theirs:
            # It expires at another time than ours.
            (made,) = emulator.seed("contoso", [{"clientId": "app", "secrets": [{"description": "production"}]}])
            theirs.append(made["id"])
        advance(seconds)

    monkeypatch.setattr(emulator, "advance", another_run_makes_one)

    made = rotation.in_process.run("vantage_client_secret", **rotation.options, held_id="")

    assert own_ids(rotation) == [*theirs, made["secret"]["id"]]


def test_a_run_without_held_id_deletes_nothing(new_keeper: NewKeeper) -> None:
    rotation = new_keeper(25)
    rotation.in_process.emulator.faults.replace([{"kind": "drop_after", **POST}, {"kind": "forbidden", "method": "GET", "path": "secrets/$", "skip": 1}])
    succeeded = rotation.run_night()
    before = ours(rotation)

    answer = rotation.in_process.run("vantage_client_secret", **rotation.options, prune="superseded", overlap=0)

    assert not succeeded
    assert "prune superseded needs held_id" in answer["msg"]
    assert ours(rotation) == before


def seed_many(in_process: InProcess, count: int) -> list[dict[str, Any]]:
    """Make clients by hand, and return the entries that make a secret of each."""
    names = [f"app-{number}" for number in range(count)]
    in_process.emulator.seed("contoso", [{"clientId": name, "allowedGrantTypes": ["client_credentials"]} for name in names])
    return [{"client_id": name, "description": "p"} for name in names]


@pytest.mark.parametrize("kind", sorted(KINDS - {"expire_token"}))
def test_in_bulk_a_fault_meets_one_secret_and_the_others_go_on(in_process: InProcess, kind: str) -> None:
    wanted = seed_many(in_process, 16)
    in_process.emulator.faults.replace([{"kind": kind, **POST, "skip": 5, "seconds": 600}])

    answer = in_process.run("vantage_client_secret", secrets=wanted, verify=True)
    values = {result["client_id"]: result["secret"]["value"] for result in answer["results"] if result["action"] == "created"}
    kept = {client_id: client["secrets"] for client_id, client in in_process.clients().items() if client_id.startswith("app-")}

    assert values == {client_id: secrets[0]["value"] for client_id, secrets in kept.items() if secrets}
    assert [len(kept[client_id]) for client_id in values] == [1] * len(values)
    assert len(values) >= 15
    assert answer["summary"]["failed"] == 16 - len(values)
    assert not [value for value in values.values() for said in (answer, *answer["results"]) if value in said.get("msg", "")]


def test_a_token_that_expires_amid_many_secrets_is_renewed_once(in_process: InProcess) -> None:
    wanted = seed_many(in_process, 30)
    in_process.emulator.faults.replace([{"kind": "expire_token", **POST, "skip": 5}])

    answer = in_process.run("vantage_client_secret", secrets=wanted)

    assert answer["summary"]["created"] == 30
    assert [len(in_process.clients()[entry["client_id"]]["secrets"]) for entry in wanted] == [1] * 30
    assert len([entry for entry in in_process.emulator.journal if entry.kind == "token"]) == 2


def be_busy(in_process: InProcess, status: int) -> None:
    """Let the server refuse ten of the requests for a secret."""
    in_process.emulator.faults.replace([{"kind": "status", "status": status, **POST, "skip": 5, "times": 10, "retry_after": "2"}])


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_gets_no_secret_twice(in_process: InProcess, status: int) -> None:
    wanted = seed_many(in_process, 30)
    be_busy(in_process, status)

    answer = in_process.run("vantage_client_secret", secrets=wanted, concurrency=16)
    made = [len(in_process.clients()[entry["client_id"]]["secrets"]) for entry in wanted]

    assert made == [int(result["action"] == "created") for result in answer["results"]]
    # The server refuses ten requests, and 503 is not asked again.
    assert sum(made) >= 20


def test_a_server_that_asks_for_patience_gets_all_secrets_in_the_end(in_process: InProcess) -> None:
    wanted = seed_many(in_process, 30)
    be_busy(in_process, 429)

    in_process.run("vantage_client_secret", secrets=wanted, concurrency=16)

    assert [len(in_process.clients()[entry["client_id"]]["secrets"]) for entry in wanted] == [1] * 30
