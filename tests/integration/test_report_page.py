# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page in a real browser, with 3, 100 and 2,000 clients."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver.chrome.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

pytestmark = pytest.mark.one_core("they open a file that Jinja2 has written in a browser; no ansible-core runs")

TAB, SPACE = "\ue004", "\ue00d"


@dataclass
class Page:
    """A page that is open in the browser.

    :param shown: what is on it, as the template got it.
    """

    browser: WebDriver
    shown: dict[str, Any]

    def resize(self, width: int) -> None:
        """Make the window this wide; the page has no script that would have to hear of it."""
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

    def rows(self, cell: int = 1) -> list[str]:
        """Return the text of one cell of each row that is shown."""
        return self.run("[...document.querySelectorAll('tbody tr:not([hidden])')].map((row) => row.cells[arguments[0]].textContent)", cell)

    def lanes_of(self, status: str) -> list[str]:
        """Return the names of the lanes of one group that can be seen."""
        script = "[...document.querySelectorAll(arguments[0])].filter((lane) => lane.checkVisibility()).map((lane) => lane.querySelector('b').textContent)"
        return self.run(script, f".g-{status} .lane")

    def lanes(self) -> int:
        return self.run("document.querySelectorAll('.group:not([hidden]) .lane:not([hidden])').length")

    def sort(self, title: str) -> None:
        self.run("arguments[0].click()", self.one(f"th[data-title='{title}'] button"))


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

    # What other pages have told before.
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
    # The browser may still be at its own start page.
    own = page.browser.current_url
    assert [request["request"]["url"] for request in sent if request["documentURL"] == own] == [own]


@pytest.mark.parametrize("clients", [3, 100])
def test_everything_is_there_and_nasty_names_are_text(open_page: Opener, clients: int) -> None:
    page = open_page(clients)
    assert page.run("[window.alerted, document.images.length, document.scripts.length]") == [None, 0, 1]
    assert "{{ 7 * 7 }}" in page.run("document.body.innerText")
    assert page.rows() == [f"{row['client_id']}{' ' if row['client_name'] else ''}{row['client_name']}" for row in page.shown["rows"]]
    assert page.lanes() == sum(len(group["lanes"]) for group in page.shown["groups"])
    assert [int(tile.text) for tile in page.find(".tile b")] == [tile["count"] for tile in page.shown["tiles"]]
    unread = [element.text for element in page.find(".unread")]
    assert ["Tenant northwind could not be read" in text for text in unread] == ([True] if clients == 100 else [])


@pytest.mark.parametrize("clients", [3, 100])
def test_line_of_today_is_in_its_place_at_any_width(open_page: Opener, clients: int) -> None:
    page = open_page(clients)
    script = (
        "(() => { const track = document.querySelector('.group .track'); return [parseFloat(getComputedStyle(track, '::after').left), track.clientWidth]; })()"
    )
    for width in (1280, 390):
        page.resize(width)
        left, whole = page.run(script)
        assert 100 * left / whole == pytest.approx(page.shown["axis"]["today"], abs=0.2)
        label = page.run("(() => { const box = document.getElementById('today').getBoundingClientRect(); return (box.left + box.right) / 2; })()")
        line = page.run("document.querySelector('.group .track').getBoundingClientRect().left") + left
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
            assert len(boxes) > 1
            gaps = [after[0] - before[1] for before, after in zip(boxes, boxes[1:])]
            assert min(gaps) >= 5, f"{media}, {width} px wide"
            assert boxes[0][0] >= 0, f"{media}, {width} px wide"
            assert boxes[-1][1] <= width, f"{media}, {width} px wide"


def test_bars_lie_where_the_times_are(open_page: Opener) -> None:
    page = open_page(3)
    bars = page.run(
        "[...document.querySelectorAll('.bar')].map((bar) => { const box = bar.getBoundingClientRect(), track = bar.parentElement.getBoundingClientRect();"
        " return [100 * (box.left - track.left) / track.width, 100 * box.width / track.width]; })"
    )
    expected = [[life["left"], life["width"]] for group in page.shown["groups"] for lane in group["lanes"] for life in lane["bars"]]
    assert bars == [pytest.approx(life, abs=0.3) for life in expected]


