# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Write what a run plans or did into files: JSON for programs, Markdown for a comment in a merge request. No value is in them."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError, shown
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Outcome, words_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.report import HEADERS, cells_of

JSON_SUFFIX, MARKDOWN_SUFFIX = ".json", ".md"
SUFFIXES = (JSON_SUFFIX, MARKDOWN_SUFFIX)
# A comment on GitHub has at most 65,536 characters; leave room for a few words above the plan.
MOST_CHARACTERS = 60_000
MOST_IN_CELL = 300
# A plan contains no secrets, and another user may turn it into a comment.
MODE = 0o644
UNSAFE_IN_CODE = re.compile(r"[`|\\]")
# All characters that Markdown or HTML could interpret.
SPECIAL = re.compile(r"[!-/:-@\[-`{-~]")
# The first line of the Markdown, invisible in a comment; it names the tenant of the plan.
MARK = "<!-- abbyy.vantage plan of {host} -->"


@dataclass(frozen=True)
class PlanFiles:
    """The files of one tenant's plan; they never overwrite another tenant's plan.

    :param host: the tenant's name in the inventory.
    :param paths: absolute; empty when no plan is asked for.
    :param option: its name for the user.
    """

    host: str
    paths: tuple[str, ...] = ()
    option: str = "plan_file"

    def claim(self) -> None:
        """Create the files, so that a wrong path is found before anything else happens.

        :raises ConfigError: when a file cannot be written, or is not this tenant's plan.
        """
        for path in self.paths:
            text = text_of({"host": self.host, "failure": "The run did not end."}, path)
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                if not create_file(path, text):
                    self._check_owner(path)
                    replace_file(path, text)
            except OSError as exc:
                raise self._error(path, f"cannot be written: {exc.strerror}; choose another path.") from exc
            except ValueError as exc:
                raise self._error(path, "holds a character that no path has; choose another path.") from exc

    def _check_owner(self, path: str) -> None:
        """Raise ConfigError for a file that is not this tenant's plan."""
        if not os.path.isfile(path):
            # A pipe would be waited for without end.
            raise self._error(path, "cannot be written: it is no plain file; choose another path.")
        with open(path, encoding="utf-8", errors="replace") as source:
            owner = owner_of(source.read(), path)
        if owner is None:
            raise self._error(path, "already exists and is not a plan; choose another path, or remove the file.")
        if owner != marked(self.host):
            advice = "put {{ inventory_hostname }} into the path, so that each tenant has its own, or remove the file."
            raise self._error(path, f"holds the plan of {owner}; {advice}")

    def _error(self, path: str, problem: str) -> ConfigError:
        return ConfigError(f"Nothing was written. {self.option} {path!r} {problem}")

    def write(self, document: Mapping[str, Any]) -> None:
        """Write a document, each file as a whole.

        :raises VantageError: when that fails; the run itself is complete.
        """
        for path in self.paths:
            try:
                replace_file(path, text_of(document, path))
            except OSError as exc:
                raise VantageError(f"{self.option} {path!r} could not be written: {exc.strerror}.", code="plan_file") from exc

    def write_failure(self, message: str) -> None:
        """Write why a run did not start, as far as possible."""
        with suppress(VantageError):
            self.write({"host": self.host, "failure": message})


def plan_paths(given: str | None) -> tuple[str, ...]:
    """Return the files of a path: without one of the two suffixes, both."""
    if not given:
        return ()
    path = os.path.abspath(os.path.expanduser(given))
    return (path,) if path.endswith(SUFFIXES) else tuple(f"{path}{suffix}" for suffix in SUFFIXES)


def owner_of(text: str, path: str) -> str | None:
    """Return the host that a plan is marked with; None for other texts."""
    if path.endswith(MARKDOWN_SUFFIX):
        before, after = MARK.split("{host}")
        line = text.split("\n", 1)[0]
        return line[len(before) : -len(after)] if line.startswith(before) and line.endswith(after) else None
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return marked(str(document["host"])) if isinstance(document, dict) and {"host", "failure"} <= set(document) else None


def marked(host: str) -> str:
    """Return a host's name escaped for an HTML comment."""
    return shown(host).replace(">", "&gt;")


