# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the emulator's reading and writing of times and lifetimes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.clock import Clock, add_months, format_time, parse_time
from ansible_collections.abbyy.vantage.tests.emulator.lifetimes import format_lifetime, parse_lifetime


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2021-09-07T13:03:38.380Z", 1631019818.38),
        ("2021-09-07T13:03:38Z", 1631019818.0),
        ("2021-09-07T13:03:38", 1631019818.0),
        ("2021-09-07T13:03:38.3800000Z", 1631019818.38),
        ("2021-09-07T15:03:38+02:00", 1631019818.0),
        ("2021-09-07T15:03:38+0200", 1631019818.0),
        ("2021-09-07 13:03", 1631019780.0),
    ],
)
def test_reads_times(text: str, seconds: float) -> None:
    assert parse_time(text) == pytest.approx(seconds, abs=1e-4)


@pytest.mark.parametrize("text", ["", "tomorrow", "2021-09-07", "2021-13-07T00:00:00Z", "2021-09-07T13:03:38.12345678Z"])
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_time(text)


def test_writes_times_to_the_millisecond() -> None:
    assert format_time(1631019818.3809) == "2021-09-07T13:03:38.380Z"
    assert format_time(1631019818) == "2021-09-07T13:03:38.000Z"


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-22T05:00:00.000Z", 6, "2027-05-22T05:00:00.000Z"),
        ("2026-08-31T00:00:00.000Z", 6, "2027-02-28T00:00:00.000Z"),
        ("2027-08-31T00:00:00.000Z", 6, "2028-02-29T00:00:00.000Z"),
        ("2028-02-29T12:00:00.000Z", 36, "2031-02-28T12:00:00.000Z"),
    ],
)
def test_adds_calendar_months(start: str, months: int, end: str) -> None:
    assert format_time(add_months(parse_time(start), months)) == end


def test_clock_starts_where_it_is_told_and_moves() -> None:
    clock = Clock(1000.0)
    clock.advance(86400)
    assert clock.now() == pytest.approx(87400, abs=60)


@pytest.mark.parametrize(("seconds", "date"), [(0, "Thu, 01 Jan 1970 00:00:00 GMT"), (61, "Thu, 01 Jan 1970 00:01:01 GMT")])
def test_clock_writes_the_dates_of_http(seconds: int, date: str) -> None:
    assert Clock(1000.0).http_date(seconds) == date


LIFETIMES = [
    (86400, "string", "86400"),
    (86400, "timespan", "1.00:00:00"),
    (3661, "timespan", "01:01:01"),
    (2592000, "iso8601", "P30D"),
    (90061, "iso8601", "P1DT1H1M1S"),
    (60, "iso8601", "PT1M"),
]


@pytest.mark.parametrize(("seconds", "form", "text"), LIFETIMES)
def test_lifetimes_go_both_ways(seconds: int, form: str, text: str) -> None:
    assert format_lifetime(seconds, form) == text
    assert parse_lifetime(text, form) == seconds
    assert parse_lifetime(seconds, form) == seconds


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (0, "int"),
        (-1, "int"),
        (True, "int"),
        (1.5, "int"),
        ("60", "int"),
        ("60", "timespan"),
        ("P", "iso8601"),
        ("1.00:00:00", "iso8601"),
        (2**31, "int"),
        (None, "int"),
    ],
)
def test_refuses_what_is_no_lifetime(value: Any, form: str) -> None:
    with pytest.raises(ValueError, match="must be a"):
        parse_lifetime(value, form)
