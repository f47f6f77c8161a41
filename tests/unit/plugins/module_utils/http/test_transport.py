# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request to the server and its answer back."""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.client import IncompleteRead, RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import (
    ApiError,
    AuthError,
    ConfigError,
    ConflictError,
    NotFoundError,
    TransportError,
    VantageError,
)
from ansible_collections.abbyy.vantage.plugins.module_utils.http import transport
from ansible_collections.abbyy.vantage.plugins.module_utils.http.throttle import Throttle
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Http
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import BASE_URL, FakeClock
from ansible_collections.abbyy.vantage.tests.unit.support.scripted import Reply, Script

WRITES = ("POST", "PUT", "DELETE")


def new_http(script: Script, clock: FakeClock | None = None, **options: Any) -> Http:
    clock = clock or FakeClock()
    return Http(BASE_URL, new_session=script.new_session, sleep=clock.sleep, monotonic=clock.monotonic, **options)


def new_throttle(workers: int, clock: FakeClock) -> Throttle:
    return Throttle(workers, sleep=clock.sleep, monotonic=clock.monotonic)


def caught(script: Script, method: str = "GET", path: str = "/things", clock: FakeClock | None = None, **keywords: Any) -> VantageError:
    """Return the error of one request."""
    with pytest.raises(VantageError) as error:
        new_http(script, clock).request(method, path, doing="look at things", **keywords)
    return error.value


# --- where to


@pytest.mark.parametrize(
    "base", ["https://vantage.example.com", "https://vantage.example.com/", "https://h/prefix", "https://h:8443", "http://localhost:8080", "http://[::1]:1"]
)
def test_a_base_url_loses_its_last_slash(base: str) -> None:
    assert Http(base).url("/x") == base.rstrip("/") + "/x"


@pytest.mark.parametrize(
    "base", ["", "vantage.example.com", "ftp://h", "https://", "https://h?x=1", "https://h#x", "https://h:port", "https://h:99999", "https://[::1", "file:///x"]
)
def test_a_base_url_that_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(ConfigError, match=r"is not an address such as https://vantage-eu\.abbyy\.com"):
        Http(base)


def test_a_password_in_the_base_url_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigError) as error:
        Http("https://admin:Passw0rd@vantage.example.com")
    assert "Passw0rd" not in error.value.message
    assert "vantage.example.com" in error.value.message


def test_the_clock_stops_in_the_year_9999() -> None:
    machine = [datetime(2026, 11, 26, tzinfo=timezone.utc)]
    http = new_http(Script(Reply(headers={"Date": "Fri, 31 Dec 9999 23:59:59 GMT"})), utc_now=lambda: machine[0])
    http.request("GET", "/x", doing="look")

    machine[0] += timedelta(days=1)

    assert http.now().year == 9999


@pytest.mark.parametrize("base", ["http://vantage.example.com", "http://localhost.evil.test", "http://10.0.0.1"])
def test_plain_http_is_refused_outside_loopback(base: str) -> None:
    with pytest.raises(ConfigError, match="is plain http: secrets and tokens would cross the network in clear; use https"):
        Http(base)


# --- whom to trust


@pytest.mark.parametrize(
    ("options", "verify"),
    [
        ({"ca_path": "ca.pem"}, "ca.pem"),
        ({"ca_path": "."}, "."),
        ({"validate_certs": False}, False),
        ({"validate_certs": False, "ca_path": "ca.pem"}, False),
    ],
)
def test_the_options_decide_what_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], verify: Any) -> None:
    for name in ("ca.pem", "other.pem"):
        (tmp_path / name).write_text("-----BEGIN CERTIFICATE-----\n")
    # The environment must not override the task.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path / "other.pem"))
    if "ca_path" in options:
        options = {**options, "ca_path": str(tmp_path / options["ca_path"])}
    script = Script()

    new_http(script, **options).request("GET", "/x", doing="look")

    assert script.sent[0].verify == (verify and str(tmp_path / verify))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"not a certificate", "holds no PEM certificate; give a file with BEGIN CERTIFICATE lines"),
        (b"", "holds no PEM certificate"),
        # DER, as troubleshooting.md has it.
        (b"\x30\x82\xff\xfe", "holds no PEM certificate"),
    ],
)
def test_an_unusable_ca_is_refused_before_anything_is_sent(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError) as error:
        Http(BASE_URL, ca_path=str(path))

    assert said in error.value.message
    assert f"ca_path {str(path)!r}" in error.value.message


