# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let a requests session talk to an emulator in the same process."""

from __future__ import annotations

import io
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from .core import Emulator
from .messages import Dropped, Hung, Request


class EmulatorAdapter(BaseAdapter):
    """Answer what a session sends; to be mounted for `https://`.

    A cut connection is a ConnectionError and silence a ReadTimeout, both at once: no test waits.
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


def mount(session: Any, emulator: Emulator) -> None:
    """Make every https request of a session go to the emulator."""
    session.mount("https://", EmulatorAdapter(emulator))
