# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which secret is current, whether it is due, which ones are to be retired."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import (
    Secret,
    SecretItem,
    SecretPlan,
    check_distinct,
    check_held,
    item_from_params,
    item_or_error,
    options_spec,
    payload_from_item,
    plan_secret,
    same_second,
    secret_from_api,
    shown_from_secret,
    verify_from_option,
)

NOW = datetime(2026, 6, 15, 12, 0, 0, tzinfo=timezone.utc)
DAY = timedelta(days=1)


def item(**options: Any) -> SecretItem:
    """Return what a user wants of a/p, with the module's defaults."""
    defaults = {option: keywords.get("default") for option, keywords in options_spec(in_list=False).items()}
    beyond = {name: options.pop(name) for name in ("orphaned_after", "spared") if name in options}
    params = {**defaults, "client_id": "a", "description": "p", **options}
    return item_from_params(params, params)._replace(**beyond)


def secret(name: str, start: float | None, end: float | None, description: str = "p") -> Secret:
    """Return a secret that begins and expires so many days from now."""
    return Secret(name, description, None if start is None else NOW + start * DAY, None if end is None else NOW + end * DAY, "abc")


def decide(secrets: list[Secret], **options: Any) -> SecretPlan:
    return plan_secret(item(**options), secrets, NOW)


def ids(secrets: list[Secret]) -> list[str]:
    return [one.id for one in secrets]


@pytest.mark.parametrize(
    ("secrets", "options", "action", "reason", "kept"),
    [
        # What is there decides.
        ([], {}, "created", "absent", None),
        ([secret("x", -1, 100, "other")], {}, "created", "absent", None),
        ([secret("old", -9, 100)], {}, "unchanged", "current", "old"),
        ([secret("old", -9, None)], {}, "unchanged", "current", "old"),
        ([secret("old", None, None)], {}, "unchanged", "current", "old"),
        ([secret("old", -9, 50), secret("new", -1, 100)], {}, "unchanged", "current", "new"),
        ([secret("new", -1, 100), secret("old", -9, 50)], {}, "unchanged", "current", "new"),
        ([secret("old", -100, -1)], {}, "renewed", "expired", None),
        ([secret("old", -100, 0)], {}, "renewed", "expired", None),
        ([secret("planned", 5, 100)], {}, "unchanged", "current", "planned"),
        # What the caller holds decides.
        ([], {"held_id": ""}, "created", "absent", None),
        ([], {"held_id": "gone"}, "created", "absent", None),
        ([secret("old", -9, 100)], {"held_id": ""}, "renewed", "not_held", None),
        ([secret("old", -9, 100)], {"held_id": "gone"}, "renewed", "not_held", None),
        ([secret("old", -9, 100)], {"held_id": "old"}, "unchanged", "current", "old"),
        ([secret("old", -9, 100), secret("stranger", -1, 100)], {"held_id": "old"}, "unchanged", "current", "old"),
        ([secret("old", -9, -1), secret("stranger", -1, 100)], {"held_id": "old"}, "renewed", "expired", None),
        ([secret("other", -1, 100, "other")], {"held_id": "other"}, "created", "absent", None),
        ([secret("old", -9, 100), secret("other", -1, 100, "other")], {"held_id": "other"}, "renewed", "not_held", None),
        # Time decides.
        ([secret("old", -9, 14)], {"renew_before": "14d"}, "unchanged", "current", "old"),
        ([secret("old", -9, 13.9)], {"renew_before": "14d"}, "renewed", "due", None),
        ([secret("old", -9, 13.9)], {"renew_before": "14d", "held_id": "old"}, "renewed", "due", None),
        ([secret("old", -9, 13.9), secret("new", -1, 100)], {"renew_before": "14d"}, "unchanged", "current", "new"),
        ([secret("old", -9, None)], {"renew_before": "14d"}, "unchanged", "current", "old"),
        ([secret("old", -9, 100)], {"lifetime": "30d"}, "unchanged", "current", "old"),
        # The user decides.
        ([secret("old", -9, 100)], {"force": True}, "renewed", "forced", None),
        ([], {"force": True}, "created", "absent", None),
        ([secret("old", -9, 100)], {"force": True, "held_id": ""}, "renewed", "not_held", None),
    ],
)
def test_a_new_one_is_made_when_there_is_a_reason(secrets: list[Secret], options: dict[str, Any], action: str, reason: str, kept: str | None) -> None:
    plan = decide(secrets, **options)
    assert (plan.action, plan.reason) == (action, reason)
    assert (plan.keep and plan.keep.id) == kept
    assert plan.makes is (kept is None)
    assert plan.changed is (kept is None)
    assert plan.retire == []


