# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table can be read by spreadsheets, which run nothing of it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.filter.expiry_report import expiry_report
from ansible_collections.abbyy.vantage.plugins.filter.expiry_report_csv import FilterModule
from ansible_collections.abbyy.vantage.tests.unit.support.report_tenants import NASTY, at, client, entry, secret, tenant

expiry_report_csv = FilterModule().filters()["expiry_report_csv"]


def table_of(*tenants: dict[str, Any]) -> list[dict[str, str]]:
    text = expiry_report_csv(expiry_report(list(tenants), "30d", at(0)))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


def test_rows() -> None:
    store = {"app/production": entry("app", "a"), "gone/production": entry("gone", "c", expiration=at(40))}
    rows = table_of(tenant(client("app", secret("a", -9, 20), allow_no_pkce=True), client("bare"), store=store))
    assert [(row["client_id"], row["secret_id"], row["status"], row["attention"], row["days_left"], row["in_store"], row["findings"]) for row in rows] == [
        ("bare", "", "no_secret", "must_act", "", "", "unmanaged"),
        ("app", "a", "due", "renews_itself", "20.0", "yes", "no_pkce"),
        ("gone", "c", "missing", "must_act", "", "yes", "missing"),
    ]


def test_a_row_has_the_name_of_its_client_and_the_end_of_its_secret() -> None:
    (row,) = table_of(tenant(client("app", secret("a", -9, 20), client_name="The app")))
    assert (row["client_name"], row["expiration"]) == ("The app", at(20))


def test_labels_of_a_secret_stand_in_its_row_and_those_of_a_client_in_its_own() -> None:
    secrets = [{"description": "production", "labels": {"owner": "claims", "stage": "prod"}}]
    apps = [{"client_id": "app", "labels": {"owner": "claims"}, "secrets": secrets}, {"client_id": "bare", "labels": {"owner": "it"}}]

    rows = table_of(tenant(client("app", secret("a", -9, 20)), client("bare"), apps=apps))

    assert {row["client_id"]: row["labels"] for row in rows} == {"app": "owner=claims|stage=prod", "bare": "owner=it"}


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(1)", "  =1", "\uff1d1"])
def test_formula_is_quoted(start: str) -> None:
    (row,) = table_of(tenant(client("app", secret("a", -9, 90, start), client_name=start)))
    assert row["description"] == row["client_name"] == f"'{start}"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "text",
    [
        "a;=1+1",
        "a,+1",
        "a\t@SUM(1)",
        "a|-1",
        "a; =1",
        'a;"=1',
        'a";"=1',
        "a\n=1",
        "a\r\n=1",
        "a;\t=1",
        "a;;=1",
        ";=1",
        'a; "" =1',
        "a;\uff1d1",
        "\t=1",
        "\n;=1",
    ],
)
def test_no_cell_is_a_formula_whatever_separator_the_table_is_read_with(text: str, separator: str) -> None:
    report = expiry_report([tenant(client(text, secret("a", -9, 90, text), client_name=text), client("=after"), name=text)], "30d", at(0))

    written = expiry_report_csv(report)
    rows = list(csv.reader(io.StringIO(written[1:], newline=""), delimiter=separator))

    assert len(rows) == 3
    assert [cell for row in rows for cell in row if cell.lstrip(' "\t\r\n').startswith(("=", "+", "-", "@", "\uff1d"))] == []


def test_every_cell_is_quoted() -> None:
    written = expiry_report_csv(expiry_report([tenant(client("app", secret("a", -9, 90)))], "30d", at(0)))
    for line in written[1:].splitlines():
        assert line.startswith('"')
        assert line.count('"') == 2 * len(line.split(",")) == 34


def test_numbers_and_plain_text_stay_as_they_are() -> None:
    (row,) = table_of(tenant(client("app", secret("a", -90, -9, 'one, "two"; three - \u00e9'))))
    assert (row["days_left"], row["description"]) == ("-9.0", 'one, "two"; three - \u00e9')


def test_nasty_text_stays_text() -> None:
    (row,) = table_of(tenant(client(NASTY, secret("a", -9, 90, NASTY))))
    assert row["client_id"] == row["description"] == NASTY.replace("\n", "\\n")


def test_what_a_terminal_would_obey_is_escaped() -> None:
    (row,) = table_of(tenant(client("a\x1b[2Jb\x07\x9b\u202e", secret("a", -9, 90, "p\u2066"), client_name="\ud800")))
    assert (row["client_id"], row["description"], row["client_name"]) == ("a\\x1b[2Jb\\x07\\x9b\\u202e", "p\\u2066", "\\ud800")


def test_lines_end_as_the_format_says() -> None:
    text = expiry_report_csv(expiry_report([tenant(client("app"))], "30d", at(0)))
    assert text.count("\r\n") == text.count("\n") == 2


def test_who_has_changed_a_client_last_is_in_each_of_its_lines() -> None:
    change = {"time": at(-1), "user": "alice", "job": "42", "action": "create_secret", "reason": "due"}
    clients = [client("app", secret("a", -9, 5), secret("b", -9, 5, "test")), client("other", secret("c", -9, 5))]

    rows = table_of(tenant(*clients, changes={"app": change}))
    named = [(row["last_change"], row["last_changed_by"], row["last_changed_in_job"]) for row in rows]

    assert named == [(at(-1), "alice", "42")] * 2 + [("", "", "")]
