# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The exceptions that utils raise; the runner turns them into one answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

# The most things that one message names: longer ones are cut by AWX, and read by nobody.
MOST_NAMED = 20


class ErrorDetails(TypedDict):
    """What failed, for a program to read."""

    status: int | None
    code: str | None
    method: str | None
    path: str | None


def shown(text: str) -> str:
    """Return a text as a person may read it: what a terminal would obey, or what turns the order of letters round, is written as an escape.

    A server's texts may hold anything. It is what ``repr`` escapes, so that it does no harm to a text that was through one of the two.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode("ascii") for character in text)


class VantageError(Exception):
    """Something went wrong that a user can understand.

    :param message: one sentence: what was being done and what came back, without any secret. What no terminal should get is escaped here.
    :param status: HTTP status of the answer, if there was one.
    :param code: short machine-readable name of the error, stable across releases.
    :param method: HTTP method of the request that failed.
    :param path: path of that request, without its query.
    :param in_doubt: whether the server may have carried the request out all the same.
    :param changed: whether something had been written before it went wrong.
    :ivar fields: members that the server's refusal names, for comparison only.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        method: str | None = None,
        path: str | None = None,
        in_doubt: bool = False,
        changed: bool = False,
    ) -> None:
        self.message = shown(message)
        super().__init__(self.message)
        self.status = status
        self.code = code
        self.method = method
        self.path = None if path is None else shown(path)
        self.in_doubt = in_doubt
        self.changed = changed
        self.fields: tuple[str, ...] = ()

    def as_details(self) -> ErrorDetails:
        """Return what an answer carries as ``error``."""
        return {"status": self.status, "code": self.code, "method": self.method, "path": self.path}


class ConfigError(VantageError):
    """The task's options, the environment or the machine are not fit; no request was sent."""

    def __init__(self, message: str, *, code: str = "invalid_option") -> None:
        super().__init__(message, code=code)


class TransportError(VantageError):
    """No answer came: name look-up, connection, TLS or time-out."""


class ApiError(VantageError):
    """The server answered with an error or with something unreadable."""


class AuthError(ApiError):
    """The login was refused, or it may not do this (401, 403, token endpoint)."""


class NotFoundError(ApiError):
    """The server does not know the thing (404)."""


class ConflictError(ApiError):
    """The server says that the thing is there already, or changed meanwhile (409)."""


class RefusedError(VantageError):
    """The collection itself refuses: the plan would do harm that the user did not ask for."""

    def __init__(self, message: str, *, code: str = "refused") -> None:
        super().__init__(message, code=code)


def named(things: Iterable[str], separator: str = ", ", most: int = MOST_NAMED) -> str:
    """Return the first things of many as one text, and how many more there are."""
    listed = list(things)
    rest = [f"and {len(listed) - most:,} more"] if len(listed) > most else []
    return separator.join([*listed[:most], *rest])
