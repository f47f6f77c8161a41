# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients and secrets found for the modules that only read."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY, format_time
from ansible_collections.abbyy.vantage.tests.emulator.config import FABRIKAM
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess


@pytest.fixture
def estate(in_process: InProcess) -> InProcess:
    """A tenant with clients of two teams and secrets of all ages."""
    now = in_process.emulator.now()

    def secret(description: str, start: float, end: float) -> dict[str, str]:
        return {"description": description, "start_time": format_time(now + start * DAY), "expiration": format_time(now + end * DAY)}

    in_process.emulator.seed(
        "contoso",
        [
            {"clientId": "claims-1", "clientName": "Claims intake", "secrets": [secret("p", -100, -1), secret("p", -10, 20.5)]},
            {"clientId": "claims-2", "clientName": "Claims desk", "accessTokenLifetime": 60},
            {"clientId": "other", "clientName": "claims lower", "secrets": [secret("q", 5, 300)]},
        ],
    )
    return in_process


def ids(answer: dict[str, Any]) -> list[str]:
    return [client["client_id"] for client in answer["clients"]]


@pytest.mark.parametrize("switches", [{}, {"list_summary": True}, {"list_shape": "array", "null_lists": True}, {"lifetime_format": "iso8601"}], ids=str)
def test_all_clients_are_read_whole(estate: InProcess, switches: dict[str, Any]) -> None:
    estate.emulator.behaviour.patch(switches)
    answer = estate.run("vantage_client_info")
    assert answer["changed"] is False
    assert ids(answer) == ["automation", "reader", "claims-1", "claims-2", "other"]
    desk = answer["clients"][3]
    assert desk["client_name"] == "Claims desk"
    assert desk["access_token_lifetime"] == 60
    assert desk["redirect_uris"] == []
    assert len(desk) == 15
    assert estate.emulator.journal.writes() == []


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"client_id": "claims-1"}, ["claims-1"]),
        ({"client_id": "CLAIMS-1"}, []),
        ({"client_id": "none"}, []),
        ({"name": "Claims *"}, ["claims-1", "claims-2"]),
        ({"name": "?laims *"}, ["claims-1", "claims-2", "other"]),
        ({"name": "Claims"}, []),
        ({"client_id": "claims-1", "name": "*desk"}, []),
    ],
)
def test_clients_are_found_by_id_or_name(estate: InProcess, options: dict[str, str], found: list[str]) -> None:
    assert ids(estate.run("vantage_client_info", **options)) == found


def test_secrets_come_with_their_clients_and_without_values(estate: InProcess) -> None:
    answer = estate.run("vantage_client_info", name="[Cc]laims *", include_secrets=True)
    secrets = {client["client_id"]: client["secrets"] for client in answer["clients"]}
    assert [len(listed) for listed in secrets.values()] == [2, 0, 1]
    assert [(one["active"], one["days_left"]) for one in secrets["claims-1"]] == [(False, -1.0), (True, 20.5)]
    assert [(one["active"], one["days_left"]) for one in secrets["other"]] == [(False, 300.0)]
    assert not [one for listed in secrets.values() for one in listed if "value" in one]


def test_the_servers_time_is_in_every_answer(estate: InProcess) -> None:
    estate.emulator.advance(1000 * DAY)
    for module in ("vantage_client_info", "vantage_client_secret_info"):
        said = estate.run(module)["server_time"]
        assert said[:13] == format_time(estate.emulator.now())[:13]
        assert said.endswith("Z")


@pytest.mark.parametrize("module", ["vantage_client_info", "vantage_client_secret_info"])
def test_difference_of_the_clocks_is_in_every_answer(estate: InProcess, module: str) -> None:
    assert estate.run(module)["clock_difference"] == 0
    estate.clock_error = timedelta(days=1)
    assert estate.run(module)["clock_difference"] == pytest.approx(-DAY, abs=60)
    estate.emulator.behaviour.date_header = False
    assert estate.run(module)["clock_difference"] is None


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, ["automation", "reader", "claims-1", "claims-1", "other"]),
        ({"client_id": ["other", "claims-1", "other"]}, ["other", "claims-1", "claims-1"]),
        ({"client_id": ["none", "claims-2"]}, []),
        ({"client_id": []}, []),
        ({"expiring_within": "30d"}, ["claims-1", "claims-1"]),
        ({"expiring_within": "20d"}, ["claims-1"]),
        ({"expiring_within": 0}, ["claims-1"]),
        ({"expiring_within": "60w", "client_id": ["other"]}, ["other"]),
    ],
)
def test_secrets_are_found_by_client_and_by_what_is_left(estate: InProcess, options: dict[str, Any], found: list[str]) -> None:
    answer = estate.run("vantage_client_secret_info", **options)
    assert answer["changed"] is False
    assert [secret["client_id"] for secret in answer["client_secrets"]] == found
    assert not [secret for secret in answer["client_secrets"] if "value" in secret]


