# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Durations and moments, between what users and servers write and what code compares."""

from __future__ import annotations

import calendar
import re
from datetime import MAXYEAR, MINYEAR, datetime, timedelta, timezone
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
# A thousand years: anything longer is a mistake, and does not fit into a datetime.
LONGEST_SECONDS = 365_250 * 86400
DURATION_FORMS = "seconds, or a number with s, m, h, d or w as in 90s, 15m, 24h, 30d, 26w, or d.hh:mm:ss"
FIRST = datetime.min.replace(tzinfo=timezone.utc)
LAST = datetime.max.replace(tzinfo=timezone.utc)

_WITH_UNIT = re.compile(r"^(\d+)\s*([smhdw])$", re.ASCII)
_TIMESPAN = re.compile(r"^(?:(\d+)\.)?(\d{1,2}):([0-5]\d):([0-5]\d)(?:\.0+)?$", re.ASCII)
_ISO = re.compile(r"^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.0+)?S)?)?$", re.ASCII)
_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?$", re.ASCII | re.IGNORECASE)


def seconds_from_duration(value: Any) -> int:
    """Return whole seconds; raise ValueError for anything that is not a duration, or longer than a thousand years.

    Reads an int, a numeric string, ``90s 15m 24h 30d 26w``, .NET's ``d.hh:mm:ss`` and
    ISO 8601 durations without months and years (their length is not fixed).
    """
    seconds = _seconds(value)
    if not 0 <= seconds <= LONGEST_SECONDS:
        raise ValueError(value)
    return seconds


def _seconds(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    text = str(value).strip()
    if re.match(r"^\d+$", text, re.ASCII):
        return int(text)
    match = _WITH_UNIT.match(text)
    if match:
        return int(match.group(1)) * UNITS[match.group(2)]
    match = _TIMESPAN.match(text)
    if match:
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + seconds
    match = _ISO.match(text)
    if match and any(match.groups()):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return weeks * 604800 + days * 86400 + hours * 3600 + minutes * 60 + seconds
    raise ValueError(value)


def duration_from_option(option: str, value: object) -> timedelta:
    """Return the duration that an option gives.

    :raises ConfigError: for anything else.
    """
    try:
        return timedelta(seconds=seconds_from_duration(value))
    except ValueError as exc:
        raise ConfigError(f"{option} {value!r} is not a duration; write {DURATION_FORMS}.") from exc


def timespan_from_seconds(seconds: int) -> str:
    """Return .NET's ``d.hh:mm:ss`` (without the days when there are none)."""
    days, rest = divmod(seconds, 86400)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{days}.{clock}" if days else clock


def duration_in_the_form_of(sample: Any, seconds: int) -> int | str:
    """Return the seconds written as the server wrote the sample: int, numeric string, TimeSpan or ISO 8601."""
    if not isinstance(sample, str):
        return seconds
    if sample.isdigit():
        return str(seconds)
    if sample.startswith("P"):
        return f"PT{seconds}S"
    return timespan_from_seconds(seconds) if ":" in sample else seconds


def moment_from_timestamp(value: Any) -> datetime:
    """Return an aware UTC datetime; raise ValueError for anything else, including a day that is in no calendar.

    A time without an offset is UTC, as these servers write it; fractions of up to nine digits are read (.NET sends seven).
    """
    try:
        match = _MOMENT.match(str(value).strip())
        if match:
            return _moment(*match.groups())
    except (ValueError, OverflowError):
        # The library's message names months and digits instead of the text that was given.
        pass
    raise ValueError(value)


def _moment(day: str, clock: str | None, fraction: str | None, offset: str | None) -> datetime:
    clock = clock or "00:00:00"
    if len(clock) == 5:
        clock += ":00"
    moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=timezone.utc)
    if fraction:
        moment += timedelta(microseconds=int(fraction[:6].ljust(6, "0")))
    return moment - _offset(offset)


def _offset(written: str | None) -> timedelta:
    if not written or written.upper() == "Z":
        return timedelta(0)
    hours, minutes = int(written[1:3]), int(written[-2:])
    if hours > 23 or minutes > 59:
        raise ValueError(written)
    offset = timedelta(hours=hours, minutes=minutes)
    return offset if written[0] == "+" else -offset


def timestamp_from_moment(moment: datetime) -> str:
    """Return the form that the vendor's page shows: ``2021-09-07T13:03:38.380Z``."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moved(moment: datetime, by: timedelta) -> datetime:
    """Return a later moment, or an earlier one; the last or first possible moment when it would lie beyond.

    Servers write the year 1 or 9999 for "never", and adding to one of those must not end a run.
    """
    try:
        return moment + by
    except OverflowError:
        return LAST if by > timedelta(0) else FIRST


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day of a later month, or that month's last day; the last or first possible moment when it would lie beyond."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    if not MINYEAR <= year <= MAXYEAR:
        return LAST if months > 0 else FIRST
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
