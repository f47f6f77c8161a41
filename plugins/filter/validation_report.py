# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that writes down what is wrong with declared apps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.validation import report_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain


def validation_report(tenants: Any, form: str = "text") -> str:
    """Return the report of all tenants in one of the formats."""
    try:
        return report_of(plain(tenants), str(form))
    except ValueError as exc:
        raise AnsibleFilterError(f"validation_report: {exc}.") from exc


class FilterModule:
    """Offer the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by its name."""
        return {"validation_report": validation_report}
