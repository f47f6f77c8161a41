# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find clients and secrets for the modules that only read."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import DURATION_FORMS, seconds_from_duration
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import current_from_api, is_complete
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import secret_from_api, shown_from_secret


def find_clients(api: Api, params: dict[str, Any]) -> dict[str, Any]:
    """Return what vantage_client_info answers."""
    concurrency = params["concurrency"]
    if params["client_id"]:
        found = api.find_client(params["client_id"])
        if found is None:
            api.check_tenant()
        listed = [] if found is None else [found]
    else:
        listed = _each(api.list_clients(), lambda raw: raw if is_complete(raw) else api.find_client(raw["clientId"]), concurrency)
    clients = [current_from_api(raw) for raw in listed if raw is not None]
    if params["name"]:
        clients = [client for client in clients if fnmatchcase(client["client_name"], params["name"])]
    if params["include_secrets"]:
        for client, secrets in zip(clients, _each(clients, lambda client: _shown_secrets(api, client["client_id"]), concurrency)):
            client["secrets"] = secrets
    return {"clients": clients}


def find_secrets(api: Api, params: dict[str, Any]) -> dict[str, Any]:
    """Return what vantage_client_secret_info answers."""
    within = None
    if params["expiring_within"] is not None:
        try:
            within = timedelta(seconds=seconds_from_duration(params["expiring_within"])) / timedelta(days=1)
        except (ValueError, OverflowError) as exc:
            raise ConfigError(f"expiring_within {params['expiring_within']!r} is not a duration; write {DURATION_FORMS}.") from exc
    if params["client_id"] is None:
        client_ids = [raw["clientId"] for raw in api.list_clients()]
    else:
        client_ids = list(dict.fromkeys(params["client_id"]))
        api.check_tenant()
    secrets = [
        {"client_id": client_id, **secret}
        for client_id, listed in zip(client_ids, _each(client_ids, lambda client_id: _shown_secrets(api, client_id), params["concurrency"]))
        for secret in listed
        if within is None or (secret["days_left"] is not None and secret["days_left"] <= within)
    ]
    return {"client_secrets": secrets}


def _shown_secrets(api: Api, client_id: str) -> list[dict[str, Any]]:
    # A client that was deleted since it was listed has none.
    return [shown_from_secret(secret_from_api(raw), api.http.now()) for raw in api.list_secrets(client_id) or []]


def _each(items: list[Any], work: Any, concurrency: int) -> list[Any]:
    """Return the work's results; unlike a reconciling run, an incomplete answer is worth nothing."""
    outcomes = run_each(items, work, concurrency)
    for outcome in outcomes:
        if outcome.error:
            raise outcome.error
    return [outcome.value for outcome in outcomes]
