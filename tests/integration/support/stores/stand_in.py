# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve a stand-in for a cloud service, one request at a time, and let a test disturb any of them."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import trustme
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

HOST = "127.0.0.1"
Kind = Literal["drop_before", "drop_after", "busy", "broken"]
KINDS: tuple[Kind, ...] = ("drop_before", "drop_after", "busy", "broken")


class RefusedError(Exception):
    """An error response."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Served:
    """A WSGI application on the loopback address while a `with` block lasts.

    :param tls: where its certificate and its CA are put; plain HTTP for None.
    :param hosts: names that its certificate is for.
    :ivar calls: how the test calls each request, in order.
    :ivar at: numbers of the requests to disturb, counted from 1.
    :ivar kind: how.
    :ivar before: is called before each request with its number.
    """

    def __init__(self, tls: Path | None = None, hosts: Iterable[str] = ()) -> None:
        self.calls: list[str] = []
        self.at: Callable[[int], bool] = lambda number: False
        self.kind: Kind = "drop_before"
        self.before: Callable[[int], None] | None = None
        self._count, self._one = threading.Lock(), threading.Lock()
        secured: dict[str, Any] = {}
        if tls is not None:
            authority = trustme.CA()
            self.ca_path = tls / "cloud-ca.pem"
            authority.cert_pem.write_to_path(str(self.ca_path))
            own = tls / "cloud-server.pem"
            authority.issue_cert(HOST, *hosts).private_key_and_cert_chain_pem.write_to_path(str(own))
            secured["ssl_context"] = (str(own), str(own))
        self._server = make_server(HOST, 0, self, threaded=True, request_handler=Quiet, **secured)
        self._server.daemon_threads = True
        self.port = self._server.server_port

    def __enter__(self) -> Any:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def begin(self) -> None:
        """Restart the count, without faults."""
        self.calls.clear()
        self.at, self.before = lambda number: False, None

    def name_of(self, request: Request) -> str:
        """Return how a test calls a request; empty for one that the test ignores, such as a login."""
        raise NotImplementedError

    def answer(self, request: Request) -> Response:
        """Answer a request."""
        raise NotImplementedError

    def error(self, status: int, code: str, message: str) -> Response:
        """Return an error as the service writes it."""
        raise NotImplementedError

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        # Read here, so that a connection that is kept has nothing left of it; and left for another application to read.
        environ["wsgi.input"] = io.BytesIO(request.get_data())
        name = self.name_of(request)
        disturbed = False
        if name:
            with self._count:
                self.calls.append(name)
                number = len(self.calls)
            if self.before:
                self.before(number)
            disturbed = self.at(number)
        if disturbed and self.kind == "drop_before":
            raise ConnectionError
        if disturbed and self.kind in ("busy", "broken"):
            status, code = (503, "ServiceUnavailable") if self.kind == "busy" else (500, "InternalServiceError")
            return self.error(status, code, "try later")(environ, start_response)
        with self._one:
            response = self._answer(request)
        if disturbed:
            raise ConnectionError
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            return self.answer(request)
        except RefusedError as exc:
            return self.error(exc.status, exc.code, exc.message)


class Quiet(WSGIRequestHandler):
    """Print nothing for each request."""

    protocol_version = "HTTP/1.1"
    # Headers and body are sent one after the other, and the second would wait for the first to be confirmed.
    disable_nagle_algorithm = True

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Let the client see the end of the connection."""
        self.close_connection = True

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name is Werkzeug's
        """Drop the connection."""


def as_json(content: Any, status: int = 200, content_type: str = "application/json") -> Response:
    """Return a JSON answer."""
    return Response(json.dumps(content), status=status, content_type=content_type)


def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request."""
    content = request.get_json(force=True, silent=True)
    if not isinstance(content, dict):
        raise RefusedError(400, "BadParameter", "the body is no JSON object")
    return content
