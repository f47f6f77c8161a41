# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the journal and the controls to what the emulator's README says of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.clock import parse_time
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.unit.emulator.conftest import Caller


def control(caller: Caller, method: str, name: str, body: Any = None) -> Any:
    answer = caller.session.request(method, f"https://vantage.test/_emulator/{name}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestJournal:
    @pytest.fixture
    def entries(self, caller: Caller) -> list[dict[str, Any]]:
        """The journal after one request of each kind."""
        caller.ask_token(FABRIKAM, grant_type="client_credentials", client_id="reader", client_secret="fabrikam-reader-secret-0001")
        caller.create("app", clientName="App")
        caller.send("GET", f"{caller.clients}?offset=0&limit=5&surprise=hidden")
        caller.send("GET", f"/auth2/{CONTOSO}/.well-known/openid-configuration")
        caller.send("GET", f"/auth2/{CONTOSO}/connect/authorize?client_id=automation&state=hidden")
        caller.send("DELETE", "/nowhere")
        return control(caller, "GET", "journal")

    @pytest.mark.parametrize(
        ("member", "told"),
        [
            ("n", [1, 2, 3, 4, 5, 6]),
            ("kind", ["token", "write", "read", "discovery", "authorize", "write"]),
            ("write", [False, True, False, False, False, True]),
            ("status", [200, 201, 400, 200, 400, 404]),
            ("tenant", [FABRIKAM, CONTOSO, CONTOSO, CONTOSO, CONTOSO, None]),
        ],
    )
    def test_tells_of_every_request(self, entries: list[dict[str, Any]], member: str, told: list[Any]) -> None:
        assert [entry[member] for entry in entries] == told

    def test_tells_which_members_a_body_had(self, entries: list[dict[str, Any]]) -> None:
        assert entries[0]["members"] == ["grant_type", "client_id", "client_secret"]
        assert entries[1]["members"] == ["clientId", "clientName"]

    def test_masks_the_values_of_a_query(self, entries: list[dict[str, Any]]) -> None:
        assert entries[2]["query"] == {"offset": "0", "limit": "5", "surprise": "***"}
        assert entries[4]["query"] == {"client_id": "automation", "state": "***"}

    def test_tells_when_and_what_was_asked(self, caller: Caller, entries: list[dict[str, Any]]) -> None:
        assert parse_time(entries[0]["time"])
        assert (entries[1]["method"], entries[1]["path"], entries[1]["fault"]) == ("POST", caller.clients, None)


def test_the_journal_holds_no_value(caller: Caller, emulator: Emulator) -> None:
    made = caller.make_secret("reader", description="a description").json()["value"]
    caller.ask_token(grant_type="password", client_id="automation", client_secret="wrong-secret", username="someone@a.test", password="wrong-password")

    text = json.dumps(emulator.journal.as_dicts())

    for value in (made, caller.access_token, "wrong-secret", "wrong-password", "someone", "a description"):
        assert value not in text


def test_the_journal_can_be_cleared_and_counts_from_one_again(caller: Caller, emulator: Emulator) -> None:
    caller.create("app")

    assert [entry.path for entry in emulator.journal.writes()] == [caller.clients]

    answer = control(caller, "DELETE", "journal")

    assert answer == {}
    assert control(caller, "GET", "journal") == []

    caller.create("app")

    assert control(caller, "GET", "journal")[0]["n"] == 1


def test_faults_are_written_and_read_whole(caller: Caller) -> None:
    rules = control(caller, "PUT", "faults", [{"kind": "status", "status": 429}])
    assert rules == control(caller, "GET", "faults")
    assert (rules[0]["kind"], rules[0]["times"], rules[0]["used"]) == ("status", 1, 0)


def test_faults_are_removed_by_an_empty_list(caller: Caller) -> None:
    control(caller, "PUT", "faults", [{"kind": "status"}])
    assert control(caller, "PUT", "faults", []) == []


def test_used_faults_are_counted_and_start_again_when_they_are_written(caller: Caller) -> None:
    control(caller, "PUT", "faults", [{"kind": "status", "status": 429}])

    answer = caller.create("app")

    assert answer.status_code == 429
    assert control(caller, "GET", "faults")[0]["used"] == 1

    written = control(caller, "PUT", "faults", control(caller, "GET", "faults"))

    assert written[0]["used"] == 0


def test_the_clock_is_read_and_moved(caller: Caller) -> None:
    before = control(caller, "GET", "clock")

    after = control(caller, "POST", "clock", {"advance": 86400})

    assert after["seconds"] - before["seconds"] >= 86400
    assert parse_time(after["now"]) == pytest.approx(after["seconds"], abs=0.01)


def test_switches_are_read_and_patched(caller: Caller, emulator: Emulator) -> None:
    patched = control(caller, "PATCH", "behaviour", {"post_status": 200})

    assert patched["post_status"] == 200
    assert control(caller, "GET", "behaviour") == emulator.behaviour.as_dict()
    assert caller.create("app").status_code == 200


def test_the_state_shows_the_tenants(caller: Caller) -> None:
    tenants = control(caller, "GET", "state")["tenants"]
    assert {tenant_id: tenant["name"] for tenant_id, tenant in tenants.items()} == {CONTOSO: "contoso", FABRIKAM: "fabrikam"}


def test_the_state_shows_members_and_the_values_of_secrets(caller: Caller) -> None:
    value = caller.make_secret("reader").json()["value"]

    reader = control(caller, "GET", "state")["tenants"][CONTOSO]["clients"]["reader"]

    assert reader["members"]["clientName"] == "Reader"
    assert [secret["value"] for secret in reader["secrets"]] == ["contoso-reader-secret-0001", value]


class TestSeed:
    times: ClassVar = {"start_time": "2020-01-01T00:00:00.000Z", "expiration": "2020-02-01T00:00:00.000Z"}

    @pytest.fixture
    def made(self, caller: Caller) -> list[dict[str, Any]]:
        """The secrets of a client that is new and of one that is there already."""
        clients = [
            {"clientId": "old", "allowedGrantTypes": ["client_credentials"], "secrets": [{"description": "gone", **self.times}, {"value": "known-value"}]},
            {"clientId": "reader", "clientName": "Changed by hand", "secrets": [{"description": "by hand"}]},
        ]
        return control(caller, "POST", "seed", {"tenant": "contoso", "clients": clients})["secrets"]

    def test_tells_the_secrets_that_it_made(self, made: list[dict[str, Any]]) -> None:
        assert [(item["clientId"], item["description"]) for item in made] == [("old", "gone"), ("old", None), ("reader", "by hand")]
        assert made[0]["expiration"] == self.times["expiration"]

    def test_makes_secrets_of_known_values_and_secrets_of_the_past(self, caller: Caller, made: list[dict[str, Any]]) -> None:
        assert caller.log_in("old", "known-value").status_code == 200
        assert caller.log_in("old", made[0]["value"]).json()["error"] == "invalid_client"

    @pytest.mark.usefixtures("made")
    def test_changes_only_what_it_names_of_a_client(self, caller: Caller) -> None:
        reader = caller.read("reader")
        assert (reader["clientName"], reader["allowedGrantTypes"]) == ("Changed by hand", ["client_credentials", "password"])
        assert len(caller.list_secrets("reader")) == 2


def test_a_reset_goes_back_to_the_start(caller: Caller, emulator: Emulator) -> None:
    start = emulator.state()
    caller.create("app")
    control(caller, "PUT", "faults", [{"kind": "status"}])
    control(caller, "PATCH", "behaviour", {"post_status": 200})
    control(caller, "POST", "clock", {"advance": 10**8})

    control(caller, "POST", "reset")

    assert list(emulator.state()["tenants"][CONTOSO]["clients"]) == list(start["tenants"][CONTOSO]["clients"])
    assert (emulator.faults.rules, emulator.behaviour.post_status, len(emulator.journal)) == ([], 201, 0)
    assert caller.send("GET", caller.clients).status_code == 401


@pytest.mark.parametrize(
    ("method", "name", "body", "status"),
    [
        ("GET", "nothing", None, 404),
        ("PUT", "journal", [], 404),
        ("PUT", "faults", [{"kind": "flood"}], 400),
        ("PUT", "faults", None, 400),
        ("POST", "clock", {}, 400),
        ("PATCH", "behaviour", {"colour": 1}, 400),
        ("POST", "seed", {"tenant": "nobody", "clients": []}, 400),
        ("POST", "seed", {"tenant": "contoso", "clients": [{}]}, 400),
    ],
)
def test_a_wrong_control_is_refused(caller: Caller, method: str, name: str, body: Any, status: int) -> None:
    answer = caller.session.request(method, f"https://vantage.test/_emulator/{name}", json=body)
    assert answer.status_code == status
    assert answer.json()["status"] == status


def test_a_control_needs_json(caller: Caller) -> None:
    assert caller.session.post("https://vantage.test/_emulator/clock", data="{").status_code == 400
