# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations and moments."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import (
    FIRST,
    LAST,
    LONGEST_SECONDS,
    add_months,
    duration_in_the_form_of,
    moment_from_timestamp,
    moved,
    seconds_from_duration,
    timespan_from_seconds,
    timestamp_from_moment,
)

UTC = timezone.utc


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0),
        (90, 90),
        (90.0, 90),
        ("90", 90),
        (" 90 ", 90),
        ("90s", 90),
        ("15m", 900),
        ("24h", 86400),
        ("30d", 2592000),
        ("26w", 15724800),
        ("2 h", 7200),
        ("00:15:00", 900),
        ("1.00:00:00", 86400),
        ("30.01:02:03", 30 * 86400 + 3723),
        ("00:00:10.0000000", 10),
        ("P30D", 2592000),
        ("P2W", 1209600),
        ("PT24H", 86400),
        ("PT15M", 900),
        ("PT90S", 90),
        ("PT90.0S", 90),
        ("P1DT2H3M4S", 93784),
        ("31557600000", 31557600000),
    ],
)
def test_a_duration_is_whole_seconds(value: Any, seconds: int) -> None:
    assert seconds_from_duration(value) == seconds


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        -1,
        -1.0,
        1.5,
        float("nan"),
        float("inf"),
        "",
        "d",
        "1.5d",
        "-5d",
        "30D",
        "1y",
        "P",
        "PT",
        "P1Y",
        "P1M",
        "PT1.5S",
        "1:2",
        "00:60:00",
        "00:00:60",
        "\u0663\u0660d",
        "\u0663\u0660",
        None,
        [],
        "24h\n1",
        "1d2h",
    ],
)
def test_an_unreadable_duration_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the value
        seconds_from_duration(value)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00:00"), (59, "00:00:59"), (3600, "01:00:00"), (86399, "23:59:59"), (86400, "1.00:00:00"), (2595723, "30.01:02:03")]
)
def test_a_timespan_is_written_as_dotnet_does(seconds: int, text: str) -> None:
    assert timespan_from_seconds(seconds) == text
    assert seconds_from_duration(text) == seconds


@pytest.mark.parametrize(
    ("sample", "written"),
    [
        (86400, 7200),
        (None, 7200),
        ("86400", "7200"),
        ("1.00:00:00", "02:00:00"),
        ("24:00:00", "02:00:00"),
        ("P1D", "PT7200S"),
        ("PT24H", "PT7200S"),
        ("strange", 7200),
    ],
)
def test_a_duration_is_written_back_in_the_form_it_came_in(sample: Any, written: Any) -> None:
    assert duration_in_the_form_of(sample, 7200) == written


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-09-07T13:03:38.380Z", datetime(2021, 9, 7, 13, 3, 38, 380000, UTC)),
        ("2021-09-07T13:03:38Z", datetime(2021, 9, 7, 13, 3, 38, 0, UTC)),
        ("2021-09-07t13:03:38z", datetime(2021, 9, 7, 13, 3, 38, 0, UTC)),
        ("2021-09-07 13:03:38", datetime(2021, 9, 7, 13, 3, 38, 0, UTC)),
        ("2021-09-07T13:03", datetime(2021, 9, 7, 13, 3, 0, 0, UTC)),
        ("2021-09-07", datetime(2021, 9, 7, 0, 0, 0, 0, UTC)),
        ("2021-09-07T13:03:38.1234567Z", datetime(2021, 9, 7, 13, 3, 38, 123456, UTC)),
        ("2021-09-07T13:03:38.123456789Z", datetime(2021, 9, 7, 13, 3, 38, 123456, UTC)),
        ("2021-09-07T13:03:38.5Z", datetime(2021, 9, 7, 13, 3, 38, 500000, UTC)),
        ("2021-09-07T15:03:38+02:00", datetime(2021, 9, 7, 13, 3, 38, 0, UTC)),
        ("2021-09-07T15:03:38+0200", datetime(2021, 9, 7, 13, 3, 38, 0, UTC)),
        ("2021-09-07T07:33:38-05:30", datetime(2021, 9, 7, 13, 3, 38, 0, UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, 0, 0, 0, 0, UTC)),
    ],
)
def test_a_moment_is_utc(text: str, moment: datetime) -> None:
    read = moment_from_timestamp(text)
    assert read == moment
    assert read.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2021-13-01",
        "2021-02-29",
        "2021-09-07T25:00:00Z",
        "2021-09-07T13:03:38.1234567890Z",
        "07.09.2021",
        "20210907",
        "2021-09-07T13:03:38 Europe/Berlin",
        None,
        5,
    ],
)
def test_an_unreadable_moment_is_refused(text: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the value
        moment_from_timestamp(text)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2021, 9, 7, 15, 3, 38, 380999, timezone(timedelta(hours=2))), "2021-09-07T13:03:38.380Z"),
        (datetime(2021, 9, 7, tzinfo=UTC), "2021-09-07T00:00:00.000Z"),
    ],
)
def test_a_timestamp_is_written_as_the_vendor_shows_it(moment: datetime, text: str) -> None:
    assert timestamp_from_moment(moment) == text


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2024, 1, 31), 1, (2024, 2, 29)),
        ((2024, 2, 29), 12, (2025, 2, 28)),
        ((2026, 11, 30), 3, (2027, 2, 28)),
        ((2026, 12, 15), 1, (2027, 1, 15)),
        ((2026, 6, 15), 6, (2026, 12, 15)),
        ((2026, 6, 15), 36, (2029, 6, 15)),
        ((2026, 6, 15), 0, (2026, 6, 15)),
    ],
)
def test_months_are_those_of_the_calendar(start: tuple[int, int, int], months: int, end: tuple[int, int, int]) -> None:
    assert add_months(datetime(*start, 10, 20, tzinfo=UTC), months) == datetime(*end, 10, 20, tzinfo=UTC)


