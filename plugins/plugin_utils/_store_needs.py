# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Say what a secret store needs and does not have, before anything is written."""

from __future__ import annotations

import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

PREFIX = re.compile(r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$")


class Needs(NamedTuple):
    """What a store needs.

    :param collections: by name, the first release that will do.
    :param libraries: by package, the module of it that is imported.
    :param settings: the role's options that have to be set.
    :param files: those among them that are files.
    """

    collections: dict[str, str]
    libraries: dict[str, str]
    settings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


CUSTOM_FILES = ("app_onboarding_custom_read", "app_onboarding_custom_write")
NEEDS = {
    "hashi_vault": Needs({"community.hashi_vault": "4.2.0"}, {"hvac": "hvac"}),
    "aws_secretsmanager": Needs({"amazon.aws": "6.0.0", "community.aws": "6.0.0"}, {"boto3": "boto3"}),
    "azure_keyvault": Needs(
        {"azure.azcollection": "2.3.0"},
        {"azure-identity": "azure.identity", "azure-keyvault-secrets": "azure.keyvault.secrets"},
        ("app_onboarding_azure_keyvault_uri",),
    ),
    "kubernetes": Needs({"kubernetes.core": "2.3.0"}, {"kubernetes": "kubernetes"}, ("app_onboarding_kubernetes_namespace",)),
    "awx": Needs({"awx.awx": "21.0.0"}, {}, ("app_onboarding_awx_credential_type", "app_onboarding_awx_inputs")),
    "custom": Needs({}, {}, CUSTOM_FILES, CUSTOM_FILES),
}


def lacks(store: str, settings: dict[str, Any]) -> list[str]:
    """Return what a store lacks, one sentence each.

    :param settings: the role's options, by name.
    """
    needs = NEEDS.get(store)
    if needs is None:
        return []
    sentences = [f"The store {store} needs {name}, which is not set." for name in needs.settings if not settings.get(name)]
    sentences += [f"{name} is {settings[name]}, where there is no file." for name in needs.files if settings.get(name) and not Path(settings[name]).is_file()]
    prefix = str(settings.get("app_onboarding_store_prefix", ""))
    if needs.collections and not PREFIX.match(prefix):
        sentences.append(
            f"app_onboarding_store_prefix is {prefix!r}; give it parts of letters, digits, '.', '_' and '-' with slashes between them, such as vantage/contoso."
        )
    for collection, lowest in needs.collections.items():
        sentences += lack_of_collection(store, collection, lowest)
    for package, module in needs.libraries.items():
        if not is_importable(module):
            sentences.append(
                f"The store {store} needs the Python package {package} beside ansible-playbook, which is missing; install it with "
                f"'{sys.executable} -m pip install {package}'."
            )
    return sentences


def lack_of_collection(store: str, collection: str, lowest: str) -> list[str]:
    """Return one sentence when a collection is missing or too old, else none."""
    how = f"install it with 'ansible-galaxy collection install {collection}'"
    spec = find_spec(f"ansible_collections.{collection}") if is_importable(f"ansible_collections.{collection}") else None
    if spec is None or not spec.submodule_search_locations:
        return [f"The store {store} needs the collection {collection}, {lowest} or newer, which is not installed; {how}."]
    version = version_of(Path(next(iter(spec.submodule_search_locations))))
    if version and release_of(version) < release_of(lowest):
        return [f"The store {store} needs the collection {collection}, {lowest} or newer, and found {version}; {how} --upgrade."]
    return []


def version_of(folder: Path) -> str:
    """Return the version of an installed collection; empty when it says none, as a checkout does."""
    manifest = folder / "MANIFEST.json"
    if not manifest.is_file():
        return ""
    return str(json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"])


def release_of(version: str) -> tuple[int, ...]:
    """Return the numbers of a version."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def is_importable(module: str) -> bool:
    """Return whether a Python module could be imported; only its parents are."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
