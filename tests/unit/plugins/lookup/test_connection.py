# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's variables become the modules' connection options."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.abbyy.vantage.plugins.lookup.connection import LookupModule
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec


def connection_of(**variables: Any) -> dict[str, Any]:
    """Return the options of a host with these variables."""
    (options,) = LookupModule(loader=DataLoader(), templar=Templar(DataLoader(), variables=variables)).run([], variables)
    return options


def test_each_connection_option_has_the_variable_of_its_name() -> None:
    variables = {f"vantage_{option}": f"value of {option}" for option in connection_spec()}
    assert connection_of(**variables) == {option: f"value of {option}" for option in connection_spec()}


@pytest.mark.parametrize("empty", ["", None])
def test_what_is_empty_counts_as_not_given(empty: Any) -> None:
    assert connection_of(vantage_region="eu", vantage_base_url=empty, vantage_validate_certs=False, inventory_hostname="contoso") == {
        "region": "eu",
        "validate_certs": False,
    }


def test_other_variables_are_none() -> None:
    assert connection_of(vantage_hosts="vantage", vantage_report_dest="x", tenant_id="y") == {}
