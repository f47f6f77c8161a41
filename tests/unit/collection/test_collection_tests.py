# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests look at what is public and read as given, when, then; and a test that leaves a release of ansible-core out says why."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT, read_tree

TESTS = sorted((ROOT / "tests/unit").rglob("test_*.py")) + sorted((ROOT / "tests/integration").rglob("test_*.py"))
# Of named tuples, where the underscore only keeps them apart from the fields; and how a task ends its process.
PUBLIC = ("_asdict", "_exit", "_fields", "_make", "_replace")
# Shorter tests are read at a glance.
SHORT = 3


def private_names(tree: ast.AST) -> list[str]:
    """Return the private names that are reached from outside of what has them, each with its line."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls", "super()"):
            found.append((node.lineno, node.attr))
        if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("__"):
            found += [(node.lineno, alias.name) for alias in node.names]
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("setattr", "delattr", "patch", "patch.object")):
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
            found += [(node.lineno, text.rpartition(".")[2]) for text in texts[:1]]
    return [f"{line}: {name}" for line, name in found if name.startswith("_") and not name.endswith("__") and name not in PUBLIC]


def marks_without_a_reason(tree: ast.AST) -> list[int]:
    """Return the lines of marks one_core that do not say in words why one is enough."""
    marks = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "one_core"]
    reasoned = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) == 1 and " " in str(getattr(node.args[0], "value", ""))]
    return [node.lineno for node in marks if node not in reasoned]


def list_blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """List the blocks of a function: its body, and those of its loops, contexts and conditions, but not those of functions in it."""
    for name in ("body", "orelse", "finalbody"):
        block = [item for item in getattr(node, name, []) if isinstance(item, ast.stmt)]
        if block:
            yield block
        for item in block:
            if not isinstance(item, (ast.FunctionDef, ast.ClassDef)):
                yield from list_blocks(item)


def crowded_assertions(text: str) -> list[str]:
    """Return the tests whose assertions follow what is done without a blank line, or the other way round, each with its line."""
    lines, found = text.splitlines(), []
    for test in ast.walk(ast.parse(text)):
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            for block in list_blocks(test):
                for before, after in pairwise(block if len(block) > SHORT else []):
                    turns = isinstance(before, ast.Assert) != isinstance(after, ast.Assert)
                    if turns and all(lines[(before.end_lineno or 0) : after.lineno - 1]):
                        found.append(f"{after.lineno}: {test.name}")
    return found


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_what_is_done_and_what_follows_stand_apart(path: Path) -> None:
    assert crowded_assertions(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_no_private_name_is_looked_at(path: Path) -> None:
    assert private_names(read_tree(path)) == []


def test_one_core_is_enough_for_a_reason() -> None:
    assert {path.name: lines for path in TESTS if (lines := marks_without_a_reason(read_tree(path)))} == {}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("assert action._task.args == {}", ["1: _task"]),
        ("monkeypatch.setattr(Handler, '_write', write)", ["1: _write"]),
        ("monkeypatch.setattr('a.b._c', None)", ["1: _c"]),
        ("from a import _b", ["1: _b"]),
        ("self._thread.join(); item._replace(a=1); os._exit(0); from __future__ import annotations; a.__class__", []),
    ],
)
def test_a_private_name_would_be_found(code: str, names: list[str]) -> None:
    assert private_names(ast.parse(code)) == names


@pytest.mark.parametrize(("code", "lines"), [("pytest.mark.one_core('no core runs')", []), ("@pytest.mark.one_core\ndef test(): ...", [1])])
def test_a_missing_reason_would_be_found(code: str, lines: list[int]) -> None:
    assert marks_without_a_reason(ast.parse(code)) == lines


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["def test_a():", "    a = 1", "    b = 2", "    c = a", "", "    # Why.", "    assert c == 1", "    assert b == 2"], []),
        (["def test_a():", "    a = 1", "    assert a == 1"], []),
        (["def test_a():", "    a = 1", "    b = 2", "    c = 3", "    assert a + b == c"], ["5: test_a"]),
        (
            ["def test_a():", "    with open():", "        a = 1", "        assert a", "        a = 2", "        assert a"],
            ["4: test_a", "5: test_a", "6: test_a"],
        ),
        (["def helper():", "    a = 1", "    b = 2", "    c = 3", "    assert a + b == c"], []),
    ],
)
def test_crowded_assertions_would_be_found(lines: list[str], found: list[str]) -> None:
    code = "\n".join(lines)
    assert crowded_assertions(code) == found
