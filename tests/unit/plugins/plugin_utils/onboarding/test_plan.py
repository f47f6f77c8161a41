# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run decides by what store and tenant say of one secret."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import Made
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.clients import ClientItem, PlannedClient
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.plan import Plan
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret, SecretItem, SecretPlan
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import Place
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import (
    CLOCK_GRAIN,
    AppSecret,
    AppState,
    batches,
    client_entries,
    delivery,
    foreign_entries,
    is_client_entry,
    is_last,
    is_taken_over,
    leftovers_of,
    marks,
    names_to_write,
    orphans_since,
    reason_to_delete,
    refuse_last,
    refuse_unstorable,
    relabels,
    removal,
    since_for_successor,
    to_retire,
    undeclared_secrets,
    wanted_item,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import MemoryStore

NOW = moment_from_timestamp("2026-06-01T00:00:00Z")
DAY = timedelta(days=1)
MARKED, BEGAN, ORPHANED = "2026-05-01T00:00:00.000Z", "2026-05-02T00:00:00.000Z", "2026-05-03T00:00:00.000Z"


def entry(**members: Any) -> Entry:
    """Return an entry of app/p."""
    return Entry("app", "p", **members)


def secret(secret_id: str, days: float = -10, *, description: str = "p", expires: float | None = None) -> Secret:
    """Return a secret by the days from now on in which it begins and ends."""
    return Secret(secret_id, description, NOW + days * DAY, None if expires is None else NOW + expires * DAY, "***")


def planned(action: str = "unchanged", keep: Secret | None = None, retire: tuple[Secret, ...] = ()) -> SecretPlan:
    """Return what the tenant's part of a plan says."""
    return SecretPlan(action, "current", keep, list(retire), [], {}, {})


def declared(plan: SecretPlan | None = None, held: Entry | None = None, made: Made | None = None, **members: Any) -> AppSecret:
    """Return app/p, with members of its item."""
    return AppSecret(SecretItem("app", "p", **members), held=held, plan=plan, made=made)


@pytest.mark.parametrize(
    ("held", "since", "for_successor"),
    [
        (entry(), None, None),
        (entry(reserved_at=MARKED), moment_from_timestamp(MARKED) - CLOCK_GRAIN, moment_from_timestamp(MARKED) - CLOCK_GRAIN),
        (entry(id="1", start_time=BEGAN), moment_from_timestamp(BEGAN), moment_from_timestamp(BEGAN)),
        (entry(id="1", start_time=BEGAN, orphaned_after=ORPHANED), moment_from_timestamp(ORPHANED), moment_from_timestamp(BEGAN)),
        (entry(id="1", orphaned_after=ORPHANED), moment_from_timestamp(ORPHANED), moment_from_timestamp(ORPHANED)),
        (entry(id="1"), None, None),
        # A mark in an entry that holds a secret says nothing, and neither does a start without one.
        (entry(id="1", start_time=BEGAN, reserved_at=MARKED), moment_from_timestamp(BEGAN), moment_from_timestamp(BEGAN)),
        (entry(start_time=BEGAN), None, None),
    ],
)
def test_from_when_on_secrets_are_orphans(held: Entry, since: Any, for_successor: Any) -> None:
    assert orphans_since(held) == since
    assert since_for_successor(held) == for_successor


def test_without_an_entry_no_secret_is_an_orphan() -> None:
    assert since_for_successor(None) is None


@pytest.mark.parametrize(
    ("held", "held_id", "orphaned_after"),
    [(entry(id="1", start_time=BEGAN), "1", moment_from_timestamp(BEGAN)), (None, "", None)],
)
def test_what_the_store_says_goes_into_the_item(held: Entry | None, held_id: str, orphaned_after: Any) -> None:
    item = SecretItem("app", "p", prune="superseded")
    wanted = wanted_item(item, held, MemoryStore())
    assert wanted == item._replace(held_id=held_id, orphaned_after=orphaned_after)


@pytest.mark.parametrize(("prune", "instead"), [("superseded", "expired"), ("expired", "expired"), ("none", "none")])
def test_where_the_store_keeps_nothing_no_secret_that_works_may_go(monkeypatch: pytest.MonkeyPatch, prune: str, instead: str) -> None:
    monkeypatch.setattr(MemoryStore, "remembers", False)
    item = SecretItem("app", "p", prune=prune)

    wanted = wanted_item(item, entry(id="1"), MemoryStore())

    assert wanted == item._replace(prune=instead)


@pytest.mark.parametrize(
    ("plan", "held", "state", "todo"),
    [
        (None, None, "present", ""),
        (planned(), None, "present", ""),
        (planned("created"), None, "present", "make"),
        (planned("renewed", retire=(secret("1"),)), None, "present", "make"),
        (planned(retire=(secret("1"),)), None, "present", "retire"),
        (planned(retire=(secret("1"),)), None, "absent", "delete"),
        (planned(), entry(), "absent", "delete"),
        (planned(), None, "absent", ""),
    ],
)
def test_what_is_done_for_a_secret(plan: SecretPlan | None, held: Entry | None, state: str, todo: str) -> None:
    assert declared(plan, held, state=state).todo == todo


@pytest.mark.parametrize(("action", "source", "copies"), [("unchanged", True, True), ("unchanged", False, False), ("created", True, False), ("", True, False)])
def test_a_secret_is_copied_unless_a_new_one_is_made(action: str, source: bool, copies: bool) -> None:
    one = declared(planned(action) if action else None)
    one.source = entry(id="1") if source else None
    assert one.copies is copies


@pytest.mark.parametrize(
    ("listed", "held", "taken_over"),
    [
        ([], ["1"], False),
        ([secret("1")], ["1"], False),
        ([secret("2")], ["1"], True),
        ([secret("2")], [""], True),
        ([secret("1"), secret("2", -11)], ["1"], False),
        ([secret("1"), secret("2", -10)], ["1"], False),
        ([secret("1"), secret("2", -9)], ["1"], True),
        ([secret("1"), secret("2", -9, expires=0)], ["1"], False),
        ([secret("1"), secret("2", -11, description="else")], ["1"], True),
        ([secret("1"), secret("2")._replace(start=None)], ["1"], True),
        ([secret("1")._replace(start=None), secret("2")], ["1"], True),
    ],
)
def test_who_manages_a_client(listed: list[Secret], held: list[str], taken_over: bool) -> None:
    assert is_taken_over(iter(listed), (entry(id=one) for one in held), NOW) is taken_over


@pytest.mark.parametrize(("held", "is_one"), [(entry(), True), (entry(id="1"), False), (entry(reserved_at=MARKED), False)])
def test_an_entry_that_says_only_that_its_client_is_managed(held: Entry, is_one: bool) -> None:
    assert is_client_entry(held) is is_one


@pytest.mark.parametrize(
    ("own", "owner", "is_foreign"),
    [("a-b", "AB", False), ("ab", "a-b", False), ("ab", "", False), ("", "ab", False), ("ab", "ac", True)],
)
def test_whose_entry_it_is(own: str, owner: str, is_foreign: bool) -> None:
    assert foreign_entries({"app/p": entry(tenant_id=owner)}, own) == (["app/p"] if is_foreign else [])


def test_a_new_secret_is_delivered_in_place_of_the_held_one() -> None:
    new = Made(secret("2", 0, expires=90), "v")
    one = replace(declared(planned("renewed"), entry(id="1", start_time=BEGAN), new), labels={"owner": "claims"})

    change = delivery(one, new, "contoso")

    assert (change.name, change.expected) == ("app/p", "1")
    assert change.entry == Entry(
        "app", "p", "contoso", "2", "v", "2026-06-01T00:00:00.000Z", "2026-08-30T00:00:00.000Z", orphaned_after=BEGAN, labels={"owner": "claims"}
    )


UNDATED = Made(Secret("3", "p", None, None, ""), "w")


def test_a_secret_without_times_is_delivered_without_times() -> None:
    change = delivery(declared(planned("created"), None, UNDATED), UNDATED, "contoso")
    assert change.entry == Entry("app", "p", "contoso", "3", "w")


def test_a_secret_is_delivered_in_place_of_an_entry_that_holds_none() -> None:
    change = delivery(declared(planned("created"), entry(), UNDATED), UNDATED, "contoso")
    assert change.expected == ""


@pytest.mark.parametrize(("held", "expected"), [(entry(id="1"), "1"), (entry(), ""), (None, "")])
def test_an_entry_is_removed_only_while_it_is_the_one_that_was_read(held: Entry | None, expected: str) -> None:
    change = removal("app/p", held)
    assert (change.name, change.entry, change.expected) == ("app/p", None, expected)


@pytest.mark.parametrize(
    ("plan", "held", "members", "written_anew"),
    [
        (planned(), entry(id="1"), {}, True),
        (planned(retire=(secret("1"),)), entry(id="1"), {}, True),
        (planned(), entry(id="1", labels={"owner": "claims"}), {}, False),
        (planned("renewed"), entry(id="1"), {}, False),
        (planned(), entry(), {}, False),
        (planned(), None, {}, False),
        (None, entry(id="1"), {"state": "absent"}, False),
    ],
)
def test_an_entry_with_other_labels_is_written_anew(plan: SecretPlan | None, held: Entry | None, members: dict[str, Any], written_anew: bool) -> None:
    one = replace(declared(plan, held, **members), labels={"owner": "claims"})
    assert relabels(one, MemoryStore()) is written_anew


@pytest.mark.parametrize("lacks", ["remembers", "shows_values"])
def test_no_entry_is_written_anew_without_its_value(monkeypatch: pytest.MonkeyPatch, lacks: str) -> None:
    monkeypatch.setattr(MemoryStore, lacks, False)
    assert not relabels(replace(declared(planned(), entry(id="1")), labels={"owner": "claims"}), MemoryStore())


OLD, HELD, NEW, FOREIGN = secret("old", -100), secret("held", -50), secret("new", 0), secret("else", -200, description="else")
HELD_ENTRY = entry(id="held", start_time="2026-04-12T00:00:00.000Z")
LATE, HOURS_OLD = secret("late", -5), Made(secret("new", -0.1), "v")
RETIRING = {"prune": "superseded", "overlap": timedelta(0)}


RETIREMENTS: list[tuple[AppSecret, list[Secret], list[str]]] = [
    (declared(), [OLD, HELD], []),
    # Without a new secret: only what was planned, and is still there.
    (declared(planned(keep=HELD, retire=(OLD,)), held_id="held", **RETIRING), [OLD, HELD, FOREIGN], ["old"]),
    (declared(planned(keep=HELD), held_id="held", **RETIRING), [OLD, HELD], []),
    (declared(planned(keep=HELD, retire=(OLD,)), held_id="held", **RETIRING), [HELD], []),
    (declared(planned(keep=HELD, retire=(OLD,)), held_id="held"), [OLD, HELD], []),
    # With one: only what was there before it was made.
    (replace(declared(planned("renewed"), entry(id="held"), Made(NEW, "v"), force=True, **RETIRING), known=[OLD, HELD]), [OLD, HELD, NEW], ["old", "held"]),
    (replace(declared(planned("renewed"), entry(id="held"), Made(NEW, "v"), **RETIRING), known=[HELD]), [OLD, HELD, NEW], ["held"]),
    (replace(declared(planned("renewed"), entry(id="held"), Made(NEW, "v"), **RETIRING), known=[OLD, HELD]), [OLD, HELD], []),
    # In a run that takes longer than the overlap; it is not forced twice.
    (
        replace(declared(planned("renewed"), HELD_ENTRY, HOURS_OLD, force=True, prune="superseded", overlap=timedelta(hours=1)), known=[OLD, HELD]),
        [OLD, HELD, HOURS_OLD.secret],
        ["old", "held"],
    ),
    # What was made after the held one, and nobody can hold, goes at once.
    (
        replace(declared(planned("renewed"), HELD_ENTRY, Made(NEW, "v"), prune="superseded", overlap=30 * DAY), known=[OLD, HELD, LATE]),
        [OLD, HELD, LATE, NEW],
        ["late"],
    ),
    # What is not declared any more goes whatever became of it.
    (declared(planned("deleted", retire=(OLD, HELD)), state="absent"), [OLD, HELD, NEW], ["old", "held"]),
    (declared(planned("deleted", retire=(OLD, HELD)), state="absent"), [HELD], ["held"]),
]


@pytest.mark.parametrize(("one", "listed", "gone"), RETIREMENTS)
def test_which_generations_of_a_secret_are_deleted(one: AppSecret, listed: list[Secret], gone: list[str]) -> None:
    assert [old.id for old in to_retire(one, listed, NOW, frozenset())] == gone


@pytest.mark.parametrize(("one", "listed"), [(one, listed) for one, listed, _gone in RETIREMENTS if one.item.state != "absent"])
def test_a_spared_generation_of_a_declared_secret_is_not_deleted(one: AppSecret, listed: list[Secret]) -> None:
    assert "old" not in [old.id for old in to_retire(one, listed, NOW, frozenset({"old"}))]


@pytest.mark.parametrize(
    ("one", "old", "reason"),
    [
        (declared(planned("deleted"), state="absent"), OLD, "unwanted"),
        (declared(planned(keep=HELD), entry(id="held"), held_id="held"), OLD, "superseded"),
        (declared(planned(keep=HELD), entry(id="held"), held_id="held"), secret("late", -5), "orphaned"),
        (declared(planned(keep=HELD), entry(id="held"), held_id="held"), secret("done", -500, expires=-1), "expired"),
        (declared(planned("renewed"), entry(id="held", start_time=BEGAN), Made(NEW, "v")), HELD, "superseded"),
        (declared(planned("renewed"), entry(id="held", start_time=BEGAN), Made(NEW, "v")), secret("late", -5), "orphaned"),
    ],
)
def test_why_a_secret_is_deleted(one: AppSecret, old: Secret, reason: str) -> None:
    assert reason_to_delete(one, old, [OLD, HELD, NEW, old], NOW) == reason


def test_without_a_current_one_what_is_deleted_is_an_orphan() -> None:
    assert reason_to_delete(declared(planned(), entry(id="gone"), held_id="gone"), OLD, [OLD], NOW) == "orphaned"


def state_of(*secrets: AppSecret, action: str = "unchanged", client: dict[str, Any] | None = None, state: str = "present", **members: Any) -> AppState:
    """Return an app with these secrets.

    :param client: as it will be; None when it could not be read.
    """
    plan = None if client is None else Plan(action, {}, {}, {"client_id": "app", **client})
    app = App("app", state, {"client_id": "app"}, tuple(one.item for one in secrets), Declared({}, Place()))
    return AppState(app, PlannedClient(ClientItem("app", {}), "app", plan), action, list(secrets), **members)


DONE = secret("done", -50, expires=-1)


@pytest.mark.parametrize(
    ("force", "old", "client", "listed", "is_the_last"),
    [
        (False, HELD, {}, [HELD], True),
        (False, HELD, {}, [HELD, FOREIGN], False),
        (False, HELD, {}, [HELD, DONE], True),
        (False, HELD, {"require_client_secret": True}, [HELD], True),
        (False, HELD, {"require_client_secret": False}, [HELD], False),
        (False, HELD, None, [HELD], True),
        (True, HELD, {}, [HELD], False),
        (False, DONE, {}, [DONE], False),
        (False, HELD, {}, [HELD, secret("later", 5)], True),
    ],
)
def test_which_secret_is_the_last_one(force: bool, old: Secret, client: dict[str, Any] | None, listed: list[Secret], is_the_last: bool) -> None:
    one = declared(planned("deleted", retire=(old,)), state="absent", force=force)
    assert is_last(state_of(one, client=client), one, old, listed, NOW) is is_the_last


def going(*retire: Secret, known: tuple[Secret, ...] = (), **members: Any) -> AppSecret:
    """Return a secret that is not declared any more."""
    return replace(declared(planned("deleted", retire=retire), state="absent", **members), known=list(known))


@pytest.mark.parametrize(
    ("state", "troubled"),
    [
        (state_of(client={}), []),
        (state_of(going(HELD, known=(HELD,)), client={}), [True]),
        (state_of(going(HELD, known=(HELD,)), client={}, trouble="no"), [False]),
        (state_of(going(HELD, known=(HELD, FOREIGN)), client={}), [False]),
        (state_of(going(OLD, HELD, known=(OLD, HELD)), client={}), [True]),
        (state_of(going(HELD, known=(HELD,)), declared(planned("created")), client={}), [False, False]),
        # What the first takes away is gone for the second.
        (state_of(going(OLD, known=(OLD, HELD)), going(HELD), client={}), [False, True]),
        # What stays of the first is there for the second.
        (state_of(going(HELD, known=(OLD, HELD)), going(OLD), client={}), [False, True]),
        (state_of(going(HELD, known=(HELD,)), going(OLD), client={}), [True, False]),
        (state_of(going(HELD, known=(HELD,)), going(HELD), client={}), [True, True]),
        (state_of(declared(planned(keep=HELD)), going(HELD), client={}), [False, True]),
        # An older generation of a declared one goes by other rules.
        (state_of(replace(declared(planned(retire=(HELD,))), known=[HELD]), client={}), [False]),
    ],
)
def test_a_plan_that_would_take_the_last_secret_is_refused(state: AppState, troubled: list[bool]) -> None:
    # A parameter is the same object for as long as the process lives.
    state = deepcopy(state)

    refuse_last(state, NOW)

    assert [bool(one.trouble) for one in state.secrets] == troubled
    assert {one.trouble.partition(" would leave client 'app', which requires a secret, ")[2] for one in state.secrets if one.trouble} <= {
        "without any that works; declare another one first, or set force."
    }


@pytest.mark.parametrize(
    ("state", "work"),
    [
        (state_of(client={}), False),
        (state_of(client={}, action="updated"), True),
        (state_of(client={}, action="updated", trouble="no"), False),
        (state_of(client={}, leftovers={"app/p": entry()}), True),
        (state_of(declared(planned()), client={}), False),
        (state_of(declared(planned()), declared(planned("created")), client={}), True),
        (state_of(replace(declared(planned()), relabels=True), client={}), True),
        (state_of(replace(declared(planned()), source=entry(id="1")), client={}), True),
    ],
)
def test_which_app_needs_work(state: AppState, work: bool) -> None:
    assert state.needs_work is work
    assert batches([state], 5) == ([[state]] if work else [])


def test_apps_come_in_batches() -> None:
    work = [state_of(client={}, action="created") for _number in range(5)]
    assert [len(batch) for batch in batches([work[0], state_of(client={}), *work[1:]], 2)] == [2, 2, 1]


@pytest.mark.parametrize(
    ("secrets", "members", "names"),
    [
        ((declared(planned("created")),), {}, ["app/p"]),
        ((declared(planned(retire=(OLD,))),), {}, []),
        ((going(OLD),), {}, ["app/p"]),
        ((declared(planned()),), {"leftovers": {"app/q": entry()}}, ["app/q"]),
        ((replace(declared(planned()), relabels=True),), {}, ["app/p"]),
        ((replace(declared(planned()), source=entry(id="1")),), {}, ["app/p"]),
        ((declared(planned("created")),), {"trouble": "no"}, []),
    ],
)
def test_which_entries_are_written(secrets: tuple[AppSecret, ...], members: dict[str, Any], names: list[str]) -> None:
    assert names_to_write([state_of(*secrets, client={}, **members)]) == names


@pytest.mark.parametrize(
    ("one", "members", "expected"),
    [
        (declared(planned("created")), {}, [None]),
        (declared(planned("created"), entry()), {}, [""]),
        (declared(planned("created"), entry(id="1")), {}, []),
        (declared(planned("created"), entry(reserved_at=MARKED)), {}, []),
        (declared(planned()), {"action": "updated"}, []),
        (declared(planned("created")), {"trouble": "no"}, []),
    ],
)
def test_what_is_marked_before_a_secret_is_made(one: AppSecret, members: dict[str, Any], expected: list[str | None]) -> None:
    mark = Entry("app", "p", "contoso", reserved_at="2026-06-01T00:00:00.000Z")
    assert marks([state_of(one, client={}, **members)], "contoso", NOW) == [Change("app/p", mark, expected=of) for of in expected]


@pytest.mark.parametrize(
    ("state", "known", "made"),
    [
        (state_of(client={}), {}, True),
        (state_of(client={}), {"else/p": Entry("else", "p")}, True),
        (state_of(client={}), {"app/p": entry()}, False),
        (state_of(client={}, state="absent"), {}, False),
        (state_of(client={}, trouble="no"), {}, False),
        (state_of(declared(planned()), client={}), {}, False),
    ],
)
def test_which_client_gets_an_entry_of_its_own(state: AppState, known: dict[str, Entry], made: bool) -> None:
    assert client_entries([state], known, "contoso") == ([Change("app/", Entry("app", "", "contoso"), expected=None)] if made else [])


@pytest.mark.parametrize(("state", "names"), [("present", ["app/q", "app/r"]), ("absent", [])])
def test_which_entries_are_of_secrets_that_their_app_does_not_declare_any_more(state: str, names: list[str]) -> None:
    kept = {name: Entry(client_id, description, id="1") for name, client_id, description in (("app/p", "app", "p"), ("app/q", "app", "q"), ("b/p", "b", "p"))}
    entries = {**kept, "app/": Entry("app", ""), "app/r": Entry("app", "r", reserved_at=MARKED)}

    found = undeclared_secrets([state_of(declared(planned()), client={}, state=state)], entries)

    assert found == names


@pytest.mark.parametrize(("state", "leftovers"), [("absent", {"app/p": entry()}), ("present", {})])
def test_the_entries_of_an_absent_app_are_left_over(state: str, leftovers: dict[str, Entry]) -> None:
    found = leftovers_of(state_of(client={}, state=state).app, {"app/p": entry(), "b/p": Entry("b", "p")})
    assert found == leftovers


@pytest.mark.parametrize(
    ("one", "trouble"),
    [
        (declared(planned("created")), "app/p is too long. app/p is odd."),
        (replace(declared(planned()), source=entry(id="1")), "app/p is too long. app/p is odd."),
        (declared(planned(retire=(OLD,))), ""),
        (replace(declared(planned("created")), trouble="no"), "no"),
    ],
)
def test_a_secret_that_the_store_could_not_keep_is_refused(monkeypatch: pytest.MonkeyPatch, one: AppSecret, trouble: str) -> None:
    monkeypatch.setattr(MemoryStore, "problems", lambda _store, names: [f"{name} is {what}." for name in names for what in ("too long", "odd")])
    one = deepcopy(one)

    refuse_unstorable(state_of(one, client={}), MemoryStore())

    assert one.trouble == trouble
