# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports in plugins/ only point down, and what may stand in one place only stands there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from project_files import MODULES, PLUGINS, ROOT, UTILS, list_imports, read_tree

COLLECTION = "ansible_collections.abbyy.vantage."
PREFIX = f"{COLLECTION}plugins.module_utils."
# From the top down. A file imports from lower lines only, never from its own; a new file gets its place here.
LAYERS = (
    ("modules",),
    ("_runner",),
    ("_client_job", "_client_secret_job", "_client_info", "_token_login", "_authorization_request", "_probe_job"),
    ("_probe_read", "_probe_write"),
    ("_probe_lists", "_probe_secrets"),
    ("_probe_members",),
    ("_probe",),
    ("_connect", "_job", "_client_rules"),
    ("_plan", "_client", "_client_secret", "_bulk", "_api"),
    ("_auth", "_listener"),
    ("_discovery", "_callback"),
    ("_http", "_callback_page", "_redirect", "_pkce"),
    ("_http_session", "_pace", "_problem", "_argspec", "_time"),
    ("_errors",),
)
LEVELS = {name: level for level, names in enumerate(LAYERS) for name in names}


def name_of(path: Path) -> str:
    """Name the layer entry of a file."""
    return "modules" if path.parent.name == "modules" else path.stem


def test_every_util_has_its_layer() -> None:
    assert sorted(LEVELS) == sorted({"modules", *(path.stem for path in UTILS)})


@pytest.mark.parametrize("path", [*MODULES, *UTILS], ids=lambda path: path.stem)
def test_imports_point_down(path: Path) -> None:
    own = {name for name in list_imports(path) if name.startswith(COLLECTION)} - {PREFIX.rstrip(".")}
    assert all(name.startswith(PREFIX) for name in own), "only module_utils is sent to the host with a module"
    imported = {name.removeprefix(PREFIX).split(".")[0] for name in own}
    upward = sorted(name for name in imported if LEVELS[name] <= LEVELS[name_of(path)])
    assert not upward, f"{path.stem} imports {upward}, which are not below it"


def test_only_the_transport_imports_requests() -> None:
    importers = {path.stem for path in PLUGINS if any(name.split(".")[0] in ("requests", "urllib3") for name in list_imports(path))}
    assert importers == {"_http", "_http_session"}


@pytest.mark.parametrize("word", ["exit_json", "fail_json", "check_mode", "AnsibleModule"])
def test_only_runner_knows_ansible_module(word: str) -> None:
    users = set()
    for path in (path for path in PLUGINS if path.parent.name in ("modules", "module_utils")):
        names = {node.attr for node in ast.walk(read_tree(path)) if isinstance(node, ast.Attribute)}
        names |= {node.id for node in ast.walk(read_tree(path)) if isinstance(node, ast.Name)}
        if word in names:
            users.add(path.stem)
    assert users == {"_runner"}


def test_no_broad_except() -> None:
    broad = []
    for path in [*PLUGINS, *(ROOT / "tests").rglob("*.py")]:
        for node in ast.walk(read_tree(path)):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                if re.search(r"\b(everything|Exception|BaseException)\b", caught):
                    broad.append(f"{path.relative_to(ROOT)}:{node.lineno}: {caught}")
    assert not broad
