# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the pages for people; they need nothing from the network."""

from __future__ import annotations

from html import escape

from .messages import Response, text_response
from .state import Tenant

_STYLE = """
:root { color-scheme: light; font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #eef1f5; color: #1c2733; }
main { background: #fff; width: 22rem; padding: 2.25rem; border-radius: 10px; box-shadow: 0 6px 28px rgb(20 40 70 / 14%); }
h1 { margin: 0 0 .25rem; font-size: 1.35rem; }
p { margin: 0 0 1.25rem; color: #55606e; font-size: .92rem; line-height: 1.45; }
label { display: block; margin: 0 0 1rem; font-size: .85rem; font-weight: 600; }
input, select { box-sizing: border-box; width: 100%; margin-top: .35rem; padding: .6rem .7rem; font: inherit; font-weight: 400;
  border: 1px solid #b9c3cf; border-radius: 6px; background: #fff; }
input:focus, select:focus, button:focus { outline: 2px solid #2f6fde; outline-offset: 1px; }
.alert { padding: .6rem .75rem; border-radius: 6px; background: #fdecea; color: #8c1d18; }
.buttons { display: flex; gap: .75rem; margin-top: 1.5rem; }
button { flex: 1; padding: .65rem; font: inherit; font-weight: 600; border-radius: 6px; border: 1px solid #b9c3cf; background: #fff; cursor: pointer; }
button.primary { background: #2f6fde; border-color: #2f6fde; color: #fff; }
small { display: block; margin-top: 1.5rem; color: #7a8594; }
"""


def login_page(client_name: str, choices: list[Tenant], email: str = "", alert: str | None = None) -> Response:
    """Ask for e-mail and password, and for the tenant too when there are `choices`."""
    options = "".join(f'<option value="{escape(tenant.tenant_id)}">{escape(tenant.name)}</option>' for tenant in choices)
    tenant_field = f'<label>Tenant<select name="tenant" id="tenant">{options}</select></label>' if choices else ""
    warning = f'<p class="alert" role="alert">{escape(alert)}</p>' if alert else ""
    body = f"""<h1>Log in</h1>
<p><strong>{escape(client_name)}</strong> asks for access to your tenant.</p>
{warning}
<form method="post">
<label>E-mail<input type="email" name="username" id="username" value="{escape(email)}" autocomplete="username" required autofocus></label>
<label>Password<input type="password" name="password" id="password" autocomplete="current-password" required></label>
{tenant_field}
<div class="buttons">
<button class="primary" type="submit" name="action" value="login" id="login">Log in</button>
<button type="submit" name="action" value="cancel" id="cancel" formnovalidate>Cancel</button>
</div>
</form>
<small>Tenant emulator: no real account is behind this page.</small>"""
    return _page(200, "Log in", body)


def error_page(error: str, description: str) -> Response:
    """Explain why there is no way back to the application."""
    return _page(400, "Error", f'<h1>This login can\'t go on</h1>\n<p class="alert" role="alert"><strong>{escape(error)}</strong>: {escape(description)}</p>')


def _page(status: int, title: str, body: str) -> Response:
    html = f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<link rel="icon" href="data:,"><style>{_STYLE}</style></head>
<body><main>
{body}
</main></body>
</html>
"""
    response = text_response(status, "text/html", html)
    response.headers["Cache-Control"] = "no-store"
    return response