def test_every_tile_filters(open_page: Opener) -> None:
    page = open_page()
    for tile in page.shown["tiles"]:
        button = page.one(f".tile[data-key={tile['key']}]")
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        assert (page.lanes() if tile["unit"] == "clients" else len(page.rows())) == tile["count"], tile["key"]
        button.click()
    assert len(page.rows()) == len(page.shown["rows"])


def test_words_filter_and_all_of_them_count(open_page: Opener) -> None:
    page = open_page()
    page.one("#find").send_keys("CLAIMS fabrikam")
    expected = [row["client_id"] for row in page.shown["rows"] if row["client_id"].startswith("claims-") and row["tenant"] == "fabrikam"]
    assert page.rows() == expected
    assert 0 < len(expected) < len(page.shown["rows"])
    assert f"and {len(expected)} row" in page.one("#count").text


def test_tenant_filters(open_page: Opener) -> None:
    page = open_page()
    page.one("#tenant option:nth-child(3)").click()
    assert set(page.rows(2)) == {"fabrikam"}


def test_filters_are_taken_together_and_cleared(open_page: Opener) -> None:
    page = open_page()
    page.one(".tile[data-key=due]").click()
    page.one("#find").send_keys("nothing like this")
    assert (page.rows(), page.lanes()) == ([], 0)
    page.one("#clear").click()
    assert len(page.rows()) == len(page.shown["rows"])
    assert page.find(".tile[aria-pressed=true]") == []


@pytest.mark.parametrize(("title", "cell", "kind"), [("Expires", 5, str), ("Days left", 6, float), ("Client", 1, str)])
def test_columns_sort_both_ways_with_blanks_last(open_page: Opener, title: str, cell: int, kind: Callable[[str], Any]) -> None:
    page = open_page()
    for reverse, direction in ((False, "ascending"), (True, "descending")):
        page.sort(title)
        assert page.one(f"th[data-title='{title}']").get_attribute("aria-sort") == direction
        texts = page.rows(cell)
        filled = [kind(text) for text in texts if text]
        assert filled == sorted(filled, reverse=reverse)
        assert texts[len(filled) :] == [""] * (len(texts) - len(filled))


def test_status_sorts_by_urgency(open_page: Opener) -> None:
    page = open_page()
    page.sort("Status")
    statuses = list(dict.fromkeys(page.rows(0)))
    order = ["Expired", "No working secret", "Missing", "Due", "Not yet valid", "In order", "Never expires", "Needs no secret", "Replaced"]
    assert statuses == [status for status in order if status in statuses]
    assert len(statuses) > 3


def test_sorted_rows_stay_sorted_when_filtered(open_page: Opener) -> None:
    page = open_page()
    page.sort("Expires")
    page.one("#find").send_keys("claims")
    dates = [text for text in page.rows(5) if text]
    assert dates == sorted(dates)


def test_keyboard_is_enough(open_page: Opener) -> None:
    page = open_page()
    page.browser.find_element("tag name", "body").send_keys(TAB, TAB)
    focused = page.browser.switch_to.active_element
    assert focused.get_attribute("data-key") == "expired"
    focused.send_keys(SPACE)
    assert len(page.rows()) == next(tile["count"] for tile in page.shown["tiles"] if tile["key"] == "expired")
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_few_of_two_thousand_are_shown_until_more_are_asked_for(open_page: Opener) -> None:
    page = open_page(2000)
    assert len(page.rows()) == 200
    assert page.lanes() <= 100 * len(page.shown["groups"])
    assert f"{len(page.shown['rows'])} rows, of which the first 200 are shown" in page.one("#count").text
    page.run("arguments[0].click()", page.one("#secrets .more"))
    assert len(page.rows()) == 400


def test_calm_group_of_two_thousand_is_folded_until_it_is_asked_for(open_page: Opener) -> None:
    page = open_page(2000)
    assert page.lanes_of("active") == []
    page.run("arguments[0].click()", page.one(".g-active summary"))
    assert len(page.lanes_of("active")) == 100
    wanted = next(lane["client_id"] for group in page.shown["groups"] if group["status"] == "active" for lane in group["lanes"])
    page.run("arguments[0].click()", page.one(".g-active summary"))
    # What is found is unfolded.
    page.one("#find").send_keys(wanted)
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
    assert page.find("#find, #clear, thead button") == []


def test_page_can_be_read_without_scripts(open_page: Opener, browser: WebDriver) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    page = open_page()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert len(page.rows()) == len(page.shown["rows"])
    assert page.run("document.querySelector('#count').textContent") == ""
