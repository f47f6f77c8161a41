# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a client and its secrets, whatever the tenant does, and whatever two things it does at once."""

from __future__ import annotations

import traceback

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.behaviour import Behaviour
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.matrix import LEFT_OUT, PAGE, VARIANTS, Variant, page_with_table, pairs
from ansible_collections.abbyy.vantage.tests.unit.support.matrix_life import Life

# The document knows these answers; to hold each of them to it would take longer than the lives.
pytestmark = pytest.mark.nonconforming


def test_every_switch_is_in_the_matrix() -> None:
    assert {variant.switch for variant in VARIANTS} | set(LEFT_OUT) == set(Behaviour().as_dict())


def test_every_variant_differs_from_the_default() -> None:
    assert not [variant.name for variant in VARIANTS if variant.value == Behaviour().as_dict()[variant.switch]]


def test_the_table_in_the_docs_is_that_of_the_matrix() -> None:
    again = "write it anew: (cd .cache/collections && python -m ansible_collections.abbyy.vantage.tests.unit.support.matrix)"
    assert PAGE.read_text(encoding="utf-8") == page_with_table(), again


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_lifecycle_succeeds_with_each_variant(in_process: InProcess, variant: Variant) -> None:
    Life(in_process, [variant]).live()


@pytest.mark.slow
@pytest.mark.one_core("each variant alone runs on each ansible-core")
@pytest.mark.parametrize("first", VARIANTS, ids=lambda variant: variant.name)
def test_a_lifecycle_succeeds_with_each_pair_of_variants(in_process: InProcess, first: Variant) -> None:
    failed = {}
    for one, other in pairs():
        if one is first:
            try:
                Life(in_process, [one, other]).live()
            except AssertionError as exc:
                failed[other.name] = f"{traceback.extract_tb(exc.__traceback__)[-1].line}: {str(exc)[:300]}"
    assert failed == {}
