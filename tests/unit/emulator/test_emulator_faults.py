# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold every kind of fault to what the emulator's README says of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.faults import KINDS

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.unit.emulator.conftest import Caller

DROPPED, SILENT = requests.ConnectionError, requests.ReadTimeout
BEHIND_PROXY, IN_CLEAR = requests.exceptions.ProxyError, requests.exceptions.SSLError


def has_app(emulator: Emulator) -> bool:
    return "app" in emulator.state()["tenants"][CONTOSO]["clients"]


def meet(caller: Caller) -> int | type[requests.RequestException]:
    """Create a client, and return the status of the answer, or which error there is instead."""
    try:
        return caller.create("app").status_code
    except requests.RequestException as error:
        return type(error)


@pytest.mark.parametrize(
    ("kind", "outcome", "effect"),
    [
        ("status", 503, False),
        ("status_after", 503, True),
        ("drop_before", DROPPED, False),
        ("drop_after", DROPPED, True),
        ("timeout_before", SILENT, False),
        ("timeout_after", SILENT, True),
        ("commit_late", DROPPED, False),
        ("timeout_late", SILENT, False),
        ("proxy_before", BEHIND_PROXY, False),
        ("proxy_after", BEHIND_PROXY, True),
        ("tls_before", IN_CLEAR, False),
        ("tls_after", IN_CLEAR, True),
        ("deep", 201, True),
        ("html", 200, False),
        ("empty", 201, True),
        ("expire_token", 401, False),
        ("redirect", 302, False),
        ("forbidden", 403, False),
    ],
)
def test_what_the_caller_meets_and_whether_it_takes_effect(caller: Caller, emulator: Emulator, kind: str, outcome: Any, effect: bool) -> None:
    emulator.faults.replace([{"kind": kind}])

    met = meet(caller)
    (entry,) = emulator.journal.entries()

    assert met == outcome
    assert has_app(emulator) == effect
    assert (entry.fault, entry.status, entry.write) == (kind, outcome if isinstance(outcome, int) else None, True)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_fault_strikes_once(caller: Caller, emulator: Emulator, kind: str) -> None:
    emulator.faults.replace([{"kind": kind}])
    with suppress(requests.RequestException):
        caller.create("app")

    answer = caller.create("next")

    assert answer.status_code == (401 if kind == "expire_token" else 201)


def test_every_kind_is_in_the_table_above() -> None:
    table = test_what_the_caller_meets_and_whether_it_takes_effect.pytestmark[0].args[1]
    assert {row[0] for row in table} == KINDS


def test_an_error_has_the_status_and_the_retry_after_of_its_rule(caller: Caller, emulator: Emulator) -> None:
    emulator.faults.replace([{"kind": "status", "status": 429, "retry_after": "1"}, {"kind": "status_after", "status": 500}])

    first, second = caller.create("app"), caller.create("app")

    assert (first.status_code, first.headers["Retry-After"], first.json()["status"]) == (429, "1", 429)
    assert (second.status_code, "Retry-After" in second.headers) == (500, False)


def create_under(kind: str, caller: Caller, emulator: Emulator) -> requests.Response:
    """Create a client while there is a fault of this kind, and return the answer."""
    emulator.faults.replace([{"kind": kind}])
    return caller.create("app")


def test_html_is_a_page(caller: Caller, emulator: Emulator) -> None:
    page = create_under("html", caller, emulator)
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.text.startswith("<!DOCTYPE html>")


def test_a_redirect_leads_nowhere(caller: Caller, emulator: Emulator) -> None:
    moved = create_under("redirect", caller, emulator)
    assert caller.session.get(moved.headers["Location"]).status_code == 404


def test_an_empty_answer_has_no_body(caller: Caller, emulator: Emulator) -> None:
    assert create_under("empty", caller, emulator).content == b""


def test_a_refusal_is_not_emptied(caller: Caller, emulator: Emulator) -> None:
    caller.create("app")
    refused = create_under("empty", caller, emulator)
    assert (refused.status_code, refused.json()["status"]) == (409, 409)


