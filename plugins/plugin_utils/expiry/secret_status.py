# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Say of each secret of a client how it stands: its status, its generation, and whether the store holds it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, moved, timestamp_from_moment

# The most urgent first.
STATUSES = ("expired", "due", "pending", "active", "never_expires")


def secrets_with_status(
    listed: list[dict[str, Any]], *, now: datetime, windows: Mapping[str, timedelta], window: timedelta, held: Mapping[str, str] | None, expected: bool
) -> list[dict[str, Any]]:
    """Return the secrets of one client, the oldest first, each with what the report says of it.

    :param listed: as vantage_client_info answers them.
    :param windows: by description, how long before its expiry a secret is due; others have ``window``.
    :param held: the ids that the store holds, by description; None when there is no store to ask.
    :param expected: whether the store is expected to hold this client's secrets.
    """
    secrets = sorted(listed, key=lambda secret: (secret.get("start_time") or "", secret["id"]))
    current = _current_by_description(secrets, held or {})
    return [
        _shown(
            secret,
            now=now,
            window=windows.get(secret["description"], window),
            current=current[secret["description"]],
            in_store=None if held is None else secret["id"] in held.values(),
            expected=expected,
        )
        for secret in secrets
    ]


def status_of_client(client: dict[str, Any], secrets: list[dict[str, Any]]) -> str:
    """Return the most urgent status of the generations that count, or no_secret when none works although one is required.

    ``none`` is for a client that has no secret and needs none.
    """
    counting = [secret["status"] for secret in secrets if not secret["older"]]
    working = any(secret["status"] in ("due", "active", "never_expires") for secret in secrets)
    if client.get("require_client_secret", True) and not working and "expired" not in counting:
        return "no_secret"
    return next((status for status in STATUSES if status in counting), "none")


def _current_by_description(secrets: list[dict[str, Any]], held: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return which generation counts: the one whose value the store holds, else the newest."""
    current: dict[str, dict[str, Any]] = {}
    for secret in secrets:
        before = current.get(secret["description"])
        if before is None or before["id"] != held.get(secret["description"]):
            current[secret["description"]] = secret
    return current


def _shown(secret: dict[str, Any], *, now: datetime, window: timedelta, current: dict[str, Any], in_store: bool | None, expected: bool) -> dict[str, Any]:
    start = _moment(secret.get("start_time"))
    expiration = _moment(secret.get("expiration"))
    is_older = (secret.get("start_time") or "", secret["id"]) < (current.get("start_time") or "", current["id"])
    return {
        "id": secret["id"],
        "description": secret["description"],
        "status": _status(start, expiration, now, window),
        "start_time": secret.get("start_time"),
        "expiration": secret.get("expiration"),
        "renew_from": None if expiration is None else timestamp_from_moment(moved(expiration, -window)),
        "days_left": None if expiration is None else round((expiration - now) / timedelta(days=1), 1),
        "older": is_older,
        "in_store": in_store,
        # What is older than the generation in the store was held once; everything else outside the store was never delivered.
        "orphaned": in_store is False and expected and not is_older,
    }


def _status(start: datetime | None, expiration: datetime | None, now: datetime, window: timedelta) -> str:
    if expiration is not None and expiration <= now:
        return "expired"
    if start is not None and start > now:
        return "pending"
    if expiration is None:
        return "never_expires"
    return "due" if expiration - now < window else "active"


def _moment(timestamp: str | None) -> datetime | None:
    return None if timestamp is None else moment_from_timestamp(timestamp)
