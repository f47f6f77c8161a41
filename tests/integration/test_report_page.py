# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page in a real browser, with 3, 100 and 2,000 clients."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

webdriver = pytest.importorskip("selenium.webdriver")
from selenium.webdriver.common.by import By  # noqa: E402 - only where selenium is there
from selenium.webdriver.common.keys import Keys  # noqa: E402 - as above

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (BROWSER and DRIVER), reason="no Chromium with its chromedriver is installed")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Page:
    """A page that is open in the browser.

    :param shown: what is on it, as the template got it.
    """

    browser: WebDriver
    shown: dict[str, Any]

    def find(self, selector: str) -> list[Any]:
        return [element for element in self.browser.find_elements(By.CSS_SELECTOR, selector) if element.is_displayed()]

    def one(self, selector: str) -> Any:
        (element,) = self.find(selector)
        return element

    def run(self, script: str, *arguments: Any) -> Any:
        return self.browser.execute_script(f"return {script}", *arguments)

    def rows(self, cell: int = 1) -> list[str]:
        """Return the text of one cell of each row that is shown."""
        return self.run("[...document.querySelectorAll('tbody tr:not([hidden])')].map((row) => row.cells[arguments[0]].textContent)", cell)

    def lanes(self) -> int:
        return self.run("document.querySelectorAll('.group:not([hidden]) .lane:not([hidden])').length")

    def sort(self, title: str) -> None:
        self.run("arguments[0].click()", self.one(f"th[data-title='{title}'] button"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=DRIVER))
    yield browser
    browser.quit()


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: WebDriver, tmp_path: Path) -> Iterator[Opener]:
    from ansible_collections.abbyy.vantage.tests.integration import report_pages

    def open_it(clients: int | list[dict[str, Any]] = 100, width: int = 1280, **media: str) -> Page:
        path = tmp_path / "page.html"
        if isinstance(clients, int):
            clients = report_pages.three_clients() if clients == 3 else report_pages.many_clients(clients)
        shown = report_pages.write_page(path, clients)
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        scheme = media.get("scheme", "light")
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"media": media.get("media", ""), "features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        browser.get_log("performance")
        browser.get(path.as_uri())
        return Page(browser, shown)

    yield open_it
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert [entry for entry in browser.get_log("browser") if entry["level"] != "INFO"] == []


