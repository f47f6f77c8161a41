# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find whole numbers that are too long to be written: of thousands of digits, Python itself makes no text. Pure."""

from __future__ import annotations

import re
from typing import Any

# No option has a use for more, and a double holds none that is longer.
MOST_BITS = 1024
MOST_CHARACTERS = 300
# Ansible-core makes of 1e999999 a number of a million digits.
EXPONENT = re.compile(r"[-+]?[0-9_.]+e[-+]?[0-9_]+", re.IGNORECASE | re.ASCII)


def is_long(value: Any) -> bool:
    """Return whether a value is a number that is too long."""
    return isinstance(value, int) and value.bit_length() > MOST_BITS


def is_long_text(value: Any) -> bool:
    """Return whether a text would become a number that is too long, where an option is a whole number."""
    return isinstance(value, str) and (len(value) > MOST_CHARACTERS or EXPONENT.fullmatch(value.strip()) is not None)


def shortened(text: str) -> str:
    """Return a text that cannot become a long number."""
    return f"{text[:20]}…" if is_long_text(text) else text
