# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of app files is published as it is, and knows what the reader of the files knows.

With VANTAGE_WRITE_SCHEMA=1 in the environment, the published files are rewritten.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from ansible_collections.abbyy.vantage.plugins.module_utils.lists import FLAGS
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import complete_apps
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import read_source
from ansible_collections.abbyy.vantage.tests.unit.support.app_schema import PLACES, build_schema, faults_of, schema_text
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT

VALIDATOR = Draft7Validator(build_schema())
EXAMPLES = sorted((ROOT / "docs/examples").rglob("apps/*/*.yml"))
GOOD = [
    "client_id: a\n",
    "client_id: 0123\nclient_name: 1.10\n",
    "apps: [{client_id: a}]\n",
    "apps: {client_id: a}\n",
    "- client_id: a\n  state: absent\n- client_id: b\n  client_name: ~\n",
    "client_id: a\nredirect_uris: https://a.example/x, https://a.example/y\n",
    "client_id: a\nredirect_uris: []\nallowed_grant_types: [client_credentials, of_our_own]\n",
    "client_id: a\naccess_token_lifetime: 3600\nrefresh_token_lifetime: 1.02:03:04\n",
    "client_id: a\naccess_token_lifetime: PT1H\nrefresh_token_lifetime: ' 90 d '\n",
    "client_id: a\nsecrets: [production, 2027, {description: test, lifetime: 52w, overlap: 0}]\n",
    "client_id: a\nsecrets: [{expiration: 2027-06-01, start_time: '2027-01-01T00:00:00.1234567+01:00'}]\n",
    "- &x\n  client_id: a\n  require_consent: true\n- <<: *x\n  client_id: b\n",
    *(f"client_id: a\nrequire_consent: {word}\nallow_no_pkce: {word.upper()}\n" for word in FLAGS),
]
BAD = [
    ("client_name: A\n", "client_id"),
    ("client_id: a\nredirect_uri: []\n", "redirect_uri"),
    ("client_id: a\nsecrets: [{lifetme: 30d}]\n", "lifetme"),
    ("client_id: a\nsecrets: {description: x}\n", "array"),
    ("client_id: a\nredirect_uris: {a: b}\n", "not valid under any"),
    ("client_id: a\nrequire_consent: maybe\n", "not valid under any"),
    ("client_id: a\naccess_token_lifetime: soon\n", "does not match"),
    ("client_id: a\naccess_token_lifetime: 0\n", "minimum"),
    ("client_id: a\nsecrets: [{lifetime: 3600}]\n", "minimum"),
    ("client_id: a\nsecrets: [{expiration: tomorrow}]\n", "does not match"),
    ("client_id: a\nstate: gone\n", "is not one of"),
    ("client_id: a\nsecrets: [{prune: all}]\n", "is not one of"),
    ("client_id: true\n", "is not of type"),
    ("client_id:\n", "is not of type"),
    ("client_id: a\nclient_name: [A]\n", "is not of type"),
    ("just text\n", "is not of type"),
    ("- a\n", "is not of type"),
    ("apps: []\n", "not valid under any"),
    ("apps: [{client_id: a}]\nmore: 1\n", "more"),
]


def read(folder: Path, text: str) -> list[str]:
    """Return what the reader of the files says about a text."""
    path = folder / "apps.yml"
    path.write_text(text, encoding="utf-8")
    declared, problems = read_source(str(path))
    return [problem.sentence for problem in [*problems, *complete_apps(declared, None, None)[1]]]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: str(place.relative_to(ROOT)))
def test_the_published_schema_is_the_one_of_the_code(place: Path) -> None:
    if os.environ.get("VANTAGE_WRITE_SCHEMA"):
        place.write_text(schema_text(), encoding="utf-8")
    assert place.read_text(encoding="utf-8") == schema_text(), "run this test with VANTAGE_WRITE_SCHEMA=1 in the environment"


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(build_schema())


@pytest.mark.parametrize("name", ["app", "secret"])
def test_every_option_is_described_in_plain_words(name: str) -> None:
    properties = build_schema()["definitions"][name]["properties"]
    assert [key for key, value in properties.items() if len(value["description"]) < 15 or re.search(r"\b[A-Z]\(", value["description"])] == []


@pytest.mark.parametrize("text", GOOD)
def test_reader_and_schema_accept(tmp_path: Path, text: str) -> None:
    assert (read(tmp_path, text), faults_of(VALIDATOR, text)) == ([], [])


@pytest.mark.parametrize(("text", "said"), BAD)
def test_reader_and_schema_refuse(tmp_path: Path, text: str, said: str) -> None:
    assert read(tmp_path, text)
    assert said in " ".join(faults_of(VALIDATOR, text))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_valid(path: Path) -> None:
    assert faults_of(VALIDATOR, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [path for path in EXAMPLES if path.is_relative_to(ROOT / "docs/examples/tenants")], ids=lambda path: path.name)
def test_the_examples_of_tenants_name_the_schema(path: Path) -> None:
    modeline = re.search(r"^# yaml-language-server: \$schema=(\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert modeline
    assert (path.parent / modeline.group(1)).resolve() in PLACES
