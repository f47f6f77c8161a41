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
    return [*_against_scripts(results), *_tenants(results), *_loops(results), *_growth(results), *_memory(results)]


def _against_scripts(results: dict[str, Any]) -> list[Target]:
    def ratio(way: str, script: str, count: str, less: float = 0.0) -> float | None:
        seconds = _seconds(results, count, way)
        return _ratio(None if seconds is None else seconds - less, _seconds(results, count, script))

    one_app = results["startup"].get("openbao", 0.0)
    return [
        Target("Modules from nothing, against the script, 1,000 apps", 1.5, ratio("modules", "script", "1000")),
        Target("Modules with nothing to do, against the script making all, 1,000 apps", 1.0, ratio("modules_again", "script", "1000")),
        Target("Role with the store file from nothing, against the script, 1,000 apps", 1.5, ratio("file", "script_file", "1000")),
        Target("Role with the store file and nothing to do, against the script making all, 100 apps", 2.0, ratio("file_again", "script_file", "100")),
        Target(
            "Role with OpenBao from nothing, less the time of one app, against the script, 1,000 apps",
            2.0,
            ratio("openbao", "script_openbao", "1000", one_app),
        ),
        Target("Role with OpenBao and nothing to do, against the script making all, 1,000 apps", 1.0, ratio("openbao_again", "script_openbao", "1000")),
        Target("Role with OpenBao and nothing to do, against the script making all, 100 apps", 2.0, ratio("openbao_again", "script_openbao", "100")),
    ]


def _tenants(results: dict[str, Any]) -> list[Target]:
    seconds = {name: one["seconds"] for name, one in results["tenants"].items()}
    return [Target("Two tenants of unequal size, against the larger alone", 1.15, _ratio(seconds.get("both"), seconds.get("larger_alone")))]


def _loops(results: dict[str, Any]) -> list[Target]:
    uri, role = results["loops"].get("uri", {}).get("seconds_per_app"), _seconds(results, "1000", "file")
    return [Target("Loop over uri, per app, against the role with the store file at 1,000 apps", 100, _ratio(uri, role and role / 1000), at_least=True)]


def _growth(results: dict[str, Any]) -> list[Target]:
    titles = {"modules": "Modules", "file": "Role with the store file", "openbao": "Role with OpenBao"}
    growths = {way: _ratio(_seconds(results, "10000", way), _seconds(results, "1000", way)) for way in titles}
    return [Target(f"{titles[way]} from nothing, 10,000 apps against 1,000", 11, growth) for way, growth in growths.items()]


def _memory(results: dict[str, Any]) -> list[Target]:
    largest = results["sizes"].get("10000")
    module = max(way["module_peak_mb"] for way in largest.values()) if largest else None
    fork = max(way["fork_peak_mb"] for name, way in largest.items() if name.startswith(("file", "openbao"))) if largest else None
    return [
        Target("Peak memory of a module, 10,000 apps", 250, module, unit=" MB"),
        Target("Peak memory of the process that vantage_app runs in, 10,000 apps", 250, fork, unit=" MB"),
    ]


def _seconds(results: dict[str, Any], count: str, way: str) -> float | None:
    seconds: float | None = results["sizes"].get(count, {}).get(way, {}).get("seconds")
    return seconds


def _ratio(over: float | None, under: float | None) -> float | None:
    return over / under if over is not None and under else None
