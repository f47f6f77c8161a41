# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say which ratios are to be reached, and whether they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Target:
    """A bound and what was measured; `measured` is None when this run has not measured what it takes.

    :param at_least: whether the bound is the least rather than the most.
    """

    name: str
    bound: float
    measured: float | None
    unit: str = "×"
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the bound is held; None when it was not measured."""
        if self.measured is None:
            return None
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    def as_dict(self) -> dict[str, Any]:
        """Give all for machines."""
        measured = None if self.measured is None else round(self.measured, 3)
        return {"name": self.name, "bound": self.bound, "at_least": self.at_least, "unit": self.unit, "measured": measured, "met": self.met}


def list_targets(results: dict[str, Any]) -> list[Target]:
    """Compute every ratio from the results of one run."""
    targets = []
    for count in results["sizes"]:
        script = _seconds(results, count, "script")
        apps = f"{int(count):,} apps"
        targets += [
            Target(f"Modules from nothing, against the plain script, {apps}", 1.5, _ratio(_seconds(results, count, "bulk"), script)),
            Target(f"Modules with nothing to do, against the plain script making all, {apps}", 1.0, _ratio(_seconds(results, count, "bulk_again"), script)),
            Target(f"Role with nothing to do, against the plain script making all, {apps}", 1.0, _ratio(_seconds(results, count, "role_again"), script)),
        ]
    uri = results["loops"].get("uri", {}).get("seconds_per_app")
    for way, title in (("role", "the role at 1,000 apps, 100 per batch"), ("role_large", "the role at 1,000 apps in one batch")):
        role = _seconds(results, "1000", way)
        targets.append(Target(f"Loop over uri, per app, against {title}", 100, _ratio(uri, role and role / 1000), at_least=True))
    for way, title in (("bulk", "Modules"), ("role", "Role, 100 per batch,")):
        growth = _ratio(_seconds(results, "10000", way), _seconds(results, "1000", way))
        targets.append(Target(f"{title} from nothing, 10,000 apps against 1,000", 11, growth))
    largest = results["sizes"].get("10000")
    peak = max(way["module_peak_mb"] for way in largest.values()) if largest else None
    targets.append(Target("Peak memory of a module's own process, 10,000 apps", 250, peak, unit=" MB"))
    fork = max(largest[way]["fork_peak_mb"] for way in ("role", "role_large", "role_again")) if largest else None
    targets.append(Target("Peak memory of a process that runs a module in the role, the controller's share included, 10,000 apps", 250, fork, unit=" MB"))
    return targets


def _seconds(results: dict[str, Any], count: str, way: str) -> float | None:
    seconds: float | None = results["sizes"].get(count, {}).get(way, {}).get("seconds")
    return seconds


def _ratio(over: float | None, under: float | None) -> float | None:
    return over / under if over is not None and under else None
