# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pattern of a play is returned, unless it means no host."""

from __future__ import annotations

from typing import Any

import pytest
from ansible import context
from ansible.errors import AnsibleLookupError
from ansible.module_utils.common.collections import ImmutableDict

from ansible_collections.abbyy.vantage.plugins.lookup.tenants import LOOKS, LookupModule

VARIABLES = {"groups": {"all": ["contoso", "fabrikam"], "ungrouped": [], "vantage": ["contoso", "fabrikam"]}}


@pytest.fixture(autouse=True)
def options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as without any option."""
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict({}))


@pytest.mark.parametrize(
    ("terms", "pattern"),
    [
        (["vantage"], "vantage"),
        (["contoso,fabrikam"], "contoso,fabrikam"),
        (["vantage:!contoso"], "vantage:!contoso"),
        (["contoso", "fabrikam"], "contoso,fabrikam"),
        ([["contoso", "fabrikam"]], "contoso,fabrikam"),
        (["vantage:!contoso", "contoso,fabrikam"], "vantage,!contoso,contoso,fabrikam"),
    ],
)
def test_the_pattern_is_returned(terms: list[Any], pattern: str) -> None:
    assert LookupModule().run(terms, VARIABLES) == [pattern]


@pytest.mark.parametrize(("pattern", "limit"), [("vantagee", ""), ("vantage", "fabrikm"), ("contoso", "fabrikam")])
def test_one_that_means_no_host_fails_in_one_sentence(pattern: str, limit: str) -> None:
    with pytest.raises(AnsibleLookupError) as caught:
        LookupModule().run([pattern], {**VARIABLES, "ansible_limit": limit})
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("look", LOOKS)
def test_a_run_that_only_lists_is_not_stopped(monkeypatch: pytest.MonkeyPatch, look: str) -> None:
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict({look: True}))
    assert LookupModule().run(["vantagee"], VARIABLES) == ["vantagee"]
