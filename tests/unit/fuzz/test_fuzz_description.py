# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a tenant calls a description of its API is compared without an error."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.abbyy.vantage.plugins.module_utils.probe.description import MOST_KEPT, answers_of_description, kept_part
from ansible_collections.abbyy.vantage.tests.unit.support.fuzz import examples, scalars

# The words of OpenAPI, anywhere.
WORDS = (
    *("paths", "get", "post", "put", "parameters", "in", "body", "requestBody", "content", "application/json", "schema", "$ref", "properties"),
    *("type", "format", "allOf", "anyOf", "oneOf", "accessTokenLifetime", "clientId"),
)
AROUND = ("components", "schemas", "definitions", "A", "info", "servers")
PLACES = ("/tenants/{t}/clients", "/api/adminapi2/v2/tenants/{tenantId}/clients/", "/tenants/{t}/clients/{c}/secrets", "/tenants/{t}/clients/{c}", "/x")
REFERENCES = ("#/components/schemas/A", "#/definitions/A", "#/paths", "#/", "", "A", "#/definitions/A/properties/A")
leaves = scalars | st.sampled_from([*REFERENCES, *WORDS])
members = st.sampled_from([*WORDS, *AROUND])
parts = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=4), max_leaves=20)
operations = st.dictionaries(st.sampled_from(("get", "post", "put", "patch", "delete")), parts, max_size=3)
paths = st.dictionaries(st.sampled_from(PLACES), operations | parts, max_size=3)
documents = st.fixed_dictionaries({"paths": paths}, optional=dict.fromkeys(AROUND, parts))


@examples(0.02, 100)
@given(document=documents | parts)
def test_any_description_is_compared(document: Any) -> None:
    found = dict(answers_of_description(document))

    assert "description_calls" in found
    assert all(one.text for one in found.values())
    assert len(json.dumps(kept_part(document) if isinstance(document, dict) else {})) <= MOST_KEPT
