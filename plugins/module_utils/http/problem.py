# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Read what a server says of an error: OAuth, ProblemDetails, HTML or nothing. Pure."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, NamedTuple

LONGEST = 400


class Problem(NamedTuple):
    """A server's error: a short code and one readable line."""

    code: str
    text: str


def problem_from_body(status: int, body: Any) -> Problem:
    """Return the error that an answer's decoded JSON (or None) states."""
    if isinstance(body, dict):
        if isinstance(body.get("error"), str):
            return Problem(_tidy(body["error"]), _sentence(body["error"], body.get("error_description")))
        fields = _field_errors(body.get("errors"))
        if fields or any(isinstance(body.get(key), str) for key in ("title", "detail", "message")):
            text = _sentence(body.get("title"), body.get("detail"), body.get("message"), fields)
            return Problem(f"http_{status}", text)
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


def _sentence(*parts: Any) -> str:
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str) and part.strip():
            text = _tidy(part).rstrip(".")
            if text not in texts:
                texts.append(text)
    return ". ".join(texts)


def _tidy(text: str) -> str:
    text = re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
