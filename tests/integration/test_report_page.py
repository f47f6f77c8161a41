# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page in a real browser, with 3, 100 and 2,000 clients."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver.chrome.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

pytestmark = pytest.mark.one_core("they open a file that Jinja2 has written in a browser; no ansible-core runs")

TAB, SPACE = "\ue004", "\ue00d"
PLACE_OF_TODAY = """(() => {
    const track = document.querySelector('.group .track');
    return [parseFloat(getComputedStyle(track, '::after').left), track.clientWidth];
})()"""


@dataclass
class Page:
    """A page that is open in the browser.

    :param shown: what is on it, as the template got it.
    """

    browser: WebDriver
    shown: dict[str, Any]

    def resize(self, width: int) -> None:
        """Make the window this wide; no script of the page listens for it."""
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})

    def switch_to(self, media: str = "screen", scheme: str = "light") -> None:
        """Show the page on this medium, to somebody who prefers this scheme of colours."""
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def find(self, selector: str) -> list[WebElement]:
        return [element for element in self.browser.find_elements("css selector", selector) if element.is_displayed()]

    def one(self, selector: str) -> WebElement:
        (element,) = self.find(selector)
        return element

    def run(self, script: str, *arguments: Any) -> Any:
        return self.browser.execute_script(f"return {script}", *arguments)

    def rows(self, title: str = "Client") -> list[str]:
        """Return the text of the cell of one column of each row that is shown."""
        script = "[...document.querySelectorAll('section:not([hidden]) tbody tr:not([hidden])')].map((row) => row.cells[arguments[0].cellIndex].textContent)"
        return self.run(script, self.browser.find_element("css selector", f"th[data-title='{title}']"))

    def address(self) -> dict[str, str]:
        """Return what stands behind the # of the address."""
        return dict(parse_qsl(urlsplit(self.browser.current_url).fragment))

    def follow(self, fragment: str) -> None:
        """Open the page by a link with this behind the #."""
        address = urlsplit(self.browser.current_url)._replace(fragment=fragment).geturl()
        self.browser.get("about:blank")
        self.browser.get(address)

    def lanes_of(self, status: str) -> list[str]:
        """Return the names of the lanes of one group that can be seen."""
        script = "[...document.querySelectorAll(arguments[0])].filter((lane) => lane.checkVisibility()).map((lane) => lane.querySelector('b').textContent)"
        return self.run(script, f".g-{status} .lane")

    def lanes(self) -> int:
        return self.run("document.querySelectorAll('.group:not([hidden]) .lane:not([hidden])').length")

    def sort(self, title: str) -> None:
        self.run("arguments[0].click()", self.one(f"th[data-title='{title}'] button"))


def tiles_of(page: Page) -> list[dict[str, Any]]:
    return [tile for row in page.shown["tiles"] for tile in row["tiles"]]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], tuple[Path, dict[str, Any]]]:
    """Write one page for each number of clients; return where it is, and what is on it."""
    from ansible_collections.abbyy.vantage.tests.integration.support import report_pages

    folder = tmp_path_factory.mktemp("pages")
    pages: dict[int, tuple[Path, dict[str, Any]]] = {}

    def write(clients: int) -> tuple[Path, dict[str, Any]]:
        if clients not in pages:
            path = folder / f"{clients}.html"
            pages[clients] = path, report_pages.write_page(path, report_pages.three_clients() if clients == 3 else report_pages.many_clients(clients))
        return pages[clients]

    return write


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: WebDriver, written: Callable[[int], tuple[Path, dict[str, Any]]], tmp_path: Path) -> Iterator[Opener]:
    """Opens the page of a number of clients, or of tenants of one's own; at the end, nothing stands on the browser's console."""
    from ansible_collections.abbyy.vantage.tests.integration.support import report_pages

    def open_it(clients: int | list[dict[str, Any]] = 100, width: int = 1280) -> Page:
        own = tmp_path / "page.html"
        path, shown = written(clients) if isinstance(clients, int) else (own, report_pages.write_page(own, clients))
        page = Page(browser, shown)
        page.resize(width)
        page.switch_to()
        browser.get(path.as_uri())
        return page

    # Drop what other pages have written to the console.
    browser.get_log("browser")
    yield open_it
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert [entry for entry in browser.get_log("browser") if entry["level"] != "INFO"] == []


