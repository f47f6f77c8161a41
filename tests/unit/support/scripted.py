# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A transport that answers by a script, with responses that no tenant should send, and remembers the requests."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from http.client import responses
from typing import Any, NamedTuple

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse


class Reply(NamedTuple):
    """One answer."""

    status: int = 200
    body: str | bytes = "{}"
    headers: dict[str, str] = {}


class Sent(NamedTuple):
    """One request as it left."""

    method: str
    url: str
    headers: dict[str, str]
    body: Any
    verify: bool | str
    timeout: Any


class Script(BaseAdapter):
    """Return one reply, or raise one exception, after the other; the last one repeats."""

    def __init__(self, *replies: Reply | Exception) -> None:
        super().__init__()
        self.replies: Sequence[Reply | Exception] = replies or (Reply(),)
        self.sent: list[Sent] = []
        self.sessions = 0
        self._builder = HTTPAdapter()
        self._lock = threading.Lock()

    def new_session(self) -> requests.Session:
        """Return a session that ends here."""
        self.sessions += 1
        session = requests.Session()
        session.mount("https://", self)
        session.mount("http://", self)
        return session

    def send(self, request: Any, stream: bool = False, timeout: Any = None, verify: Any = True, cert: Any = None, proxies: Any = None) -> Any:
        with self._lock:
            reply = self.replies[min(len(self.sent), len(self.replies) - 1)]
            self.sent.append(Sent(request.method, request.url, dict(request.headers), request.body, verify, timeout))
        if isinstance(reply, Exception):
            raise reply
        raw = HTTPResponse(
            body=io.BytesIO(reply.body if isinstance(reply.body, bytes) else reply.body.encode()),
            headers=reply.headers,
            status=reply.status,
            reason=responses.get(reply.status, ""),
            preload_content=False,
        )
        return self._builder.build_response(request, raw)

    def close(self) -> None:
        """Do nothing: there is no connection."""
