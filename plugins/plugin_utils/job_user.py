# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find who started the AWX job that runs a task. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# AWX, and Tower before it, pass the user of a job as an extra variable.
VARIABLES = ("awx_user_name", "tower_user_name")
# Replaces the user in the audit trail, if set.
OPTION, VARIABLE = "audit_user", "VANTAGE_AUDIT_USER"


def job_user(variables: Mapping[str, Any]) -> str:
    """Return the name of the user; empty outside a job, and for a scheduled job."""
    names = (variables.get(name) for name in VARIABLES)
    return next((str(name) for name in names if isinstance(name, str) and name), "")