def test_an_expired_token_stays_expired_and_others_live(caller: Caller, emulator: Emulator) -> None:
    emulator.faults.replace([{"kind": "expire_token"}])

    statuses = [caller.send("GET", caller.clients).status_code for _turn in range(2)]

    assert statuses == [401, 401]

    caller.access_token = emulator.issue_token("contoso")

    assert caller.send("GET", caller.clients).status_code == 200


@pytest.mark.parametrize(("kind", "outcome"), [("commit_late", DROPPED), ("timeout_late", SILENT)])
def test_a_late_commit_happens_when_the_clock_says_so(caller: Caller, emulator: Emulator, kind: str, outcome: type[Exception]) -> None:
    emulator.faults.replace([{"kind": kind, "method": "POST", "path": "/secrets/$", "seconds": 30}])

    with pytest.raises(outcome):
        caller.make_secret("reader", description="late")
    emulator.advance(20)

    assert [item["description"] for item in caller.list_secrets("reader")] == ["Set up by hand"]

    emulator.advance(20)

    assert [item["description"] for item in caller.list_secrets("reader")] == ["Set up by hand", "late"]
    assert len([entry for entry in emulator.journal if entry.write]) == 1


def test_a_late_commit_loses_against_what_came_before_it(caller: Caller, emulator: Emulator) -> None:
    emulator.faults.replace([{"kind": "commit_late", "seconds": 30}])
    with suppress(DROPPED):
        caller.create("app", clientName="late")
    caller.create("app", clientName="early")

    emulator.advance(40)

    assert caller.read("app")["clientName"] == "early"


def test_method_and_path_choose_the_request(caller: Caller, emulator: Emulator) -> None:
    emulator.faults.replace([{"kind": "status", "method": "POST", "path": "/clients/$", "times": None}])

    read, made = caller.send("GET", caller.clients), caller.make_secret("reader")
    created = [caller.create("app") for _turn in range(3)]

    assert (read.status_code, made.status_code) == (200, 201)
    assert [answer.status_code for answer in created] == [503, 503, 503]


def test_skip_and_times_count_the_fitting_requests(caller: Caller, emulator: Emulator) -> None:
    emulator.faults.replace([{"kind": "status", "method": "GET", "skip": 1, "times": 2}])

    caller.create("app")
    statuses = [caller.send("GET", caller.clients).status_code for _turn in range(5)]

    assert statuses == [200, 503, 503, 200, 200]
    assert (emulator.faults.rules[0].seen, emulator.faults.rules[0].used) == (5, 2)


def test_at_means_the_nth_request_since_the_journal_was_cleared(caller: Caller, emulator: Emulator) -> None:
    caller.send("GET", caller.clients)
    emulator.faults.replace([{"kind": "status", "at": 2}])
    emulator.journal.clear()

    statuses = [caller.send("GET", caller.clients).status_code for _turn in range(3)]

    assert statuses == [200, 503, 200]


def test_the_first_rule_that_fits_wins(caller: Caller, emulator: Emulator) -> None:
    emulator.faults.replace([{"kind": "status", "status": 500}, {"kind": "forbidden"}])
    assert [caller.send("GET", caller.clients).status_code for _turn in range(3)] == [500, 403, 200]


def test_a_fault_may_hit_a_login(caller: Caller, emulator: Emulator) -> None:
    form = {"grant_type": "password", "username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd", "scope": "openid offline_access"}
    client = {"client_id": "automation", "client_secret": "contoso-automation-secret-0001"}
    emulator.faults.replace([{"kind": "drop_after", "path": "/connect/token$"}])

    with pytest.raises(DROPPED):
        caller.ask_token(**form, **client)

    assert len(emulator.world.refresh_tokens) == 1
    assert caller.ask_token(**form, **client).status_code == 200


@pytest.mark.parametrize(
    ("rule", "word"),
    [({"kind": "flood"}, "flood"), ({"kind": "status", "colour": 1}, "colour"), ({"kind": "status", "path": "("}, "unterminated"), ({}, "kind")],
)
def test_a_malformed_rule_is_refused(emulator: Emulator, rule: dict[str, Any], word: str) -> None:
    emulator.faults.replace([{"kind": "html"}])
    with pytest.raises(ValueError, match=word):
        emulator.faults.replace([{"kind": "status"}, rule])
    assert [kept.kind for kept in emulator.faults.rules] == ["html"]
