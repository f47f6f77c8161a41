# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RFC 7636."""

from __future__ import annotations

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.login.pkce import challenge_from_verifier, is_verifier, new_state, new_verifier


def test_the_challenge_is_that_of_the_rfc() -> None:
    # Appendix B.
    assert challenge_from_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_verifiers_are_valid_and_never_the_same() -> None:
    verifiers = {new_verifier() for _time in range(200)}

    assert len(verifiers) == 200
    assert {len(verifier) for verifier in verifiers} == {86}
    assert [verifier for verifier in verifiers if not is_verifier(verifier)] == []


def test_states_are_never_the_same_and_hold_256_bits() -> None:
    states = {new_state() for _time in range(200)}
    assert len(states) == 200
    assert {len(state) for state in states} == {43}


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("a" * 42, False),
        ("a" * 43, True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("azAZ09-._~" * 5, True),
        ("a" * 43 + "+", False),
        ("a" * 43 + "/", False),
        ("a" * 43 + "=", False),
        ("a" * 43 + " ", False),
        ("a" * 43 + "\n", False),
        ("ä" * 43, False),
        ("٣" * 43, False),
        ("", False),
    ],
)
def test_a_verifier_is_43_to_128_unreserved_characters(text: str, valid: bool) -> None:
    assert is_verifier(text) is valid
