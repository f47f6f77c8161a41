# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How apps are read from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps import sources
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import read_source


def write(folder: Path, **files: str) -> None:
    """Write files whose names have a double underscore in the place of the dot."""
    for name, text in files.items():
        path = folder / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def write_all_forms(folder: Path) -> None:
    """Write apps in each of the forms, and files that are no apps."""
    write(
        folder,
        c__csv="client_id,client_name\nfour,Four\n\nfive,\n",
        a__yml="- client_id: one\n- client_id: two\n",
        b__json='{"apps": [{"client_id": "three"}]}',
    )
    write(folder / "team", d__yaml="client_id: six\n", notes__txt="client_id: no\n")
    write(folder / ".git", e__yml="client_id: no\n")


def test_all_forms_in_the_order_of_their_names(tmp_path: Path) -> None:
    write_all_forms(tmp_path)

    apps, problems = read_source(str(tmp_path))

    assert problems == []
    assert [one.app for one in apps] == [
        {"client_id": "one"},
        {"client_id": "two"},
        {"client_id": "three"},
        {"client_id": "four", "client_name": "Four"},
        {"client_id": "five"},
        {"client_id": "six"},
    ]


def test_an_app_knows_its_place(tmp_path: Path) -> None:
    write_all_forms(tmp_path)

    apps, _problems = read_source(str(tmp_path))

    assert (str(apps[1].place), apps[1].path) == (f"{tmp_path}/a.yml", (1,))
    assert (str(apps[3].place), apps[3].is_text) == (f"{tmp_path}/c.csv:2", True)


def test_json_is_read_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = {"client_id": "a", "redirect_uris": ["https://a.example/\u00e9"], "require_consent": True, "client_name": None}
    write(tmp_path, a__json=json.dumps([app, {"client_id": "b"}]))
    # Read as YAML, the file would be an error.
    monkeypatch.delattr(sources, "StrictLoader")

    apps, problems = read_source(str(tmp_path))

    assert ([one.app for one in apps], problems) == ([app, {"client_id": "b"}], [])


def test_a_json_file_that_is_yaml_is_read_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, b__json="# by hand\n{client_id: c}\n")
    apps, problems = read_source(str(tmp_path))
    assert ([one.app for one in apps], problems) == ([{"client_id": "c"}], [])


def test_a_csv_file_with_semicolons_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "apps.csv"
    path.write_bytes('\ufeffclient_id;client_name\r\na;"A; and more"\r\n'.encode())

    apps, problems = read_source(str(path))

    assert problems == []
    assert [one.app for one in apps] == [{"client_id": "a", "client_name": "A; and more"}]


TWO = [{"client_id": "a", "client_name": "A, B; C"}, {"client_id": "b"}]


