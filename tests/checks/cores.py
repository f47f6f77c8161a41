# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the lowest, a middle, the newest and the other releases of ansible-core that the interpreters of this machine allow."""

from __future__ import annotations

from dataclasses import dataclass, field

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
# The first pre-release after them, as pip names it.
NEXT_CORE = "2.22.0b1"
# These two hide results differently from the releases before and after them: one is tested for what must not be shown.
MIDDLE = ("2.19", "2.20")


@dataclass(frozen=True)
class Core:
    """An ansible-core release series and the interpreter to run it on."""

    name: str
    release: str
    interpreter: Interpreter

    def __str__(self) -> str:
        return f"ansible-core {self.release} on Python {'.'.join(map(str, self.interpreter.version))} ({self.interpreter.path})"


@dataclass
class Choice:
    """What this machine allows.

    :ivar cores: the newest, the middle and the lowest one, in this order.
    :ivar others: the releases between them, which run the playbooks alone.
    :ivar gaps: a sentence for each release that is not checked.
    :ivar notes: other sentences worth reading.
    """

    cores: list[Core] = field(default_factory=list)
    others: list[Core] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def pick(name: str, releases: list[str], interpreters: list[Interpreter]) -> Core | None:
    """Return the first release that one of the interpreters supports, on the first such interpreter."""
    for release in releases:
        for interpreter in interpreters:
            if supports(release, interpreter):
                return Core(name, release, interpreter)
    return None


def supports(release: str, interpreter: Interpreter) -> bool:
    """Return whether a release runs on an interpreter."""
    oldest, newest = CORES[release]
    return oldest <= interpreter.minor <= newest


def span(release: str) -> str:
    """Return the Pythons that a release needs."""
    return " to ".join(f"{major}.{minor}" for major, minor in CORES[release])


def find_core(release: str, interpreters: list[Interpreter], python: str = "") -> Core | None:
    """Take a release, or "next" for the newest pre-release, on the Python that is named, or else on the newest that it supports."""
    like = list(CORES)[-1] if release == "next" else release
    for interpreter in reversed(interpreters):
        named = not python or python == ".".join(map(str, interpreter.minor))
        if interpreter.makes_venvs and named and supports(like, interpreter):
            return Core(release, release, interpreter)
    return None


def add_middle(choice: Choice, interpreters: list[Interpreter]) -> None:
    """Choose the core between the lowest and the newest, unless one of them already is it."""
    if already := sorted({core.release for core in choice.cores}.intersection(MIDDLE)):
        choice.notes.append(f"The run on a middle ansible-core is left out: {already[0]} is the lowest or the newest one here.")
        return
    middle = pick("middle", list(MIDDLE), interpreters)
    if not middle:
        needs = ", ".join(f"{release} needs Python {span(release)}" for release in MIDDLE)
        choice.gaps.append(f"The run on a middle ansible-core is skipped: {needs}, not found here.")
        return
    choice.cores.insert(1, middle)
    if middle.release != MIDDLE[0]:
        choice.gaps.append(f"ansible-core {MIDDLE[0]} is skipped: it needs Python {span(MIDDLE[0])}, not found here; {middle.release} takes its place.")


def add_others(choice: Choice, interpreters: list[Interpreter]) -> None:
    """Choose all further releases, on one interpreter if possible, so that packages are downloaded only once."""
    taken = {core.release for core in choice.cores}
    shared = sorted(interpreters, key=lambda interpreter: -sum(supports(release, interpreter) for release in CORES))
    for release in CORES:
        if release in taken:
            continue
        if core := pick(f"core-{release}", [release], shared):
            choice.others.append(core)
        elif not any(f"ansible-core {release} is skipped" in gap for gap in choice.gaps):
            choice.gaps.append(f"ansible-core {release} is skipped: it needs Python {span(release)}, not found here.")


def say_what_is_missing(interpreters: list[Interpreter]) -> str:
    """Say what to install where no release can be run: the part of Python that Debian leaves out, or a Python."""
    releases = list(CORES)
    without = [item for item in interpreters if not item.makes_venvs and any(supports(release, item) for release in CORES)]
    if not without:
        return f"No interpreter for ansible-core {releases[0]} to {releases[-1]} was found; Python 3.10 to 3.14 would do."
    package = f"python3.{without[-1].minor[1]}-venv"
    return f"{without[-1].path} makes no virtual environment, since it has no ensurepip. On Debian and Ubuntu: sudo apt-get install {package}"


def choose_cores(interpreters: list[Interpreter]) -> Choice:
    """Choose what to check with; no core when there is no interpreter for any."""
    usable = [interpreter for interpreter in interpreters if interpreter.makes_venvs]
    choice = Choice(
        notes=[
            f"{item.path} is left out: it has no ensurepip (on Debian, install python3.{item.minor[1]}-venv)."
            for item in interpreters
            if not item.makes_venvs and item.minor >= (3, 10)
        ]
    )
    releases = list(CORES)
    newest = pick("newest", releases[::-1], usable[::-1])
    lowest = pick("lowest", releases, usable)
    if not newest or not lowest:
        choice.gaps.append(say_what_is_missing(interpreters))
        return choice
    for core, wanted in ((newest, releases[-1]), (lowest, releases[0])):
        if core.release != wanted:
            choice.gaps.append(f"ansible-core {wanted} is skipped: it needs Python {span(wanted)}, not found here; {core.release} takes its place.")
    choice.cores = [newest] if lowest.release == newest.release else [newest, lowest]
    add_middle(choice, usable)
    if lowest.release == newest.release:
        choice.gaps.append("The second run on a lower ansible-core is skipped: this machine allows only one.")
    add_others(choice, usable)
    return choice