@pytest.mark.parametrize("clients", [3, 100, 2000])
def test_nothing_is_loaded_but_the_page(open_page: Opener, browser: WebDriver, clients: int) -> None:
    browser.get_log("performance")

    page = open_page(clients)
    messages = [json.loads(entry["message"])["message"] for entry in page.browser.get_log("performance")]
    sent = [message["params"] for message in messages if message["method"] == "Network.requestWillBeSent"]
    own = page.browser.current_url

    # The browser may still load its own start page.
    assert [request["request"]["url"] for request in sent if request["documentURL"] == own] == [own]


@pytest.mark.parametrize("clients", [3, 100])
def test_everything_is_there_and_nasty_names_are_text(open_page: Opener, clients: int) -> None:
    page = open_page(clients)
    unread = [element.text for element in page.find(".unread")]

    assert page.run("[window.alerted, document.images.length, document.scripts.length]") == [None, 0, 1]
    assert "{{ 7 * 7 }}" in page.run("document.body.innerText")
    assert page.rows() == [" ".join(filter(None, (row["client_id"], row["client_name"], row["labels"]))) for row in page.shown["rows"]]
    assert page.lanes() == sum(len(group["lanes"]) for group in page.shown["groups"])
    assert [int(tile.text) for tile in page.find(".tile b")] == [tile["count"] for tile in tiles_of(page)]
    assert ["Tenant northwind could not be read" in text for text in unread] == ([True] if clients == 100 else [])


@pytest.mark.parametrize("clients", [3, 100])
def test_line_of_today_is_in_its_place_at_any_width(open_page: Opener, clients: int) -> None:
    page = open_page(clients)

    for width in (1280, 390):
        page.resize(width)
        left, whole = page.run(PLACE_OF_TODAY)
        label = page.run("(() => { const box = document.getElementById('today').getBoundingClientRect(); return (box.left + box.right) / 2; })()")
        line = page.run("document.querySelector('.group .track').getBoundingClientRect().left") + left

        assert 100 * left / whole == pytest.approx(page.shown["views"][-1]["today"], abs=0.2)
        assert label == pytest.approx(line, abs=1.5)


# How long ago the oldest secret was made and how long the newest works: axes of one to twelve months a mark, some with the short February.
LIVES = ((30, 90), (30, 200), (100, 167), (180, 185), (180, 300), (90, 365), (180, 500), (60, 600), (180, 1095))
BOXES_OF_AXIS = """(() => {
    const box = (node) => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect(); };
    return [...document.querySelectorAll('.axis .tick'), document.querySelector('.axis .note')]
        .map(box).filter((one) => one.width).map((one) => [one.left, one.right]);
})()"""


# A sheet of A4 is 703 px wide upright and 1031 across, without its margins.
WIDTHS = {"screen": (320, 400, 560, 800, 960, 961, 1080, 1200, 1400, 1920), "print": (703, 1031)}


@pytest.mark.parametrize("life", LIVES)
def test_labels_of_the_axis_leave_room_between_them(open_page: Opener, life: tuple[int, int]) -> None:
    from ansible_collections.abbyy.vantage.tests.integration.support import report_pages

    tenants = report_pages.three_clients()
    tenants[0]["clients"] = [report_pages.client("claims-intake", report_pages.secret("a", -life[0], life[1]))]
    page = open_page(tenants)

    for media, widths in WIDTHS.items():
        page.switch_to(media)
        for width in widths:
            page.resize(width)
            boxes = page.run(BOXES_OF_AXIS)
            gaps = [after[0] - before[1] for before, after in zip(boxes, boxes[1:])]

            assert len(boxes) > 1
            assert min(gaps) >= 5, f"{media}, {width} px wide"
            assert boxes[0][0] >= 0, f"{media}, {width} px wide"
            assert boxes[-1][1] <= width, f"{media}, {width} px wide"


