# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an onboarding run has to do, from what the apps, the tenant and the store say."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_plan as plan

NOW = "2026-03-01T00:00:00.000Z"
HELD = {"client_id": "a", "description": "d", "id": "1", "start_time": "2026-01-01T00:00:00.000Z", "tenant_id": "t1"}
MARK = {"client_id": "a", "description": "d", "reserved_at": "2026-02-01T00:00:00.000Z", "tenant_id": "t1"}


def app(client_id: str = "a", state: str = "present", secrets: tuple[str, ...] = ("d",), secret_state: str = "present") -> dict[str, Any]:
    """Return a completed app."""
    made = [{"client_id": client_id, "description": name, "state": secret_state, "verify": True} for name in secrets]
    return {"client_id": client_id, "state": state, "client": {"client_id": client_id, "state": state}, "secrets": made if state == "present" else []}


def facts(*apps: dict[str, Any], actions: str = "unchanged", checks: list[dict[str, Any]] | None = None, **more: Any) -> plan.Facts:
    """Return what a run knows; each client has the same action."""
    clients = {"results": [{"client_id": one["client_id"], "action": actions, "msg": "no" if actions == "failed" else ""} for one in apps]}
    known = {"keeps": True, "held": {}, "reserved": {}, "prune": False, "sought": {}, "tenant_id": "t1", "now": NOW, "size": 100}
    return {"apps": list(apps), "clients": clients, "checks": [{"results": checks or []}], **known, **more}


