# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a batch's secrets from making to retiring, whatever the tenant and the store answer."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_batch as batch
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_report as report

NOW = "2026-03-01T00:00:00.000Z"
OLD = {"client_id": "a", "description": "d", "id": "1", "start_time": "2026-01-01T00:00:00.000Z"}
OLD_WITH_VALUE = {**OLD, "value": "old"}
MADE = {"id": "2", "description": "d", "start_time": NOW, "expiration": "2026-06-01T00:00:00.000Z", "value": "new"}
ARGS = {"client_id": "a", "description": "d", "state": "present", "verify": True, "prune": "superseded", "overlap": "1d", "renew_before": "30d"}


def secret(todo: str = "make", held: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a secret as the plan has it."""
    planned = {"name": "a/d", "args": ARGS, "held": held or {}, "known": bool(held), "todo": todo, "msg": "", "retired": [], "secret": {}}
    return {**planned, "action": "renewed" if held else "created", "reason": "due" if held else "absent", **more}


def facts(*secrets: dict[str, Any], action: str = "unchanged", **answers: Any) -> batch.BatchFacts:
    """Return what is known of a batch with one app."""
    item = {"client_id": "a", "client": {"client_id": "a"}, "action": action, "msg": "", "secrets": list(secrets), "leftovers": answers.pop("leftovers", {})}
    known = {"keeps": True, "blind": False, "check": False, "tenant_id": "t", "now": NOW, "given_up": False, "store_trouble": ""}
    return batch.BatchFacts({"batch": {"label": "apps 1-1 of 1", "items": [item]}, **known, **answers})


def made(reason: str = "absent", **more: Any) -> dict[str, Any]:
    """Return the answer of vantage_client_secret that made the secret."""
    return {"results": [{"client_id": "a", "description": "d", "action": "created", "reason": reason, "msg": "", "secret": MADE, **more}]}


def failed(msg: str = "no", code: str = "x") -> dict[str, Any]:
    """Return the answer of vantage_client_secret that failed with the secret."""
    return {"results": [{"client_id": "a", "description": "d", "action": "failed", "msg": msg, "error": {"code": code}}]}


def kept(**more: Any) -> dict[str, Any]:
    """Return the answer of a store that took the new secret."""
    return {"entries": {"a/d": {**MADE, "client_id": "a"}}, "refused": {}, **more}


def row(known: batch.BatchFacts) -> dict[str, Any]:
    """Return the only row of the report."""
    [only] = report.rows_of_batch(known)
    return only


def test_making_says_what_is_held() -> None:
    [item] = batch.secrets_to_make(facts(secret()))
    assert (item["held_id"], item["prune"], item["verify"]) == ("", "none", True)
    assert batch.secrets_to_make(facts(secret(held=OLD)))[0]["held_id"] == "1"
    assert "held_id" not in batch.secrets_to_make(facts(secret(), keeps=False))[0]
    assert batch.secrets_to_make(facts(secret(), store_trouble="full")) == []
    assert batch.secrets_to_make(facts(secret(), given_up=True)) == []
    assert batch.secrets_to_make(facts(secret(), action="created", check=True)) == []


def test_only_the_first_of_a_name_may_begin_later() -> None:
    args = {**ARGS, "start_time": "2026-03-02"}
    [first] = batch.secrets_to_make(facts(secret(args=args)))
    assert first["start_time"] == "2026-03-02"
    [renewed] = batch.secrets_to_make(facts(secret(args=args, held=OLD)))
    assert "start_time" not in renewed


@pytest.mark.parametrize("clients", [{"msg": "gone"}, {"results": [{"client_id": "a", "action": "failed", "msg": "gone"}]}])
def test_a_client_that_failed_gets_no_secret(clients: dict[str, Any]) -> None:
    known = facts(secret(), action="created", clients=clients)
    assert batch.secrets_to_make(known) == []
    assert (row(known)["failed"], row(known)["msg"]) == (True, "gone")
    assert batch.was_dead(known) is ("results" not in clients)


def test_delivering_only_where_the_store_is_as_it_was_read() -> None:
    changes = batch.entries_to_keep(facts(secret(), made=made()))
    assert changes["expect"] == {"a/d": ""}
    assert changes["entries"]["a/d"] == {"client_id": "a", "tenant_id": "t", **MADE}
    changes = batch.entries_to_keep(facts(secret(held=OLD), made=made("due"), previous={"entries": {"a/d": OLD_WITH_VALUE}}))
    assert changes["expect"] == {"a/d": "1"}
    assert changes["entries"]["a/d"]["orphaned_after"] == OLD["start_time"]


@pytest.mark.parametrize("previous", [{"msg": "full"}, {"entries": {}}, {"entries": {"a/d": {**OLD_WITH_VALUE, "id": "9"}}}])
def test_what_could_not_be_put_back_is_not_replaced(previous: dict[str, Any]) -> None:
    known = facts(secret(held=OLD), made=made("due"), previous=previous)
    assert batch.entries_to_keep(known)["entries"] == {}
    assert [item["secret_id"] for item in batch.secrets_to_take_back(known)] == ["2"]
    assert row(known)["failed"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"msg": "full"}, "It could not be delivered and was taken back. full"),
        ({"entries": {}, "failed": {"a/d": "denied"}}, "It could not be delivered and was taken back. denied"),
        ({"entries": {}, "refused": {"a/d": {"id": "7"}}}, batch.FASTER),
        ({"entries": {"a/d": {**MADE, "id": "7"}}}, batch.FASTER),
    ],
)
def test_what_is_not_delivered_is_taken_back(answer: dict[str, Any], said: str) -> None:
    known = facts(secret(), made=made(), kept=answer)
    assert batch.secrets_to_take_back(known) == [{"client_id": "a", "secret_id": "2", "state": "absent", "force": True}]
    assert batch.secrets_to_retire(known) == []
    assert batch.entries_to_settle(known)["entries"] == {}
    assert (row(known)["secret"], row(known)["msg"]) == ("failed", said)


def test_what_may_have_been_delivered_is_left_to_the_next_run() -> None:
    known = facts(secret(), made=made(), kept={"entries": {}, "doubtful": {"a/d": "silence"}})
    assert batch.secrets_to_take_back(known) == []
    assert not batch.needs_settling(known)
    assert row(known)["msg"] == "It is not known whether it was delivered; the next run will see. silence"


def test_another_value_in_the_store_is_undone() -> None:
    broken = {"entries": {"a/d": {**MADE, "value": "other"}}}
    known = facts(secret(held=OLD), made=made("due"), previous={"entries": {"a/d": OLD_WITH_VALUE}}, kept=broken)
    changes = batch.entries_to_settle(known)
    assert (changes["entries"], changes["expect"]) == ({"a/d": OLD_WITH_VALUE}, {"a/d": "2"})
    assert [item["secret_id"] for item in batch.secrets_to_take_back(known)] == ["2"]
    mark = {"reserved_at": NOW}
    assert batch.entries_to_settle(facts(secret(held=mark), made=made(), kept=broken))["entries"] == {"a/d": mark}


def test_the_first_secret_has_nothing_to_retire() -> None:
    known = facts(secret(), made=made(), kept=kept())
    assert not batch.needs_retiring(known)
    assert not batch.needs_settling(known)
    assert (row(known)["secret"], row(known)["expires"], row(known)["failed"]) == ("created", "92 days", False)


def test_a_renewed_secret_is_tried_from_the_store_before_older_ones_go() -> None:
    known = facts(secret(held=OLD), made=made("due", superseded=["0"]), previous={"entries": {"a/d": OLD_WITH_VALUE}}, kept=kept())
    [item] = batch.secrets_to_retire(known)
    assert item == {
        "client_id": "a",
        "description": "d",
        "prune": "superseded",
        "overlap": "1d",
        "held_id": "2",
        "held_value": "new",
        "verify": True,
        "orphaned_after": OLD["start_time"],
        "prune_only": ["0"],
    }


def test_a_value_that_does_not_log_in_is_undone() -> None:
    answers = {"made": made("due"), "previous": {"entries": {"a/d": OLD_WITH_VALUE}}, "kept": kept(), "retired": failed(code="held_value_refused")}
    known = facts(secret(held=OLD), **answers)
    assert batch.entries_to_settle(known)["entries"] == {"a/d": OLD_WITH_VALUE}
    assert [item["secret_id"] for item in batch.secrets_to_take_back(known)] == ["2"]
    assert "has its former entry again" in row(known)["msg"]


def test_a_delivered_secret_stays_when_only_retiring_failed() -> None:
    answers = {"made": made("due"), "previous": {"entries": {"a/d": OLD_WITH_VALUE}}, "kept": kept(), "retired": failed("busy")}
    known = facts(secret(held=OLD), **answers)
    assert not batch.needs_settling(known)
    assert (row(known)["failed"], row(known)["msg"]) == (True, "busy")


def test_older_ones_go_only_while_the_store_holds_the_newer() -> None:
    planned = secret("retire", held={**OLD, "orphaned_after": "x"}, action="unchanged", reason="current")
    assert batch.names_to_read(facts(planned)) == ["a/d"]
    [item] = batch.secrets_to_retire(facts(planned, read={"entries": {"a/d": OLD_WITH_VALUE}}))
    assert (item["held_id"], item["held_value"], item["orphaned_after"]) == ("1", "old", "x")
    for read in ({"msg": "gone"}, {"entries": {}}, {"entries": {"a/d": OLD}}, {"entries": {"a/d": {**OLD_WITH_VALUE, "id": "3"}}}):
        known = facts(planned, read=read)
        assert batch.secrets_to_retire(known) == []
        assert row(known)["failed"]


def test_a_store_that_shows_no_values() -> None:
    blind = {"blind": True, "made": made("due"), "kept": {"entries": {"a/d": {"id": "2"}}}}
    known = facts(secret(held=OLD), **blind)
    [item] = batch.secrets_to_retire(known)
    assert (item["held_id"], "held_value" in item) == ("2", False)
    assert not row(known)["failed"]


def test_deleting_takes_the_entry_along_only_when_it_worked() -> None:
    planned = secret("delete", held=OLD, action="deleted", reason="unwanted")
    deleted = {"results": [{"client_id": "a", "description": "d", "action": "deleted", "msg": "", "secret": {}}]}
    changes = batch.entries_to_settle(facts(planned, retired=deleted))
    assert (changes["remove"], changes["expect"]) == (["a/d"], {"a/d": "1"})
    assert batch.entries_to_settle(facts(planned, retired=failed("last one")))["remove"] == []
    assert batch.entries_to_settle(facts(leftovers={"a/d": OLD}, action="deleted"))["remove"] == ["a/d"]
    assert batch.entries_to_settle(facts(leftovers={"a/d": OLD}, action="deleted", clients={"msg": "gone"}))["remove"] == []


def test_a_stray_secret_of_a_race_is_taken_back() -> None:
    answers = {"made": made("due"), "previous": {"entries": {"a/d": OLD_WITH_VALUE}}, "kept": kept()}
    stray = {"results": [{"client_id": "a", "description": "d", "action": "renewed", "msg": "", "secret": {"id": "3", "value": "x"}}]}
    known = facts(secret(held=OLD), **answers, retired=stray)
    assert [item["secret_id"] for item in batch.secrets_to_take_back(known)] == ["2", "3"]
    # What was delivered is gone, so consumers get back what they had.
    assert batch.entries_to_settle(known) == {"entries": {"a/d": OLD_WITH_VALUE}, "remove": [], "expect": {"a/d": "2"}}
    assert "deleted by somebody else meanwhile" in row(known)["msg"]
