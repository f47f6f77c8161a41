# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let every Python process of a measured run say, as it ends, what it has cost: found by Python itself at start-up."""

from __future__ import annotations

import atexit
import json
import os
import resource
import sys
from typing import Any


def name_process() -> str:
    """Name what ran: the controller, or another process, such as a module of Ansible's own; ours run in forks of the controller."""
    return "ansible-playbook" if os.path.basename(sys.argv[0]) == "ansible-playbook" else "other"


def peak_kib() -> int:
    """Read the peak of this program's own memory; ru_maxrss would also hold what the process was before it became this program."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def report(path: str) -> None:
    """Append one line of JSON; `children_kib` is the largest of the processes that were started and waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    facts: dict[str, Any] = {
        "name": name_process(),
        "peak_kib": peak_kib(),
        "children_kib": children.ru_maxrss,
        "cpu_seconds": own.ru_utime + own.ru_stime,
        "children_cpu_seconds": children.ru_utime + children.ru_stime,
    }
    with open(path, "a", encoding="utf-8") as stream:
        stream.write(json.dumps(facts) + "\n")


if target := os.environ.get("BENCHMARK_PROCESSES"):
    atexit.register(report, target)
