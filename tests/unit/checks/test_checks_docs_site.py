# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the links of pages lead on the site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

CHECKS = Path(__file__).resolve().parents[2] / "checks"
BLOB = "https://github.com/abbyy/abbyy.vantage/blob/main"


@pytest.fixture
def docs_site(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(CHECKS))
    import docs_site

    return docs_site


@pytest.mark.parametrize(
    ("folder", "link", "on_site"),
    [
        (".", f"{BLOB}/docs/guides/awx.md", "docs/guides/awx.md"),
        (".", f"{BLOB}/docs/guides/awx.md#set-it-up", "docs/guides/awx.md#set-it-up"),
        (".", f"{BLOB}/CONTRIBUTING.md", "CONTRIBUTING.md"),
        (".", f"{BLOB}/plugins/modules/vantage_app.py", f"{BLOB}/plugins/modules/vantage_app.py"),
        (".", f"{BLOB}/LICENSE", f"{BLOB}/LICENSE"),
        (".", "https://raw.githubusercontent.com/abbyy/abbyy.vantage/main/docs/images/flow.svg", "docs/images/flow.svg"),
        (".", "https://semver.org/spec/v2.0.0.html", "https://semver.org/spec/v2.0.0.html"),
        ("docs/guides", "../../plugins/modules/vantage_app.py", "../../reference/vantage_app_module.rst"),
        ("docs/guides", "../../README.md", "../../index.md"),
        ("docs/guides", "../../tests/emulator/README.md#faults", f"{BLOB}/tests/emulator/README.md#faults"),
        ("docs/guides", "stores.md#files", "stores.md#files"),
    ],
)
def test_a_link_leads_to_the_page_of_the_site(docs_site: Any, folder: str, link: str, on_site: str) -> None:
    assert docs_site.point_to_site(f"See [it]({link}).", Path(folder)) == f"See [it]({on_site})."
