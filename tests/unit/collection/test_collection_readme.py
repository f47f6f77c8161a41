# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""README has the parts that Galaxy and the certification of collections ask for, and what it says is what the checks run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
TOKENS = MarkdownIt("commonmark").enable("table").parse(README)
BLOCKS = [token.content for token in TOKENS if token.type == "fence"]
# Of the template for certified collections, in its order.
PARTS = [
    *("Description", "Requirements", "Installation", "Use Cases", "Testing", "Contributing", "Support"),
    *("Release Notes and Roadmap", "Related Information", "License Information"),
]


@pytest.fixture
def cores(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The releases that the checks know."""
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "checks"))
    import cores

    return cores


def test_the_parts_are_those_of_the_template() -> None:
    assert re.findall(r"^## (.+)$", README, re.MULTILINE) == PARTS


def test_demo_and_test_are_shown_first() -> None:
    assert re.findall(r"^make (\w+)$", BLOCKS[0], re.MULTILINE) == ["demo", "test"]


def test_code_fits_a_narrow_window() -> None:
    assert [line for block in BLOCKS for line in block.splitlines() if len(line) > 80] == []


def test_comments_stand_above_commands() -> None:
    assert [line for block in BLOCKS for line in block.splitlines() if re.search(r"\S.*\s#\s", line)] == []


def test_tested_with_is_what_the_checks_run(cores: Any) -> None:
    rows = re.findall(r"^\| (2\.\d+) \| (3\.\d+ to 3\.\d+) \|$", README, re.MULTILINE)
    assert rows == [(release, cores.span(release)) for release in cores.CORES]


def test_the_required_ansible_core_is_the_one_that_is_enforced() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    (release,) = re.findall(r"^- ansible-core (2\.\d+) or later", README, re.MULTILINE)
    assert runtime["requires_ansible"] == f">={release}.0"


def test_the_required_requests_is_the_one_that_is_enforced() -> None:
    (floor,) = re.findall(r"^requests>=(\S+)$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert f"`requests` {floor} or later" in README
    assert f"'requests>={floor}'" in README
