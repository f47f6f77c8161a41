# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter abbyy.vantage.expiry_report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.model import report_from_tenants


def expiry_report(tenants: list[dict[str, Any]], renew_before: Any = "30d", generated_at: str | None = None) -> dict[str, Any]:
    """Return the report."""
    try:
        moment = datetime.now(timezone.utc) if generated_at is None else moment_from_timestamp(generated_at)
        return report_from_tenants(tenants, renew_before=renew_before, generated_at=moment)
    except ConfigError as exc:
        raise AnsibleFilterError(f"expiry_report: {exc.message}") from None
    except ValueError as exc:
        raise AnsibleFilterError(f"expiry_report: {exc} is neither a duration such as 30d nor a time such as 2026-09-07T13:03:38Z.") from exc


class FilterModule:
    """Offer the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by its name."""
        return {"expiry_report": expiry_report}
