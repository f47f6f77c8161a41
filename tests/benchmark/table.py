# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the results down as Markdown, and put that into the guide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .targets import Target, ratio_of_turns
from .ways import UNEQUAL

BEGIN, END = "<!-- begin: written by make bench -->", "<!-- end: written by make bench -->"
# Each with the script that makes the same calls.
WAYS = {
    "script": ("Script, the calls of the modules", "script"),
    "modules": ("Modules, from nothing", "script"),
    "modules_again": ("Modules, nothing to do", "script"),
    "script_file": ("Script, the calls of the role with the store `file`", "script_file"),
    "file": ("Role with the store `file`, from nothing", "script_file"),
    "file_again": ("Role with the store `file`, nothing to do", "script_file"),
    "script_openbao": ("Script, the calls of the role with OpenBao", "script_openbao"),
    "openbao": ("Role with OpenBao, from nothing", "script_openbao"),
    "openbao_again": ("Role with OpenBao, nothing to do", "script_openbao"),
    "script_aws": ("Script, the calls of the role with AWS (moto)", "script_aws"),
    "aws": ("Role with AWS (moto), from nothing", "script_aws"),
    "aws_again": ("Role with AWS (moto), nothing to do", "script_aws"),
}
LOOPS = {
    "single": "Loop over the modules' single form",
    "uri": "Loop over `ansible.builtin.uri`, same calls",
    "uri_shortest": "Loop over `ansible.builtin.uri`, shortest",
}


def results_table(results: dict[str, Any], targets: list[Target]) -> str:
    """Write the time of each way at each size, the tenants, the memory, and the targets."""
    parts = [_times(results), _tenants(results["tenants"]), _memory(results["sizes"]), _cpu(results["sizes"]), _targets(targets)]
    return "\n\n".join(["\n".join(lines) for lines in parts] + [_machine(results["machine"])])


def _times(results: dict[str, Any]) -> list[str]:
    counts = list(results["sizes"])
    last = results["sizes"][counts[-1]]
    lines = _header("", *(f"{int(count):,} apps" for count in counts), f"per app at {int(counts[-1]):,}", "against its script")
    for way, (title, script) in WAYS.items():
        seconds = last[way]["seconds"]
        cells = [_time(size[way]["seconds"]) for size in results["sizes"].values()]
        lines.append(_row(title, *cells, _milliseconds(seconds / int(counts[-1])), f"{ratio_of_turns(last[way], last[script]):.2f} ×"))
    for loop, title in LOOPS.items():
        per_app = results["loops"][loop]["seconds_per_app"]
        scaled = [f"{_time(per_app * int(count))} *" for count in counts]
        lines.append(_row(title, *scaled, _milliseconds(per_app), f"{per_app * int(counts[-1]) / last['script']['seconds']:.0f} ×"))
    return [*lines, "", _footnote(results)]


def _tenants(tenants: dict[str, Any]) -> list[str]:
    alone, both = tenants["larger_alone"], tenants["both"]
    lines = _header("Two tenants in one run, with OpenBao", "time", "against the larger alone")
    lines.append(_row(f"{max(UNEQUAL.values())} apps alone", _time(alone["seconds"]), "1.00 ×"))
    return [*lines, _row(f"{' and '.join(map(str, UNEQUAL.values()))} apps", _time(both["seconds"]), f"{ratio_of_turns(both, alone):.2f} ×")]


def _memory(sizes: dict[str, Any]) -> list[str]:
    lines = _header("Peak memory, largest event", *(f"{int(count):,} apps" for count in sizes))
    return lines + [_row(title, *(f"{size[way][key]:,.0f} {unit}" for size in sizes.values())) for title, way, key, unit in _SIZES]


def _cpu(sizes: dict[str, Any]) -> list[str]:
    count, last = list(sizes.items())[-1]
    lines = _header("CPU time at " + f"{int(count):,} apps", "script or controller", "its forks", "module processes")
    return lines + [_cpu_row(title, last[way]["cpu_seconds"], is_script=way == script) for way, (title, script) in WAYS.items()]


def _targets(targets: list[Target]) -> list[str]:
    words = {True: "met", False: "**not met**"}
    return _header("Target", "bound", "measured", "") + [_row(one.name, _bound(one), _measured(one), words[one.met]) for one in targets]


def replace_between_marks(path: Path, picture: Path, table: str) -> None:
    """Put the picture and the table into the guide, in place of the last ones."""
    text = f"![How long it takes to onboard apps, by the number of apps]({os.path.relpath(picture, path.parent)})\n\n{table}"
    before, _begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{path} has lost the marks between which the results go: {BEGIN} and {END}.")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


_SIZES = (
    ("Module, from nothing", "modules", "module_peak_mb", "MB"),
    ("Module, nothing to do", "modules_again", "module_peak_mb", "MB"),
    ("Controller, with the modules' playbook", "modules", "controller_peak_mb", "MB"),
    ("Controller, with the role", "openbao", "controller_peak_mb", "MB"),
    ("Its fork, in which `vantage_app` runs, store `file`", "file", "fork_peak_mb", "MB"),
    ("The same, OpenBao", "openbao", "fork_peak_mb", "MB"),
    ("Largest event of the role, from nothing", "openbao", "largest_event_kb", "kB"),
    ("Largest event of the role, nothing to do", "openbao_again", "largest_event_kb", "kB"),
)


def _footnote(results: dict[str, Any]) -> str:
    items, startup = results["loop_items"], results["startup"]
    return (
        f"\\* measured with {items} apps and scaled up, without start-up. The times of the modules and the role hold it: with one app, the modules' "
        f"playbook takes {startup['modules']:.1f} s, the role {startup['file']:.1f} s with the store `file` and {startup['openbao']:.1f} s with OpenBao."
    )


def _cpu_row(title: str, cpu: dict[str, float], *, is_script: bool) -> str:
    others = sum(seconds for name, seconds in cpu.items() if name not in ("ansible-playbook", "forks"))
    if is_script:
        return _row(title, _time(others), "", "")
    return _row(title, _time(cpu.get("ansible-playbook", 0)), _time(cpu.get("forks", 0)), _time(others))


def _machine(machine: dict[str, Any]) -> str:
    stolen = "" if machine.get("stolen_percent") is None else f" The host kept {machine['stolen_percent']:g} % of the CPUs' time from this virtual machine."
    return (
        f"Taken on {machine['date']} with {machine['cpus']} CPUs, Python {machine['python']}, ansible-core {machine['ansible_core']}, requests "
        f"{machine['requests']}, hvac {machine['hvac']}, OpenBao {machine['openbao']}, boto3 {machine['boto3']}, moto {machine['moto']}; "
        f"{machine['concurrency']} requests at once, and "
        f"{machine['latency'] * 1000:.0f} ms before each answer of the emulator, "
        f"which runs on the same machine, as OpenBao and moto do.{stolen}"
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
    return f"{target.measured:.{0 if target.measured >= 100 else 2}f}{_unit(target)}"


def _unit(target: Target) -> str:
    return target.unit if target.unit.startswith(" ") else f" {target.unit}"
