# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let a requests session talk to an emulator in the same process."""

from __future__ import annotations

import io
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from http.client import RemoteDisconnected
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.exceptions import MaxRetryError, ProxyError, SSLError

from .core import Emulator
from .messages import Dropped, DroppedByProxy, Garbled, Hung, Request


class EmulatorAdapter(BaseAdapter):
    """Answers what a session sends; mount it for `https://`.

    A cut connection is a ConnectionError, behind a proxy a ProxyError, a response in clear text an SSLError and silence a ReadTimeout, all at
    once: no test waits.
    """

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self._emulator = emulator
        self._builder = HTTPAdapter()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        body = request.body or b""
        content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else body.read()
        try:
            response = self._emulator.handle(Request(str(request.method), str(request.url), dict(request.headers), content))
        except DroppedByProxy as exc:
            raise requests.exceptions.ProxyError(_broken_through_proxy(request), request=request) from exc
        except Garbled as exc:
            raise requests.exceptions.SSLError(_garbled(request), request=request) from exc
        except Dropped as exc:
            raise requests.ConnectionError("the connection was cut", request=request) from exc
        except Hung as exc:
            raise requests.ReadTimeout("no answer came", request=request) from exc
        raw = HTTPResponse(
            body=io.BytesIO(response.body),
            headers={**response.headers, "Content-Length": str(len(response.body))},
            status=int(response.status),
            reason=HTTPStatus(response.status).phrase,
            preload_content=False,
            request_method=request.method,
        )
        return self._builder.build_response(request, raw)

    def close(self) -> None:
        """Do nothing: there is no connection."""


def _broken_through_proxy(request: requests.PreparedRequest) -> MaxRetryError:
    """Return what urllib3 makes of a connection that broke behind a proxy."""
    cause = RemoteDisconnected("Remote end closed connection without response")
    return MaxRetryError(_pool(), str(request.url), ProxyError("Unable to connect to proxy", cause))


def _garbled(request: requests.PreparedRequest) -> MaxRetryError:
    """Return what urllib3 makes of an answer that is not TLS."""
    return MaxRetryError(_pool(), str(request.url), SSLError(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:2580)")))


def _pool() -> HTTPConnectionPool:
    return HTTPConnectionPool("vantage.example.com")


def mount(session: Any, emulator: Emulator) -> None:
    """Make every https request of a session go to the emulator."""
    session.mount("https://", EmulatorAdapter(emulator))
