# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""A connection to HashiCorp Vault or OpenBao: one login and its connections for all threads, and readable errors."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import Redactor
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores import libraries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import StaleError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import StoreError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.transport import (
    CONNECT_TIMEOUT,
    checked_url,
    new_session,
    transport_error,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.vault_logins import Login

# Needed by hvac, which reports that it is missing.
with suppress(ImportError):
    import requests

Result = TypeVar("Result")
# When many requests are denied, a new login is not tried for each one.
RENEWAL_SECONDS = 10.0
SECRET_OPTIONS = ("token", "secret_id", "password", "jwt")
OPTION_NAMES = {"url": "url", "timeout": "timeout", "ca_cert": "ca_cert"}
STALE = "check-and-set parameter did not match"


class VaultServer:
    """One server, as one login sees it. Safe to share between threads.

    :param concurrency: maximum number of parallel requests.
    """

    def __init__(self, options: Options, login: Login, concurrency: int) -> None:
        self.url = checked_url(options.text("url"), "hashi_vault", "url", "https://vault.example.com:8200")
        self._options = options
        self._login = login
        self._concurrency = concurrency
        self._redactor = Redactor()
        self._redactor.add(*(options.text(name).strip() for name in SECRET_OPTIONS))
        self._lock = threading.Lock()
        self._client: Any = None
        self._renewed_at = float("-inf")
        # The end of a sentence about a request that was denied.
        self._way_out = ""

    def check(self) -> None:
        """Raise ConfigError for a missing library and missing options of the login; sends nothing."""
        library()
        self._login.validate()

    def connect(self) -> None:
        """Log in, once."""
        with self._lock:
            if self._client is None:
                self._login.validate()
                client = self._new_client()
                self._log_in(client)
                self._client = client

    def ask(self, action: Callable[[Any], Result], doing: str, path: str, capability: str, *, hidden: str = "") -> Result:
        """Run an action with hvac's client and return its result; when the token has expired, log in again and repeat it.

        :param doing: the action in a sentence, such as "read".
        :param capability: the capability that a policy has to grant.
        :param hidden: a value that no message may show.
        :raises StoreError: for every error, in one sentence.
        """
        self.connect()
        token = self._client.token

        def attempt() -> Result:
            try:
                return action(self._client)
            except library().exceptions.Forbidden:
                if not self._renew(token):
                    raise
                return action(self._client)

        return self._in_words(attempt, f"Could not {doing} {path} at {self.url}", f"the capability {capability} on {path}", hidden)

    def _in_words(self, attempt: Callable[[], Result], doing: str, right: str, hidden: str = "") -> Result:
        """Return the result of an attempt, and raise every error as one sentence without any secret."""
        try:
            return attempt()
        except (library().exceptions.VaultError, requests.RequestException) as exc:
            raise self._error(exc, doing, right, hidden) from None
        except (AttributeError, OSError, RecursionError, TypeError, ValueError) as exc:
            # What hvac and requests raise for JSON that is not an object, a missing file, or a wrong character in a header.
            words = str(exc) if isinstance(exc, OSError) else type(exc).__name__
            reason = f"the response or an option is not valid ({words}); check url, namespace and ca_cert"
            raise StoreError(self._clean(f"{doing}: {reason}.", hidden), in_doubt=True) from None

    def _new_client(self) -> Any:
        """Return hvac's client with one session for all threads."""
        wanted = self._options.text("ca_cert") or self._options.flag("validate_certs")
        verify = wanted if self._options.flag("validate_certs") else False
        session = new_session(self.url, verify=verify, retries=self._options.number("retries"), concurrency=self._concurrency)
        timeout = self._options.number("timeout")
        return library().Client(
            url=self.url,
            token="",
            verify=session.verify,
            timeout=(min(CONNECT_TIMEOUT, timeout), timeout),
            session=session,
            namespace=self._options.text("namespace") or None,
        )

    def _log_in(self, client: Any) -> None:
        doing = f"Could not log in to {self.url} by {self._login.method}"
        answer = self._in_words(lambda: self._login.authenticate(client), doing, f"a login that is enabled at auth/{self._login.mount_point}")
        auth = answer.get("auth") if isinstance(answer, dict) else None
        token = auth.get("client_token") if isinstance(auth, dict) else None
        if not isinstance(token, str) or not token:
            raise StoreError(f"{doing}: the response contains no token, as with a second factor or another program at that address; check url and the login.")
        if not token.isascii() or not token.isprintable():
            raise StoreError(f"{doing}: the token has characters that no token has; copy it again.")
        self._redactor.add(token)
        client.token = token

    def _renew(self, token: str) -> bool:
        """Return whether a denied request is worth repeating: when another thread has logged in, or the token is no longer valid."""
        with self._lock:
            if self._client.token != token:
                return True
            if time.monotonic() - self._renewed_at < RENEWAL_SECONDS:
                return False
            self._renewed_at = time.monotonic()
            self._way_out = ""
            try:
                self._client.auth.token.lookup_self()
            except library().exceptions.Forbidden:
                # Expired, or not allowed to look itself up.
                return self._log_in_anew()
            return False

    def _log_in_anew(self) -> bool:
        if not self._login.renews:
            self._way_out = ", or another token in the store's option token or in VAULT_TOKEN, if this one is no longer valid"
            return False
        try:
            self._log_in(self._client)
        except StoreError as exc:
            self._way_out = f", or a new login, which failed: {exc.message.rstrip('.')}"
            return False
        return True

    def _error(self, exc: Exception, doing: str, right: str, hidden: str) -> StoreError:
        """Convert an error of hvac or requests to a store error."""
        name, words = type(exc).__name__, reason_of(exc)
        if STALE in words:
            return StaleError(words)
        if name in ("Forbidden", "Unauthorized"):
            reason = f"{words}; this needs {right}{self._way_out}"
        elif name == "InvalidPath":
            reason = f"{words or 'there is no such path'}; check engine_mount_point, mount_point and namespace"
        elif name in ("VaultDown", "RateLimitExceeded", "BadGateway", "VaultNotInitialized"):
            reason = f"{words or 'it is not ready'}; wait until the server is ready, and run again"
        elif isinstance(exc, requests.RequestException):
            return transport_error(exc, doing, self._options.number("timeout"), OPTION_NAMES, lambda text: self._clean(text, hidden))
        else:
            reason = words or "no reason was given"
        in_doubt = name not in ("Forbidden", "Unauthorized", "InvalidPath", "InvalidRequest")
        return StoreError(self._clean(f"{doing}: {reason}.", hidden), in_doubt=in_doubt)

    def _clean(self, text: str, hidden: str) -> str:
        return libraries.clean_message(text, self._redactor, hidden)


def library() -> Any:
    """Return hvac.

    :raises ConfigError: when it is not installed.
    """
    return libraries.library("hashi_vault", "hvac", "hvac")


def reason_of(exc: Exception) -> str:
    """Return the server's own message, on one line."""
    errors = getattr(exc, "errors", None)
    words = "; ".join(str(error) for error in errors) if isinstance(errors, list) else ""
    lines = [line.strip(" \t*") for line in words.splitlines() if not line.strip().endswith("occurred:")]
    return " ".join(line for line in lines if line).rstrip(".")