@pytest.mark.parametrize("clients", [3, 100, 2000])
def test_nothing_is_loaded_but_the_page(open_page: Opener, clients: int) -> None:
    page = open_page(clients)
    messages = [json.loads(entry["message"])["message"] for entry in page.browser.get_log("performance")]
    requested = [message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"]
    assert requested == [page.browser.current_url]


@pytest.mark.parametrize("clients", [3, 100])
def test_nasty_names_are_text(open_page: Opener, clients: int) -> None:
    page = open_page(clients)
    assert page.run("[window.alerted, document.images.length, document.scripts.length]") == [None, 0, 1]
    assert "{{ 7 * 7 }}" in page.browser.find_element(By.TAG_NAME, "body").text


@pytest.mark.parametrize("clients", [3, 100])
def test_everything_is_there(open_page: Opener, clients: int) -> None:
    page = open_page(clients)
    assert page.rows() == [f"{row['client_id']}{' ' if row['client_name'] else ''}{row['client_name']}" for row in page.shown["rows"]]
    assert page.lanes() == sum(len(group["lanes"]) for group in page.shown["groups"])
    assert [int(tile.text) for tile in page.find(".tile b")] == [tile["count"] for tile in page.shown["tiles"]]


def test_unread_tenant_is_named(open_page: Opener) -> None:
    assert "Tenant northwind could not be read" in open_page().one(".unread").text


@pytest.mark.parametrize(("clients", "width"), [(3, 1280), (100, 1280), (100, 390)])
def test_line_of_today_is_in_its_place(open_page: Opener, clients: int, width: int) -> None:
    page = open_page(clients, width)
    script = (
        "(() => { const track = document.querySelector('.group .track'); return [parseFloat(getComputedStyle(track, '::after').left), track.clientWidth]; })()"
    )
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


@pytest.mark.parametrize(
    ("media", "widths"),
    [
        ("screen", (320, 400, 560, 800, 960, 961, 1080, 1200, 1400, 1920)),
        # A4 upright and across, without its margins.
        ("print", (703, 1031)),
    ],
)
@pytest.mark.parametrize("life", LIVES)
def test_labels_of_the_axis_leave_room_between_them(open_page: Opener, life: tuple[int, int], media: str, widths: tuple[int, ...]) -> None:
    from ansible_collections.abbyy.vantage.tests.integration import report_pages

    tenants = report_pages.three_clients()
    tenants[0]["clients"] = [report_pages.client("claims-intake", report_pages.secret("a", -life[0], life[1]))]
    for width in widths:
        page = open_page(tenants, width, media=media)
        boxes = page.run(BOXES_OF_AXIS)
        assert len(boxes) > 1
        gaps = [after[0] - before[1] for before, after in zip(boxes, boxes[1:])]
        assert min(gaps) >= 5, f"{width} px wide"
        assert boxes[0][0] >= 0, f"{width} px wide"
        assert boxes[-1][1] <= width, f"{width} px wide"


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
    body = page.browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB, Keys.TAB)
    focused = page.browser.switch_to.active_element
    assert focused.get_attribute("data-key") == "expired"
    focused.send_keys(Keys.SPACE)
    assert len(page.rows()) == next(tile["count"] for tile in page.shown["tiles"] if tile["key"] == "expired")
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


class TestTwoThousandClients:
    def test_few_are_shown_at_once(self, open_page: Opener) -> None:
        page = open_page(2000)
        assert len(page.rows()) == 200
        assert page.lanes() <= 100 * len(page.shown["groups"])
        assert f"{len(page.shown['rows'])} rows, of which the first 200 are shown" in page.one("#count").text

    def test_more_can_be_had(self, open_page: Opener) -> None:
        page = open_page(2000)
        page.run("arguments[0].click()", page.one("#secrets .more"))
        assert len(page.rows()) == 400

    def test_calm_group_is_folded_until_it_is_asked_for(self, open_page: Opener) -> None:
        page = open_page(2000)
        assert page.find(".g-active .lane") == []
        page.run("arguments[0].click()", page.one(".g-active summary"))
        assert len(page.find(".g-active .lane")) == 100

    def test_found_lanes_are_unfolded(self, open_page: Opener) -> None:
        page = open_page(2000)
        wanted = next(lane["client_id"] for group in page.shown["groups"] if group["status"] == "active" for lane in group["lanes"])
        page.one("#find").send_keys(wanted)
        assert page.one(".g-active .lane b").text == wanted


@pytest.mark.parametrize(("clients", "width"), [(3, 320), (100, 390), (2000, 390), (100, 800), (100, 961), (100, 1101), (100, 1920)])
def test_page_is_never_wider_than_the_window(open_page: Opener, clients: int, width: int) -> None:
    page = open_page(clients, width)
    assert page.run("document.documentElement.scrollWidth") <= width


def test_dark_and_light_differ(open_page: Opener) -> None:
    colours = {scheme: open_page(3, scheme=scheme).run("getComputedStyle(document.body).backgroundColor") for scheme in ("light", "dark")}
    assert colours["light"] == "rgb(255, 255, 255)"
    assert colours["dark"] != colours["light"]


def test_print_is_light_and_has_no_controls(open_page: Opener) -> None:
    page = open_page(3, media="print", scheme="dark")
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.find("#find, #clear, thead button") == []


def test_page_can_be_read_without_scripts(open_page: Opener, browser: WebDriver) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    page = open_page()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert len(page.rows()) == len(page.shown["rows"])
    assert page.run("document.querySelector('#count').textContent") == ""
