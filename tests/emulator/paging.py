# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answer a list: the requested window, in the form of the switches."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import TypeVar

from .behaviour import Behaviour
from .messages import Request, Response, text_response
from .problems import refuse_fields

T = TypeVar("T")


def list_response(request: Request, behaviour: Behaviour, items: Iterable[T], total: int, render: Callable[[T], str]) -> Response:
    """Answer a page of `items`, each rendered to JSON text; raise Refused for a query that makes no sense."""
    offset, limit = _read_window(request, behaviour.page_limit)
    if behaviour.ignore_offset:
        offset, limit = 0, behaviour.page_limit
    window = items if behaviour.ignore_paging else itertools.islice(items, offset, offset + limit)
    page = f"[{','.join(render(item) for item in window)}]"
    if behaviour.list_shape == "object":
        count = f',"totalItemCount":{total}' if behaviour.list_total else ""
        page = f'{{"items":{page}{count}}}'
    return text_response(200, "application/json", page)


def _read_window(request: Request, cap: int) -> tuple[int, int]:
    window = {"offset": 0, "limit": cap}
    errors = {}
    for name, value in request.parameters:
        if name not in window:
            errors[name] = ["The parameter is unknown."]
        elif not (value.isdecimal() and value.isascii()) or (name == "limit" and int(value) < 1):
            errors[name] = [f"The value '{value}' is not valid."]
        else:
            window[name] = int(value)
    refuse_fields(errors)
    return window["offset"], min(window["limit"], cap)
