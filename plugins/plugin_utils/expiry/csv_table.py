# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Write the expiry report as a CSV table for spreadsheets. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.words import shown_texts

COLUMNS = (
    "tenant",
    "client_id",
    "client_name",
    "description",
    "secret_id",
    "status",
    "attention",
    "start_time",
    "expiration",
    "days_left",
    "older",
    "in_store",
    "findings",
    "labels",
    "last_change",
    "last_changed_by",
    "last_changed_in_job",
)
# A spreadsheet takes a cell that begins with one of these for a formula, the wide forms included. It may read the table with another
# separator than the one it was written with, as most of Europe does: then a cell begins wherever that separator is.
FORMULA = re.compile('(^|[,;|\t\r\n])(?=[ "]*[-=+@\t\r\n\uff1d\uff0b\uff0d\uff20])')


def csv_from_report(report: dict[str, Any]) -> str:
    """Return one line per secret, one per client that has none, and one per entry of the store that the tenant does not have.

    It begins with a byte order mark, without which a spreadsheet reads names as something else than UTF-8.
    """
    report = shown_texts(report)
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for row in (*_rows_of_clients(report), *_rows_of_missing(report)):
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return "\ufeff" + stream.getvalue()


def _rows_of_clients(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for client in report["clients"]:
        findings = list(dict.fromkeys([*(["unmanaged"] if client["unmanaged"] else []), *(risk["code"] for risk in client["risks"])]))
        change = client["last_change"] or {}
        changed = {"last_change": change.get("time"), "last_changed_by": change.get("user"), "last_changed_in_job": change.get("job")}
        shared = {**{name: client[name] for name in ("tenant", "client_id", "client_name")}, **changed}
        for secret in client["secrets"]:
            yield {
                **shared,
                "secret_id": secret["id"],
                **{name: secret[name] for name in ("description", "status", "attention", "start_time", "expiration", "days_left", "older", "in_store")},
                "findings": " ".join([*(["orphaned"] if secret["orphaned"] else []), *findings]),
                "labels": _pairs(secret["labels"] or client["labels"]),
            }
        if not client["secrets"]:
            yield {**shared, "status": client["status"], "attention": client["attention"], "findings": " ".join(findings), "labels": _pairs(client["labels"])}


def _rows_of_missing(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in report["missing"]:
        row = {name: entry[name] for name in ("tenant", "client_id", "description", "expiration")}
        yield {
            **row,
            "secret_id": entry["id"],
            "status": "missing",
            "attention": "must_act",
            "in_store": True,
            "findings": "missing",
            "labels": _pairs(entry["labels"]),
        }


def _pairs(labels: dict[str, str]) -> str:
    """Return labels as app files of this kind have them."""
    return "|".join(f"{key}={value}" for key, value in labels.items())


def _cell(value: Any) -> Any:
    """Return what stands in a cell; text that a spreadsheet would run is made plain by an apostrophe."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
