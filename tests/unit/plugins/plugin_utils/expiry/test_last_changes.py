# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit log tells of each client, whatever else is in the file."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.audit.record import Who, Write, line_of
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.last_changes import last_changes

TENANT = "7a1de5a0c0de4b1e8f00c04705000001"
OTHER = "7a1de5a0c0de4b1e8f00fab21ca00002"
START = datetime(2026, 9, 7, tzinfo=timezone.utc)


def line(client_id: str, minute: int, user: str = "alice", result: str = "done", tenant: str = TENANT) -> str:
    write = Write("create_secret", client_id, "1", "due", result=result)
    return line_of(write, Who("r", user, "automation", "42", tenant), START + timedelta(minutes=minute))


def by(path: Path, tenant: str = TENANT) -> dict[str, str]:
    return {client_id: change["user"] for client_id, change in last_changes(str(path), tenant).items()}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], {}),
        ([line("a", 1), line("b", 2, "bob"), line("a", 3, "carol")], {"a": "carol", "b": "bob"}),
        ([line("a", 3, "carol"), line("a", 1)], {"a": "carol"}),
        ([line("a", 1), line("a", 2, "bob", "refused"), line("a", 3, "bob", "not_there")], {"a": "alice"}),
        ([line("a", 1), line("a", 2, "bob", "in_doubt")], {"a": "bob"}),
        ([line("a", 1), line("a", 2, "bob", tenant=OTHER)], {"a": "alice"}),
        ([line("a", 1), line("a", 2, "bob")[:50], "", "kernel: out of memory", "[" * 200_000, line("b", 3)], {"a": "alice", "b": "alice"}),
        ([line("a", 1, tenant="7A1DE5A0-C0DE-4B1E-8F00-C04705000001")], {"a": "alice"}),
    ],
)
@pytest.mark.parametrize("tenant", [TENANT, "7a1de5a0-c0de-4b1e-8f00-c04705000001"], ids=["id", "id with hyphens"])
def test_the_last_one_who_changed_a_client(tmp_path: Path, lines: list[str], expected: dict[str, str], tenant: str) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    assert by(path, tenant) == expected


def test_undecodable_bytes_are_skipped_and_the_last_line_needs_no_line_break(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b"\xff\xfe\0\n" + line("a", 1).encode())
    assert by(path) == {"a": "alice"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a\0b", "no such file or directory"),
        ("\ud800", "no such file or directory"),
        ("none", "no such file or directory"),
        ("pipe", "is not a plain file"),
        (".", "is a directory"),
    ],
    ids=repr,
)
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match=reason):
        last_changes(str(tmp_path / name), TENANT)
