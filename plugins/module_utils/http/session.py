# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Send requests over a session of requests, and compute only once what is the same for all of them.

For each request, a session parses the address, searches the environment for proxies and walks its cookie jar, which
takes as long as the exchange itself. With thousands of requests to one server, that is half of a run.
"""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable, Mapping
from http.client import HTTPException, IncompleteRead
from importlib.util import find_spec
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.http.address import checked_proxy, is_loopback

try:
    import requests
    import urllib3
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

# Maximum number of parallel requests; each needs a connection.
MOST_CONNECTIONS = 64
CHUNK = 65_536
# What new_adapter overrides. Under another name, certificates would be checked by nobody.
HOOKS = ("get_connection_with_tls_context", "init_poolmanager", "proxy_manager_for", "build_connection_pool_key_attributes", "cert_verify")
HEADERS = {"Accept": "application/json", "User-Agent": "abbyy.vantage (Ansible collection)"}


class Message(NamedTuple):
    """A request before it is encoded.

    :param origin: start of the address, shared by many messages.
    :param path: the rest of it, percent-encoded.
    :param json_body: value of a JSON body.
    :param form: fields of an urlencoded body.
    :param most_bytes: the longest response that is read; None for any length.
    """

    method: str
    origin: str
    path: str
    headers: dict[str, str]
    json_body: Any = None
    form: dict[str, str] | None = None
    query: dict[str, str] | None = None
    most_bytes: int | None = None


class Response(NamedTuple):
    """What came back, read to its end.

    :param headers: by case-insensitive names.
    :param is_cut: whether the response was longer than allowed.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    is_cut: bool = False


class NotDeliveredError(Exception):
    """No response came, or an incomplete one.

    :param cause: the exception of requests, urllib3 or the standard library.
    :param has_begun: whether sending had begun; None when unknown.
    :param proxy: the proxy, if any.
    """

    def __init__(self, cause: Exception, has_begun: bool | None, proxy: str | None) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause
        self.has_begun = has_begun
        self.proxy = proxy


class Route(NamedTuple):
    """The settings shared by all messages to an origin.

    :param address: the origin as it is sent.
    :param settings: proxies and CAs, as requests finds them in the environment and the options.
    :param proxy: the one that is used, None for none.
    """

    address: str
    adapter: Any
    settings: dict[str, Any]
    proxy: str | None


class Progress(threading.local):
    """Tracks how far each thread's request is: requests and urllib3 report a broken connection in the same way before and after sending."""

    has_begun = False


class HttpSession:
    """The connections of all threads.

    It follows no redirect: a POST or PUT would arrive as a GET, and a redirected read would return something else.
    It keeps no cookie: two logins must not share a session of the server. It reads no ~/.netrc, whose password would replace the token.

    :param verify: whether to check certificates, or a PEM file or directory of CAs; takes precedence over REQUESTS_CA_BUNDLE.
    :param timeout: seconds to wait for a connection and for a response.
    :param new_session: creates the session of requests, with its adapters; tests mount the emulator on it.
    """

    def __init__(self, verify: bool | str, timeout: tuple[float, float], new_session: Callable[[], Any] | None = None) -> None:
        self._session: Any = (new_session or new_plain_session)()
        self._own_adapters = new_session is None and has_hooks()
        self._headers = {**self._session.headers, **HEADERS}
        self._verify = verify
        self._timeout = timeout
        self._routes: dict[str, Route] = {}
        self._context: ssl.SSLContext | None = None
        self._progress = Progress()
        self._lock = threading.Lock()
        if verify is False:
            silence_unverified()

    def send(self, message: Message) -> Response:
        """Return the response.

        :raises NotDeliveredError: when no response came.
        :raises ConfigError: when the environment names a proxy that cannot be used.
        """
        self._progress.has_begun = False
        route = None
        # requests does not wrap every exception of urllib3 and the standard library.
        try:
            route = self._route(message.origin)
            response = route.adapter.send(self._prepared(message, route), timeout=self._timeout, **route.settings)
            if message.most_bytes is not None:
                return _first_bytes(response, message.most_bytes)
            return _whole(Response(response.status_code, response.headers, response.content))
        except (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, UnicodeError) as exc:
            # An adapter mounted by others reports only through its exceptions.
            is_known = route is None or self._own_adapters
            raise NotDeliveredError(exc, self._progress.has_begun if is_known else None, route.proxy if route else None) from exc

    def _prepared(self, message: Message, route: Route) -> Any:
        request = requests.PreparedRequest()
        request.method = message.method
        request.url = route.address + message.path + (f"?{urlencode(message.query)}" if message.query else "")
        request.prepare_headers({**self._headers, **message.headers})
        request.prepare_body(message.form or {}, None, message.json_body)
        return request

    def _route(self, origin: str) -> Route:
        with self._lock:
            route = self._routes.get(origin)
            if route is None:
                route = self._routes[origin] = self._find_route(origin)
            return route

    def _find_route(self, origin: str) -> Route:
        request = requests.PreparedRequest()
        request.prepare_url(origin, None)
        address = str(request.url)
        settings = self._session.merge_environment_settings(address, {}, None, self._verify, None)
        parts = urlsplit(address)
        # Requests to this machine never use a proxy, whatever a variable says: plain http would be readable there.
        if is_loopback(parts.hostname or ""):
            settings["proxies"] = {}
        proxy = requests.utils.select_proxy(address, settings["proxies"])
        if proxy:
            checked_proxy(proxy, parts.scheme, os.environ, has_socks=find_spec("socks") is not None)
        whole = urlsplit(origin).path or not address.endswith("/")
        return Route(address if whole else address[:-1], self._adapter(address, settings["verify"]), settings, proxy)

    def _adapter(self, address: str, verify: bool | str) -> Any:
        if not self._own_adapters:
            return self._session.get_adapter(address)
        if not address.startswith("https"):
            return new_adapter(new_context(False), self._progress)
        if self._context is None:
            self._context = new_context(verify)
        return new_adapter(self._context, self._progress)


