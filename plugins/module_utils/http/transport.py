# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Send one request and return its response, whatever happens on the way."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moved
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import (
    ApiError,
    AuthError,
    ConfigError,
    ConflictError,
    NotFoundError,
    TransportError,
)
from ansible_collections.abbyy.vantage.plugins.module_utils.http.address import checked_base_url
from ansible_collections.abbyy.vantage.plugins.module_utils.http.failure import Failure, failure_from_error
from ansible_collections.abbyy.vantage.plugins.module_utils.http.problem import problem_from_body, reason
from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import Redactor
from ansible_collections.abbyy.vantage.plugins.module_utils.http.session import (
    HAS_REQUESTS,
    MOST_CONNECTIONS,
    HttpSession,
    Message,
    NotDeliveredError,
    Response,
)
from ansible_collections.abbyy.vantage.plugins.module_utils.http.throttle import Throttle

# The vendor's guidance for its sister service: a first wait of 5 seconds, growing to one minute.
FIRST_WAIT = 5.0
# A server that says "at once", or whose date has passed, is still busy.
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 60.0
MOST_WAITING = 300.0
CONNECTION_TRIES = 3
# For a read that the server fails: a permanent fault must not hold up a run with thousands of other requests.
READ_TRIES = 5
CONNECT_TIMEOUT = 10
BUSY = (429, 502, 503, 504)
NOT_IMPLEMENTED = 501
# Besides all from 500 on: statuses after which the request may have been carried out.
IN_DOUBT = (302, 303, 408, 499)
# Statuses that a proxy returns in place of the server, with its own clock.
OF_PROXIES = (407, 502, 503, 504)
# No response of a tenant is nested this deeply, and Python's own limit would be hit elsewhere.
DEEPEST = 64
# The Date header has whole seconds and travels: a smaller difference says nothing about the clocks.
CLOCK_TOLERANCE = timedelta(seconds=3)

# Failures before anything was sent that a retry does not fix.
LASTING = ("tls", "address", "request")

Error = TypeVar("Error", ApiError, TransportError)
_ERROR_CLASSES: dict[int, type[ApiError]] = {401: AuthError, 403: AuthError, 404: NotFoundError, 409: ConflictError}


def utc_now() -> datetime:
    """Return the time by this machine's clock."""
    return datetime.now(timezone.utc)


class Answer(NamedTuple):
    """A 2xx response.

    :param status: HTTP status.
    :param body: decoded JSON, or None when the response was empty.
    """

    status: int
    body: Any


