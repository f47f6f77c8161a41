# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every mistake of all apps is told at once, once, with its place, in the order in which a reader goes through the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import complete_apps
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import OptionNames, Place, Problem, ProblemsError, in_order
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared, read_source

YAML = """\
# A comment.
---
- client_id: a
  redirect_uri: []
  redirect_uris:
    - https://a.example/cb
    - javascript:alert(1)
    - https://b.example/#x
  secrets:
    - production
    - description: test
      lifetime: 5h
      renew_before: soon
- client_id: b
  access_token_lifetime: 0
- client_id: a
"""
SAID = [
    "4, a: unknown key 'redirect_uri'; did you mean 'redirect_uris'?",
    "7, a: redirect_uris entry 'javascript:alert(1)' has the scheme 'javascript'",
    "8, a: redirect_uris entry 'https://b.example/#x' has a fragment",
    "12, a: secret 'test': lifetime '5h' is shorter than a day, but the server takes 1 day to 3 years; raise it.",
    "13, a: secret 'test': renew_before 'soon' is not a duration; write seconds",
    "15, b: access_token_lifetime is 0 seconds; give 1 to",
    "16, a: this client_id is also in {path}:3; keep one of the two.",
]


def told(path: Path, defaults: Any = None, secret_defaults: Any = None, prefix: str = "") -> list[str]:
    """Return what is told of the apps in a folder or a file, without the folder."""
    declared, problems = read_source(str(path), OptionNames(prefix))
    _apps, wrong = complete_apps(declared, defaults, secret_defaults, name=OptionNames(prefix))
    return [problem.sentence for problem in in_order([*problems, *wrong])]


def with_path(said: str, path: Path) -> str:
    """Return a sentence with the path of its file before it and in it."""
    return f"{path}:{said.replace('{path}', str(path))}"


def assert_told(sentences: list[str], *beginnings: str) -> None:
    """Assert that these are the sentences."""
    assert [sentence[: len(beginning)] for sentence, beginning in zip(sentences, beginnings)] == list(beginnings)
    assert len(sentences) == len(beginnings)


