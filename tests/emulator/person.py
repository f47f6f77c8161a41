# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Act like a person on the login page, for tests without a browser."""

from __future__ import annotations

import requests


def log_in(session: requests.Session, url: str, email: str = "admin@contoso.example", password: str = "contoso-Admin-Passw0rd", action: str = "login") -> str:
    """Open the page, type, press the button of that action, and return the address that the browser is sent to."""
    page = session.get(url)
    assert page.status_code == 200, page.text
    answer = session.post(url, data={"username": email, "password": password, "action": action}, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]
