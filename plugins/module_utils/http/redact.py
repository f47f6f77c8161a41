# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Remove secrets from messages, in whichever encoding they were sent."""

from __future__ import annotations

import base64
import html
import json
import re
import string
import threading
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

MASK = "********"
# A shorter one would mask every other word of a message.
SHORTEST = 4
# A shorter part of a secret's base64 occurs in other texts too.
SHORTEST_BASE64 = 6

_BASE64 = frozenset(string.ascii_letters + string.digits + "+/-_=")


class Redactor:
    """Remembers the values that no message may show, even if a server repeats them; safe to share between threads."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._fresh: list[str] = []
        # Keyed by their first characters, so that one scan of a message finds any number of secrets.
        self._forms: dict[str, set[str]] = {}
        self._base64: set[str] = set()
        self._lock = threading.Lock()

    def add(self, *secrets: object) -> None:
        """Remember values; ignore texts that are too short to be a secret, and values that are not text."""
        with self._lock:
            for secret in secrets:
                if isinstance(secret, str) and len(secret) >= SHORTEST and secret not in self._secrets:
                    self._secrets.add(secret)
                    self._fresh.append(secret)

    def clean(self, text: str) -> str:
        """Return the text with a mask instead of each secret: as it is, form-encoded, as JSON, as HTML, and within base64 such as a Basic header's."""
        with self._lock:
            self._index()
            spans = sorted(self._spans(text))
        cleaned, done = [], 0
        for begin, end in spans:
            if begin >= done:
                cleaned.append(text[done:begin] + MASK)
            done = max(done, end)
        return "".join(cleaned) + text[done:]

    def _index(self) -> None:
        # Built on first use: most runs have no message to clean.
        for secret in self._fresh:
            encoded = set(_base64_forms(secret))
            self._base64 |= encoded
            for form in {*_written_forms(secret), *encoded}:
                self._forms.setdefault(form[:SHORTEST], set()).add(form)
        self._fresh.clear()

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        run_end = 0
        for begin in range(len(text) - SHORTEST + 1) if self._forms else ():
            for form in self._forms.get(text[begin : begin + SHORTEST], ()):
                if not text.startswith(form, begin):
                    continue
                span = (begin, begin + len(form))
                if form in self._base64 and begin >= run_end:
                    span = _run_around(text, *span)
                    run_end = span[1]
                yield span


def _written_forms(secret: str) -> Iterator[str]:
    yield secret
    # A password may contain what no encoding accepts.
    encoded = {quote(secret, errors="surrogatepass"), quote(secret, safe="", errors="surrogatepass"), quote_plus(secret, errors="surrogatepass")}
    dumped = json.dumps(secret)[1:-1]
    yield from encoded
    yield from (re.sub(r"%[0-9A-F]{2}", lambda match: match.group().lower(), form) for form in encoded)
    yield from {dumped, json.dumps(secret, ensure_ascii=False)[1:-1], dumped.replace("/", "\\/")}
    yield re.sub(r"\\u[0-9a-f]{4}", lambda match: "\\u" + match.group()[2:].upper(), dumped)
    yield from {html.escape(secret), html.escape(secret, quote=False), html.escape(secret).replace("&#x27;", "&#39;")}


def _base64_forms(secret: str) -> Iterator[str]:
    """Return the base64 forms of a secret inside a longer text: three, by its position in a group of three bytes."""
    content = secret.encode("utf-8", "surrogatepass")
    for ahead in range(3):
        whole = base64.b64encode(b"\0" * ahead + content).decode()
        # The first and last characters contain bits of the neighbouring text.
        core = whole[-(-ahead * 8 // 6) : (ahead + len(content)) * 8 // 6]
        if len(core) >= SHORTEST_BASE64:
            yield from {core, core.replace("+", "-").replace("/", "_")}


def _run_around(text: str, begin: int, end: int) -> tuple[int, int]:
    while begin > 0 and text[begin - 1] in _BASE64:
        begin -= 1
    while end < len(text) and text[end] in _BASE64:
        end += 1
    return begin, end
