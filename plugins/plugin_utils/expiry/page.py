# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Arrange the expiry report for its page: notes, tiles, lanes of the time line, rows of the table. Pure; the template only writes it down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.axis import Axis, axis_from_secrets, bar_of_secret, views_of_axis
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.findings import RISKS
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.notes import notes_from_report
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.words import EXPLANATIONS, MUST_ACT, STANDINGS, TILES, WORDS, shown_texts

# More lanes than this in one group are folded until asked for, unless something has to be done about them.
FOLDED_FROM = 200
VALUES_SHOWN = 3
CHANGE_WORDS = {
    "create_client": "client created",
    "update_client": "client updated",
    "delete_client": "client deleted",
    "create_secret": "secret created",
    "delete_secret": "secret deleted",
}
Missing = Mapping[tuple[str, str], list[dict[str, Any]]]


def page_from_report(report: dict[str, Any]) -> dict[str, Any]:
    """Return what the page's template writes down."""
    report = shown_texts(report)
    today = moment_from_timestamp(report["generated_at"])
    axis = axis_from_secrets((secret for client in report["clients"] for secret in client["secrets"]), today)
    rows = [row for client in report["clients"] for row in _rows_of_client(client)] + [_row_of_missing(entry) for entry in report["missing"]]
    return {
        "generated_at": report["generated_at"],
        "generated_text": f"{today.day} {today:%B %Y, %H:%M} UTC",
        "renew_days": f"{report['renew_before_seconds'] / 86400:.3g}",
        "tenants": report["tenants"],
        "owners": sorted({row["owner"] for row in rows if row["owner"]}, key=str.casefold),
        "changes_known": any(tenant["changes_known"] for tenant in report["tenants"]),
        "orphans_known": any(tenant["store_known"] for tenant in report["tenants"]),
        "unread": [tenant for tenant in report["tenants"] if tenant["problem"] is not None],
        "notes": notes_from_report(report),
        "summary": report["summary"],
        "tiles": _tiles(report),
        "views": [view._asdict() for view in views_of_axis(axis)],
        "groups": _groups(report, axis),
        "words": WORDS,
        "rows": rows,
        "explanations": [{"word": WORDS[key], "key": key, "text": text} for key, text in EXPLANATIONS.items()],
    }


