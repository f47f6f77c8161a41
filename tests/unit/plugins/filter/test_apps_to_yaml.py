# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written as YAML is loaded as it was, and no template in it runs."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.abbyy.vantage.plugins.filter.apps_to_yaml import FilterModule
from ansible_collections.abbyy.vantage.tests.unit.support.report_tenants import NASTY

apps_to_yaml = FilterModule().filters()["apps_to_yaml"]
# A file of variables is trusted to hold templates, which newer releases want to be told.
TRUSTED: dict[str, Any] = {"trusted_as_template": True} if "trusted_as_template" in inspect.signature(DataLoader.load_from_file).parameters else {}
TEXTS = ["no", "12", "1e3", "2026-01-01", "1:20", "~", "", " x ", "a: b", "# c", "- d", "ü", "line\nbreak", "'", '"', "!unsafe x", "{{ 7 * 7 }}", NASTY]


def test_document() -> None:
    apps = [{"client_id": "app", "allow_no_pkce": True, "redirect_uris": ["https://a.example.com/"], "secrets": []}]
    assert apps_to_yaml(apps) == (
        "---\napp_onboarding_apps:\n  - client_id: app\n    allow_no_pkce: true\n    redirect_uris:\n      - https://a.example.com/\n    secrets: []\n"
    )


def test_variable_may_have_another_name() -> None:
    assert yaml.safe_load(apps_to_yaml([], "apps")) == {"apps": []}


@pytest.mark.parametrize("text", TEXTS)
def test_ansible_loads_it_as_it_was(tmp_path: Path, text: str) -> None:
    loader = DataLoader()
    path = tmp_path / "apps.yml"
    path.write_text(apps_to_yaml([{"client_id": text, "list": [text]}]), encoding="utf-8")

    loaded: Any = loader.load_from_file(str(path), **TRUSTED)
    apps = Templar(loader, variables=loaded).template(loaded["app_onboarding_apps"])

    assert apps[0] == {"client_id": text, "list": [text]}


def test_what_ansible_has_marked_as_unsafe_is_written() -> None:
    apps = [{"client_id": "app", "redirect_uris": ["https://a.example.com/"], "allow_no_pkce": True}]
    assert apps_to_yaml(wrap_var(apps)) == apps_to_yaml(apps)
