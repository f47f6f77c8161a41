# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error responses become a code and one line of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.http.problem import problem_from_body, reason


@pytest.mark.parametrize(
    ("status", "body", "code", "text"),
    [
        (400, {"error": "invalid_client"}, "invalid_client", "invalid_client"),
        (400, {"error": "invalid_grant", "error_description": "wrong password."}, "invalid_grant", "invalid_grant. wrong password"),
        (400, {"error": "x", "error_description": None}, "x", "x"),
        (400, {"title": "Bad Request", "status": 400, "detail": "The limit is 5."}, "http_400", "Bad Request. The limit is 5"),
        (409, {"title": "Conflict", "detail": "Conflict"}, "http_409", "Conflict"),
        (
            400,
            {"title": "One or more validation errors occurred.", "errors": {"clientId": ["The clientId field is required."], "redirectUris": ["bad", "worse"]}},
            "http_400",
            "One or more validation errors occurred. clientId: The clientId field is required.; redirectUris: bad worse",
        ),
        (400, {"errors": {"expiration": "too late"}}, "http_400", "expiration: too late"),
        (500, {"message": "Something broke"}, "http_500", "Something broke"),
        (403, None, "http_403", "Forbidden"),
        (403, [], "http_403", "Forbidden"),
        (403, {}, "http_403", "Forbidden"),
        (403, "Forbidden by proxy", "http_403", "Forbidden"),
        (400, {"errors": []}, "http_400", "Bad Request"),
        (400, {"error": {"code": 5}}, "http_400", "Bad Request"),
        (599, None, "http_599", "unknown status"),
    ],
)
def test_an_error_becomes_a_code_and_one_line(status: int, body: Any, code: str, text: str) -> None:
    assert problem_from_body(status, body, str)[:2] == (code, text)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"title": "Bad", "errors": {"$.accessTokenLifetime": ["no"], "client": ["no"]}}, ("$.accessTokenLifetime", "client")),
        ({"errors": {"a": 1}}, ("a",)),
        ({"title": "Bad", "errors": ["a"]}, ()),
        ({"error": "invalid_client", "errors": {"a": 1}}, ()),
        (None, ()),
    ],
)
def test_the_fields_that_a_refusal_names_are_kept(body: Any, fields: tuple[str, ...]) -> None:
    assert problem_from_body(400, body, str).fields == fields


def test_control_characters_go_and_a_long_text_is_cut() -> None:
    problem = problem_from_body(400, {"error": "bad\x1b[31m\nthing", "error_description": "x" * 5000}, str)
    assert problem.text.startswith("bad [31m thing. xxx")
    assert len(problem.text) < 500


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("invalid_client", "invalid_client"),
        ("urn.oauth-error_1", "urn.oauth-error_1"),
        ("x" * 64, "x" * 64),
        ("x" * 65, "http_401"),
        ("", "http_401"),
        ("invalid client", "http_401"),
        ("invalid_client\n", "http_401"),
        ("Authorization: Bearer abc", "http_401"),
        ("bad\x1b[31m", "http_401"),
        ("\u202eclient", "http_401"),
        ("fehlgeschl\u00e4gen", "http_401"),
        # A word, but a secret one.
        ("hunter2.hunter2", "http_401"),
    ],
)
def test_a_code_is_a_word_or_the_status(error: str, code: str) -> None:
    assert problem_from_body(401, {"error": error}, lambda text: text.replace("hunter2", "***")).code == code


@pytest.mark.parametrize(
    "body_from_text",
    [
        lambda text: {"error": "x", "error_description": text},
        lambda text: {"title": text},
        lambda text: {"detail": text},
        lambda text: {"message": text},
        lambda text: {"errors": {"field": [text]}},
    ],
    ids=["error_description", "title", "detail", "message", "errors"],
)
@pytest.mark.parametrize("ahead", range(250, 420, 10))
def test_secrets_are_masked_before_a_text_is_cut(body_from_text: Callable[[str], dict[str, Any]], ahead: int) -> None:
    secret = "s" * 100
    body = body_from_text(f"{'x' * ahead}{secret} is wrong")

    problem = problem_from_body(400, body, lambda text: text.replace(secret, "***"))

    assert "ss" not in problem.text


def test_long_field_errors_are_cut() -> None:
    errors = {f"field{number}": ["must be a string"] for number in range(500)}
    problem = problem_from_body(400, {"errors": errors}, str)
    assert len(problem.text) <= 401


@pytest.mark.parametrize(("status", "phrase"), [(503, "Service Unavailable"), (299, "unknown status")])
def test_the_phrase_of_a_status_is_the_standard_one(status: int, phrase: str) -> None:
    assert reason(status) == phrase
