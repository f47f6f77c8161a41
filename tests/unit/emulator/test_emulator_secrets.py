# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the emulated secrets to the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY, add_months, format_time, parse_time

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.unit.emulator.conftest import Caller


@pytest.fixture
def app(caller: Caller) -> Caller:
    caller.create("app", allowedGrantTypes=["client_credentials"])
    return caller


def test_a_new_secret_shows_its_value_and_the_start_of_it(app: Caller) -> None:
    made = app.make_secret("app", description="nightly").json()
    assert made["value"].startswith(made["valueDisplay"])
    assert len(made["valueDisplay"]) == 3


def test_the_value_is_shown_once(app: Caller) -> None:
    made = app.make_secret("app", description="nightly").json()
    value = made.pop("value")

    listed = app.list_secrets("app")

    assert listed == [made]
    assert set(made) == {"id", "description", "startTime", "expiration", "valueDisplay"}
    assert value not in app.send("GET", app.clients + "app").text


def test_a_secret_lasts_six_calendar_months_by_default(app: Caller, emulator: Emulator) -> None:
    now = emulator.now()

    made = app.make_secret("app").json()
    start = parse_time(made["startTime"])

    assert start == pytest.approx(now, abs=60)
    assert made["expiration"] == format_time(add_months(start, 6))
    assert made["description"] is None


def test_a_client_has_many_secrets_and_each_goes_alone(app: Caller) -> None:
    first, second = (app.make_secret("app", description="same").json() for _turn in range(2))

    assert [item["id"] for item in app.list_secrets("app")] == [first["id"], second["id"]]

    deleted = app.send("DELETE", f"{app.clients}app/secrets/{first['id']}")

    assert deleted.status_code == 204
    assert app.send("DELETE", f"{app.clients}app/secrets/{first['id']}").status_code == 404
    assert [item["id"] for item in app.list_secrets("app")] == [second["id"]]


def test_a_secret_works_from_its_start_to_its_end(app: Caller, emulator: Emulator) -> None:
    now = emulator.now()

    made = app.make_secret("app", startTime=format_time(now + DAY), expiration=format_time(now + 3 * DAY)).json()

    assert app.log_in("app", made["value"]).json()["error"] == "invalid_client"

    emulator.advance(DAY + 1)

    assert app.log_in("app", made["value"]).status_code == 200

    emulator.advance(2 * DAY)

    assert app.log_in("app", made["value"]).json()["error"] == "invalid_client"


def test_an_expired_secret_stays_listed(app: Caller, emulator: Emulator) -> None:
    made = app.make_secret("app", expiration=format_time(emulator.now() + 3 * DAY)).json()

    emulator.advance(4 * DAY)
    app.access_token = emulator.issue_token("contoso")

    assert [item["id"] for item in app.list_secrets("app")] == [made["id"]]


@pytest.mark.parametrize(
    ("start", "seconds", "fits"),
    [
        (None, DAY, True),
        (None, DAY - 120, False),
        (None, 0, False),
        (None, -DAY, False),
        (0, DAY, True),
        (10 * DAY, 10 * DAY + 3600, False),
        (10 * DAY, 11 * DAY, True),
        (-10 * DAY, 3600, True),
        (None, 1095 * DAY, True),
        (None, 1097 * DAY, False),
    ],
)
def test_the_bounds_run_from_the_start(app: Caller, emulator: Emulator, start: int | None, seconds: int, fits: bool) -> None:
    now = emulator.now()
    members = {} if start is None else {"startTime": format_time(now + start)}

    answer = app.make_secret("app", expiration=format_time(now + seconds), **members)

    assert answer.status_code == (201 if fits else 400)
    assert list(answer.json().get("errors", [])) == ([] if fits else ["expiration"])
    assert len(app.list_secrets("app")) == fits


def test_the_default_end_is_refused_when_the_start_is_after_it(app: Caller, emulator: Emulator) -> None:
    answer = app.make_secret("app", startTime=format_time(emulator.now() + 300 * DAY))
    assert list(answer.json()["errors"]) == ["expiration"]


@pytest.mark.parametrize(
    ("member", "value"),
    [("value", "mine"), ("description", 5), ("startTime", "now"), ("startTime", 5), ("expiration", "2021-09-07"), ("lifetime", 5)],
)
def test_refuses_a_bad_member_by_name(app: Caller, member: str, value: Any) -> None:
    answer = app.make_secret("app", **{member: value})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [member]
    assert app.list_secrets("app") == []


def test_secrets_page_as_clients_do(app: Caller, emulator: Emulator) -> None:
    emulator.seed("contoso", [{"clientId": "app", "secrets": [{"description": str(number)} for number in range(120)]}])

    first = app.send("GET", f"{app.clients}app/secrets/").json()
    rest = app.send("GET", f"{app.clients}app/secrets/?offset=100").json()

    assert [item["description"] for item in first["items"] + rest["items"]] == [str(number) for number in range(120)]
    assert first["totalItemCount"] == 120
