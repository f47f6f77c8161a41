# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain CONNECT proxy between a caller and an HTTPS server."""

from __future__ import annotations

import contextlib
import socket
import threading


class ConnectProxy:
    """Carry what comes through CONNECT to one port of this machine, whatever host was asked for, while a `with` block lasts.

    `asked` holds the hosts and ports asked for. `refusal` is the status of CONNECT instead of 200; `cut` ends the
    connection without a response.
    """

    def __init__(self, port: int) -> None:
        self.asked: list[str] = []
        self.refusal: int | None = None
        self.cut = False
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> ConnectProxy:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        # Closing alone does not wake an accepting thread.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _address = self._listener.accept()
                threading.Thread(target=self._handle, args=(caller,), daemon=True).start()

    def _handle(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError), caller:
            head = b""
            while b"\r\n\r\n" not in head:
                byte = caller.recv(1)
                if not byte:
                    return
                head += byte
            self.asked.append(head.split()[1].decode())
            if self.cut:
                return
            if self.refusal is not None:
                caller.sendall(f"HTTP/1.1 {self.refusal} Refused by the proxy\r\nContent-Length: 0\r\n\r\n".encode())
                return
            with socket.create_connection(("127.0.0.1", self._port)) as target:
                caller.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_carry, args=(target, caller), daemon=True)
                back.start()
                _carry(caller, target)
                back.join()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            sink.sendall(chunk)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