HUGE = [
    10**20,
    1e300,
    float("inf"),
    float("-inf"),
    float("nan"),
    -1,
    -1.0,
    "9" * 30,
    "9" * 5000,
    "9" * 30 + "w",
    "9" * 5000 + "d",
    "9" * 30 + ".00:00:00",
    f"P{'9' * 30}D",
    f"PT{'9' * 5000}S",
    LONGEST_SECONDS + 1,
]


@pytest.mark.parametrize("value", HUGE, ids=range(len(HUGE)))
def test_an_impossible_duration_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"\d|inf|nan") as error:
        seconds_from_duration(value)
    assert error.type is ValueError


def test_the_longest_duration_can_be_added_and_subtracted() -> None:
    longest = timedelta(seconds=seconds_from_duration(LONGEST_SECONDS))
    now = datetime(2026, 11, 26, tzinfo=timezone.utc)
    assert now - longest < now < now + longest


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31T23:59:59-05:00",
        "0001-01-01T00:00:00+00:01",
        "2027-02-30",
        "2026-13-45",
        "0000-01-01",
        "2026-01-01T24:00:01",
        "2026-01-01T10:00:61",
        "2026-01-01T10:00:00+24:00",
        "2026-01-01T10:00:00+10:60",
        "2026-01-01T10:00:00+99:99",
        10**30,
        "9" * 5000,
    ],
    ids=str,
)
def test_a_moment_that_no_calendar_has_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"\d") as error:
        moment_from_timestamp(text)

    assert error.type is ValueError
    # The text that was written, and not the message of a library.
    assert error.value.args == (text,)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
def test_the_first_and_last_moments_are_written_as_they_are_read(text: str) -> None:
    assert timestamp_from_moment(moment_from_timestamp(text)) == text


@pytest.mark.parametrize(
    ("text", "by", "moment"),
    [
        ("9999-12-31T23:59:59Z", timedelta(days=1), LAST),
        ("9999-12-31T23:59:59Z", timedelta.max, LAST),
        ("0001-01-01T00:00:00Z", timedelta(seconds=-1), FIRST),
        ("0001-01-01T00:00:00Z", timedelta.min, FIRST),
        ("2026-01-01T00:00:00Z", timedelta(days=1), datetime(2026, 1, 2, tzinfo=timezone.utc)),
    ],
)
def test_a_sum_stays_within_the_calendar(text: str, by: timedelta, moment: datetime) -> None:
    assert moved(moment_from_timestamp(text), by) == moment


@pytest.mark.parametrize(("year", "months", "moment"), [(9999, 12, LAST), (2026, 10**20, LAST), (1, -12, FIRST), (2026, -(10**20), FIRST)])
def test_a_sum_of_months_stays_within_the_calendar(year: int, months: int, moment: datetime) -> None:
    assert add_months(datetime(year, 6, 1, tzinfo=timezone.utc), months) == moment
