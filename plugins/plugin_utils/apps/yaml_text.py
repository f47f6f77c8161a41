# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Write data from a server as YAML that Ansible loads unchanged. Pure."""

from __future__ import annotations

from typing import Any

import yaml

from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain

TEMPLATE_MARKS = ("{{", "{%", "{#")


class _Dumper(yaml.SafeDumper):
    """Block style with list entries indented below their key, as the linters require."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent list entries too."""
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write no aliases."""
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if any(mark in text for mark in TEMPLATE_MARKS):
        # A client's name must not be able to run a template on the controller that loads the file.
        return dumper.represent_scalar("!unsafe", text, style="'")
    return dumper.represent_str(text)


_Dumper.add_representer(str, _represent_text)


def yaml_from_data(data: Any) -> str:
    """Return the data, of any Ansible type, as a document."""
    return yaml.dump(plain(data), Dumper=_Dumper, explicit_start=True, sort_keys=False, allow_unicode=True, default_flow_style=False, width=10_000)
