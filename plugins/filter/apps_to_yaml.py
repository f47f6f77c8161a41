# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter abbyy.vantage.apps_to_yaml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.yaml_text import yaml_from_data


def apps_to_yaml(apps: list[dict[str, Any]], variable: str = "app_onboarding_apps") -> str:
    """Return a file of variables with the apps in it."""
    return yaml_from_data({variable: apps})


class FilterModule:
    """Offer the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by its name."""
        return {"apps_to_yaml": apps_to_yaml}
