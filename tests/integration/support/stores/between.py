# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server between a store's client and the store, which forwards everything except for the faults of a test."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import requests

HANDED_ON = ("Accept", "Authorization", "Content-Type")
# Method, target, Authorization header and JSON body, to status and JSON.
Api = Callable[[str, str, str, Any], tuple[int, Any]]
Kind = Literal["drop_before", "drop_after", "late", "answer"]


@dataclass
class Fault:
    """A fault of some requests.

    :ivar kind: the connection ends before or after the server has done what it was asked, it is done late, or something else answers.
    :ivar method: of the requests that it happens to; empty for all.
    :ivar times: how often; for ever when negative.
    :ivar skip: how many of them go well before.
    """

    kind: Kind
    method: str
    part: str = ""
    times: int = -1
    skip: int = 0
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass
class Between:
    """Records all requests, and applies faults.

    :ivar calls: method and path of each request, in order.
    :ivar on_call: called before each request is handed on, with its number; the first is 1.
    :ivar api: answers in the place of the server.
    """

    server: str
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    session: requests.Session = field(default_factory=requests.Session)
    lock: threading.Lock = field(default_factory=threading.Lock)
    on_call: Callable[[int], None] = lambda _number: None
    api: Api | None = None

    def hand_on(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes, str]:
        """Return what the server answers, with its type; a stand-in in this process is asked without a second connection."""
        if self.api:
            status, found = self.api(method, path, headers.get("Authorization", ""), json.loads(body) if body else None)
            return status, b"" if found is None else json.dumps(found).encode(), "application/json"
        there = self.session.request(method, self.server + path, data=body, headers=dict(headers), timeout=30)
        return there.status_code, there.content, there.headers.get("Content-Type", "")

    def take_fault(self, method: str, path: str) -> Fault | None:
        """Record a request, and return its fault."""
        with self.lock:
            self.calls.append((method, path))
            number = len(self.calls)
            fault = self._fault_of(method, path)
        self.on_call(number)
        return fault

    def _fault_of(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method in ("", method) and fault.part in path:
                if not fault.skip:
                    fault.times -= 1
                    return fault
                fault.skip -= 1
        return None

    def take_methods(self) -> list[str]:
        """Return the methods of the requests since the last call."""
        methods = [method for method, _path in self.calls]
        self.calls.clear()
        return methods

    def count(self, method: str) -> int:
        """Count the requests of a method."""
        return sum(found == method for found, _path in self.calls)


def new_handler(between: Between) -> type[BaseHTTPRequestHandler]:
    """Return what answers one connection."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = between.take_fault(self.command, self.path)
            if fault and fault.kind == "drop_before":
                self.close_connection = True
                return
            if fault and fault.kind == "answer":
                self.answer(fault.status, fault.body if isinstance(fault.body, bytes) else json.dumps(fault.body).encode(), fault.headers)
                return
            if fault and fault.kind == "late":
                time.sleep(fault.seconds)
            headers = {name.title(): value for name, value in self.headers.items() if name.startswith("X-Vault-") or name.title() in HANDED_ON}
            status, content, kind = between.hand_on(self.command, self.path, headers, body)
            if fault and fault.kind == "drop_after":
                self.close_connection = True
                return
            self.answer(status, content, {"Content-Type": kind})

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "LIST"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    return Handler


@contextmanager
def standing_between(server: str, api: Api | None = None) -> Iterator[Between]:
    """Run in front of a server for a while."""
    between = Between(server, api=api)
    between.session.trust_env = False
    with serving(new_handler(between)) as url:
        between.url = url
        yield between


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Answer on a free port of the loopback address, and return how to reach it."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    httpd.daemon_threads = True
    if tls:
        httpd.socket = tls.wrap_socket(httpd.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{httpd.server_address[1]}"
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def new_stand_in(answers: Callable[[str, str, Any], Any]) -> type[BaseHTTPRequestHandler]:
    """Return what answers as a function of method, path and JSON body says; None is 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = answers(self.command, self.path, json.loads(text) if text else None)
            body = json.dumps({"errors": []} if found is None else found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "LIST"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    return Handler


def new_api(answer: Api, headers: Mapping[str, str] | None = None) -> type[BaseHTTPRequestHandler]:
    """Return what answers as a function of method, target, Authorization header and JSON body says, with a status and JSON.

    :param headers: of each answer.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, found = answer(self.command, self.path, self.headers.get("Authorization", ""), json.loads(text) if text else None)
            body = b"" if found is None else json.dumps(found).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    return Handler
