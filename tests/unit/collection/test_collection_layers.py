# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports in plugins/ only point down, and what may stand in one place only stands there."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import MODULES, PLUGINS, ROOT, UTILS, list_imports, read_tree

COLLECTION = "ansible_collections.abbyy.vantage."
PREFIX = f"{COLLECTION}plugins.module_utils."
# From the top down, below plugins/module_utils. A file imports from lower lines only, never from its own; a new file gets its place here.
LAYERS = (
    ("modules",),
    ("probe.prober",),
    ("probe.reading", "probe.writing", "probe.description"),
    ("probe.lists", "probe.scratch_secrets", "probe.forms"),
    ("probe.members", "probe.roles"),
    ("probe.findings",),
    ("reconcile.run",),
    ("reconcile.clients", "reconcile.client_secrets", "reconcile.queries"),
    ("reconcile.reconciler", "reconcile.orphans", "reconcile.client_habits"),
    ("reconcile.plan", "reconcile.bulk", "reconcile.access"),
    ("tenant.connect", "tenant.client_rules"),
    ("tenant.client", "tenant.secret"),
    ("tenant.api", "tenant.clocks"),
    ("tenant.habits",),
    ("tenant.wire",),
    ("audit.trail",),
    ("audit.log_file", "audit.record", "audit.syslog_socket"),
    ("login.token_login", "login.authorization_request"),
    ("login.connection", "login.listener"),
    ("login.options",),
    ("login.grants",),
    ("login.tokens",),
    ("login.discovery", "login.callback"),
    ("login.callback_page", "login.redirect", "login.pkce"),
    ("http.transport",),
    ("http.failure",),
    ("http.session",),
    ("http.throttle", "http.problem", "http.redact", "http.address"),
    ("durations", "lists", "long_numbers"),
    ("errors",),
)
# The packages and files of plugin_utils that anything can import, with or without an ansible-core: all that they know, they are told.
WITHOUT_ANSIBLE = ("apps", "expiry", "stores", "onboarding", "watch", "job_user.py", "masking.py", "plain.py", "tenant_hosts.py", "whole_numbers.py")
# But for the one store that is encrypted by ansible-core.
WITH_ANSIBLE = ("stores/file.py",)
LEVELS = {name: level for level, names in enumerate(LAYERS) for name in names}


def name_of(path: Path) -> str:
    """Name the layer entry of a file."""
    if path.parent.name == "modules":
        return "modules"
    return ".".join(path.relative_to(ROOT / "plugins/module_utils").with_suffix("").parts)


def own_imports(path: Path) -> set[str]:
    """Name the entries that a file imports; importing a name out of a file is importing the file."""
    own = {name.removeprefix(PREFIX) for name in list_imports(path) if name.startswith(COLLECTION)}
    found = set()
    for name in own:
        parts = name.split(".")
        found |= {".".join(parts[:length]) for length in (1, 2) if ".".join(parts[:length]) in LEVELS}
    return found


def test_every_util_has_its_layer() -> None:
    assert sorted(LEVELS) == sorted({"modules", *(name_of(path) for path in UTILS)})


@pytest.mark.parametrize("path", [*MODULES, *UTILS], ids=name_of)
def test_imports_point_down(path: Path) -> None:
    foreign = {name for name in list_imports(path) if name.startswith(COLLECTION) and not name.startswith(PREFIX.rstrip("."))}
    upward = sorted(name for name in own_imports(path) if LEVELS[name] <= LEVELS[name_of(path)])

    assert not foreign, "only module_utils is sent to the host with a module"
    assert not upward, f"{name_of(path)} imports {upward}, which are not below it"


def test_packages_point_down() -> None:
    order = list(dict.fromkeys(name.split(".")[0] for names in LAYERS for name in names))
    places = [name.split(".")[0] for names in LAYERS for name in names]
    assert places == sorted(places, key=order.index), "the layers of one package stand together"


def test_no_util_has_the_name_of_a_standard_module() -> None:
    files = [*UTILS, *(ROOT / "plugins/plugin_utils").rglob("*.py")]
    assert [str(path) for path in files if path.stem in sys.stdlib_module_names] == []


@pytest.mark.parametrize("place", WITHOUT_ANSIBLE)
def test_package_does_not_import_ansible(place: str) -> None:
    utils = ROOT / "plugins/plugin_utils"
    found = sorted((utils / place).rglob("*.py")) if (utils / place).is_dir() else [utils / place]
    files = [path for path in found if str(path.relative_to(utils)) not in WITH_ANSIBLE]

    assert files
    assert not {f"{path.stem}: {name}" for path in files for name in list_imports(path) if name.split(".")[0] == "ansible"}


def test_only_files_that_send_import_requests() -> None:
    importers = {".".join(path.parts[-2:]) for path in PLUGINS if any(name.split(".")[0] in ("requests", "urllib3") for name in list_imports(path))}
    assert importers == {"http.failure.py", "http.session.py", "stores.transport.py", "stores.vault_server.py"}


@pytest.mark.parametrize("word", ["exit_json", "fail_json", "check_mode", "AnsibleModule"])
def names_in(path: Path) -> set[str]:
    """Return the names and attributes that a file uses."""
    nodes = list(ast.walk(read_tree(path)))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)} | {node.id for node in nodes if isinstance(node, ast.Name)}


@pytest.mark.parametrize("word", ["exit_json", "fail_json", "check_mode", "AnsibleModule"])
def test_only_runner_knows_ansible_module(word: str) -> None:
    assert {path.stem for path in [*MODULES, *UTILS] if word in names_in(path)} == {"run"}


def broad_handlers(path: Path) -> list[str]:
    """Return the handlers of a file that catch everything, each with its line."""
    handlers = [node for node in ast.walk(read_tree(path)) if isinstance(node, ast.ExceptHandler)]
    caught = [(node.lineno, ast.unparse(node.type) if node.type else "everything") for node in handlers]
    return [f"{path.relative_to(ROOT)}:{line}: {types}" for line, types in caught if re.search(r"\b(everything|Exception|BaseException)\b", types)]


def test_no_broad_except() -> None:
    assert [handler for path in [*PLUGINS, *(ROOT / "tests").rglob("*.py")] for handler in broad_handlers(path)] == []
