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


def tiles_of(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [tile for row in page["tiles"] for tile in row["tiles"]]


def counts_of(page: dict[str, Any]) -> dict[str, int]:
    return {tile["key"]: tile["count"] for tile in tiles_of(page)}


def ticks_of(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the marks of the whole axis."""
    return page["views"][-1]["ticks"]


def test_control_characters_are_escaped() -> None:
    page = page_of(tenant(client("a\x1b\u202e", secret("a", -9, 5, "p\u2066"), client_name="n\x9b")))
    (lane,) = [lane for group in page["groups"] for lane in group["lanes"]]

    assert (lane["client_id"], lane["client_name"]) == ("a\\x1b\\u202e", "n\\x9b")
    assert (page["rows"][0]["client_id"], page["rows"][0]["description"]) == ("a\\x1b\\u202e", "p\\u2066")


def test_tiles_count_what_can_be_known_without_apps_and_store() -> None:
    counts = counts_of(page_of(tenant(client("app", secret("a", -9, 5)))))
    assert counts == {"must_act": 1, "expired": 0, "no_secret": 0, "due": 1, "never_expires": 0, "risky": 0, "active": 0}


def test_tiles_count_what_the_store_tells() -> None:
    counts = counts_of(page_of(tenant(client("app", secret("a", -9, 5)), store={"x": entry("app", "gone")})))
    assert (counts["orphaned"], counts["missing"], counts["unmanaged"], counts["renews_itself"]) == (1, 1, 0, 0)


def test_due_is_split_by_who_renews() -> None:
    page = page_of(tenant(client("app", secret("a", -9, 5)), client("other", secret("b", -9, 5)), apps=[{"client_id": "app"}]))

    assert {key: counts_of(page)[key] for key in ("must_act", "due", "renews_itself")} == {"must_act": 1, "due": 1, "renews_itself": 1}
    assert {row["client_id"]: row["status"] for row in page["rows"]} == {"app": "renews_itself", "other": "due"}
    assert [(group["standing"], group["must_act"]) for group in page["groups"]] == [("due", True), ("renews_itself", False)]


def filtered(page: dict[str, Any], tile: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows, or the lanes of clients, that a tile filters."""
    lanes = [lane for group in page["groups"] for lane in group["lanes"]]
    return [one for one in (lanes if tile["unit"] == "clients" else page["rows"]) if tile["key"] in one["tokens"].split()]


def test_every_tile_filters_as_many_rows_or_clients_as_it_counts() -> None:
    clients = [
        client("fine", secret("a", -9, 90), allow_no_pkce=True),
        client("gone", secret("b", -90, -3), secret("c", -9, -2, "test")),
        client("soon", secret("d", -90, 5), secret("e", -9, 9)),
        client("bare"),
        client("endless", secret("f", -9, None)),
    ]
    store = {"x": entry("fine", "lost"), "y": entry("soon", "d"), "z": entry("only-in-the-store", "e")}

    page = page_of(tenant(*clients, apps=[{"client_id": "fine"}, {"client_id": "soon"}], store=store))

    assert (counts_of(page)["renews_itself"], counts_of(page)["due"]) == (1, 1)
    assert {tile["key"]: len(filtered(page, tile)) for tile in tiles_of(page)} == counts_of(page)


def test_groups_are_in_the_order_of_urgency() -> None:
    page = page_of(tenant(client("fine", secret("a", -9, 90)), client("gone", secret("b", -90, -3)), client("soon", secret("c", -9, 5))))
    assert [(group["standing"], [lane["client_id"] for lane in group["lanes"]]) for group in page["groups"]] == [
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
    assert page["views"][-1]["today"] == pytest.approx(life["width"] / 2, abs=0.1)
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


def test_secret_that_expired_long_ago_lies_at_the_edge() -> None:
    life = only_bar(page_of(tenant(client("app", secret("a", -900, -800)))))
    assert (life["left"], life["width"], life["renew"]) == (0, 0, 0)


@pytest.mark.parametrize("end", [1, 90, 200, 400, 800, 1095])
def test_ticks_are_few_and_in_order(end: int) -> None:
    ticks = ticks_of(page_of(tenant(client("app", secret("a", -1, end)))))
    places = [tick["at"] for tick in ticks]

    assert places == sorted(places)
    assert 2 <= len(ticks) <= 10
    assert ticks[0]["new_year"]


@pytest.mark.parametrize("made", [-30, -100, -180])
def test_ticks_are_a_tenth_of_the_axis_apart(made: int) -> None:
    # What the style of the page relies on for the labels to have room.
    for end in range(90, 1100, 7):
        places = [tick["at"] for tick in ticks_of(page_of(tenant(client("app", secret("a", made, end)))))]
        assert min(after - before for before, after in zip(places, places[1:])) > 10, end


def test_descriptions_have_lines_of_their_own() -> None:
    page = page_of(tenant(client("app", secret("a", -90, 5), secret("b", -9, 90), secret("c", -9, 90, "test"))))
    lane = page["groups"][0]["lanes"][0]
    assert (lane["lines"], [(life["line"], life["key"]) for life in lane["bars"]]) == (2, [(0, "older"), (0, "active"), (1, "active")])


@pytest.mark.parametrize(
    ("end", "note"), [(170, "170 days"), (1.5, "1 day"), (0.5, "today"), (0, "just expired"), (-0.5, "just expired"), (-35, "35 days ago"), (None, "never")]
)
def test_note_says_how_long(end: float | None, note: str) -> None:
    page = page_of(tenant(client("app", secret("a", -90, end))))
    assert page["groups"][0]["lanes"][0]["note"] == note


def test_lane_is_described_in_words() -> None:
    page = page_of(tenant(client("app", secret("a", -9, 5)), store={"x": entry("app", "b", "other")}))
    assert page["groups"][0]["lanes"][0]["text"] == "production: 2026-08-29 to 2026-09-12, due, orphaned; other: missing"


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


def test_what_was_changed_is_said_in_words() -> None:
    strange = {**CHANGE, "action": "something_else", "reason": ""}
    page = page_of(tenant(client("app", secret("a", -9, 5)), client("bare"), changes={"app": {**CHANGE, "reason": "not_held"}, "bare": strange}))
    assert {row["client_id"]: row["change"] for row in page["rows"]} == {"app": "secret created (not held)", "bare": "something_else"}


@pytest.mark.parametrize(
    ("its_client", "more", "standing"),
    [
        pytest.param(client("app", secret("a", -9, -1)), {"apps": []}, "expired", id="expired before unmanaged"),
        pytest.param(client("app"), {"apps": []}, "no_secret", id="no secret before unmanaged"),
        pytest.param(client("app", secret("a", -9, 90)), {"apps": []}, "unmanaged", id="in order but unmanaged"),
        pytest.param(client("app", secret("a", -9, 90), secret("b", -1, 90)), {"store": {"x": entry("app", "a")}}, "orphaned", id="in order but for an orphan"),
        pytest.param(client("app", secret("a", -9, 90)), {"store": {"x": entry("app", "a"), "y": entry("app", "b", "test")}}, "missing", id="one is missing"),
        pytest.param(client("app", secret("a", -9, 90)), {"apps": [{"client_id": "app"}]}, "active", id="in order"),
        pytest.param(client("app", secret("a", -9, 5)), {"apps": [{"client_id": "app"}]}, "renews_itself", id="renews itself"),
    ],
)
def test_client_stands_in_the_most_urgent_group(its_client: dict[str, Any], more: dict[str, Any], standing: str) -> None:
    assert [group["standing"] for group in page_of(tenant(its_client, **more))["groups"]] == [standing]


def test_row_says_that_its_client_has_no_working_secret() -> None:
    (row,) = page_of(tenant(client("app", secret("a", 2, 90))))["rows"]
    assert (row["status"], [finding["word"] for finding in row["findings"]]) == ("pending", ["No working secret"])


def test_client_that_only_the_store_knows_has_one_lane() -> None:
    page = page_of(tenant(store={"x": entry("gone", "a", labels={"owner": "claims"}), "y": entry("gone", "b", "test")}))
    (lane,) = [lane for group in page["groups"] for lane in group["lanes"]]
    assert (lane["client_id"], lane["owner"], lane["text"]) == ("gone", "claims", "production: missing; test: missing")


def test_owner_is_told_from_the_other_labels() -> None:
    apps = [{"client_id": "app", "labels": {"Owner": "claims\x1b", "ticket": "OPS-1", "stage": "prod"}}, {"client_id": "bare", "labels": {}}]

    page = page_of(tenant(client("app", secret("a", -9, 90)), client("bare"), apps=apps))

    assert {row["client_id"]: (row["owner"], row["labels"]) for row in page["rows"]} == {
        "app": ("claims\\x1b", "ticket=OPS-1, stage=prod"),
        "bare": ("", ""),
    }
    assert page["owners"] == ["claims\\x1b"]


def test_views_are_ninety_days_a_year_and_all() -> None:
    page = page_of(tenant(client("app", secret("a", -9, 30))))
    assert [view["key"] for view in page["views"]] == ["90", "365", "all"]


@pytest.mark.parametrize(("number", "past", "whole"), [(0, 30, 120), (1, 90, 455)], ids=["90", "365"])
@pytest.mark.parametrize(("made", "end"), [(-9, 30), (-100, 100), (-180, 1095)])
def test_views_show_the_same_bar_in_their_own_stretch(made: float, end: float, number: int, past: int, whole: int) -> None:
    page = page_of(tenant(client("app", secret("a", made, end))))
    life, view = only_bar(page), page["views"][number]
    left, right = ((place - view["offset"]) * view["scale"] for place in (life["left"], life["left"] + life["width"]))

    # A day is most of a percent of the shortest view.
    assert left == pytest.approx(100 * (past + made) / whole, abs=0.2)
    assert right == pytest.approx(100 * (past + end) / whole, abs=0.2)
    assert view["today"] == pytest.approx(100 * past / whole, abs=0.01)


def test_marks_of_the_shorter_views_leave_room() -> None:
    for view in page_of(tenant(client("app", secret("a", -9, 90))))["views"][:2]:
        places = [tick["at"] for tick in view["ticks"]]
        assert len(places) >= 3
        assert min(after - before for before, after in zip(places, places[1:])) > 10


class TestNotes:
    def notes(self, *tenants: dict[str, Any]) -> list[tuple[str, str]]:
        """Return the first words of each note, and the tenants that it is about."""
        return [(" ".join(note["text"].split()[:4]), note["tenants"]) for note in page_of(*tenants)["notes"]]

    @pytest.mark.parametrize(
        ("seconds", "said"),
        [
            (None, ""),
            (0, ""),
            (59, ""),
            (60, "1 minute ahead of"),
            (-60, "1 minute behind"),
            (420, "7 minutes ahead of"),
            (-7199, "120 minutes behind"),
            (7200, "2 hours ahead of"),
            (-5 * 86400, "5 days behind"),
        ],
    )
    def test_clock_that_differs_by_minutes_is_named(self, seconds: int | None, said: str) -> None:
        apps = [{"client_id": "app"}]
        texts = [note["text"] for note in page_of(tenant(client("app", secret("a", -9, 90)), clock_difference=seconds, apps=apps))["notes"]]
        assert [text.startswith(f"The tenant's clock is {said} the clock of the machine") for text in texts] == ([True] if said else [])

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ({"apps": [{"client_id": "app"}]}, []),
            ({"apps": [{"client_id": "another"}]}, [("No client is declared", "contoso")]),
            ({"apps": [{"client_id": "another"}], "ignored": ["app"]}, [("No client is declared", "contoso")]),
            ({"store": {}}, [("No client is declared", "contoso")]),
            ({}, [("No apps and no", "contoso")]),
            ({"store": {"x": entry("app", "a")}}, [("No apps are known,", "contoso")]),
            ({"warnings": ["The declared apps could not be read."]}, []),
        ],
    )
    def test_apps_of_a_play_are_explained(self, more: dict[str, Any], said: list[tuple[str, str]]) -> None:
        assert self.notes(tenant(client("app", secret("a", -9, 90)), **more)) == said

    def test_one_note_names_all_tenants_that_it_is_true_of(self) -> None:
        tenants = [tenant(client("app", secret("a", -9, 90)), name=name) for name in ("contoso", "fabrikam")]
        assert self.notes(*tenants, tenant(name="empty"), {"name": "unread", "problem": "No answer."}) == [("No apps and no", "contoso, fabrikam")]
