# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exceptions."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils import errors

CLASSES = (errors.ConfigError, errors.TransportError, errors.ApiError, errors.AuthError, errors.NotFoundError, errors.ConflictError, errors.RefusedError)


def test_an_error_has_what_a_module_returns() -> None:
    error = errors.ApiError("It broke.", status=500, code="http_500", method="PUT", path="/x", in_doubt=True, changed=True)

    assert str(error) == error.message == "It broke."
    assert error.as_details() == {"status": 500, "code": "http_500", "method": "PUT", "path": "/x"}
    assert error.in_doubt
    assert error.changed


dangerous_text = pytest.mark.parametrize(
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


@dangerous_text
def test_what_no_terminal_should_get_is_escaped_once(text: str, shown: str) -> None:
    assert errors.shown(text) == shown
    assert errors.shown(shown) == shown


@dangerous_text
def test_message_and_path_of_an_error_are_escaped(text: str, shown: str) -> None:
    error = errors.ApiError(text, path=text)
    assert str(error) == error.message == error.path == shown


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_is_a_vantage_error_with_the_same_details(kind: type[errors.VantageError]) -> None:
    error = kind("It broke.")

    assert isinstance(error, errors.VantageError)
    assert set(error.as_details()) == {"status", "code", "method", "path"}
    assert not error.in_doubt
    assert not error.changed


@pytest.mark.parametrize(("kind", "code"), [(errors.ConfigError, "invalid_option"), (errors.RefusedError, "refused")])
def test_an_error_without_a_server_has_a_code(kind: type[errors.VantageError], code: str) -> None:
    assert kind("No.").code == code


@pytest.mark.parametrize(
    ("kind", "answered"),
    [(errors.AuthError, True), (errors.NotFoundError, True), (errors.ConflictError, True), (errors.TransportError, False)],
)
def test_an_answer_of_the_server_is_an_api_error(kind: type[errors.VantageError], answered: bool) -> None:
    assert issubclass(kind, errors.ApiError) is answered


@pytest.mark.parametrize(
    ("names", "options", "text"),
    [
        ([], {}, ""),
        (["a"], {}, "a"),
        (["a", "b"], {"separator": "; "}, "a; b"),
        (["a", "b", "c"], {"most": 1}, "a, and 2 more"),
    ],
)
def test_names_are_joined_and_the_rest_is_counted(names: list[str], options: dict[str, Any], text: str) -> None:
    assert errors.named(names, **options) == text


@pytest.mark.parametrize(("count", "end"), [(20, "18, 19"), (1221, "18, 19, and 1,201 more")])
def test_twenty_names_are_shown(count: int, end: str) -> None:
    assert errors.named(map(str, range(count))).endswith(end)
