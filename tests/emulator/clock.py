# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock of the emulated tenant, which a test can move."""

from __future__ import annotations

import calendar
import re
import time
from datetime import MAXYEAR, datetime, timezone
from email.utils import formatdate

DAY = 86400.0
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,7}))?(Z|[+-]\d\d:?\d\d)?")


class Clock:
    """Run with the machine's clock at a distance that `advance` changes; times are seconds since 1970, UTC.

    `advanced` is the total movement.
    """

    def __init__(self, start: float | None = None) -> None:
        self.advanced = 0.0
        self._offset = 0.0 if start is None else start - time.time()
        self._http_date = (-1, "")

    def now(self) -> float:
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        self._offset += seconds
        self.advanced += seconds

    def http_date(self, now: float) -> str:
        second, text = self._http_date
        if second != int(now):
            text = formatdate(now, usegmt=True)
            self._http_date = (int(now), text)
        return text


def format_time(moment: float) -> str:
    """Write a time as `2021-09-07T13:03:38.380Z`, cut to the millisecond."""
    text = datetime.fromtimestamp(moment, timezone.utc).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def parse_time(text: str) -> float:
    """Read a time with zero to seven fractional digits; without an offset it is UTC. Raise ValueError for anything else."""
    match = _TIMESTAMP.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a date and time")
    day, clock, fraction, offset = match.groups()
    offset = "+00:00" if offset in (None, "Z") else offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
    return datetime.fromisoformat(f"{day}T{clock}{offset}").timestamp() + float(f"0.{fraction or 0}")


def add_months(moment: float, months: int) -> float:
    """Move by calendar months; a missing day becomes the last of the month, and the year is at most 9999."""
    start = datetime.fromtimestamp(moment, timezone.utc)
    index = start.year * 12 + start.month - 1 + months
    year, month = min(index // 12, MAXYEAR), index % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day).timestamp()
