# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find clients and secrets for the modules that only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, TypedDict, TypeVar

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import duration_from_option
from ansible_collections.abbyy.vantage.plugins.module_utils.lists import texts_from_option
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api, Raw, is_text, shown_text
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import ClientValues, current_from_api, is_complete
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret, ShownSecret, secret_from_api, shown_from_secret

ItemT = TypeVar("ItemT")
ValueT = TypeVar("ValueT")


class FoundClients(TypedDict):
    """What vantage_client_info returns; each client with its ``secrets`` if asked for."""

    clients: list[Mapping[str, object]]


class FoundSecret(ShownSecret):
    """A secret with its client."""

    client_id: str


class FoundSecrets(TypedDict):
    """What vantage_client_secret_info returns."""

    client_secrets: list[FoundSecret]


def find_clients(api: Api, params: Mapping[str, Any]) -> FoundClients:
    """Return what vantage_client_info returns."""
    concurrency = params["concurrency"]
    listed = _whole_clients(api, params["client_id"], concurrency)
    clients: list[tuple[str, ClientValues]] = [(str(raw["clientId"]), current_from_api(raw, api.roles_member)) for raw in listed]
    if params["name"]:
        clients = [(client_id, client) for client_id, client in clients if fnmatchcase(str(client["client_name"]), params["name"])]
    if not params["include_secrets"]:
        return {"clients": [dict(client) for _id, client in clients]}
    secrets = _each([client_id for client_id, _client in clients], lambda client_id: _secrets_of(api, client_id), concurrency)
    now = api.http.now()
    return {"clients": [{**client, "secrets": [shown_from_secret(secret, now) for secret in own]} for (_id, client), own in zip(clients, secrets)]}


def find_secrets(api: Api, params: Mapping[str, Any]) -> FoundSecrets:
    """Return what vantage_client_secret_info returns."""
    within = None if params["expiring_within"] is None else duration_from_option("expiring_within", params["expiring_within"])
    if params["client_id"] is None:
        client_ids = [str(raw["clientId"]) for raw in api.list_clients()]
    else:
        client_ids = list(dict.fromkeys(texts_from_option("client_id", params["client_id"])))
        api.check_tenant()
    listed = _each(client_ids, lambda client_id: _secrets_of(api, client_id), params["concurrency"])
    now = api.http.now()
    found: list[FoundSecret] = [
        {"client_id": shown_text(client_id), **shown_from_secret(secret, now)}
        for client_id, secrets in zip(client_ids, listed)
        for secret in secrets
        if within is None or (secret.expiration is not None and secret.expiration - now <= within)
    ]
    return {"client_secrets": found}


def _whole_clients(api: Api, client_id: str | None, concurrency: int) -> list[Raw]:
    if client_id:
        found = api.find_client(client_id)
        if found is None:
            api.check_tenant()
        return [] if found is None else [found]

    def read(raw: Raw) -> Raw | None:
        return raw if is_complete(raw, api.roles_member) or not is_text(str(raw["clientId"])) else api.find_client(raw["clientId"])

    whole = _each(api.list_clients(), read, concurrency)
    # Skip a client that was deleted since it was listed.
    return [raw for raw in whole if raw is not None]


def _secrets_of(api: Api, client_id: str) -> list[Secret]:
    if not is_text(client_id):
        api.warnings.append(f"The secrets of client {client_id!r} were not read: its id holds half a surrogate pair, so that no address can name it.")
        return []
    # A client that was deleted since it was listed has none.
    return [secret_from_api(raw) for raw in api.list_secrets(client_id) or []]


def _each(items: Sequence[ItemT], work: Callable[[ItemT], ValueT], concurrency: int) -> list[ValueT]:
    """Return the work's results; unlike in a reconciling run, an incomplete result is useless."""
    return [outcome.result() for outcome in run_each(items, work, concurrency)]
