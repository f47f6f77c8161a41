# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write becomes one line, whatever is in it; a torn or foreign line is no record."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.audit.record import Who, Write, failed_write, line_of, noted_from_line
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, AuthError, ConfigError, NotFoundError, TransportError, VantageError

WHO = Who("r1", "alice", "automation", "42", "7a1d")
MOMENT = datetime(2026, 9, 7, 13, 3, 38, 380000, tzinfo=timezone.utc)
LINE = line_of(Write("delete_client", "app"), WHO, MOMENT)

any_client_id = pytest.mark.parametrize("client_id", ["a\nb", "a\u2028b", "\x1b[2Jx", 'a"b', "käse", "\ud800", "x" * 10_000])


def test_the_line_names_who_did_what_and_why() -> None:
    write = Write("update_client", "app", "", "differs", ["redirect_uris"], "done", 200)
    assert json.loads(line_of(write, WHO, MOMENT)) == {
        "time": "2026-09-07T13:03:38.380Z",
        "run": "r1",
        "user": "alice",
        "login": "automation",
        "job": "42",
        "tenant": "7a1d",
        "action": "update_client",
        "client_id": "app",
        "secret_id": "",
        "reason": "differs",
        "options": ["redirect_uris"],
        "result": "done",
        "status": 200,
    }


@any_client_id
def test_any_value_stays_on_one_line_of_ascii(client_id: str) -> None:
    line = line_of(Write("delete_client", client_id, reason="pruned"), WHO, MOMENT)
    assert line.isascii()
    assert line.splitlines() == [line]


@any_client_id
def test_a_line_is_read_back_as_it_was_written(client_id: str) -> None:
    line = line_of(Write("delete_client", client_id, reason="pruned"), WHO, MOMENT)

    noted = noted_from_line(line)

    assert noted is not None
    assert (noted.client_id, noted.user, noted.result) == (client_id, "alice", "in_doubt")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "null",
        "[]",
        "5",
        '"text"',
        '{"time": "2026-09-07T13:03:38.380Z"}',
        line_of(Write("a", "b"), WHO, MOMENT)[:-9],
        "[" * 100_000,
        "Nov 7 host x: y",
    ],
)
def test_a_foreign_or_torn_line_is_no_record(line: str) -> None:
    assert noted_from_line(line) is None


def test_a_line_with_an_unreadable_time_is_no_record() -> None:
    assert noted_from_line(LINE.replace("2026-09", "soon")) is None


@pytest.mark.parametrize(
    ("action", "error", "result"),
    [
        ("create_secret", TransportError("m", in_doubt=True), "in_doubt"),
        ("create_secret", TransportError("m"), None),
        ("create_secret", ApiError("m", status=502, in_doubt=True), "in_doubt"),
        ("create_client", ApiError("m", status=400), "refused"),
        ("create_client", AuthError("m", status=403), "refused"),
        ("delete_secret", NotFoundError("m", status=404), "not_there"),
        ("update_client", NotFoundError("m", status=404), "refused"),
        ("delete_client", ConfigError("m"), None),
    ],
)
def test_an_error_tells_what_became_of_the_write(action: str, error: VantageError, result: str | None) -> None:
    noted = failed_write(Write(action, "app"), error)
    assert (noted and noted.result) == result
