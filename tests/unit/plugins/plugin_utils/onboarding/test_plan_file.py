# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan in files: what is in them, that no text of somebody else does anything in a comment, and that no tenant's plan is written over another's."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan_file import PlanFiles, code, markdown_of, plan_document, plan_paths
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import DESK, TenantFixture

ODD = [
    "a|b",
    "`a`",
    "a\\|b",
    "\\",
    "``",
    "@team",
    "<!-- x",
    "--> <script>alert(1)</script>",
    "<b>bold</b>",
    "**bold** _i_ ~~s~~",
    "#1 org/repo#2",
    "![x](https://a.example/x.png) [x](https://a.example)",
    "https://a.example/@team",
    "a\nb\r\n# c",
    "\x1b[31m\u202e",
    "| --- | --- |",
    "&lt;&#64;",
    "$x$",
    "x" * 5000,
]
READER = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def document(**members: Any) -> dict[str, Any]:
    """Return a plan with one row."""
    row = {"app": "invoice-portal", "action": "updated", "secret": "default", "secret_action": "unchanged", "expires_in": "90 days", "message": ""}
    plan = {
        "version": 1,
        "host": "contoso",
        "check": True,
        "changed": True,
        "server_time": "2026-11-26T12:00:00.000Z",
        "apps": {"created": 0, "updated": 1, "unchanged": 1234},
        "secrets": {"created": 0},
        "rows": [row],
        "updates": [{"client_id": "invoice-portal", "option": "redirect_uris", "before": [], "after": ["https://a.example/"]}],
        "failure": "",
    }
    return {**plan, **members}


def row_of(text: str) -> dict[str, str]:
    """Return a row all of whose cells are one text."""
    return dict.fromkeys(document()["rows"][0], text)


def inline_tokens(text: str) -> list[Token]:
    """Return the inline parts of a text of Markdown."""
    return [part for token in READER.parse(text) for part in token.children or ()]


def text_outside_of_code(tokens: list[Token]) -> str:
    """Return the text in which GitHub looks for names of people and issues."""
    outside, in_code = "", False
    for token in tokens:
        if token.type == "html_inline":
            in_code = token.content == "<code>"
        elif token.type in ("text", "text_special") and not in_code:
            outside += token.content
    return outside


def cells(text: str) -> list[list[str]]:
    """Return the rows of all tables, their cells as a reader sees them."""
    rows: list[list[str]] = []
    for token in READER.parse(text):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows and token.level >= 3:
            rows[-1].append("".join(part.content for part in token.children or () if part.type != "html_inline"))
    return rows


def test_the_comment() -> None:
    assert markdown_of(document()).splitlines() == [
        "<!-- abbyy.vantage plan of contoso -->",
        "### Plan for `contoso`",
        "",
        "1 updated, 1,234 unchanged. Secrets: none.",
        "",
        "| App | Action | Secret | Secret action | Expires in | Message |",
        "| --- | --- | --- | --- | --- | --- |",
        "| `invoice-portal` | `updated` | `default` | `unchanged` | `90 days` |  |",
        "",
        "#### Options that change",
        "",
        "| App | Option | Before | After |",
        "| --- | --- | --- | --- |",
        '| `invoice-portal` | `redirect_uris` | `[]` | `["https://a.example/"]` |',
    ]


def test_a_real_run_says_what_was_done() -> None:
    assert "### What was done in `contoso`" in markdown_of(document(check=False))


def test_a_run_that_did_not_begin_says_why() -> None:
    text = markdown_of({"host": "contoso", "failure": "Nothing was written. The tenant `x` is gone."})
    assert text.splitlines()[2:4] == ["", "**Failed:** <code>Nothing was written&#46; The tenant &#96;x&#96; is gone&#46;</code>"]


@pytest.mark.parametrize("text", ODD)
def test_no_text_does_anything_in_a_comment(text: str) -> None:
    comment = markdown_of(document(rows=[row_of(text)], failure=text, host=text))
    head = comment.splitlines()[0]
    tokens = inline_tokens(comment)

    assert {token.type for token in tokens} <= {"text", "code_inline", "html_inline", "softbreak", "strong_open", "strong_close", "text_special"}
    assert {token.content for token in tokens if token.type == "html_inline"} <= {"<code>", "</code>"}
    assert head.startswith("<!-- abbyy.vantage plan of ")
    assert head.count("-->") == 1
    assert head.endswith(" -->")
    assert [len(row) for row in cells(comment)] == [6, 6, 4, 4]
    assert not re.search(r"[@#]\w", text_outside_of_code(tokens))


