# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Problems of declared apps, with their places. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, shown

# The most lines in one message; nobody reads more.
MOST_PROBLEMS = 50


class Place(NamedTuple):
    """The place of a declaration.

    :param file: path of its file; empty for an option.
    :param line: zero when unknown, like the column.
    :param option: name of the option, and the app's number in it.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    option: str = ""

    def __str__(self) -> str:
        """Return it for messages, in the style of compilers."""
        numbers = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.file, *numbers]) if self.file else self.option


NOWHERE = Place()


class Problem(NamedTuple):
    """One mistake, or one warning.

    :param text: one sentence without its place.
    :param client_id: of the app; empty if it has none.
    """

    text: str
    place: Place = NOWHERE
    client_id: str = ""
    is_warning: bool = False

    @property
    def sentence(self) -> str:
        """The text with its place and its app."""
        where = ", ".join(filter(None, (str(self.place), self.client_id)))
        return f"{where}: {self.text}" if where else self.text


@dataclass(frozen=True)
class OptionNames:
    """Maps options to the names that the user knows.

    :param prefix: the prefix of a role's variables before the option names.
    """

    prefix: str = ""

    def __call__(self, option: str) -> str:
        """Return the name of an option."""
        return f"{self.prefix}{option}"


OWN_NAMES = OptionNames()


class ProblemsError(ConfigError):
    """All problems of the apps and the options, one per line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        sentences = [problem.sentence for problem in in_order(problems)]
        if len(sentences) == 1:
            super().__init__(f"Nothing was written. {sentences[0]}")
            return
        super().__init__(f"Nothing was written: there are {len(sentences):,} problems.")
        self.message = "\n".join([self.message, *bounded(f"- {sentence}" for sentence in sentences)])


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return each problem once: first those of options in the order found, then those of files by file and line."""
    return sorted(dict.fromkeys(problems), key=lambda problem: problem.place[:3])


def bounded(lines: Iterable[str], most: int = MOST_PROBLEMS) -> list[str]:
    """Return the first lines, and one that counts the others. A line break inside a line comes from a value, so it is escaped."""
    listed = [shown(line) for line in lines]
    more = [f"… and {len(listed) - most:,} more"] if len(listed) > most else []
    return [*listed[:most], *more]