@pytest.mark.parametrize(
    "text",
    [
        'sep=;\r\nclient_id;client_name\r\na;"A, B; C"\r\nb;\r\n',
        '"sep=;"\nclient_id;client_name\na;"A, B; C"\nb;\n',
        "SEP=\t\r\nclient_id\tclient_name\r\na\tA, B; C\r\nb\t\r\n",
        'client_id\tclient_name\na\t"A, B; C"\nb\t\n',
        'client_id, client_name\na, "A, B; C"\nb,\n',
        'client_id,client_name,,\r\na,"A, B; C",,\r\n,,,\r\nb,,,\r\n',
        'client_id;client_name;;\r\na;"A, B; C";;\r\nb;;;\r\n',
        'client_id,client_name\na,"A, B; C",,,\nb,,,\n',
        '\r\nclient_id ; client_name\r\n a;"A, B; C"\r\n b;\r\n',
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_is_read_as_spreadsheets_write_it(tmp_path: Path, text: str, mark: str) -> None:
    (tmp_path / "a.csv").write_bytes((mark + text).encode())
    apps, problems = read_source(str(tmp_path))
    assert ([one.app for one in apps], problems) == (TWO, [])


def test_a_line_keeps_its_number_below_the_separator(tmp_path: Path) -> None:
    write(tmp_path, a__csv="sep=;\nclient_id;client_name\na;A\n")
    assert str(read_source(str(tmp_path))[0][0].place) == f"{tmp_path}/a.csv:3"


def test_many_odd_lines_are_one_sentence(tmp_path: Path) -> None:
    write(tmp_path, a__csv="client_id;client_name\n" + "a;b;c\n" * 40)
    (problem,) = read_source(str(tmp_path))[1]
    assert "a.csv:2: this line (and 39 more, such as 3) does not have as many cells as the first line; put a text with a ';' in it" in problem.sentence


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "client_id,,client_name\na,,b\n", "a.csv:1: there is no key above column 2; write the name of an option there, or remove the column."),
        ("a.csv", "client_id,client_id\na,b\n", "a.csv:1: the key 'client_id' is there twice; keep one of the two columns."),
        ("a.yml", "client_id: {{domain}}\n", "a.yml:1:13: this is not valid YAML: a mapping or a list is used as a key; a text that begins with"),
        ("a.yml", "- client_id: [\n", "a.yml:2:1: this is not valid YAML"),
        ("a.yml", "- client_id: a\n  client_id: b\n", "a.yml:2:3: this is not valid YAML: the key 'client_id' is there twice; fix it."),
        ("a.json", '[\n{"client_id": "a", "client_id": "b"}]', "a.json:2:20: this is not valid YAML: the key 'client_id' is there twice; fix it."),
        ("a.json", '[{"client_id": "a"', "is not valid YAML"),
        ("a.yml", "? [a]\n: b\n", "a.yml:1:3: this is not valid YAML: a mapping or a list is used as a key"),
        ("a.yml", "? {a: b}\n: c\n", "a.yml:1:3: this is not valid YAML: a mapping or a list is used as a key"),
        ("a.yml", "client_id: !!int abc\n", "a.yml:1:12: this is not valid YAML: this is not what its tag tag:yaml.org,2002:int says; fix it."),
        ("a.yml", "client_id: !!int ''\n", "is not what its tag tag:yaml.org,2002:int says"),
        ("a.yml", "client_id: !!float x\n", "is not what its tag tag:yaml.org,2002:float says"),
        ("a.yml", "client_id: !!bool x\n", "is not what its tag tag:yaml.org,2002:bool says"),
        ("a.yml", "client_id: !!timestamp x\n", "is not what its tag tag:yaml.org,2002:timestamp says"),
        ("a.yml", "client_id: !!timestamp 2027-02-30\n", "is not what its tag tag:yaml.org,2002:timestamp says"),
        ("a.yml", "!!map [a]\n", "a.yml:1:1: this is not valid YAML: expected a mapping node, but found sequence; fix it."),
        ("a.yml", "client_id: !!set [a]\n", "a.yml:1:12: this is not valid YAML: expected a mapping node, but found sequence; fix it."),
        ("a.yml", "- !!int abc\n", "a.yml:1:3: this is not valid YAML"),
        ("a.json", "[" * 100_000, "a.json: lists or mappings are nested too deeply to be read; write a list of apps."),
        ("a.yml", "just text\n", "a.yml: this is not an app or a list of apps"),
        ("a.yml", "$ANSIBLE_VAULT;1.1;AES256\n3031\n", "a.yml: this file is encrypted; an app's description holds nothing secret"),
        ("a.csv", "client_id,client_name\na,b,c\n", "a.csv:2: this line does not have as many cells as the first line"),
        ("a.csv", "client_id,client_name\na\n", "a.csv:2: this line does not have as many cells as the first line"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    apps, problems = read_source(str(tmp_path))

    assert apps == []
    assert len(problems) == 1
    assert said in problems[0].sentence
    assert "\n" not in problems[0].sentence


def test_a_folder_without_apps_is_named(tmp_path: Path) -> None:
    _apps, (problem,) = read_source(str(tmp_path))
    assert "holds no file that ends in .yml" in problem.sentence


def test_a_source_that_is_missing_is_named(tmp_path: Path) -> None:
    _apps, (problem,) = read_source(str(tmp_path / "no"))
    assert f"There is no {tmp_path}/no; change source" in problem.sentence


def test_a_file_of_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yml").write_bytes(b"client_name: caf\xe9\n")
    _apps, (problem,) = read_source(str(tmp_path))
    assert "latin.yml: this is not UTF-8 text" in problem.sentence


def test_one_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, a__yml="[", b__yml="client_id: b\n", c__yml="[")
    apps, problems = read_source(str(tmp_path))
    assert ([one.app["client_id"] for one in apps], len(problems)) == (["b"], 2)


@pytest.mark.parametrize("written", ["0123", "12:30", "1_000", "0x1F", "1.10", "2027-02-30", "2026-13-45", "0x_", "1e3"])
def test_a_text_stays_as_it_was_written(tmp_path: Path, written: str) -> None:
    write(tmp_path, a__yml=f"client_id: {written}\nrequire_consent: true\n")
    apps, problems = read_source(str(tmp_path))
    assert ([one.app for one in apps], problems) == ([{"client_id": written, "require_consent": True}], [])


def test_numbers_of_json_stay_as_they_were_written(tmp_path: Path) -> None:
    write(tmp_path, a__json='{"client_id": 1.10, "access_token_lifetime": 3600}')
    assert read_source(str(tmp_path))[0][0].app == {"client_id": "1.10", "access_token_lifetime": "3600"}


def test_links_are_followed_each_folder_once(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", a__yml="client_id: a\n", b__csv="client_id\nb\n")
    source = tmp_path / "source"
    source.mkdir()
    (source / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(source)

    apps, problems = read_source(str(source))

    assert problems == []
    assert sorted(one.app["client_id"] for one in apps) == ["a", "b"]


def test_the_case_of_suffixes_does_not_matter(tmp_path: Path) -> None:
    write(tmp_path, a__YML="client_id: a\n", B__Csv="client_id\nb\n")

    apps, problems = read_source(str(tmp_path))

    assert problems == []
    assert sorted(one.app["client_id"] for one in apps) == ["a", "b"]


@pytest.mark.parametrize(("name", "text"), [("a.yml", ""), ("a.yml", "# nothing\n"), ("a.yml", "apps: []\n"), ("a.csv", "client_id,client_name\n")])
def test_a_file_that_says_nothing_is_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    apps, problems = read_source(str(tmp_path))
    assert (apps, [one.sentence for one in problems]) == ([], [f"{tmp_path / name}: this file declares no app; write one into it, or remove the file."])


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = sources.os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    write(tmp_path, a__yml="client_id: a\n")
    write(tmp_path / "closed", b__yml="client_id: b\n")
    # Root may read everything, so that taking the permission away would show nothing.
    monkeypatch.setattr(sources.os, "scandir", refuse)

    apps, problems = read_source(str(tmp_path))
    said = f"Could not read the folder {tmp_path / 'closed'}: Permission denied; check its permissions."

    assert (apps, [one.sentence for one in problems]) == ([], [said])