def test_a_ca_path_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"ca_path 'a\\x00b' holds a character that no path has"):
        Http(BASE_URL, ca_path="a\0b")


def test_a_ca_may_have_comments_in_any_encoding(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes("Prüfstelle\n-----BEGIN CERTIFICATE-----\n".encode("latin-1"))
    Http(BASE_URL, ca_path=str(path))


def test_a_ca_is_not_read_when_nothing_is_verified() -> None:
    Http(BASE_URL, ca_path="/nonexistent", validate_certs=False)


def test_without_requests_the_error_says_where_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "HAS_REQUESTS", False)
    with pytest.raises(ConfigError, match=r"The Python library requests is missing.*pip install requests.*ansible_python_interpreter") as error:
        Http(BASE_URL)
    assert error.value.code == "missing_library"


# --- what is sent


@pytest.fixture
def netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A password for the server in the user's netrc file, which must not be sent."""
    path = tmp_path / "netrc"
    path.write_text("machine vantage.example.com login admin password netrc-Passw0rd\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))


@pytest.mark.usefixtures("netrc")
def test_a_request_has_json_and_headers() -> None:
    script = Script()

    new_http(script, timeout=7).request("PUT", "/x/y%2Fz", doing="look", headers={"Authorization": "Bearer abc"}, json_body={"a": [1]}, query={"offset": "0"})
    (sent,) = script.sent

    assert sent.url == f"{BASE_URL}/x/y%2Fz?offset=0"
    # Not the password of ~/.netrc for this host.
    assert sent.headers["Authorization"] == "Bearer abc"
    assert sent.headers["Accept"] == "application/json"
    assert sent.headers["Content-Type"] == "application/json"
    assert "abbyy.vantage" in sent.headers["User-Agent"]
    assert sent.body == b'{"a": [1]}'
    assert sent.timeout == (7, 7)


@pytest.mark.usefixtures("netrc")
def test_a_form_is_sent_encoded_and_without_the_token_of_an_earlier_request() -> None:
    script = Script()
    http = new_http(script)
    http.request("PUT", "/x", doing="look", headers={"Authorization": "Bearer abc"}, json_body={})

    http.request("POST", "/form", doing="look", form={"a": "b c&d"})
    (_first, sent) = script.sent

    assert "Authorization" not in sent.headers
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sent.body == "a=b+c%26d"


def test_a_whole_url_is_asked_as_it_is() -> None:
    script = Script()
    new_http(script).request("GET", "https://login.example.com/token", doing="look")
    assert script.sent[0].url == "https://login.example.com/token"


def test_requests_to_several_hosts_share_a_session() -> None:
    script = Script()
    http = new_http(script)

    http.request("PUT", "/x", doing="look", json_body={})
    http.request("POST", "/form", doing="look", form={"a": "b"})
    http.request("GET", "https://login.example.com/token", doing="look")

    assert script.sessions == 1


def test_a_connection_has_to_be_made_within_ten_seconds() -> None:
    script = Script()
    new_http(script, timeout=120).request("GET", "/x", doing="look")
    assert script.sent[0].timeout == (10, 120)


def test_cookies_are_not_kept() -> None:
    script = Script(Reply(headers={"Set-Cookie": "session=1; Path=/"}))
    http = new_http(script)

    http.request("GET", "/x", doing="look")
    http.request("GET", "/x", doing="look")

    assert [sent.headers.get("Cookie") for sent in script.sent] == [None, None]


def test_all_threads_share_a_session() -> None:
    script = Script()
    http = new_http(script)

    def work() -> None:
        for _request in range(3):
            http.request("GET", "/x", doing="look")

    threads = [threading.Thread(target=work) for _worker in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert script.sessions == 1
    assert len(script.sent) == 12


# --- what comes back


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (Reply(200, '{"a": 1}'), (200, {"a": 1})),
        (Reply(201, "[]"), (201, [])),
        (Reply(200, '\ufeff{"a": "ü"}'.encode("utf-8")), (200, {"a": "ü"})),
        (Reply(204, ""), (204, None)),
        (Reply(200, " \r\n"), (200, None)),
        (Reply(200, "null"), (200, None)),
        (Reply(200, '{"a": 1}', {"Content-Type": "text/html"}), (200, {"a": 1})),
    ],
)
def test_an_answer_is_read(reply: Reply, answer: tuple[int, Any]) -> None:
    response = new_http(Script(reply)).request("GET", "/x", doing="look")
    assert response == answer


