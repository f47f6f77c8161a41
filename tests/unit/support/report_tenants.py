# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up clients and secrets, as vantage_client_info answers them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import current_from_api

NOW = datetime(2026, 9, 7, 12, tzinfo=timezone.utc)
NASTY = "</script><script>alert(1)</script>\"'&{{ 7 * 7 }}\\\n=cmd"


def at(days: float) -> str:
    """Return the time so many days from now."""
    return timestamp_from_moment(NOW + timedelta(days=days))


def secret(secret_id: str, start: float | None, end: float | None, description: str = "production") -> dict[str, Any]:
    """Return a secret that begins and ends so many days from now."""
    times = {"start_time": None if start is None else at(start), "expiration": None if end is None else at(end)}
    return {"id": secret_id, "description": description, **times, "value_display": "k7W", "active": True, "days_left": end}


def client(client_id: str, *secrets: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return a client with the documented defaults."""
    return {**current_from_api({"clientId": client_id}), **options, "secrets": list(secrets)}


def tenant(*clients: dict[str, Any], name: str = "contoso", **more: Any) -> dict[str, Any]:
    """Return a tenant as the report wants it."""
    return {"name": name, "tenant_id": "7a1de5a0-c0de-4b1e-8f00-c04705000001", "server_time": at(0), "clients": list(clients), **more}


def entry(client_id: str, secret_id: str | None, description: str = "production", **more: Any) -> dict[str, Any]:
    """Return an entry of a store."""
    return {"client_id": client_id, "id": secret_id, "description": description, "tenant_id": "7A1DE5A0C0DE4B1E8F00C04705000001", **more}
