# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the API's own description, if the tenant has one."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml

from .messages import Request, Response, json_response, text_response
from .problems import Refused
from .routes import Route
from .world import World

_PAGE = "<!DOCTYPE html><title>Swagger UI</title>"


def handle_description(world: World, route: Route, request: Request, now: float) -> Response:
    """Return the description, or the page that shows it to people; no login is needed."""
    served = world.behaviour.description
    if served == "none" or route.version not in world.behaviour.api_versions or (served == "bare" and route.rest):
        raise Refused(HTTPStatus.NOT_FOUND, "There is no such route.")
    if request.method != "GET":
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET"})
    if served == "file" and not route.rest:
        return text_response(HTTPStatus.OK, "text/html", _PAGE)
    return json_response(HTTPStatus.OK, description())


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Return the administration API's part of openapi.yaml."""
    whole = yaml.safe_load(Path(__file__).with_name("openapi.yaml").read_text(encoding="utf-8"))
    paths = {path: item for path, item in whole["paths"].items() if "/adminapi2/{apiVersion}/tenants/" in path}
    return {**whole, "paths": paths}
