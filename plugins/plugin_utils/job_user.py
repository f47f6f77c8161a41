# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Say who has started the job of AWX that runs a task. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# AWX, and Tower before it, give a job its user as an extra variable.
VARIABLES = ("awx_user_name", "tower_user_name")
# What the lines of the audit trail say instead, if it is set.
OPTION, VARIABLE = "audit_user", "VANTAGE_AUDIT_USER"


def job_user(variables: Mapping[str, Any]) -> str:
    """Return the name of the user; empty outside of a job, and for one that a schedule has started."""
    names = (variables.get(name) for name in VARIABLES)
    return next((str(name) for name in names if isinstance(name, str) and name), "")
