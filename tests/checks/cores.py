# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the lowest, a middle and the newest ansible-core that the interpreters of this machine allow."""

from __future__ import annotations

from dataclasses import dataclass

from interpreters import Interpreter

# The controller Pythons of each release that the collection supports (ansible-core support matrix); the first one is requires_ansible's.
CORES = {
    "2.16": ((3, 10), (3, 12)),
    "2.17": ((3, 10), (3, 12)),
    "2.18": ((3, 11), (3, 13)),
    "2.19": ((3, 11), (3, 13)),
    "2.20": ((3, 12), (3, 14)),
    "2.21": ((3, 12), (3, 14)),
}
# These two hide and show answers otherwise than those before and after them: one is tried for what must not be shown.
MIDDLE = ("2.19", "2.20")


@dataclass(frozen=True)
class Core:
    """An ansible-core release series and the interpreter to run it on."""

    name: str
    release: str
    interpreter: Interpreter

    def __str__(self) -> str:
        return f"ansible-core {self.release} on Python {'.'.join(map(str, self.interpreter.version))} ({self.interpreter.path})"


def pick(name: str, releases: list[str], interpreters: list[Interpreter]) -> Core | None:
    """Take the first release that one of the interpreters supports, on the first such interpreter."""
    for release in releases:
        oldest, newest = CORES[release]
        for interpreter in interpreters:
            if oldest <= interpreter.minor <= newest:
                return Core(name, release, interpreter)
    return None


def span(release: str) -> str:
    """Say which Pythons a release needs."""
    return " to ".join(f"{major}.{minor}" for major, minor in CORES[release])


def choose_middle(taken: set[str], interpreters: list[Interpreter]) -> tuple[list[Core], list[str]]:
    """Answer the core between the others, unless one of them is it already, and a sentence when there is none."""
    if already := sorted(taken.intersection(MIDDLE)):
        return [], [f"The run on a middle ansible-core is left out: {already[0]} is the lowest or the newest one here."]
    middle = pick("middle", list(MIDDLE), interpreters)
    if not middle:
        needs = ", ".join(f"{release} needs Python {span(release)}" for release in MIDDLE)
        return [], [f"The run on a middle ansible-core is skipped: {needs}, not found here."]
    if middle.release == MIDDLE[0]:
        return [middle], []
    return [middle], [f"ansible-core {MIDDLE[0]} is skipped: it needs Python {span(MIDDLE[0])}, not found here; {middle.release} takes its place."]


def choose_cores(interpreters: list[Interpreter]) -> tuple[list[Core], list[str]]:
    """Answer the cores to check with, the newest one first, and a sentence for each thing that this machine does not allow."""
    usable = [interpreter for interpreter in interpreters if interpreter.makes_venvs]
    notes = [
        f"{item.path} is left out: it has no ensurepip (on Debian, install python3.{item.minor[1]}-venv)."
        for item in interpreters
        if not item.makes_venvs and item.minor >= (3, 10)
    ]
    releases = list(CORES)
    newest = pick("newest", releases[::-1], usable[::-1])
    lowest = pick("lowest", releases, usable)
    if not newest or not lowest:
        return [], [*notes, f"No interpreter for ansible-core {releases[0]} to {releases[-1]} was found; Python 3.10 to 3.14 would do."]
    for core, wanted in ((newest, releases[-1]), (lowest, releases[0])):
        if core.release != wanted:
            notes.append(f"ansible-core {wanted} is skipped: it needs Python {span(wanted)}, not found here; {core.release} takes its place.")
    middle, said = choose_middle({newest.release, lowest.release}, usable)
    notes += said
    if lowest.release == newest.release:
        return [newest, *middle], [*notes, "The second run on a lower ansible-core is skipped: this machine allows only one."]
    return [newest, *middle, lowest], notes