OLD, NEW = secret("old", -9, 100), secret("new", -0.5, 100)
DEAD = secret("dead", -100, -1)
STRANGER = secret("stranger", -0.1, 100)
MIDNIGHT = NOW - DAY / 2


@pytest.mark.parametrize(
    ("secrets", "options", "retired", "superseded"),
    [
        # Nothing is retired unless the user says so, but it is said what could be.
        ([DEAD, OLD, NEW], {}, [], ["dead"]),
        ([DEAD, OLD, NEW], {"overlap": "0"}, [], ["dead", "old"]),
        ([OLD], {}, [], []),
        # expired
        ([DEAD, OLD, NEW], {"prune": "expired"}, ["dead"], []),
        ([DEAD], {"prune": "expired"}, ["dead"], []),
        # superseded waits for the overlap, which begins with the newest one's start
        ([DEAD, OLD, NEW], {"prune": "superseded"}, ["dead"], []),
        ([OLD, NEW], {"prune": "superseded", "overlap": "12h"}, ["old"], []),
        ([OLD, NEW], {"prune": "superseded", "overlap": 43201}, [], []),
        ([NEW, OLD], {"prune": "superseded", "overlap": "6h"}, ["old"], []),
        ([OLD, NEW], {"prune": "superseded", "overlap": "0"}, ["old"], []),
        ([secret("oldest", -20, 100), OLD, NEW], {"prune": "superseded", "overlap": "0"}, ["oldest", "old"], []),
        # one of which nobody knows since when it works counts as the oldest
        ([secret("unknown", None, None), OLD], {"prune": "superseded"}, ["unknown"], []),
        # a new one that does not work yet supersedes nothing
        ([OLD, secret("planned", 1, 100)], {"prune": "superseded", "overlap": "0"}, [], []),
        # one that has just been made works, though the clocks may differ by a little
        ([OLD, secret("new", 2 / 86400, 100)], {"prune": "superseded", "overlap": "0"}, ["old"], []),
        ([OLD, secret("new", 2 / 86400, 100)], {"prune": "superseded", "overlap": 1}, [], []),
        # what is being made now has been working for no time at all
        ([OLD], {"prune": "superseded", "force": True}, [], []),
        ([OLD], {"prune": "superseded", "force": True, "overlap": "0"}, ["old"], []),
        ([OLD], {"prune": "superseded", "force": True, "overlap": "0", "start_time": "2026-06-20"}, [], []),
        ([OLD], {"prune": "superseded", "force": True, "overlap": "0", "start_time": "2026-06-15T12:00:00Z"}, ["old"], []),
        # other descriptions are other secrets
        ([OLD, NEW, secret("x", -50, -1, "other"), secret("y", -50, 5, "")], {"prune": "superseded", "overlap": "0"}, ["old"], []),
        # held: the held one is current, what is newer is an orphan and goes at once
        ([OLD, NEW], {"prune": "superseded", "held_id": "new"}, [], []),
        ([OLD, NEW], {"prune": "superseded", "held_id": "new", "overlap": "6h"}, ["old"], []),
        ([OLD, STRANGER], {"prune": "superseded", "held_id": "old"}, ["stranger"], []),
        ([OLD, STRANGER], {"prune": "expired", "held_id": "old"}, [], ["stranger"]),
        ([OLD, STRANGER], {"held_id": "old"}, [], ["stranger"]),
        ([OLD, STRANGER], {"prune": "superseded", "held_id": "old", "force": True}, ["stranger"], []),
        ([DEAD, STRANGER], {"prune": "superseded", "held_id": "dead"}, ["dead", "stranger"], []),
        # what is spared stays, whatever it is
        ([DEAD, OLD, NEW], {"prune": "superseded", "overlap": "0", "spared": frozenset({"old"})}, ["dead"], []),
        ([OLD, STRANGER], {"prune": "superseded", "held_id": "old", "spared": frozenset({"stranger"})}, [], []),
        # held nothing: which are orphans, only orphaned_after can tell
        ([OLD, STRANGER], {"prune": "superseded", "held_id": ""}, [], []),
        ([OLD, STRANGER], {"prune": "superseded", "held_id": "", "orphaned_after": MIDNIGHT}, ["stranger"], []),
        ([OLD, STRANGER], {"held_id": "", "orphaned_after": MIDNIGHT}, [], ["stranger"]),
        ([OLD, STRANGER], {"prune": "superseded", "orphaned_after": MIDNIGHT}, [], []),
        # a held one that was made after orphans
        ([OLD, STRANGER, secret("held", 0, 100)], {"prune": "superseded", "held_id": "held"}, [], []),
        ([OLD, STRANGER, secret("held", 0, 100)], {"prune": "superseded", "held_id": "held", "orphaned_after": MIDNIGHT}, ["stranger"], []),
        # the previous one is where the book begins; it is no orphan itself, nor with its fraction cut off
        ([OLD, NEW], {"prune": "superseded", "held_id": "new", "orphaned_after": NOW - 9 * DAY}, [], []),
        ([OLD, NEW], {"prune": "superseded", "held_id": "new", "orphaned_after": NOW - 9 * DAY - timedelta(seconds=1)}, [], []),
        ([secret("unknown", None, 100), NEW], {"prune": "superseded", "held_id": "new", "orphaned_after": NOW - 9.5 * DAY}, [], []),
    ],
)
def test_others_are_retired_when_nobody_can_need_them(secrets: list[Secret], options: dict[str, Any], retired: list[str], superseded: list[str]) -> None:
    plan = decide(secrets, **options)
    assert ids(plan.retire) == retired
    assert ids(plan.superseded) == superseded
    assert plan.changed is (plan.makes or bool(retired))


