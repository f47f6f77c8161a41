# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guide to troubleshooting quotes is what the code says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import PLUGINS, ROOT, read_tree

GUIDE = ROOT / "docs/guides/troubleshooting.md"
TABLE = re.compile(r"^\| Message \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", re.MULTILINE)
# Every name and number in a message.
GAP = "…"


def list_quotes() -> list[str]:
    """List what the first column of the tables has in backquotes."""
    rows = [row for table in TABLE.findall(GUIDE.read_text(encoding="utf-8")) for row in table.splitlines()]
    return [quote for row in rows for quote in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


def tidy(text: str) -> str:
    """Return the text on one line, without the quotation marks that gaps stand in."""
    return re.sub(rf"['\"]?{GAP}['\"]?", GAP, " ".join(text.split()))


def read_python(tree: ast.Module) -> Iterator[str]:
    """Read the texts of a file, with gaps where values are put in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values)


@lru_cache(maxsize=1)
def read_messages() -> tuple[str, ...]:
    """Read all that plugins, role and playbooks can say."""
    said = [text for path in PLUGINS for text in read_python(read_tree(path))]
    tasks = [path for folder in ("roles", "playbooks") for path in (ROOT / folder).rglob("*.yml")]
    said += [re.sub(r"\{\{.*?\}\}", GAP, path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in tasks]
    return tuple(tidy(text) for text in said)


def is_said(quote: str) -> bool:
    """Tell whether some message has these words; what the server's number fills is a gap there."""
    forms = {tidy(quote), tidy(re.sub(r"\b[1-5]\d\d$", GAP, quote))}
    return any(form in text for form in forms for text in read_messages())


def test_there_are_quotes() -> None:
    assert len(list_quotes()) > 60


@pytest.mark.parametrize("quote", list_quotes())
def test_quoted_message_is_in_the_code(quote: str) -> None:
    assert len(re.sub(rf"[{GAP}\W\d]", "", quote)) >= 8, "too short to tell one message from another"
    assert is_said(quote), "change the quote in docs/guides/troubleshooting.md to what is said now, or take it out"


def test_an_invented_message_is_not_found() -> None:
    assert not is_said("There is nothing to log in with, so help yourself")
