# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real connections: which certificates they trust, which proxy they take, and that they are reused."""

from __future__ import annotations

import inspect
import os
import shutil
import socket
import subprocess
import threading
import types
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, TransportError
from ansible_collections.abbyy.vantage.plugins.module_utils.http import session
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Http
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.connect_proxy import ConnectProxy
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.emulator.https_server import NAME, Handler, HttpsServer, RunningServer

# Needs no token.
PATH = f"/auth2/{CONTOSO}/.well-known/openid-configuration"
CLIENTS = f"/api/adminapi2/v2/tenants/{CONTOSO}/clients/"
BEHIND_PROXY = f"https://{NAME}"
WAYS_TO_CAS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
WAYS_ROUND = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*WAYS_TO_CAS, *WAYS_ROUND):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The callers' addresses, one entry for each connection that arrives."""
    arrived: list[Any] = []
    accept = HttpsServer.get_request

    def note(server: HttpsServer) -> tuple[Any, Any]:
        connection, address = accept(server)
        arrived.append(address)
        return connection, address

    monkeypatch.setattr(HttpsServer, "get_request", note)
    return arrived


@pytest.fixture
def server(emulator: Emulator, tmp_path: Path, connections: list[Any]) -> Iterator[RunningServer]:
    with RunningServer(emulator, tmp_path) as running:
        yield running


def look(http: Http) -> int:
    return http.request("GET", PATH, doing="look").status


def refusal(http: Http) -> str:
    with pytest.raises(TransportError) as error:
        look(http)
    assert error.value.code == "tls"
    return error.value.message


def test_ca_path_may_be_a_file(server: RunningServer) -> None:
    status = look(Http(server.base_url, ca_path=str(server.ca_path)))
    assert status == 200


@pytest.mark.skipif(shutil.which("openssl") is None, reason="only openssl gives the files in a directory their names")
def test_ca_path_may_be_a_directory(server: RunningServer, tmp_path: Path) -> None:
    folder = tmp_path / "cas"
    folder.mkdir()
    shutil.copy(server.ca_path, folder / "ca.pem")
    subprocess.run(["openssl", "rehash", str(folder)], check=True)

    status = look(Http(server.base_url, ca_path=str(folder)))

    assert status == 200


def test_a_directory_without_the_names_of_openssl_is_as_good_as_empty(server: RunningServer, tmp_path: Path) -> None:
    folder = tmp_path / "cas"
    folder.mkdir()
    shutil.copy(server.ca_path, folder / "ca.pem")

    message = refusal(Http(server.base_url, ca_path=str(folder)))

    assert "could not be verified" in message


@pytest.mark.parametrize("variable", WAYS_TO_CAS)
def test_the_environment_may_name_the_cas(server: RunningServer, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, str(server.ca_path))
    status = look(Http(server.base_url))
    assert status == 200


def test_a_server_of_an_unknown_ca_is_refused(server: RunningServer, emulator: Emulator) -> None:
    message = refusal(Http(server.base_url))
    assert "could not be verified" in message
    assert list(emulator.journal) == []


def test_a_name_that_is_not_in_the_certificate_is_refused(server: RunningServer, emulator: Emulator) -> None:
    other = server.base_url.replace("127.0.0.1", "127.1")

    message = refusal(Http(other, ca_path=str(server.ca_path)))

    assert "could not be verified" in message
    assert list(emulator.journal) == []


