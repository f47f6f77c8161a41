# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of app files, with its words from the modules' documentation, and files as an editor reads them."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from jsonschema import Draft7Validator

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.schema import schema_of_app_file
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT, read_documentation

# The second is for those who copy the example: an editor needs no network then.
PLACES = (ROOT / "docs/apps.schema.json", ROOT / "docs/examples/tenants/apps.schema.json")
MARKUP = re.compile(r"\b[CEFLMOPV]\((?:secrets\[\]\.)?([^)]*)\)")


class EditorLoader(yaml.SafeLoader):
    """Reads YAML 1.2 as editors do: yes is a text there, and so is a day."""


EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("merge", r"<<", "<"),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), list(first))


def number(loader: EditorLoader, node: yaml.ScalarNode) -> float:
    """Return a whole number of the decimal system, whatever it begins with, or another number."""
    text = str(loader.construct_scalar(node))
    # Python reads no whole numbers of thousands of digits.
    return int(text) if re.match(r"^[-+]?[0-9]{1,400}$", text) else float(text)


EditorLoader.add_constructor("tag:yaml.org,2002:int", number)
EditorLoader.add_constructor("tag:yaml.org,2002:float", number)


def words(description: str | list[str]) -> str:
    """Return a description without its markup."""
    return MARKUP.sub(r"\1", description if isinstance(description, str) else " ".join(description))


def described(options: dict[str, Any]) -> dict[str, str]:
    """Return what each option is about."""
    return {name: words(option["description"]) for name, option in options.items()}


def build_schema() -> dict[str, Any]:
    """Return the schema as it has to be published."""
    options = read_documentation(ROOT / "plugins/modules/vantage_app.py")["options"]
    return schema_of_app_file(described(options), described(options["secrets"]["suboptions"]))


def schema_text() -> str:
    """Return what has to be in the files."""
    return json.dumps(build_schema(), indent=2, ensure_ascii=False) + "\n"


def faults_of(validator: Draft7Validator, text: str) -> list[str]:
    """Return what an editor says about a text of YAML."""
    document = with_text_keys(yaml.load(text, Loader=EditorLoader))
    return [fault.message for fault in validator.iter_errors(document)]


def with_text_keys(value: Any) -> Any:
    """Return the value with keys of text, as JSON has no others."""
    if isinstance(value, dict):
        return {str(key): with_text_keys(entry) for key, entry in value.items()}
    return [with_text_keys(entry) for entry in value] if isinstance(value, list) else value
