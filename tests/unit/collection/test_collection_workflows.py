# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's own workflows do nothing that cannot be done at home, with no right that they do not need."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
EXAMPLE = ROOT / "docs/examples/ci/github-actions.yml"
# What a job may write, and nothing besides.
WRITES = {("docs.yml", "publish"): {"pages", "id-token"}, ("release.yml", "publish"): {"contents", "id-token"}}
# The Pythons of the checks are not those of the system, so root is told where they are.
AS_ROOT = 'sudo -E env "PATH=$PATH" '


def jobs_of(path: Path) -> dict[str, Any]:
    """Return the jobs of a workflow."""
    jobs: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return jobs


def list_commands() -> list[str]:
    """List the commands of all workflows."""
    steps = [step for path in WORKFLOWS for job in jobs_of(path).values() for step in job["steps"]]
    return [line for step in steps for line in str(step.get("run", "")).splitlines()]


def test_there_are_workflows() -> None:
    assert [path.name for path in WORKFLOWS] == ["docs.yml", "release.yml", "test.yml"]
    assert len(list_commands()) > 8


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize("command", sorted(set(list_commands())))
def test_every_command_is_a_target_that_runs_here(command: str) -> None:
    program, *targets = shlex.split(command.removeprefix(AS_ROOT))

    shown = subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, capture_output=True, text=True, check=False)

    assert program == "make"
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "tests/run" in shown.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_no_rights_of_their_own(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_have_only_the_rights_that_they_need(path: Path) -> None:
    for name, job in jobs_of(path).items():
        writes = {scope for scope, right in job["permissions"].items() if right == "write"}
        assert writes == WRITES.get((path.name, name), set())


def list_uses() -> list[str]:
    """List the lines with the actions of all workflows."""
    return [line.strip() for path in (*WORKFLOWS, EXAMPLE) for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]


def test_actions_are_pinned() -> None:
    assert [line for line in list_uses() if not re.search(r"@[0-9a-f]{40}  # v\d+\.\d+\.\d+$", line)] == []


def test_actions_are_the_same_everywhere() -> None:
    pins = {match.groups() for line in list_uses() if (match := re.search(r"uses: ([\w/-]+)@([0-9a-f]{40})  # (v\d+\.\d+\.\d+)$", line))}
    assert pins
    assert len({action for action, _sha, _version in pins}) == len(pins)


@pytest.fixture
def cores(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The releases that the checks know."""
    monkeypatch.syspath_prepend(str(ROOT / "tests/checks"))
    import cores

    return cores


def test_the_matrix_is_every_release_on_its_oldest_and_its_newest_python(cores: Any) -> None:
    rows = [(row["core"], row["python"]) for row in jobs_of(ROOT / ".github/workflows/test.yml")["core"]["strategy"]["matrix"]["include"]]
    assert rows == [(release, f"{major}.{minor}") for release, pythons in cores.CORES.items() for major, minor in pythons]


def test_the_next_release_is_none_of_the_matrix(cores: Any) -> None:
    assert cores.NEXT_CORE.rpartition(".0b")[0] not in cores.CORES