@pytest.mark.parametrize(("within", "found"), [("2h", 1), ("1h", 0), ("110m", 1), (6660, 1)])
def test_moments_are_compared_and_not_rounded_days(in_process: InProcess, within: Any, found: int) -> None:
    soon = format_time(in_process.emulator.now() + 110 * 60 - 10)
    in_process.emulator.seed("contoso", [{"clientId": "app", "secrets": [{"description": "p", "expiration": soon}]}])
    answer = in_process.run("vantage_client_secret_info", client_id=["app"], expiring_within=within)
    assert len(answer["client_secrets"]) == found


@pytest.mark.nonconforming
@pytest.mark.parametrize("summary", [False, True])
def test_a_client_whose_id_is_no_text_is_named_and_the_others_are_read(estate: InProcess, summary: bool) -> None:
    estate.emulator.seed("contoso", [{"clientId": "app\ud800", "clientName": "n\udfff", "secrets": [{"description": "p"}]}])
    estate.emulator.behaviour.patch({"list_summary": summary})
    answer = estate.run("vantage_client_info", include_secrets=True)
    assert ids(answer)[-1] == "app\\ud800"
    assert [len(client["secrets"]) for client in answer["clients"]] == [1, 1, 2, 0, 1, 0]
    secrets = estate.run("vantage_client_secret_info")["client_secrets"]
    assert [secret["client_id"] for secret in secrets] == ["automation", "reader", "claims-1", "claims-1", "other"]
    assert len(estate.warnings) == 2
    assert "The secrets of client 'app\\ud800' were not read" in estate.warnings[0]
    json.dumps([answer, secrets, estate.warnings], ensure_ascii=False).encode()


def test_a_list_that_hides_some_is_an_error_and_not_a_short_answer(estate: InProcess) -> None:
    estate.emulator.behaviour.patch({"ignore_offset": True, "page_limit": 3})
    for module in ("vantage_client_info", "vantage_client_secret_info"):
        assert "the server says that there are 5, but shows 3 only" in estate.run(module)["msg"]


@pytest.mark.parametrize("options", [{}, {"client_id": ["app"]}, {"client_id": []}])
def test_secrets_of_a_wrong_tenant_are_an_error_and_not_none(estate: InProcess, options: dict[str, Any]) -> None:
    answer = estate.run("vantage_client_secret_info", tenant_id=FABRIKAM, **options)
    assert answer["error"]["status"] == 403
    assert "client_secrets" not in answer


def test_a_client_of_a_wrong_tenant_is_an_error_and_not_none(estate: InProcess) -> None:
    estate.emulator.faults.replace([{"kind": "status", "status": 404, "method": "GET", "times": None}])
    assert estate.run("vantage_client_info", client_id="reader")["error"]["status"] == 404


def test_a_part_of_the_answer_is_no_answer(estate: InProcess) -> None:
    estate.emulator.faults.replace([{"kind": "forbidden", "path": "clients/claims-2/secrets"}])
    answer = estate.run("vantage_client_info", include_secrets=True)
    assert answer["error"]["status"] == 403
    assert "clients" not in answer


def test_a_client_that_goes_meanwhile_has_no_secrets(estate: InProcess) -> None:
    estate.emulator.faults.replace([{"kind": "status", "status": 404, "path": "clients/claims-1/secrets"}])
    answer = estate.run("vantage_client_info", include_secrets=True)
    assert answer["clients"][2]["secrets"] == []


@pytest.mark.parametrize("value", ["soon", "-1d", "9" * 20])
def test_a_time_that_is_no_duration_is_refused(estate: InProcess, value: str) -> None:
    answer = estate.run("vantage_client_secret_info", expiring_within=value)
    assert answer["failed"]
    assert f"expiring_within {value!r} is not a duration; write seconds" in answer["msg"]


def test_check_mode_reads_all_the_same(estate: InProcess) -> None:
    assert len(estate.run("vantage_client_info", check=True)["clients"]) == 5
    assert len(estate.run("vantage_client_secret_info", check=True)["client_secrets"]) == 5
