# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections as they really are: whom they trust, which way they take, and that they are kept."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import TransportError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Http
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.emulator.https_server import HttpsServer, RunningServer

# What answers whoever asks.
PATH = f"/auth2/{CONTOSO}/.well-known/openid-configuration"
WAYS_TO_CAS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
WAYS_ROUND = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*WAYS_TO_CAS, *WAYS_ROUND):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What comes from where, one entry for each connection that arrives."""
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


def test_a_server_is_trusted_by_the_file_that_was_named(server: RunningServer) -> None:
    assert look(Http(server.base_url, ca_path=str(server.ca_path))) == 200


@pytest.mark.skipif(shutil.which("openssl") is None, reason="only openssl gives the files in a directory their names")
def test_or_by_a_directory(server: RunningServer, tmp_path: Path) -> None:
    folder = tmp_path / "cas"
    folder.mkdir()
    shutil.copy(server.ca_path, folder / "ca.pem")
    # Without the names by which OpenSSL looks in a directory, there is nothing in it.
    assert "could not be verified" in refusal(Http(server.base_url, ca_path=str(folder)))
    subprocess.run(["openssl", "rehash", str(folder)], check=True)
    assert look(Http(server.base_url, ca_path=str(folder))) == 200


@pytest.mark.parametrize("variable", WAYS_TO_CAS)
def test_or_by_what_the_environment_names(server: RunningServer, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, str(server.ca_path))
    assert look(Http(server.base_url)) == 200


def test_nobody_else_is_trusted(server: RunningServer, emulator: Emulator) -> None:
    assert "could not be verified" in refusal(Http(server.base_url))
    assert list(emulator.journal) == []


def test_a_name_that_is_not_in_the_certificate_is_refused(server: RunningServer, emulator: Emulator) -> None:
    other = server.base_url.replace("127.0.0.1", "127.1")
    assert "could not be verified" in refusal(Http(other, ca_path=str(server.ca_path)))
    assert list(emulator.journal) == []


def test_anybody_is_trusted_where_that_was_asked_for(server: RunningServer) -> None:
    assert look(Http(server.base_url.replace("127.0.0.1", "127.1"), validate_certs=False)) == 200


def test_a_file_without_a_certificate_is_an_error_of_the_connection(server: RunningServer, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert "could not be verified" in refusal(Http(server.base_url, ca_path=str(bundle)))


def test_so_is_one_of_the_environment_that_is_not_there(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent.pem")
    assert "could not be verified (No such file or directory)" in refusal(Http(server.base_url))


def test_one_connection_serves_request_after_request(server: RunningServer, connections: list[Any]) -> None:
    http = Http(server.base_url, ca_path=str(server.ca_path))
    for _request in range(5):
        look(http)
    assert len(connections) == 1


def test_threads_that_come_later_take_the_connections_of_those_before(server: RunningServer, connections: list[Any]) -> None:
    http = Http(server.base_url, ca_path=str(server.ca_path))
    for _phase in range(3):
        together = threading.Barrier(4)

        def work(_number: int, together: threading.Barrier = together) -> int:
            together.wait()
            return look(http)

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(work, range(4))) == [200] * 4
    assert len(connections) <= 4


def test_the_cas_are_read_once(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    http = Http(server.base_url, ca_path=str(server.ca_path))
    look(http)
    server.ca_path.unlink()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _number: look(http), range(12))) == [200] * 12


class Proxy:
    """Carries what comes through CONNECT, and remembers where to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                caller, _address = self._listener.accept()
                head = b""
                while b"\r\n\r\n" not in head:
                    head += caller.recv(1)
                self.asked.append(head.split()[1].decode())
                host, _colon, port = self.asked[-1].rpartition(":")
                target = socket.create_connection((host, int(port)))
                caller.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                for source, sink in ((caller, target), (target, caller)):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                sink.sendall(chunk)
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    running = Proxy()
    yield running
    running.close()


def test_a_proxy_of_the_environment_is_the_way_and_the_server_is_proved_all_the_same(
    server: RunningServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    http = Http(server.base_url, ca_path=str(server.ca_path))
    assert [look(http), look(http)] == [200, 200]
    assert proxy.asked == [server.base_url.removeprefix("https://")]
    assert "could not be verified" in refusal(Http(server.base_url))


def test_a_host_may_be_spared_from_the_proxy(server: RunningServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert look(Http(server.base_url, ca_path=str(server.ca_path))) == 200
    assert proxy.asked == []


def test_a_password_in_netrc_does_not_take_the_tokens_place(server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[dict[str, str]] = []
    handle = emulator.handle
    monkeypatch.setattr(emulator, "handle", lambda request: seen.append(dict(request.headers)) or handle(request))
    Http(server.base_url, ca_path=str(server.ca_path)).request("GET", PATH, doing="look", headers={"Authorization": "Bearer ours"})
    assert [headers["authorization"] for headers in seen] == ["Bearer ours"]
