# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter abbyy.vantage.apps_from_clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.lists import texts_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps import export
from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain


def apps_from_clients(
    clients: list[dict[str, Any]], all_options: bool = False, secrets: bool = False, exclude: list[str] | str | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Return the apps, and what was left out of them."""
    try:
        patterns = texts_from_option("exclude", plain(exclude))
    except ConfigError as exc:
        raise AnsibleFilterError(f"apps_from_clients: {exc.message}") from None
    return export.apps_from_clients(plain(clients), all_options=all_options, secrets=secrets, exclude=patterns)


class FilterModule:
    """Offer the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by its name."""
        return {"apps_from_clients": apps_from_clients}