@pytest.fixture(params=["as it is", *session.HOOKS])
def requests_of_another_release(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library as it is, or as it would be with one of the hooks under another name."""
    if request.param == "as it is":
        return
    adapters = types.ModuleType("requests.adapters")
    # So that relative imports work.
    adapters.__package__ = "requests"
    exec(compile(inspect.getsource(requests.adapters).replace(request.param, f"renamed_{request.param}"), "adapters.py", "exec"), adapters.__dict__)
    monkeypatch.setattr(requests, "adapters", adapters)
    monkeypatch.setattr(requests.sessions, "HTTPAdapter", adapters.HTTPAdapter)


@dataclass
class Certified:
    """A server and a proxy before it, with one fault of the certificate or none.

    :ivar http: who asks the server.
    """

    http: Http
    proxy: ConnectProxy


@pytest.fixture(params=["direct", "proxy"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def certified(
    request: pytest.FixtureRequest, requests_of_another_release: None, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> Iterator[Certified]:
    fault = getattr(request, "param", "none")
    (tmp_path / "other").mkdir()
    with (
        RunningServer(emulator, tmp_path, expired=fault == "expired") as server,
        RunningServer(emulator, tmp_path / "other") as other,
        ConnectProxy(server.port) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        name, host = (f"not.{NAME}", "127.1") if fault == "wrong name" else (NAME, "127.0.0.1")
        address = f"https://{name}" if way == "proxy" else f"https://{host}:{server.port}"
        yield Certified(Http(address, ca_path=str((other if fault == "wrong CA" else server).ca_path)), proxy)


def test_every_release_of_requests_trusts_a_good_certificate_on_each_way(certified: Certified, emulator: Emulator, way: str) -> None:
    statuses = [look(certified.http), look(certified.http)]

    assert statuses == [200, 200]
    assert bool(certified.proxy.asked) == (way == "proxy")
    assert list(emulator.journal) != []


@pytest.mark.parametrize("certified", ["wrong CA", "wrong name", "expired"], indirect=True)
def test_no_release_of_requests_trusts_a_wrong_certificate_on_any_way(certified: Certified, emulator: Emulator, way: str) -> None:
    message = refusal(certified.http)

    assert "could not be verified" in message
    assert bool(certified.proxy.asked) == (way == "proxy")
    assert list(emulator.journal) == []


@pytest.mark.usefixtures("requests_of_another_release")
def test_a_session_that_trusts_anybody_leaves_the_next_one_strict(server: RunningServer) -> None:
    assert look(Http(server.base_url, validate_certs=False)) == 200
    assert "could not be verified" in refusal(Http(server.base_url))


def test_without_validate_certs_any_certificate_is_trusted(server: RunningServer) -> None:
    status = look(Http(server.base_url.replace("127.0.0.1", "127.1"), validate_certs=False))
    assert status == 200


def test_without_validate_certs_no_library_warns_of_each_connection(server: RunningServer) -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        look(Http(server.base_url, validate_certs=False))
    assert [str(warning.message) for warning in seen] == []


def test_a_broken_certificate_is_an_error_of_the_connection(server: RunningServer, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")

    message = refusal(Http(server.base_url, ca_path=str(bundle)))

    assert "the CA certificates could not be read" in message


def test_a_missing_file_of_the_environment_is_an_error_of_the_connection(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent.pem")
    message = refusal(Http(server.base_url))
    assert "could not be read (No such file or directory); set ca_path, or correct REQUESTS_CA_BUNDLE" in message


def test_one_connection_serves_request_after_request(server: RunningServer, connections: list[Any]) -> None:
    http = Http(server.base_url, ca_path=str(server.ca_path))

    for _request in range(5):
        look(http)

    assert len(connections) == 1


def test_later_threads_reuse_the_connections_of_earlier_ones(server: RunningServer, connections: list[Any]) -> None:
    http = Http(server.base_url, ca_path=str(server.ca_path))
    statuses: list[int] = []

    for _phase in range(3):
        together = threading.Barrier(4)

        def work(_number: int, together: threading.Barrier = together) -> int:
            together.wait()
            return look(http)

        with ThreadPoolExecutor(4) as pool:
            statuses.extend(pool.map(work, range(4)))

    assert statuses == [200] * 12
    assert len(connections) <= 4


def test_the_cas_are_read_once(server: RunningServer) -> None:
    http = Http(server.base_url, ca_path=str(server.ca_path))
    look(http)
    server.ca_path.unlink()

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _number: look(http), range(12)))

    assert statuses == [200] * 12


@pytest.fixture
def proxy(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConnectProxy]:
    """A proxy that the environment names; it passes every request on to the server."""
    with ConnectProxy(server.port) as running:
        monkeypatch.setenv("HTTPS_PROXY", running.url)
        yield running


def test_requests_take_the_proxy_of_the_environment(server: RunningServer, proxy: ConnectProxy) -> None:
    http = Http(BEHIND_PROXY, ca_path=str(server.ca_path))

    statuses = [look(http), look(http)]

    assert statuses == [200, 200]
    assert proxy.asked == [f"{NAME}:443"]


@pytest.mark.usefixtures("proxy")
def test_the_server_behind_a_proxy_is_verified() -> None:
    message = refusal(Http(BEHIND_PROXY))
    assert "could not be verified" in message


def test_a_host_in_no_proxy_is_asked_directly(server: RunningServer, proxy: ConnectProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", NAME)

    with pytest.raises(TransportError) as error:
        look(quick(f"{BEHIND_PROXY}:1", ca_path=str(server.ca_path)))

    assert error.value.code in ("connection", "timeout")
    assert proxy.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "LocalHost"])
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY", "all_proxy"])
def test_this_machine_is_never_asked_through_a_proxy(
    server: RunningServer, proxy: ConnectProxy, monkeypatch: pytest.MonkeyPatch, host: str, variable: str
) -> None:
    monkeypatch.delenv("HTTPS_PROXY")
    monkeypatch.setenv(variable, proxy.url)
    # No other host in NO_PROXY may change that.
    monkeypatch.setenv("NO_PROXY", "vantage.example.com")

    status = look(Http(server.base_url.replace("127.0.0.1", host), validate_certs=False))

    assert status == 200
    assert proxy.asked == []


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_this_machine_is_never_asked_through_a_proxy_by_plain_http(proxy: ConnectProxy, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    if variable == "HTTP_PROXY":
        # As on a server of CGI, where the variable would be a header of the request.
        monkeypatch.delenv("REQUEST_METHOD", raising=False)
    monkeypatch.setenv(variable, proxy.url)

    with plain_server() as port:
        status = look(Http(f"http://127.0.0.1:{port}"))

    assert status == 200
    assert proxy.asked == []


@contextmanager
def plain_server() -> Iterator[int]:
    """Answer one request without TLS, at the port that is yielded."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_answer_once, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]


def _answer_once(listener: socket.socket) -> None:
    caller, _address = listener.accept()
    with caller:
        caller.recv(65536)
        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


# --- whether it was sent


def quick(base_url: str, **options: Any) -> Http:
    """Return a transport that does not wait between its tries."""
    return Http(base_url, sleep=lambda _seconds: None, **options)


def failed_post(http: Http, **keywords: Any) -> TransportError:
    """Return the error of one POST that creates a client."""
    with pytest.raises(TransportError) as error:
        http.request("POST", CLIENTS, doing="make a client", json_body={"clientId": "app"}, **keywords)
    return error.value


def posts(emulator: Emulator) -> int:
    return len([entry for entry in emulator.journal if entry.method == "POST"])


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        ("drop_before", "connection", "broke before the response was complete"),
        ("drop_after", "connection", "broke before the response was complete"),
        ("proxy_after", "connection", "broke before the response was complete"),
        ("timeout_after", "timeout", "did not answer within 2 s; see the option timeout"),
        ("tls_before", "connection", "could not be read (its TLS is broken: "),
        ("tls_after", "connection", "could not be read (its TLS is broken: "),
    ],
)
def test_a_connection_that_breaks_after_the_first_byte_leaves_the_write_in_doubt(
    server: RunningServer, emulator: Emulator, proxy: ConnectProxy, way: str, kind: str, code: str, said: str
) -> None:
    http = quick(server.base_url if way == "direct" else BEHIND_PROXY, ca_path=str(server.ca_path), timeout=2 if kind == "timeout_after" else 60)
    emulator.faults.replace([{"kind": kind, "method": "POST", "times": None}])
    headers = {"Authorization": f"Bearer {emulator.issue_token('contoso')}"}

    error = failed_post(http, headers=headers)

    assert (error.code, error.in_doubt) == (code, True)
    assert said in error.message
    assert "refused" not in error.message
    assert "certificate" not in error.message
    assert posts(emulator) == 1
    assert len(proxy.asked) == (1 if way == "proxy" else 0)
    assert ("app" in emulator.state()["tenants"][CONTOSO]["clients"]) is kind.endswith("after")


