# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide which request meets which fault."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

KINDS = frozenset(
    {
        "status",
        "status_after",
        "drop_before",
        "drop_after",
        "timeout_before",
        "timeout_after",
        "timeout_late",
        "commit_late",
        "proxy_before",
        "proxy_after",
        "tls_before",
        "tls_after",
        "deep",
        "html",
        "empty",
        "expire_token",
        "redirect",
        "forbidden",
    }
)

_COUNTERS = ("seen", "used")


@dataclass
class Rule:
    """Hold one rule: for which requests (`method`, `path`, `skip`, `times` or `at`) and what happens (`kind` and its details)."""

    kind: str
    method: str | None = None
    path: str | None = None
    skip: int = 0
    times: int | None = 1
    at: int | None = None
    status: int | None = None
    retry_after: str | None = None
    seconds: float = 5
    seen: int = field(default=0, init=False)
    used: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}; known are {', '.join(sorted(KINDS))}")
        self._pattern = re.compile(self.path) if self.path else None

    def take(self, n: int, method: str, path: str) -> bool:
        """Count this request and return whether it meets the fault."""
        if (self.method and self.method != method) or (self._pattern and not self._pattern.search(path)):
            return False
        self.seen += 1
        if self.at is not None:
            hit = n == self.at
        else:
            hit = self.seen > self.skip and (self.times is None or self.used < self.times)
        self.used += hit
        return hit

    def as_dict(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)}


class Faults:
    """Keep the rules in order; the first that fits a request wins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.rules: list[Rule] = []

    def replace(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Replace all rules with these. Raise ValueError for one that makes no sense."""
        try:
            self.rules = [Rule(**{name: value for name, value in rule.items() if name not in _COUNTERS}) for rule in rules]
        except (TypeError, re.error) as exc:
            raise ValueError(str(exc)) from exc

    def pick(self, n: int, method: str, path: str) -> Rule | None:
        if not self.rules:
            return None
        with self._lock:
            return next((rule for rule in self.rules if rule.take(n, method, path)), None)

    def as_dicts(self) -> list[dict[str, Any]]:
        return [rule.as_dict() for rule in self.rules]