@pytest.mark.parametrize("method", ["GET", *WRITES])
def test_a_page_in_the_place_of_json_is_an_error(method: str) -> None:
    error = caught(Script(Reply(200, "<html>Sign in</html>", {"Content-Type": "text/html"})), method)

    assert error.code == "not_json"
    assert "answered 200 with something that is not JSON, as a proxy or a login page does; check base_url and the proxy settings" in error.message
    assert "Sign in" not in error.message
    # The write may have happened behind the page.
    assert error.in_doubt


UNREADABLE = [
    "[" * 100_000 + "]" * 100_000,
    '{"a":' * 100_000 + "1" + "}" * 100_000,
    # Read by json, and a trap for whatever goes through it.
    "[" * 500 + "]" * 500,
    '{"a": "\\ud8',
    b'{"a": "\xff\xfe"}',
    b"\xff\xfe{",
    '{"a": ' + "9" * 100_000 + "}" if hasattr(sys, "get_int_max_str_digits") else "{",
]


unreadable_body = pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
each_method = pytest.mark.parametrize("method", ["GET", *WRITES])


@unreadable_body
@each_method
def test_an_answer_that_cannot_be_read_is_in_doubt(method: str, body: str | bytes) -> None:
    script = Script(Reply(200, body))

    error = caught(script, method)

    assert (error.code, error.in_doubt) == ("not_json", True)
    assert len(script.sent) == 1


@unreadable_body
@each_method
def test_an_error_that_cannot_be_read_has_the_standard_phrase(method: str, body: str | bytes) -> None:
    error = caught(Script(Reply(403, body)), method)
    assert error.message.endswith("answered 403 Forbidden.")


def test_a_body_that_is_not_what_its_encoding_says_is_in_doubt() -> None:
    error = caught(Script(Reply(201, b"{}", {"Content-Encoding": "gzip"})), "POST")
    assert (error.code, error.in_doubt) == ("unreadable", True)


def test_a_deeply_nested_answer_is_refused() -> None:
    body: Any = 1
    for level in range(60):
        body = {"a": [body]} if level < 20 else [body]

    error = caught(Script(Reply(200, json.dumps(body))))

    assert error.code == "not_json"


def test_a_nested_answer_of_usual_depth_is_read() -> None:
    body = [[[{"a": [1, {"b": []}]}]]]
    response = new_http(Script(Reply(200, json.dumps(body)))).request("GET", "/x", doing="look")
    assert response.status == 200


@pytest.mark.parametrize("method", ["GET", *WRITES])
@pytest.mark.parametrize("status", [302, 303, 408, 499])
def test_an_answer_that_may_follow_a_write_leaves_the_write_in_doubt(method: str, status: int) -> None:
    error = caught(Script(Reply(status, "", {"Location": "/x"})), method)
    assert error.in_doubt is (method != "GET")


@pytest.mark.parametrize("method", ["GET", *WRITES])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(method: str, status: int) -> None:
    script = Script(Reply(status, "", {"Location": "https://elsewhere.example.com/"}), Reply(200, "{}"))

    error = caught(script, method)

    assert (error.code, error.status) == ("redirect", status)
    assert "is not followed; check base_url and api_version" in error.message
    assert len(script.sent) == 1


