# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The exceptions that utils raise; the runner turns them into one result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

# The most items in one message: AWX cuts longer messages, and nobody reads them.
MOST_NAMED = 20


class ErrorDetails(TypedDict):
    """What failed, for a program to read."""

    status: int | None
    code: str | None
    method: str | None
    path: str | None


def shown(text: str) -> str:
    """Return a text that is safe to show: characters that control a terminal or change the direction of text are written as escapes.

    A server's texts can contain anything. It escapes what ``repr`` escapes, so it can be applied to text that was already escaped.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode("ascii") for character in text)


class VantageError(Exception):
    """An error that a user can understand.

    :param message: one sentence: what was attempted and what came back, without any secret. Control characters are escaped here.
    :param status: HTTP status of the response, if there was one.
    :param code: short machine-readable name of the error, stable across releases.
    :param method: HTTP method of the request that failed.
    :param path: path of that request, without its query.
    :param in_doubt: whether the server may have carried the request out anyway.
    :param changed: whether something was written before the error.
    :ivar fields: members that the server's error names, for comparison only.
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
        """Return what a result carries as ``error``."""
        return {"status": self.status, "code": self.code, "method": self.method, "path": self.path}


class ConfigError(VantageError):
    """The task's options, the environment or the machine are not usable; no request was sent."""

    def __init__(self, message: str, *, code: str = "invalid_option") -> None:
        super().__init__(message, code=code)


class TransportError(VantageError):
    """No response came: name look-up, connection, TLS or time-out."""


class ApiError(VantageError):
    """The server returned an error or something unreadable."""


class AuthError(ApiError):
    """The login was refused, or lacks a permission (401, 403, token endpoint)."""


class NotFoundError(ApiError):
    """The server does not have the object (404)."""


class ConflictError(ApiError):
    """The object already exists, or was changed in the meantime (409)."""


class RefusedError(VantageError):
    """The collection itself refuses: the plan would cause harm that the user did not ask for."""

    def __init__(self, message: str, *, code: str = "refused") -> None:
        super().__init__(message, code=code)


def named(things: Iterable[str], separator: str = ", ", most: int = MOST_NAMED) -> str:
    """Return the first items of many as one text, and how many more there are."""
    listed = list(things)
    rest = [f"and {len(listed) - most:,} more"] if len(listed) > most else []
    return separator.join([*listed[:most], *rest])
