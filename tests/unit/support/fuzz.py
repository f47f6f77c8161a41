# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fuzz tests share: the number of examples, values that people and servers get wrong, and rules for every text."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# In all; each test takes its share.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
ODD_TEXTS = [
    *("", " ", "x" * 5000, "9" * 5000, "0123", "12:30", "1_000", "0x1F", "1.10", "1e400", "-1", "0", "true", "no", "null", "~", ".", "..", "a/b", "*", "["),
    *("90d", "26w", "-1d", "1e9d", "999999999999w", "9" * 400 + "d", "\u0663d", "PT1H", "P1Y", "1.02:03:04", "00:00:00.1"),
    *("2027-02-30", "2026-13-45", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00", "2027-01-01", "2027-01-01T00:00:00Z", "2027-01-01T25:00:00Z"),
    *(
        "{{ domain }}",
        "{% if x %}",
        "$ANSIBLE_VAULT;1.1;AES256",
        "!vault",
        "\ufeff",
        "\x00",
        "\x1b[31m",
        "\x07",
        "\x85",
        "\u202eab",
        "\u2028",
        "a\nb",
        "a\r\nb",
    ),
    *("\ud800", "a\udfffb", "\U0001f600", "\u00e4", "\u0130", "\u00df", "ABC ", " abc"),
    *(
        "https://a.example/cb",
        "https://[",
        "https://[::1]/cb",
        "https://a.example:99999/",
        "https://a..example",
        "https://\ud800.example/",
        "http://localhost:1/cb",
    ),
    *(
        "https://u:p@a.example/",
        "https://a.example/cb#f",
        "https://a.example\\cb",
        "localhost:3000/cb",
        "https://*.example.com",
        "https://\u2100.example/",
        "//a",
    ),
    *("client_credentials", "client_credential", "authorization_code", "password", "hybrid", "implicit", "openid", "publicapi.all"),
]
texts = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=12), st.text(st.characters(max_codepoint=0x9F), max_size=8))
numbers = st.one_of(st.integers(-3, 100000), st.sampled_from([10**30, -(10**30), 2**31, 2**63, 10**400, 1.5, 1e308, float("inf"), float("nan")]))
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
anything: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)), max_leaves=6
)


def examples(share: float, short: int) -> settings:
    """Return the settings of a test.

    :param share: its part of all examples, where somebody asks for many.
    :param short: how many there are in the checks.
    """
    return settings(
        max_examples=max(1, round(EXAMPLES * share)) if EXAMPLES else short,
        # The same ones each time in the checks; new ones where somebody asks for many.
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def assert_told(text: Any, *secrets: str) -> None:
    """Check a text for people: printable lines, without secrets and without Python internals."""
    assert isinstance(text, str)
    assert text.strip()
    assert [line for line in text.split("\n") if not line.isprintable()] == []
    assert "Traceback" not in text
    assert not any(secret in text for secret in secrets), "a secret is shown"
