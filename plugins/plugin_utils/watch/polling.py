# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Read tenants and their stores for the event source, once per poll."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.queries import find_clients
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.connect import connect
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.model import report_from_tenants
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, StoreContext
from ansible_collections.abbyy.vantage.plugins.plugin_utils.watch.findings import Event, Findings, Labels, events_between, findings_from_report
from ansible_collections.abbyy.vantage.plugins.plugin_utils.watch.options import Watch, Watched

Connect = Callable[[dict[str, Any]], Api]
ALL_CLIENTS = {"client_id": None, "name": None, "include_secrets": True}


@dataclass(frozen=True)
class Reading:
    """The result of one poll of one tenant.

    :param facts: in the form for the expiry report.
    :param store_problem: why the store could not be read; empty when it could, or when there is none.
    """

    facts: dict[str, Any]
    labels: Mapping[str, Labels] = field(default_factory=dict)
    store_problem: str = ""


class Poller:
    """Poll tenants repeatedly, and return the changes since the last poll.

    :param connect: creates the API of a tenant from its connection.
    :param warn: writes a warning to the log.
    """

    def __init__(self, watch: Watch, warn: Callable[[str], None], connect: Connect = connect) -> None:
        self._watch = watch
        self._connect = connect
        self._warn = warn
        self._known: Findings = {}

    def poll(self) -> list[Event]:
        """Read all tenants, and return the events since the last poll."""
        readings = [self._read(tenant) for tenant in self._watch.tenants]
        report = report_from_tenants([reading.facts for reading in readings], renew_before=self._watch.within, generated_at=datetime.now(timezone.utc))
        labels = {(reading.facts["name"], client_id): of_client for reading in readings for client_id, of_client in reading.labels.items()}
        blind = [reading.facts["name"] for reading in readings if reading.store_problem]
        events, self._known = events_between(self._known, report, findings_from_report(report, labels), blind)
        return events

    def _read(self, tenant: Watched) -> Reading:
        facts: dict[str, Any] = {
            "name": tenant.name,
            "tenant_id": tenant.params["tenant_id"],
            "base_url": tenant.params.get("base_url") or tenant.params.get("region"),
            "clients": [],
        }
        try:
            api = self._connect(dict(tenant.params))
            facts["clients"] = find_clients(api, {**ALL_CLIENTS, "concurrency": tenant.params["concurrency"]})["clients"]
            facts["server_time"] = timestamp_from_moment(api.http.now())
        except VantageError as exc:
            return Reading({**facts, "problem": exc.message})
        if not tenant.store:
            return Reading(facts)
        try:
            entries = self._read_store(tenant)
        except VantageError as exc:
            self._warn(f"{tenant.name}: The store could not be read. {exc.message}")
            return Reading(facts, store_problem=exc.message)
        shown = {name: entry.to_members() for name, entry in entries.items()}
        return Reading({**facts, "store": shown}, {entry.client_id: entry.labels for entry in entries.values() if entry.labels})

    def _read_store(self, tenant: Watched) -> dict[str, Entry]:
        """Return the store's entries of a tenant, without their values."""
        context = StoreContext(host=tenant.name, prefix=f"vantage/{tenant.name}", folder=os.getcwd(), concurrency=tenant.params["concurrency"], warn=self._warn)
        try:
            store = store_from_option(tenant.store, context)
        except ModuleNotFoundError as exc:
            # For the store encrypted by ansible-core; other stores report missing libraries when they are used.
            raise ConfigError(f"The store needs the Python package {exc.name}, which is not installed here: pip install ansible-core") from None
        store.check()
        return store.read(None, values=False)


def names_of(tenants: Sequence[Watched]) -> str:
    """Return the names of tenants, for a line of the log."""
    return ", ".join(tenant.name for tenant in tenants)
