# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Lay the lives of secrets on one axis of time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import add_months, moment_from_timestamp

# Half a year back shows what has just expired; three years ahead is the longest life that the server gives.
LEAST_PAST, MOST_PAST = timedelta(days=30), timedelta(days=180)
LEAST_FUTURE, MOST_FUTURE = timedelta(days=90), timedelta(days=1100)
MOST_TICKS = 8
STEPS = (1, 2, 3, 6, 12)
# What a reader may choose beside all: key -> title, how far back, how far ahead.
SPANS = {"90": ("90 days", timedelta(days=30), timedelta(days=90)), "365": ("a year", timedelta(days=90), timedelta(days=365))}


class Axis(NamedTuple):
    """The stretch of time that is shown."""

    begin: datetime
    end: datetime
    today: datetime

    def place(self, moment: datetime) -> float:
        """Return how far along the moment is, in percent, held inside the axis."""
        share = (min(max(moment, self.begin), self.end) - self.begin) / (self.end - self.begin)
        return round(100 * share, 2)


class View(NamedTuple):
    """A stretch of the axis to zoom to.

    :param key: what stands for it in the page's address.
    :param offset: where it begins, in percent of the whole axis; may lie outside.
    :param scale: how many times wider things are in it than on the whole axis.
    :param today: where today is in it, in percent.
    """

    key: str
    title: str
    offset: float
    scale: float
    today: float
    ticks: list[dict[str, Any]]


def views_of_axis(axis: Axis) -> list[View]:
    """Return the stretches that can be shown, the shortest first, the whole axis last."""
    length = axis.end - axis.begin
    views = []
    for key, (title, past, future) in SPANS.items():
        part = Axis(axis.today - past, axis.today + future, axis.today)
        offset, scale = 100 * ((part.begin - axis.begin) / length), length / (part.end - part.begin)
        views.append(View(key, title, round(offset, 3), round(scale, 5), part.place(axis.today), ticks_of_axis(part)))
    return [*views, View("all", "all", 0, 1, axis.place(axis.today), ticks_of_axis(axis))]


def axis_from_secrets(secrets: Iterable[dict[str, Any]], today: datetime) -> Axis:
    """Return an axis that the secrets of a report fit on; what lies far off is cut at its ends."""
    starts, ends = [], []
    for secret in secrets:
        if secret["start_time"]:
            starts.append(secret["start_time"])
        if secret["expiration"]:
            ends.append(secret["expiration"])
    past = today - moment_from_timestamp(min(starts)) if starts else LEAST_PAST
    future = moment_from_timestamp(max(ends)) - today if ends else LEAST_FUTURE
    return Axis(today - min(max(past, LEAST_PAST), MOST_PAST), today + min(max(future, LEAST_FUTURE), MOST_FUTURE) * 1.03, today)


def ticks_of_axis(axis: Axis) -> list[dict[str, Any]]:
    """Return the first days of months to be marked, each with whether its year has not been named yet."""
    first = axis.begin.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = (axis.end.year - first.year) * 12 + axis.end.month - first.month
    step = next((step for step in STEPS if months / step <= MOST_TICKS), STEPS[-1])
    ticks: list[dict[str, Any]] = []
    for ahead in range(months + 1):
        moment = add_months(first, ahead)
        if moment > axis.begin and moment < axis.end and (moment.month - 1) % step == 0:
            ticks.append({"at": axis.place(moment), "label": f"{moment:%b}", "year": f"{moment:%Y}", "new_year": moment.month <= step or not ticks})
    return ticks


def bar_of_secret(secret: dict[str, Any], axis: Axis) -> dict[str, Any]:
    """Return where a secret's bar lies.

    :returns: ``left`` and ``width`` in percent of the axis; ``renew``, the part of the bar, in percent of it, in which the secret is due;
        whether the bar goes on beyond the axis to the left (``before``) or to the right (``beyond``).
    """
    start = axis.begin if secret["start_time"] is None else moment_from_timestamp(secret["start_time"])
    end = axis.end if secret["expiration"] is None else moment_from_timestamp(secret["expiration"])
    left, right = axis.place(start), axis.place(end)
    renew = 0.0
    if secret["renew_from"] is not None and right > left:
        from_ = max(axis.place(moment_from_timestamp(secret["renew_from"])), left)
        renew = round(100 * (right - from_) / (right - left), 1)
    return {
        "left": left,
        "width": round(right - left, 2),
        "renew": renew,
        "before": secret["start_time"] is None or start < axis.begin,
        "beyond": secret["expiration"] is None or end > axis.end,
    }
