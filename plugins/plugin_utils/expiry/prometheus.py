# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Write the expiry report in the text format of Prometheus. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.findings import RISKS
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.secret_status import STATUSES
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.words import shown_texts

# name -> HELP; all are gauges.
METRICS = {
    "vantage_report_timestamp_seconds": "When the report was made, by the clock of the machine that made it.",
    "vantage_tenant_up": "Whether the tenant could be read (1) or not (0); without it, nothing else is said of a tenant.",
    "vantage_tenant_clock_difference_seconds": "How far the tenant's clock is ahead of the clock of the machine that made the report.",
    "vantage_tenant_info": "The tenant's id and address, always 1.",
    "vantage_clients": "OAuth clients of the tenant.",
    "vantage_clients_with_finding": "Clients with a risky setting, without a working secret, or not managed by the collection.",
    "vantage_client_labels": "The labels of the client's app, always 1; to be joined with the other metrics by tenant and client_id.",
    "vantage_clients_must_act": "Clients that somebody must look at: no run puts them right, or they do not work now.",
    "vantage_client_secrets": "Secrets of the tenant by status, without older generations.",
    "vantage_client_secrets_renewing": "Secrets that are due and that the next onboarding run renews.",
    "vantage_client_secrets_orphaned": "Secrets in the tenant that the store should hold but does not.",
    "vantage_client_secrets_missing": "Secrets in the store that the tenant does not have.",
    "vantage_client_secret_expiry_timestamp_seconds": "When the secret expires; +Inf for never.",
    "vantage_client_secret_start_timestamp_seconds": "When the secret begins to work.",
    "vantage_client_secret_current": "Whether this is the generation that counts (1) or an older one (0).",
}
Sample = tuple[str, Mapping[str, Any], float]


def prometheus_from_report(report: dict[str, Any]) -> str:
    """Return the metrics, grouped by name as the format wants it, each with its HELP and TYPE."""
    by_name: dict[str, list[str]] = {name: [] for name in METRICS}
    for name, labels, value in _samples(shown_texts(report)):
        by_name[name].append(f"{name}{_labels(labels)} {_number(value)}\n")
    return "".join(f"# HELP {name} {METRICS[name]}\n# TYPE {name} gauge\n{''.join(lines)}" for name, lines in by_name.items() if lines)


def _samples(report: dict[str, Any]) -> Iterable[Sample]:
    yield "vantage_report_timestamp_seconds", {}, _seconds(report["generated_at"])
    for tenant in report["tenants"]:
        yield from _samples_of_tenant(tenant)
    for client in report["clients"]:
        if client["labels"]:
            # As kube_pod_labels has them; two keys that differ in a point only fall together.
            labels = {f"label_{re.sub('[^A-Za-z0-9_]', '_', key)}": value for key, value in client["labels"].items()}
            yield "vantage_client_labels", {"tenant": client["tenant"], "client_id": client["client_id"], **labels}, 1
        for secret in client["secrets"]:
            labels = {"tenant": client["tenant"], "client_id": client["client_id"], "description": secret["description"], "id": secret["id"]}
            expiry = float("inf") if secret["expiration"] is None else _seconds(secret["expiration"])
            yield "vantage_client_secret_expiry_timestamp_seconds", labels, expiry
            yield "vantage_client_secret_current", labels, not secret["older"]
            if secret["start_time"] is not None:
                yield "vantage_client_secret_start_timestamp_seconds", labels, _seconds(secret["start_time"])


def _samples_of_tenant(tenant: Mapping[str, Any]) -> Iterable[Sample]:
    name = {"tenant": tenant["name"]}
    yield "vantage_tenant_up", name, tenant["problem"] is None
    yield "vantage_tenant_info", {**name, "tenant_id": tenant["tenant_id"] or "", "base_url": tenant["base_url"] or ""}, 1
    summary = tenant["summary"]
    if summary is None:
        return
    if tenant["clock_difference"] is not None:
        yield "vantage_tenant_clock_difference_seconds", name, tenant["clock_difference"]
    yield "vantage_clients", name, summary["clients"]
    yield "vantage_clients_must_act", name, summary["must_act"]
    yield "vantage_client_secrets_renewing", name, summary["renews_itself"]
    # What cannot be known without the apps or the store is not claimed to be none.
    known = (*RISKS, "no_secret", *(("unmanaged",) if tenant["apps_known"] or tenant["store_known"] else ()))
    for finding in known:
        yield "vantage_clients_with_finding", {**name, "finding": finding}, summary[finding]
    for status in STATUSES:
        yield "vantage_client_secrets", {**name, "status": status}, summary[status]
    if tenant["store_known"]:
        yield "vantage_client_secrets_orphaned", name, summary["orphaned"]
        yield "vantage_client_secrets_missing", name, summary["missing"]


def _seconds(timestamp: str) -> float:
    return moment_from_timestamp(timestamp).timestamp()


def _number(value: float) -> str:
    if value == float("inf"):
        return "+Inf"
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _labels(labels: Mapping[str, Any]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(str(value))}"' for name, value in labels.items()) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
