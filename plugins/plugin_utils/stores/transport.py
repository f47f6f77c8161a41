# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""What the stores share that use requests or urllib3: connections, retries for a busy server, and readable errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.address import is_loopback
from ansible_collections.abbyy.vantage.plugins.module_utils.http.failure import causes_of
from ansible_collections.abbyy.vantage.plugins.module_utils.http.session import silence_unverified
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import LateError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import StoreError

# Needed by the collection itself and by the stores' clients, which report that they are missing.
ERRORS: tuple[type[Exception], ...] = ()
with suppress(ImportError):
    import requests
    import urllib3

    ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError)

# Includes the system's errors of files and sockets.
ALL_ERRORS: tuple[type[Exception], ...] = (*ERRORS, OSError)
CONNECT_TIMEOUT = 10
# Busy, sealed, standby or behind its leader (412), or a proxy's error.
BUSY = (412, 429, 500, 502, 503, 504)
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0


def new_session(url: str, *, verify: bool | str, retries: int, concurrency: int) -> Any:
    """Return a session of requests for one server and all threads, which looks up proxies and CAs only once.

    :param verify: whether to check certificates, or a file or directory of CAs.
    """
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    found = session.merge_environment_settings(url, {}, None, verify, None)
    session.trust_env = False
    session.verify = found["verify"]
    # Requests to this machine never use a proxy, whatever the environment says.
    session.proxies = {} if is_loopback(urlsplit(url).hostname or "") else dict(found["proxies"])
    # Only one scheme: a redirect from https to http would send the token in clear text.
    session.adapters.clear()
    session.mount(f"{urlsplit(url).scheme}://", requests.adapters.HTTPAdapter(2, concurrency, new_retry(retries)))
    if session.verify is False:
        silence_unverified()
    return session


def new_retry(retries: int) -> Any:
    """Return the retry rules; writes are retried too, since each one names the version it replaces."""

    class Patience(urllib3.Retry):
        """Limits the waits, and remembers whether any attempt may have arrived."""

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
        # A write must not be redirected to another server.
        redirect=0,
        raise_on_redirect=False,
        status_forcelist=BUSY,
        allowed_methods=None,
        backoff_factor=FIRST_WAIT,
        raise_on_status=False,
    )


def transport_error(exc: Exception, doing: str, timeout: int, names: Mapping[str, str], clean: Callable[[str], str]) -> StoreError:
    """Convert an error of requests or urllib3 to a store error.

    :param names: the store's names of its options ``url``, ``timeout`` and ``ca_cert``.
    """
    chain = causes_of(exc)
    kinds = {type(cause).__name__ for cause in chain}
    was_sent = any(getattr(cause, "was_sent", False) for cause in chain) or not kinds & {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"}
    if kinds & {"ReadTimeoutError", "ReadTimeout"}:
        return LateError(f"{doing}: there was no answer within {timeout} s; see the store's option {names['timeout']}.", in_doubt=True)
    innermost = getattr(chain[-1], "verify_message", None) or getattr(chain[-1], "strerror", None) or type(chain[-1]).__name__
    if "SSLCertVerificationError" in kinds:
        reason, was_sent = f"its certificate could not be verified ({innermost}); set the store's option {names['ca_cert']} to the CA that signed it", False
    elif "ProxyError" in kinds:
        reason = f"the proxy refused or could not be reached ({innermost}); check the proxy variables of the environment"
    else:
        reason = f"the connection failed ({innermost}); check the store's option {names['url']} and the network"
    return StoreError(clean(f"{doing}: {reason}."), in_doubt=was_sent)


def checked_url(url: str, kind: str, option: str, example: str) -> str:
    """Return the address without a slash at its end.

    :param option: its name in the store.
    :raises ConfigError: for anything but an address, and for one with a password.
    """
    try:
        parts = urlsplit(url)
        # Reading the port raises an error when it is not a number.
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        is_good = False
    if not is_good:
        raise ConfigError(f"The option {option!r} of the store {kind} is {url.rsplit('@', 1)[-1]!r}; write an address such as {example}.")
    return url.rstrip("/")


def is_open_http(url: str) -> bool:
    """Return whether secrets would cross a network in clear text."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")
