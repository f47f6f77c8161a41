# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""What the stores of the clouds share: one JSON text for each entry, labels as tags, and the errors of their libraries in words."""

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
# By these, the libraries stumble over an answer that is none of the service, or over an option.
STUMBLES = (AttributeError, KeyError, OSError, RecursionError, TypeError, ValueError)


class Reason(NamedTuple):
    """Why something could not be done.

    :param text: with the way out, without a full stop.
    :param in_doubt: whether it may have been done all the same.
    """

    text: str
    in_doubt: bool = False
    is_late: bool = False


class CloudStore(RemoteStore):
    """A store that is a service of a cloud.

    :ivar loggers: the top loggers of the library.
    :ivar longest_text: bytes that the service keeps in one secret.
    :ivar longest_name: characters of a name that it takes.
    :ivar ca_variable: of the environment, which names the CAs that the library trusts.
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
        """Return how the service calls an error; empty for one that is not the service's."""
        raise NotImplementedError

    def reason_of(self, exc: Exception, right: str) -> Reason:
        """Return what an error of the library says.

        :param right: what the login has to be allowed.
        """
        raise NotImplementedError

    def new_client(self) -> Any:
        """Return the library's client.

        :raises ConfigError: for what is not set and a library that is missing.
        """
        raise NotImplementedError

    def problems(self, names: Iterable[str]) -> list[str]:
        """Return a sentence for each name that is no text, or too long."""
        listed = list(names)
        return problems_of_texts(listed) + [
            f"{name[:60]!r} would be kept as a secret with a name of {len(self.place_of(name))} characters, which is more than {self.longest_name}; "
            "shorten its description or the prefix."
            for name in listed
            if len(self.place_of(name)) > self.longest_name
        ]

    def check(self) -> None:
        """Log in, and list what there is."""
        check_prefix(self._prefix)
        self.connect()
        self.list_places()

    def prove(self, names: Iterable[str] = ()) -> None:
        """Prove nothing: the services do not say what a login may write. Each secret's mark is written before the secret is made."""

    def connect(self) -> None:
        """Make the one client of all threads, unless that was done."""
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
        """Return what a call of the library returns.

        :param doing: the action in a sentence, such as "read x".
        :param hidden: a value that no message may show.
        :param stale: codes that say that another version is there.
        :param instead: what is returned for a code.
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
        """Return the labels of the entry that is about to be replaced."""
        before = self._seen.get(entry.name, Found()).entry
        return before.labels if before else {}

    def warn(self, text: str) -> None:
        """Tell the user of what fails without doing harm."""
        if self._warn:
            self._warn(text)

    def _reason(self, exc: Exception, right: str) -> Reason:
        if isinstance(exc, self.errors()):
            with suppress(*STUMBLES):
                return self.reason_of(exc, right)
        return unintelligible(exc)

    def transport_reason(self, exc: Exception) -> Reason:
        """Return why no answer came."""
        chain = causes_of(exc)
        names = {type(cause).__name__ for cause in chain}
        if names & set(READ_TIMEOUTS):
            return Reason(f"there was no answer within {self._options.number('timeout')} s; see the store's option timeout", True, is_late=True)
        innermost = getattr(chain[-1], "verify_message", None) or getattr(chain[-1], "strerror", None) or type(chain[-1]).__name__
        if names & set(CERTIFICATE):
            return Reason(f"its certificate could not be verified ({innermost}); set the environment variable {self.ca_variable} to the CA that signed it")
        # Of several attempts, only the last one is known.
        was_sent = bool(self._options.number("retries")) or not names & {*NO_CONNECTION, *CONNECT_TIMEOUTS}
        return Reason(f"the connection failed ({innermost}); check the store's options and the network", was_sent)


def unintelligible(exc: Exception) -> Reason:
    """Return what is said when a library stumbles; its own words may hold the answer."""
    words = str(exc) if isinstance(exc, OSError) else type(exc).__name__
    return Reason(f"the answer or an option cannot be understood ({words}); check the options of the store", in_doubt=True)


def found_from_text(text: Any, version: str) -> Found:
    """Return what the text of a secret says."""
    try:
        members = json.loads(text)
    except (RecursionError, TypeError, ValueError):
        return Found(None, version, is_foreign=True)
    return found_from_members(members, version) if isinstance(members, dict) else Found(None, version, is_foreign=True)


def fitting(labels: Mapping[str, str], key: str, value: str, most: int) -> dict[str, str]:
    """Return the labels that a service takes as tags, by its rules; the others are members of the entry alone.

    :param key: a regular expression for the whole key.
    :param value: one for the whole value.
    """
    fit = {name: text for name, text in labels.items() if re.fullmatch(key, name) and re.fullmatch(value, text)}
    return dict(list(fit.items())[:most])
