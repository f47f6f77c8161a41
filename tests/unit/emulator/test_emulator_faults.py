# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold every kind of fault to what the emulator's README says of it."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.faults import KINDS

DROPPED, SILENT = requests.ConnectionError, requests.ReadTimeout
BEHIND_PROXY, IN_CLEAR = requests.exceptions.ProxyError, requests.exceptions.SSLError


def has_app(emulator):
    return "app" in emulator.state()["tenants"][CONTOSO]["clients"]


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
def test_what_the_caller_meets_and_whether_it_takes_effect(caller, emulator, kind, outcome, effect):
    emulator.faults.replace([{"kind": kind}])
    if isinstance(outcome, int):
        assert caller.create("app").status_code == outcome
    else:
        with pytest.raises(outcome) as error:
            caller.create("app")
        assert error.type is outcome
    assert has_app(emulator) == effect
    (entry,) = emulator.journal.entries()
    assert (entry.fault, entry.status, entry.write) == (kind, outcome if isinstance(outcome, int) else None, True)
    assert caller.create("next").status_code == (401 if kind == "expire_token" else 201)


def test_every_kind_is_in_the_table_above():
    table = test_what_the_caller_meets_and_whether_it_takes_effect.pytestmark[0].args[1]
    assert {row[0] for row in table} == KINDS


def test_an_error_has_the_status_and_the_retry_after_that_were_asked_for(caller, emulator):
    emulator.faults.replace([{"kind": "status", "status": 429, "retry_after": "1"}, {"kind": "status_after", "status": 500}])
    first, second = caller.create("app"), caller.create("app")
    assert (first.status_code, first.headers["Retry-After"], first.json()["status"]) == (429, "1", 429)
    assert (second.status_code, "Retry-After" in second.headers) == (500, False)


def test_html_redirect_and_empty_look_as_they_should(caller, emulator):
    emulator.faults.replace([{"kind": "html"}, {"kind": "redirect"}, {"kind": "empty"}, {"kind": "empty"}])
    page, moved, empty, refused = (caller.create("app") for _turn in range(4))
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.text.startswith("<!DOCTYPE html>")
    assert caller.session.get(moved.headers["Location"]).status_code == 404
    assert empty.content == b""
    assert (refused.status_code, refused.json()["status"]) == (409, 409)


def test_an_expired_token_stays_expired_and_others_live(caller, emulator):
    emulator.faults.replace([{"kind": "expire_token"}])
    assert caller.send("GET", caller.clients).status_code == 401
    assert caller.send("GET", caller.clients).status_code == 401
    caller.access_token = emulator.issue_token("contoso")
    assert caller.send("GET", caller.clients).status_code == 200


@pytest.mark.parametrize(("kind", "outcome"), [("commit_late", DROPPED), ("timeout_late", SILENT)])
def test_a_late_commit_happens_when_the_clock_says_so(caller, emulator, kind, outcome):
    emulator.faults.replace([{"kind": kind, "method": "POST", "path": "/secrets/$", "seconds": 30}])
    with pytest.raises(outcome):
        caller.make_secret("reader", description="late")
    emulator.advance(20)
    assert [item["description"] for item in caller.list_secrets("reader")] == ["Set up by hand"]
    emulator.advance(20)
    assert [item["description"] for item in caller.list_secrets("reader")] == ["Set up by hand", "late"]
    assert len([entry for entry in emulator.journal if entry.write]) == 1


def test_a_late_commit_loses_against_what_came_before_it(caller, emulator):
    emulator.faults.replace([{"kind": "commit_late", "seconds": 30}])
    with pytest.raises(DROPPED):
        caller.create("app", clientName="late")
    caller.create("app", clientName="early")
    emulator.advance(40)
    assert caller.read("app")["clientName"] == "early"


def test_method_and_path_choose_the_request(caller, emulator):
    emulator.faults.replace([{"kind": "status", "method": "POST", "path": "/clients/$", "times": None}])
    assert caller.send("GET", caller.clients).status_code == 200
    assert caller.make_secret("reader").status_code == 201
    assert [caller.create("app").status_code for _turn in range(3)] == [503, 503, 503]


def test_skip_and_times_count_the_fitting_requests(caller, emulator):
    emulator.faults.replace([{"kind": "status", "method": "GET", "skip": 1, "times": 2}])
    caller.create("app")
    assert [caller.send("GET", caller.clients).status_code for _turn in range(5)] == [200, 503, 503, 200, 200]
    assert (emulator.faults.rules[0].seen, emulator.faults.rules[0].used) == (5, 2)


def test_at_means_the_nth_request_since_the_journal_was_cleared(caller, emulator):
    caller.send("GET", caller.clients)
    emulator.faults.replace([{"kind": "status", "at": 2}])
    emulator.journal.clear()
    assert [caller.send("GET", caller.clients).status_code for _turn in range(3)] == [200, 503, 200]


def test_the_first_rule_that_fits_wins(caller, emulator):
    emulator.faults.replace([{"kind": "status", "status": 500}, {"kind": "forbidden"}])
    assert [caller.send("GET", caller.clients).status_code for _turn in range(3)] == [500, 403, 200]


def test_a_fault_may_hit_a_login(caller, emulator):
    emulator.faults.replace([{"kind": "drop_after", "path": "/connect/token$"}])
    form = {"grant_type": "password", "username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd", "scope": "openid offline_access"}
    client = {"client_id": "automation", "client_secret": "contoso-automation-secret-0001"}
    with pytest.raises(DROPPED):
        caller.ask_token(**form, **client)
    assert len(emulator.world.refresh_tokens) == 1
    assert caller.ask_token(**form, **client).status_code == 200


@pytest.mark.parametrize(
    ("rule", "word"),
    [({"kind": "flood"}, "flood"), ({"kind": "status", "colour": 1}, "colour"), ({"kind": "status", "path": "("}, "unterminated"), ({}, "kind")],
)
def test_a_rule_that_makes_no_sense_is_refused(emulator, rule, word):
    emulator.faults.replace([{"kind": "html"}])
    with pytest.raises(ValueError, match=word):
        emulator.faults.replace([{"kind": "status"}, rule])
    assert [kept.kind for kept in emulator.faults.rules] == ["html"]
