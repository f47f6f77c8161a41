# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""What the cloud stores share: one JSON text per entry, labels as tags, and readable errors."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, ClassVar, NamedTuple, TypeVar

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.failure import CERTIFICATE, CONNECT_TIMEOUTS, NO_CONNECTION, READ_TIMEOUTS, causes_of
from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import Redactor
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.libraries import clean_message, silence
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import check_prefix, problems_of_texts
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import Found, LateError, RemoteStore, StaleError, found_from_members
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, StoreContext, StoreError

Result = TypeVar("Result")
OURS = "abbyy.vantage"
FOREIGN = "something else that this collection has not written is there, or was there and can be recovered; remove that, or choose another prefix"
CONNECT_TIMEOUT = 10
# What the libraries raise for an unexpected response or a wrong option.
STUMBLES = (AttributeError, KeyError, OSError, RecursionError, TypeError, ValueError)


class Reason(NamedTuple):
    """The reason of a failure.

    :param text: with the fix, without a full stop.
    :param in_doubt: whether it may have been done anyway.
    """

    text: str
    in_doubt: bool = False
    is_late: bool = False


class CloudStore(RemoteStore):
    """A store in a cloud service.

    :ivar loggers: the top loggers of the library.
    :ivar longest_text: the most bytes of one secret.
    :ivar longest_name: the most the most characters of a name.
    :ivar ca_variable: the environment variable for the library's CAs.
    """

    kind: str
    place: str
    loggers: ClassVar[tuple[str, ...]] = ()
    secret_options: ClassVar[tuple[str, ...]] = ()
    longest_text: int = 65_536
    longest_name: int
    ca_variable: ClassVar[str] = "REQUESTS_CA_BUNDLE"

    def __init__(self, options: Options, context: StoreContext) -> None:
        super().__init__(context)
        self._options = options
        self._prefix = context.prefix.strip("/")
        self._warn = context.warn
        self._redactor = Redactor()
        self._redactor.add(*(options.text(name) for name in self.secret_options))
        self._lock = threading.Lock()
        self._client: Any = None

    def errors(self) -> tuple[type[Exception], ...]:
        """Return the exceptions of the library."""
        raise NotImplementedError

    def code_of(self, exc: Exception) -> str:
        """Return the service's code of an error; empty for other errors."""
        raise NotImplementedError

    def reason_of(self, exc: Exception, right: str) -> Reason:
        """Return the text of a library's error.

        :param right: the permission that the login needs.
        """
        raise NotImplementedError

    def new_client(self) -> Any:
        """Return the library's client.

        :raises ConfigError: for missing options and a missing library.
        """
        raise NotImplementedError

    def problems(self, names: Iterable[str]) -> list[str]:
        """Return a sentence for each name that is not text or is too long."""
        listed = list(names)
        return problems_of_texts(listed) + [
            f"{name[:60]!r} would be kept as a secret with a name of {len(self.place_of(name))} characters, which is more than {self.longest_name}; "
            "shorten its description or the prefix."
            for name in listed
            if len(self.place_of(name)) > self.longest_name
        ]

    def check(self) -> None:
        """Log in, and list the entries."""
        check_prefix(self._prefix)
        self.connect()
        self.list_places()

    def prove(self, names: Iterable[str] = ()) -> None:
        """Check nothing: the services do not show what a login may write. Each secret's mark is written before the secret is made."""

    def connect(self) -> None:
        """Create the client for all threads, once."""
        with self._lock:
            if self._client is None:
                self._client = self.ask(self.new_client, f"make a client for {self.place}", "a login")
                silence(*self.loggers)

    def ask(
        self,
        call: Callable[[], Result],
        doing: str,
        right: str,
        *,
        hidden: str = "",
        stale: Collection[str] = (),
        instead: Mapping[str, Any] | None = None,
    ) -> Result:
        """Call the library, and return its result.

        :param doing: the action in a sentence, such as "read x".
        :param hidden: a value that no message may show.
        :param stale: codes that mean that another version is there.
        :param instead: return values by code.
        :raises StoreError: for every error, in one sentence.
        """
        own = self.errors()
        known: tuple[type[Exception], ...] = (*own, *STUMBLES)
        try:
            return call()
        except VantageError:
            raise
        except known as exc:
            code = self.code_of(exc) if isinstance(exc, own) else ""
            if instead and code in instead:
                found: Result = instead[code]
                return found
            if code in stale:
                raise StaleError(doing) from None
            reason = self._reason(exc, right)
            text = clean_message(f"Could not {doing}: {reason.text.rstrip('.')}.", self._redactor, hidden)
            raise (LateError if reason.is_late else StoreError)(text, in_doubt=reason.in_doubt) from None

    def text_of(self, entry: Entry) -> str:
        """Return an entry as its secret's text.

        :raises StoreError: when it is too long.
        """
        text = json.dumps(entry.to_members())
        if len(text) > self.longest_text:
            raise StoreError(f"The entry has {len(text)} bytes, and the store {self.kind} keeps {self.longest_text}; shorten the app's labels.")
        return text

    def labels_before(self, entry: Entry) -> Mapping[str, str]:
        """Return the labels of the entry to be replaced."""
        before = self._seen.get(entry.name, Found()).entry
        return before.labels if before else {}

    def warn(self, text: str) -> None:
        """Warn the user about a harmless failure."""
        if self._warn:
            self._warn(text)

    def _reason(self, exc: Exception, right: str) -> Reason:
        if isinstance(exc, self.errors()):
            with suppress(*STUMBLES):
                return self.reason_of(exc, right)
        return unintelligible(exc)

    def transport_reason(self, exc: Exception) -> Reason:
        """Return why no response came."""
        chain = causes_of(exc)
        names = {type(cause).__name__ for cause in chain}
        if names & set(READ_TIMEOUTS):
            return Reason(f"there was no answer within {self._options.number('timeout')} s; see the store's option timeout", True, is_late=True)
        innermost = getattr(chain[-1], "verify_message", None) or getattr(chain[-1], "strerror", None) or type(chain[-1]).__name__
        if names & set(CERTIFICATE):
            return Reason(f"its certificate could not be verified ({innermost}); set the environment variable {self.ca_variable} to the CA that signed it")
        # After several attempts, only the last error is known.
        was_sent = bool(self._options.number("retries")) or not names & {*NO_CONNECTION, *CONNECT_TIMEOUTS}
        return Reason(f"the connection failed ({innermost}); check the store's options and the network", was_sent)


def unintelligible(exc: Exception) -> Reason:
    """Return the message for an unexpected error of a library, whose own text may contain the response."""
    words = str(exc) if isinstance(exc, OSError) else type(exc).__name__
    return Reason(f"the response or an option is not valid ({words}); check the options of the store", in_doubt=True)


def found_from_text(text: Any, version: str) -> Found:
    """Parse the text of a secret."""
    try:
        members = json.loads(text)
    except (RecursionError, TypeError, ValueError):
        return Found(None, version, is_foreign=True)
    return found_from_members(members, version) if isinstance(members, dict) else Found(None, version, is_foreign=True)


def fitting(labels: Mapping[str, str], key: str, value: str, most: int) -> dict[str, str]:
    """Return the labels that a service accepts as tags; the others are only in the entry.

    :param key: a regular expression for the whole key.
    :param value: one for the whole value.
    """
    fit = {name: text for name, text in labels.items() if re.fullmatch(key, name) and re.fullmatch(value, text)}
    return dict(list(fit.items())[:most])
