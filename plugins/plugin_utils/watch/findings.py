# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Turn an expiry report into findings, and two polls into events: new findings and resolved ones. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, Union

from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.words import EXPLANATIONS

FINDINGS = ("expiring", "expired", "orphaned", "missing", "unmanaged", "risky", "tenant_unreachable")
# Findings that require a readable store.
FROM_STORE = ("orphaned", "missing", "unmanaged")
STATUS_FINDINGS = {"due": "expiring", "expired": "expired"}
UNREACHABLE = "The tenant could not be read."
# The report may say who renews it, but here no apps are known.
EXPIRING = "The secret expires within its renew window. The next onboarding run renews it if its client is managed."
Event = dict[str, Any]
State = Literal["begun", "ended"]


class Key(NamedTuple):
    """The identity of a finding.

    :param subject: id of the secret, or another part of the client; empty for the client or the tenant as a whole.
    """

    tenant: str
    finding: str
    client_id: str = ""
    subject: str = ""


Findings = Mapping[Key, Event]
Labels = Mapping[str, str]
LabelsByClient = Mapping[tuple[str, str], Labels]
Report = Mapping[str, Any]
Subject = Mapping[str, Union[str, float, None]]


def findings_from_report(report: Report, labels: LabelsByClient) -> dict[Key, Event]:
    """Return all findings of a report.

    :param report: as expiry/model makes it.
    :param labels: of the apps, by the name of the tenant and the client_id.
    """
    ids = {tenant["name"]: tenant["tenant_id"] for tenant in report["tenants"]}
    found = [*_of_tenants(report["tenants"]), *_of_clients(report["clients"]), *_of_missing(report["missing"])]
    return {key: {**event, "tenant_id": ids.get(key.tenant), "labels": dict(labels.get((key.tenant, key.client_id), {}))} for key, event in found}


def events_between(before: Findings, report: Report, now: Findings, without_store: Iterable[str]) -> tuple[list[Event], dict[Key, Event]]:
    """Return the events since the last poll, and the state for the next comparison.

    Findings that could not be checked are neither new nor resolved.

    :param report: of this poll.
    :param without_store: the names of the tenants whose store could not be read.
    """
    unread = {tenant["name"] for tenant in report["tenants"] if tenant["problem"]}
    blind = set(without_store)
    kept = {key: event for key, event in before.items() if _is_unknown(key, unread, blind)}
    known = {**kept, **now}
    ended = [_event("ended", event) for key, event in before.items() if key not in known]
    begun = [_event("begun", event) for key, event in now.items() if key not in before]
    return [*ended, *begun], known


def _is_unknown(key: Key, unread: set[str], blind: set[str]) -> bool:
    if key.tenant in unread:
        return key.finding != "tenant_unreachable"
    return key.tenant in blind and key.finding in FROM_STORE


def _event(state: State, event: Event) -> Event:
    """Return the event for the queue; a single top-level member avoids conflicts with members added by others."""
    return {"vantage": {"state": state, **event}}


def _of_tenants(tenants: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Key, Event]]:
    for tenant in tenants:
        if tenant["problem"]:
            yield _found(Key(tenant["name"], "tenant_unreachable"), {}, f"{UNREACHABLE} {tenant['problem']}")


def _of_clients(clients: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Key, Event]]:
    for client in clients:
        tenant, client_id = client["tenant"], client["client_id"]
        if client["unmanaged"]:
            yield _found(Key(tenant, "unmanaged", client_id), {}, EXPLANATIONS["unmanaged"])
        for risk in client["risks"]:
            key = Key(tenant, "risky", client_id, f"{risk['option']}={risk['value']}")
            yield _found(key, {"risk": risk["code"], "option": risk["option"], "value": risk["value"]}, EXPLANATIONS[risk["code"]])
        for secret in client["secrets"]:
            yield from _of_secret(tenant, client_id, secret)


def _of_secret(tenant: str, client_id: str, secret: Mapping[str, Any]) -> Iterator[tuple[Key, Event]]:
    status = STATUS_FINDINGS.get(secret["status"])
    if status and not secret["older"]:
        message = EXPIRING if status == "expiring" else EXPLANATIONS[secret["status"]]
        yield _found(Key(tenant, status, client_id, secret["id"]), secret, message)
    if secret["orphaned"]:
        yield _found(Key(tenant, "orphaned", client_id, secret["id"]), secret, EXPLANATIONS["orphaned"])


def _of_missing(entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Key, Event]]:
    for entry in entries:
        yield _found(Key(entry["tenant"], "missing", entry["client_id"], entry["name"]), entry, EXPLANATIONS["missing"])


def _found(key: Key, subject: Subject, message: str) -> tuple[Key, Event]:
    event: Event = {"finding": key.finding, "tenant": key.tenant}
    if key.client_id:
        event["client_id"] = key.client_id
    if "description" in subject:
        members = {"secret_id": "id", "description": "description", "expiration": "expiration", "days_left": "days_left"}
        event.update({name: subject.get(member) for name, member in members.items()})
    event.update({name: subject[name] for name in ("risk", "option", "value") if name in subject})
    return key, {**event, "message": message}
