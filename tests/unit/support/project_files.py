# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the project, for the tests that look at all of them."""

from __future__ import annotations

import ast
import re
import subprocess
import textwrap
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted((ROOT / "plugins/modules").glob("vantage_*.py"))
# Modules without code of their own, since their actions do the work.
DOCUMENTED_ACTIONS = ["vantage_app", "vantage_app_info"]
UTILS = sorted((ROOT / "plugins/module_utils").rglob("*.py"))
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))


def list_project_files() -> list[Path]:
    """List the files that git has or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    files = [ROOT / name for name in names if name and (ROOT / name).is_file()]
    assert ROOT / "galaxy.yml" in files
    return files


def read_tree(path: Path) -> ast.Module:
    """Parse a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def list_imports(path: Path) -> set[str]:
    """Name all modules that a file imports, also inside functions: ansible-core ships those too."""
    found: set[str] = set()
    for node in ast.walk(read_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.relative_to(ROOT)}:{node.lineno}: plugins import absolutely"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def read_documentation(module: Path, name: str = "DOCUMENTATION") -> Any:
    """Read one of the YAML texts of a module: DOCUMENTATION, EXAMPLES or RETURN."""
    for node in read_tree(module).body:
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
            return yaml.safe_load(ast.literal_eval(node.value))
    raise AssertionError(f"{module.name} has no {name}")


def read_store_examples(store: str) -> list[dict[str, Any]]:
    """Read the YAML documents of the guide's section on a store."""
    sections = re.split(r"^## ", (ROOT / "docs/guides/stores.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    (own,) = [text for text in sections if text.startswith(f"{store}\n")]
    blocks = re.findall(r"```yaml\n(.*?)```", own, re.DOTALL)
    return [document for block in blocks for document in yaml.safe_load_all(textwrap.dedent(block)) if isinstance(document, dict)]