@pytest.mark.parametrize(
    ("status", "kind", "doubt"),
    [
        (400, ApiError, False),
        (401, AuthError, False),
        (403, AuthError, False),
        (404, NotFoundError, False),
        (405, ApiError, False),
        (409, ConflictError, False),
        (500, ApiError, True),
        (501, ApiError, True),
    ],
)
def test_an_error_answer_is_one_sentence_with_its_details(status: int, kind: type[VantageError], doubt: bool) -> None:
    body = '{"title": "It is so.", "errors": {"clientId": ["must be short"]}}'

    error = caught(Script(Reply(status, body)), "POST", "/things?secret=1")

    assert error.__class__ is kind
    assert error.as_details() == {"status": status, "code": f"http_{status}", "method": "POST", "path": "/things?secret=1"}
    assert error.message.startswith(f"Could not look at things: POST /things?secret=1 answered {status} ")
    assert error.message.endswith("It is so. clientId: must be short.")
    assert error.in_doubt is doubt


@pytest.mark.parametrize("body", ["", "<html>Bad gateway</html>", "null", '"text"', b"\xff\xfe"])
def test_an_error_without_words_has_the_standard_phrase_once(body: str | bytes) -> None:
    error = caught(Script(Reply(403, body)))
    assert error.message == "Could not look at things: GET /things answered 403 Forbidden."


def test_a_secret_that_the_server_repeats_is_masked() -> None:
    http = new_http(Script(Reply(400, '{"error": "invalid_client", "error_description": "secret hunter22 of x is wrong"}')))
    http.redact("hunter22", None, "", "x")

    with pytest.raises(ApiError) as error:
        http.request("POST", "/token", doing="log in")

    assert "hunter22" not in error.value.message
    # A value that short would turn every message to dots.
    assert "of x is wrong" in error.value.message


TOKEN = "eyJhbGciOi.JIUzI1NiJ9" * 10


@pytest.mark.parametrize(
    "body",
    [
        {"error": f"Bearer {TOKEN}"},
        {"error": TOKEN},
        {"error": TOKEN[:64]},
        {"error": "x", "error_description": "y" * 390 + TOKEN},
        {"title": "y" * 300 + TOKEN},
        {"errors": {TOKEN: ["wrong"]}},
        {"errors": {"token": [{"seen": TOKEN}]}},
    ],
)
@pytest.mark.parametrize("status", [400, 401, 500])
def test_no_part_of_an_answer_shows_the_token(body: dict[str, Any], status: int) -> None:
    http = new_http(Script(Reply(status, json.dumps(body))))
    http.redact(TOKEN, TOKEN[:64])

    with pytest.raises(VantageError) as error:
        http.request("GET", f"/clients/{TOKEN}/secrets/", doing=f"read {TOKEN}")

    assert TOKEN[:20] not in error.value.message + str(error.value.as_details())
    assert error.value.code in (f"http_{status}", "x")


def test_control_characters_of_the_server_are_escaped() -> None:
    error = caught(Script(Reply(400, json.dumps({"title": "\x9b31m \u202etxet", "errors": {"\x1b]0;x\x07": ["\ud800"]}}))))
    assert "\\x9b31m \\u202etxet" in error.message
    assert error.message.isprintable()


def test_a_whole_url_is_shown_without_host_and_query() -> None:
    error = caught(Script(Reply(400, "")), "POST", "https://login.example.com/connect/token?a=b")
    assert error.path == "/connect/token"
    assert "a=b" not in error.message


# --- when it is too busy


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_is_safe_to_repeat_is_sent_again_after_a_growing_wait(status: int, method: str) -> None:
    clock = FakeClock()
    script = Script(*[Reply(status, "")] * 5, Reply())

    new_http(script, clock).request(method, "/x", doing="look")

    assert len(script.sent) == 6
    assert [wait for wait, middle in zip(clock.waits, (5, 10, 20, 40, 60)) if not 0.8 * middle <= wait <= 1.2 * middle] == []


any_fault = pytest.mark.parametrize("status", [500, 505, 507, 520, 599])


