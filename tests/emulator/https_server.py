# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put an emulator behind HTTPS on the loopback address."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import ssl
import struct
import threading
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from .core import Emulator
from .messages import ContractBroken, Dropped, Garbled, Hung, Request, Response
from .problems import Refused

HOST = "127.0.0.1"
# Also in its certificate, for tests with a proxy: requests to this machine never use one.
NAME = "vantage.example.com"
_LONGEST_SILENCE = 600.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_MAX_HEADERS = 200


class Handler(BaseHTTPRequestHandler):
    """Carry requests of one kept-alive connection to the emulator.

    The head is parsed and the response written by hand: the standard library would take longer than the emulator itself.
    """

    protocol_version = "HTTP/1.1"
    server: HttpsServer

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def handle(self) -> None:
        # A caller that disconnects, or does not trust the certificate, is ignored.
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while self._handle_one():
                pass

    def _handle_one(self) -> bool:
        """Serve one request; return whether the connection stays open."""
        line = self.rfile.readline(65537)
        words = line.decode("latin-1").split()
        if len(words) != 3:
            return False
        method, target, version = words
        headers = self._read_headers()
        body = self._read_chunks() if "transfer-encoding" in headers else self.rfile.read(int(headers.get("content-length", 0)))
        keep = version == self.protocol_version and headers.get("connection", "").lower() != "close"
        url = target if not target.startswith("/") else f"https://{headers.get('host', HOST)}{target}"
        try:
            response = self.server.emulator.handle(Request(method, url, headers, body))
        except Dropped:
            self._cut()
            return False
        except Garbled:
            self._answer_in_clear()
            return False
        except Hung:
            self._stay_silent()
            return False
        except ContractBroken as exc:
            # The caller is another process and must get the error.
            response = Refused(HTTPStatus.INTERNAL_SERVER_ERROR, str(exc)).to_response(target)
        self.write_response(response, method, keep)
        return keep

    def _read_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _count in range(_MAX_HEADERS):
            line = self.rfile.readline(65537)
            if line in (b"\r\n", b"\n", b""):
                break
            name, _colon, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        return headers

    def _read_chunks(self) -> bytes:
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self._read_headers()
        return b"".join(chunks)

    def write_response(self, response: Response, method: str, keep: bool) -> None:
        lines = [f"HTTP/1.1 {int(response.status)} {HTTPStatus(response.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if response.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(response.body)}")
        if not keep:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.wfile.write(head if method == "HEAD" else head + response.body)

    def _cut(self) -> None:
        """Reset the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._close_hard()

    def _answer_in_clear(self) -> None:
        """Answer like a balancer that fails below TLS."""
        os.write(self.connection.fileno(), b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self._close_hard()

    def _stay_silent(self) -> None:
        """Wait until the caller gives up."""
        select.select([self.connection], [], [], _LONGEST_SILENCE)
        self._close_hard()

    def _close_hard(self) -> None:
        self.wfile.close()
        self.rfile.close()
        self.connection.close()

    def finish(self) -> None:
        if not self.wfile.closed:
            super().finish()


class HttpsServer(ThreadingHTTPServer):
    """Serve one emulator, a thread for each connection, under a certificate of a throw-away CA."""

    request_queue_size = 512
    daemon_threads = True

    def __init__(self, emulator: Emulator, port: int = 0, *, expired: bool = False) -> None:
        self.emulator = emulator
        authority = trustme.CA()
        self.ca_pem: bytes = authority.cert_pem.bytes()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        until = datetime.now(timezone.utc) - timedelta(days=1) if expired else None
        authority.issue_cert(HOST, "localhost", "::1", NAME, not_after=until).configure_cert(self._context)
        super().__init__((HOST, port), Handler)

    @property
    def base_url(self) -> str:
        return f"https://{HOST}:{self.server_port}"

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection; the handshake waits for the connection's own thread, so that a slow caller blocks nobody."""
        connection, address = super().get_request()
        return self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def shutdown_request(self, request: Any) -> None:
        with contextlib.suppress(OSError):
            super().shutdown_request(request)


class RunningServer:
    """Run an HTTPS front end in threads of this process while a `with` block lasts; `base_url` and `ca_path` lead to it."""

    def __init__(self, emulator: Emulator, folder: Path, *, expired: bool = False) -> None:
        self._server = HttpsServer(emulator, expired=expired)
        self.ca_path = folder / "ca.pem"
        self.ca_path.write_bytes(self._server.ca_pem)
        self.base_url = self._server.base_url
        self.port = self._server.server_port

    def __enter__(self) -> RunningServer:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
