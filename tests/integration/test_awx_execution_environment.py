# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-builder sees what the collection needs, and takes the example of an execution environment. No image is built."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.one_core("ansible-builder runs in the environment awx; no other ansible-core takes part")

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLE = CHECKOUT / "docs/examples/execution-environment.yml"
GUIDE = CHECKOUT / "docs/guides/awx.md"
# Made by the step venv-awx of the checks.
BUILDER = CHECKOUT / ".venv/awx/bin/ansible-builder"


def build(*arguments: str | Path) -> str:
    """Run ansible-builder and return what it prints."""
    if not BUILDER.exists():
        pytest.fail("ansible-builder is missing: run tests/run venv-awx once.")
    process = subprocess.run([str(BUILDER), *map(str, arguments)], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


@pytest.fixture
def collections(tmp_path: Path) -> Path:
    """A folder that holds the collection alone."""
    link = tmp_path / "ansible_collections/abbyy/vantage"
    link.parent.mkdir(parents=True)
    link.symlink_to(CHECKOUT, target_is_directory=True)
    return tmp_path


def test_introspection_finds_the_requirements(collections: Path) -> None:
    found: dict[str, Any] = yaml.safe_load(build("introspect", collections))
    lines = [line for line in (CHECKOUT / "requirements.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]

    assert found["python"] == [f"{line}  # from collection abbyy.vantage" for line in lines]
    # No system package is needed.
    assert found["system"] == []


def test_example_makes_a_build_context(tmp_path: Path) -> None:
    context = tmp_path / "context"

    build("create", "-f", EXAMPLE, "-c", context, "--output-filename", "Containerfile")
    (wanted,) = (context / "_build").glob("requirements.yml")

    assert "FROM" in (context / "Containerfile").read_text(encoding="utf-8")
    assert [one["name"] for one in yaml.safe_load(wanted.read_text(encoding="utf-8"))["collections"]] == ["abbyy.vantage", "awx.awx"]


def test_a_collection_that_was_built_by_hand_gets_to_where_its_name_says(tmp_path: Path) -> None:
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)]
    (own,) = [block for block in blocks if "additional_build_files" in block]
    whole = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    (ours,) = own["dependencies"]["galaxy"]["collections"]
    whole["dependencies"]["galaxy"]["collections"][0] = ours
    whole["additional_build_files"] = own["additional_build_files"]
    (tmp_path / own["additional_build_files"][0]["src"]).write_bytes(b"")
    (tmp_path / "execution-environment.yml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    context = tmp_path / "context"
    version = yaml.safe_load((CHECKOUT / "galaxy.yml").read_text(encoding="utf-8"))["version"]

    build("create", "-f", tmp_path / "execution-environment.yml", "-c", context, "--output-filename", "Containerfile")

    # All of _build is copied to /build.
    assert "COPY _build /build" in (context / "Containerfile").read_text(encoding="utf-8")
    assert (context / "_build" / Path(ours["name"]).relative_to("/build")).exists()
    assert Path(ours["name"]).name == f"abbyy-vantage-{version}.tar.gz"
