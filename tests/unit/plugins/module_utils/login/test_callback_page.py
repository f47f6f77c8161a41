# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page after a login."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.login.callback_page import HEADERS, Reply, page_from_reply


class Reader(HTMLParser):
    """Collects tags and texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        # Nothing is loaded and nothing can be clicked.
        assert not {name for name, _value in attrs} & {"src", "action", "onload", "onclick"}

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


@pytest.mark.parametrize(
    "text", ["You can close this window.", "<script>alert(1)</script>", "a & b \"c\" 'd' </p><img src=x onerror=y>", "Žluťoučký 漢字 \u202e"]
)
@pytest.mark.parametrize("status", [200, 400, 404])
def test_texts_are_shown_as_texts(text: str, status: int) -> None:
    reader = Reader()

    reader.feed(page_from_reply(Reply(status, text, text)).decode("utf-8"))

    assert set(reader.tags) == {"html", "head", "meta", "title", "link", "style", "body", "main", "h1", "span", "p"}
    assert reader.texts.count(text) == 3


@pytest.mark.parametrize(("status", "good"), [(200, True), (400, False)])
def test_success_and_failure_look_different(status: int, good: bool) -> None:
    page = page_from_reply(Reply(status, "Title", "Text")).decode()
    assert ('class="mark good"' in page, 'class="mark bad"' in page) == (good, not good)


def test_the_headers_keep_the_address_with_the_code_private() -> None:
    assert HEADERS["Referrer-Policy"] == "no-referrer"
    assert HEADERS["Cache-Control"] == "no-store"
    assert HEADERS["Content-Security-Policy"].startswith("default-src 'none'")
