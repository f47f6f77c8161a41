# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of entries, as stores take them."""

from __future__ import annotations

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import problems_of_texts, segment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a-B_1.2", "a-B_1.2"),
        ("", "="),
        ("..", "=2E=2E"),
        ("..a", "..a"),
        ("a\n", "a=0A"),
        ("a/b", "a=2Fb"),
        ("=", "=3D"),
        ("é", "=C3=A9"),
        ("\ud800", "=ED=A0=80"),
    ],
)
def test_segments(text: str, expected: str) -> None:
    assert segment(text) == expected


def test_half_a_character_is_named_and_can_be_shown() -> None:
    (said,) = problems_of_texts(["a/b", "ä/\U0001f511", "\ud800/b"])
    assert "'\\ud800/b'" in said
    assert said.isascii()
