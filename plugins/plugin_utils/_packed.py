# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Hand values from one task to another as one text of JSON.

Ansible walks through whatever a task registers, value by value, and tags each one: with hundreds of apps that takes longer than to find
out what is to be done with them. Of a text there is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils._local_module import text_of


def packed(value: Any) -> str:
    """Return a value of plain types as a text."""
    return json.dumps(value, default=text_of, separators=(",", ":"))


def packed_items(items: Iterable[Any]) -> str:
    """Return mappings as a text of texts, for an option that is a list of mappings: its validation reads each of them from JSON."""
    return packed([packed(item) for item in items])


def unpacked(text: str) -> Any:
    """Return the value again."""
    return json.loads(text)
