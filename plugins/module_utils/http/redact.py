# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Take secrets out of messages, whichever way they were sent."""

from __future__ import annotations

MASK = "********"
# A shorter one would mask every other word of a message.
SHORTEST = 4


class Redactor:
    """Remembers what no message may ever show, even if a server repeats it; safe to share between threads."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def add(self, *secrets: str | None) -> None:
        """Remember values; None and texts too short to be a secret are passed over."""
        self._secrets.update(secret for secret in secrets if secret and len(secret) >= SHORTEST)

    def clean(self, text: str) -> str:
        """Return the text with a mask in the place of each secret."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text
