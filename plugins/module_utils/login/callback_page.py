# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The page shown in the browser after a login. Pure; it loads nothing and runs no script."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

STYLE = (
    ":root{color-scheme:light dark;font-family:system-ui,'Segoe UI','DejaVu Sans',sans-serif}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;background:#eef1f5;color:#1c2733}"
    "main{background:#fff;max-width:30rem;margin:1rem;padding:2.25rem;border-radius:10px;box-shadow:0 6px 28px rgb(20 40 70/14%)}"
    "h1{margin:0 0 .75rem;font-size:1.35rem}p{margin:0;line-height:1.5;overflow-wrap:anywhere}"
    ".mark{display:inline-block;width:1.6em;margin-right:.4em;border-radius:50%;text-align:center;line-height:1.6em;color:#fff}"
    ".good{background:#1b7f4b}.bad{background:#b3261e}"
    "@media(prefers-color-scheme:dark){body{background:#161b22;color:#e6edf3}main{background:#21262d;box-shadow:none}}"
)
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    # The address of this page holds the code: no cache and no referrer may keep it.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


class Reply(NamedTuple):
    """What the browser shows.

    :param status: HTTP status; 200 for a login that succeeded.
    """

    status: int
    title: str
    text: str


def page_from_reply(reply: Reply) -> bytes:
    """Return the HTML of a reply, escaped."""
    kind, sign = ("good", "&#10003;") if reply.status == 200 else ("bad", "!")
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(reply.title)}</title>
<link rel="icon" href="data:,"><style>{STYLE}</style></head>
<body><main>
<h1><span class="mark {kind}" aria-hidden="true">{sign}</span>{escape(reply.title)}</h1>
<p>{escape(reply.text)}</p>
</main></body>
</html>
""".encode()