class Http:
    """Send requests to one server, with kept-alive connections, time-outs, back-off and readable errors.

    Safe to share between threads.

    :param base_url: scheme and host, with or without a path prefix.
    :param ca_path: PEM file or directory of CAs to trust instead of the usual ones.
    :param timeout: seconds to wait for a response.
    :param clock_tolerance: how far the server's clock may differ from this machine's before expired secrets are no longer deleted.
    :param throttle: shared limit of the requests in flight.
    :param new_session: creates a session of requests; tests mount the emulator on it.
    """

    def __init__(
        self,
        base_url: str,
        *,
        validate_certs: bool = True,
        ca_path: str | None = None,
        timeout: float = 30,
        throttle: Throttle | None = None,
        new_session: Callable[[], Any] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        clock_tolerance: timedelta = timedelta(days=1),
        utc_now: Callable[[], datetime] = utc_now,
    ) -> None:
        if not HAS_REQUESTS:
            raise ConfigError(
                "The Python library requests is missing for the interpreter that runs this module: install it there with "
                "'pip install requests', or set ansible_python_interpreter to one that has it, as in '{{ ansible_playbook_python }}'.",
                code="missing_library",
            )
        self._base = checked_base_url(base_url)
        verify = _checked_ca(ca_path) if validate_certs and ca_path else validate_certs
        self.timeout = timeout
        self.throttle = throttle or Throttle(MOST_CONNECTIONS, sleep=sleep, monotonic=monotonic)
        self._sleep = sleep
        self._monotonic = monotonic
        self._utc_now = utc_now
        self.clock_tolerance = clock_tolerance
        self._session = HttpSession(verify, (min(CONNECT_TIMEOUT, timeout), timeout), new_session)
        self._redactor = Redactor()
        self._date_seen = ""
        self._clock_offset = timedelta(0)

    def redact(self, *secrets: object) -> None:
        """Remember values that no message may show, even if a server repeats them."""
        self._redactor.add(*secrets)

    def now(self) -> datetime:
        """Return the server's time, since the server decides when secrets and tokens expire."""
        return moved(self._utc_now(), self._clock_offset)

    def clock_offset(self) -> timedelta | None:
        """Return how far the tenant's clock is ahead, zero when the difference is too small to matter; None when none of its responses had a time."""
        return self._clock_offset if self._date_seen else None

    def url(self, path: str) -> str:
        """Return the whole URL of an absolute path."""
        return self._base + path

    def wait(self, seconds: float) -> None:
        """Wait; all waiting goes through here."""
        self._sleep(seconds)

    def request(
        self,
        method: str,
        path: str,
        *,
        doing: str,
        headers: dict[str, str] | None = None,
        json_body: Any = None,
        form: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        repeatable: bool | None = None,
        most_bytes: int | None = None,
    ) -> Answer:
        """Return a 2xx response, or raise TransportError or ApiError.

        Both carry whether the request is in doubt: it is, unless it is known to be unsent or refused.

        :param path: absolute path or, for an endpoint found by discovery, a whole URL.
        :param doing: the end of the sentence "Could not …".
        :param repeatable: whether sending it twice is the same as sending it once; by default all but POST.
        :param most_bytes: the longest response that is read; a longer one is an error. None for any length.
        """
        again = method != "POST" if repeatable is None else repeatable
        message = self._message(method, path, headers, json_body, form, query)._replace(most_bytes=most_bytes)
        try:
            response = self._deliver(message, again=again, reads=method == "GET" or (method == "POST" and again))
        except NotDeliveredError as exc:
            failure = self._failure(exc, message.origin)
            told = f"Could not {doing}: {failure.text}."
            raise self._error(TransportError, told, status=None, code=failure.code, method=method, path=path, in_doubt=failure.in_doubt) from exc
        return self._answer(response, method, path, doing)

    def _deliver(self, message: Message, *, again: bool, reads: bool) -> Response:
        """Return the last response, after as many attempts as make sense.

        :param again: whether it may be sent twice.
        :param reads: whether it changes nothing, so that it may be sent again after any failure of the server.
        """
        deadline = self._monotonic() + MOST_WAITING
        wait = FIRST_WAIT
        tries = 1
        while True:
            try:
                with self.throttle.request():
                    response = self._session.send(message)
            except NotDeliveredError as exc:
                failure = self._failure(exc, message.origin)
                if failure.code in LASTING or tries >= CONNECTION_TRIES or not (again or not failure.in_doubt):
                    raise
                self._sleep(2.0 ** (tries - 1))
                tries += 1
                continue
            status = response.status_code
            if status in BUSY and (again or status == 429):
                pause = _retry_after(response.headers.get("Retry-After"), _date(response) or self.now())
                if pause is None:
                    pause = wait * random.uniform(0.8, 1.2)
                    wait = min(wait * 2, LONGEST_WAIT)
                if self._monotonic() + pause <= deadline:
                    self.throttle.slow_down(pause)
                    self._sleep(pause)
                    continue
                return response
            self.throttle.succeed()
            if not reads or status < 500 or status in (*BUSY, NOT_IMPLEMENTED) or tries >= READ_TRIES:
                return response
            self._sleep(2.0 ** (tries - 1))
            tries += 1

    def _message(self, method: str, path: str, headers: dict[str, str] | None, json_body: Any, form: Any, query: Any) -> Message:
        origin, rest = (path, "") if path.startswith("http") else (self._base, path)
        return Message(method, origin, rest, headers or {}, json_body, form, query)

    def _answer(self, response: Response, method: str, path: str, doing: str) -> Answer:
        status = response.status_code
        asked = f"Could not {doing}: {method} {_without_host(path)}"
        if response.is_cut:
            told = f"{asked} answered {status} with a response that is too long."
            raise self._error(ApiError, told, status=status, code="too_large", method=method, path=path, in_doubt=True)
        body, is_json = _decoded(response)
        if self._is_own(path) and status not in OF_PROXIES and (is_json or not response.content.strip()):
            self._note_date(response)
        if 200 <= status < 300:
            if not is_json and response.content.strip():
                raise self._error(
                    ApiError,
                    f"{asked} answered {status} with something that is not JSON, as a proxy or a login page does; check base_url and the proxy settings.",
                    status=status,
                    code="not_json",
                    method=method,
                    path=path,
                    in_doubt=True,
                )
            return Answer(status, body)
        in_doubt = status >= 500 or (status in IN_DOUBT and method != "GET")
        if 300 <= status < 400:
            told = f"{asked} was redirected ({status}), which is not followed; check base_url and api_version."
            raise self._error(ApiError, told, status=status, code="redirect", method=method, path=path, in_doubt=in_doubt)
        problem = problem_from_body(status, body, self._redactor.clean)
        words = problem.text if problem.text == reason(status) else f"{reason(status)}: {problem.text}"
        kind = _ERROR_CLASSES.get(status, ApiError)
        error = self._error(kind, f"{asked} answered {status} {words}.", status=status, code=problem.code, method=method, path=path, in_doubt=in_doubt)
        error.fields = problem.fields
        raise error

    def _failure(self, error: NotDeliveredError, origin: str) -> Failure:
        return failure_from_error(error, origin, connect_timeout=min(CONNECT_TIMEOUT, self.timeout), timeout=self.timeout)

    def _error(self, kind: type[Error], message: str, *, status: int | None, code: str, method: str, path: str, in_doubt: bool) -> Error:
        """Return an error without any secret; every error is created here."""
        clean = self._redactor.clean
        return kind(clean(message), status=status, code=clean(code), method=method, path=clean(_without_host(path)), in_doubt=in_doubt)

    def _is_own(self, path: str) -> bool:
        return not path.startswith("http") or urlsplit(path)[:2] == urlsplit(self._base)[:2]

    def _note_date(self, response: Response) -> None:
        written = response.headers.get("Date", "")
        # A cached response has the date on which it was created.
        if written == self._date_seen or "Age" in response.headers:
            return
        server = _date(response)
        if server is None:
            return
        offset = server - self._utc_now()
        self._date_seen = written
        self._clock_offset = offset if abs(offset) > CLOCK_TOLERANCE else timedelta(0)


