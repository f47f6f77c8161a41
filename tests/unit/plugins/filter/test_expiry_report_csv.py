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
    rows = table_of(tenant(client("app", secret("a", -9, 20), client_name="The app", allow_no_pkce=True), client("bare"), store=store))
    assert [(row["client_id"], row["secret_id"], row["status"], row["days_left"], row["in_store"], row["findings"]) for row in rows] == [
        ("bare", "", "no_secret", "", "", "unmanaged"),
        ("app", "a", "due", "20.0", "yes", "no_pkce"),
        ("gone", "c", "missing", "", "yes", "missing"),
    ]
    assert rows[1]["client_name"] == "The app"
    assert rows[1]["expiration"] == at(20)


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1"])
def test_formula_is_made_plain(start: str) -> None:
    (row,) = table_of(tenant(client("app", secret("a", -9, 90, start), client_name=start)))
    assert row["description"] == row["client_name"] == f"'{start}"


def test_numbers_and_plain_text_stay_as_they_are() -> None:
    (row,) = table_of(tenant(client("app", secret("a", -90, -9, 'one, "two"\nthree'))))
    assert (row["days_left"], row["description"]) == ("-9.0", 'one, "two"\nthree')


def test_nasty_text_survives() -> None:
    (row,) = table_of(tenant(client(NASTY, secret("a", -9, 90, NASTY))))
    assert row["client_id"] == row["description"] == NASTY


def test_lines_end_as_the_format_says() -> None:
    text = expiry_report_csv(expiry_report([tenant(client("app"))], "30d", at(0)))
    assert text.count("\r\n") == text.count("\n") == 2
