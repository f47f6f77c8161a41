# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the results down as Markdown, and put that into the guide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .targets import Target

BEGIN, END = "<!-- begin: written by make bench -->", "<!-- end: written by make bench -->"
WAYS = {
    "script": "Plain script with `requests`",
    "bulk": "Modules, from nothing",
    "bulk_again": "Modules, nothing to do",
    "role": "Role, from nothing, 100 apps per batch",
    "role_large": "Role, from nothing, 1,000 apps per batch",
    "role_again": "Role, nothing to do",
}
LOOPS = {
    "single": "Loop over the modules' single form",
    "uri": "Loop over `ansible.builtin.uri`, same calls",
    "uri_shortest": "Loop over `ansible.builtin.uri`, shortest",
}


def results_table(results: dict[str, Any], targets: list[Target]) -> str:
    """Write the time of each way at each size, the memory, and the targets."""
    counts = list(results["sizes"])
    lines = [*_header("", *(f"{int(count):,} apps" for count in counts), f"per app at {int(counts[-1]):,}", "against the script")]
    script = results["sizes"][counts[-1]]["script"]["seconds"]
    for way, title in WAYS.items():
        if way in results["sizes"][counts[-1]]:
            last = results["sizes"][counts[-1]][way]["seconds"]
            cells = [_time(sizes[way]["seconds"]) if way in sizes else "" for sizes in results["sizes"].values()]
            lines.append(_row(title, *cells, _milliseconds(last / int(counts[-1])), f"{last / script:.2f} ×"))
    for loop, title in LOOPS.items():
        if loop in results["loops"]:
            per_app = results["loops"][loop]["seconds_per_app"]
            scaled = [f"{_time(per_app * int(count))} *" for count in counts]
            lines.append(_row(title, *scaled, _milliseconds(per_app), f"{per_app * int(counts[-1]) / script:.0f} ×"))
    lines += ["", _footnote(results), "", *_header("Peak memory, largest event", *(f"{int(count):,} apps" for count in counts))]
    for title, way, key, unit in _SIZES:
        if way in results["sizes"][counts[-1]]:
            lines.append(_row(title, *(f"{results['sizes'][count][way][key]:,.0f} {unit}" for count in counts)))
    lines += ["", *_header("CPU time at " + f"{int(counts[-1]):,} apps", "controller", "its forks", "module processes")]
    lines += [_cpu_row(WAYS[way], results["sizes"][counts[-1]][way]["cpu_seconds"]) for way in WAYS if way != "script" and way in results["sizes"][counts[-1]]]
    lines += ["", *_header("Longest tasks of the role, from nothing, " + f"{int(counts[-1]):,} apps, 100 per batch", "times", "time")]
    tasks = results["sizes"][counts[-1]].get("role", {}).get("tasks", [])[:TASKS_NAMED]
    lines += [_row(task["task"].rpartition(" : ")[2], f"{task['times']:,}", _time(task["seconds"])) for task in tasks]
    lines += ["", *_header("Target", "bound", "measured", "")]
    lines += [_row(target.name, _bound(target), _measured(target), {True: "met", False: "**not met**", None: ""}[target.met]) for target in targets]
    return "\n".join([*lines, "", _machine(results["machine"])])


def replace_between_marks(path: Path, picture: Path, table: str) -> None:
    """Put the picture and the table into the guide, in place of the last ones."""
    text = f"![How long it takes to onboard apps, by the number of apps]({os.path.relpath(picture, path.parent)})\n\n{table}"
    before, _begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{path} has lost the marks between which the results go: {BEGIN} and {END}.")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


TASKS_NAMED = 8
_SIZES = (
    ("Module as a process of its own, from nothing", "process", "module_peak_mb", "MB"),
    ("Module as a process of its own, nothing to do", "process_again", "module_peak_mb", "MB"),
    ("Controller, with the modules' playbook", "bulk", "controller_peak_mb", "MB"),
    ("Its fork that runs a module, what both share included", "bulk", "fork_peak_mb", "MB"),
    ("Controller, with the role", "role", "controller_peak_mb", "MB"),
    ("Its fork that runs a module or a step, what both share included", "role", "fork_peak_mb", "MB"),
    ("Largest event of the role, from nothing", "role", "largest_event_kb", "kB"),
    ("Largest event of the role, nothing to do", "role_again", "largest_event_kb", "kB"),
)


def _footnote(results: dict[str, Any]) -> str:
    items, startup = results["loop_items"], results["startup"]["bulk"]
    return (
        f"\\* measured with {items} apps and scaled up. Start-up is not in the times of the script, the loops and the modules' playbook "
        f"(which takes {startup:.1f} s with one app); it is in those of the role."
    )


def _cpu_row(title: str, cpu: dict[str, float]) -> str:
    modules = sum(seconds for name, seconds in cpu.items() if name not in ("ansible-playbook", "forks"))
    return _row(title, _time(cpu.get("ansible-playbook", 0)), _time(cpu.get("forks", 0)), _time(modules))


def _machine(machine: dict[str, Any]) -> str:
    stolen = "" if machine.get("stolen_percent") is None else f" The host kept {machine['stolen_percent']:g} % of the CPUs' time from this virtual machine."
    return (
        f"Taken on {machine['date']} with {machine['cpus']} CPUs, Python {machine['python']}, ansible-core {machine['ansible_core']}, requests "
        f"{machine['requests']}; {machine['concurrency']} requests at once, and {machine['latency'] * 1000:.0f} ms before each answer of the emulator, "
        f"which runs on the same machine.{stolen}"
    )


def _header(*titles: str) -> list[str]:
    return [_row(*titles), _row("---", *(["---:"] * (len(titles) - 1)))]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def _bound(target: Target) -> str:
    return f"at {'least' if target.at_least else 'most'} {target.bound:g}{_unit(target)}"


def _measured(target: Target) -> str:
    return "not measured" if target.measured is None else f"{target.measured:.{0 if target.measured >= 100 else 2}f}{_unit(target)}"


def _unit(target: Target) -> str:
    return target.unit if target.unit.startswith(" ") else f" {target.unit}"
