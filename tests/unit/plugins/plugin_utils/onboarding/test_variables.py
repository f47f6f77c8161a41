# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variables of a host are taken for typing errors."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.variables import known_variables, unknown_variables
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT


def test_the_options_of_the_role_are_known() -> None:
    specs = yaml.safe_load((ROOT / "roles/app_onboarding/meta/argument_specs.yml").read_text(encoding="utf-8"))
    assert set(specs["argument_specs"]["main"]["options"]) <= known_variables()


@pytest.mark.parametrize(
    "names",
    [
        {f"vantage_{option}" for option in connection_spec()},
        # Read by the playbooks.
        {"vantage_hosts", "vantage_report_dest", "vantage_login_file", "vantage_export_exclude"},
        # Set by the role or the playbooks for the jobs after them, and that of the loop.
        {"app_onboarding_summary", "vantage_onboarding", "vantage_report", "app_onboarding_change"},
    ],
    ids=["connection", "read", "set"],
)
def test_all_that_has_a_meaning_is_known(names: set[str]) -> None:
    assert names <= known_variables()


def test_a_module_is_no_variable() -> None:
    assert not known_variables() & {"vantage_client_info", "vantage_app_info", "vantage_token"}


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("app_onboarding_prune_protects", "app_onboarding_prune_protect"),
        ("app_onboarding_apss", "app_onboarding_apps"),
        ("app_onboarding_overlap", "app_onboarding_"),
        # None is near, but nobody else has variables of this name.
        ("app_onboarding_whatever_somebody_may_have_thought_of", "app_onboarding_"),
        ("vantage_tennant_id", "vantage_tenant_id"),
        ("vantage_auth_client_secert", "vantage_auth_client_secret"),
        ("vantage_base_uri", "vantage_base_url"),
    ],
)
def test_an_unknown_one_is_named_with_the_nearest(name: str, nearest: str) -> None:
    said = unknown_variables([name, "app_onboarding_apps", "inventory_hostname"], known_variables())

    assert said.startswith(f"The variable {name} is unknown (did you mean {nearest}")
    assert said.endswith("the collection does not read it. Correct the name, or remove it.")


@pytest.mark.parametrize(
    "name", ["vantage_vault_role_id", "vantage_owner", "contoso_app_onboarding_apps", "__app_onboarding_x", "app_onboarding_apps", "VANTAGE_REGION"]
)
def test_what_may_be_meant_is_left_alone(name: str) -> None:
    assert unknown_variables([name], known_variables()) == ""


def test_several_are_named_in_one_sentence() -> None:
    said = unknown_variables(["app_onboarding_b", "app_onboarding_a"], ["app_onboarding_apps"])

    assert said.index("app_onboarding_a is unknown") < said.index("app_onboarding_b is unknown")
    assert "does not read them." in said
