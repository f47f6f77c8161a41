# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Carry one request to the server and its answer back, whatever happens on the way."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

# That it is missing is said by Http, with the way out.
with suppress(ImportError):
    import requests

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import (
    ApiError,
    AuthError,
    ConfigError,
    ConflictError,
    NotFoundError,
    TransportError,
)
from ansible_collections.abbyy.vantage.plugins.module_utils.http.problem import problem_from_body, reason
from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import Redactor
from ansible_collections.abbyy.vantage.plugins.module_utils.http.session import HAS_REQUESTS, MOST_CONNECTIONS, HttpSession, Message, Response
from ansible_collections.abbyy.vantage.plugins.module_utils.http.throttle import Throttle

# The vendor's guidance for its sister service: a first wait of 5 seconds, growing to one minute.
FIRST_WAIT = 5.0
# A server that says "at once", or whose date has passed, is busy all the same.
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 60.0
MOST_WAITING = 300.0
CONNECTION_TRIES = 3
CONNECT_TIMEOUT = 10
BUSY = (429, 502, 503, 504)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# The Date header has whole seconds and travels: a smaller difference is no difference of the clocks.
CLOCK_TOLERANCE = timedelta(seconds=3)

_ERROR_CLASSES = {401: AuthError, 403: AuthError, 404: NotFoundError, 409: ConflictError}


def utc_now() -> datetime:
    """Return the time by this machine's clock."""
    return datetime.now(timezone.utc)


class Answer(NamedTuple):
    """A 2xx answer.

    :param status: HTTP status.
    :param body: decoded JSON, or None when the answer was empty.
    """

    status: int
    body: Any


class Http:
    """Send requests to one server, with kept-alive connections, time-outs, back-off and readable errors.

    Safe to share between threads.

    :param base_url: scheme and host, with or without a path prefix.
    :param ca_path: PEM file or directory of CAs to trust in place of the usual ones.
    :param timeout: seconds to wait for an answer.
    :param clock_tolerance: how far the server's clock may differ from this machine's before nothing is deleted because it has expired.
    :param throttle: shared bound of the requests under way.
    :param new_session: makes a session of requests; tests mount the emulator on it.
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
        self._base = _checked_base(base_url)
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

    def redact(self, *secrets: str | None) -> None:
        """Remember values that no message may ever show, even if a server repeats them."""
        self._redactor.add(*secrets)

    def now(self) -> datetime:
        """Return the server's time, since it is the server that lets secrets and tokens expire."""
        return self._utc_now() + self._clock_offset

    def clock_offset(self) -> timedelta | None:
        """Return how far the server's clock is ahead, zero when the difference is too small to tell; None when no answer named a time."""
        return self._clock_offset if self._date_seen else None

    def url(self, path: str) -> str:
        """Return the whole URL of an absolute path."""
        return self._base + path

    def wait(self, seconds: float) -> None:
        """Wait; here so that everything waits through one seam."""
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
    ) -> Answer:
        """Return a 2xx answer, or raise TransportError or ApiError.

        :param path: absolute path or, for an endpoint found by discovery, a whole URL.
        :param doing: the end of the sentence "Could not …".
        :param repeatable: whether sending it twice is the same as sending it once; by default all but POST.
        """
        again = method != "POST" if repeatable is None else repeatable
        deadline = self._monotonic() + MOST_WAITING
        wait = FIRST_WAIT
        tries = 0
        while True:
            tries += 1
            try:
                with self.throttle.request():
                    response = self._send(method, path, headers, json_body, form, query)
            except requests.exceptions.RequestException as exc:
                error = self._transport_error(exc, method, path, doing)
                if error.code == "tls" or tries >= CONNECTION_TRIES or not (again or not error.in_doubt):
                    raise error from exc
                self._sleep(2.0 ** (tries - 1))
                continue
            self._note_date(response.headers.get("Date", ""))
            if response.status_code in BUSY and (again or response.status_code == 429):
                pause = _retry_after(response.headers.get("Retry-After"), self.now())
                if pause is None:
                    pause = wait * random.uniform(0.8, 1.2)
                    wait = min(wait * 2, LONGEST_WAIT)
                if self._monotonic() + pause <= deadline:
                    self.throttle.slow_down(pause)
                    self._sleep(pause)
                    continue
            else:
                self.throttle.succeed()
            return self._answer(response, method, path, doing)

    def _send(self, method: str, path: str, headers: dict[str, str] | None, json_body: Any, form: Any, query: Any) -> Response:
        origin, rest = (path, "") if path.startswith("http") else (self._base, path)
        return self._session.send(Message(method, origin, rest, headers or {}, json_body, form, query))

    def _answer(self, response: Response, method: str, path: str, doing: str) -> Answer:
        status = response.status_code
        body, is_json = _decoded(response)
        if 200 <= status < 300:
            if body is None and not is_json and response.content.strip():
                raise ApiError(
                    f"Could not {doing}: {method} {_shown(path)} answered {status} with something that is not JSON, "
                    "as a proxy or a login page does; check base_url and the proxy settings.",
                    status=status,
                    code="not_json",
                    method=method,
                    path=_shown(path),
                    in_doubt=True,
                )
            return Answer(status, body)
        if 300 <= status < 400:
            raise ApiError(
                f"Could not {doing}: {method} {_shown(path)} was redirected ({status}), which is not followed; check base_url and api_version.",
                status=status,
                code="redirect",
                method=method,
                path=_shown(path),
            )
        problem = problem_from_body(status, body)
        said = problem.text if problem.text == reason(status) else f"{reason(status)}: {problem.text}"
        raise _ERROR_CLASSES.get(status, ApiError)(
            self._redactor.clean(f"Could not {doing}: {method} {_shown(path)} answered {status} {said}."),
            status=status,
            code=problem.code,
            method=method,
            path=_shown(path),
            in_doubt=status >= 500,
        )

    def _transport_error(self, exc: Exception, method: str, path: str, doing: str) -> TransportError:
        host = urlsplit(path if path.startswith("http") else self._base).netloc
        if isinstance(exc, requests.exceptions.SSLError):
            code = "tls"
            said = (
                f"the certificate of {host} could not be verified ({_innermost(exc)}); set ca_path to the CA that signed it, or fix the host name in base_url"
            )
        elif isinstance(exc, requests.exceptions.ProxyError):
            code, said = "proxy", f"the proxy for {host} refused or could not be reached; check the proxy variables of the environment"
        elif isinstance(exc, requests.exceptions.ConnectTimeout):
            code, said = "timeout", f"no connection to {host} within {min(CONNECT_TIMEOUT, self.timeout):g} s; check base_url and the network"
        elif isinstance(exc, requests.exceptions.Timeout):
            code, said = "timeout", f"{host} did not answer within {self.timeout:g} s; see the option timeout"
        elif isinstance(exc, requests.exceptions.ConnectionError):
            code, said = "connection", f"the connection to {host} failed ({_innermost(exc)}); check base_url and the network"
        else:
            code, said = "request", f"the request to {host} could not be carried out ({type(exc).__name__}); check base_url"
        never_sent = (
            code in ("tls", "proxy")
            or isinstance(exc, requests.exceptions.ConnectTimeout)
            or any(type(cause).__name__ in ("NewConnectionError", "NameResolutionError") for cause in _causes(exc))
        )
        return TransportError(
            self._redactor.clean(f"Could not {doing}: {said}."),
            code=code,
            method=method,
            path=_shown(path),
            in_doubt=not never_sent,
        )

    def _note_date(self, date: str) -> None:
        if not date or date == self._date_seen:
            return
        self._date_seen = date
        try:
            server = parsedate_to_datetime(date)
        except (TypeError, ValueError):
            return
        if server.tzinfo is None:
            server = server.replace(tzinfo=timezone.utc)
        offset = server - self._utc_now()
        self._clock_offset = offset if abs(offset) > CLOCK_TOLERANCE else timedelta(0)


