# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Turn what was read of the tenants into the expiry report. Pure; the shape is documented in docs/guides/expiry_report.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, seconds_from_duration, timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.lists import texts_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.attention import attention_of_client, attention_of_secret, renewed_descriptions
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.findings import RISKS, risks_of_client
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.last_changes import plain_id
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.secret_status import secrets_with_status, status_of_client
from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain

SCHEMA_VERSION = 1
CHANGE_MEMBERS = ("time", "user", "job", "action", "reason")
# The most urgent first; the report sorts by this order.
CLIENT_STATUSES = ("expired", "no_secret", "due", "pending", "active", "never_expires", "none")


def report_from_tenants(tenants: Iterable[Mapping[str, Any]], *, renew_before: Any, generated_at: datetime) -> dict[str, Any]:
    """Return the report.

    :param tenants: see the filter abbyy.vantage.expiry_report.
    :param renew_before: duration; a secret that expires in less is due, unless its app says otherwise.
    :param generated_at: stands in where a tenant does not tell its own time.
    :raises ValueError: for a duration or a time that is none.
    """
    window = timedelta(seconds=seconds_from_duration(renew_before))
    shown: list[dict[str, Any]] = []
    clients: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    for tenant in tenants:
        its_clients, its_missing = _contents(tenant, window, generated_at)
        shown.append(_shown_tenant(tenant, its_clients, its_missing))
        clients += its_clients
        missing += its_missing
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_at": timestamp_from_moment(generated_at),
        "renew_before_seconds": int(window.total_seconds()),
        "summary": _summary(clients, missing),
        "tenants": shown,
        "clients": sorted(clients, key=_urgency),
        "missing": missing,
    }


