# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Read declared apps from YAML, JSON and CSV files."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import yaml

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import NOWHERE, OWN_NAMES, OptionNames, Place, Problem

JSON_SUFFIX = ".json"
YAML_SUFFIXES = (".yml", ".yaml", JSON_SUFFIX)
CSV_SUFFIX = ".csv"
# Excel's line that sets the separator.
SEPARATOR_LINE = re.compile(r'"?sep=(?P<separator>[^\r\n"])"?[ \t,;]*(\r\n|\r|\n|$)', re.IGNORECASE)
VAULT_HEADER = "$ANSIBLE_VAULT"


class Declared(NamedTuple):
    """An app as declared.

    :param place: its file, with the line if that is CSV, or its option.
    :param path: the path of the app in a YAML or JSON file: keys and indexes.
    :param is_text: whether all values are text, as in CSV.
    """

    app: Any
    place: Place
    path: tuple[str | int, ...] = ()
    is_text: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it is in a file; files are not templated."""
        return bool(self.place.file)


class StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml's loader, where it is there
    """The safe loader, except that a duplicate key in a mapping is an error: the first value would be lost silently."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Return the mapping of a node."""
        seen = set()
        # The loader itself refuses a list with the tag of a mapping.
        for key_node, _value_node in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key_node, yaml.ScalarNode):
                problem = "a mapping or a list is used as a key; a text that begins with { or [ needs quotes"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            if key_node.value in seen and key_node.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(None, None, f"the key {key_node.value!r} is there twice", key_node.start_mark)
            seen.add(key_node.value)
        return super().construct_mapping(node, deep=deep)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Return the value of a node; a value that does not fit its tag, as in ``!!int x``, is an error with its place."""
        try:
            return super().construct_object(node, deep=deep)
        except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as exc:
            raise yaml.constructor.ConstructorError(None, None, f"this is not what its tag {node.tag} says", node.start_mark) from exc


# A client_id 0123, 12:30 or 1.10 is text, and an impossible date is an ordinary mistake: both stay as written.
StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in ("int", "float", "timestamp")]
    for first, resolvers in StrictLoader.yaml_implicit_resolvers.items()
}


def read_source(path: str, name: OptionNames = OWN_NAMES) -> tuple[list[Declared], list[Problem]]:
    """Return the apps of a file, or of all files in a folder and its subfolders, and the mistakes.

    Files are read in the order of their names; hidden files and other file types are skipped.

    :param name: maps options to their names in messages.
    """
    if os.path.isdir(path):
        try:
            files = sorted(find_files(path))
        except SourceError as exc:
            return [], [exc.problem]
        if not files:
            wanted = f"{', '.join(YAML_SUFFIXES)} or {CSV_SUFFIX}"
            return [], [Problem(f"{path} holds no file that ends in {wanted}; put the apps there or change {name('source')}.")]
    elif os.path.exists(path):
        files = [path]
    else:
        return [], [Problem(f"There is no {path}; change {name('source')} to a folder of YAML files, a YAML file or a CSV file.")]
    apps: list[Declared] = []
    problems: list[Problem] = []
    for file in files:
        try:
            found = read_file(file)
        except SourceError as exc:
            problems.append(exc.problem)
            continue
        if not found:
            # Emptied by mistake, it would remove its apps; emptied on purpose, it is not needed.
            problems.append(Problem("this file declares no app; write one into it, or remove the file.", Place(file)))
        apps += found
    return apps, problems


class SourceError(Exception):
    """A file cannot be read."""

    def __init__(self, text: str, place: Place = NOWHERE) -> None:
        self.problem = Problem(text, place)
        super().__init__(self.problem.sentence)


def find_files(folder: str) -> Iterator[str]:
    """Yield the files of a folder and its subfolders that may hold apps. Links are followed, each folder once.

    :raises SourceError: for an unreadable folder: its apps would seem to be no longer declared.
    """
    seen: set[str] = set()
    for base, folders, files in os.walk(folder, onerror=refuse_folder, followlinks=True):
        seen.add(os.path.realpath(base))
        folders[:] = [name for name in folders if not name.startswith(".") and os.path.realpath(os.path.join(base, name)) not in seen]
        for name in files:
            if not name.startswith(".") and name.lower().endswith((*YAML_SUFFIXES, CSV_SUFFIX)):
                yield os.path.join(base, name)


def refuse_folder(exc: OSError) -> None:
    """Raise SourceError for a folder that cannot be listed."""
    raise SourceError(f"Could not read the folder {exc.filename}: {exc.strerror}; check its permissions.") from exc


def read_file(path: str) -> list[Declared]:
    """Return the apps of one file.

    :raises SourceError: when it cannot be opened or parsed.
    """
    text = read_text(path)
    if text.startswith(VAULT_HEADER):
        raise SourceError("this file is encrypted; an app's description holds nothing secret, so keep it in clear ('ansible-vault decrypt').", Place(path))
    return apps_from_csv(text, path) if path.lower().endswith(CSV_SUFFIX) else apps_from_yaml(text, path)


def read_text(path: str) -> str:
    """Return the text of a file.

    :raises SourceError: when it cannot be opened or is not text.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as source:
            return source.read()
    except OSError as exc:
        raise SourceError(f"this file could not be read: {exc.strerror}; check its permissions.", Place(path)) from exc
    except UnicodeDecodeError as exc:
        raise SourceError("this is not UTF-8 text; save it as UTF-8.", Place(path)) from exc


