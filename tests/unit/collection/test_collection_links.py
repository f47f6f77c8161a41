# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links between the project's own pages lead somewhere, as GitHub shows them; the build of the site looks at them a second time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT, list_project_files

FILES = set(list_project_files())
# What the site has besides is made for it alone, and refers to generated pages.
PAGES = sorted(path for path in FILES if path.suffix == ".md" and not path.is_relative_to(ROOT / "docs/site"))
READER = MarkdownIt("commonmark").enable("table")


def read_tokens(page: Path) -> Iterator[Token]:
    """Read a page, inline parts included."""
    for token in READER.parse(page.read_text(encoding="utf-8")):
        yield token
        yield from token.children or ()


def list_targets(page: Path) -> list[str]:
    """List what a page links to and which pictures it shows, but for other sites."""
    targets = [str(token.attrs.get("href") or token.attrs.get("src")) for token in read_tokens(page) if token.type in ("link_open", "image")]
    return [target for target in targets if not urlsplit(target).scheme]


def list_anchors(page: Path) -> set[str]:
    """Name the anchors of the headings, as GitHub makes them."""
    tokens = list(read_tokens(page))
    titles = ["".join(part.content for part in after.children or ()) for token, after in pairwise(tokens) if token.type == "heading_open"]
    anchors: list[str] = []
    for title in titles:
        slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        seen = sum(anchor == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", anchor) is not None for anchor in anchors)
        anchors.append(f"{slug}-{seen}" if seen else slug)
    return set(anchors)


def find_fault(page: Path, target: str) -> str:
    """Say what is wrong with a link; empty when nothing is."""
    parts = urlsplit(target)
    place = Path(os.path.normpath(page.parent / unquote(parts.path))) if parts.path else page
    if place not in FILES:
        return f"{target} leads to no file of the project"
    if parts.fragment and parts.fragment not in list_anchors(place):
        return f"{target} leads to no heading of {place.name}"
    return ""


def test_there_are_pages_and_links() -> None:
    assert len(PAGES) > 15
    assert sum(len(list_targets(page)) for page in PAGES) > 60


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_is_broken(page: Path) -> None:
    assert [fault for target in list_targets(page) if (fault := find_fault(page, target))] == []


@pytest.mark.parametrize("target", ["docs/guides/none.md", "SECURITY.md#none", "#none", "docs"])
def test_a_broken_link_is_found(target: str) -> None:
    assert find_fault(ROOT / "README.md", target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_picture_is_told_in_words(page: Path) -> None:
    assert [token.attrs["src"] for token in read_tokens(page) if token.type == "image" and len(token.content) < 20] == []


def test_readme_names_every_guide() -> None:
    guides = {os.path.relpath(path, ROOT) for path in PAGES if path.parent == ROOT / "docs/guides"}
    assert guides <= set(list_targets(ROOT / "README.md"))
