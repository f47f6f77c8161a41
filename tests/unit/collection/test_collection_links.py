# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links between the project's own pages lead somewhere, as GitHub shows them; the build of the site looks at them a second time.

What pages and examples name is there, too: plugins and playbooks, variables of the role, variables of the environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT, list_project_files, read_documentation

FILES = set(list_project_files())
# What the site has besides is made for it alone, and refers to generated pages.
PAGES = sorted(path for path in FILES if path.suffix == ".md" and not path.is_relative_to(ROOT / "docs/site"))
READER = MarkdownIt("commonmark").enable("table")
# README is shown in places where nothing else of the repository is, so its links are full; these lead back into it.
OWN = re.compile(r"https://(?:github\.com/abbyy/abbyy\.vantage/blob/main|raw\.githubusercontent\.com/abbyy/abbyy\.vantage/main)/")
EXAMPLES = sorted(path for path in FILES if path.suffix in (".yml", ".csv") and path.is_relative_to(ROOT / "docs/examples"))
# What the role sets.
FACTS = {"app_onboarding_change", "app_onboarding_changes", "app_onboarding_secrets", "app_onboarding_summary"}


def read_tokens(page: Path) -> Iterator[Token]:
    """Read a page, inline parts included."""
    for token in READER.parse(page.read_text(encoding="utf-8")):
        yield token
        yield from token.children or ()


def list_targets(page: Path) -> list[str]:
    """List what a page links to and which pictures it shows."""
    return [str(token.attrs.get("href") or token.attrs.get("src")) for token in read_tokens(page) if token.type in ("link_open", "image")]


def list_own_targets(page: Path) -> list[str]:
    """List those that lead to the repository's own files."""
    return [target for target in list_targets(page) if not urlsplit(target).scheme or OWN.match(target)]


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
    folder = ROOT if OWN.match(target) else page.parent
    parts = urlsplit(OWN.sub("", target))
    place = Path(os.path.normpath(folder / unquote(parts.path))) if parts.path else page
    if place not in FILES:
        return f"{target} leads to no file of the project"
    if parts.fragment and parts.fragment not in list_anchors(place):
        return f"{target} leads to no heading of {place.name}"
    return ""


def test_there_are_pages_and_links() -> None:
    assert len(PAGES) > 15
    assert sum(len(list_own_targets(page)) for page in PAGES) > 60


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_is_broken(page: Path) -> None:
    assert [fault for target in list_own_targets(page) if (fault := find_fault(page, target))] == []


@pytest.mark.parametrize(
    "target",
    [
        *("docs/guides/none.md", "SECURITY.md#none", "#none", "docs"),
        "https://github.com/abbyy/abbyy.vantage/blob/main/docs/guides/none.md",
        "https://github.com/abbyy/abbyy.vantage/blob/main/SECURITY.md#none",
        "https://raw.githubusercontent.com/abbyy/abbyy.vantage/main/docs/images/none.png",
    ],
)
def test_a_broken_link_is_found(target: str) -> None:
    assert find_fault(ROOT / "README.md", target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_picture_is_described(page: Path) -> None:
    assert [token.attrs["src"] for token in read_tokens(page) if token.type == "image" and len(token.content) < 20] == []


@pytest.mark.parametrize("page", ["README.md", "docs/README.md"])
def test_every_guide_is_named_where_galaxy_shows_it(page: str) -> None:
    guides = {os.path.relpath(path, ROOT) for path in PAGES if path.parent == ROOT / "docs/guides"}
    assert guides <= {OWN.sub("", target) for target in list_targets(ROOT / page)}


@pytest.mark.parametrize("page", ["README.md", "docs/README.md", "CODE_OF_CONDUCT.md", "MAINTAINERS.md"])
def test_links_are_full_where_the_page_is_shown_alone(page: str) -> None:
    assert [target for target in list_targets(ROOT / page) if urlsplit(target).scheme != "https"] == []


def find_names(pattern: str) -> dict[str, str]:
    """Find the names in pages and examples that a pattern's group matches, and a page of each."""
    names: dict[str, str] = {}
    for page in (*PAGES, *EXAMPLES):
        text = page.read_text(encoding="utf-8")
        names.update((name, str(page.relative_to(ROOT))) for name in re.findall(pattern, text))
    return names


def unknown(names: dict[str, str], known: set[str]) -> dict[str, str]:
    """Return those that are not known, and a page of each."""
    return {name: page for name, page in names.items() if name not in known}


def list_plugins() -> set[str]:
    """List what is called abbyy.vantage.<name>: plugins, playbooks, roles, the event source, rulebooks and the action group."""
    plugins = ("plugins/modules", "plugins/action", "plugins/filter", "plugins/lookup", "plugins/doc_fragments")
    folders = (*plugins, "playbooks", "roles", "extensions/eda/plugins/event_source", "extensions/eda/rulebooks")
    return {path.stem for folder in folders for path in (ROOT / folder).glob("[!_]*")} | {"vantage"}


def list_role_variables() -> set[str]:
    """List the options of the role, and the facts that it sets."""
    specs = yaml.safe_load((ROOT / "roles/app_onboarding/meta/argument_specs.yml").read_text(encoding="utf-8"))
    return set(specs["argument_specs"]["main"]["options"]) | FACTS


def list_environment() -> set[str]:
    """List the variables of the environment that the connection, and the store of a lookup, are taken from."""
    lookup = read_documentation(ROOT / "plugins/lookup/stored_secret.py")
    connection = {name for rules in connection_spec().values() if "fallback" in rules for name in rules["fallback"][1]}
    return connection | {one["name"] for option in lookup["options"].values() for one in option.get("env", [])}


def test_named_plugins_exist() -> None:
    names = find_names(r"\babbyy\.vantage\.([a-z_]+)\b")
    assert len(names) > 10
    assert unknown(names, list_plugins()) == {}


def test_named_role_variables_exist() -> None:
    names = find_names(r"\b(app_onboarding_[a-z_]+)\b")
    assert len(names) > 10
    assert unknown(names, list_role_variables()) == {}


def test_named_environment_variables_exist() -> None:
    names = find_names(r"\b(VANTAGE_[A-Z_]+[A-Z])\b")
    assert len(names) > 5
    assert unknown(names, list_environment()) == {}


def test_an_unknown_name_is_found() -> None:
    assert unknown({"app_onboarding_gone": "a page"}, list_role_variables()) == {"app_onboarding_gone": "a page"}