def create_file(path: str, text: str) -> bool:
    """Create a file, and return whether it was new: of two tenants with the same path, only one creates it."""
    try:
        with open(path, "x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError:
        return False
    os.chmod(path, MODE)
    return True


def replace_file(path: str, text: str) -> None:
    """Replace a file as a whole; readers see the old or the new one."""
    handle, name = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".plan-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            target.write(text)
        os.chmod(name, MODE)
        os.replace(name, path)
    except OSError:
        with suppress(OSError):
            os.unlink(name)
        raise


def plan_document(host: str, outcome: Outcome, returned: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run plans or did, for programs.

    :param returned: the result of the task.
    """
    names = [name.lower().replace(" ", "_") for name in HEADERS]
    outcomes = outcome.rows()
    words = words_of(outcomes)
    rows = [{**dict(zip(names, cells_of(row, words[row.client_id]))), "message": row.msg} for row in outcomes if row.is_news]
    return {
        "version": 1,
        "host": host,
        "check": outcome.check,
        "changed": outcome.changed,
        "server_time": returned["server_time"],
        "apps": returned["summary"]["apps"],
        "secrets": returned["summary"]["secrets"],
        "rows": rows,
        "updates": list(updates_of(outcome)),
        "failure": returned["failure"],
    }


def updates_of(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Yield the options of clients that change, with their values before and after."""
    for state in outcome.states:
        plan = state.planned.plan
        if plan is None or plan.action != "updated":
            continue
        for option in sorted({*plan.before, *plan.after}):
            before, after = plan.before.get(option), plan.after.get(option)
            if before != after:
                yield {"client_id": state.client_id, "option": option, "before": before, "after": after}


def text_of(document: Mapping[str, Any], path: str) -> str:
    """Return the text of a document in the format of the file's suffix."""
    if path.endswith(MARKDOWN_SUFFIX):
        return markdown_of(document)
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def markdown_of(document: Mapping[str, Any]) -> str:
    """Return a comment: the counts, a table of the changes, and the changed options, as much as fits."""
    host = str(document["host"])
    title = "Plan for" if document.get("check", True) else "What was done in"
    parts = [MARK.format(host=marked(host)), f"### {title} {code(host)}", ""]
    if document["failure"]:
        parts += [f"**Failed:** {code(document['failure'], 10 * MOST_IN_CELL)}", ""]
    if "rows" not in document:
        return "\n".join(parts)
    parts += [f"{counts_of(document['apps'])}. Secrets: {counts_of(document['secrets'])}.", ""]
    tables = [
        ("", [name.capitalize().replace("_", " ") for row in document["rows"][:1] for name in row], [list(row.values()) for row in document["rows"]]),
        ("Options that change", ["App", "Option", "Before", "After"], [cells_of_update(update) for update in document["updates"]]),
    ]
    room = MOST_CHARACTERS - sum(len(part) + 1 for part in parts)
    for heading, headers, rows in tables:
        lines = table_of(heading, headers, rows, room)
        room -= sum(len(line) + 1 for line in lines)
        parts += lines
    return "\n".join(parts)


def counts_of(counts: Mapping[str, int]) -> str:
    """Return "2 created, 1 updated"."""
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count) or "none"


def cells_of_update(update: Mapping[str, Any]) -> list[str]:
    """Return the cells of an option that changes."""
    return [update["client_id"], update["option"], *(json.dumps(update[key], ensure_ascii=False) for key in ("before", "after"))]


def table_of(heading: str, headers: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[str]:
    """Return the lines of a table, with as many rows as fit; nothing without rows."""
    if not rows:
        return []
    lines = [f"#### {heading}", ""] if heading else []
    lines += [f"| {' | '.join(headers)} |", f"|{' --- |' * len(headers)}"]
    # The closing line needs room too.
    room -= sum(len(line) + 1 for line in lines) + 50
    for number, row in enumerate(rows):
        line = f"| {' | '.join(code(cell) for cell in row)} |"
        room -= len(line) + 1
        if room < 0:
            lines += ["", f"… and {len(rows) - number:,} more rows"]
            break
        lines.append(line)
    return [*lines, ""]


def code(text: str, most: int = MOST_IN_CELL) -> str:
    """Return a text as Markdown code, which renders no HTML, links or @mentions."""
    text = " ".join(shown(text).split())
    text = f"{text[:most]}…" if len(text) > most else text
    if text in ("", "-"):
        return text
    # Characters that would end the code or the table cell are written as entities; programs differ in which escapes they support.
    return f"<code>{SPECIAL.sub(by_number, text)}</code>" if UNSAFE_IN_CODE.search(text) else f"`{text}`"


def by_number(match: re.Match[str]) -> str:
    """Return a character as an HTML entity."""
    return f"&#{ord(match.group())};"