def has_hooks() -> bool:
    """Return whether requests and urllib3 still call what the adapter overrides; without, plain ones of requests do the work, only slower."""
    hooks = all(hasattr(requests.adapters.HTTPAdapter, name) for name in HOOKS)
    return hooks and hasattr(urllib3.HTTPConnectionPool, "ConnectionCls")


def new_plain_session() -> Any:
    """Return a session of requests that keeps a connection for each request at once."""
    session: Any = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=MOST_CONNECTIONS))
    return session


def _first_bytes(response: Any, most: int) -> Response:
    """Return a response of requests; without its body when it is too long."""
    content = b""
    for chunk in response.iter_content(CHUNK):
        content += chunk
        if len(content) > most:
            response.close()
            return Response(response.status_code, response.headers, b"", is_cut=True)
    return _whole(Response(response.status_code, response.headers, content))


def _whole(response: Response) -> Response:
    """Return the response; raise IncompleteRead for an incomplete one, which older urllib3 ignores."""
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and "Content-Encoding" not in response.headers and len(response.content) < float(length):
        raise IncompleteRead(response.content)
    return response


def silence_unverified() -> None:
    """Keep urllib3 quiet about certificates that are not checked: it was asked for, and would be said with each connection."""
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


def new_context(verify: bool | str) -> ssl.SSLContext:
    """Return the TLS context, as urllib3 would set it up.

    :param verify: whether to check certificates against the CAs of requests, or a PEM file or directory of CAs.
    :raises SSLError: of requests, for CAs that cannot be read.
    """
    if not verify:
        return create_urllib3_context(cert_reqs=ssl.CERT_NONE)
    context = create_urllib3_context()
    place = requests.utils.DEFAULT_CA_BUNDLE_PATH if verify is True else str(verify)
    try:
        context.load_verify_locations(**{"capath" if os.path.isdir(place) else "cafile": place})
    except OSError as exc:
        raise requests.exceptions.SSLError(exc) from exc
    return context


def new_adapter(context: ssl.SSLContext, progress: Progress) -> Any:
    """Return an adapter of requests for one origin, whose connections share their CAs and note when they begin to send.

    By default, each connection of requests reads them again, which takes longer than the requests themselves.
    """

    class Adapter(requests.adapters.HTTPAdapter):
        """Gives urllib3 the shared context instead of a file, and chooses the proxy once."""

        pool: Any = None

        def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
            if self.pool is None:
                pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
                pool.ConnectionCls = noting_class(pool.ConnectionCls, progress)
                self.pool = pool
            return self.pool

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
            return super().init_poolmanager(*args, **kwargs, ssl_context=context)

        def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
            # The connection to a proxy may itself use TLS, except for SOCKS.
            to_proxy = {"proxy_ssl_context": context} if str(proxy).lower().startswith("https") else {}
            return super().proxy_manager_for(proxy, **kwargs, ssl_context=context, **to_proxy)

        def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
            host, _files = super().build_connection_pool_key_attributes(*args, **kwargs)
            return host, {}

        def cert_verify(self, *args: Any, **kwargs: Any) -> None:
            """Do nothing: the context already has the CAs."""

    return Adapter(pool_maxsize=MOST_CONNECTIONS)


def noting_class(connection_class: Any, progress: Progress) -> Any:
    """Return a urllib3 connection class that notes when the first byte of a request may have been sent."""

    class Connection(connection_class):  # type: ignore[misc]  # it is chosen by what the way to the server needs
        """Connects first, with CONNECT and TLS where needed, and then notes that sending begins."""

        def request(self, *args: Any, **kwargs: Any) -> Any:
            if getattr(self, "sock", None) is None:
                self.connect()
            progress.has_begun = True
            return super().request(*args, **kwargs)

    return Connection
