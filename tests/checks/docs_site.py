# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepare the pages of the documentation site: the guides of the repository, and the pages generated from plugins and role."""

from __future__ import annotations

import os
import re
import shutil
import zlib
from pathlib import Path

# Pages and their link targets keep their paths, so that links work in the repository and on the site.
KEPT = (
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
    *("docs/api-contract.md", "docs/apps.schema.json", "docs/guides", "docs/images", "docs/examples"),
)
REFERENCE = "reference"
LINK = re.compile(r"(?<=\]\()(?P<path>[^)#\s:]+)")
# How a page that is shown alone, such as README on Galaxy, links to files of the repository.
FULL_LINK = re.compile(
    r"(?<=\]\()https://(?:github\.com/abbyy/abbyy\.vantage/blob/main|raw\.githubusercontent\.com/abbyy/abbyy\.vantage/main)/(?P<path>[^)#\s]+)"
)
# Code is not on the site.
REPOSITORY = "https://github.com/abbyy/abbyy.vantage/blob/main"
CODE = re.compile(r"(tests|plugins|roles|playbooks|extensions)/.+")
# Link targets in the repository, and the matching pages of the site.
ELSEWHERE = (
    (re.compile(r"plugins/modules/(\w+)\.py"), rf"{REFERENCE}/\1_module.rst"),
    (re.compile(r"roles/(\w+)/README\.md"), rf"{REFERENCE}/\1_role.rst"),
    (re.compile(r"README\.md"), "index.md"),
)
# Labels of Ansible's own documentation that generated pages use.
LABELS = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
    "ansible_collections.ansible.builtin.uri_module": "collections/ansible/builtin/uri_module.html",
}


def lay_out_site(checkout: Path, source: Path) -> Path:
    """Recreate SOURCE with all pages except the generated ones; return the folder for those."""
    shutil.rmtree(source, ignore_errors=True)
    reference = source / REFERENCE
    reference.mkdir(parents=True)
    for name in KEPT:
        if (checkout / name).is_dir():
            shutil.copytree(checkout / name, source / name)
        elif (checkout / name).exists():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(checkout / name, source / name)
    shutil.copytree(checkout / "docs/site", source, dirs_exist_ok=True)
    for page in source.rglob("*.md"):
        page.write_text(point_to_site(page.read_text(encoding="utf-8"), page.relative_to(source).parent), encoding="utf-8")
    (source / "ansible.inv").write_bytes(make_inventory(LABELS))
    return reference


def point_to_site(text: str, folder: Path) -> str:
    """Replace links to the repository and its code on a page in FOLDER with links to the site's own pages."""

    def shorten(match: re.Match[str]) -> str:
        kept = any(match["path"] == name or match["path"].startswith(f"{name}/") for name in KEPT)
        return os.path.relpath(match["path"], folder) if kept else match[0]

    def change(match: re.Match[str]) -> str:
        path = os.path.normpath(folder / match["path"])
        for pattern, page in ELSEWHERE:
            if pattern.fullmatch(path):
                return os.path.relpath(pattern.sub(page, path), folder)
        return f"{REPOSITORY}/{path}" if CODE.fullmatch(path) else match["path"]

    return LINK.sub(change, FULL_LINK.sub(shorten, text))


def make_inventory(labels: dict[str, str]) -> bytes:
    """Write labels of another site for intersphinx."""
    head = "# Sphinx inventory version 2\n# Project: ansible\n# Version: devel\n# The remainder of this file is compressed using zlib.\n"
    lines = "".join(f"{label} std:label -1 {page}#{re.sub('[_.]', '-', label)} {label}\n" for label, page in labels.items())
    return head.encode() + zlib.compress(lines.encode())