def test_of_two_that_began_at_once_the_same_is_current_whatever_the_order() -> None:
    first, second = secret("1", -5, 100), secret("2", -5, 100)
    for listed in ([first, second], [second, first]):
        assert decide(listed).keep == second


def test_absent_takes_all_generations_and_no_other_description() -> None:
    plan = decide([OLD, secret("other", -5, 100, "other"), DEAD], state="absent")
    assert (plan.action, plan.reason, ids(plan.retire)) == ("deleted", "unwanted", ["dead", "old"])
    assert plan.before["id"] == "old"
    assert plan.before["generations"] == ["dead", "old"]
    assert plan.after == {}
    assert plan.changed


def test_absent_takes_the_one_that_is_named() -> None:
    listed = [OLD, NEW, secret("other", -5, 100, "other")]
    assert ids(decide(listed, state="absent", secret_id="old").retire) == ["old"]
    assert ids(decide(listed, state="absent", secret_id="other", description=None).retire) == ["other"]


@pytest.mark.parametrize("options", [{}, {"secret_id": "gone"}])
def test_absent_leaves_what_is_not_there(options: dict[str, Any]) -> None:
    plan = decide([secret("other", -5, 100, "other")], state="absent", **options)
    assert (plan.action, plan.reason, plan.retire, plan.before, plan.after) == ("unchanged", "absent", [], {}, {})
    assert not plan.changed


def test_a_secret_without_a_description_is_one_too() -> None:
    assert decide([secret("x", -1, 100, "")], description=None).keep == secret("x", -1, 100, "")
    assert decide([secret("x", -1, 100, "p")], description=None).action == "created"


def test_the_diff_shows_what_comes_and_goes() -> None:
    plan = decide([OLD, NEW], prune="superseded", overlap="0")
    assert plan.before == {**shown_from_secret(NEW, NOW), "generations": ["old", "new"]}
    assert plan.after == {**shown_from_secret(NEW, NOW), "generations": ["new"]}
    plan = decide([OLD], force=True, lifetime="90d")
    assert plan.before["generations"] == ["old"]
    assert plan.after == {
        "description": "p",
        "start_time": "2026-06-15T12:00:00.000Z",
        "expiration": "2026-09-13T12:00:00.000Z",
        "generations": ["old", "(new)"],
    }
    plan = decide([OLD])
    assert plan.before == plan.after == shown_from_secret(OLD, NOW)