def apps_from_yaml(text: str, path: str) -> list[Declared]:
    """Return the apps of parsed data: one app, a list of apps, or a mapping with the list under ``apps``.

    :raises SourceError: when it is none of these.
    """
    try:
        found = loaded(text, path)
    except yaml.YAMLError as exc:
        raise SourceError(f"this is not valid YAML: {reason(exc)}; fix it.", position(exc, path)) from exc
    except RecursionError as exc:
        raise SourceError("lists or mappings are nested too deeply to be read; write a list of apps.", Place(path)) from exc
    if found is None:
        return []
    place = Place(path)
    top: tuple[str | int, ...] = ()
    if isinstance(found, dict) and set(found) == {"apps"}:
        found, top = found["apps"] or [], ("apps",)
    if isinstance(found, dict):
        return [Declared(found, place, top)]
    if not isinstance(found, list):
        raise SourceError("this is not an app or a list of apps; write a list of mappings with client_id.", place)
    return [Declared(app, place, (*top, index)) for index, app in enumerate(found)]


def loaded(text: str, path: str) -> Any:
    """Parse YAML; for JSON the result is the same, many times faster.

    :raises YAMLError: when it is neither.
    """
    if path.lower().endswith(JSON_SUFFIX):
        # The YAML reader reports the mistake with its place.
        with suppress(ValueError):
            return json.loads(text, object_pairs_hook=unique_pairs, parse_int=str, parse_float=str)
    return yaml.load(text, Loader=StrictLoader)  # noqa: S506 - a safe loader


def unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a mapping; raise ValueError for a duplicate key."""
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError("a key is there twice")
    return mapping


def apps_from_csv(text: str, path: str) -> list[Declared]:
    """Return the apps of a CSV text with a header of keys; an empty cell means that the key is not given.

    It is read as spreadsheets write it: with any separator, the line ``sep=;``, blanks after the separator, and empty columns at the end.

    :raises SourceError: for lines that do not match the header.
    """
    delimiter, text, above = separator_of(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    keys: list[str] = []
    apps, odd = [], []
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            place = Place(path, rows.line_num + above)
            if not cells:
                continue
            if not keys:
                keys = checked_header(cells, place)
            elif len(cells) > len(keys) or len(row) < len(keys):
                odd.append(place.line)
            else:
                apps.append(Declared({key: cell for key, cell in zip(keys, cells) if cell}, place, is_text=True))
    except csv.Error as exc:
        raise SourceError(f"this is not valid CSV: {exc}; fix it.", Place(path, rows.line_num + above)) from exc
    if odd:
        raise SourceError(problem_of_lines(odd, delimiter), Place(path, odd[0]))
    return apps


def separator_of(text: str) -> tuple[str, str, int]:
    """Return the separator of a CSV text, the text without a ``sep=`` line, and the number of removed lines."""
    said = SEPARATOR_LINE.match(text)
    if said:
        return said["separator"], text[said.end() :], 1
    header = next((line for line in text.splitlines() if line.strip()), "")
    # Keys never contain one of these.
    return max(",;\t|", key=header.count), text, 0


def checked_header(cells: list[str], place: Place) -> list[str]:
    """Return the keys of the first line.

    :raises SourceError: for a missing or duplicate key.
    """
    if "" in cells:
        problem = f"there is no key above column {cells.index('') + 1}; write the name of an option there, or remove the column."
        raise SourceError(problem, place)
    twice = next((key for key in cells if cells.count(key) > 1), None)
    if twice is not None:
        raise SourceError(f"the key {twice!r} is there twice; keep one of the two columns.", place)
    return cells


def problem_of_lines(lines: list[int], delimiter: str) -> str:
    """Return one sentence for all lines with another number of cells than the header."""
    name = "tab" if delimiter == "\t" else repr(delimiter)
    these = f"this line (and {len(lines) - 1} more, such as {lines[1]})" if len(lines) > 1 else "this line"
    return f"{these} does not have as many cells as the first line; put a text with a {name} in it into double quotes."


def position(exc: yaml.YAMLError, path: str) -> Place:
    """Return the place where the parser stopped."""
    mark = getattr(exc, "problem_mark", None)
    return Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)


def reason(exc: yaml.YAMLError) -> str:
    """Return the parser's own words in one line."""
    return " ".join(str(getattr(exc, "problem", None) or exc).split())