def _contents(tenant: Mapping[str, Any], window: timedelta, generated_at: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if tenant.get("problem"):
        return [], []
    now = moment_from_timestamp(tenant["server_time"]) if tenant.get("server_time") else generated_at
    apps = None if tenant.get("apps") is None else _wanted_apps(tenant["apps"])
    entries = None if tenant.get("store") is None else _entries_by_client(tenant["store"], tenant.get("tenant_id"))
    ignored = texts_from_option("ignored", plain(tenant.get("ignored")) or None)
    clients = []
    for client in tenant["clients"]:
        client_id = client["client_id"]
        managed = _is_managed(client_id, apps, entries)
        unmanaged = managed is False and not any(fnmatchcase(client_id, pattern) for pattern in ignored)
        renewed = renewed_descriptions(client_id, apps, managed=managed is True)
        held = None if entries is None else {entry["description"]: entry["id"] for entry in entries.get(client_id, []) if entry["id"]}
        secrets = secrets_with_status(
            client.get("secrets") or [], now=now, windows=_windows((apps or {}).get(client_id)), window=window, held=held, expected=managed is not False
        )
        secrets = [{**secret, "attention": attention_of_secret(secret, renewed)} for secret in secrets]
        status = status_of_client(client, secrets)
        clients.append(
            {
                "tenant": tenant["name"],
                "client_id": client_id,
                "client_name": client["client_name"],
                "status": status,
                "attention": attention_of_client(status, secrets, unmanaged=unmanaged),
                "managed": managed,
                "unmanaged": unmanaged,
                "risks": risks_of_client(client),
                "labels": labels_of((apps or {}).get(client_id), (entries or {}).get(client_id)),
                "last_change": _last_change(tenant, client_id),
                "secrets": [{**secret, "labels": secret_labels(secret, (apps or {}).get(client_id), (entries or {}).get(client_id))} for secret in secrets],
            }
        )
    return clients, _missing(tenant["name"], entries or {}, clients)


def _last_change(tenant: Mapping[str, Any], client_id: str) -> dict[str, str] | None:
    found = (tenant.get("changes") or {}).get(client_id)
    return None if found is None else {name: str(found.get(name) or "") for name in CHANGE_MEMBERS}


def _shown_tenant(tenant: Mapping[str, Any], clients: list[dict[str, Any]], missing: list[dict[str, Any]]) -> dict[str, Any]:
    # Ansible before 2.19 turns null into an empty text.
    problem = tenant.get("problem") or None
    return {
        "name": tenant["name"],
        "tenant_id": tenant.get("tenant_id") or None,
        "base_url": tenant.get("base_url") or None,
        "problem": problem,
        "warnings": list(tenant.get("warnings") or []),
        "server_time": tenant.get("server_time") or None,
        "clock_difference": _whole(tenant.get("clock_difference")),
        "apps_known": tenant.get("apps") is not None,
        "store_known": tenant.get("store") is not None,
        "changes_known": tenant.get("changes") is not None,
        # Of a tenant that could not be read nothing is known, and zero would be a claim.
        "summary": None if problem is not None else _summary(clients, missing),
    }


def _whole(seconds: Any) -> int | None:
    # Ansible before 2.19 hands numbers on as texts.
    return None if seconds is None or seconds == "" else int(float(seconds))


def _wanted_apps(apps: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {app["client_id"]: app for app in apps if app.get("state", "present") != "absent"}


def _windows(app: Mapping[str, Any] | None) -> dict[str, timedelta]:
    secrets = [secret for secret in (app or {}).get("secrets") or [] if secret.get("renew_before")]
    return {secret.get("description") or "": timedelta(seconds=seconds_from_duration(secret["renew_before"])) for secret in secrets}


def _entries_by_client(store: Mapping[str, Mapping[str, Any]], tenant_id: str | None) -> dict[str, list[dict[str, Any]]]:
    """Return the store's entries of this tenant, with nothing in them but what the report needs."""
    own: dict[str, list[dict[str, Any]]] = {}
    for name, entry in store.items():
        client_id = entry.get("client_id")
        if client_id and plain_id(entry.get("tenant_id")) in ("", plain_id(tenant_id)):
            kept = {name_: entry.get(name_) for name_ in ("id", "expiration", "reserved_at")}
            labels = dict(entry.get("labels") or {})
            own.setdefault(client_id, []).append(
                {"name": name, "client_id": client_id, "description": entry.get("description") or "", **kept, "labels": labels}
            )
    return own


def labels_of(app: Mapping[str, Any] | None, entries: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Return the labels of a client: as its app declares them, or else what all of its entries agree on."""
    if app is not None and app.get("labels") is not None:
        return dict(app["labels"])
    found = [entry["labels"] for entry in entries or [] if entry["id"]]
    return {key: value for key, value in found[0].items() if all(labels.get(key) == value for labels in found)} if found else {}


def secret_labels(secret: Mapping[str, Any], app: Mapping[str, Any] | None, entries: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Return the labels of a secret: as declared, or else as the store has them."""
    named = [one for one in (app or {}).get("secrets") or [] if (one.get("description") or "") == secret["description"]]
    declared = [one for one in named if one.get("labels") is not None]
    held = [entry for entry in entries or [] if entry["description"] == secret["description"]]
    return dict(next((one["labels"] for one in [*declared, *held]), {}))


def _is_managed(client_id: str, apps: Mapping[str, Any] | None, entries: Mapping[str, Any] | None) -> bool | None:
    return None if apps is None and entries is None else client_id in (apps or {}) or client_id in (entries or {})


def _missing(tenant: str, entries: Mapping[str, list[dict[str, Any]]], clients: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the store's entries whose secret the tenant does not have; one without an id was reserved and never delivered, or says no more than that
    its client is managed."""
    there = {(client["client_id"], secret["id"]) for client in clients for secret in client["secrets"]}
    members = ("name", "client_id", "description", "id", "expiration", "labels")
    return [
        {"tenant": tenant, **{member: entry[member] for member in members}}
        for own in entries.values()
        for entry in own
        if (entry["id"] or entry["reserved_at"] or entry["description"]) and (entry["client_id"], entry["id"]) not in there
    ]


def _urgency(client: dict[str, Any]) -> tuple[int, str, str, str]:
    ends = [secret["expiration"] for secret in client["secrets"] if secret["expiration"] and not secret["older"]]
    # "~" sorts after every timestamp.
    return CLIENT_STATUSES.index(client["status"]), min(ends, default="~"), client["tenant"], client["client_id"]


def _who_must_act(clients: list[dict[str, Any]], missing: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return the clients that need somebody, those included that only the store knows."""
    acting = (client for client in clients if client["attention"] == "must_act")
    return {(one["tenant"], one["client_id"]) for one in (*acting, *missing)}


def _summary(clients: list[dict[str, Any]], missing: list[dict[str, Any]]) -> dict[str, int]:
    secrets = [secret for client in clients for secret in client["secrets"]]
    counting = [secret for secret in secrets if not secret["older"]]
    risks = [{risk["code"] for risk in client["risks"]} for client in clients]
    return {
        "clients": len(clients),
        "secrets": len(secrets),
        **{status: sum(secret["status"] == status for secret in counting) for status in ("expired", "due", "pending", "active", "never_expires")},
        "older": len(secrets) - len(counting),
        "must_act": len(_who_must_act(clients, missing)),
        "renews_itself": sum(secret["attention"] == "renews_itself" for secret in secrets),
        "no_secret": sum(client["status"] == "no_secret" for client in clients),
        "unmanaged": sum(client["unmanaged"] for client in clients),
        "orphaned": sum(secret["orphaned"] for secret in secrets),
        "missing": len(missing),
        "risky": sum(bool(codes) for codes in risks),
        **{code: sum(code in codes for codes in risks) for code in RISKS},
    }
