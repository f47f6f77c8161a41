# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control a running emulator: move its clock, make it fail, read its journal."""

from __future__ import annotations

import argparse
import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .faults import KINDS
from .playground import ANNOUNCEMENT

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
DURATION = re.compile(r"(\d+)([smhdw]?)")
TIME_LIMIT = 30


class CommandError(Exception):
    """The command could not be carried out; its text is for the user."""


class Control:
    """Send requests to the controls of the emulator in a folder."""

    def __init__(self, folder: Path) -> None:
        try:
            facts = json.loads((folder / ANNOUNCEMENT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise CommandError(f"No emulator runs in {folder}. Start one there: python -m tests.emulator --dir {folder}") from None
        self._base_url = f"{facts['base_url']}/_emulator"
        self._context = ssl.create_default_context(cafile=facts["ca_path"])

    def ask(self, method: str, name: str, body: Any = None) -> Any:
        """Return the answer to one control request."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._base_url}/{name}", data, {"Content-Type": "application/json"}, method=method)
        # Requests to this machine never use a proxy.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._context))
        try:
            with opener.open(request, timeout=TIME_LIMIT) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as exc:
            problem = json.load(exc)
            raise CommandError(f"The emulator refused it: {problem.get('detail') or problem.get('title')}") from None
        except OSError as exc:
            raise CommandError(f"The emulator at {self._base_url} does not answer: {exc}") from None


def seconds_of(text: str) -> int:
    """Return the seconds of a duration such as 90s, 15m, 36h, 155d or 2w.

    :raises argparse.ArgumentTypeError: for anything else.
    """
    match = DURATION.fullmatch(text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration such as 90s, 15m, 36h, 155d or 2w")
    return int(match[1]) * SECONDS[match[2] or "s"]


def show_clock(control: Control, arguments: argparse.Namespace) -> str:
    """Move the clock, if requested, and return its time."""
    clock = control.ask("POST", "clock", {"advance": arguments.by}) if arguments.by else control.ask("GET", "clock")
    return f"It is {clock['now']} in the emulator."


def show_journal(control: Control, arguments: argparse.Namespace) -> str:
    """Return one line for each request, or forget them all."""
    if arguments.clear:
        control.ask("DELETE", "journal")
        return "The journal is empty."
    entries = [entry for entry in control.ask("GET", "journal") if entry["write"] or not arguments.writes]
    lines = [f"{entry['time'][11:19]}  {entry['method']:<6} {entry['status'] or '-':<4} {entry['path']}{fault_of(entry)}" for entry in entries]
    return "\n".join([*lines, f"{len(lines)} request{'' if len(lines) == 1 else 's'}"])


def fault_of(entry: dict[str, Any]) -> str:
    """Return the fault of a request."""
    return f"  ({entry['fault']})" if entry["fault"] else ""


def set_faults(control: Control, arguments: argparse.Namespace) -> str:
    """Add one fault, or remove them all, and return those that are set."""
    if arguments.clear:
        control.ask("PUT", "faults", [])
    rules = [named_members(rule) for rule in control.ask("GET", "faults")]
    if arguments.kind:
        wanted = {name: getattr(arguments, name) for name in ("kind", "method", "path", "status", "skip", "seconds")}
        times = None if arguments.times == 0 else arguments.times
        rules = [*rules, {**{name: value for name, value in wanted.items() if value is not None}, "times": times}]
        control.ask("PUT", "faults", rules)
    return "\n".join([json.dumps(rule) for rule in rules] or ["No fault is set."])


def named_members(rule: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a rule; its counters start again."""
    return {name: value for name, value in rule.items() if name not in ("seen", "used") and (value is not None or name == "times")}


def set_behaviour(control: Control, arguments: argparse.Namespace) -> str:
    """Change switches, and return all."""
    changes = {}
    for text in arguments.switches:
        name, equals, value = text.partition("=")
        if not equals:
            raise CommandError(f"{text!r} is no switch with a value, such as latency=0.2.")
        changes[name] = yaml.safe_load(value)
    switches = control.ask("PATCH", "behaviour", changes) if changes else control.ask("GET", "behaviour")
    return "\n".join(f"{name}={json.dumps(value)}" for name, value in switches.items())


def show_state(control: Control, _arguments: argparse.Namespace) -> str:
    """Return all clients and secrets of all tenants; the values work only in the emulator."""
    return json.dumps(control.ask("GET", "state"), indent=2)


def reset(control: Control, _arguments: argparse.Namespace) -> str:
    """Bring the emulator back to its start."""
    control.ask("POST", "reset")
    return "The emulator is as it was at its start."


def add_clock_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("by", nargs="?", type=seconds_of, help="how far to move it forward: 90s, 15m, 36h, 155d, 2w")


def add_journal_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--writes", action="store_true", help="only what could change the tenant")
    parser.add_argument("--clear", action="store_true", help="forget all requests")


def add_fault_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", nargs="?", choices=sorted(KINDS), metavar="KIND", help=f"what happens: {', '.join(sorted(KINDS))}")
    parser.add_argument("--path", help="regular expression for the paths that it meets, such as /secrets/ (default: every path)")
    parser.add_argument("--method", help="method that it meets, such as POST (default: every method)")
    parser.add_argument("--status", type=int, help="status of the answer (default: 503)")
    parser.add_argument("--times", type=int, default=1, help="how often; 0 for ever (default: 1)")
    parser.add_argument("--skip", type=int, help="how many requests pass first (default: 0)")
    parser.add_argument("--seconds", type=float, help="after how long a late commit happens (default: 5)")
    parser.add_argument("--clear", action="store_true", help="remove all faults first")


def add_behaviour_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("switches", nargs="*", metavar="NAME=VALUE", help="switches to change, such as lifetime_format=timespan")


@dataclass(frozen=True)
class Command:
    """One command."""

    help: str
    run: Callable[[Control, argparse.Namespace], str]
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda _parser: None


COMMANDS = {
    "clock": Command("show the time, or move the clock", show_clock, add_clock_arguments),
    "journal": Command("show the requests so far", show_journal, add_journal_arguments),
    "fault": Command("let requests fail", set_faults, add_fault_arguments),
    "behaviour": Command("show or change how the tenants answer", set_behaviour, add_behaviour_arguments),
    "state": Command("show all clients and secrets", show_state),
    "reset": Command("start again with the first clients", reset),
}


def run_command(arguments: argparse.Namespace) -> str:
    """Carry out one command and return what to print.

    :raises CommandError: when that is not possible.
    """
    return COMMANDS[arguments.command].run(Control(arguments.dir), arguments)
