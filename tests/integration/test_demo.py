# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo` tells its whole story, and what README says of `make emulator` works as it is written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import CHECKOUT, TIME_LIMIT

ONE_CORE = pytest.mark.one_core("the demo has an environment of its own, with the newest ansible-core")


def own_environment() -> dict[str, str]:
    """Return the variables of somebody who has set none of Ansible's and of the collection's."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "VANTAGE_", "DEMO_"))}


def run_in_checkout(command: list[str], **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command that must succeed in the checkout, with none of Ansible's and the collection's variables except these."""
    run = subprocess.run(
        command,
        cwd=CHECKOUT,
        env={**own_environment(), **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run


@contextmanager
def emulator_in(folder: Path) -> Iterator[None]:
    """Run what `make emulator` runs, until its port is announced."""
    command = [sys.executable, "-m", "tests.emulator", "--dir", str(folder), "--port", "0", "--workspace"]
    with subprocess.Popen(command, cwd=CHECKOUT, env=own_environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert "listens at" in process.stdout.readline()
            yield
        finally:
            process.terminate()
            process.communicate(timeout=TIME_LIMIT)


def blocks_of(page: Path, language: str) -> list[str]:
    """List the blocks of a page's code in a language."""
    return [token.content for token in MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8")) if token.type == "fence" and token.info == language]


@ONE_CORE
def test_readme_works_against_the_emulator_as_it_is_written(tmp_path: Path) -> None:
    folder, blocks = tmp_path / "emulator", blocks_of(CHECKOUT / "README.md", "sh")
    first = next(number for number, block in enumerate(blocks) if ". .cache/emulator/env" in block)
    (playbook,) = [block for block in blocks_of(CHECKOUT / "README.md", "yaml") if "hosts: localhost" in block]
    script = f"set -eu\n{blocks[first]}cat > claims.yml <<'PLAYBOOK'\n{playbook}PLAYBOOK\n{blocks[first + 1]}ansible-playbook claims.yml\n"

    with emulator_in(folder):
        run = run_in_checkout(["sh", "-c", script.replace(".cache/emulator", str(folder))])

    assert blocks[first - 1] == "make emulator\n"
    assert '"claims-intake/production": {"client_id": "claims-intake"' in run.stdout
    assert [int(count) for count in re.findall(r"^localhost .*changed=(\d+)", run.stdout, re.MULTILINE)][-2:] == [1, 0]
    assert (folder / "tenants/vantage-report/vantage-expiry.html").exists()


@ONE_CORE
def test_the_demo_proves_what_it_says(tmp_path: Path) -> None:
    run = run_in_checkout([sys.executable, "-m", "tests.demo"], DEMO_FOLDER=str(tmp_path / "demo"))
    (page,) = re.findall(r"^The report: +(.+)$", run.stdout, re.MULTILINE)

    assert "A consumer logged in" in run.stdout
    assert ". 0 logins failed." in run.stdout
    assert "<html" in Path(page).read_text(encoding="utf-8")
