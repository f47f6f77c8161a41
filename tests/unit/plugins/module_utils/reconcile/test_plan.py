# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done, given what is wanted and what is there."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.plan import differences, plan

CURRENT = {"client_id": "a", "client_name": "A", "require_consent": False, "redirect_uris": ["https://a/x", "https://a/y"], "access_token_lifetime": 3600}
CREATED = {**CURRENT, "client_name": "new"}


@pytest.mark.parametrize(
    ("desired", "changes"),
    [
        ({}, {}),
        ({"client_id": "a"}, {}),
        ({"client_name": "A"}, {}),
        ({"client_name": "B"}, {"client_name": "B"}),
        ({"client_name": "a"}, {"client_name": "a"}),
        ({"require_consent": False}, {}),
        ({"require_consent": True}, {"require_consent": True}),
        ({"redirect_uris": ["https://a/y", "https://a/x"]}, {}),
        ({"redirect_uris": ["https://a/y"]}, {"redirect_uris": ["https://a/y"]}),
        ({"redirect_uris": []}, {"redirect_uris": []}),
        ({"redirect_uris": ["https://a/X", "https://a/y"]}, {"redirect_uris": ["https://a/X", "https://a/y"]}),
        ({"access_token_lifetime": 3600}, {}),
        ({"access_token_lifetime": 7200, "client_name": "A"}, {"access_token_lifetime": 7200}),
    ],
)
def test_only_what_differs_is_a_change(desired: dict[str, Any], changes: dict[str, Any]) -> None:
    assert differences(desired, CURRENT) == changes
    decided = plan(desired, CURRENT, "present", CREATED)
    assert decided.action == ("updated" if changes else "unchanged")
    assert decided.changed is bool(changes)
    assert decided.changes == changes
    assert decided.before == CURRENT
    assert decided.after == {**CURRENT, **changes}


def test_a_thing_that_is_not_there_is_created_with_what_was_asked_for() -> None:
    decided = plan({"client_id": "a", "client_name": "new"}, None, "present", CREATED)
    assert decided == ("created", {"client_id": "a", "client_name": "new"}, {}, CREATED)
    assert decided.changed


def test_absent_deletes_what_is_there() -> None:
    decided = plan({"client_id": "a", "client_name": "other"}, CURRENT, "absent", CREATED)
    assert decided == ("deleted", {}, CURRENT, {})
    assert decided.changed


def test_absent_leaves_what_is_not_there() -> None:
    decided = plan({"client_id": "a"}, None, "absent", CREATED)
    assert decided == ("unchanged", {}, {}, {})
    assert not decided.changed


def test_the_inputs_stay_as_they_are() -> None:
    desired = {"client_name": "B"}
    decided = plan(desired, CURRENT, "present", CREATED)
    assert decided.after is not CURRENT
    assert CURRENT["client_name"] == "A"
    assert desired == {"client_name": "B"}
