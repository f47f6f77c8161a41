# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant's variables mean the same in every playbook and in the role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
CONNECTION = {"group/abbyy.vantage.vantage": "{{ app_onboarding_connection }}"}
VARIABLES = "roles/app_onboarding/vars/main.yml"
PLAYBOOKS = ("onboard", "report", "export", "probe", "login")


def read_yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_all_connect_by_the_lookup() -> None:
    assert read_yaml(VARIABLES)["app_onboarding_connection"] == "{{ lookup('abbyy.vantage.connection') }}"


def test_role_connects_by_it() -> None:
    tasks = read_yaml("roles/app_onboarding/tasks/main.yml")
    assert [task["module_defaults"] for task in tasks if "abbyy.vantage.vantage_app" in task] == [CONNECTION]


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_playbook_connects_by_it_and_needs_no_host(name: str) -> None:
    (play,) = read_yaml(f"playbooks/{name}.yml")

    assert play["hosts"] == "{{ lookup('abbyy.vantage.tenants', vantage_hosts | default('vantage', true)) }}"
    assert (play["vars_files"], play["module_defaults"]) == (f"../{VARIABLES}", CONNECTION)
    assert (play["connection"], play["gather_facts"]) == ("local", False)
    assert play["vars"]["ansible_pipelining"] is True


def test_no_task_repeats_the_connection() -> None:
    playbooks = [path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").rglob("*.yml")]
    # Not even where a single task logs in otherwise.
    assert [text for text in playbooks if "vantage_base_url | default(omit" in text] == []
