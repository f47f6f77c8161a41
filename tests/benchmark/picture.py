# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the results: time over apps, both on logarithmic scales."""

from __future__ import annotations

from pathlib import Path
from typing import Any

STYLES: dict[str, tuple[str, str, str]] = {
    "uri": ("Loop over uri, same calls", "#b3261e", "--"),
    "uri_shortest": ("Loop over uri, shortest", "#d9776f", "--"),
    "single": ("Loop over the modules' single form", "#c77700", "--"),
    "openbao": ("Role with OpenBao, from nothing", "#5b3a9e", "-"),
    "openbao_again": ("Role with OpenBao, nothing to do", "#a48bd6", "-"),
    "script_openbao": ("Script with OpenBao", "#5b3a9e", ":"),
    "aws": ("Role with AWS (moto), from nothing", "#8a5a00", "-"),
    "aws_again": ("Role with AWS (moto), nothing to do", "#c9a25a", "-"),
    "script_aws": ("Script with AWS (moto)", "#8a5a00", ":"),
    "file": ("Role with a file, from nothing", "#1b5e9e", "-"),
    "file_again": ("Role with a file, nothing to do", "#6fa8dc", "-"),
    "script_file": ("Script with logins", "#1b5e9e", ":"),
    "modules": ("Modules, from nothing", "#1e7d4f", "-"),
    "modules_again": ("Modules, nothing to do", "#7cc19c", "-"),
    "script": ("Script for the modules", "#1e7d4f", ":"),
}
MARKS = {0.1: "0.1 s", 1: "1 s", 10: "10 s", 60: "1 min", 600: "10 min", 3600: "1 h", 36000: "10 h"}


def draw_results(results: dict[str, Any], path: Path) -> None:
    """Write the picture as SVG with its text as text."""
    # The command line is read without it, so that a check can start the benchmark.
    from matplotlib.figure import Figure
    from matplotlib.style import context

    counts = [int(count) for count in results["sizes"]]
    settings = {"svg.fonttype": "none", "svg.hashsalt": "benchmark", "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 11}
    with context(settings):
        figure = Figure(figsize=(10, 6), facecolor="white", layout="constrained")
        axes = figure.subplots()
        for way, (title, colour, line) in STYLES.items():
            points = _points_of(results, way, counts)
            if points:
                axes.plot(*zip(*points), line, color=colour, marker="o", linewidth=2, label=f"{title}: {_short(points[-1][1])}")
        axes.set(xscale="log", yscale="log", xlabel="apps, one client and one secret each")
        axes.set_xticks(counts, [f"{count:,}" for count in counts], minor=False)
        axes.set_yticks(list(MARKS), list(MARKS.values()), minor=False)
        axes.minorticks_off()
        axes.grid(visible=True, color="#dddddd")
        axes.spines[["top", "right"]].set_visible(False)
        title = f"Time to onboard apps, less is better (loops: {results['loop_items']} apps, scaled up)"
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        figure.legend(loc="outside right upper", frameon=False, title=f"time for {counts[-1]:,} apps", alignment="left")
        figure.savefig(path, format="svg", metadata={"Date": None})


def _points_of(results: dict[str, Any], way: str, counts: list[int]) -> list[tuple[int, float]]:
    """Return apps and seconds; a loop's are scaled up."""
    if way in results["loops"]:
        return [(count, results["loops"][way]["seconds_per_app"] * count) for count in counts]
    return [(count, results["sizes"][str(count)][way]["seconds"]) for count in counts if way in results["sizes"][str(count)]]


def _short(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
