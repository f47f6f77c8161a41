# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter abbyy.vantage.expiry_report_prometheus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.prometheus import prometheus_from_report


class FilterModule:
    """Offer the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by its name."""
        return {"expiry_report_prometheus": prometheus_from_report}
