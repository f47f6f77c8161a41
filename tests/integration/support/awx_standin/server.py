# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in's HTTP side: the routes of AWX's API v2 that it knows, a token, and a journal of every request."""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.model import RESOURCES
from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.objects import BusyError, Object, Objects, RivalError
from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.rules import RefusedError, check_survey
from ansible_collections.abbyy.vantage.tests.integration.support.stores.between import new_api, serving

TOKEN = "awx-standin-token-0001"
# Of somebody who may use the organization's credentials, and make none.
USERS_TOKEN = "awx-standin-token-0002"
USER, PASSWORD = "onboarding", "awx-standin-password-0001"
ADMINS = (f"Bearer {TOKEN}", f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}")
MOST_PER_PAGE = 200
# What is below an object and no list of others.
ALSO_BELOW = {"job_templates": ("survey_spec",), "projects": ("playbooks", "update")}
ROUTE = re.compile(r"/([a-z_]+)/(?:(\d+)/(?:([a-z_]+)/)?)?")
Answer = tuple[int, Any]


class StandIn:
    """What answers for AWX.

    :param base: where its API is: below /api/v2 in AWX, below /api/controller/v2 behind the gateway of the Automation Platform.
    :ivar journal: each request with method, path and status.
    :ivar most_per_page: how many objects it shows at once, however many are asked for.
    :ivar hidden: names of credentials that nobody but their owner sees.
    """

    def __init__(self, playbooks: list[str], base: str = "/api/v2") -> None:
        self.base = base
        self.most_per_page = MOST_PER_PAGE
        self.hidden: set[str] = set()
        self.objects = Objects(playbooks)
        self.journal: list[dict[str, Any]] = []
        self.url = ""
        self._lock = threading.Lock()

    @property
    def env(self) -> dict[str, str]:
        """What connects the modules of awx.awx; without certificates, which they would read for each request, though it is plain HTTP."""
        return {"CONTROLLER_HOST": self.url, "CONTROLLER_OAUTH_TOKEN": TOKEN, "SSL_CERT_FILE": os.devnull}

    def writes(self) -> list[str]:
        """Return the requests that could change something, and clear the journal."""
        entries, self.journal = self.journal, []
        return [f"{entry['method']} {entry['path']} {entry['status']}" for entry in entries if entry["method"] != "GET"]

    def handle(self, method: str, target: str, token: str, raw: bytes) -> Answer:
        """Answer one request."""
        return self.answer(method, target, token, json.loads(raw) if raw else None)

    def answer(self, method: str, target: str, token: str, body: Any) -> Answer:
        """Answer one request whose body is decoded."""
        with self._lock:
            answer = self._answer(method, target, token, body)
            self.journal.append({"method": method, "path": target, "status": answer[0]})
            return answer

    def _answer(self, method: str, target: str, token: str, body: Any) -> Answer:
        url = urlsplit(target)
        if (method, url.path) in (("GET", "/api/"), ("GET", "/api/controller/")):
            return self._root(url.path)
        if token not in (*ADMINS, f"Bearer {USERS_TOKEN}"):
            return 401, {"detail": "Authentication credentials were not provided. To establish a login session, visit /api/login/."}
        found = ROUTE.fullmatch(url.path.removeprefix(self.base)) if url.path.startswith(f"{self.base}/") else None
        if not found:
            return 404, {"detail": "The requested resource could not be found."}
        if token not in ADMINS and method != "GET":
            # Before anything of the body is looked at.
            return 403, {"detail": "You do not have permission to perform this action."}
        table, number, below = found[1], int(found[2] or 0), found[3] or ""
        try:
            return self._route(method, table, number, below, dict(parse_qsl(url.query, keep_blank_values=True)), body or {})
        except RefusedError as exc:
            return 400, exc.body
        except PermissionError as exc:
            return 403, {"detail": str(exc)}
        except RivalError:
            return 304, None
        except BusyError:
            return 409, {"error": "Resource is being used by running jobs.", "active_jobs": [{"type": "job", "id": 47}]}
        except KeyError:
            return 404, {"detail": "Not found."}

    def _route(self, method: str, table: str, number: int, below: str, query: dict[str, str], body: Object) -> Answer:
        writable = table in RESOURCES and RESOURCES[table].writable
        pages = {name: query.pop(name) for name in ("page", "page_size", "order_by") if name in query}
        routes: dict[tuple[str, str], Callable[[], Answer]] = {("GET", "list"): lambda: (200, self._pages(table, query, pages))}
        if number and not below:
            routes = {("GET", "one"): lambda: (200, self._shown(table, self._row(table, number)))}
        if writable:
            routes[("POST", "list")] = lambda: (201, self._shown(table, self.objects.create(table, body)))
            routes[("PATCH", "one")] = lambda: (200, self._shown(table, self.objects.change(table, number, body)))
            routes[("DELETE", "one")] = lambda: self._delete(table, number)
        if table == "project_updates":
            routes = {("GET", "one"): lambda: (200, self.objects.progress(number))}
        if table in RESOURCES and below in dict(RESOURCES[table].relations):
            routes = {("GET", "below"): lambda: (200, self._below(table, number, below)), ("POST", "below"): lambda: self._relate(table, number, below, body)}
        elif (table, below) == ("job_templates", "survey_spec"):
            routes = {("GET", "below"): lambda: (200, self.objects.surveys.get(number, {})), ("POST", "below"): lambda: self._survey(number, body)}
        elif (table, below) == ("projects", "playbooks"):
            routes = {("GET", "below"): lambda: (200, self._row(table, number)["playbooks"])}
        elif (table, below) == ("projects", "update"):
            self._row(table, number)
            routes = {("POST", "below"): lambda: (202, self.objects.update(number))}
        elif below or table not in (*RESOURCES, "unified_job_templates", "project_updates"):
            raise KeyError(table)
        route = routes.get((method, "below" if below else "one" if number else "list"))
        return route() if route else (405, {"detail": f'Method "{method}" not allowed.'})

    def _row(self, table: str, number: int) -> Object:
        return self.objects.tables[table][number]

    def _delete(self, table: str, number: int) -> Answer:
        self._row(table, number)
        self.objects.delete(table, number)
        # AWX takes an inventory's deletion as a job of its own; here it is done at once.
        return (202, {}) if table == "inventories" else (204, None)

    def _below(self, table: str, number: int, relation: str) -> Object:
        target = dict(RESOURCES[table].relations)[relation]
        return self._page(target, [self._row(target, one) for one in self.objects.related.get((table, number, relation), [])])

    def _relate(self, table: str, number: int, relation: str, body: Object) -> Answer:
        self._row(table, number)
        self.objects.associate(table, number, relation, body)
        return 204, None

    def _survey(self, number: int, body: Object) -> Answer:
        self._row("job_templates", number)
        check_survey(body)
        self.objects.surveys[number] = body
        return 200, None

    def _root(self, path: str) -> Answer:
        if path == "/api/" and "controller" in self.base:
            return 200, {"description": "AAP gateway REST API", "apis": {"gateway": "/api/gateway/", "controller": "/api/controller/"}}
        if path == "/api/controller/" and "controller" not in self.base:
            return 404, {"detail": "The requested resource could not be found."}
        return 200, {"description": "AWX REST API", "current_version": f"{self.base}/", "available_versions": {"v2": f"{self.base}/"}}

    def _pages(self, table: str, query: dict[str, str], pages: dict[str, str]) -> Object:
        """Return one page of what is found; the ids are in order anyway."""
        rows = [row for row in self.objects.find(table, query) if table != "credentials" or row["name"] not in self.hidden]
        number, size = int(pages.get("page", "1")), min(int(pages.get("page_size", "25")), self.most_per_page)
        shown = self._page(table, rows[(number - 1) * size : number * size])
        following = f"{self.base}/{table}/?{urlencode({**query, **pages, 'page': number + 1})}" if len(rows) > number * size else None
        return {**shown, "count": len(rows), "next": following}

    def _page(self, table: str, rows: list[Object]) -> Object:
        return {"count": len(rows), "next": None, "previous": None, "results": [self._shown(table, row) for row in rows]}

    def _shown(self, table: str, row: Object) -> Object:
        home = table if table in RESOURCES else next(name for name, resource in RESOURCES.items() if resource.type == row["type"])
        url = f"{self.base}/{home}/{row['id']}/"
        below = [*dict(RESOURCES[home].relations), *ALSO_BELOW.get(home, ())]
        return {"summary_fields": {}, **self.objects.shown(home, row), "url": url, "related": {name: f"{url}{name}/" for name in below}}


@contextmanager
def serve_standin(playbooks: list[str], base: str = "/api/v2") -> Iterator[StandIn]:
    """Serve a new stand-in on a port of its own."""
    standin = StandIn(playbooks, base)

    named = {"X-API-Product-Name": "AWX", "X-API-Product-Version": "24.6.1"}
    with serving(new_api(standin.answer, named)) as url:
        standin.url = url
        yield standin
