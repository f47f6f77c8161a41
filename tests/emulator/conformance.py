# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold requests and answers to openapi.yaml."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .messages import ContractBroken, Request, Response

DOCUMENT = Path(__file__).with_name("openapi.yaml")
# The document names the vendor's hosts; where a request really went is none of its business.
_HOST = "https://vantage-us.abbyy.com"


class SpokenRequest:
    """Show a request to openapi-core."""

    def __init__(self, request: Request) -> None:
        self.host_url = _HOST
        self.path = request.path
        self.method = request.method.lower()
        self.body = request.body or None
        self.content_type = request.headers.get("content-type", "").lower()
        self.parameters = RequestParameters(query=ImmutableMultiDict(request.parameters), header=Headers(dict(request.headers)))


class SpokenResponse:
    """Show an answer to openapi-core."""

    def __init__(self, response: Response) -> None:
        self.status_code = int(response.status)
        self.headers = Headers(response.headers)
        self.content_type = response.headers.get("Content-Type", "").lower()
        self.data = response.body or None


@cache
def load_document() -> OpenAPI:
    return OpenAPI.from_file_path(str(DOCUMENT))


def check_exchange(request: Request, response: Response | None) -> None:
    """Raise ContractBroken where the request, or the answer to it when there was one, is not what the document says."""
    spoken = SpokenRequest(request)
    try:
        load_document().validate_request(spoken)
    except OpenAPIError as exc:
        raise ContractBroken(_describe("request", request, exc)) from exc
    if response is None:
        return
    try:
        load_document().validate_response(spoken, SpokenResponse(response))
    except OpenAPIError as exc:
        raise ContractBroken(_describe(f"answer {int(response.status)} to", request, exc)) from exc
    if response.status == HTTPStatus.NO_CONTENT and response.body:
        raise ContractBroken(f"answer 204 to {request.method} {request.path}: it has a body")


def _describe(what: str, request: Request, exc: OpenAPIError) -> str:
    causes: list[str] = []
    cause: BaseException | None = exc
    while cause is not None:
        causes.append(f"{type(cause).__name__} {cause}".strip())
        causes += [f"at {list(error.path)}: {error.message}" for error in getattr(cause, "schema_errors", ())]
        cause = cause.__cause__
    return f"{what} {request.method} {request.path}: {'; '.join(causes)}"
