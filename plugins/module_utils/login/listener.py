# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Listen on this machine for the callback of a login in a browser."""

from __future__ import annotations

import errno
import queue
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, TransportError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.callback import StrayCallbackError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.callback_page import HEADERS, Reply, page_from_reply
from ansible_collections.abbyy.vantage.plugins.module_utils.login.redirect import Loopback, loopback_from_uri

Result = TypeVar("Result")

ELSEWHERE = Reply(404, "Nothing is here", "This address only waits for a browser that comes back from a login.")
SUCCESS = Reply(200, "You are logged in", "The login is complete. You can close this window and go back to the terminal.")
STRAY = Reply(400, "This is another login", "The terminal waits for the answer to its own login, and goes on waiting. Open the address that it shows.")
DEFECT = Reply(500, "The login failed", "The terminal says why.")
# Browsers open spare connections and send nothing on them.
IDLE_SECONDS = 10
LONGEST_ANSWER = 330
# IPv4 or IPv6 may be switched off on a machine.
NO_SUCH_FAMILY = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def wait_for_callback(redirect_uri: str, *, seconds: float, take: Callable[[str], Result], monotonic: Callable[[], float] = time.monotonic) -> Result:
    """Return the result of ``take`` for the query of the callback.

    :param take: may raise StrayCallbackError, after which the listener keeps waiting; any other VantageError ends it. It runs before the browser is
        answered, so that the page shows how the login ended.
    :raises ConfigError: when it cannot listen there, for example because the port is in use.
    :raises TransportError: when the time is up.
    """
    place = loopback_from_uri(redirect_uri)
    deadline = monotonic() + seconds
    strays: list[str] = []
    with _servers(place, redirect_uri) as visits:
        while True:
            try:
                visit = visits.get(timeout=max(0.0, deadline - monotonic()))
            except queue.Empty:
                raise _timed_out(redirect_uri, seconds, strays) from None
            try:
                result = take(visit.query)
                visit.answer(SUCCESS)
                return result
            except StrayCallbackError as exc:
                strays.append(str(exc.code))
                visit.answer(STRAY)
            except VantageError as exc:
                visit.answer(Reply(400, "The login failed", exc.message))
                raise
            finally:
                # Only a bug of our own gets here without a reply; the browser need not wait.
                visit.answer(DEFECT)


class _Visit:
    """One request to the redirect URI: its connection's thread waits until the listening thread has replied."""

    def __init__(self, query: str) -> None:
        self.query = query
        self._reply: Reply | None = None
        self._answered = threading.Event()
        self._written = threading.Event()

    def answer(self, reply: Reply) -> None:
        """Send the reply, if it is the first one; return once it was sent, since the process may end next."""
        if self._answered.is_set():
            return
        self._reply = reply
        self._answered.set()
        self._written.wait(IDLE_SECONDS)

    def serve(self, write: Callable[[Reply], None]) -> None:
        """Write the reply once there is one."""
        if self._answered.wait(LONGEST_ANSWER) and self._reply is not None:
            try:
                write(self._reply)
            finally:
                self._written.set()


class _Server(ThreadingMixIn, TCPServer):
    """Listens at one loopback address; a thread per connection, so that an idle connection blocks nothing."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, host: str, place: Loopback, visits: queue.Queue[_Visit]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.place = place
        self.visits = visits
        super().__init__((host, place.port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a browser that disconnects, without a traceback."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Separates the callback from other requests of the browser."""

    server: _Server
    timeout = IDLE_SECONDS
    server_version = "abbyy.vantage"
    sys_version = ""

    def do_GET(self) -> None:
        """Handle one request; the name is http.server's."""
        try:
            parts = urlsplit(self.path)
        except ValueError:
            self._write(ELSEWHERE)
            return
        if (unquote(parts.path) or "/") != self.server.place.path:
            self._write(ELSEWHERE)
            return
        visit = _Visit(parts.query)
        self.server.visits.put(visit)
        visit.serve(self._write)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Log nothing: the request line contains the code."""

    def _write(self, reply: Reply) -> None:
        page = page_from_reply(reply)
        self.send_response(reply.status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


@contextmanager
def _servers(place: Loopback, redirect_uri: str) -> Iterator[queue.Queue[_Visit]]:
    visits: queue.Queue[_Visit] = queue.Queue()
    servers: list[_Server] = []
    serving: list[_Server] = []
    try:
        for host in place.hosts:
            try:
                servers.append(_Server(host, place, visits))
            except OSError as exc:
                if len(place.hosts) == 1 or exc.errno not in NO_SUCH_FAMILY:
                    raise _cannot_listen(exc, host, place, redirect_uri) from exc
        if not servers:
            raise ConfigError(f"This machine has no loopback address to wait at for {redirect_uri}; paste the address as callback_url.", code="listen")
        for server in servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
            serving.append(server)
        yield visits
    finally:
        for server in serving:
            server.shutdown()
        for server in servers:
            server.server_close()


def _cannot_listen(exc: OSError, host: str, place: Loopback, redirect_uri: str) -> ConfigError:
    if exc.errno == errno.EADDRINUSE:
        way_out = "another program listens there, perhaps a second login; end it, or use a redirect_uri of the client with another port"
    elif exc.errno == errno.EACCES:
        way_out = "ports below 1024 belong to root; use a redirect_uri of the client with a higher port"
    else:
        way_out = f"{exc.strerror}; use another redirect_uri of the client, or paste the address as callback_url"
    return ConfigError(f"Cannot wait at port {place.port} of {host} for {redirect_uri}: {way_out}.", code="listen")


def _timed_out(redirect_uri: str, seconds: float, strays: list[str]) -> TransportError:
    came = f" Callbacks of other logins: {len(strays)} (the last: {strays[-1]})." if strays else ""
    return TransportError(
        f"No browser came back to {redirect_uri} with the callback of this login within {seconds:g} s (listen_timeout).{came} Make a new address "
        "with vantage_authorization_url and open it in a browser on this machine; if the browser is on another one, paste the address that it "
        "ends on as callback_url. If the login page refused the redirect address, a Tenant Administrator adds it to the client; if the client has it, ask "
        "ABBYY's support to allow it.",
        code="listen_timeout",
    )
