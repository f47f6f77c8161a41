# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Skip the tests of a store where its collection or library is not installed."""

from __future__ import annotations

import os
import sysconfig
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from ansible.release import __version__ as core_version
from packaging.specifiers import SpecifierSet


def skip_without(collections: list[str], modules: list[str]) -> None:
    """Skip the tests of a file, saying what is missing."""
    for collection in collections:
        folder = find_collection(collection)
        if folder is None:
            pytest.skip(f"the collection {collection} is not installed", allow_module_level=True)
        requires = yaml.safe_load((folder / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
        if not SpecifierSet(requires).contains(core_version, prereleases=True):
            pytest.skip(f"{collection} needs ansible-core {requires}, this is {core_version}", allow_module_level=True)
    for module in modules:
        if not is_importable(module):
            pytest.skip(f"the Python module {module} is not installed", allow_module_level=True)


def find_collection(name: str, path: str | None = None) -> Path | None:
    """Return the folder of an installed collection.

    :param path: where to look beside the environment's packages; where Ansible would when None.
    """
    searched = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "") if path is None else path
    roots = [*filter(None, searched.split(os.pathsep)), sysconfig.get_path("purelib")]
    folders = (Path(root, "ansible_collections", *name.split(".")) for root in roots)
    return next((folder for folder in folders if (folder / "MANIFEST.json").is_file()), None)


def is_importable(module: str) -> bool:
    """Return whether a Python module is installed."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
