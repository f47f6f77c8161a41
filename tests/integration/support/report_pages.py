# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up tenants of any size, and their report page."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jinja2

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import current_from_api
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.model import report_from_tenants
from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.page import page_from_report

NOW = datetime(2026, 9, 7, 12, tzinfo=timezone.utc)
NASTY = '</script><script>window.alerted = 1</script><img src=x onerror="window.alerted = 2">"\'&{{ 7 * 7 }}'
TEMPLATES = Path(__file__).resolve().parents[3] / "playbooks" / "templates" / "expiry_report"
TEAMS = ("claims", "invoices", "payroll", "archive", "legal", "lending")
TASKS = ("intake", "portal", "desk", "batch", "mobile", "export")


def at(days: float) -> str:
    return timestamp_from_moment(NOW + timedelta(days=days))


def secret(secret_id: str, start: float, end: float | None, description: str = "production") -> dict[str, Any]:
    return {"id": secret_id, "description": description, "start_time": at(start), "expiration": None if end is None else at(end)}


def client(client_id: str, *secrets: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {**current_from_api({"clientId": client_id}), **options, "secrets": list(secrets)}


def three_clients() -> list[dict[str, Any]]:
    """One tenant: a secret that is due with a risky client around it, an expired one, and one with a nasty name."""
    clients = [
        client("claims-intake", secret("a", -170, 12), redirect_uris=["https://claims.example.com"], allowed_grant_types=["password"]),
        client("archive", secret("b", -400, -35)),
        client(NASTY, secret("c", -180, 3, NASTY), secret("d", -10, 170, NASTY), client_name=NASTY, redirect_uris=[NASTY]),
    ]
    return [{"name": "contoso", "tenant_id": "1", "server_time": at(0), "clients": clients}]


def many_clients(number: int) -> list[dict[str, Any]]:
    """Two tenants with all there is, and one that could not be read."""
    choose = random.Random(number)
    tenants = [_tenant("contoso-production", number * 2 // 3, choose), _tenant("fabrikam", number - number * 2 // 3, choose)]
    return [*tenants, {"name": "northwind", "problem": f"Could not log in. {NASTY}"}]


def _tenant(name: str, number: int, choose: random.Random) -> dict[str, Any]:
    clients, apps, store = [], [], {}
    for index in range(number):
        client_id = f"{choose.choice(TEAMS)}-{choose.choice(TASKS)}-{index:04}"
        secrets = _secrets(f"{name}-{index}", choose)
        for one in secrets[-1:]:
            store[f"{client_id}/{one['description']}"] = {**one, "client_id": client_id, "id": one["id"] if choose.random() > 0.01 else "lost"}
        if choose.random() > 0.05:
            apps.append(
                {"client_id": client_id, "labels": {"owner": NASTY if index == 1 else f"{client_id.split('-')[0]}-team", "cost_centre": str(1000 + index % 7)}}
            )
        options = {"allow_no_pkce": choose.random() < 0.03, "redirect_uris": ["http://plain.example.com"] if choose.random() < 0.03 else []}
        clients.append(client(client_id, *secrets, **options))
    return {"name": name, "tenant_id": name, "server_time": at(0), "clients": clients, "apps": apps, "store": store}


def _secrets(prefix: str, choose: random.Random) -> list[dict[str, Any]]:
    if choose.random() < 0.01:
        return []
    life = choose.choice((90, 180, 180, 365, 1095))
    start = -choose.randrange(1, life + 10)
    end = None if choose.random() < 0.01 else start + life
    older = [secret(f"{prefix}-old", start - 170, start + 5)] if choose.random() < 0.2 else []
    return [*older, secret(f"{prefix}-new", start, end)]


def page_of(tenants: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the template writes down."""
    return page_from_report(report_from_tenants(tenants, renew_before="30d", generated_at=NOW))


def write_page(path: Path, tenants: list[dict[str, Any]]) -> dict[str, Any]:
    """Write the page as the playbook does, and return what is on it."""
    page = page_of(tenants)
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), trim_blocks=True, undefined=jinja2.StrictUndefined)
    path.write_text(environment.get_template("page.html.j2").render(page=page, script_nonce="n0nce"), encoding="utf-8")
    return page
