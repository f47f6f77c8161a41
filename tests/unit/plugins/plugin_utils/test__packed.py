# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that go from task to task as one text."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.abbyy.vantage.plugins.plugin_utils._packed import packed, packed_items, unpacked


@pytest.mark.parametrize("value", [{}, [], {"a": [1, None, True, "ü {{ x }}", {"b": ""}]}, "text", 0])
def test_a_value_comes_out_as_it_went_in(value: Any) -> None:
    assert unpacked(packed(value)) == value


def test_what_json_has_no_type_for_becomes_a_text() -> None:
    assert unpacked(packed({"day": date(2026, 3, 1)})) == {"day": "2026-03-01"}


def test_an_option_reads_packed_items_as_what_they_are() -> None:
    items = [
        {"client_id": "a", "flag": False, "uris": [], "nothing": None},
        {"client_id": "{{ b }}", "flag": True, "uris": ["https://x/?a=1,2"], "nothing": None},
    ]
    members = {"client_id": {"type": "str"}, "flag": {"type": "bool"}, "uris": {"type": "list", "elements": "str"}, "nothing": {"type": "str"}}
    spec = {"items": {"type": "list", "elements": "dict", "options": members}}
    checked = ArgumentSpecValidator(spec).validate({"items": unpacked(packed_items(items))})
    assert checked.error_messages == []
    assert checked.validated_parameters["items"] == items
