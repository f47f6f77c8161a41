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

MODULES = ("vantage_client_info", "vantage_client_secret_info")


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
    desk = answer["clients"][3]

    assert answer["changed"] is False
    assert ids(answer) == ["automation", "reader", "claims-1", "claims-2", "other"]
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
    answer = estate.run("vantage_client_info", **options)

    assert ids(answer) == found


@pytest.mark.parametrize("summary", [False, True])
def test_roles_are_read_where_their_member_is_named(in_process: InProcess, summary: bool) -> None:
    in_process.emulator.behaviour.patch({"roles_member": "applicationRoles", "list_summary": summary})
    in_process.run("vantage_client", client_id="app", roles=["Skill User"], roles_member="applicationRoles")

    answer = in_process.run("vantage_client_info", roles_member="applicationRoles")

    assert [client["roles"] for client in answer["clients"] if client["client_id"] == "app"] == [["Skill User"]]


def test_secrets_come_with_their_clients_and_without_values(estate: InProcess) -> None:
    answer = estate.run("vantage_client_info", name="[Cc]laims *", include_secrets=True)
    secrets = {client["client_id"]: client["secrets"] for client in answer["clients"]}

    assert [len(listed) for listed in secrets.values()] == [2, 0, 1]
    assert [(one["active"], one["days_left"]) for one in secrets["claims-1"]] == [(False, -1.0), (True, 20.5)]
    assert [(one["active"], one["days_left"]) for one in secrets["other"]] == [(False, 300.0)]
    assert not [one for listed in secrets.values() for one in listed if "value" in one]


@pytest.mark.parametrize("module", MODULES)
def test_the_servers_time_is_in_every_answer(estate: InProcess, module: str) -> None:
    estate.emulator.advance(1000 * DAY)

    answer = estate.run(module)

    assert answer["server_time"][:13] == format_time(estate.emulator.now())[:13]
    assert answer["server_time"].endswith("Z")


@pytest.mark.parametrize(("days", "seconds"), [(0, 0), (1, pytest.approx(-DAY, abs=60))])
@pytest.mark.parametrize("module", MODULES)
def test_the_difference_of_the_clocks_is_in_every_answer(estate: InProcess, module: str, days: int, seconds: object) -> None:
    estate.clock_error = timedelta(days=days)

    answer = estate.run(module)

    assert answer["clock_difference"] == seconds


@pytest.mark.parametrize("module", MODULES)
def test_the_difference_of_the_clocks_is_unknown_without_a_date_header(estate: InProcess, module: str) -> None:
    estate.clock_error = timedelta(days=1)
    estate.emulator.behaviour.date_header = False

    answer = estate.run(module)

    assert answer["clock_difference"] is None


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
def test_secrets_are_found_by_client_and_by_time_left(estate: InProcess, options: dict[str, Any], found: list[str]) -> None:
    answer = estate.run("vantage_client_secret_info", **options)

    assert answer["changed"] is False
    assert [secret["client_id"] for secret in answer["client_secrets"]] == found
    assert not [secret for secret in answer["client_secrets"] if "value" in secret]


@pytest.mark.parametrize(("within", "found"), [("2h", 1), ("1h", 0), ("110m", 1), (6660, 1)])
def test_an_expiry_is_compared_by_the_moment_and_not_by_rounded_days(in_process: InProcess, within: Any, found: int) -> None:
    soon = format_time(in_process.emulator.now() + 110 * 60 - 10)
    in_process.emulator.seed("contoso", [{"clientId": "app", "secrets": [{"description": "p", "expiration": soon}]}])

    answer = in_process.run("vantage_client_secret_info", client_id=["app"], expiring_within=within)

    assert len(answer["client_secrets"]) == found


def seed_unreadable_id(estate: InProcess, *, summary: bool) -> None:
    """Add a client whose id cannot be part of an address, so that its secrets cannot be read."""
    estate.emulator.seed("contoso", [{"clientId": "app\ud800", "clientName": "n\udfff", "secrets": [{"description": "p"}]}])
    estate.emulator.behaviour.patch({"list_summary": summary})


