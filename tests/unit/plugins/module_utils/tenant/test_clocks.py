# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far two clocks are apart, and what is said of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.clocks import too_far_apart, warning_of_clocks

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("offset", "too_far", "said"),
    [
        (None, False, ""),
        (timedelta(0), False, ""),
        (timedelta(minutes=60), False, ""),
        (timedelta(minutes=-61), False, "is 1.0 hours behind this machine's. Set"),
        (timedelta(hours=5), False, "The tenant's clock, which decides what is due or expired, is 5.0 hours ahead of this machine's. Set"),
        (DAY, False, "is 24.0 hours ahead of"),
        (DAY + timedelta(seconds=1), True, "is 24.0 hours ahead of this machine's, so it is unknown what has expired, and no secret is deleted. Set"),
        (-400 * DAY, True, "is 400 days behind this machine's, so"),
    ],
)
def test_a_difference_of_clocks_is_warned_of_and_too_large_a_one_stops_deletions(offset: timedelta | None, too_far: bool, said: str) -> None:
    sentence = warning_of_clocks(offset, DAY)

    assert too_far_apart(offset, DAY) is too_far
    assert said in sentence
    assert bool(sentence) is bool(said)


@pytest.mark.parametrize(
    ("offset", "tolerance", "too_far"), [(10 * DAY, 20 * DAY, False), (timedelta(hours=3), timedelta(hours=2), True)], ids=["within", "beyond"]
)
def test_the_tolerance_can_be_changed(offset: timedelta, tolerance: timedelta, too_far: bool) -> None:
    assert too_far_apart(offset, tolerance) is too_far
