# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and write a lifetime in the four forms in which a .NET service may write seconds."""

from __future__ import annotations

import re

_TIMESPAN = re.compile(r"(?:(\d+)\.)?(\d\d):(\d\d):(\d\d)")
_ISO8601 = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = (86400, 3600, 60, 1)
LONGEST = 2**31 - 1


def format_lifetime(seconds: int, form: str) -> int | str:
    if form == "int":
        return seconds
    if form == "string":
        return str(seconds)
    days, rest = divmod(seconds, 86400)
    hours, minutes, left = rest // 3600, rest % 3600 // 60, rest % 60
    if form == "timespan":
        clock = f"{hours:02}:{minutes:02}:{left:02}"
        return f"{days}.{clock}" if days else clock
    date = f"{days}D" if days else ""
    clock = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (left, "S")) if number)
    return f"P{date}T{clock}" if clock else f"P{date}"


def parse_lifetime(value: object, form: str, *, numbers: bool = True) -> int:
    """Read a lifetime: whole seconds unless `numbers` is false, and the form that the tenant itself writes. Raise ValueError else.

    A tenant that writes numbers and takes none takes time spans.
    """
    seconds = _seconds(value, form if numbers or form != "int" else "timespan", numbers=numbers)
    if not 0 < seconds <= LONGEST:
        raise ValueError(f"must be a number of seconds from 1 to {LONGEST}")
    return seconds


def _seconds(value: object, form: str, *, numbers: bool) -> int:
    if numbers and isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and form == "string" and value.isdecimal():
        return int(value)
    pattern = {"timespan": _TIMESPAN, "iso8601": _ISO8601}.get(form)
    match = pattern.fullmatch(value) if pattern and isinstance(value, str) else None
    if match and any(match.groups()):
        return sum(int(number or 0) * unit for number, unit in zip(match.groups(), _UNITS))
    raise ValueError("must be a whole number of seconds" if numbers else "could not be converted to a time span")
