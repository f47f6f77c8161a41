# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say what an app of the benchmark is: one client and one secret."""

from __future__ import annotations

from typing import Any


def client_ids(count: int) -> list[str]:
    """Name the apps; the names are as long at any count."""
    return [f"app-{number:05}" for number in range(1, count + 1)]


def client_items(count: int) -> list[dict[str, Any]]:
    """Give the entries of `clients` of vantage_client."""
    return [
        {
            "client_id": client_id,
            "client_name": f"Benchmark {client_id}",
            "allowed_grant_types": ["authorization_code", "client_credentials"],
            "redirect_uris": [f"https://{client_id}.example.com/signin"],
        }
        for client_id in client_ids(count)
    ]


def secret_items(count: int) -> list[dict[str, Any]]:
    """Give the entries of `secrets` of vantage_client_secret."""
    return [{"client_id": client_id, "description": "main", "lifetime": "180d", "renew_before": "30d"} for client_id in client_ids(count)]


def declared_apps(count: int) -> list[dict[str, Any]]:
    """Give the same apps as the role app_onboarding takes them."""
    secrets = [{key: value for key, value in item.items() if key != "client_id"} for item in secret_items(count)]
    return [{**client, "secrets": [secret]} for client, secret in zip(client_items(count), secrets)]
