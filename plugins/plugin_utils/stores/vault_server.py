# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Speak to HashiCorp Vault or OpenBao: one login and its connections for all threads, and errors in words."""

from __future__ import annotations

import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from importlib import import_module
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.address import is_loopback
from ansible_collections.abbyy.vantage.plugins.module_utils.http.failure import causes_of
from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import Redactor
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import LateError, StaleError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import StoreError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.vault_logins import Login

# What hvac itself needs; that they are missing is said of hvac.
with suppress(ImportError):
    import requests
    import urllib3

Result = TypeVar("Result")
CONNECT_TIMEOUT = 10
# Busy, sealed or standing by, behind its leader (412), or a proxy that says so in its place.
BUSY = (412, 429, 500, 502, 503, 504)
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
# When each of many requests is denied, a new login is not tried for each of them.
RENEWAL_SECONDS = 10.0
SECRET_OPTIONS = ("token", "secret_id", "password", "jwt")
LONGEST_MESSAGE = 600
STALE = "check-and-set parameter did not match"


class VaultServer:
    """One server, as one login sees it. Safe to share between threads.

    :param concurrency: the most requests at once, each of which needs a connection.
    """

    def __init__(self, options: Options, login: Login, concurrency: int) -> None:
        self.url = checked_url(options.text("url"))
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
        """Raise ConfigError for a library that is missing and for what a login misses; sends nothing."""
        library()
        self._login.validate()

    def connect(self) -> None:
        """Log in, unless that was done."""
        with self._lock:
            if self._client is None:
                self._login.validate()
                client = self._new_client()
                self._log_in(client)
                self._client = client

    def ask(self, action: Callable[[Any], Result], doing: str, path: str, capability: str, *, hidden: str = "") -> Result:
        """Return what an action with hvac's client returns; when the token has expired, log in once more and repeat it.

        :param doing: the action in a sentence, such as "read".
        :param capability: what a policy has to grant for it.
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
        """Return what an attempt returns, and every error as one sentence without any secret."""
        try:
            return attempt()
        except (library().exceptions.VaultError, requests.RequestException) as exc:
            raise self._error(exc, doing, right, hidden) from None
        except (AttributeError, OSError, RecursionError, TypeError, ValueError) as exc:
            # By these, hvac and requests stumble over an answer that is JSON but no object, a file that is not there, or a character of a header.
            words = str(exc) if isinstance(exc, OSError) else type(exc).__name__
            reason = f"the answer or an option cannot be understood ({words}); check url, namespace and ca_cert"
            raise StoreError(self._clean(f"{doing}: {reason}.", hidden), in_doubt=True) from None

    def _new_client(self) -> Any:
        """Return hvac's client with one session for all threads, which works out only once where proxies and CAs are."""
        session = requests.Session()
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        wanted = self._options.text("ca_cert") or self._options.flag("validate_certs")
        wanted = wanted if self._options.flag("validate_certs") else False
        found = session.merge_environment_settings(self.url, {}, None, wanted, None)
        session.trust_env = False
        session.verify = found["verify"]
        # A proxy never stands before this machine itself, whatever the environment says.
        session.proxies = {} if is_loopback(urlsplit(self.url).hostname or "") else dict(found["proxies"])
        # Only the one kind of address: a redirect from https to http would send the token in clear.
        session.adapters.clear()
        session.mount(f"{urlsplit(self.url).scheme}://", requests.adapters.HTTPAdapter(2, self._concurrency, new_retry(self._options.number("retries"))))
        if session.verify is False:
            # It was asked for; saying it with each connection would bury what matters.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
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
            raise StoreError(f"{doing}: the answer holds no token, as with a second factor or another program at that address; check url and the login.")
        if not token.isascii() or not token.isprintable():
            raise StoreError(f"{doing}: the token has characters that no token has; copy it anew.")
        self._redactor.add(token)
        client.token = token

    def _renew(self, token: str) -> bool:
        """Tell whether a request that was denied is worth repeating: when another thread has logged in meanwhile, or the token is good no more."""
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
                # Expired, or it may not even ask about itself.
                return self._log_in_anew()
            return False

    def _log_in_anew(self) -> bool:
        if not self._login.renews:
            self._way_out = ", or another token in the store's option token or in VAULT_TOKEN, if this one is not valid any more"
            return False
        try:
            self._log_in(self._client)
        except StoreError as exc:
            self._way_out = f", or a new login, which failed: {exc.message.rstrip('.')}"
            return False
        return True

    def _error(self, exc: Exception, doing: str, right: str, hidden: str) -> StoreError:
        """Return an error of hvac or requests as one of the store's."""
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
            return self._transport_error(exc, doing)
        else:
            reason = words or "no reason was given"
        in_doubt = name not in ("Forbidden", "Unauthorized", "InvalidPath", "InvalidRequest")
        return StoreError(self._clean(f"{doing}: {reason}.", hidden), in_doubt=in_doubt)

    def _transport_error(self, exc: Exception, doing: str) -> StoreError:
        chain = causes_of(exc)
        names = {type(cause).__name__ for cause in chain}
        was_sent = any(getattr(cause, "was_sent", False) for cause in chain) or not names & {"NewConnectionError", "ConnectTimeoutError"}
        if names & {"ReadTimeoutError", "ReadTimeout"}:
            timeout = self._options.number("timeout")
            return LateError(f"{doing}: there was no answer within {timeout} s; see the store's option timeout.", in_doubt=True)
        innermost = getattr(chain[-1], "verify_message", None) or getattr(chain[-1], "strerror", None) or type(chain[-1]).__name__
        if "SSLCertVerificationError" in names:
            reason, was_sent = f"its certificate could not be verified ({innermost}); set the store's option ca_cert to the CA that signed it", False
        elif "ProxyError" in names:
            reason = f"the proxy refused or could not be reached ({innermost}); check the proxy variables of the environment"
        else:
            reason = f"the connection failed ({innermost}); check the store's option url and the network"
        return StoreError(self._clean(f"{doing}: {reason}.", ""), in_doubt=was_sent)

    def _clean(self, text: str, hidden: str) -> str:
        last = Redactor()
        last.add(hidden)
        cleaned = last.clean(self._redactor.clean(text))
        return cleaned if len(cleaned) <= LONGEST_MESSAGE else f"{cleaned[:LONGEST_MESSAGE]}…"


