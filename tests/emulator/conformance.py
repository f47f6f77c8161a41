# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate requests and responses against openapi.yaml."""

from __future__ import annotations

from functools import cache, lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .messages import ContractBroken, Request, Response

DOCUMENT = Path(__file__).with_name("openapi.yaml")
# The document names the vendor's hosts; the real address of a request does not matter.
_HOST = "https://vantage-us.abbyy.com"


# Tests send the same requests over and over, and the library takes a millisecond for each.
_remember = lru_cache(maxsize=1000)


class Question(NamedTuple):
    """The parts of a request that the document covers; of a token, only its presence."""

    method: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    content_type: str
    authorization: str
    body: bytes | None


class Answer(NamedTuple):
    """The parts of a response that the document covers."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | None


class SpokenRequest:
    """Show a request to openapi-core."""

    def __init__(self, question: Question) -> None:
        self.host_url = _HOST
        self.path = question.path
        self.method = question.method.lower()
        self.body = question.body
        self.content_type = question.content_type
        headers = Headers({"authorization": question.authorization} if question.authorization else {})
        self.parameters = RequestParameters(query=ImmutableMultiDict(question.parameters), header=headers)


class SpokenResponse:
    """Show a response to openapi-core."""

    def __init__(self, answer: Answer) -> None:
        self.status_code = answer.status
        self.headers = Headers(answer.headers)
        self.content_type = self.headers.get("Content-Type", "").lower()
        self.data = answer.body


@cache
def load_document() -> OpenAPI:
    return OpenAPI.from_file_path(str(DOCUMENT))


def check_exchange(request: Request, response: Response | None) -> None:
    """Raise ContractBroken when the request, or its response if any, deviates from the document."""
    question = _question(request)
    try:
        _check_question(question)
    except OpenAPIError as exc:
        raise ContractBroken(_describe("request", request, exc)) from exc
    if response is None:
        return
    try:
        _check_answer(question, _answer(response))
    except OpenAPIError as exc:
        raise ContractBroken(_describe(f"answer {int(response.status)} to", request, exc)) from exc
    if response.status == HTTPStatus.NO_CONTENT and response.body:
        raise ContractBroken(f"answer 204 to {request.method} {request.path}: it has a body")


def _question(request: Request) -> Question:
    scheme, _blank, token = request.headers.get("authorization", "").partition(" ")
    return Question(
        request.method,
        request.path,
        tuple(request.parameters),
        request.headers.get("content-type", "").lower(),
        f"{scheme} token" if token else scheme,
        request.body or None,
    )


def _answer(response: Response) -> Answer:
    headers = tuple((name, value) for name, value in response.headers.items() if name != "Date")
    return Answer(int(response.status), headers, response.body or None)


@_remember
def _check_question(question: Question) -> None:
    load_document().validate_request(SpokenRequest(question))


@_remember
def _check_answer(question: Question, answer: Answer) -> None:
    load_document().validate_response(SpokenRequest(question), SpokenResponse(answer))


def _describe(what: str, request: Request, exc: OpenAPIError) -> str:
    causes: list[str] = []
    cause: BaseException | None = exc
    while cause is not None:
        causes.append(f"{type(cause).__name__} {cause}".strip())
        causes += [f"at {list(error.path)}: {error.message}" for error in getattr(cause, "schema_errors", ())]
        cause = cause.__cause__
    return f"{what} {request.method} {request.path}: {'; '.join(causes)}"
