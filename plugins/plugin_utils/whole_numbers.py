# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find numbers on which ansible-core's check of the arguments fails. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.long_numbers import is_long, is_long_text


def unreadable_number(args: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the mistake in the first number that is ``.inf``, a list or too long, on which ansible-core fails; empty for none."""
    for name, value in args.items():
        is_number = spec.get(name, {}).get("type") == "int"
        is_endless = isinstance(value, float) and math.isinf(value)
        if is_number and (is_endless or isinstance(value, (list, tuple))):
            return f"{name} is {value if is_endless else 'a list'}, but has to be a whole number."
        if is_long(value) or (is_number and is_long_text(value)):
            return f"{name} is a number of hundreds of digits; write a smaller one."
    return ""
