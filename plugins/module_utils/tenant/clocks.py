# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Detect when the clocks of the tenant and of this machine differ too much to rely on either. Pure."""

from __future__ import annotations

from datetime import timedelta

NOTABLE = timedelta(hours=1)


def too_far_apart(offset: timedelta | None, tolerance: timedelta) -> bool:
    """Return whether deletions are unsafe, since it is unknown what has expired.

    :param offset: how far the tenant's clock is ahead; None when unknown.
    :param tolerance: how far it may differ.
    """
    return offset is not None and abs(offset) > tolerance


def warning_of_clocks(offset: timedelta | None, tolerance: timedelta) -> str:
    """Return a sentence for clocks that differ notably; empty otherwise."""
    if offset is None or abs(offset) <= NOTABLE or (tolerance > NOTABLE * 24 and abs(offset) <= tolerance):
        return ""
    side = "ahead of" if offset > timedelta(0) else "behind"
    hours = abs(offset) / timedelta(hours=1)
    difference = f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.0f} days"
    advice = "Set this machine's clock, or fix what responds with a wrong Date header, such as a proxy."
    if too_far_apart(offset, tolerance):
        return f"The tenant's clock is {difference} {side} this machine's, so it is unknown what has expired, and no secret is deleted. {advice}"
    return f"The tenant's clock, which decides what is due or expired, is {difference} {side} this machine's. {advice}"