def _checked_base(base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        # Reading the port is what finds out that it is no number.
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("https", "http") or not host or parts.query or parts.fragment or parts.username is not None:
        raise ConfigError(f"base_url {_without_password(base_url)!r} is not an address such as https://vantage-eu.abbyy.com; write scheme and host.")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ConfigError(f"base_url {base_url!r} is plain http: secrets and tokens would cross the network in clear; use https.")
    return base_url.rstrip("/")


def _without_password(url: str) -> str:
    return url.rsplit("@", 1)[-1]


def _checked_ca(ca_path: str) -> str:
    try:
        if os.path.isdir(ca_path):
            os.listdir(ca_path)
        else:
            # As bytes: DER is no text, and a comment beside a certificate may be in any encoding.
            with open(ca_path, "rb") as stream:
                if b"-----BEGIN" not in stream.read():
                    raise ConfigError(f"ca_path {ca_path!r} holds no PEM certificate; give a file with BEGIN CERTIFICATE lines.")
    except OSError as exc:
        raise ConfigError(f"ca_path {ca_path!r} cannot be read ({exc.strerror}); give a readable PEM file or a directory of them.") from exc
    return ca_path


def _decoded(response: Response) -> tuple[Any, bool]:
    if not response.content.strip():
        return None, False
    try:
        return json.loads(response.content), True
    except ValueError:
        return None, False


def _retry_after(value: str | None, now: datetime) -> float | None:
    if not value:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return max(SHORTEST_WAIT, float(value))
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(SHORTEST_WAIT, (moment - now).total_seconds())


def _shown(path: str) -> str:
    return urlsplit(path).path if path.startswith("http") else path


def _causes(exc: BaseException) -> list[BaseException]:
    """Return the error and what it wraps, outermost first; requests and urllib3 wrap in three ways."""
    chain = [exc]
    while len(chain) < 10:
        last: Any = chain[-1]
        inner = getattr(last, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((arg for arg in last.args if isinstance(arg, BaseException)), last.__cause__)
        if inner is None:
            break
        chain.append(inner)
    return chain


def _innermost(exc: BaseException) -> str:
    last = _causes(exc)[-1]
    said = getattr(last, "verify_message", None) or (last.strerror if isinstance(last, OSError) else None)
    return str(said or type(last).__name__)