@pytest.mark.parametrize("text", [text for text in ODD if len(text) < 300 and text.isprintable()])
def test_a_reader_sees_the_text_itself(text: str) -> None:
    assert cells(markdown_of(document(rows=[row_of(text)])))[1] == [" ".join(text.split())] * 6


@pytest.mark.parametrize("text", ["@team", "a @team b", "org/repo#1"])
def test_names_stand_in_code_where_nobody_is_called(text: str) -> None:
    (token,) = inline_tokens(code(text))
    assert (token.type, token.content) == ("code_inline", text)


def test_a_comment_fits() -> None:
    rows = [row_of(f"app-{number} | {'x' * 200}") for number in range(3000)]

    comment = markdown_of(document(rows=rows, updates=document()["updates"] * 3000))

    assert len(comment) <= 60_000
    assert re.search(r"^… and [\d,]+ more rows$", comment, re.MULTILINE)
    assert [len(row) for row in cells(comment)][:2] == [6, 6]


@pytest.mark.parametrize(
    ("path", "paths"),
    [
        ("", ()),
        (None, ()),
        ("/a/plan.json", ("/a/plan.json",)),
        ("/a/contoso.example", ("/a/contoso.example.json", "/a/contoso.example.md")),
    ],
)
def test_which_files_a_path_stands_for(path: str | None, paths: tuple[str, ...]) -> None:
    assert plan_paths(path) == paths


def test_a_relative_path_begins_in_the_working_directory() -> None:
    assert plan_paths("plan.md") == (f"{os.getcwd()}/plan.md",)


@pytest.fixture
def claimed(tmp_path: Path) -> PlanFiles:
    """A plan in two files of a folder that is made for them; its run has not ended."""
    files = PlanFiles("contoso", plan_paths(str(tmp_path / "new/plan")))
    files.claim()
    return files


def test_a_claimed_file_says_that_the_run_did_not_end(claimed: PlanFiles) -> None:
    _json, markdown = claimed.paths
    assert "The run did not end." in Path(markdown).read_text(encoding="utf-8")


def test_a_plan_is_written_in_place_of_the_claim(claimed: PlanFiles) -> None:
    path, _markdown = claimed.paths
    claimed.write(document())
    assert json.loads(Path(path).read_text(encoding="utf-8")) == document()


def test_a_claim_takes_the_place_of_the_plan_before(claimed: PlanFiles) -> None:
    path, _markdown = claimed.paths
    claimed.write(document())

    claimed.claim()

    assert json.loads(Path(path).read_text(encoding="utf-8"))["failure"] == "The run did not end."


def test_a_plan_leaves_two_files_that_everybody_may_read(claimed: PlanFiles) -> None:
    claimed.write(document())
    claimed.claim()
    found = list(Path(claimed.paths[0]).parent.iterdir())

    assert sorted(path.name for path in found) == ["plan.json", "plan.md"]
    assert {path.stat().st_mode & 0o777 for path in found} == {0o644}


@pytest.mark.parametrize("host", ["contoso", "a --> b", "\x1b[31m", "\ud800"])
@pytest.mark.parametrize("name", ["plan.json", "plan.md"])
def test_a_tenant_knows_its_own_plan_again(tmp_path: Path, name: str, host: str) -> None:
    files = PlanFiles(host, (str(tmp_path / name),))
    files.claim()
    files.write(document(host=host))

    files.claim()

    with pytest.raises(ConfigError, match="holds the plan of"):
        PlanFiles("fabrikam", files.paths).claim()


@pytest.mark.parametrize("name", ["plan.json", "plan.md"])
@pytest.mark.parametrize("text", ["", "# Notes\n", "[]", '{"host": "contoso"}'])
def test_a_file_that_is_no_plan_is_not_written_over(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match="already exists and is not a plan; choose another path, or remove the file"):
        PlanFiles("contoso", (str(path),)).claim()

    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["file/plan.md", "folder.md"])