def test_each_mistake_is_told_with_the_line_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text(YAML, encoding="utf-8")

    sentences = told(path)

    assert_told(sentences, *(with_path(said, path) for said in SAID))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yml", "client_id: a\nx: 1\n", "2, a: unknown key 'x'"),
        ("a.yml", "apps:\n  - client_id: a\n    state: gone\n", "3, a: state is 'gone'; write present or absent."),
        ("a.yml", "apps:\n  client_id: a\n  state: gone\n", "3, a: state is 'gone'; write present or absent."),
        ("a.yml", "- client_id: a\n- text\n", "2: this is not an app; write a mapping with client_id."),
        ("a.yml", "- &x\n  client_id: a\n- <<: *x\n  state: absent\n", "3, a: this client_id is also in {path}:2; keep one of the two."),
        ("a.yml", "- client_id: a\n  secrets: [x, x]\n", "2, a: two secrets have the description 'x'; give each its own."),
        ("a.yml", "- client_id: a\n  client_name: '{{ x }}'\n", "2, a: client_name holds '{{ x }}', a template"),
        ("a.yml", "- client_id: [\n", "2:1: this is not valid YAML"),
        ("a.json", '[\n  {"client_id": "a",\n   "state": "gone"}\n]', "3, a: state is 'gone'; write present or absent."),
        ("a.json", '[\n\t{"client_id": "a",\n\t"secrets": [\n\t{"lifetime": "5h"}]}\n]', "4, a: lifetime '5h' is shorter than a day"),
        ("a.csv", "sep=;\nclient_id;state\na;present\nb;gone\n", "4, b: state is 'gone'; write present or absent."),
        ("a.csv", 'client_id,client_name\na,"A\nB"\n', "3, a: client_name 'A\\nB' holds a control character; write it without."),
    ],
)
def test_lines_of_every_form(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    sentences = told(path)

    assert_told(sentences, with_path(said, path))


def test_problems_of_variables_come_first_and_those_of_files_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text("client_id: b\nx: 1\n", encoding="utf-8")
    (tmp_path / "a.yml").write_text("[", encoding="utf-8")
    (tmp_path / "c.json").write_text(json.dumps([{"client_id": "c", "x": 1}, {"client_id": "c"}]), encoding="utf-8")

    sentences = told(tmp_path, {"y": 1}, {"lifetime": "5h"}, "app_onboarding_")

    assert_told(
        [sentence.replace(f"{tmp_path}/", "") for sentence in sentences],
        "app_onboarding_defaults: unknown key 'y'",
        "app_onboarding_secret_defaults: lifetime '5h' is shorter than a day",
        "a.yml:2:1: this is not valid YAML",
        "b.yml:2, b: unknown key 'x'",
        "c.json:1, c: unknown key 'x'",
        "c.json:1, c: this client_id is also in",
    )


@pytest.mark.parametrize(
    ("defaults", "secret_defaults", "said"),
    [
        ({"redirect_uris": ["javascript:x"]}, None, "defaults: redirect_uris entry 'javascript:x' has the scheme"),
        ({"access_token_lifetime": "soon"}, None, "defaults: access_token_lifetime 'soon' is not a duration"),
        (None, {"lifetime": "2h"}, "secret_defaults: lifetime '2h' is shorter than a day"),
        (None, {"lifetime": "30d", "renew_before": "30d"}, "secret_defaults: renew_before '30d' is not less than the lifetime ('30d')"),
    ],
)
def test_what_is_wrong_with_defaults_is_told_once(defaults: Any, secret_defaults: Any, said: str) -> None:
    declared = [Declared({"client_id": f"app-{number}"}, Place(option="apps")) for number in range(50)]
    _apps, problems = complete_apps(declared, defaults, secret_defaults)
    assert_told([problem.sentence for problem in problems], said)


def test_a_default_that_does_not_fit_an_app_is_told_of_the_app() -> None:
    declared = [Declared({"client_id": "a", "secrets": [{"description": "x", "lifetime": "20d"}]}, Place(option="apps, app 1"))]
    _apps, problems = complete_apps(declared, None, {"renew_before": "30d"})
    assert_told([problem.sentence for problem in problems], "apps, app 1, a: secret 'x': renew_before '30d' is not less than the lifetime ('20d')")


def test_an_absent_app_is_checked_too() -> None:
    app = {"client_id": "a", "state": "absent", "secrets": [{"lifetme": "30d"}], "access_token_lifetime": "soon"}

    (completed,), problems = complete_apps([Declared(app, Place(option="apps"))], None, None)

    assert (completed.client, completed.secrets) == ({"client_id": "a"}, ())
    assert len(problems) == 2


@pytest.mark.parametrize(("count", "said"), [(1, "Nothing was written. a0: x"), (2, "Nothing was written: there are 2 problems.\n- a0: x\n- a1: x")])
def test_one_problem_is_a_sentence_and_several_are_a_list(count: int, said: str) -> None:
    assert ProblemsError([Problem("x", client_id=f"a{number}") for number in range(count)]).message == said


def test_the_message_ends_after_fifty() -> None:
    lines = ProblemsError([Problem("x", Place(f"{number:03}"), "a") for number in range(60)]).message.split("\n")
    assert lines[0] == "Nothing was written: there are 60 problems."
    assert lines[51:] == ["… and 10 more"]


def test_the_message_escapes_what_a_terminal_would_obey() -> None:
    lines = ProblemsError([Problem("x", Place(f"{number:03}\n\x1b"), "a") for number in range(2)]).message.split("\n")
    assert lines[1] == "- 000\\n\\x1b, a: x"


def test_a_repeated_problem_is_told_once() -> None:
    assert in_order([Problem("x"), Problem("x")]) == [Problem("x")]
