# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Convert values from Ansible to plain Python types. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.long_numbers import is_long


def plain(value: Any) -> Any:
    """Return the value in JSON types: Ansible marks texts from outside with types of its own.

    Dates and everything else become text; this decrypts ansible-vault text.
    """
    if value is None or isinstance(value, bool):
        return None if value is None else bool(value)
    if isinstance(value, str):
        # `str(value)` would call a method of the subclass, and that of AnsibleUnsafeText returns itself before ansible-core 2.19.
        return str.__str__(value)
    if isinstance(value, int):
        # No message could hold such a number; as the beginning of one it is refused like any other text.
        return f"{hex(value)[:20]}…" if is_long(value) else int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(entry) for entry in value]
    return plain(value.isoformat() if isinstance(value, date) else str(value))
