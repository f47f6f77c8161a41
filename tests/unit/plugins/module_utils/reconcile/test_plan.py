# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done, given what is wanted and what is there."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.plan import added_entries, differences, plan, untold_options

CURRENT = {"client_id": "a", "client_name": "A", "require_consent": False, "redirect_uris": ["https://a/x", "https://a/y"], "access_token_lifetime": 3600}
CREATED = {**CURRENT, "client_name": "new"}


CHANGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
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
]


@pytest.mark.parametrize(("desired", "changes"), CHANGES)
def test_only_what_differs_is_a_difference(desired: dict[str, Any], changes: dict[str, Any]) -> None:
    assert differences(desired, CURRENT) == changes


@pytest.mark.parametrize(("desired", "changes"), CHANGES)
def test_only_what_differs_is_planned_as_a_change(desired: dict[str, Any], changes: dict[str, Any]) -> None:
    decided = plan(desired, CURRENT, "present", CREATED)

    assert decided.action == ("updated" if changes else "unchanged")
    assert decided.changed is bool(changes)
    assert decided.changes == changes
    assert decided.before == CURRENT
    assert decided.after == {**CURRENT, **changes}


def test_a_client_that_is_not_there_is_created_with_what_was_asked_for() -> None:
    decided = plan({"client_id": "a", "client_name": "new"}, None, "present", CREATED)

    assert decided == ("created", {"client_id": "a", "client_name": "new"}, {}, CREATED)
    assert decided.changed


def test_absent_deletes_what_is_there() -> None:
    decided = plan({"client_id": "a", "client_name": "other"}, CURRENT, "absent", CREATED)

    assert decided == ("deleted", {}, CURRENT, {})
    assert decided.changed


def test_absent_changes_nothing_where_nothing_is() -> None:
    decided = plan({"client_id": "a"}, None, "absent", CREATED)

    assert decided == ("unchanged", {}, {}, {})
    assert not decided.changed


def test_planning_leaves_its_arguments_as_they_are() -> None:
    desired = {"client_name": "B"}

    decided = plan(desired, CURRENT, "present", CREATED)

    assert decided.after is not CURRENT
    assert CURRENT["client_name"] == "A"
    assert desired == {"client_name": "B"}


@pytest.mark.parametrize(
    ("desired", "changes", "after"),
    [
        ({"redirect_uris": ["https://a/x"]}, {}, CURRENT["redirect_uris"]),
        ({"redirect_uris": ["https://a/y", "https://a/x"]}, {}, CURRENT["redirect_uris"]),
        # What the server has added stays, after what was asked for and only once.
        ({"redirect_uris": ["https://a/z"]}, {"redirect_uris": ["https://a/z"]}, ["https://a/z", "https://a/y"]),
        ({"redirect_uris": ["https://a/y"]}, {"redirect_uris": ["https://a/y"]}, ["https://a/y"]),
        ({"redirect_uris": []}, {"redirect_uris": []}, ["https://a/y"]),
        ({"client_name": "B"}, {"client_name": "B"}, CURRENT["redirect_uris"]),
        ({"client_name": "B", "redirect_uris": ["https://a/x"]}, {"client_name": "B"}, CURRENT["redirect_uris"]),
    ],
)
def test_what_only_the_server_has_added_is_no_difference(desired: dict[str, Any], changes: dict[str, Any], after: list[str]) -> None:
    decided = plan(desired, CURRENT, "present", CREATED, {"redirect_uris": frozenset({"https://a/y"})})

    assert decided.action == ("updated" if changes else "unchanged")
    assert decided.changes == changes
    assert decided.before == CURRENT
    assert decided.after == {**CURRENT, **changes, "redirect_uris": after}


@pytest.mark.parametrize(
    ("shown", "desired", "differs"),
    [
        # Some servers only say that there are entries, or write them in a form of their own.
        (True, ["https://a"], False),
        (True, [], True),
        ("https://a; https://b", ["https://c"], False),
        ("https://a; https://b", [], False),
        (None, ["https://a"], True),
        (None, [], True),
        (["https://a", "https://a"], ["https://a"], False),
        (["https://a"], ["https://a", "https://a"], False),
    ],
)
def test_a_list_whose_entries_are_not_shown_differs_only_where_that_is_certain(shown: Any, desired: list[str], differs: bool) -> None:
    wanted = {"client_name": "A", "allowed_cors_origins": desired}
    current = {"client_name": "A", "allowed_cors_origins": shown}

    assert differences(wanted, current) == ({"allowed_cors_origins": desired} if differs else {})


@pytest.mark.parametrize(
    ("shown", "untold"),
    [
        (True, ["allowed_cors_origins"]),
        ("https://a; https://b", ["allowed_cors_origins"]),
        (None, ["allowed_cors_origins"]),
        (["https://a"], []),
        (["https://a", "https://a"], []),
    ],
)
@pytest.mark.parametrize("desired", [["https://a"], []])
def test_a_list_whose_entries_are_not_shown_is_named(shown: Any, desired: list[str], untold: list[str]) -> None:
    wanted = {"client_name": "A", "allowed_cors_origins": desired}

    assert untold_options(wanted, {"client_name": "A", "allowed_cors_origins": shown}) == untold


@pytest.mark.parametrize(
    ("desired", "current", "found"),
    [
        ({"a": ["1"]}, {"a": ["1", "2", "3"]}, ["2"]),
        ({"a": ["2"]}, {"a": ["1", "2"]}, []),
        ({"a": ["1"], "b": []}, {"a": ["2"], "b": ["4", "2"]}, ["2", "4"]),
        ({}, {"a": ["2"]}, []),
        ({"a": ["1"]}, {}, []),
        ({"a": None}, {"a": ["2"]}, []),
        ({"a": ["1"]}, {"a": "2"}, []),
    ],
)
def test_entries_that_the_server_is_known_to_add_are_found(desired: dict[str, Any], current: dict[str, Any], found: list[str]) -> None:
    assert added_entries(desired, current, {"a": frozenset({"2"}), "b": frozenset({"4"})}) == found
