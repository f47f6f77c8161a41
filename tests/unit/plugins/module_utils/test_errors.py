# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exceptions."""

from __future__ import annotations

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils import errors

CLASSES = (errors.ConfigError, errors.TransportError, errors.ApiError, errors.AuthError, errors.NotFoundError, errors.ConflictError, errors.RefusedError)


def test_an_error_says_what_an_answer_carries() -> None:
    error = errors.ApiError("It broke.", status=500, code="http_500", method="PUT", path="/x", in_doubt=True, changed=True)
    assert str(error) == error.message == "It broke."
    assert error.as_details() == {"status": 500, "code": "http_500", "method": "PUT", "path": "/x"}
    assert error.in_doubt
    assert error.changed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("client 'a b' \u00fc \u0416 \u4e2d", "client 'a b' \u00fc \u0416 \u4e2d"),
        ("\x1b[31m\x07", "\\x1b[31m\\x07"),
        ("\x9b31m\x85", "\\x9b31m\\x85"),
        ("a\u202eb\u2066c\u200ed", "a\\u202eb\\u2066c\\u200ed"),
        ("a\nb\rc\td\u2028e", "a\\nb\\rc\\td\\u2028e"),
        ("half \ud800", "half \\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("", ""),
    ],
)
def test_what_no_terminal_should_get_is_escaped(text: str, shown: str) -> None:
    assert errors.shown(text) == shown
    assert errors.shown(shown) == shown
    error = errors.ApiError(text, path=text)
    assert str(error) == error.message == error.path == shown


@pytest.mark.parametrize("kind", CLASSES)
def test_one_class_catches_them_all_and_all_have_the_same_details(kind: type[errors.VantageError]) -> None:
    error = kind("It broke.")
    assert isinstance(error, errors.VantageError)
    assert set(error.as_details()) == {"status", "code", "method", "path"}
    assert not error.in_doubt
    assert not error.changed


@pytest.mark.parametrize(("kind", "code"), [(errors.ConfigError, "invalid_option"), (errors.RefusedError, "refused")])
def test_the_two_that_never_met_a_server_have_a_code_all_the_same(kind: type[errors.VantageError], code: str) -> None:
    assert kind("No.").code == code


def test_what_a_server_refused_is_an_answer_of_the_api() -> None:
    assert all(issubclass(kind, errors.ApiError) for kind in (errors.AuthError, errors.NotFoundError, errors.ConflictError))
    assert not issubclass(errors.TransportError, errors.ApiError)


def test_the_first_are_named_and_the_rest_is_counted() -> None:
    assert errors.named([]) == ""
    assert errors.named(["a"]) == "a"
    assert errors.named(["a", "b"], separator="; ") == "a; b"
    assert errors.named(map(str, range(20))).endswith("18, 19")
    assert errors.named(map(str, range(1221))).endswith("18, 19, and 1,201 more")
    assert errors.named(["a", "b", "c"], most=1) == "a, and 2 more"
