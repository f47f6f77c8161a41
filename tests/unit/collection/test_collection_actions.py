# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that are the documentation of an action say what the action's specification says, which no sanity test compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.options import documented_spec, info_spec
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import class_of
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import DOCUMENTED_ACTIONS, ROOT, read_documentation

SPECS = {"vantage_app": documented_spec(), "vantage_app_info": info_spec()}
PLAIN = ("type", "elements", "default", "choices")


def documented_options(name: str) -> dict[str, Any]:
    """Return the options of a module, those of its fragments included."""
    documentation = read_documentation(ROOT / f"plugins/modules/{name}.py")
    options: dict[str, Any] = {}
    for used in documentation["extends_documentation_fragment"]:
        _namespace, _collection, file, *part = used.split(".")
        fragment = import_module(f"ansible_collections.abbyy.vantage.plugins.doc_fragments.{file}").ModuleDocFragment
        options.update(yaml.safe_load(getattr(fragment, (part or ["DOCUMENTATION"])[0].upper())).get("options", {}))
    return {**options, **documentation["options"]}


def differences(documented: Mapping[str, Any], spec: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield what documentation and specification say differently of options."""
    for name in sorted({*documented, *spec}):
        if name not in documented or name not in spec:
            yield f"{prefix}{name} is {'not documented' if name in spec else 'unknown to the specification'}"
            continue
        said, known = documented[name], spec[name]
        for member in PLAIN:
            if said.get(member) != known.get(member):
                yield f"{prefix}{name}: {member} is documented as {said.get(member)!r}, and is {known.get(member)!r}"
        if bool(said.get("required")) is not bool(known.get("required")):
            yield f"{prefix}{name}: documented as required: {bool(said.get('required'))}"
        yield from differences(said.get("suboptions") or {}, known.get("options") or {}, f"{prefix}{name}.")


@pytest.mark.parametrize("name", DOCUMENTED_ACTIONS)
def test_the_documentation_is_the_specification(name: str) -> None:
    assert list(differences(documented_options(name), SPECS[name])) == []


def test_every_action_of_its_own_is_compared() -> None:
    assert sorted(SPECS) == DOCUMENTED_ACTIONS


@pytest.mark.parametrize("name", DOCUMENTED_ACTIONS)
def test_every_documented_variable_of_a_store_is_read(name: str) -> None:
    described = yaml.safe_dump(documented_options(name)["store"])
    for variable in ("VAULT_ADDR", "VAULT_TOKEN", "VAULT_NAMESPACE"):
        assert f"E({variable})" in described


@pytest.mark.parametrize("kind", ["kubernetes", "awx"])
def test_every_variable_that_a_store_reads_is_documented(kind: str) -> None:
    described = yaml.safe_dump(documented_options("vantage_app")["store"], width=10_000)
    assert [name for rules in class_of(kind).SPEC.values() for name in rules.get("env", ()) if f"E({name})" not in described] == []


@pytest.mark.parametrize(
    ("documented", "spec"),
    [
        ({"a": {"type": "str"}}, {}),
        ({}, {"a": {"type": "str"}}),
        ({"a": {"type": "str"}}, {"a": {"type": "int"}}),
        ({"a": {"type": "str"}}, {"a": {"type": "str", "default": "b"}}),
        ({"a": {"type": "str", "choices": ["b"]}}, {"a": {"type": "str"}}),
        ({"a": {"type": "str", "required": True}}, {"a": {"type": "str"}}),
        ({"a": {"type": "dict", "suboptions": {"b": {"type": "str"}}}}, {"a": {"type": "dict", "options": {"b": {"type": "int"}}}}),
    ],
)
def test_a_difference_would_be_found(documented: dict[str, Any], spec: dict[str, Any]) -> None:
    assert len(list(differences(documented, spec))) == 1
