# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The encrypted file of secrets, by real playbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_secret_file"
VALUE = "a-value-that-nobody-may-see"
PASSWORD = "a-password-that-nobody-may-see"


def file_task(path: str, password: str = PASSWORD, **options: Any) -> dict[str, Any]:
    """Return a task on the file."""
    return {MODULE: {"path": path, "vault_password": password, **options}}


def test_life_of_a_file(playbooks: PlaybookRunner) -> None:
    path = playbooks.folder / "secrets.yml"
    entry = {"app/production": {"id": "1", "value": VALUE}}
    newer = {"app/production": {"id": "2", "value": VALUE}}
    merge = {"state": "merge", "entries": entry}
    run = playbooks.run_tasks(
        {**file_task(str(path), **merge), "check_mode": True},
        file_task(str(path)),
        file_task(str(path), **merge),
        file_task(str(path), **merge),
        file_task(str(path)),
        file_task(str(path), include_values=True),
        file_task(str(path), state="merge", entries=newer, expect={"app/production": "another"}),
        file_task(str(path), "wrong"),
        file_task(str(path), state="merge", remove=["app/production"]),
        file_task(str(path)),
    )
    planned, missing, made, again, read, valued, refused, wrong, removed, emptied = run.answers
    assert [answer["changed"] for answer in (planned, made, again, refused, removed)] == [True, True, False, False, True]
    assert missing["exists"] is False
    assert read["entries"] == {"app/production": {"id": "1"}}
    assert valued["entries"] == entry
    assert list(refused["refused"]) == ["app/production"]
    assert wrong["failed"]
    assert str(path) in wrong["msg"]
    assert emptied["entries"] == {}
    assert path.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
    assert path.stat().st_mode & 0o777 == 0o600
    # Not even as a part of a longer text.
    assert VALUE not in run.output
    assert PASSWORD not in run.output


def test_what_cannot_be_written_is_said_in_one_sentence(playbooks: PlaybookRunner) -> None:
    plain = playbooks.folder / "plain.yml"
    plain.write_text("app: {}\n", encoding="utf-8")
    run = playbooks.run_tasks(
        file_task(str(plain)),
        file_task(str(playbooks.folder / "missing" / "secrets.yml"), state="merge", entries={"app": {"value": VALUE}}),
    )
    assert [answer["failed"] for answer in run.answers] == [True, True]
    assert "not encrypted with ansible-vault" in run.answers[0]["msg"]
    assert "there is no folder" in run.answers[1]["msg"]
    assert plain.read_text(encoding="utf-8") == "app: {}\n"
    assert "Traceback" not in run.output
