# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Read a server's description of an error: OAuth, ProblemDetails, HTML or nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

LONGEST = 400
# For comparison by programs: RFC 6749 allows more, which would include whatever a server repeats.
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


class Problem(NamedTuple):
    """A server's error: a short code and one readable line.

    :param fields: members that it names, as it names them; not to be shown.
    """

    code: str
    text: str
    fields: tuple[str, ...] = ()


def problem_from_body(status: int, body: Any, clean: Callable[[str], str]) -> Problem:
    """Return the error in a response's decoded JSON (or None).

    :param clean: removes secrets from a text; before anything is cut, since the rest of a secret would not be recognized.
    """
    if isinstance(body, dict):
        if isinstance(body.get("error"), str):
            return Problem(_code(body["error"], clean) or f"http_{status}", _sentence(clean, body["error"], body.get("error_description")))
        fields = _field_errors(body.get("errors"))
        if fields or any(isinstance(body.get(key), str) for key in ("title", "detail", "message")):
            text = _sentence(clean, body.get("title"), body.get("detail"), body.get("message"), fields)
            errors = body.get("errors")
            return Problem(f"http_{status}", text or reason(status), tuple(map(str, errors)) if isinstance(errors, dict) else ())
    return Problem(f"http_{status}", reason(status))


def reason(status: int) -> str:
    """Return the standard phrase of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "unknown status"


def _field_errors(errors: Any) -> str | None:
    if not isinstance(errors, dict):
        return None
    lines = []
    for field, messages in errors.items():
        listed = messages if isinstance(messages, list) else [messages]
        lines.append(f"{field}: {' '.join(str(message) for message in listed)}")
    return "; ".join(lines) or None


def _code(text: str, clean: Callable[[str], str]) -> str | None:
    return text if _CODE.fullmatch(text) and clean(text) == text else None


def _sentence(clean: Callable[[str], str], *parts: Any) -> str:
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str) and part.strip():
            text = _tidy(clean(part)).rstrip(".")
            if text not in texts:
                texts.append(text)
    return ". ".join(texts)


def _tidy(text: str) -> str:
    text = re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
