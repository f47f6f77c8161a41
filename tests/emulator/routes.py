# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse a path: the part of the tenant, and the relevant segments."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

_AUTH = "auth2"
_DESCRIPTION = ["api", "swagger", "adminapi2"]
_SKILLS = ["api", "publicapi", "v1", "skills"]
_OAUTH_AREAS = {
    ("connect", "token"): "token",
    ("connect", "authorize"): "authorize",
    (".well-known", "openid-configuration"): "discovery",
    (".well-known", "openid-configuration", "jwks"): "discovery",
}


@dataclass(frozen=True)
class Route:
    """Hold what a path says: `tenant` as it was written, `rest` decoded; area `unknown` when nothing is there."""

    area: str
    tenant: str | None = None
    version: str | None = None
    rest: tuple[str, ...] = ()

    def journal_kind(self, method: str) -> str:
        """Name the request for the journal; everything but a read counts as a write."""
        if self.area in ("token", "authorize", "discovery"):
            return self.area
        return "read" if method in ("GET", "HEAD", "OPTIONS") else "write"


def read_route(path: str) -> Route:
    segments = path.split("/")[1:]
    if segments[:2] == ["api", "adminapi2"] and len(segments) > 6 and segments[3] == "tenants" and segments[5] == "clients":
        return Route("admin", unquote(segments[4]), segments[2], tuple(unquote(segment) for segment in segments[6:]))
    if segments[:3] == _DESCRIPTION and (len(segments) == 4 or segments[4:] == ["swagger.json"]):
        return Route("description", version=segments[3], rest=tuple(segments[4:]))
    if segments == _SKILLS:
        return Route("skills")
    if segments[0] == _AUTH:
        return _read_oauth_route(segments[1:])
    return Route("unknown")


def _read_oauth_route(segments: list[str]) -> Route:
    area = _OAUTH_AREAS.get(tuple(segments))
    if area and area != "discovery":
        return Route(area, rest=tuple(segments))
    area = _OAUTH_AREAS.get(tuple(segments[1:]))
    if area:
        return Route(area, unquote(segments[0]), rest=tuple(segments[1:]))
    return Route("unknown")