@any_fault
def test_a_read_is_sent_again_after_any_fault_of_the_server(status: int) -> None:
    clock = FakeClock()
    script = Script(Reply(status, ""), Reply(status, ""), Reply())
    throttle = new_throttle(8, clock)

    new_http(script, clock, throttle=throttle).request("GET", "/x", doing="look")

    assert len(script.sent) == 3
    # The others need not wait for it.
    assert (clock.waits, throttle.limit) == ([1, 2], 8)


@any_fault
def test_a_repeatable_post_is_sent_again_after_any_fault_of_the_server(status: int) -> None:
    script = Script(Reply(status, ""), Reply())
    new_http(script).request("POST", "/token", doing="log in", repeatable=True)
    assert len(script.sent) == 2


def test_a_fault_that_stays_is_an_error_after_five_tries() -> None:
    clock = FakeClock()
    script = Script(Reply(500, ""))

    error = caught(script, clock=clock)

    assert error.status == 500
    assert len(script.sent) == 5
    assert clock.waits == [1, 2, 4, 8]


def test_waits_for_a_busy_server_do_not_count_as_tries_after_a_fault() -> None:
    script = Script(*[Reply(503, "")] * 6, Reply(500, ""), requests.ReadTimeout("x"), Reply())

    response = new_http(script).request("GET", "/x", doing="look")

    assert response.status == 200
    assert len(script.sent) == 9


@pytest.mark.parametrize(("method", "status"), [("GET", 501), ("PUT", 500), ("DELETE", 500), ("POST", 500)])
def test_nothing_else_is_sent_again_after_a_fault(method: str, status: int) -> None:
    script = Script(Reply(status, ""), Reply())

    error = caught(script, method)

    assert error.status == status
    assert len(script.sent) == 1


def test_a_post_is_sent_again_when_it_was_not_carried_out() -> None:
    script = Script(Reply(429, ""), Reply())
    new_http(script).request("POST", "/x", doing="look")
    assert len(script.sent) == 2


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_post_that_may_have_been_carried_out_is_not_sent_again(status: int) -> None:
    script = Script(Reply(status, ""), Reply())

    error = caught(script, "POST")

    assert error.status == status
    assert error.in_doubt
    assert len(script.sent) == 1


def test_a_post_that_is_safe_to_repeat_is_sent_again() -> None:
    script = Script(Reply(503, ""), Reply())
    new_http(script).request("POST", "/x", doing="look", repeatable=True)
    assert len(script.sent) == 2


@pytest.mark.parametrize(("retry_after", "waited"), [("7", 7), (" 7 ", 7), ("120", 120), ("0", 1)])
def test_a_retry_after_in_seconds_is_honoured(retry_after: str, waited: float) -> None:
    clock = FakeClock()
    new_http(Script(Reply(429, "", {"Retry-After": retry_after}), Reply()), clock).request("GET", "/x", doing="look")
    assert clock.waits == [waited]


@pytest.mark.parametrize("retry_after", ["soon", "-5", "", "1.5", "\xb2"])
def test_an_unreadable_retry_after_is_ignored(retry_after: str) -> None:
    clock = FakeClock()

    new_http(Script(Reply(429, "", {"Retry-After": retry_after}), Reply()), clock).request("GET", "/x", doing="look")
    (wait,) = clock.waits

    assert 4 <= wait <= 6


def test_a_retry_after_as_a_date_is_by_the_servers_clock() -> None:
    clock = FakeClock()
    server = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(hours=5)
    headers = {"Date": format_datetime(server, usegmt=True), "Retry-After": format_datetime(server + timedelta(seconds=30), usegmt=True)}

    new_http(Script(Reply(503, "", headers), Reply()), clock).request("GET", "/x", doing="look")
    (wait,) = clock.waits

    assert 28 <= wait <= 30


