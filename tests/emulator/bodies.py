# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a JSON object from a request, or refuse it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from .messages import Request
from .problems import Refused


def read_object(request: Request) -> dict[str, Any]:
    if request.media_type != "application/json":
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if not isinstance(request.payload, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, errors={"$": ["The body must be a JSON object."]})
    return request.payload
