# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting on this machine for a browser, with real connections."""

from __future__ import annotations

import errno
import http.client
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from socketserver import TCPServer
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import AuthError, ConfigError, TransportError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.callback import StrayCallbackError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.listener import wait_for_callback
from ansible_collections.abbyy.vantage.tests.unit.support.ports import free_port

LONG = 60


def has_ipv6() -> bool:
    """Tell whether this machine has the IPv6 loopback address."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback address")


def take(query: str) -> str:
    """Act as a login does: accept a code, report a stray callback, or fail as the server refused."""
    if query.startswith("stray"):
        raise StrayCallbackError("Not this <login>.", code="state_mismatch")
    if query.startswith("refused"):
        raise AuthError("The server said <no>.", code="access_denied")
    return query


class Waiting:
    """A wait that goes on in a thread, so that the test can be the browser."""

    def __init__(self, redirect_uri: str, take: Callable[[str], Any] = take, seconds: float = LONG, **options: Any) -> None:
        self.result: Any = None
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._wait, args=(redirect_uri, take, seconds), kwargs=options)
        self._thread.start()

    def _wait(self, redirect_uri: str, take: Callable[[str], Any], seconds: float, **options: Any) -> None:
        try:
            self.result = wait_for_callback(redirect_uri, seconds=seconds, take=take, **options)
        except (ConfigError, TransportError, AuthError, ArithmeticError) as exc:
            self.error = exc

    def ended(self) -> Waiting:
        """Return when the wait is over."""
        self._thread.join(LONG)
        assert not self._thread.is_alive()
        return self


@pytest.fixture
def port() -> Iterator[int]:
    """A port that is free at both loopback addresses."""
    number = free_port()
    yield number
    # Whoever waited has let go of it.
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", number))


def browse(host: str, port: int, target: str, method: str = "GET") -> tuple[int, str, dict[str, str]]:
    """Send one request as soon as somebody listens, and return status, body and headers."""
    end = time.monotonic() + LONG
    while True:
        connection = http.client.HTTPConnection(host, port, timeout=LONG)
        try:
            connection.request(method, target)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), dict(answer.getheaders())
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.01)
        finally:
            connection.close()


def test_the_browser_arrives_and_sees_that_it_worked(port: int) -> None:
    waiting = Waiting(f"http://127.0.0.1:{port}/callback")

    status, page, headers = browse("127.0.0.1", port, "/callback?code=abc&state=x")

    assert waiting.ended().result == "code=abc&state=x"
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "You are logged in" in page
    assert "abc" not in page
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_page_comes_only_after_the_code_was_taken(port: int) -> None:
    events: list[str] = []

    def take_and_note(query: str) -> str:
        events.append("taken")
        return query

    waiting = Waiting(f"http://127.0.0.1:{port}/", take_and_note)

    browse("127.0.0.1", port, "/?code=abc")
    events.append("page")

    assert events == ["taken", "page"]
    assert waiting.ended().result == "code=abc"


@pytest.mark.parametrize(
    ("method", "target", "status", "text"),
    [
        ("GET", "/favicon.ico", 404, "Nothing is here"),
        ("GET", "/", 404, "Nothing is here"),
        ("GET", "/callback/", 404, "Nothing is here"),
        ("GET", "/callback2?code=a", 404, "Nothing is here"),
        ("GET", "/Callback?code=a", 404, "Nothing is here"),
        ("GET", "//[?code=a", 404, "Nothing is here"),
        ("GET", "/callback%2f?code=a", 404, "Nothing is here"),
        ("GET", "/callback?stray", 400, "This is another login"),
        ("POST", "/callback?code=b", 501, ""),
        ("HEAD", "/callback?code=b", 501, ""),
        ("PUT", "/callback?code=b", 501, ""),
        ("OPTIONS", "/callback?code=b", 501, ""),
    ],
)
def test_another_request_is_turned_away_and_the_wait_goes_on(port: int, method: str, target: str, status: int, text: str) -> None:
    waiting = Waiting(f"http://127.0.0.1:{port}/callback")

    turned_away, page, _headers = browse("127.0.0.1", port, target, method)

    assert turned_away == status
    assert text in page

    arrived, _page, _headers = browse("127.0.0.1", port, "/callback?code=abc")

    assert arrived == 200
    assert waiting.ended().result == "code=abc"


def test_a_refusal_ends_the_wait_and_is_shown(port: int) -> None:
    waiting = Waiting(f"http://127.0.0.1:{port}/callback")

    status, page, _headers = browse("127.0.0.1", port, "/callback?refused")
    error = waiting.ended().error

    assert isinstance(error, AuthError)
    assert (status, error.code) == (400, "access_denied")
    assert "The server said &lt;no&gt;." in page


def test_a_connection_without_a_request_blocks_no_other(port: int) -> None:
    waiting = Waiting(f"http://127.0.0.1:{port}/callback")
    browse("127.0.0.1", port, "/favicon.ico")

    with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)) as half:
        half.sendall(b"GET /callback?code=hal")
        status, _page, _headers = browse("127.0.0.1", port, "/callback?code=abc")
        result = waiting.ended().result

    assert status == 200
    assert result == "code=abc"


def test_a_browser_that_goes_away_does_not_end_the_wait(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    waiting = Waiting(f"http://127.0.0.1:{port}/callback")
    browse("127.0.0.1", port, "/favicon.ico")

    with socket.create_connection(("127.0.0.1", port)) as gone:
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        gone.sendall(b"GET /callback?stray=S3cr3t HTTP/1.1\r\n\r\n")
    browse("127.0.0.1", port, "/callback?code=abc")

    assert waiting.ended().result == "code=abc"
    # A log line would hold the code.
    assert capsys.readouterr() == ("", "")


@needs_ipv6
def test_localhost_is_both_loopback_addresses(port: int) -> None:
    waiting = Waiting(f"http://localhost:{port}/callback")

    statuses = [browse(host, port, target)[0] for host, target in (("::1", "/favicon.ico"), ("127.0.0.1", "/favicon.ico"), ("::1", "/callback?code=six"))]

    assert statuses == [404, 404, 200]
    assert waiting.ended().result == "code=six"


@needs_ipv6
@pytest.mark.parametrize(
    ("host", "address", "other"), [("127.0.0.1", "127.0.0.1", "::1"), ("[::1]", "::1", "127.0.0.1"), ("127.0.0.2", "127.0.0.2", "127.0.0.1")]
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not have all of 127.0.0.0/8")
def test_only_the_address_of_the_redirect_uri_listens(port: int, host: str, address: str, other: str) -> None:
    waiting = Waiting(f"http://{host}:{port}/callback")

    status, _page, _headers = browse(address, port, "/favicon.ico")

    assert status == 404

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((other, port))

    browse(address, port, "/callback?code=abc")

    assert waiting.ended().result == "code=abc"


def test_localhost_works_without_ipv6(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    original = TCPServer.server_bind

    def without_ipv6(self: TCPServer) -> None:
        if self.address_family == socket.AF_INET6:
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
        original(self)

    monkeypatch.setattr(TCPServer, "server_bind", without_ipv6)
    waiting = Waiting(f"http://localhost:{port}/callback")

    status, _page, _headers = browse("127.0.0.1", port, "/callback?code=abc")

    assert status == 200
    assert waiting.ended().result == "code=abc"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_machine_without_loopback_is_reported(port: int, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    def without_loopback(self: TCPServer) -> None:
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    monkeypatch.setattr(TCPServer, "server_bind", without_loopback)

    with pytest.raises(ConfigError) as caught:
        wait_for_callback(f"http://{host}:{port}/", seconds=0, take=take)

    assert caught.value.code == "listen"
    assert "callback_url" in caught.value.message


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_in_use_is_named(host: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]

        with pytest.raises(ConfigError) as caught:
            wait_for_callback(f"http://{host}:{number}/callback", seconds=LONG, take=take)

    assert caught.value.code == "listen"
    assert f"port {number} of 127.0.0.1" in caught.value.message
    assert "another program listens there" in caught.value.message


@needs_ipv6
def test_localhost_needs_both_loopback_addresses(port: int) -> None:
    with socket.socket(socket.AF_INET6) as taken:
        taken.bind(("::1", port))
        taken.listen()

        with pytest.raises(ConfigError) as caught:
            wait_for_callback(f"http://localhost:{port}/callback", seconds=LONG, take=take)

    assert f"port {port} of ::1" in caught.value.message


def test_a_port_that_needs_root_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: TCPServer) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(TCPServer, "server_bind", refuse)

    with pytest.raises(ConfigError) as caught:
        wait_for_callback("http://127.0.0.1/callback", seconds=LONG, take=take)

    assert "port 80 of 127.0.0.1" in caught.value.message
    assert "root" in caught.value.message


def test_a_foreign_address_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        wait_for_callback("http://0.0.0.0:8765/callback", seconds=LONG, take=take)
    assert caught.value.code == "invalid_option"


def test_a_timeout_names_the_address(port: int) -> None:
    with pytest.raises(TransportError) as caught:
        wait_for_callback(f"http://127.0.0.1:{port}/callback", seconds=0, take=take)

    assert caught.value.code == "listen_timeout"
    assert caught.value.message.startswith(
        f"No browser came back to http://127.0.0.1:{port}/callback with the callback of this login within 0 s (listen_timeout). Make"
    )
    assert "If the login page refused the redirect address, a Tenant Administrator adds it to the client" in caught.value.message


def test_a_timeout_counts_the_callbacks_of_other_logins(port: int) -> None:
    over = threading.Event()

    def monotonic() -> float:
        return 100.0 if over.is_set() else 0.0

    def take_last_stray(query: str) -> str:
        if query == "stray-last":
            over.set()
        return take(query)

    waiting = Waiting(f"http://127.0.0.1:{port}/callback", take_last_stray, seconds=90, monotonic=monotonic)

    statuses = [browse("127.0.0.1", port, f"/callback?{query}")[0] for query in ("stray-first", "stray-last")]
    error = waiting.ended().error

    assert statuses == [400, 400]
    assert isinstance(error, TransportError)
    assert "within 90 s" in error.message
    assert "Callbacks of other logins: 2 (the last: state_mismatch)" in error.message


def test_a_defect_of_the_login_is_raised_and_shown(port: int) -> None:
    def divide(_query: str) -> str:
        raise ZeroDivisionError

    waiting = Waiting(f"http://127.0.0.1:{port}/callback", divide)

    status, page, _headers = browse("127.0.0.1", port, "/callback?code=abc")

    assert (status, "The terminal says why." in page) == (500, True)
    assert isinstance(waiting.ended().error, ZeroDivisionError)