def test_a_retry_after_in_the_past_waits_for_at_least_a_second() -> None:
    clock = FakeClock()
    passed = format_datetime(datetime.now(timezone.utc) - timedelta(hours=1), usegmt=True)

    new_http(Script(*[Reply(503, "", {"Retry-After": passed})] * 3, Reply()), clock).request("GET", "/x", doing="look")

    assert len(clock.waits) == 3
    assert min(clock.waits) >= 1


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}, {"Retry-After": "0"}, {"Retry-After": "100"}])
def test_the_whole_wait_has_a_bound(headers: dict[str, str]) -> None:
    clock = FakeClock()

    error = caught(Script(Reply(503, "", headers)), clock=clock)

    assert error.status == 503
    assert 0 < sum(clock.waits) <= 300


def test_a_wait_beyond_the_bound_is_not_begun() -> None:
    clock = FakeClock()

    error = caught(Script(Reply(429, "", {"Retry-After": "86400"})), "POST", clock=clock)

    assert error.status == 429
    assert clock.waits == []


def test_all_workers_slow_down_and_speed_up_again() -> None:
    clock = FakeClock()
    script = Script(Reply(429, "", {"Retry-After": "9"}), *[Reply()] * 200)
    throttle = new_throttle(8, clock)
    http = new_http(script, clock, throttle=throttle)

    http.request("GET", "/x", doing="look")

    assert throttle.limit == 4
    assert clock.waits == [9]

    for _request in range(4 + 5 + 6 + 7):
        http.request("GET", "/x", doing="look")

    assert throttle.limit == 8
    assert clock.waits == [9]


def test_an_error_other_than_a_refusal_lets_the_workers_speed_up() -> None:
    clock = FakeClock()
    throttle = new_throttle(2, clock)
    http = new_http(Script(Reply(429, "", {"Retry-After": "1"}), Reply(404, ""), Reply(400, "")), clock, throttle=throttle)

    with pytest.raises(NotFoundError):
        http.request("GET", "/x", doing="look")

    assert throttle.limit == 2


# --- when there is no answer


def new_connection_error(reason: Exception | None = None) -> requests.ConnectionError:
    """Return what requests raises for a connection that was never made, wrapped as requests and urllib3 wrap it."""
    pool = urllib3.HTTPSConnectionPool("vantage.example.com")
    inner = reason or urllib3.exceptions.NewConnectionError(pool, "Failed to establish a new connection: [Errno 111] Connection refused")
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/x", inner))


def wrapped(inner: Exception, outer: type[requests.RequestException]) -> requests.RequestException:
    """Return an error as requests and urllib3 wrap one."""
    return outer(urllib3.exceptions.MaxRetryError(urllib3.HTTPSConnectionPool("vantage.example.com"), "/x", inner))


def proxy_error(cause: Exception) -> requests.RequestException:
    return wrapped(urllib3.exceptions.ProxyError("Unable to connect to proxy", cause), requests.exceptions.ProxyError)


def tls_error(text: str) -> requests.RequestException:
    return wrapped(urllib3.exceptions.SSLError(ssl.SSLError(1, text)), requests.exceptions.SSLError)


