# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say which ratios are to be reached, and whether they are."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class Target:
    """A bound and what was measured.

    :param at_least: whether the bound is the least rather than the most.
    """

    name: str
    bound: float
    measured: float
    unit: str = "×"
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the bound is held."""
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    def as_dict(self) -> dict[str, Any]:
        """Give all for machines."""
        return {
            "name": self.name,
            "bound": self.bound,
            "at_least": self.at_least,
            "unit": self.unit,
            "measured": round(self.measured, 3),
            "met": self.met,
        }


def list_targets(results: dict[str, Any]) -> list[Target]:
    """Compute the ratios that one run has measured."""
    return [*_against_scripts(results), *_tenants(results), *_loops(results), *_growth(results), *_memory(results)]


def _against_scripts(results: dict[str, Any]) -> Iterator[Target]:
    for name, bound, way, script, count, is_less in _RATIOS:
        if count in results["sizes"]:
            less = results["startup"][way] if is_less else 0.0
            size = results["sizes"][count]
            yield Target(f"{name}, {int(count):,} apps", bound, ratio_of_turns(size[way], size[script], less))


# The last column says whether the time of one app is taken off.
_RATIOS = (
    ("Modules from nothing, less the time of one app, against the script", 1.5, "modules", "script", "1000", True),
    ("Modules with nothing to do, less the time of one app, against the script making all", 1.0, "modules_again", "script", "1000", True),
    ("Role with the store `file` from nothing, against the script", 1.5, "file", "script_file", "1000", False),
    ("Role with the store `file` and nothing to do, against the script making all", 2.0, "file_again", "script_file", "100", False),
    ("Role with OpenBao from nothing, less the time of one app, against the script", 2.0, "openbao", "script_openbao", "1000", True),
    ("Role with OpenBao and nothing to do, against the script making all", 2.0, "openbao_again", "script_openbao", "100", False),
    ("Role with OpenBao and nothing to do, against the script making all", 1.0, "openbao_again", "script_openbao", "1000", False),
)


def _tenants(results: dict[str, Any]) -> Iterator[Target]:
    tenants = results["tenants"]
    yield Target("Two tenants of unequal size, against the larger alone", 1.15, ratio_of_turns(tenants["both"], tenants["larger_alone"]))


def _loops(results: dict[str, Any]) -> Iterator[Target]:
    if "1000" in results["sizes"]:
        ratio = results["loops"]["uri"]["seconds_per_app"] / (_seconds(results, "1000", "file") / 1000)
        yield Target("Loop over uri, per app, against the role with the store `file` at 1,000 apps", 100, ratio, at_least=True)


def _growth(results: dict[str, Any]) -> Iterator[Target]:
    if {"1000", "10000"} <= results["sizes"].keys():
        for way, title in {"modules": "Modules", "file": "Role with the store `file`", "openbao": "Role with OpenBao"}.items():
            growth = _seconds(results, "10000", way) / _seconds(results, "1000", way)
            yield Target(f"{title} from nothing, 10,000 apps against 1,000", 11, growth)


def _memory(results: dict[str, Any]) -> Iterator[Target]:
    count, largest = list(results["sizes"].items())[-1]
    module = max(way["module_peak_mb"] for name, way in largest.items() if name.startswith("modules"))
    fork = max(way["fork_peak_mb"] for way in largest.values())
    yield Target(f"Peak memory of a module, {int(count):,} apps", 250, module, unit=" MB")
    yield Target(f"Peak memory of the process that `vantage_app` runs in, {int(count):,} apps", 250, fork, unit=" MB")


def _seconds(results: dict[str, Any], count: str, way: str) -> float:
    seconds: float = results["sizes"][count][way]["seconds"]
    return seconds


def ratio_of_turns(one: dict[str, Any], other: dict[str, Any], less: float = 0.0) -> float:
    """Return the median of the ratios of runs that followed each other, since a machine is not as quick at all times.

    :param less: seconds to take off the first one.
    """
    return statistics.median((seconds - less) / under for seconds, under in zip(one["all_seconds"], other["all_seconds"]))