@pytest.mark.parametrize("span", ["90", "365"])
def test_labels_of_the_shorter_views_leave_room_between_them(open_page: Opener, span: str) -> None:
    page = open_page(3)
    page.run("arguments[0].click()", page.browser.find_element("id", f"span-{span}"))

    for width in (320, 400, 960, 961, 1400):
        page.resize(width)
        boxes = page.run(BOXES_OF_AXIS)

        assert len(boxes) > 1
        assert min(after[0] - before[1] for before, after in zip(boxes, boxes[1:])) >= 5, f"{width} px wide"
        assert boxes[-1][1] <= width, f"{width} px wide"


def test_bars_lie_where_the_times_are(open_page: Opener) -> None:
    page = open_page(3)
    expected = [[life["left"], life["width"]] for group in page.shown["groups"] for lane in group["lanes"] for life in lane["bars"]]

    bars = page.run(
        "[...document.querySelectorAll('.bar')].map((bar) => { const box = bar.getBoundingClientRect(), track = bar.parentElement.getBoundingClientRect();"
        " return [100 * (box.left - track.left) / track.width, 100 * box.width / track.width]; })"
    )

    assert bars == [pytest.approx(life, abs=0.3) for life in expected]


def test_every_tile_filters(open_page: Opener) -> None:
    page = open_page()

    for tile in tiles_of(page):
        button = page.one(f".tile[data-key={tile['key']}]")
        button.click()

        assert button.get_attribute("aria-pressed") == "true"
        assert (page.lanes() if tile["unit"] == "clients" else len(page.rows())) == tile["count"], tile["key"]

        button.click()

    assert len(page.rows()) == len(page.shown["rows"])


def test_search_finds_the_rows_that_hold_all_its_words(open_page: Opener) -> None:
    page = open_page()
    expected = [row for row in page.shown["rows"] if row["client_id"].startswith("claims-") and row["tenant"] == "fabrikam"]

    page.one("#search").send_keys("CLAIMS fabrikam")

    assert [text.split()[0] for text in page.rows()] == [row["client_id"] for row in expected]
    assert 0 < len(expected) < len(page.shown["rows"])
    assert f"and {len(expected)} row" in page.one("#count").text


def test_tenant_filters(open_page: Opener) -> None:
    page = open_page()
    page.one("#tenant option:nth-child(3)").click()
    assert set(page.rows("Tenant")) == {"fabrikam"}


# The name of the first owner is nasty.
@pytest.mark.parametrize("index", [0, 1])
def test_owner_filters(open_page: Opener, index: int) -> None:
    page = open_page()

    page.one(f"#owner option:nth-child({index + 2})").click()
    (owner,) = set(page.rows("Owner"))

    assert page.address() == {"owner": owner} == {"owner": page.shown["owners"][index]}
    assert f"for owner \u201c{owner}\u201d" in page.one("#count").text
    assert len(page.rows()) == sum(row["owner"] == owner for row in page.shown["rows"])


def test_filters_are_taken_together_and_can_be_cleared_when_nothing_matches(open_page: Opener) -> None:
    page = open_page()

    page.one(".tile[data-key=renews_itself]").click()
    page.one("#search").send_keys("nothing like this")

    assert (page.rows(), page.lanes()) == ([], 0)
    assert page.one("#nothing p").text == "Nothing matches status \u201cRenews itself\u201d, search \u201cnothing like this\u201d."
    assert page.find("table, .axis") == []

    page.one("#nothing .clear").click()

    assert len(page.rows()) == len(page.shown["rows"])
    assert page.find(".tile[aria-pressed=true], #nothing") == []
    assert page.run("document.activeElement.id") == "search"


