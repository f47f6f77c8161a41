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
def test_a_new_secret_is_made_only_for_a_reason(secrets: list[Secret], options: dict[str, Any], action: str, reason: str, kept: str | None) -> None:
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
def test_a_secret_is_retired_once_it_cannot_be_needed(secrets: list[Secret], options: dict[str, Any], retired: list[str], superseded: list[str]) -> None:
    plan = decide(secrets, **options)

    assert ids(plan.retire) == retired
    assert ids(plan.superseded) == superseded
    assert plan.changed is (plan.makes or bool(retired))


FIRST, SECOND = secret("1", -5, 100), secret("2", -5, 100)


@pytest.mark.parametrize("listed", [[FIRST, SECOND], [SECOND, FIRST]], ids=["in order", "reversed"])
def test_of_two_secrets_of_one_moment_the_same_is_current_in_any_order(listed: list[Secret]) -> None:
    assert decide(listed).keep == SECOND


def test_absent_deletes_all_generations_and_no_other_description() -> None:
    plan = decide([OLD, secret("other", -5, 100, "other"), DEAD], state="absent")

    assert (plan.action, plan.reason, ids(plan.retire)) == ("deleted", "unwanted", ["dead", "old"])
    assert plan.before["id"] == "old"
    assert plan.before["generations"] == ["dead", "old"]
    assert plan.after == {}
    assert plan.changed


@pytest.mark.parametrize(("secret_id", "description"), [("old", "p"), ("other", None)])
def test_absent_deletes_the_secret_that_is_named(secret_id: str, description: str | None) -> None:
    listed = [OLD, NEW, secret("other", -5, 100, "other")]
    plan = decide(listed, state="absent", secret_id=secret_id, description=description)
    assert ids(plan.retire) == [secret_id]


@pytest.mark.parametrize("options", [{}, {"secret_id": "gone"}])
def test_absent_changes_nothing_when_the_secret_is_missing(options: dict[str, Any]) -> None:
    plan = decide([secret("other", -5, 100, "other")], state="absent", **options)
    assert (plan.action, plan.reason, plan.retire, plan.before, plan.after) == ("unchanged", "absent", [], {}, {})
    assert not plan.changed


@pytest.mark.parametrize(("description", "action"), [("", "unchanged"), ("p", "created")])
def test_no_description_means_the_secret_without_one(description: str, action: str) -> None:
    listed = secret("x", -1, 100, description)

    plan = decide([listed], description=None)

    assert plan.action == action
    assert plan.keep == (listed if action == "unchanged" else None)


def test_the_diff_of_a_pruned_secret() -> None:
    plan = decide([OLD, NEW], prune="superseded", overlap="0")
    assert plan.before == {**shown_from_secret(NEW, NOW), "generations": ["old", "new"]}
    assert plan.after == {**shown_from_secret(NEW, NOW), "generations": ["new"]}


def test_the_diff_of_a_renewed_secret() -> None:
    plan = decide([OLD], force=True, lifetime="90d")

    assert plan.before["generations"] == ["old"]
    assert plan.after == {
        "description": "p",
        "start_time": "2026-06-15T12:00:00.000Z",
        "expiration": "2026-09-13T12:00:00.000Z",
        "generations": ["old", "(new)"],
    }


def test_the_diff_of_an_unchanged_secret_is_empty() -> None:
    plan = decide([OLD])
    assert plan.before == plan.after == shown_from_secret(OLD, NOW)


@pytest.mark.parametrize(("secrets", "options"), [([], {}), ([OLD], {"force": True}), ([OLD], {})], ids=["created", "renewed", "unchanged"])
def test_no_diff_has_a_value(secrets: list[Secret], options: dict[str, Any]) -> None:
    plan = decide(secrets, **options)
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
def test_the_body_of_a_new_secret_has_what_was_given(options: dict[str, Any], payload: dict[str, Any]) -> None:
    assert payload_from_item(item(**options), NOW) == payload


@pytest.mark.parametrize("options", [{"lifetime": "90d"}, {"expiration": "2027-01-01"}])
def test_a_server_at_the_end_of_time_causes_no_traceback(options: dict[str, Any]) -> None:
    with suppress(ConfigError):
        payload_from_item(item(**options), datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc))


impossible_expiration = pytest.mark.parametrize("expiration", ["2026-06-16T11:59:59Z", "2020-01-01", "2029-06-15T12:00:01Z", "2126-01-01"])


@impossible_expiration
def test_an_expiration_is_refused_by_the_servers_clock(expiration: str) -> None:
    with pytest.raises(ConfigError, match=r"a/p.*1 day to 3 years from now \(2026-06-15T12:00:00.000Z\); change expiration or lifetime"):
        decide([], expiration=expiration)


