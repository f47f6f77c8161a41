# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page shows tiles, a time line and a table."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.filter.expiry_report import expiry_report
from ansible_collections.abbyy.vantage.plugins.filter.expiry_report_page import FilterModule
from ansible_collections.abbyy.vantage.tests.unit.support.report_tenants import at, client, entry, secret, tenant

expiry_report_page = FilterModule().filters()["expiry_report_page"]


def page_of(*tenants: dict[str, Any]) -> dict[str, Any]:
    return expiry_report_page(expiry_report(list(tenants), "30d", at(0)))


def only_bar(page: dict[str, Any]) -> dict[str, Any]:
    ((life,),) = [lane["bars"] for group in page["groups"] for lane in group["lanes"]]
    return life


def test_what_turns_the_letters_round_is_escaped() -> None:
    page = page_of(tenant(client("a\x1b\u202e", secret("a", -9, 5, "p\u2066"), client_name="n\x9b")))
    (lane,) = [lane for group in page["groups"] for lane in group["lanes"]]
    assert (lane["client_id"], lane["client_name"]) == ("a\\x1b\\u202e", "n\\x9b")
    assert (page["rows"][0]["client_id"], page["rows"][0]["description"]) == ("a\\x1b\\u202e", "p\\u2066")


def test_tiles_count_what_can_be_known() -> None:
    bare = {tile["key"]: tile["count"] for tile in page_of(tenant(client("app", secret("a", -9, 5))))["tiles"]}
    assert bare == {"expired": 0, "no_secret": 0, "due": 1, "never_expires": 0, "risky": 0, "active": 0}
    full = {tile["key"]: tile["count"] for tile in page_of(tenant(client("app", secret("a", -9, 5)), store={"x": entry("app", "gone")}))["tiles"]}
    assert (full["orphaned"], full["missing"], full["unmanaged"]) == (1, 1, 0)


def test_every_tile_filters_as_many_rows_or_clients_as_it_counts() -> None:
    clients = [
        client("fine", secret("a", -9, 90), allow_no_pkce=True),
        client("gone", secret("b", -90, -3), secret("c", -9, -2, "test")),
        client("soon", secret("d", -90, 5), secret("e", -9, 9)),
        client("bare"),
        client("endless", secret("f", -9, None)),
    ]
    page = page_of(tenant(*clients, apps=[{"client_id": "fine"}], store={"x": entry("fine", "lost")}))
    for tile in page["tiles"]:
        rows = [row for row in page["rows"] if tile["key"] in row["tokens"].split()]
        lanes = [lane for group in page["groups"] for lane in group["lanes"] if tile["key"] in lane["tokens"].split()]
        assert len(lanes if tile["unit"] == "clients" else rows) == tile["count"], tile["key"]


def test_groups_are_in_the_order_of_urgency() -> None:
    page = page_of(tenant(client("fine", secret("a", -9, 90)), client("gone", secret("b", -90, -3)), client("soon", secret("c", -9, 5))))
    assert [(group["status"], [lane["client_id"] for lane in group["lanes"]]) for group in page["groups"]] == [
        ("expired", ["gone"]),
        ("due", ["soon"]),
        ("active", ["fine"]),
    ]


@pytest.mark.parametrize(("number", "is_open"), [(200, True), (201, False)])
def test_long_calm_group_is_folded(number: int, is_open: bool) -> None:
    page = page_of(tenant(*(client(f"app-{one}", secret(str(one), -9, 90)) for one in range(number))))
    assert page["groups"][0]["open"] is is_open


def test_long_urgent_group_is_open() -> None:
    page = page_of(tenant(*(client(f"app-{one}", secret(str(one), -9, -1)) for one in range(300))))
    assert page["groups"][0]["open"] is True


def test_today_lies_between_past_and_future() -> None:
    page = page_of(tenant(client("app", secret("a", -100, 100))))
    life = only_bar(page)
    assert life["left"] == 0
    # The life is half over today; the axis goes on a little beyond its end.
    assert page["axis"]["today"] == pytest.approx(life["width"] / 2, abs=0.1)
    assert life["width"] < 100


def test_renew_window_is_the_end_of_the_bar() -> None:
    assert only_bar(page_of(tenant(client("app", secret("a", -100, 100)))))["renew"] == 15.0


