# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse a request the way ASP.NET does: ProblemDetails, with the errors by field for a validation."""

from __future__ import annotations

from http import HTTPStatus

from .messages import Response, json_response


class Refused(Exception):  # noqa: N818 - it is an answer, not a defect of the emulator
    """End the handling of a request with an error answer."""

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        errors: dict[str, list[str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {detail or errors or ''}".strip())
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}

    def to_response(self, path: str) -> Response:
        title = "One or more validation errors occurred." if self.errors else HTTPStatus(self.status).phrase
        problem: dict[str, object] = {"type": f"https://httpstatuses.io/{self.status}", "title": title, "status": self.status}
        if self.detail:
            problem["detail"] = self.detail
        problem["instance"] = path
        if self.errors:
            problem["errors"] = self.errors
        response = json_response(self.status, problem)
        response.headers.update(self.headers)
        return response


def refuse_fields(errors: dict[str, list[str]]) -> None:
    """Raise one 400 that names every field at fault; return when there is none."""
    if errors:
        raise Refused(HTTPStatus.BAD_REQUEST, errors=errors)
