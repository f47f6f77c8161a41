# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remember every request that reached the tenant, without a value that anyone could use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .clock import format_time
from .messages import Request

_SHOWN_PARAMETERS = {"offset", "limit", "client_id", "response_type", "redirect_uri", "scope", "code_challenge_method", "productId", "prompt"}


@dataclass
class Entry:
    """Record one request: `status` is null when no answer was given, `members` are the names found in the body."""

    n: int
    moment: float
    method: str
    path: str
    query: dict[str, str]
    tenant: str | None
    kind: str
    write: bool
    members: list[str]
    status: int | None = None
    fault: str | None = None

    @property
    def time(self) -> str:
        return format_time(self.moment)

    def as_dict(self) -> dict[str, Any]:
        facts = dict(vars(self))
        return {"n": facts.pop("n"), "time": format_time(facts.pop("moment")), **facts}


class Journal:
    """Number and keep the entries in the order in which the requests arrived."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []

    def open(self, request: Request, now: float, tenant: str | None, kind: str) -> Entry:
        entry = Entry(
            n=0,
            moment=now,
            method=request.method,
            path=request.path,
            query={name: value if name in _SHOWN_PARAMETERS else "***" for name, value in request.parameters},
            tenant=tenant,
            kind=kind,
            write=kind == "write",
            members=_member_names(request) if request.body else [],
        )
        with self._lock:
            entry.n = len(self._entries) + 1
            self._entries.append(entry)
        return entry

    def clear(self) -> None:
        with self._lock:
            self._entries = []

    def entries(self) -> list[Entry]:
        with self._lock:
            return list(self._entries)

    def writes(self) -> list[Entry]:
        return [entry for entry in self.entries() if entry.write]

    def as_dicts(self) -> list[dict[str, Any]]:
        return [entry.as_dict() for entry in self.entries()]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self._entries)


def _member_names(request: Request) -> list[str]:
    if request.form:
        return [name for name, _value in request.form]
    return list(request.payload) if isinstance(request.payload, dict) else []
