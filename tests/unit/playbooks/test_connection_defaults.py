# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant's variables mean the same in every playbook and in the role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec

ROOT = Path(__file__).resolve().parents[3]
GROUP = "group/abbyy.vantage.vantage"
PLAYBOOKS = ("report", "export", "probe")


def read_yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def defaults_of_role() -> dict[str, str]:
    (load,) = (task["abbyy.vantage.app_onboarding_step"] for task in read_yaml("roles/app_onboarding/tasks/validate.yml") if task.get("register"))
    connection: dict[str, str] = load["connection"]
    return connection


def test_role_hands_its_connection_to_all_modules() -> None:
    (block,) = read_yaml("roles/app_onboarding/tasks/main.yml")
    assert [inner["module_defaults"] for inner in block["block"] if "block" in inner] == [{GROUP: "{{ __app_onboarding_loaded.connection }}"}]


def test_role_knows_every_connection_option() -> None:
    assert set(defaults_of_role()) == set(connection_spec())


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_playbook_takes_the_connection_as_the_role_does(name: str) -> None:
    (play,) = read_yaml(f"playbooks/{name}.yml")
    assert play["module_defaults"][GROUP] == defaults_of_role()
    assert (play["connection"], play["gather_facts"]) == ("local", False)
