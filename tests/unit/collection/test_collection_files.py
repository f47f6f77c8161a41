# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every file of the project."""

from __future__ import annotations

import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT, list_project_files

HEADER = (
    "# Copyright: (c) 2026, abbyy.vantage contributors",
    "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)",
    "# SPDX-License-Identifier: GPL-3.0-or-later",
)
CODE_SUFFIXES = {".py", ".sh", ".yml", ".yaml", ".toml", ".ini", ".cfg"}
CODE_NAMES = {"Makefile", "run", ".ansible-lint", ".yamllint"}
# Made by antsibull-changelog, and data that users copy.
WITHOUT_HEADER = ("changelogs/changelog.yaml", "docs/examples/")
# Paths of one machine, and where its packages happened to come from.
FOREIGN = re.compile(r"/(work|root)/|/tmp/notes|\.\./shared\b|\b(pypi|pythonhosted|npmjs|debian)\.(org|com)\b|\bagent session\b|\bsub-?agent\b", re.IGNORECASE)
# A rule is switched off with the reason behind it, on the same line.
UNEXPLAINED = re.compile(
    r"#\s*(noqa(:[A-Z0-9, ]+)?|type:\s*ignore(\[[\w, -]+\])?|pylint:\s*disable=[\w, -]+|pragma:\s*no \w+|yamllint disable\S*( rule:\S+)*)[ \t]*$"
    r"|\b(TODO|FIXME|XXX)\b",
    re.MULTILINE,
)


def list_code() -> list[Path]:
    """List the files that people write programs or settings in."""
    files = [path for path in list_project_files() if path.suffix in CODE_SUFFIXES or path.name in CODE_NAMES]
    assert len(files) > 20
    return [path for path in files if not str(path.relative_to(ROOT)).startswith(WITHOUT_HEADER)]


def find_lines(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """Find a pattern in text files; this file names what it looks for and is left out."""
    found = []
    for path in files:
        if path != Path(__file__).resolve():
            text = path.read_bytes().decode("utf-8", errors="ignore")
            found += [f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}" for match in pattern.finditer(text)]
    return found


WRITTEN = [".vantage-secrets", ".vantage-logins.yml", "..vantage-logins.yml.lock", "vantage-export", "vantage-probe", "vantage-report"]


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_run_writes_beside_the_example_is_not_in_the_collection(name: str) -> None:
    patterns = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["build_ignore"]
    assert any(fnmatch(f"docs/examples/tenants/{name}", pattern) for pattern in patterns)


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_run_writes_beside_the_example_is_not_committed(name: str) -> None:
    written = f"docs/examples/tenants/{name}" if "logins" in name else f"docs/examples/tenants/{name}/contoso.yml"
    assert subprocess.run(["git", "check-ignore", "--quiet", written], cwd=ROOT, check=False).returncode == 0


def test_code_starts_with_the_licence() -> None:
    bare = []
    for path in list_code():
        lines = path.read_text(encoding="utf-8").splitlines()
        if tuple(lines[1:4] if lines and lines[0].startswith("#!") else lines[:3]) != HEADER:
            bare.append(str(path.relative_to(ROOT)))
    assert not bare


def test_no_file_names_other_machines_or_registries() -> None:
    assert find_lines(FOREIGN, list_project_files()) == []


def test_no_rule_is_switched_off_without_a_reason() -> None:
    assert find_lines(UNEXPLAINED, list_code()) == []


def test_sanity_has_no_exceptions() -> None:
    assert [path.name for path in list_project_files() if path.parent.name == "sanity"] == []


def test_lowest_ansible_core_is_what_the_checks_run() -> None:
    requires = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]

    checked = re.search(r'CORES = \{\s*"([0-9.]+)"', (ROOT / "tests/checks/cores.py").read_text(encoding="utf-8"))

    assert checked
    assert requires == f">={checked.group(1)}.0"


def test_requirements_agree() -> None:
    floor = re.search(r"^requests(>=[0-9.]+)$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)

    fragment = (ROOT / "plugins/doc_fragments/vantage.py").read_text(encoding="utf-8")

    assert floor
    assert re.search(rf"requests[ (]*{re.escape(floor.group(1)).replace('>=', '>= ?')}", fragment)