BAD_CERTIFICATE = wrapped(urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed")), requests.exceptions.SSLError)
# What can be known from the error alone, as of an adapter that is not ours; test_session.py has real connections.
FAILURES = [
    (BAD_CERTIFICATE, "tls", False, "the certificate of vantage.example.com could not be verified"),
    (tls_error("[SSL: WRONG_VERSION_NUMBER] wrong version number"), "connection", True, "could not be read (its TLS is broken: "),
    (requests.exceptions.SSLError("bad record"), "connection", True, "could not be read (its TLS is broken: "),
    (proxy_error(OSError("Tunnel connection failed: 407 Basic hunter22")), "proxy", False, "refused the connection (CONNECT returned 407)"),
    (proxy_error(RemoteDisconnected("gone")), "connection", True, "broke before the response was complete (RemoteDisconnected)"),
    (proxy_error(ConnectionResetError(104, "Connection reset by peer")), "connection", True, "(Connection reset by peer)"),
    (requests.exceptions.ProxyError("bad"), "connection", True, "broke before the response was complete"),
    (requests.ConnectTimeout("slow"), "timeout", False, "no connection to vantage.example.com within 10 s; check base_url and the network"),
    (requests.ReadTimeout("slow"), "timeout", True, "vantage.example.com did not answer within 30 s; see the option timeout"),
    (new_connection_error(), "connection", False, "the connection to vantage.example.com failed (NewConnectionError); check base_url and the network"),
    (new_connection_error(socket.gaierror(-2, "Name or service not known")), "connection", False, "(Name or service not known)"),
    (requests.ConnectionError(ConnectionResetError(104, "Connection reset by peer")), "connection", True, "(Connection reset by peer)"),
    (requests.ConnectionError("gone"), "connection", True, "broke before the response was complete (ConnectionError)"),
    (requests.exceptions.ChunkedEncodingError("cut"), "connection", True, "broke before the response was complete (ChunkedEncodingError)"),
    (requests.exceptions.ContentDecodingError("gzip"), "unreadable", True, "the response of vantage.example.com is damaged (ContentDecodingError)"),
    (requests.exceptions.InvalidHeader("Bearer hunter22"), "request", True, "could not be carried out (InvalidHeader)"),
    # What requests lets through as it comes.
    (urllib3.exceptions.HTTPError("odd"), "connection", True, "broke before the response was complete (HTTPError)"),
    (IncompleteRead(b"{"), "connection", True, "broke before the response was complete (IncompleteRead)"),
    (UnicodeEncodeError("latin-1", "hunter22\u0416", 8, 9, "no"), "request", True, "could not be carried out (UnicodeEncodeError)"),
]


@pytest.mark.parametrize(("failure", "code", "doubt", "said"), FAILURES, ids=[str(number) for number in range(len(FAILURES))])
def test_a_failed_transport_is_one_sentence(failure: Exception, code: str, doubt: bool, said: str) -> None:
    error = caught(Script(failure), "POST")

    assert error.__class__ is TransportError
    assert error.as_details() == {"status": None, "code": code, "method": "POST", "path": "/things"}
    assert error.message.startswith("Could not look at things: ")
    assert said in error.message
    assert "hunter22" not in error.message
    assert error.in_doubt is doubt


def test_the_message_names_the_host_of_a_whole_url() -> None:
    error = caught(Script(requests.ConnectionError("x")), "POST", "https://login.example.com/token")
    assert "the connection to login.example.com broke" in error.message


safe_to_repeat = pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
no_response = pytest.mark.parametrize("failure", [requests.ReadTimeout("x"), requests.ConnectTimeout("x"), requests.ConnectionError("x")])


@safe_to_repeat
@no_response
def test_a_request_that_is_safe_to_repeat_fails_after_three_tries(method: str, failure: Exception) -> None:
    clock = FakeClock()
    script = Script(failure)

    caught(script, method, clock=clock)

    assert len(script.sent) == 3
    assert clock.waits == [1, 2]


@safe_to_repeat
@no_response
def test_the_third_try_may_succeed(method: str, failure: Exception) -> None:
    script = Script(failure, failure, Reply())
    new_http(script).request(method, "/x", doing="look")
    assert len(script.sent) == 3


@pytest.mark.parametrize(
    ("failure", "tries"),
    [(requests.ReadTimeout("x"), 1), (requests.ConnectionError("x"), 1), (requests.ConnectTimeout("x"), 3), (new_connection_error(), 3)],
)
def test_a_post_is_tried_again_only_when_it_was_never_sent(failure: Exception, tries: int) -> None:
    script = Script(failure)
    caught(script, "POST")
    assert len(script.sent) == tries


def test_a_bad_certificate_is_not_tried_again() -> None:
    script = Script(BAD_CERTIFICATE)
    caught(script)
    assert len(script.sent) == 1


# --- what time it is


@pytest.mark.parametrize(("ahead", "seen"), [(0, 0), (2, 0), (-2, 0), (60, 60), (-60, -60), (86400 * 400, 86400 * 400)])
def test_the_servers_clock_counts_when_it_differs(ahead: int, seen: int) -> None:
    now = datetime.now(timezone.utc)
    http = new_http(Script(Reply(headers={"Date": format_datetime(now + timedelta(seconds=ahead), usegmt=True)})))

    http.request("GET", "/x", doing="look")

    assert abs((http.now() - now).total_seconds() - seen) < 2


FAR = format_datetime(datetime.now(timezone.utc) + timedelta(days=400), usegmt=True)


@pytest.mark.parametrize(
    ("reply", "path"),
    [
        (Reply(407, "", {"Date": FAR}), "/x"),
        (Reply(502, "<html>", {"Date": FAR}), "/x"),
        (Reply(504, '{"title": "gateway"}', {"Date": FAR}), "/x"),
        (Reply(404, "<html>not here</html>", {"Date": FAR}), "/x"),
        (Reply(200, "<html>log in</html>", {"Date": FAR}), "/x"),
        (Reply(200, "{}", {"Date": FAR, "Age": "34560000"}), "/x"),
        (Reply(200, "{}", {"Date": FAR}), "https://login.example.com/token"),
        (Reply(200, "{}", {"Date": FAR}), f"{BASE_URL}:8443/token"),
    ],
)
def test_an_answer_of_anybody_else_does_not_tell_the_time(reply: Reply, path: str) -> None:
    http = new_http(Script(reply))

    with suppress(VantageError):
        http.request("GET", path, doing="look")

    assert http.clock_offset() is None
    assert abs((http.now() - datetime.now(timezone.utc)).total_seconds()) < 2


@pytest.mark.parametrize("reply", [Reply(200, "{}"), Reply(204, ""), Reply(404, '{"title": "Not Found"}'), Reply(403, ""), Reply(500, "{}")])
@pytest.mark.parametrize("path", ["/x", f"{BASE_URL}/x"])
def test_every_answer_of_the_tenant_tells_the_time(reply: Reply, path: str) -> None:
    http = new_http(Script(reply._replace(headers={"Date": FAR})))

    with suppress(VantageError):
        http.request("GET", path, doing="look")
    offset = http.clock_offset()

    assert offset is not None
    assert timedelta(days=399) < offset < timedelta(days=401)


@pytest.mark.parametrize("date", ["Mon, 01 Jan 0001 00:00:00 +2359", "Fri, 31 Dec 9999 23:59:59 -2359", "Fri, 31 Dec 99999 23:59:59 GMT", " ", "1 2 3"])
def test_an_impossible_date_is_ignored(date: str) -> None:
    http = new_http(Script(Reply(429, "", {"Date": date, "Retry-After": date}), Reply(200, "{}", {"Date": date})))
    response = http.request("GET", "/x", doing="look")
    assert response.status == 200


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 32 Foo 2026 99:00:00 GMT", "0"])
def test_an_unreadable_date_leaves_the_machines_clock(date: str) -> None:
    http = new_http(Script(Reply(headers={"Date": date})))
    http.request("GET", "/x", doing="look")
    assert abs((http.now() - datetime.now(timezone.utc)).total_seconds()) < 2


def test_a_corrected_clock_of_the_server_is_followed() -> None:
    now = datetime.now(timezone.utc)
    replies = [Reply(headers={"Date": format_datetime(now + timedelta(seconds=ahead), usegmt=True)}) for ahead in (3600, 0)]
    http = new_http(Script(*replies))

    http.request("GET", "/x", doing="look")

    assert (http.now() - now).total_seconds() > 3000

    http.request("GET", "/x", doing="look")

    assert (http.now() - now).total_seconds() < 60


def http_with_98_bytes() -> Http:
    return new_http(Script(Reply(200, f'"{"x" * 96}"', {"Content-Length": "98"})))


@pytest.mark.parametrize("most", [100, 98, None])
def test_a_response_within_the_limit_is_read(most: int | None) -> None:
    response = http_with_98_bytes().request("GET", "/x", doing="look", most_bytes=most)
    assert len(response.body) == 96


@pytest.mark.parametrize("most", [97, 0])
def test_a_response_beyond_the_limit_is_refused(most: int) -> None:
    with pytest.raises(ApiError, match="GET /x answered 200 with a response that is too long") as error:
        http_with_98_bytes().request("GET", "/x", doing="look", most_bytes=most)
    assert error.value.code == "too_large"
