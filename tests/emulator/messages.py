# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core's input and output: a request, a response, or no response at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

FORM = "application/x-www-form-urlencoded"
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


class NoAnswer(Exception):  # noqa: N818 - it names what the caller sees, not a defect of the emulator
    """Leave the caller without a response."""


class Dropped(NoAnswer):
    """Cut the connection."""


class DroppedByProxy(Dropped):
    """Cut the connection to a caller who came through a proxy; libraries report it differently."""


class Garbled(NoAnswer):
    """Answer in clear text instead of TLS."""


class Hung(NoAnswer):
    """Keep the connection open and stay silent."""


class ContractBroken(AssertionError):  # noqa: N818 - it names what was found
    """A request or response that deviates from openapi.yaml."""


@dataclass
class Request:
    """Hold one HTTP request; the URL is absolute and percent-encoded, header names become lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __post_init__(self) -> None:
        self.headers = {name.lower(): value for name, value in self.headers.items()}
        parts = urlsplit(self.url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.path = parts.path
        self.query = parts.query

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def parameters(self) -> list[tuple[str, str]]:
        """Return the query's names and values, decoded."""
        return parse_qsl(self.query, keep_blank_values=True) if self.query else []

    @cached_property
    def form(self) -> list[tuple[str, str]]:
        """Return a form body's names and values, decoded; nothing when the body is not a form."""
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True) if self.media_type == FORM else []

    @cached_property
    def payload(self) -> Any:
        """Return a JSON body; Ellipsis when the body is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return ...


@dataclass
class Response:
    """Hold one HTTP response without the headers that belong to the transport."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


def dump_json(payload: Any) -> str:
    return _ENCODER.encode(payload)


def json_response(status: int, payload: Any) -> Response:
    return text_response(status, "application/json", dump_json(payload))


def text_response(status: int, media_type: str, text: str) -> Response:
    # A lone surrogate is not text, but JSON can contain it, escaped like this.
    return Response(status, {"Content-Type": f"{media_type}; charset=utf-8"}, text.encode(errors="backslashreplace"))