def _checked_ca(ca_path: str) -> str:
    if "\0" in ca_path:
        raise ConfigError(f"ca_path {ca_path!r} holds a character that no path has; give a readable PEM file or a directory of them.")
    try:
        if os.path.isdir(ca_path):
            os.listdir(ca_path)
        else:
            # As bytes: DER is not text, and a comment beside a certificate may be in any encoding.
            with open(ca_path, "rb") as stream:
                if b"-----BEGIN" not in stream.read():
                    raise ConfigError(f"ca_path {ca_path!r} holds no PEM certificate; give a file with BEGIN CERTIFICATE lines.")
    except OSError as exc:
        raise ConfigError(f"ca_path {ca_path!r} cannot be read ({exc.strerror}); give a readable PEM file or a directory of them.") from exc
    return ca_path


def _decoded(response: Response) -> tuple[Any, bool]:
    """Return the decoded body and whether it was JSON."""
    if not response.content.strip():
        return None, False
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return None, False
    return (None, False) if _is_too_deep(body) else (body, True)


def _is_too_deep(body: Any) -> bool:
    """Return whether the body is nested too deeply for recursive code."""
    level = [body]
    for _depth in range(DEEPEST):
        level = [child for parent in level for child in _members(parent) if isinstance(child, (dict, list))]
        if not level:
            return False
    return True


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _date(response: Response) -> datetime | None:
    """Return when a response was created, by the clock of its sender."""
    return _moment(response.headers.get("Date", ""))


def _moment(written: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written)
        return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _retry_after(value: str | None, now: datetime) -> float | None:
    if not value:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return max(SHORTEST_WAIT, float(value))
    moment = _moment(value)
    return None if moment is None else max(SHORTEST_WAIT, (moment - now).total_seconds())


def _without_host(path: str) -> str:
    return urlsplit(path).path if path.startswith("http") else path