def test_address_says_what_is_shown_and_shows_it_again(open_page: Opener) -> None:
    page = open_page()
    expected = [row for row in page.shown["rows"] if row["tenant"] == "fabrikam" and "active" in row["tokens"].split() and "claims" in row["client_id"]]
    controls = "[document.getElementById('search').value, document.getElementById('tenant').value, document.querySelector('[name=span]:checked').value]"

    page.one(".tile[data-key=active]").click()
    page.one("#tenant option:nth-child(3)").click()
    page.one("#search").send_keys("Claims d&s=k")

    assert page.address() == {"status": "active", "tenant": "fabrikam", "search": "Claims d&s=k"}

    page.follow("status=active&tenant=fabrikam&search=claims&span=90")

    assert [text.split()[0] for text in page.rows()] == [row["client_id"] for row in expected]
    assert len(expected) > 0
    assert page.run(controls) == ["claims", "fabrikam", "90"]
    assert page.one(".tile[aria-pressed=true]").get_attribute("data-key") == "active"


@pytest.mark.parametrize("fragment", ["tenant=gone", "status=gone", "owner=gone", "search=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"])
def test_link_to_what_is_not_there_any_more_finds_nothing(open_page: Opener, fragment: str) -> None:
    page = open_page()

    page.follow(fragment)
    ((name, value),) = page.address().items()

    assert page.rows() == []
    assert page.one("#nothing p").text == f"Nothing matches {name} \u201c{value}\u201d."


def test_back_and_forward_go_through_the_choices(open_page: Opener) -> None:
    page = open_page()
    shown = [len(page.rows())]
    page.one(".tile[data-key=must_act]").click()
    shown.append(len(page.rows()))
    # A search is one step, however many letters it has.
    page.one("#search").send_keys("claims")
    shown.append(len(page.rows()))

    assert shown[0] > shown[1] > shown[2]

    for expected in (shown[1], shown[0]):
        page.browser.back()
        assert len(page.rows()) == expected

    assert page.find(".tile[aria-pressed=true]") == []

    for expected in (shown[1], shown[2]):
        page.browser.forward()
        assert len(page.rows()) == expected

    assert page.run("document.getElementById('search').value") == "claims"


def test_link_to_the_table_leaves_the_filters_alone(open_page: Opener) -> None:
    page = open_page()
    page.one(".tile[data-key=must_act]").click()
    before = page.rows()

    page.run("document.querySelector('.skip').click()")

    assert page.rows() == before


def test_views_of_the_time_line_zoom(open_page: Opener) -> None:
    page = open_page(3)
    script = """[...document.querySelectorAll('.group .bar')].map((bar) => {
        const box = bar.getBoundingClientRect(), track = bar.parentElement.getBoundingClientRect();
        return [100 * (box.left - track.left) / track.width, 100 * (box.right - track.left) / track.width]; })"""
    lives = [life for group in page.shown["groups"] for lane in group["lanes"] for life in lane["bars"]]

    for view in page.shown["views"]:
        page.run("arguments[0].click()", page.browser.find_element("id", f"span-{view['key']}"))
        place, whole = page.run(PLACE_OF_TODAY)

        assert page.address() == ({} if view["key"] == "all" else {"span": view["key"]})
        assert page.run("[...document.querySelectorAll('.ticks')].filter((one) => getComputedStyle(one).display !== 'none').length") == 1
        assert len(page.find(f".v-{view['key']} .tick")) == len(view["ticks"])
        assert 100 * place / whole == pytest.approx(view["today"], abs=0.2)

        for (left, right), life in zip(page.run(script), lives):
            if not (life["before"] or life["beyond"]):
                begin = (life["left"] - view["offset"]) * view["scale"]

                assert left == pytest.approx(begin, abs=0.3)
                # What is too short to be seen is four pixels wide.
                assert right == pytest.approx(begin + life["width"] * view["scale"], abs=0.8)


