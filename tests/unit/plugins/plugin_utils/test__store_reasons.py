# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reasons that other collections' modules give, without what surrounds them and without any secret."""

from __future__ import annotations

import base64

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_reasons import (
    LONGEST,
    UNSAID,
    passwords,
    plain_reason,
    reasons_said,
    reasons_said_by_kubernetes,
)

SECRET = "s3cr3t-value"
STATUS = r"""Failed to replace object: b'{"kind":"Status","message":"secrets \\"x\\" is forbidden","reason":"Forbidden"}'"""


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Permission denied writing to 'x'", "Permission denied writing to 'x'"),
        ("Task failed: Finalization of task args failed: Error while resolving value for 'x': The lookup plugin 'a.b.c' failed: Forbidden.", "Forbidden."),
        ("An unhandled exception occurred while running the lookup plugin 'a'. Error was a <class 'E'>, original message: Forbidden.", "Forbidden."),
        (f"Could not write {SECRET} of {base64.b64encode(SECRET.encode()).decode()}", "Could not write *** of ***"),
        (STATUS, 'secrets "x" is forbidden'),
        ("two\n  lines", "two lines"),
        ("", UNSAID),
        (None, UNSAID),
        ("x" * 1000, "x" * (LONGEST - 1) + "…"),
    ],
)
def test_plain_reason(message: str | None, expected: str) -> None:
    assert plain_reason(message, [SECRET, ""]) == expected


def test_only_failed_items_say_something() -> None:
    results = [{"n": "a", "changed": True}, {"n": "b", "msg": "no"}, {"n": "c", "failed_when_suppressed_exception": "(traceback unavailable)"}]
    assert reasons_said(results, "n", []) == {"b": "no", "c": UNSAID}


@pytest.mark.parametrize(
    ("answer", "names", "expected"),
    [
        ({"skipped": True}, [], {}),
        ({"msg": "no cluster"}, ["a", "b"], {"a": "no cluster", "b": "no cluster"}),
        ({"changed": False, "result": {}, "error": {"msg": "no"}}, ["a"], {"a": "no"}),
        ({"changed": True, "result": {"kind": "Secret"}}, ["a"], {}),
        ({"changed": True, "result": {"results": [{"result": {}}, {"error": {"msg": "no"}}]}}, ["a", "b"], {"b": "no"}),
    ],
)
def test_kubernetes_answers_in_two_shapes(answer: dict[str, object], names: list[str], expected: dict[str, str]) -> None:
    assert reasons_said_by_kubernetes(answer, names, []) == expected


def test_passwords_are_the_login_and_the_values() -> None:
    options = {"token": "t", "secret_key": "k", "secret_id": "i", "url": "u", "validate_certs": True, "controller_oauthtoken": "o"}
    assert sorted(passwords(options, {"n": {"id": "1", "value": "v"}, "m": {"id": "2"}})) == ["i", "k", "o", "t", "v"]
