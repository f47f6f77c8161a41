# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-ins of secret stores share. A stand-in is not the store: it answers a few calls of its HTTP API as its manual says, and no others."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

HOST = "127.0.0.1"


class RefusedError(Exception):
    """An answer other than the right one."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass
class Call:
    """One request, without what it carried."""

    method: str
    path: str
    status: int
    write: bool


@dataclass
class StandIn:
    """A store's HTTP API on the loopback address while a `with` block lasts; strict about routes and logins.

    :ivar calls: all requests in order.
    :ivar unexpected: those that it has no route for; a test that finds any has met an honest gap.
    :ivar refusal: a pattern of names that nobody may write; none when empty.
    """

    folder: Path
    calls: list[Call] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    refusal: str = ""

    # Of each subclass: path, methods, name of the method that answers.
    ROUTES = ()
    READS = ("GET", "HEAD", "LIST")
    HOSTS = (HOST, "localhost")

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._map = Map([Rule(path, methods=methods, endpoint=endpoint) for path, methods, endpoint in self.ROUTES], strict_slashes=True, merge_slashes=False)
        authority = trustme.CA()
        self.ca_path = self.folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_path))
        own = self.folder / "server.pem"
        authority.issue_cert(*self.HOSTS).private_key_and_cert_chain_pem.write_to_path(str(own))
        self._server = make_server(HOST, 0, self, threaded=True, request_handler=Quiet, ssl_context=(str(own), str(own)))
        self.base_url = f"https://{HOST}:{self._server.server_port}"

    def __enter__(self) -> StandIn:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        with self._lock:
            response = self._answer(request)
            write = self.is_write(request)
            self.calls.append(Call(request.method, request.path, response.status_code, write))
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            endpoint, values = self._map.bind_to_environ(request.environ).match()
        except HTTPException as exc:
            self.unexpected.append(f"{request.method} {request.path}")
            return self.error(exc.code or 404, f"the stand-in has no {request.method} {request.path}")
        try:
            if self.is_open(endpoint):
                return getattr(self, endpoint)(request, **values)
            self.authorize(request)
            if self.refusal and self.is_write(request) and self.is_refused(request):
                raise RefusedError(403, self.refusal_message)
            return getattr(self, endpoint)(request, **values)
        except RefusedError as exc:
            return self.error(exc.status, exc.message)

    refusal_message = "permission denied"

    def is_open(self, endpoint: str) -> bool:
        """Return whether anybody may ask this."""
        return endpoint.startswith("open_")

    def is_write(self, request: Request) -> bool:
        """Return whether a request would change what the store holds."""
        return request.method not in self.READS

    def is_refused(self, request: Request) -> bool:
        """Return whether a write is to what nobody may write."""
        return re.search(self.refusal, request.path) is not None

    def authorize(self, request: Request) -> None:
        """Refuse a request without the right login."""
        raise NotImplementedError

    def error(self, status: int, message: str) -> Response:
        """Return an error as this API writes it."""
        raise NotImplementedError

    def writes(self) -> list[Call]:
        """Return the requests that were to change something, whatever became of them."""
        return [call for call in self.calls if call.write]

    def forget_calls(self) -> None:
        """Empty the journal."""
        self.calls.clear()


class Quiet(WSGIRequestHandler):
    """Print nothing for each request."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name is Werkzeug's
        """Drop the line."""


def as_json(content: Any, status: int = 200, content_type: str = "application/json") -> Response:
    """Return a JSON answer."""
    return Response(json.dumps(content), status=status, content_type=content_type)


def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request."""
    content = request.get_json(force=True, silent=True)
    if not isinstance(content, dict):
        raise RefusedError(400, "the body is no JSON object")
    return content
