# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find the lines of declarations in YAML and JSON files. The files are read again for it, but only when there is a problem to report."""

from __future__ import annotations

from collections.abc import Iterable

import yaml

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import Place
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared, SourceError, StrictLoader, read_text


class Lines:
    """Finds places in files; reads each file at most once."""

    def __init__(self) -> None:
        self._documents: dict[str, yaml.Node | None] = {}

    def place_of(self, declared: Declared, *keys: str | int) -> Place:
        """Return the place of an app, or of a key in it, as exactly as possible.

        :param keys: the path from the app down: keys and indexes.
        """
        place = declared.place
        if not place.file or place.line:
            return place
        if place.file not in self._documents:
            self._documents[place.file] = document_of(place.file)
        document = self._documents[place.file]
        return place if document is None else place._replace(line=line_of(document, (*declared.path, *keys)))


def document_of(path: str) -> yaml.Node | None:
    """Return the nodes of a file; None when it can no longer be read, or is JSON that is not valid YAML."""
    try:
        node: yaml.Node | None = yaml.compose(read_text(path), Loader=StrictLoader)
    except (SourceError, yaml.YAMLError, RecursionError):
        return None
    return node


def line_of(node: yaml.Node, keys: Iterable[str | int]) -> int:
    """Return the line of a value, or of its nearest parent if it is not written there, as with merged mappings."""
    line: int = node.start_mark.line
    for key in keys:
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line
            continue
        pair = next((pair for pair in node.value if pair[0].value == key), None) if isinstance(node, yaml.MappingNode) else None
        if pair is None:
            break
        line, node = pair[0].start_mark.line, pair[1]
    return line + 1
