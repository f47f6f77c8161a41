# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module that connects is in the action group; every module is documented to the end and has its integration tests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import OPTION_FIELDS
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import KNOWN_GRANTS
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import DOCUMENTED_ACTIONS, MODULES, ROOT, read_documentation

NAMES = [path.stem for path in MODULES]
MIN_EXAMPLES = 6
# An action's options are those of its entries, which have their examples in the guides.
MIN_ACTION_EXAMPLES = 3


def module_of_test(path: Path) -> str:
    """Name the module that a test file is about: the longest one that its name begins with; tests of vantage_app are called test_app_…."""
    stem = path.stem.removeprefix("test_")
    stem = f"vantage_{stem}" if stem.startswith("app_") else stem
    return max((name for name in NAMES if stem == name or stem.startswith(f"{name}_")), key=len, default="")


def list_without_sample(entries: dict[str, Any], prefix: str = "") -> list[str]:
    """Name the return values that show neither a sample nor what they contain."""
    bare = []
    for name, entry in entries.items():
        if "contains" in entry:
            bare += list_without_sample(entry["contains"], f"{prefix}{name}.")
        elif "sample" not in entry:
            bare.append(prefix + name)
    return bare


def test_action_group_is_the_modules_that_connect() -> None:
    fragments = {path.stem: read_documentation(path).get("extends_documentation_fragment", []) for path in MODULES}
    connecting = sorted(name for name, used in fragments.items() if "abbyy.vantage.vantage" in used)
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))

    assert "vantage_app" in connecting
    # Defaults of the group would be unknown options to any other module, such as vantage_app_info, which asks no tenant.
    assert sorted(runtime["action_groups"]["vantage"]) == connecting


@pytest.mark.parametrize("name", NAMES)
def test_has_integration_tests(name: str) -> None:
    assert name in {module_of_test(path) for path in (ROOT / "tests/integration").rglob("test_*.py")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_documentation_is_complete(path: Path) -> None:
    documentation = read_documentation(path)
    assert documentation["module"] == path.stem
    assert documentation["version_added"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_there_are_examples(path: Path) -> None:
    least = MIN_ACTION_EXAMPLES if path.stem in DOCUMENTED_ACTIONS else MIN_EXAMPLES
    assert len(read_documentation(path, "EXAMPLES")) >= least


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_return_value_has_a_sample(path: Path) -> None:
    assert list_without_sample(read_documentation(path, "RETURN")) == []


def test_apps_and_clients_have_the_same_words_for_the_same_options() -> None:
    app, client = (read_documentation(ROOT / f"plugins/modules/{name}.py")["options"] for name in ("vantage_app", "vantage_client"))
    # The identifiers differ: only a module takes a number to refuse it.
    shared = {field.option for field in OPTION_FIELDS} - {"client_id", "client_name"}

    assert shared
    assert {name: app[name] for name in shared} == {name: client[name] for name in shared}


def test_client_options_are_the_field_table() -> None:
    options = read_documentation(ROOT / "plugins/modules/vantage_client.py")["options"]
    fields = {field.option for field in OPTION_FIELDS}

    assert fields <= set(options)
    assert set(options["clients"]["suboptions"]) == fields | {"state"}


@pytest.mark.parametrize("module", [path for path in MODULES if path.stem not in ("vantage_app_info", "vantage_authorization_url")], ids=lambda path: path.stem)
def test_the_first_example_shows_where_the_tenant_is_and_how_to_log_in(module: Path) -> None:
    first = read_documentation(module, "EXAMPLES")[0]
    options = next(value for name, value in first.items() if name.startswith("abbyy.vantage."))
    assert {"region", "tenant_id", "auth_client_id", "auth_client_secret"} <= set(options)


def test_the_known_grants_of_a_client_are_listed() -> None:
    option = read_documentation(ROOT / "plugins/modules/vantage_client.py")["options"]["allowed_grant_types"]
    assert re.findall(r"V\((\w[^)]*)\)", option["description"][0]) == list(KNOWN_GRANTS)
