# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Proof Key for Code Exchange (RFC 7636): the secret verifier of a login and its public challenge. Pure but for the random source."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

METHOD = "S256"
_VERIFIER = re.compile(r"^[A-Za-z0-9._~-]{43,128}$", re.ASCII)


def new_verifier() -> str:
    """Return a code verifier of 86 characters, which is 512 random bits."""
    return secrets.token_urlsafe(64)


def new_state() -> str:
    """Return a random value of 43 characters, so that a login can recognize its own callback."""
    return secrets.token_urlsafe(32)


def challenge_from_verifier(verifier: str) -> str:
    """Return the S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).decode("ascii").rstrip("=")


def is_verifier(text: str) -> bool:
    """Return whether the text is 43 to 128 characters of RFC 3986's unreserved alphabet."""
    return _VERIFIER.fullmatch(text) is not None