@pytest.mark.usefixtures("proxy")
@pytest.mark.parametrize("kind", ["drop_after", "tls_after", "proxy_after"])
def test_a_read_is_repeated(server: RunningServer, emulator: Emulator, way: str, kind: str) -> None:
    http = quick(server.base_url if way == "direct" else BEHIND_PROXY, ca_path=str(server.ca_path))
    emulator.faults.replace([{"kind": kind, "times": 2}])

    status = look(http)

    assert status == 200
    assert len(list(emulator.journal)) == 3


@pytest.mark.parametrize("breaks", ["tls", "connection"])
def test_a_response_that_breaks_off_in_its_body_leaves_the_write_in_doubt(
    breaks: str, server: RunningServer, monkeypatch: pytest.MonkeyPatch, emulator: Emulator
) -> None:
    def write(handler: Handler, response: Any, method: str, keep: bool) -> None:
        handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{")
        if breaks == "tls":
            os.write(handler.connection.fileno(), b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
        handler.connection.shutdown(socket.SHUT_RDWR)

    monkeypatch.setattr(Handler, "write_response", write)
    headers = {"Authorization": f"Bearer {emulator.issue_token('contoso')}"}

    error = failed_post(quick(server.base_url, ca_path=str(server.ca_path)), headers=headers)

    assert (error.code, error.in_doubt) == ("connection", True)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ({"refusal": 407}, "refused the connection (CONNECT returned 407)"),
        ({"refusal": 502}, "CONNECT returned 502"),
        ({"cut": True}, "could not be reached ("),
    ],
)
def test_a_proxy_that_refuses_connect_leaves_no_doubt(
    server: RunningServer, emulator: Emulator, proxy: ConnectProxy, trouble: dict[str, Any], said: str
) -> None:
    vars(proxy).update(trouble)

    error = failed_post(quick(BEHIND_PROXY, ca_path=str(server.ca_path)))

    assert not error.in_doubt
    assert len(proxy.asked) == 3
    assert list(emulator.journal) == []
    assert error.code == "proxy"
    assert f"HTTPS_PROXY is '{proxy.url}'" in error.message
    assert said in error.message


