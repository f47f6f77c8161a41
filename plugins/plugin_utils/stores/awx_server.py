# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""A client for the REST API of AWX or Automation Controller: one session for all threads, paging, and readable errors."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple
from urllib.parse import urlencode

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import Redactor
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.libraries import clean_message, library
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import LateError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import StoreError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.transport import (
    ALL_ERRORS,
    CONNECT_TIMEOUT,
    ERRORS,
    checked_url,
    new_session,
    transport_error,
)

KIND = "awx"
OPTION_NAMES = {"url": "controller_host", "timeout": "request_timeout", "ca_cert": "ca_cert"}
# AWX's largest page.
PAGE = 200
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TIMED_OUT = 401, 403, 404, 504
REFUSED, FAILED = 400, 500


class Answer(NamedTuple):
    """A response of AWX, successful or not.

    :param body: decoded JSON; None for an empty response.
    """

    status: int
    body: Any

    @property
    def is_done(self) -> bool:
        """Whether it succeeded."""
        return self.status < 300


class AwxServer:
    """One AWX or Automation Controller, as one login sees it. Safe to share between threads.

    :param concurrency: maximum number of parallel requests.
    """

    def __init__(self, options: Options, concurrency: int) -> None:
        self.url = checked_url(options.text("controller_host"), KIND, "controller_host", "https://awx.example.com")
        self._options = options
        self._concurrency = concurrency
        self._redactor = Redactor()
        self._redactor.add(options.text("controller_oauthtoken").strip(), options.text("controller_password"))
        self._lock = threading.Lock()
        self._session: Any = None
        self._base = ""

    def check(self) -> None:
        """Raise ConfigError for a login that is not set; sends nothing."""
        library(KIND, "requests", "requests")
        if self._options.text("controller_oauthtoken"):
            return
        if not self._options.text("controller_username") or not self._options.text("controller_password"):
            raise ConfigError(
                "The store awx has no login; set its option controller_oauthtoken or CONTROLLER_OAUTH_TOKEN, or controller_username and controller_password."
            )

    def connect(self) -> None:
        """Find the API, once: AWX has it below /api/v2/, the Automation Platform below /api/controller/v2/."""
        with self._lock:
            if self._base:
                return
            self._session = self._new_session()
            root = self._get("/api/")
            apis = root.get("apis")
            controller = apis.get("controller") if isinstance(apis, dict) else None
            if isinstance(controller, str) and controller.startswith("/"):
                root = self._get(controller)
            base = root.get("current_version")
            if not isinstance(base, str) or not base.startswith("/"):
                raise StoreError(f"Could not find the API at {self.url}/api/: the response is not from AWX or Automation Controller; check controller_host.")
            self._base = base.rstrip("/")

    def ask(self, method: str, path: str, body: Any = None, *, doing: str, hidden: str = "") -> Answer:
        """Return the response of AWX, even if it refuses.

        :param path: below the API's version, such as ``credentials/7/``.
        :param doing: the action in a sentence, such as "write the credential x".
        :param hidden: a value that no message may show.
        :raises StoreError: when it did not respond, is not ready, or refused the login.
        """
        self.connect()
        return self._send(method, f"{self._base}/{path}", body, f"Could not {doing} at {self.url}", hidden)

    def refusal(self, answer: Answer, doing: str, way_out: str = "", hidden: str = "") -> StoreError:
        """Return a refusal of AWX as an error with its reason.

        :param way_out: what to do about a missing permission.
        """
        reason = words_of(answer.body) or f"status {answer.status}"
        more = f"; {way_out}" if answer.status == FORBIDDEN and way_out else ""
        return StoreError(self._clean(f"Could not {doing} at {self.url}: AWX says: {reason}{more}.", hidden))

    def list_all(self, path: str, filters: dict[str, Any], doing: str) -> list[dict[str, Any]]:
        """Return all objects that match, page by page.

        :raises StoreError: also when the list ends before its own total.
        """
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            query = urlencode({**filters, "order_by": "id", "page_size": PAGE, "page": page})
            answer = self.ask("GET", f"{path}?{query}", doing=doing)
            if not answer.is_done:
                raise self.refusal(answer, doing)
            results, total, is_last = page_of(answer.body)
            if results is None:
                raise StoreError(f"Could not {doing} at {self.url}: the response is not from AWX; check controller_host.")
            found += results
            if is_last:
                break
            page += 1
        if len(found) < total:
            raise StoreError(f"Could not {doing} at {self.url}: it showed {len(found)} of {total}; run again when nothing else changes them.")
        return found

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._send("GET", path, None, f"Could not find the API at {self.url}{path}", "")
        return answer.body if answer.is_done and isinstance(answer.body, dict) else {}

    def _send(self, method: str, path: str, body: Any, told: str, hidden: str) -> Answer:
        timeout = self._options.number("request_timeout")
        try:
            response = self._session.request(
                method,
                self.url + path,
                json=body,
                timeout=(min(CONNECT_TIMEOUT, timeout), timeout),
                allow_redirects=False,
                headers={"Accept": "application/json"},
            )
            status = int(response.status_code)
            decoded = response.json() if response.content.strip() and status < FAILED else None
        except (AttributeError, RecursionError, TypeError, ValueError) as exc:
            if isinstance(exc, ERRORS) and not is_no_json(exc):
                raise transport_error(exc, told, timeout, OPTION_NAMES, lambda text: self._clean(text, hidden)) from None
            raise StoreError(f"{told}: the response is not JSON, as from a proxy or a login page; check controller_host.", in_doubt=True) from None
        except ALL_ERRORS as exc:
            raise transport_error(exc, told, timeout, OPTION_NAMES, lambda text: self._clean(text, hidden)) from None
        return self._judged(status, decoded, told)

    def _judged(self, status: int, body: Any, told: str) -> Answer:
        if status == UNAUTHORIZED:
            reason = self._clean(words_of(body), "") or "the login was refused"
            raise StoreError(f"{told}: AWX says: {reason}; check controller_oauthtoken, or controller_username and controller_password.")
        if 300 <= status < REFUSED:
            raise StoreError(f"{told}: it was redirected ({status}), which is not followed; check controller_host.", in_doubt=True)
        if status >= FAILED or status == 429:
            kind = LateError if status == TIMED_OUT else StoreError
            raise kind(f"{told}: AWX answered {status}; wait until it is ready, and run again.", in_doubt=status >= FAILED)
        return Answer(status, body)

    def _new_session(self) -> Any:
        options = self._options
        verify = (options.text("ca_cert") or True) if options.flag("validate_certs") else False
        session = new_session(self.url, verify=verify, retries=options.number("retries"), concurrency=self._concurrency)
        if options.text("controller_oauthtoken"):
            session.headers["Authorization"] = f"Bearer {options.text('controller_oauthtoken').strip()}"
        else:
            session.auth = (options.text("controller_username").encode(), options.text("controller_password").encode())
        return session

    def _clean(self, text: str, hidden: str) -> str:
        # AWX quotes values in Python's notation.
        return clean_message(clean_message(text, self._redactor, hidden), self._redactor, repr(hidden)[1:-1])


def page_of(body: Any) -> tuple[list[dict[str, Any]] | None, int, bool]:
    """Return the objects of a page, the total, and whether it is the last page; None for anything but a page."""
    try:
        results, total, following = body["results"], int(body["count"]), body["next"]
    except (KeyError, TypeError, ValueError):
        return None, 0, True
    is_page = isinstance(results, list) and all(isinstance(one, dict) and isinstance(one.get("id"), int) for one in results)
    # An empty page could be followed by others forever.
    return (results, total, not following or not results) if is_page else (None, 0, True)


def is_no_json(exc: Exception) -> bool:
    """Return whether requests failed to decode the response."""
    return "JSONDecodeError" in {kind.__name__ for kind in type(exc).__mro__}


def words_of(body: Any) -> str:
    """Return AWX's reasons on one line: texts, lists of texts, and both by field."""
    if isinstance(body, dict):
        texts = [words_of(value) if key in ("detail", "error", "__all__") else f"{key}: {words_of(value)}" for key, value in body.items()]
        return "; ".join(texts)
    if isinstance(body, list):
        return " ".join(words_of(one) for one in body)
    return " ".join(str(body or "").split()).rstrip(".")
