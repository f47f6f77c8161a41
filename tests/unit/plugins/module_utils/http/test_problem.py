# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What servers say of errors."""

from __future__ import annotations

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
    assert problem_from_body(status, body) == (code, text)


def test_control_characters_and_length_are_tamed() -> None:
    problem = problem_from_body(400, {"error": "bad\x1b[31m\nthing", "error_description": "x" * 5000})
    assert problem.code == "bad [31m thing"
    assert "\n" not in problem.text
    assert "\x1b" not in problem.text
    assert len(problem.text) < 500


def test_long_field_errors_are_cut() -> None:
    assert len(problem_from_body(400, {"errors": {f"field{n}": ["must be a string"] for n in range(500)}}).text) <= 401


def test_the_phrase_of_a_status_is_the_standard_one() -> None:
    assert reason(503) == "Service Unavailable"
    assert reason(299) == "unknown status"
