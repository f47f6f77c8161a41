# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever stands in the files of the apps: sentences that say what is wrong, or apps that can be planned."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import APP_KINDS, SECRET_KINDS, complete_apps
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import read_source
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.app_schema import build_schema, faults_of
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun, MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.fuzz import anything, assert_told, examples, numbers, scalars, texts
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "flag": st.booleans() | texts,
    "verify": st.booleans() | st.just("api") | texts,
    "list": st.lists(texts, max_size=3),
    "names": st.lists(texts, max_size=3),
    "seconds": numbers | texts,
    "time": st.sampled_from(["2027-06-01", "2027-06-01T12:00:00Z"]) | texts,
    "state": st.sampled_from(["present", "absent", "gone"]),
    "prune": st.sampled_from(["none", "expired", "superseded", "all"]),
    "labels": st.dictionaries(texts | st.just("owner") | numbers, texts | numbers, max_size=3),
}
SNIPPETS = [
    *(
        "&a [*a]",
        "&a {client_id: *a}",
        "*nowhere",
        "<<: *a\n",
        "<<: [1]\n",
        "<<: x\n",
        "? [a]\n: b\n",
        "? {a: b}\n: c\n",
        "? !!set {a}\n: b\n",
        "{[a]: b}",
        "{}: x\n",
    ),
    *("!!int abc", "!!int ''", "!!float x", "!!float ''", "!!bool x", "!!timestamp x", "!!timestamp 2027-02-30", "!!null x", "!!binary x", "!!binary \u00e4"),
    *(
        "!!set {a, b}",
        "!!omap [a: 1]",
        "!!pairs [a: 1]",
        "!!python/object:os.system x",
        "!vault |\n  3031",
        "!unsafe x",
        "!!map [a]",
        "!!seq {a: 1}",
        "!!str [a]",
    ),
    *(
        "%YAML 9.9\n---\n",
        "---\n...\n---\n",
        "\t",
        "[" * 2000,
        "{a: " * 600,
        "- " * 1500,
        '"\\ud800"',
        '"\\x00"',
        "|\n",
        ">-\n",
        "@",
        "`",
        "\ufeff",
        "'",
        '"',
        ": ",
        "#",
    ),
    *(
        "= : x\n",
        "client_id: a\nclient_id: b\n",
        "apps: 5\n",
        "apps: {}\n",
        "\x85",
        "\u2028",
        "\x00",
        "\x1b",
        "\r",
        "\n",
        ";",
        ",",
        '""',
        "9" * 5000,
        "1" + "_" * 50,
    ),
]
VALIDATOR = Draft7Validator(build_schema())


def records(kinds: dict[str, str], nested: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[Any, Any]]:
    """Give mappings of known keys with values that nearly fit, and of a few others with anything."""
    near = {key: nested if kind == "secrets" else BY_KIND[kind] | scalars for key, kind in kinds.items()}
    keys = st.sampled_from([*kinds, "client_ids", "secretz", "<<", "", " client_id", "Client_ID"]) | texts
    return st.builds(lambda known, odd: {**known, **odd}, st.fixed_dictionaries({}, optional=near), st.just({}) | st.dictionaries(keys, anything, max_size=1))


secrets = st.lists(records(SECRET_KINDS, st.nothing()) | texts, max_size=2)
good_secrets = st.lists(st.fixed_dictionaries({"description": texts}, optional={"lifetime": st.sampled_from(["90d", "1h", 60])}), max_size=2)
names = st.sampled_from(["intake", "desk", "Desk", "automation"]) | texts
apps = st.builds(lambda name, app: {"client_id": name, **app}, names, records(APP_KINDS, secrets | anything))
good_apps = st.fixed_dictionaries(
    {"client_id": names, "allowed_grant_types": st.just(["client_credentials"])}, optional={"secrets": good_secrets, "client_name": texts}
)
declared = st.lists(good_apps | apps, max_size=3) | st.fixed_dictionaries({"apps": anything | st.lists(apps, max_size=2)}) | apps | anything


