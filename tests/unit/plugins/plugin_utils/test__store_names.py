# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of entries in stores: nothing that a store does not take, and never one name for two entries."""

from __future__ import annotations

import itertools
import re

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_plan import name_of_entry
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_names import kubernetes_label, parts_of_name, segment, stored_name

PREFIX = "vantage/contoso"
# Each text is easily taken for another one of them.
TEXTS = ["a", "A", "a-b", "a--b", "a/b", "a%2Fb", "a.b", "a_b", "a b", "", ".", "..", "=", "=2E", "é", "-a", "a-", "a++b", "x" * 600]
TAKEN = {
    "hashi_vault": r"[A-Za-z0-9._=/-]+",
    "aws_secretsmanager": r"[A-Za-z0-9/_+=.@-]+",
    "azure_keyvault": r"[0-9a-z-]{1,127}",
    "kubernetes": r"[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?",
    "awx": r"[^\x00]{1,512}",
}


@pytest.mark.parametrize(
    ("store", "expected"),
    [
        ("hashi_vault", "vantage/contoso/claims-intake/default"),
        ("aws_secretsmanager", "vantage/contoso/claims-intake/default"),
        ("azure_keyvault", "vantage-contoso--claims-intake--default"),
        ("kubernetes", "vantage-contoso--claims-intake--default"),
        ("awx", "vantage/contoso/claims-intake/default"),
    ],
)
def test_plain_names_stay_readable(store: str, expected: str) -> None:
    assert stored_name(store, PREFIX, "claims-intake", "default") == expected


@pytest.mark.parametrize("store", sorted(TAKEN))
def test_names_are_taken_and_unique(store: str) -> None:
    names = [stored_name(store, PREFIX, client_id, description) for client_id, description in itertools.product(TEXTS, TEXTS) if client_id]
    assert [name for name in names if not re.fullmatch(TAKEN[store], name, re.DOTALL)] == []
    assert len(set(names)) == len(names)
    assert len({name.lower() for name in names}) == len(names) or store not in ("azure_keyvault", "kubernetes")


def test_awx_never_takes_a_name_for_a_named_url() -> None:
    assert "++" not in stored_name("awx", PREFIX, "c++", "default")


@pytest.mark.parametrize(("client_id", "description"), list(itertools.product(["a/b", "a%2Fb", "a"], ["", "x/y", "%"])))
def test_parts_are_the_reverse_of_the_name(client_id: str, description: str) -> None:
    assert parts_of_name(name_of_entry(client_id, description)) == (client_id, description)


@pytest.mark.parametrize(
    ("text", "expected"), [("Claims.Intake_1-x", "Claims.Intake_1-x"), ("a b", "a=20b"), ("", "="), ("..", "=2E=2E"), ("a=b", "a=3Db"), ("é", "=C3=A9")]
)
def test_segment(text: str, expected: str) -> None:
    assert segment(text) == expected


@pytest.mark.parametrize("prefix", ["vantage/contoso", "V/" + "x" * 80, "v/" + "x-" * 40])
def test_label_is_one(prefix: str) -> None:
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", kubernetes_label(prefix))