def test_a_path_that_cannot_be_written_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "folder.md").mkdir()

    with pytest.raises(ConfigError) as caught:
        PlanFiles("contoso", (str(tmp_path / name),), "app_onboarding_plan_file").claim()

    assert caught.value.message.startswith(f"Nothing was written. app_onboarding_plan_file '{tmp_path / name}' cannot be written: ")
    assert "\n" not in caught.value.message


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plan.md")

    with pytest.raises(ConfigError, match="cannot be written: it is no plain file; choose another path"):
        PlanFiles("contoso", (str(tmp_path / "plan.md"),)).claim()


@pytest.mark.parametrize("name", ["a\0.md", "\ud800.json"])
def test_a_name_that_no_file_has_is_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"plan_file .* holds a character that no path has; choose another path"):
        PlanFiles("contoso", (str(tmp_path / name),)).claim()


@pytest.fixture
def gone(tmp_path: Path) -> PlanFiles:
    """A plan in a folder that is gone."""
    return PlanFiles("contoso", (str(tmp_path / "gone/plan.md"),))


def test_a_plan_that_cannot_be_written_at_the_end_is_an_error(gone: PlanFiles) -> None:
    with pytest.raises(VantageError, match="could not be written: No such file or directory") as caught:
        gone.write(document())

    assert caught.value.code == "plan_file"


def test_a_failure_that_cannot_be_written_at_the_end_is_no_second_error(gone: PlanFiles) -> None:
    gone.write_failure("x")


def test_a_file_is_made_beside_the_one_that_it_replaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A folder for temporary files on another disk: nothing can be moved from there as a whole.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "other disk"))
    files = PlanFiles("contoso", (str(tmp_path / "plan.md"),))

    files.write(document())

    assert [path.name for path in tmp_path.iterdir()] == ["plan.md"]


def test_a_file_that_could_not_be_moved_into_place_is_removed(tmp_path: Path) -> None:
    (tmp_path / "plan.md").mkdir()

    with pytest.raises(VantageError, match="could not be written: Is a directory"):
        PlanFiles("contoso", (str(tmp_path / "plan.md"),)).write(document())

    assert [path.name for path in tmp_path.iterdir()] == ["plan.md"]


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [("x" * 300, 300, "x" * 300), ("x" * 301, 300, f"{'x' * 300}…"), ("abc", 2, "ab…"), (" a  b ", 300, "a b")],
)
def test_a_long_cell_is_cut(text: str, most: int, shown: str) -> None:
    assert code(text, most) == f"`{shown}`"


@pytest.mark.parametrize("text", ["", "-"])
def test_a_cell_that_says_nothing_is_no_code(text: str) -> None:
    assert code(text) == text


def test_the_rows_left_out_are_counted() -> None:
    rows = [row_of(f"app-{number} {'x' * 200}") for number in range(100)]

    comment = markdown_of(document(rows=rows))
    shown = comment.count("\n| `app-")

    assert f"… and {100 - shown} more rows" in comment
    # As many as there is room for, beside the other table.
    assert len(comment) + len(max(comment.splitlines(), key=len)) + 300 > 60_000


def plan_of(tenant: TenantFixture, apps: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the document of a run in check mode."""
    engine = EngineRun(tenant.in_process, tenant.store, apps, check=True)
    result = engine.perform()
    assert engine.outcome
    return plan_document("contoso", engine.outcome, result)


def test_a_plan_lists_what_changes_and_each_option_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("renewal", monkeypatch)

    plan = plan_of(tenant, [tenant.scenario.apps[0], DESK])

    assert (plan["host"], plan["check"], plan["changed"], plan["failure"]) == ("contoso", True, True, "")
    assert [(row["app"], row["action"]) for row in plan["rows"]] == [("intake", "renewed"), ("desk", "renewed")]
    assert plan["updates"] == [{"client_id": "intake", "option": "client_name", "before": "intake", "after": "Intake of claims"}]


def test_a_plan_without_changes_has_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = TenantFixture("from nothing", monkeypatch)
    tenant.run()

    plan = plan_of(tenant, tenant.scenario.apps)

    assert (plan["changed"], plan["rows"], plan["updates"]) == (False, [], [])
    assert markdown_of(plan).splitlines()[-1] == "2 unchanged. Secrets: 2 unchanged."