def check_warning(estate: InProcess, answer: dict[str, Any]) -> None:
    """Check that one warning names the client, and that all output can be written."""
    (warning,) = estate.warnings
    assert "The secrets of client 'app\\ud800' were not read" in warning
    json.dumps([answer, warning], ensure_ascii=False).encode()


@pytest.mark.nonconforming
@pytest.mark.parametrize("summary", [False, True])
def test_a_client_whose_id_is_no_text_is_read_without_its_secrets(estate: InProcess, summary: bool) -> None:
    seed_unreadable_id(estate, summary=summary)

    answer = estate.run("vantage_client_info", include_secrets=True)

    assert ids(answer)[-1] == "app\\ud800"
    assert [len(client["secrets"]) for client in answer["clients"]] == [1, 1, 2, 0, 1, 0]

    check_warning(estate, answer)


@pytest.mark.nonconforming
@pytest.mark.parametrize("summary", [False, True])
def test_a_client_whose_id_is_no_text_does_not_hide_the_secrets_of_the_others(estate: InProcess, summary: bool) -> None:
    seed_unreadable_id(estate, summary=summary)

    answer = estate.run("vantage_client_secret_info")

    assert [secret["client_id"] for secret in answer["client_secrets"]] == ["automation", "reader", "claims-1", "claims-1", "other"]

    check_warning(estate, answer)


@pytest.mark.parametrize("module", MODULES)
def test_a_list_that_hides_some_clients_is_an_error_and_not_a_short_answer(estate: InProcess, module: str) -> None:
    estate.emulator.behaviour.patch({"ignore_offset": True, "page_limit": 3})

    answer = estate.run(module)

    assert "the server says that there are 5, but shows 3 only" in answer["msg"]


@pytest.mark.parametrize("options", [{}, {"client_id": ["app"]}, {"client_id": []}])
def test_secrets_of_a_wrong_tenant_are_an_error_and_not_none(estate: InProcess, options: dict[str, Any]) -> None:
    answer = estate.run("vantage_client_secret_info", tenant_id=FABRIKAM, **options)
    assert answer["error"]["status"] == 403
    assert "client_secrets" not in answer


def test_a_client_of_a_wrong_tenant_is_an_error_and_not_none(estate: InProcess) -> None:
    estate.emulator.faults.replace([{"kind": "status", "status": 404, "method": "GET", "times": None}])

    answer = estate.run("vantage_client_info", client_id="reader")

    assert answer["error"]["status"] == 404


def test_clients_are_not_returned_when_some_secrets_cannot_be_read(estate: InProcess) -> None:
    estate.emulator.faults.replace([{"kind": "forbidden", "path": "clients/claims-2/secrets"}])

    answer = estate.run("vantage_client_info", include_secrets=True)

    assert answer["error"]["status"] == 403
    assert "clients" not in answer


def test_a_client_that_is_deleted_meanwhile_has_no_secrets(estate: InProcess) -> None:
    estate.emulator.faults.replace([{"kind": "status", "status": 404, "path": "clients/claims-1/secrets"}])

    answer = estate.run("vantage_client_info", include_secrets=True)

    assert answer["clients"][2]["secrets"] == []


@pytest.mark.parametrize("value", ["soon", "-1d", "9" * 20])
def test_a_time_that_is_no_duration_is_refused(estate: InProcess, value: str) -> None:
    answer = estate.run("vantage_client_secret_info", expiring_within=value)

    assert answer["failed"]
    assert f"expiring_within {value!r} is not a duration; write seconds" in answer["msg"]


@pytest.mark.parametrize(("module", "found"), [("vantage_client_info", "clients"), ("vantage_client_secret_info", "client_secrets")])
def test_check_mode_reads_like_any_run(estate: InProcess, module: str, found: str) -> None:
    answer = estate.run(module, check=True)

    assert len(answer[found]) == 5