@pytest.mark.parametrize(
    ("start", "end", "before", "beyond"),
    [(-9, 90, False, False), (-400, 90, True, False), (None, 90, True, False), (-9, None, False, True), (-9, 5000, False, True)],
)
def test_bar_says_when_it_goes_on(start: float | None, end: float | None, before: bool, beyond: bool) -> None:
    life = only_bar(page_of(tenant(client("app", secret("a", start, end)))))
    assert (life["before"], life["beyond"]) == (before, beyond)
    assert life["left"] >= 0
    assert life["left"] + life["width"] <= 100.01


def test_long_gone_secret_lies_at_the_edge() -> None:
    life = only_bar(page_of(tenant(client("app", secret("a", -900, -800)))))
    assert (life["left"], life["width"], life["renew"]) == (0, 0, 0)


@pytest.mark.parametrize("end", [1, 90, 200, 400, 800, 1095])
def test_ticks_are_few_and_in_order(end: int) -> None:
    ticks = page_of(tenant(client("app", secret("a", -1, end))))["axis"]["ticks"]
    places = [tick["at"] for tick in ticks]
    assert places == sorted(places)
    assert 2 <= len(ticks) <= 10
    assert ticks[0]["new_year"]


@pytest.mark.parametrize("made", [-30, -100, -180])
def test_ticks_are_a_tenth_of_the_axis_apart(made: int) -> None:
    # What the style of the page relies on for the labels to have room.
    for end in range(90, 1100, 7):
        places = [tick["at"] for tick in page_of(tenant(client("app", secret("a", made, end))))["axis"]["ticks"]]
        assert min(after - before for before, after in zip(places, places[1:])) > 10, end


def test_descriptions_have_lines_of_their_own() -> None:
    page = page_of(tenant(client("app", secret("a", -90, 5), secret("b", -9, 90), secret("c", -9, 90, "test"))))
    lane = page["groups"][0]["lanes"][0]
    assert (lane["lines"], [(life["line"], life["superseded"]) for life in lane["bars"]]) == (2, [(0, True), (0, False), (1, False)])


@pytest.mark.parametrize(("end", "note"), [(170, "170 days"), (1.5, "1 day"), (0.5, "today"), (-0.5, "just expired"), (-35, "35 days ago"), (None, "never")])
def test_note_says_how_long(end: float | None, note: str) -> None:
    page = page_of(tenant(client("app", secret("a", -90, end))))
    assert page["groups"][0]["lanes"][0]["note"] == note


def test_lane_is_told_in_words() -> None:
    page = page_of(tenant(client("app", secret("a", -9, 5)), store={"x": entry("app", "b", "other")}))
    assert page["groups"][0]["lanes"][0]["text"] == "production: 2026-08-29 to 2026-09-12, due, orphaned"


def test_row_names_three_addresses_and_counts_the_rest() -> None:
    addresses = [f"https://{letter}.example.com" for letter in "abcde"]
    (row,) = page_of(tenant(client("app", secret("a", -9, 90), redirect_uris=addresses)))["rows"]
    (finding,) = row["findings"]
    assert (finding["addresses"], finding["more"]) == (addresses[:3], 2)


def test_reserved_entry_is_explained() -> None:
    rows = page_of(tenant(store={"x": entry("app", None)}))["rows"]
    assert [(row["status"], row["findings"][0]["addresses"]) for row in rows] == [("missing", ["reserved, never delivered"])]


def test_every_word_is_explained() -> None:
    page = page_of(tenant())
    shown = {one["key"] for one in page["explanations"]}
    assert {"expired", "due", "orphaned", "missing", "unmanaged", "redirect_without_path", "plain_http", "password_grant", "no_pkce"} <= shown


CHANGE = {"time": at(-1), "user": "al\x1bice", "job": "42", "action": "create_secret", "reason": "due", "result": "done", "secret_id": "a"}


def test_who_has_changed_a_client_last_stands_in_its_rows() -> None:
    page = page_of(tenant(client("app", secret("a", -9, 5)), client("bare"), changes={"app": CHANGE, "bare": {**CHANGE, "job": ""}}))
    assert page["changes_known"]
    assert {row["client_id"]: row["changed"] for row in page["rows"]} == {"app": "2026-09-06 al\\x1bice (job 42)", "bare": "2026-09-06 al\\x1bice"}


def test_without_an_audit_log_nobody_is_named() -> None:
    page = page_of(tenant(client("app", secret("a", -9, 5)), store={"x": entry("app", "gone")}))
    assert not page["changes_known"]
    assert {row["changed"] for row in page["rows"]} == {""}
