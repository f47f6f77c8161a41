# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a store lacks is said in one sentence each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils import _store_needs as needs

PREFIX = {"app_onboarding_store_prefix": "vantage/contoso"}


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The modules and collections that are installed; collections say no version."""
    names: set[str] = set()
    monkeypatch.setattr(needs, "is_importable", lambda module: module in names)
    monkeypatch.setattr(needs, "lack_of_collection", lambda store, name, lowest: [] if name in names else [f"{store} {name} {lowest}"])
    return names


@pytest.mark.parametrize("store", ["file", "none"])
def test_own_stores_lack_nothing(store: str) -> None:
    assert needs.lacks(store, {"app_onboarding_store_prefix": "//"}) == []


def test_each_thing_that_is_missing_is_named(installed: set[str]) -> None:
    found = needs.lacks("azure_keyvault", PREFIX)
    assert len(found) == 4
    for word in ("app_onboarding_azure_keyvault_uri", "azure.azcollection 2.3.0", "azure-identity", "azure-keyvault-secrets"):
        assert any(word in sentence for sentence in found)
    installed |= {"azure.azcollection", "azure.identity", "azure.keyvault.secrets"}
    assert needs.lacks("azure_keyvault", {**PREFIX, "app_onboarding_azure_keyvault_uri": "https://v"}) == []


@pytest.mark.parametrize(
    ("prefix", "fine"), [("vantage", True), ("a/b.c/d_e-f", True), ("", False), ("/a", False), ("a/", False), ("a//b", False), ("a b", False)]
)
def test_prefix(installed: set[str], prefix: str, fine: bool) -> None:
    installed |= {"community.hashi_vault", "hvac"}
    assert (needs.lacks("hashi_vault", {"app_onboarding_store_prefix": prefix}) == []) is fine


def test_own_task_files_have_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "read.yml").touch()
    settings = {"app_onboarding_custom_read": str(tmp_path / "read.yml"), "app_onboarding_custom_write": str(tmp_path / "write.yml")}
    assert needs.lacks("custom", settings) == [f"app_onboarding_custom_write is {tmp_path / 'write.yml'}, where there is no file."]
    assert needs.lacks("custom", {}) == [f"The store custom needs app_onboarding_custom_{name}, which is not set." for name in ("read", "write")]


def test_missing_collection() -> None:
    (sentence,) = needs.lack_of_collection("awx", "nobody.nothing", "1.0.0")
    assert "nobody.nothing, 1.0.0 or newer, which is not installed" in sentence
    assert "ansible-galaxy collection install nobody.nothing" in sentence


@pytest.mark.parametrize(("version", "enough"), [("2.3.0", True), ("10.0.0", True), ("2.2.9", False), ("2.3.0-beta.1", True)])
def test_age_of_a_collection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, enough: bool) -> None:
    (tmp_path / "MANIFEST.json").write_text(json.dumps({"collection_info": {"version": version}}), encoding="utf-8")

    class Spec:
        submodule_search_locations: Any = [str(tmp_path)]

    monkeypatch.setattr(needs, "find_spec", lambda _name: Spec())
    found = needs.lack_of_collection("azure_keyvault", "azure.azcollection", "2.3.0")
    assert (found == []) is enough
    assert enough or f"found {version}" in found[0]


def test_collection_without_a_version_is_believed(tmp_path: Path) -> None:
    assert needs.version_of(tmp_path) == ""
