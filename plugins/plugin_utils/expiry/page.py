# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Arrange the expiry report for its page: tiles, lanes of the time line, rows of the table. Pure; the template only writes it down."""

from __future__ import annotations

from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.axis import Axis, axis_from_secrets, bar_of_secret, ticks_of_axis
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.findings import RISKS
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.model import CLIENT_STATUSES
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.words import EXPLANATIONS, FINDING_WORDS, STATUS_WORDS, TILES, shown_texts

# More lanes than this in one group are folded until asked for, unless something has to be done about them.
FOLDED_FROM = 200
CALM = ("active", "never_expires", "none")
VALUES_SHOWN = 3


def page_from_report(report: dict[str, Any]) -> dict[str, Any]:
    """Return what the page's template writes down."""
    report = shown_texts(report)
    today = moment_from_timestamp(report["generated_at"])
    axis = axis_from_secrets((secret for client in report["clients"] for secret in client["secrets"]), today)
    rows = [row for client in report["clients"] for row in _rows_of_client(client)]
    return {
        "generated_at": report["generated_at"],
        "generated_text": f"{today:%d %B %Y, %H:%M} UTC",
        "renew_days": f"{report['renew_before_seconds'] / 86400:.3g}",
        "tenants": report["tenants"],
        "changes_known": any(tenant["changes_known"] for tenant in report["tenants"]),
        "unread": [tenant for tenant in report["tenants"] if tenant["problem"] is not None],
        "summary": report["summary"],
        "tiles": _tiles(report),
        "axis": {"today": axis.place(today), "ticks": ticks_of_axis(axis)},
        "groups": _groups(report["clients"], axis),
        "words": {**STATUS_WORDS, "superseded": FINDING_WORDS["superseded"]},
        "rows": rows + [_row_of_missing(entry) for entry in report["missing"]],
        "explanations": [{"word": {**FINDING_WORDS, **STATUS_WORDS}[key], "key": key, "text": text} for key, text in EXPLANATIONS.items()],
    }


def _tiles(report: dict[str, Any]) -> list[dict[str, Any]]:
    store_known = any(tenant["store_known"] for tenant in report["tenants"])
    managed_known = store_known or any(tenant["apps_known"] for tenant in report["tenants"])
    unknown = {"orphaned": not store_known, "missing": not store_known, "unmanaged": not managed_known}
    return [
        {"key": key, "title": title, "count": report["summary"][key], "unit": unit, "hint": hint}
        for key, (title, unit, hint) in TILES.items()
        if not unknown.get(key)
    ]


def _groups(clients: list[dict[str, Any]], axis: Axis) -> list[dict[str, Any]]:
    groups = []
    for status in CLIENT_STATUSES:
        lanes = [_lane(client, axis) for client in clients if client["status"] == status]
        if lanes:
            folded = status in CALM and len(lanes) > FOLDED_FROM
            groups.append({"status": status, "title": STATUS_WORDS[status], "lanes": lanes, "open": not folded})
    return groups


def _lane(client: dict[str, Any], axis: Axis) -> dict[str, Any]:
    lines = list(dict.fromkeys(secret["description"] for secret in client["secrets"]))
    bars = [
        {
            **bar_of_secret(secret, axis),
            "line": lines.index(secret["description"]),
            "status": secret["status"],
            "superseded": secret["superseded"],
            "orphaned": secret["orphaned"],
            "text": _life(secret),
        }
        for secret in client["secrets"]
    ]
    return {
        "tenant": client["tenant"],
        "client_id": client["client_id"],
        "client_name": client["client_name"] if client["client_name"] != client["client_id"] else "",
        "status": client["status"],
        "note": _note(client),
        "lines": max(len(lines), 1),
        "bars": bars,
        "text": "; ".join(shown["text"] for shown in bars) or "no secret",
        "tokens": " ".join(dict.fromkeys([client["status"], *_client_keys(client), *(key for secret in client["secrets"] for key in _secret_keys(secret))])),
    }


