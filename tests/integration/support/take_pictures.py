# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the pictures of the guides again, with Chromium, into docs/images. Run it when a page has changed:

ANSIBLE_COLLECTIONS_PATH=.cache/collections .venv/newest/bin/python tests/integration/support/take_pictures.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path[:0] = os.environ["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep)

from ansible_collections.abbyy.vantage.plugins.module_utils.login.callback_page import page_from_reply  # noqa: E402 - found by the line above
from ansible_collections.abbyy.vantage.plugins.module_utils.login.listener import SUCCESS  # noqa: E402 - as above
from ansible_collections.abbyy.vantage.tests.integration.support import report_pages  # noqa: E402 - as above

IMAGES = Path(__file__).resolve().parents[3] / "docs" / "images"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--hide-scrollbars", "--no-first-run")


def show_estate() -> list[dict[str, Any]]:
    """Make up a tenant with everything that the guide describes."""
    client, secret = report_pages.client, report_pages.secret
    service, web = {"allowed_grant_types": ["client_credentials"]}, {"allowed_grant_types": ["authorization_code"]}
    clients = [
        client("claims-intake", secret("1", -168, 12), **service, client_name="Claims intake"),
        client("invoice-archive", secret("2", -190, -8), **service, client_name="Invoice archive"),
        client("invoice-portal", secret("3", -175, 5), secret("4", -2, 178), **web, redirect_uris=["https://invoices.contoso.example/signin"]),
        client("payroll-desk", secret("5", -60, 120), **web, redirect_uris=["https://payroll.contoso.example"]),
        client("nightly-export", secret("6", -20, 160), secret("7", -100, 265, "disaster recovery"), **service),
        client("legal-review", secret("8", 3, 183), **service),
        client("lending-mobile", **web, require_client_secret=False, redirect_uris=["com.contoso.lending:/callback"]),
        client("old-migration", secret("9", -300, 65), allowed_grant_types=["password"]),
    ]
    held = {"claims-intake": "1", "invoice-archive": "2", "invoice-portal": "4", "payroll-desk": "5", "nightly-export": "6", "legal-review": "8"}
    store = {f"{name}/production": {"client_id": name, "description": "production", "id": held_id} for name, held_id in held.items()}
    owners = {"claims": "claims-team", "invoice": "billing-team", "payroll": "hr-it", "nightly": "data-team", "legal": "legal-ops", "lending": "mobile-team"}
    declared = [name["client_id"] for name in clients if name["client_id"] != "old-migration"]
    apps = [{"client_id": name, "labels": {"owner": owners[name.split("-")[0]]}} for name in declared]
    return [{"name": "contoso", "tenant_id": "1", "server_time": report_pages.at(0), "clients": clients, "apps": apps, "store": store}]


def take_picture(browser: str, page: Path, name: str, width: int, height: int) -> None:
    """Write a screenshot of a page to docs/images."""
    picture = IMAGES / name
    subprocess.run([browser, *FLAGS, f"--window-size={width},{height}", f"--screenshot={picture}", page.as_uri()], check=True, capture_output=True)
    print(f"{picture}: {picture.stat().st_size // 1000} kB")


def main() -> None:
    """Take them all."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("Install Chromium first.")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        report_pages.write_page(page, show_estate())
        take_picture(browser, page, "expiry_report.png", 1240, 1290)
        page.write_bytes(page_from_reply(SUCCESS))
        take_picture(browser, page, "logged_in.png", 640, 300)


if __name__ == "__main__":
    main()