def test_no_answer_has_a_value_before_it_was_made() -> None:
    for plan in (decide([]), decide([OLD], force=True), decide([OLD])):
        assert "value" not in plan.after
        assert "value" not in plan.before


@pytest.mark.parametrize(
    ("options", "payload"),
    [
        ({"description": None}, {}),
        ({}, {"description": "p"}),
        ({"lifetime": "90d"}, {"description": "p", "expiration": "2026-09-13T12:00:00.000Z"}),
        ({"lifetime": 7776000}, {"description": "p", "expiration": "2026-09-13T12:00:00.000Z"}),
        ({"lifetime": "1d"}, {"description": "p", "expiration": "2026-06-16T12:05:00.000Z"}),
        ({"lifetime": "1096d"}, {"description": "p", "expiration": "2029-06-15T12:00:00.000Z"}),
        ({"lifetime": "1095d"}, {"description": "p", "expiration": "2029-06-14T12:00:00.000Z"}),
        ({"expiration": "2026-12-24T18:00:00+01:00"}, {"description": "p", "expiration": "2026-12-24T17:00:00.000Z"}),
        ({"start_time": "2026-07-01"}, {"description": "p", "startTime": "2026-07-01T00:00:00.000Z"}),
        (
            {"start_time": "2026-07-01", "lifetime": "30d"},
            {"description": "p", "startTime": "2026-07-01T00:00:00.000Z", "expiration": "2026-07-31T00:00:00.000Z"},
        ),
        # What has passed means at once, so that the one that replaces a secret is younger than it and ends later.
        ({"start_time": "2026-06-01"}, {"description": "p"}),
        ({"start_time": "2026-06-01", "lifetime": "30d"}, {"description": "p", "expiration": "2026-07-15T12:00:00.000Z"}),
    ],
)
def test_the_body_that_makes_a_secret_holds_what_was_asked_for(options: dict[str, Any], payload: dict[str, Any]) -> None:
    assert payload_from_item(item(**options), NOW) == payload


@pytest.mark.parametrize("options", [{"lifetime": "90d"}, {"expiration": "2027-01-01"}])
def test_a_server_whose_time_is_at_its_end_is_answered_in_words(options: dict[str, Any]) -> None:
    with suppress(ConfigError):
        payload_from_item(item(**options), datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc))