def library() -> Any:
    """Return hvac.

    :raises ConfigError: when it is not installed.
    """
    found = sys.modules.get("hvac")
    if found is not None:
        return found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module("hvac")
    except ImportError:
        raise ConfigError(
            "The store hashi_vault needs the Python package hvac beside ansible-playbook, which is missing; install it with "
            f"'{sys.executable} -m pip install hvac'.",
            code="missing_library",
        ) from None


def new_retry(retries: int) -> Any:
    """Return how often and after which pauses a request is sent again; writes too, since each says which version it replaces."""

    class Patience(urllib3.Retry):
        """Waits no longer than a run may, and remembers whether any of the attempts may have arrived."""

        was_sent = False

        def increment(self, *args: Any, **kwargs: Any) -> Any:
            error = kwargs.get("error")
            arrived = self.was_sent or not isinstance(error, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError))
            try:
                following = super().increment(*args, **kwargs)
            except urllib3.exceptions.HTTPError as exc:
                exc.was_sent = arrived  # type: ignore[attr-defined]  # ours, for the message
                raise
            following.was_sent = arrived
            return following

        def get_backoff_time(self) -> float:
            return min(float(super().get_backoff_time()), LONGEST_WAIT)

        def get_retry_after(self, response: Any) -> float | None:
            seconds = super().get_retry_after(response)
            return None if seconds is None else min(float(seconds), LONGEST_WAIT)

    return Patience(
        total=retries,
        connect=min(retries, 1),
        read=min(retries, 1),
        status_forcelist=BUSY,
        allowed_methods=None,
        backoff_factor=FIRST_WAIT,
        raise_on_status=False,
    )


def checked_url(url: str) -> str:
    """Return the address without a slash at its end.

    :raises ConfigError: for what is no address, or holds a password.
    """
    try:
        parts = urlsplit(url)
        # Reading the port is what finds out that it is no number.
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        is_good = False
    if not is_good:
        raise ConfigError(f"The option 'url' of the store hashi_vault is {url.rsplit('@', 1)[-1]!r}; write an address such as https://vault.example.com:8200.")
    return url.rstrip("/")


def reason_of(exc: Exception) -> str:
    """Return what the server said in its own words, on one line."""
    errors = getattr(exc, "errors", None)
    words = "; ".join(str(error) for error in errors) if isinstance(errors, list) else ""
    lines = [line.strip(" \t*") for line in words.splitlines() if not line.strip().endswith("occurred:")]
    return " ".join(line for line in lines if line).rstrip(".")
