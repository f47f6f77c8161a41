# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The login in a real browser: open the address, log in on the emulator's page, land on the page of the module that waits."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver.chrome.webdriver import WebDriver

    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

LONG = 240


class Login:
    """The playbook abbyy.vantage.login, which runs while the test is at the browser."""

    def __init__(self, browser: WebDriver, playbooks: PlaybookRunner, deployment: Deployment, host: str) -> None:
        from ansible_collections.abbyy.vantage.tests.integration.support import browser as helpers
        from ansible_collections.abbyy.vantage.tests.integration.support.login_file import LoginFile

        self.browser, self.playbooks, self._helpers = browser, playbooks, helpers
        self.login_file = LoginFile(playbooks)
        self.redirect_uri = helpers.seed_redirect_uri(deployment, host)
        variables = {
            "vantage_login_redirect_uri": self.redirect_uri,
            "vantage_login_file": str(self.login_file.path),
            "vantage_login_timeout": LONG,
        }
        inventory = playbooks.folder / "vantage.yml"
        inventory.write_text(yaml.safe_dump({"vantage": {"hosts": {"contoso": variables}}}), encoding="utf-8")
        self._runs: list[Run] = []
        self._thread = threading.Thread(
            target=lambda: self._runs.append(playbooks.run_playbook("abbyy.vantage.login", inventory=inventory, env=self.login_file.env, rc=None))
        )
        self._thread.start()

    def url(self) -> str:
        """Return the address that the playbook shows."""
        end = time.monotonic() + LONG
        while not self._helpers.addresses_in(self.playbooks.folder):
            assert time.monotonic() < end
            assert self._thread.is_alive(), self.ended().output
            time.sleep(0.1)
        url: str = self._helpers.addresses_in(self.playbooks.folder)[0]
        return url

    def open(self, address: str, title: str) -> None:
        """Open an address; do what the playbook says when the browser cannot connect, since it was faster: reload."""
        from selenium.common.exceptions import WebDriverException

        with suppress(WebDriverException):
            self.browser.get(address)
        self.reload_until(title)

    def reload_until(self, title: str) -> None:
        """Reload until the page has this title, as long as nobody answers."""
        from selenium.common.exceptions import WebDriverException

        end = time.monotonic() + LONG
        while self.browser.title != title:
            assert time.monotonic() < end, self.browser.page_source
            if "ERR_CONNECTION_REFUSED" in self.browser.page_source:
                with suppress(WebDriverException):
                    self.browser.refresh()
            time.sleep(0.1)

    def press(self, button: str, email: str = "admin@contoso.example", password: str = "contoso-Admin-Passw0rd") -> None:
        """Fill the emulator's page in and press a button."""
        if button == "login":
            self.browser.find_element("id", "username").send_keys(email)
            self.browser.find_element("id", "password").send_keys(password)
        self.browser.find_element("id", button).click()

    def ended(self) -> Run:
        """Return the run when it is over."""
        self._thread.join(LONG)
        return self._runs[0]


def look(browser: WebDriver) -> dict[str, Any]:
    """Return what the page looks like to a program."""
    script = """
    const main = document.querySelector('main'), box = main.getBoundingClientRect(), mark = getComputedStyle(document.querySelector('.mark'));
    return {text: main.innerText, inside: box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight,
            mark: mark.backgroundColor, loaded: performance.getEntriesByType('resource').map((entry) => entry.name)};
    """
    seen: dict[str, Any] = browser.execute_script(script)
    return seen


def test_login_lands_on_our_page(browser: WebDriver, playbooks: PlaybookRunner, deployment: Deployment) -> None:
    login = Login(browser, playbooks, deployment, "localhost")
    url = login.url()
    # The browser comes back from another login first.
    login.open(f"{login.redirect_uri}?code=abcdef&state=<b>another</b>", "This is another login")
    stray = look(browser)

    login.open(url, "Log in")
    login.press("login")
    login.reload_until("You are logged in")
    seen = look(browser)
    run = login.ended()

    assert run.rc == 0, run.output
    assert "Logged in to contoso." in run.output
    assert login.login_file.content()["contoso"]["value"] in deployment.emulator.world.refresh_tokens
    assert "The login is complete. You can close this window and go back to the terminal." in seen["text"]
    assert "Open the address that it shows." in stray["text"]
    assert (seen["inside"], stray["inside"]) == (True, True)
    assert seen["mark"] != stray["mark"]
    # A page that loads something would tell others the address with the code in it.
    assert [address for address in (*seen["loaded"], *stray["loaded"]) if not address.startswith("data:")] == []


@pytest.mark.one_core("it opens a file in a browser")
def test_page_of_a_failed_login_is_inside_the_window(browser: WebDriver, tmp_path: Path) -> None:
    from ansible_collections.abbyy.vantage.plugins.module_utils.login.callback_page import Reply, page_from_reply

    # One word of the message is wider than the window.
    page = tmp_path / "failed.html"
    page.write_bytes(page_from_reply(Reply(400, "The login failed", f"The login in the browser failed: access_denied, {'x' * 400}")))

    browser.get(page.as_uri())
    seen = look(browser)

    assert "The login in the browser failed: access_denied" in seen["text"]
    assert seen["inside"] is True
