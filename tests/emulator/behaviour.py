# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches for everything that no document says about a tenant's responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

_CHOICES = {
    "list_shape": ("array", "object"),
    "put_answer": ("body", "empty"),
    "post_status": (200, 201),
    "lifetime_format": ("int", "string", "timespan", "iso8601"),
    "secret_ids": ("guid", "int"),
    "offline_access_at": ("either", "authorize", "exchange"),
    "refresh_tokens": ("once", "reuse"),
    "description": ("none", "bare", "file"),
}
_COUNTS = {"page_limit": 1, "secret_limit": 0, "description_limit": 1}
_SECONDS = ("secret_spread", "latency")
_ANY_SECONDS = ("date_ahead",)
_NULLABLE = ("secret_limit", "description_limit", "issuer", "roles_member")
_LISTS = ("refused_scopes", "put_ignores", "forced_grants", "text_lists", "api_versions", "external_identity_provider")


def default_unknown_members() -> dict[str, Any]:
    return {"clientUri": None, "enabled": True}


@dataclass
class Behaviour:
    """Hold one value for each switch; the README explains them. `revision` grows with every change."""

    revision: ClassVar[int]

    list_shape: str = "object"
    list_total: bool = True
    list_summary: bool = False
    page_limit: int = 100
    ignore_paging: bool = False
    ignore_offset: bool = False
    ignore_case: bool = False
    put_answer: str = "body"
    put_ignores: list[str] = field(default_factory=list)
    post_status: int = 201
    post_ids: bool = True
    lifetime_format: str = "int"
    lifetime_numbers: bool = True
    forced_grants: list[str] = field(default_factory=list)
    text_lists: list[str] = field(default_factory=list)
    reorder_lists: bool = False
    null_lists: bool = False
    cors_bool: bool = False
    unknown_members: dict[str, Any] = field(default_factory=default_unknown_members)
    initial_secret: bool = False
    omit_secret_value: bool = False
    roles_member: str | None = None
    roles_needed: bool = True
    secret_spread: float = 0
    secret_limit: int | None = None
    secret_ids: str = "guid"
    trim_descriptions: bool = False
    description_limit: int | None = None
    api_versions: list[str] = field(default_factory=lambda: ["v2"])
    date_header: bool = True
    date_ahead: float = 0
    latency: float = 0
    discovery: bool = True
    issuer: str | None = None
    external_identity_provider: list[str] = field(default_factory=list)
    offline_access_at: str = "either"
    refresh_tokens: str = "once"
    refused_scopes: list[str] = field(default_factory=list)
    description: str = "none"

    def __setattr__(self, name: str, value: Any) -> None:
        # Clients rendered under other switches are stale.
        object.__setattr__(self, "revision", getattr(self, "revision", 0) + 1)
        object.__setattr__(self, name, value)

    def patch(self, changes: Mapping[str, Any]) -> None:
        """Change the named switches, all or none. Raise ValueError for an unknown switch or an impossible value."""
        for name, value in changes.items():
            _check(name, value)
        for name, value in changes.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)}


_DEFAULTS = Behaviour().as_dict()


def _check(name: str, value: Any) -> None:
    if name not in _DEFAULTS:
        raise ValueError(f"unknown switch {name!r}; known are {', '.join(sorted(_DEFAULTS))}")
    if value is None and name in _NULLABLE:
        return
    if name in _CHOICES:
        fits = value in _CHOICES[name]
    elif name in _COUNTS:
        fits = isinstance(value, int) and not isinstance(value, bool) and value >= _COUNTS[name]
    elif name in _SECONDS:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
    elif name in _ANY_SECONDS:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
    elif name in _LISTS:
        fits = isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    elif name in ("issuer", "roles_member"):
        fits = isinstance(value, str)
    else:
        fits = isinstance(value, type(_DEFAULTS[name]))
    if not fits:
        raise ValueError(f"switch {name!r} can't be {value!r}")