def check(action: str, reason: str = "", retired: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """Return what vantage_client_secret has found out in check mode."""
    return {"client_id": "a", "description": "d", "action": action, "reason": reason, "retired": list(retired), "secret": {}, "msg": "", **more}


@pytest.mark.parametrize(
    ("client_id", "description", "name"),
    [("a", "d", "a/d"), ("a/b", "c", "a%2Fb/c"), ("a", "b/c", "a/b/c"), ("a%2Fb", "c", "a%252Fb/c"), ("a", "", "a/")],
)
def test_names_never_meet(client_id: str, description: str, name: str) -> None:
    assert plan.name_of_entry(client_id, description) == name


def test_only_secrets_of_clients_that_are_there_are_looked_at() -> None:
    assert plan.secrets_to_check(facts(app(), actions="created")) == []
    assert plan.secrets_to_check(facts(app(), actions="failed")) == []
    [[item]] = plan.secrets_to_check(facts(app(), held={"a/d": {**HELD, "orphaned_after": "x"}}))
    assert item == {"client_id": "a", "description": "d", "state": "present", "held_id": "1", "orphaned_after": "x"}
    [[item]] = plan.secrets_to_check(facts(app(), held={"a/d": MARK}))
    assert item["held_id"] == ""
    [[item]] = plan.secrets_to_check(facts(app(), keeps=False))
    assert "held_id" not in item


def test_looking_is_divided_into_portions() -> None:
    apps = [app(f"a{number}") for number in range(25)]
    assert [len(chunk) for chunk in plan.secrets_to_check(facts(*apps, size=1))] == [10, 10, 5]


@pytest.mark.parametrize(
    ("known", "todo"),
    [
        ({"actions": "created"}, "make"),
        ({"checks": [check("created", "absent")]}, "make"),
        ({"checks": [check("renewed", "due")]}, "make"),
        ({"checks": [check("unchanged", "current", ("0",))]}, "retire"),
    ],
)
def test_what_a_secret_needs(known: dict[str, Any], todo: str) -> None:
    [item] = plan.work_items(facts(app(), **known))
    assert item["secrets"][0]["todo"] == todo


@pytest.mark.parametrize("known", [{"checks": [check("unchanged", "current")]}, {"actions": "failed"}, {"checks": [check("failed", msg="no")]}])
def test_what_needs_no_work(known: dict[str, Any]) -> None:
    assert plan.work_items(facts(app(), **known)) == []


def test_an_absent_secret_goes_from_tenant_and_store() -> None:
    gone = app(secret_state="absent")
    assert plan.work_items(facts(gone, checks=[check("unchanged", "absent")])) == []
    for known in ({"checks": [check("deleted", "unwanted")]}, {"checks": [check("unchanged", "absent")], "held": {"a/d": HELD}}):
        [item] = plan.work_items(facts(gone, **known))
        assert item["secrets"][0]["todo"] == "delete"


def test_an_absent_app_takes_its_entries_along() -> None:
    held = {"a/d": HELD, "a/old": {**HELD, "description": "old"}, "b/d": {**HELD, "client_id": "b"}}
    [item] = plan.work_items(facts(app(state="absent"), held=held))
    assert sorted(item["leftovers"]) == ["a/d", "a/old"]
    assert plan.work_items(facts(app(state="absent"))) == []


def test_only_what_the_store_does_not_know_is_marked() -> None:
    made = [check("renewed", "not_held")]
    marks = plan.entries_to_reserve(facts(app(), checks=made))
    assert marks["entries"] == {"a/d": {"client_id": "a", "description": "d", "tenant_id": "t1", "reserved_at": NOW}}
    assert marks["expect"] == {"a/d": None}
    assert marks["needed"]
    # A mark of a run that died stays: it says since when secrets may be lost.
    for held in (HELD, MARK):
        marks = plan.entries_to_reserve(facts(app(), checks=made, held={"a/d": held}))
        assert (marks["entries"], marks["needed"]) == ({}, True)
    assert not plan.entries_to_reserve(facts(app(), checks=[check("unchanged", "current")]))["needed"]


def test_another_run_was_faster_with_its_mark() -> None:
    known = facts(app(), checks=[check("created", "absent")], reserved={"entries": {}, "refused": {"a/d": MARK}})
    assert plan.work_items(known)[0]["secrets"][0]["held"] == MARK
    known["reserved"]["refused"]["a/d"] = HELD
    [item] = plan.all_items(known)
    assert (item["secrets"][0]["todo"], item["secrets"][0]["action"]) == ("", "failed")
    known["reserved"] = {"entries": {}, "refused": {}, "failed": {"a/d": "No."}}
    assert plan.all_items(known)[0]["secrets"][0]["msg"] == "It was not made, since the store cannot be written. No."


def test_batches_say_where_they_are() -> None:
    apps = [app(f"a{number}") for number in range(5)]
    assert [one["label"] for one in plan.batches(facts(*apps, actions="created", size=2))] == ["apps 1-2 of 5", "apps 3-4 of 5", "apps 5-5 of 5"]
    known = facts(app(), app("b", secrets=()), checks=[check("created", "absent")])
    assert [one["label"] for one in plan.batches(known)] == ["apps 1-1 of 1 that need work, of 2 in all"]


@pytest.mark.parametrize(
    ("held", "since"),
    [
        ({}, None),
        (HELD, "2026-01-01T00:00:00.000Z"),
        ({**HELD, "start_time": None, "orphaned_after": "x"}, "x"),
        # The mark was made by a clock that may be ahead of the server's.
        (MARK, "2026-01-31T23:59:55.000Z"),
    ],
)
def test_since_when_secrets_may_be_lost(held: dict[str, Any], since: str | None) -> None:
    assert plan.orphans_since(held) == since


def test_a_store_of_another_tenant_is_noticed() -> None:
    held = {"a/d": {**HELD, "tenant_id": "T-1"}, "b/d": {**HELD, "tenant_id": "t2"}, "c/d": {}}
    assert plan.foreign_entries(facts(held=held)) == ["b/d"]
    assert plan.foreign_entries(facts(held=held, tenant_id="")) == []


def test_the_surplus_is_what_no_app_names() -> None:
    known = facts(app())
    known["clients"]["results"].append({"client_id": "x", "action": "deleted", "msg": ""})
    assert plan.clients_to_prune(known) == [{"client_id": "x", "state": "absent"}]
    known.update(held={"x/d": {"client_id": "x", "id": "7"}, "a/d": HELD}, pruned={"results": [{"client_id": "x", "action": "deleted"}]})
    assert plan.entries_to_prune(known) == {"entries": {}, "remove": ["x/d"], "expect": {"x/d": "7"}}
    known["pruned"] = {"results": [{"client_id": "x", "action": "failed"}]}
    assert plan.entries_to_prune(known)["remove"] == []


def test_an_entry_goes_whose_client_is_found_to_be_gone() -> None:
    held = {"a/d": HELD, "x/d": {"client_id": "x", "id": "7"}, "y/d": {"client_id": "y", "id": "8"}}
    known = facts(app(), held=held, pruned={}, prune=True)
    assert plan.clients_to_seek(known) == [{"client_id": "x", "state": "absent"}, {"client_id": "y", "state": "absent"}]
    assert plan.clients_to_seek({**known, "prune": False}) == []
    # Check mode says that y would be deleted: it is there, and was spared.
    known["sought"] = {"results": [{"client_id": "x", "action": "unchanged"}, {"client_id": "y", "action": "deleted"}]}
    assert plan.entries_to_prune(known) == {"entries": {}, "remove": ["x/d"], "expect": {"x/d": "7"}}