def _tiles(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of tiles, without those that cannot be known."""
    store_known = any(tenant["store_known"] for tenant in report["tenants"])
    managed_known = store_known or any(tenant["apps_known"] for tenant in report["tenants"])
    unknown = {"orphaned": not store_known, "missing": not store_known, "unmanaged": not managed_known, "renews_itself": not managed_known}
    # The report counts all that are due, whoever renews them.
    counts = {**report["summary"], "due": report["summary"]["due"] - report["summary"]["renews_itself"]}
    return [
        {
            "title": title,
            "tiles": [{"key": key, "count": counts[key], **tile._asdict()} for key, tile in tiles.items() if not unknown.get(key)],
        }
        for title, tiles in TILES.items()
    ]


def _groups(report: dict[str, Any], axis: Axis) -> list[dict[str, Any]]:
    """Return the lanes by how their clients stand; a client that only the store knows has a lane, too."""
    missing: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in report["missing"]:
        missing.setdefault((entry["tenant"], entry["client_id"]), []).append(entry)
    lanes = [_lane(client, axis, missing.pop((client["tenant"], client["client_id"]), [])) for client in report["clients"]]
    lanes += [_lane_of_missing(entries) for entries in missing.values()]
    groups = []
    for standing in STANDINGS:
        own = [lane for lane in lanes if lane["standing"] == standing]
        if own:
            must_act = standing in MUST_ACT
            groups.append({"standing": standing, "title": WORDS[standing], "must_act": must_act, "lanes": own, "open": must_act or len(own) <= FOLDED_FROM})
    return groups


def _standing(client: dict[str, Any], missing: list[dict[str, Any]]) -> str:
    """Return the group of a client: the most urgent that can be said of it."""
    if client["status"] in ("expired", "no_secret"):
        return str(client["status"])
    said = {"missing"} if missing else set()
    said |= {key for secret in client["secrets"] for key in _secret_keys(secret)}
    said |= {"unmanaged"} if client["unmanaged"] else set()
    urgent = next((key for key in (*MUST_ACT, "renews_itself") if key in said), None)
    return urgent or str(client["status"])


def _lane(client: dict[str, Any], axis: Axis, missing: list[dict[str, Any]]) -> dict[str, Any]:
    lines = list(dict.fromkeys(secret["description"] for secret in client["secrets"]))
    bars = [
        {
            **bar_of_secret(secret, axis),
            "line": lines.index(secret["description"]),
            "key": _secret_keys(secret)[0],
            "orphaned": secret["orphaned"],
            "text": _life(secret),
        }
        for secret in client["secrets"]
    ]
    keys = [*_client_keys(client), *(key for secret in client["secrets"] for key in _secret_keys(secret)), *(["missing"] if missing else [])]
    acting = ["must_act"] if client["attention"] == "must_act" or missing else []
    return {
        **_who(client, client["labels"] or next((secret["labels"] for secret in client["secrets"] if secret["labels"]), {})),
        "standing": _standing(client, missing),
        "note": _note(client),
        "lines": max(len(lines), 1),
        "bars": bars,
        "text": "; ".join([*(shown["text"] for shown in bars), *_lives_of_missing(missing)]) or "no secret",
        "tokens": " ".join(dict.fromkeys([client["status"], *keys, *acting] if client["status"] != "due" else [*keys, *acting])),
    }


def _lane_of_missing(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        **_who({**entries[0], "client_name": ""}, entries[0]["labels"]),
        "standing": "missing",
        "note": "missing",
        "lines": 1,
        "bars": [],
        "text": "; ".join(_lives_of_missing(entries)),
        "tokens": "missing must_act",
    }


def _lives_of_missing(entries: list[dict[str, Any]]) -> list[str]:
    return [f"{entry['description'] or 'without description'}: missing" for entry in entries]


def _who(client: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """Return what tells a client from others, and whom to ask."""
    owners = [value for key, value in labels.items() if key.casefold() == "owner"]
    return {
        "tenant": client["tenant"],
        "client_id": client["client_id"],
        "client_name": client["client_name"] if client["client_name"] != client["client_id"] else "",
        "owner": owners[0] if owners else "",
        "labels": ", ".join(f"{key}={value}" for key, value in labels.items() if key.casefold() != "owner"),
    }


def _note(client: dict[str, Any]) -> str:
    """Return what the lane says beside its name: how long the most urgent of its secrets still works."""
    left = [secret["days_left"] for secret in client["secrets"] if not secret["older"] and secret["days_left"] is not None]
    return _span(min(left)) if left else {"never_expires": "never", "none": "none needed"}.get(client["status"], "none")


def _span(days: float) -> str:
    if abs(days) < 1:
        return "today" if days > 0 else "just expired"
    whole = int(abs(days))
    plural = "" if whole == 1 else "s"
    return f"{whole} day{plural}" if days > 0 else f"{whole} day{plural} ago"


def _life(secret: dict[str, Any]) -> str:
    """Return a secret's life in words, for those who cannot see its bar."""
    state = WORDS[_secret_keys(secret)[0]].lower()
    span = f"{_day(secret['start_time']) or 'unknown'} to {_day(secret['expiration']) or 'never'}"
    return f"{secret['description'] or 'without description'}: {span}, {state}{', orphaned' if secret['orphaned'] else ''}"


def _rows_of_client(client: dict[str, Any]) -> list[dict[str, Any]]:
    shared = {"findings": _client_findings(client), **_change(client["last_change"])}
    keys = [*_client_keys(client), *(["no_secret"] if client["status"] == "no_secret" else [])]
    if not client["secrets"]:
        tokens = _tokens([client["status"], *keys], client["attention"])
        return [{**_who(client, client["labels"]), **shared, **_ends(None, None, None), "description": "", "status": client["status"], "tokens": tokens}]
    lacks = client["status"] == "no_secret"
    return [
        {
            **_who(client, secret["labels"] or client["labels"]),
            **shared,
            **_ends(secret["start_time"], secret["expiration"], secret["days_left"]),
            "description": secret["description"],
            "status": _secret_keys(secret)[0],
            "findings": [*(_finding(code, []) for code, found in (("orphaned", secret["orphaned"]), ("no_secret", lacks)) if found), *shared["findings"]],
            "tokens": _tokens([*_secret_keys(secret), *keys], "must_act" if lacks or client["unmanaged"] else secret["attention"]),
        }
        for secret in client["secrets"]
    ]


def _row_of_missing(entry: dict[str, Any]) -> dict[str, Any]:
    reason = [] if entry["id"] else ["reserved, never delivered"]
    return {
        **_who({**entry, "client_name": ""}, entry["labels"]),
        "description": entry["description"],
        **_ends(None, entry["expiration"], None),
        "status": "missing",
        "findings": [_finding("missing", reason)],
        **_change(None),
        "tokens": "missing must_act",
    }


def _tokens(keys: Iterable[str], attention: str) -> str:
    """Return what the tiles find a row by."""
    return " ".join(dict.fromkeys([*keys, *(["must_act"] if attention == "must_act" else [])]))


def _change(change: dict[str, str] | None) -> dict[str, str]:
    """Return who has changed a client last, and what that was."""
    if change is None:
        return {"changed": "", "change": ""}
    what = CHANGE_WORDS.get(change["action"], change["action"])
    reason = f" ({change['reason'].replace('_', ' ')})" if change["reason"] else ""
    return {"changed": f"{_day(change['time'])} {change['user']}{' (job ' + change['job'] + ')' if change['job'] else ''}", "change": f"{what}{reason}"}


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
    """Return the keys that a secret is filtered by, first its status; a due secret that the next run renews has its own."""
    renews = secret["attention"] == "renews_itself"
    status = "older" if secret["older"] else "renews_itself" if renews else secret["status"]
    return [status, *(["orphaned"] if secret["orphaned"] else [])]


def _client_findings(client: dict[str, Any]) -> list[dict[str, Any]]:
    findings = [_finding("unmanaged", [])] if client["unmanaged"] else []
    for code in RISKS:
        values = [risk["value"] for risk in client["risks"] if risk["code"] == code]
        if values:
            # The word says it all where there is no address to name.
            findings.append(_finding(code, values if code in ("redirect_without_path", "plain_http") else []))
    return findings


def _finding(code: str, values: list[str]) -> dict[str, Any]:
    return {"code": code, "word": WORDS[code], "addresses": values[:VALUES_SHOWN], "more": max(len(values) - VALUES_SHOWN, 0)}