@pytest.mark.parametrize(("title", "kind"), [("Expires", str), ("Days left", float), ("Owner", str)])
def test_columns_sort_both_ways_with_blanks_last(open_page: Opener, title: str, kind: Callable[[str], Any]) -> None:
    page = open_page()

    for reverse, direction in ((False, "ascending"), (True, "descending")):
        page.sort(title)
        texts = page.rows(title)
        filled = [kind(text) for text in texts if text]

        assert page.one(f"th[data-title='{title}']").get_attribute("aria-sort") == direction
        assert filled == sorted(filled, reverse=reverse)
        assert texts[len(filled) :] == [""] * (len(texts) - len(filled))


def test_status_sorts_by_urgency(open_page: Opener) -> None:
    page = open_page()
    order = ["Expired", "No working secret", "Missing", "Due", "Renews itself", "Not yet valid", "In order", "Never expires", "Needs no secret", "Older one"]

    page.sort("Status")
    statuses = list(dict.fromkeys(page.rows("Status")))

    assert statuses == [status for status in order if status in statuses]
    assert len(statuses) > 3


def test_sorted_rows_stay_sorted_when_filtered(open_page: Opener) -> None:
    page = open_page()
    page.sort("Expires")

    page.one("#search").send_keys("claims")
    dates = [text for text in page.rows("Expires") if text]

    assert dates == sorted(dates)


def test_tiles_work_by_keyboard(open_page: Opener) -> None:
    page = open_page()

    page.browser.find_element("tag name", "body").send_keys(TAB, TAB)
    focused = page.browser.switch_to.active_element

    assert focused.get_attribute("data-key") == "must_act"

    focused.send_keys(SPACE)

    assert page.lanes() == next(tile["count"] for tile in tiles_of(page) if tile["key"] == "must_act")
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_few_of_two_thousand_are_shown_until_more_are_asked_for(open_page: Opener) -> None:
    page = open_page(2000)

    assert len(page.rows()) == 200
    assert page.lanes() <= 100 * len(page.shown["groups"])
    assert f"{len(page.shown['rows'])} rows; the first 200 rows are shown" in page.one("#count").text

    page.run("arguments[0].click()", page.one("#secrets .more"))

    assert len(page.rows()) == 400


def test_calm_group_of_two_thousand_is_folded_until_it_is_asked_for(open_page: Opener) -> None:
    page = open_page(2000)
    wanted = next(lane["client_id"] for group in page.shown["groups"] if group["standing"] == "active" for lane in group["lanes"])

    assert page.lanes_of("active") == []

    page.run("arguments[0].click()", page.one(".g-active summary"))

    assert len(page.lanes_of("active")) == 100

    page.run("arguments[0].click()", page.one(".g-active summary"))
    # A search unfolds the group of what it finds.
    page.one("#search").send_keys(wanted)

    assert page.lanes_of("active") == [wanted]


@pytest.mark.parametrize(("clients", "widths"), [(3, (320,)), (100, (390, 800, 961, 1101, 1920)), (2000, (390,))])
def test_page_is_never_wider_than_the_window(open_page: Opener, clients: int, widths: tuple[int, ...]) -> None:
    page = open_page(clients)

    for width in widths:
        page.resize(width)
        assert page.run("document.documentElement.scrollWidth") <= width


def test_dark_and_light_differ(open_page: Opener) -> None:
    page = open_page(3)
    colours = {}

    for scheme in ("light", "dark"):
        page.switch_to(scheme=scheme)
        colours[scheme] = page.run("getComputedStyle(document.body).backgroundColor")

    assert colours["light"] == "rgb(255, 255, 255)"
    assert colours["dark"] != colours["light"]


def test_print_is_light_and_has_no_controls(open_page: Opener) -> None:
    page = open_page(3)

    page.switch_to("print", scheme="dark")

    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.find("#search, .clear, .spans, thead button") == []


def test_page_can_be_read_without_scripts(open_page: Opener, browser: WebDriver) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})

    page = open_page()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    assert len(page.rows()) == len(page.shown["rows"])
    assert page.run("document.querySelector('#count').textContent") == ""