@pytest.mark.parametrize("expiration", ["2026-06-16T11:59:59Z", "2020-01-01", "2029-06-15T12:00:01Z", "2126-01-01"])
def test_an_expiry_that_no_server_takes_is_refused_by_the_servers_clock(expiration: str) -> None:
    with pytest.raises(ConfigError, match=r"a/p.*1 day to 3 years from now \(2026-06-15T12:00:00.000Z\); change expiration or lifetime"):
        decide([], expiration=expiration)
    # What is there already is not measured by it.
    assert decide([OLD], expiration=expiration).action == "unchanged"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"client_id": ""}, "client_id is empty"),
        ({"client_id": "  "}, "client_id is empty"),
        ({"lifetime": "30d", "expiration": "2026-12-01"}, "both lifetime and expiration are given"),
        ({"secret_id": "x"}, "secret_id goes with state absent only"),
        ({"lifetime": "23h"}, "lifetime '23h' is shorter than a day, but the server takes 1 day to 3 years"),
        ({"lifetime": "1097d"}, "is longer than 3 years, but the server takes 1 day to 3 years"),
        ({"lifetime": "soon"}, "lifetime 'soon' is not a duration; write seconds"),
        ({"lifetime": "9" * 20}, "is not a duration"),
        ({"renew_before": "often"}, "renew_before 'often' is not a duration"),
        ({"overlap": "-1d"}, "overlap '-1d' is not a duration"),
        ({"expiration": "tomorrow"}, "expiration 'tomorrow' is not a time; write it as 2026-09-07T13:03:38Z"),
        ({"start_time": "31.12.2026"}, "start_time '31.12.2026' is not a time"),
        ({"expiration": "2027-02-30"}, "expiration '2027-02-30' is not a time"),
        ({"expiration": "9999-12-31T23:59:59-05:00"}, "expiration '9999-12-31T23:59:59-05:00' is not a time"),
        ({"start_time": "9999-12-01"}, "start_time lies in the year 9999; give one before 9991"),
        ({"client_id": 83}, "client_id 83 is read as a number by YAML or JSON, so that what was written is lost; put it into quotes"),
        ({"description": 1.1}, "description 1.1 is read as a number"),
        ({"description": True}, "description True is read as a boolean"),
        ({"description": "production "}, "its description begins or ends with a blank, or holds a control character"),
        ({"description": "\tproduction"}, "begins or ends with a blank"),
        ({"description": "pro\nduction"}, "holds a control character"),
        ({"description": "pro\x00duction"}, "holds a control character"),
        ({"description": "pro\ud800duction"}, "holds a control character"),
        ({"expiration": "2026-12-01", "start_time": "2026-12-01"}, "expiration is not after start_time"),
        ({"lifetime": "30d", "renew_before": "30d"}, "renew_before '30d' is not less than the lifetime ('30d')"),
        ({"renew_before": "180d"}, "renew_before '180d' is not less than the lifetime (6 months unless you give one)"),
    ],
)
def test_what_is_wrong_offline_is_refused_offline(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        item(**options)
    assert said in caught.value.message
    assert caught.value.message.endswith(".")


def test_the_bounds_of_a_lifetime_are_fine_themselves() -> None:
    assert item(lifetime="1d").lifetime == DAY
    assert item(lifetime="1096d").lifetime == 1096 * DAY
    assert item(lifetime="30d", renew_before=30 * 86400 - 1).renew_before < 30 * DAY
    assert item(expiration="2026-12-01", renew_before="500d").renew_before == 500 * DAY


def test_an_entry_takes_from_the_top_level_what_it_does_not_say() -> None:
    shared = {"state": "present", "lifetime": "90d", "renew_before": "14d", "force": False, "verify": True, "prune": "superseded", "overlap": "2d"}
    own = item_from_params({"client_id": "a", "description": "p", "prune": "none", "overlap": "0", "verify": False}, shared)
    assert (own.lifetime, own.renew_before, own.prune, own.overlap, own.verify) == (90 * DAY, 14 * DAY, "none", 0 * DAY, False)
    taken = item_from_params({"client_id": "a"}, shared)
    assert (taken.prune, taken.overlap, taken.verify, taken.description) == ("superseded", 2 * DAY, True, "")


def test_what_names_a_secret_is_not_taken_from_the_top_level() -> None:
    shared = {"state": "present", "prune": "none", "overlap": "1d", "held_id": "x", "description": "z"}
    taken = item_from_params({"client_id": "a"}, shared)
    assert (taken.held_id, taken.description) == (None, "")


def test_an_empty_held_id_says_something_and_none_does_not() -> None:
    assert item(held_id="").held_id == ""
    assert item().held_id is None


def test_one_secret_twice_is_refused() -> None:
    check_distinct([item(), item(description="q"), item(client_id="b"), item(state="absent", secret_id="1"), item(state="absent", secret_id="2")])
    with pytest.raises(ConfigError, match="Secret 'a/p' is given twice"):
        check_distinct([item(), item(force=True)])


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ({"id": "1", "description": "p", "startTime": "2026-06-14T12:00:00Z", "expiration": "2026-06-16T12:00:00Z", "valueDisplay": "abc"}, secret("1", -1, 1)),
        ({"id": 7}, Secret("7", "", None, None, "")),
        ({"id": "1", "description": None, "startTime": "", "expiration": None}, Secret("1", "", None, None, "")),
        ({"id": "1", "startTime": "0001-01-01T00:00:00", "expiration": "9999-12-31T23:59:59.9999999Z"}, Secret("1", "", None, None, "")),
        ({"id": "1", "startTime": "0001-01-01T00:00:00+05:00", "expiration": "9999-12-31T23:59:59-05:00"}, Secret("1", "", None, None, "")),
    ],
)
def test_a_listed_secret_is_read(raw: dict[str, Any], read: Secret) -> None:
    assert secret_from_api(raw) == read