def test_a_missing_proxy_is_named_without_its_password(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://me:Passw0rd@127.0.0.1:1")

    error = failed_post(quick(BEHIND_PROXY, ca_path=str(server.ca_path)))

    assert (error.code, error.in_doubt) == ("proxy", False)
    assert "could not be reached (Connection refused); https_proxy is 'http://127.0.0.1:1': correct it, or name the host in NO_PROXY" in error.message
    assert "Passw0rd" not in error.message


@pytest.mark.usefixtures("proxy")
def test_a_failed_handshake_leaves_no_doubt(emulator: Emulator, server: RunningServer, way: str) -> None:
    error = failed_post(quick(server.base_url if way == "direct" else BEHIND_PROXY))

    assert (error.code, error.in_doubt) == ("tls", False)
    assert "could not be verified" in error.message
    assert list(emulator.journal) == []


def test_a_server_without_tls_leaves_no_doubt() -> None:
    with plain_server() as port:
        error = failed_post(quick(f"https://127.0.0.1:{port}"))

    assert (error.code, error.in_doubt) == ("tls", False)
    assert "no TLS connection to 127.0.0.1" in error.message
    assert "certificate" not in error.message


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_refused_connection_leaves_no_doubt(scheme: str) -> None:
    error = failed_post(quick(f"{scheme}://127.0.0.1:1"))
    assert (error.code, error.in_doubt) == ("connection", False)
    assert "the connection to 127.0.0.1:1 failed (Connection refused)" in error.message


# --- unusable proxies


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (
            "HTTPS_PROXY",
            "socks5://me:Passw0rd@proxy.example.com:1080",
            "is 'socks5://proxy.example.com:1080', and a SOCKS proxy needs the Python library PySocks",
        ),
        ("all_proxy", "socks4://proxy.example.com", "pip install PySocks"),
        ("HTTPS_PROXY", "ftp://proxy.example.com", "is 'ftp://proxy.example.com', which is not the address of a proxy"),
        ("HTTPS_PROXY", "http://", "which is not the address of a proxy such as http://proxy.example.com:3128"),
        ("HTTPS_PROXY", "http://proxy..example.com:3128", "which is not the address of a proxy"),
        ("HTTPS_PROXY", "http://proxy.example.com:port", "which is not the address of a proxy"),
    ],
)
def test_an_unusable_proxy_is_refused_by_its_variable(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str) -> None:
    monkeypatch.setenv(variable, value)
    # As where PySocks is missing, whatever this machine has.
    monkeypatch.setattr(session, "find_spec", lambda _name: None)

    with pytest.raises(ConfigError) as error:
        look(quick(BEHIND_PROXY))

    assert error.value.message.startswith(f"{variable} is ")
    assert said in error.value.message
    assert error.value.code == "proxy"
    assert "Passw0rd" not in error.value.message


def test_a_password_in_netrc_does_not_replace_the_token(server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[dict[str, str]] = []
    handle = emulator.handle
    monkeypatch.setattr(emulator, "handle", lambda request: seen.append(dict(request.headers)) or handle(request))

    Http(server.base_url, ca_path=str(server.ca_path)).request("GET", PATH, doing="look", headers={"Authorization": "Bearer ours"})

    assert [headers["authorization"] for headers in seen] == ["Bearer ours"]