def _note(client: dict[str, Any]) -> str:
    """Return what the lane says beside its name: how long the most urgent of its secrets still works."""
    left = [secret["days_left"] for secret in client["secrets"] if not secret["superseded"] and secret["days_left"] is not None]
    return _span(min(left)) if left else {"never_expires": "never", "none": "none needed"}.get(client["status"], "none")


def _span(days: float) -> str:
    if abs(days) < 1:
        return "today" if days >= 0 else "just expired"
    whole = int(abs(days))
    plural = "" if whole == 1 else "s"
    return f"{whole} day{plural}" if days > 0 else f"{whole} day{plural} ago"


def _life(secret: dict[str, Any]) -> str:
    """Return a secret's life in words, for those who cannot see its bar."""
    state = "replaced" if secret["superseded"] else STATUS_WORDS[secret["status"]].lower()
    span = f"{_day(secret['start_time']) or 'unknown'} to {_day(secret['expiration']) or 'never'}"
    return f"{secret['description'] or 'without description'}: {span}, {state}{', orphaned' if secret['orphaned'] else ''}"


def _rows_of_client(client: dict[str, Any]) -> list[dict[str, Any]]:
    shared = {
        "tenant": client["tenant"],
        "client_id": client["client_id"],
        "client_name": client["client_name"] if client["client_name"] != client["client_id"] else "",
        "findings": _client_findings(client),
        "changed": _change(client["last_change"]),
    }
    keys = _client_keys(client)
    if not client["secrets"]:
        return [{**shared, **_ends(None, None, None), "description": "", "status": client["status"], "tokens": " ".join([client["status"], *keys])}]
    return [
        {
            **shared,
            **_ends(secret["start_time"], secret["expiration"], secret["days_left"]),
            "description": secret["description"],
            "status": "superseded" if secret["superseded"] else secret["status"],
            "findings": [*([_finding("orphaned", [])] if secret["orphaned"] else []), *shared["findings"]],
            "tokens": " ".join([*_secret_keys(secret), *(["no_secret"] if client["status"] == "no_secret" else []), *keys]),
        }
        for secret in client["secrets"]
    ]


def _row_of_missing(entry: dict[str, Any]) -> dict[str, Any]:
    reason = [] if entry["id"] else ["reserved, never delivered"]
    return {
        "tenant": entry["tenant"],
        "client_id": entry["client_id"],
        "client_name": "",
        "description": entry["description"],
        **_ends(None, entry["expiration"], None),
        "status": "missing",
        "findings": [_finding("missing", reason)],
        "changed": "",
        "tokens": "missing",
    }


def _change(change: dict[str, str] | None) -> str:
    if change is None:
        return ""
    return f"{_day(change['time'])} {change['user']}{' (job ' + change['job'] + ')' if change['job'] else ''}"


def _ends(start: str | None, expiration: str | None, days_left: float | None) -> dict[str, Any]:
    return {"start": _day(start), "expires": _day(expiration), "start_time": start, "expiration": expiration, "days_left": _count(days_left)}


def _count(days: float | None) -> str:
    if days is None:
        return ""
    return str(int(days)) if abs(days) >= 1 else str(days)


def _day(timestamp: str | None) -> str:
    return timestamp[:10] if timestamp else ""


def _client_keys(client: dict[str, Any]) -> list[str]:
    return [*(["unmanaged"] if client["unmanaged"] else []), *(["risky"] if client["risks"] else [])]


def _secret_keys(secret: dict[str, Any]) -> list[str]:
    return ["superseded" if secret["superseded"] else secret["status"], *(["orphaned"] if secret["orphaned"] else [])]


def _client_findings(client: dict[str, Any]) -> list[dict[str, Any]]:
    findings = [_finding("unmanaged", [])] if client["unmanaged"] else []
    for code in RISKS:
        values = [risk["value"] for risk in client["risks"] if risk["code"] == code]
        if values:
            # The word says it all where there is no address to name.
            findings.append(_finding(code, values if code in ("redirect_without_path", "plain_http") else []))
    return findings


def _finding(code: str, values: list[str]) -> dict[str, Any]:
    return {"code": code, "word": FINDING_WORDS[code], "addresses": values[:VALUES_SHOWN], "more": max(len(values) - VALUES_SHOWN, 0)}