def dumped_yaml(value: Any, flow: bool) -> str:
    return str(yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True))


@st.composite
def csv_texts(draw: st.DrawFn) -> str:
    header = draw(st.lists(st.sampled_from([*APP_KINDS, "secretz", "", " client_id "]) | texts, min_size=1, max_size=5))
    target = io.StringIO()
    written = csv.writer(target, delimiter=draw(st.sampled_from([",", ";", "\t"])), quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    rows = draw(st.lists(st.lists(texts, min_size=len(header) - 1, max_size=len(header) + 1), max_size=3))
    written.writerows([header, *rows])
    return target.getvalue()


@st.composite
def contents(draw: st.DrawFn) -> tuple[str, bytes]:
    """Give a name and what is in the file."""
    name = draw(st.sampled_from(["a.yml", "a.json", "a.csv", "A.YAML"]))
    kind = draw(st.sampled_from(["bytes", "text", "dump", "dump", "dump", "broken"]))
    if kind == "bytes":
        return name, draw(st.binary(max_size=60))
    if kind == "text":
        return name, "".join(draw(st.lists(st.sampled_from(SNIPPETS) | texts, max_size=6))).encode("utf-8", "surrogatepass")
    if name.endswith("csv"):
        text = draw(csv_texts())
    elif name.endswith("json"):
        text = json.dumps(draw(declared), ensure_ascii=draw(st.booleans()))
    else:
        text = dumped_yaml(draw(declared), draw(st.booleans()))
    if kind == "broken":
        place, length = draw(st.integers(0, len(text))), draw(st.integers(0, 3))
        text = text[:place] + draw(st.sampled_from(SNIPPETS) | texts) + text[place + length :]
    return name, text.encode("utf-8", "surrogatepass")


@pytest.mark.timeout(3600)
@examples(0.3, 200)
@pytest.mark.slow
@given(
    content=contents(),
    defaults=st.just({}) | records(APP_KINDS, secrets) | anything,
    secret_defaults=st.just({}) | records(SECRET_KINDS, st.nothing()) | anything,
)
def test_every_file_is_planned_or_refused_in_sentences(content: tuple[str, bytes], defaults: Any, secret_defaults: Any) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        path = Path(folder) / content[0]
        path.write_bytes(content[1])
        in_process = InProcess(Emulator(), monkeypatch)
        options = {"source": str(path), "defaults": defaults, "secret_defaults": secret_defaults}

        found, problems = read_source(str(path))
        _apps, wrong = complete_apps(found, defaults, secret_defaults)
        result = EngineRun(in_process, MemoryStore(), [], check=True, **options).perform()

        assert all(problem.sentence for problem in [*problems, *wrong])
        assert all(problem.place.file in ("", str(path)) for problem in [*problems, *wrong])
        assert result["failure"] or not (problems or wrong)
        assert [request for request in in_process.requests() if request[0] != "GET" and not request[1].endswith("/connect/token")] == []
        assert not ((problems or wrong) and in_process.requests())

        if result["failure"]:
            assert_told(result["failure"])


@pytest.mark.timeout(3600)
@examples(0.15, 400)
@given(value=st.lists(good_apps, min_size=1, max_size=2) | declared, flow=st.booleans(), bare=st.booleans())
def test_what_the_reader_accepts_an_editor_accepts(value: Any, flow: bool, bare: bool) -> None:
    text = dumped_yaml(value, flow)
    if bare:
        # As people write it, so that an editor has numbers where the reader has texts.
        text = re.sub(r"'([\w.+:-]+)'", r"\1", text)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.yml"
        path.write_text(text, encoding="utf-8", newline="")
        found, problems = read_source(str(path))

    if not problems and not complete_apps(found, None, None, allow_braces=True)[1]:
        assert faults_of(VALIDATOR, text) == []