@impossible_expiration
def test_an_expiration_does_not_apply_to_an_existing_secret(expiration: str) -> None:
    plan = decide([OLD], expiration=expiration)
    assert plan.action == "unchanged"


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
def test_a_wrong_option_is_refused_without_asking_the_server(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        item(**options)
    assert said in caught.value.message
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(("written", "lifetime"), [("1d", DAY), ("1096d", 1096 * DAY)])
def test_the_bounds_of_a_lifetime_are_accepted(written: str, lifetime: timedelta) -> None:
    assert item(lifetime=written).lifetime == lifetime


def test_renew_before_may_be_a_second_less_than_the_lifetime() -> None:
    assert item(lifetime="30d", renew_before=30 * 86400 - 1).renew_before < 30 * DAY


def test_renew_before_is_not_bounded_by_an_expiration() -> None:
    assert item(expiration="2026-12-01", renew_before="500d").renew_before == 500 * DAY


SHARED = {"state": "present", "lifetime": "90d", "renew_before": "14d", "force": False, "verify": True, "prune": "superseded", "overlap": "2d"}


def test_an_entry_overrides_the_top_level() -> None:
    own = item_from_params({"client_id": "a", "description": "p", "prune": "none", "overlap": "0", "verify": False}, SHARED)
    assert (own.lifetime, own.renew_before, own.prune, own.overlap, own.verify) == (90 * DAY, 14 * DAY, "none", 0 * DAY, False)


def test_an_entry_takes_the_rest_from_the_top_level() -> None:
    taken = item_from_params({"client_id": "a"}, SHARED)
    assert (taken.prune, taken.overlap, taken.verify, taken.description) == ("superseded", 2 * DAY, True, "")


def test_an_entry_does_not_take_held_id_and_description_from_the_top_level() -> None:
    shared = {"state": "present", "prune": "none", "overlap": "1d", "held_id": "x", "description": "z"}
    taken = item_from_params({"client_id": "a"}, shared)
    assert (taken.held_id, taken.description) == (None, "")


@pytest.mark.parametrize(("options", "held_id"), [({"held_id": ""}, ""), ({}, None)])
def test_an_empty_held_id_differs_from_none(options: dict[str, str], held_id: str | None) -> None:
    assert item(**options).held_id == held_id


def test_secrets_that_differ_are_distinct() -> None:
    check_distinct([item(), item(description="q"), item(client_id="b"), item(state="absent", secret_id="1"), item(state="absent", secret_id="2")])


def test_one_secret_twice_is_refused() -> None:
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
def test_a_shown_secret_tells_whether_it_works_and_for_how_long(one: Secret, active: bool, days_left: float | None) -> None:
    shown = shown_from_secret(one, NOW)
    assert (shown["active"], shown["days_left"]) == (active, days_left)
    assert set(shown) == {"id", "description", "start_time", "expiration", "value_display", "active", "days_left"}


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (NOW, NOW + timedelta(milliseconds=999), True),
        (NOW + timedelta(milliseconds=999), NOW, True),
        (NOW, NOW + timedelta(seconds=2), False),
        (None, None, True),
        (NOW, None, False),
    ],
)
def test_two_moments_may_differ_by_a_fraction_of_a_second(left: datetime, right: datetime, same: bool) -> None:
    assert same_second(left, right) is same


def test_entries_of_a_list_have_no_defaults_of_their_own() -> None:
    single, listed = options_spec(in_list=False), options_spec(in_list=True)

    assert set(single) == set(listed)
    assert not [option for option, keywords in listed.items() if "default" in keywords]
    assert listed["client_id"]["required"]
    assert not single["client_id"]["required"]
    assert not {"prune_only", "orphaned_after", "held_value", "spared"} & set(single)


def test_prune_superseded_needs_held_id() -> None:
    with pytest.raises(ConfigError, match=r"Secret 'a/p': prune superseded needs held_id, the id of the secret whose value you hold, or an empty text"):
        check_held(item(prune="superseded"))


@pytest.mark.parametrize(
    "options",
    [
        {"prune": "superseded", "held_id": ""},
        {"prune": "superseded", "held_id": "x"},
        {"prune": "expired"},
        {"prune": "superseded", "state": "absent"},
    ],
)
def test_others_do_not_need_held_id(options: dict[str, Any]) -> None:
    check_held(item(**options))


def test_an_error_belongs_to_its_entry() -> None:
    wrong = item_or_error({"client_id": "a", "description": "p", "lifetime": "soon", "state": "present", "prune": "none", "overlap": "1d"}, {})

    assert wrong.name == "a/p"
    assert wrong.error is not None
    assert "lifetime 'soon' is not a duration" in wrong.error.message


def test_an_entry_with_a_wrong_id_is_named_by_it() -> None:
    wrong = item_or_error({"client_id": 83, "description": "p"}, {})
    assert (wrong.name, wrong.error is None) == ("83/p", False)


spellings_of_verify = pytest.mark.parametrize(
    ("written", "verify"),
    [(True, True), (False, False), (None, False), ("true", True), ("Yes", True), ("no", False), (1, True), ("0", False), ("api", "api"), (" API ", "api")],
)


@spellings_of_verify
def test_verify_is_a_switch_or_api(written: object, verify: object) -> None:
    read = verify_from_option(written)
    assert read is verify or read == verify == "api"


@spellings_of_verify
def test_verify_of_an_entry_becomes_two_switches(written: object, verify: object) -> None:
    entry = item_from_params({"client_id": "a", "state": "present", "prune": "none", "overlap": "0", "verify": written}, {})
    assert (entry.verify, entry.verify_api) == (bool(verify), verify == "api")