@pytest.mark.parametrize(
    ("raw", "said"), [({}, "gives it no id"), ({"id": ""}, "gives it no id"), ({"id": "1", "startTime": "x"}, "its startTime is not a time")]
)
def test_an_unreadable_secret_is_an_error(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(ApiError, match=said) as caught:
        secret_from_api(raw)
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize(
    ("one", "active", "days_left"),
    [
        (secret("1", -1, 1), True, 1.0),
        (secret("1", -1, 0.55), True, 0.6),
        (secret("1", -3, -1), False, -1.0),
        (secret("1", 1, 3), False, 3.0),
        (secret("1", None, None), True, None),
        (secret("1", 0, 1), True, 1.0),
        # The clocks agree to some seconds only.
        (secret("1", 4 / 86400, 1), True, 1.0),
        (secret("1", 10 / 86400, 1), False, 1.0),
        (secret("1", -1, 0), False, 0.0),
    ],
)
def test_an_answer_says_whether_it_works_and_how_long(one: Secret, active: bool, days_left: float | None) -> None:
    shown = shown_from_secret(one, NOW)
    assert (shown["active"], shown["days_left"]) == (active, days_left)
    assert set(shown) == {"id", "description", "start_time", "expiration", "value_display", "active", "days_left"}


def test_fractions_of_a_second_may_be_cut_off_but_no_more() -> None:
    assert same_second(NOW, NOW + timedelta(milliseconds=999))
    assert same_second(NOW + timedelta(milliseconds=999), NOW)
    assert not same_second(NOW, NOW + timedelta(seconds=2))
    assert same_second(None, None)
    assert not same_second(NOW, None)


def test_entries_of_a_list_have_no_defaults_of_their_own() -> None:
    single, listed = options_spec(in_list=False), options_spec(in_list=True)
    assert set(single) == set(listed)
    assert not [option for option, keywords in listed.items() if "default" in keywords]
    assert listed["client_id"]["required"]
    assert not single["client_id"]["required"]
    assert not {"prune_only", "orphaned_after", "held_value", "spared"} & set(single)


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({"prune": "superseded"}, True),
        ({"prune": "superseded", "held_id": ""}, False),
        ({"prune": "superseded", "held_id": "x"}, False),
        ({"prune": "expired"}, False),
        ({"prune": "superseded", "state": "absent"}, False),
    ],
)
def test_who_cannot_say_what_is_held_deletes_nothing_that_works(options: dict[str, Any], refused: bool) -> None:
    if refused:
        with pytest.raises(ConfigError, match=r"Secret 'a/p': prune superseded needs held_id, the id of the secret whose value you hold, or an empty text"):
            check_held(item(**options))
    else:
        check_held(item(**options))


def test_what_is_wrong_with_an_entry_is_its_own() -> None:
    wrong = item_or_error({"client_id": "a", "description": "p", "lifetime": "soon", "state": "present", "prune": "none", "overlap": "1d"}, {})
    assert wrong.name == "a/p"
    assert wrong.error is not None
    assert "lifetime 'soon' is not a duration" in wrong.error.message
    nameless = item_or_error({"client_id": 83, "description": "p"}, {})
    assert (nameless.name, nameless.error is None) == ("83/p", False)


@pytest.mark.parametrize(
    ("written", "verify"),
    [(True, True), (False, False), (None, False), ("true", True), ("Yes", True), ("no", False), (1, True), ("0", False), ("api", "api"), (" API ", "api")],
)
def test_verify_is_a_switch_or_api(written: object, verify: object) -> None:
    assert verify_from_option(written) is verify or verify_from_option(written) == verify == "api"
    item = item_from_params({"client_id": "a", "state": "present", "prune": "none", "overlap": "0", "verify": written}, {})
    assert (item.verify, item.verify_api) == (bool(verify), verify == "api")
