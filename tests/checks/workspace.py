# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders and the environment of the checks: all inside the checkout, ignored by git."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
CACHE = CHECKOUT / ".cache"
VENVS = CHECKOUT / ".venv"
LOGS = CACHE / "logs"
COVERAGE = CACHE / "coverage"
DIST = CACHE / "dist"
LINKED = CACHE / "collections"
COLLECTION = Path("ansible_collections", "abbyy", "vantage")

# The user's own settings for Ansible, a tenant or Python must not change the results.
FOREIGN_PREFIXES = ("ANSIBLE_", "_ANSIBLE_", "VANTAGE_", "COVERAGE_", "PYTHON", "PYTEST_", "VIRTUAL_ENV", "PYENV_", "MAKE", "MFLAGS")
KEPT = ("PYTEST_ADDOPTS", "PYTHONUNBUFFERED")


def link_collection() -> Path:
    """Make the checkout importable as ansible_collections.abbyy.vantage; return the folder for ANSIBLE_COLLECTIONS_PATH."""
    link = LINKED / COLLECTION
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink() or link.resolve() != CHECKOUT:
        # Two steps may do this at the same moment: the link appears atomically, or is replaced with an equal one.
        staged = link.with_name(f".{link.name}-{os.getpid()}-{threading.get_ident()}")
        staged.symlink_to(CHECKOUT, target_is_directory=True)
        staged.replace(link)
    return LINKED


def copy_collection(target: Path) -> Path:
    """Copy what git would commit to TARGET/ansible_collections/abbyy/vantage; ansible-test follows no symlink to it."""
    copy = target / COLLECTION
    shutil.rmtree(copy, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=CHECKOUT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        source, destination = CHECKOUT / name, copy / name
        if source.is_file():
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, destination)
    # Without a repository of its own, the tools would use the checkout's, which ignores everything here.
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=copy, check=True)
    return copy


def environment(step: str, path: list[Path]) -> dict[str, str]:
    """Return the environment of a step: its own HOME, PATH with the folders of PATH first and no pyenv shims, nothing of the user's Ansible."""
    home = CACHE / "home" / step
    home.mkdir(parents=True, exist_ok=True)
    env = {name: value for name, value in os.environ.items() if name in KEPT or not name.startswith(FOREIGN_PREFIXES)}
    inherited = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if not entry.endswith("/shims")]
    env.update(
        HOME=str(home),
        PATH=os.pathsep.join([*map(str, path), *inherited]),
        PIP_CACHE_DIR=str(CACHE / "pip"),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        UV_CACHE_DIR=str(CACHE / "uv"),
        # Compiled once, for all that is started, and not beside the code.
        PYTHONPYCACHEPREFIX=str(CACHE / "pycache"),
        RUFF_CACHE_DIR=str(CACHE / "ruff"),
        LC_ALL="C.UTF-8",
        NO_COLOR="1",
        ANSIBLE_COLLECTIONS_PATH=str(link_collection()),
        VANTAGE_CHECKOUT=str(CHECKOUT),
    )
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        env.pop(name, None)
    return env
