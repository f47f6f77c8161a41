# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to the emulator through a socket, as a playbook does."""

from __future__ import annotations

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from ansible_collections.abbyy.vantage.tests.emulator import core
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.connect_proxy import ConnectProxy
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.emulator.https_server import NAME, RunningServer

CLIENTS = f"/api/adminapi2/v2/tenants/{CONTOSO}/clients/"


@pytest.fixture
def server(emulator: Emulator, tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(emulator, tmp_path) as running:
        yield running


@pytest.fixture
def session(server: RunningServer, emulator: Emulator) -> Iterator[requests.Session]:
    with requests.Session() as opened:
        opened.verify = str(server.ca_path)
        opened.trust_env = False
        opened.headers["Authorization"] = f"Bearer {emulator.issue_token('contoso')}"
        yield opened


def test_a_connection_is_kept_for_many_requests(server: RunningServer, session: requests.Session) -> None:
    headers = {"Authorization": session.headers["Authorization"], "Content-Type": "application/json"}
    connection = http.client.HTTPSConnection("127.0.0.1", urlsplit(server.base_url).port, context=ssl.create_default_context(cafile=str(server.ca_path)))
    connection.connect()
    first = connection.sock

    def ask(method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        assert "Date" in answer.headers
        text = answer.read()
        # Closed by either side, it would be another one, or none.
        assert connection.sock is first
        return answer.status, text

    created = [ask("POST", CLIENTS, json.dumps({"clientId": f"app{number}"})) for number in range(5)]
    deleted, _empty = ask("DELETE", f"{CLIENTS}app0")
    read, _text = ask("GET", f"{CLIENTS}app1")
    connection.close()

    assert [(status, json.loads(text)["clientId"]) for status, text in created] == [(201, f"app{number}") for number in range(5)]
    assert (deleted, read) == (204, 200)


def test_a_caller_may_close_the_connection(server: RunningServer, session: requests.Session) -> None:
    answer = session.get(server.base_url + CLIENTS, headers={"Connection": "close"})
    assert (answer.status_code, answer.headers["Connection"]) == (200, "close")


def test_the_certificate_is_of_the_throw_away_authority_only(server: RunningServer) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(server.base_url + CLIENTS, timeout=30)


def test_many_connections_at_once(server: RunningServer, session: requests.Session, emulator: Emulator) -> None:
    options = {"headers": {"Authorization": session.headers["Authorization"]}, "verify": str(server.ca_path)}

    def create(number: int) -> list[int]:
        with requests.Session() as own:
            own.trust_env = False
            return [own.post(server.base_url + CLIENTS, json={"clientId": f"{number}-{turn}"}, **options).status_code for turn in range(3)]

    with ThreadPoolExecutor(64) as pool:
        statuses = [status for answers in pool.map(create, range(64)) for status in answers]

    assert statuses == [201] * 192
    assert [entry.n for entry in emulator.journal] == list(range(1, 193))


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("drop_before", requests.ConnectionError),
        ("drop_after", requests.ConnectionError),
        ("proxy_after", requests.ConnectionError),
        ("timeout_after", requests.ReadTimeout),
        ("tls_before", requests.exceptions.SSLError),
        ("tls_after", requests.exceptions.SSLError),
    ],
)
def test_faults_reach_the_socket(server: RunningServer, session: requests.Session, emulator: Emulator, kind: str, outcome: type[Exception]) -> None:
    emulator.faults.replace([{"kind": kind}])

    with pytest.raises(outcome):
        session.post(server.base_url + CLIENTS, json={"clientId": "app"}, timeout=2 if kind == "timeout_after" else 60)

    assert ("app" in emulator.state()["tenants"][CONTOSO]["clients"]) == kind.endswith("after")
    assert session.get(server.base_url + CLIENTS).status_code == 200


@pytest.mark.parametrize("kind", ["proxy_before", "proxy_after"])
def test_behind_a_proxy_a_broken_connection_is_an_error_of_the_proxy(server: RunningServer, session: requests.Session, emulator: Emulator, kind: str) -> None:
    with ConnectProxy(server.port) as proxy:
        session.proxies = {"https": proxy.url}
        emulator.faults.replace([{"kind": kind}])

        with pytest.raises(requests.exceptions.ProxyError):
            session.post(f"https://{NAME}{CLIENTS}", json={"clientId": "app"}, timeout=30)

        assert ("app" in emulator.state()["tenants"][CONTOSO]["clients"]) == kind.endswith("after")
        assert session.get(f"https://{NAME}{CLIENTS}").status_code == 200
        assert proxy.asked == [f"{NAME}:443"] * 2


@pytest.mark.parametrize("trouble", [{"refusal": 407}, {"cut": True}])
def test_a_proxy_may_refuse(server: RunningServer, session: requests.Session, emulator: Emulator, trouble: dict[str, Any]) -> None:
    with ConnectProxy(server.port) as proxy:
        vars(proxy).update(trouble)
        session.proxies = {"https": proxy.url}

        with pytest.raises(requests.ConnectionError):
            session.get(f"https://{NAME}{CLIENTS}", timeout=30)

    assert list(emulator.journal) == []


def test_a_body_may_come_in_chunks(server: RunningServer, session: requests.Session) -> None:
    chunks = iter([b'{"clientId":', b'"app"}'])

    answer = session.post(server.base_url + CLIENTS, data=chunks, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["clientId"]) == (201, "app")
    assert session.get(f"{server.base_url}{CLIENTS}app").status_code == 200


def test_head_has_no_body(server: RunningServer, session: requests.Session) -> None:
    head = session.head(server.base_url + CLIENTS)
    assert head.status_code == 405
    # A body would be taken for the start of the next answer.
    assert session.get(server.base_url + CLIENTS).status_code == 200


def test_a_breach_of_the_contract_is_answered_with_500(tmp_path: Path) -> None:
    emulator = Emulator(conformance=True)

    with RunningServer(emulator, tmp_path) as server, requests.Session() as session:
        session.verify, session.trust_env = str(server.ca_path), False
        answer = session.get(f"{server.base_url}/api/adminapi2/v2/tenants/not%20one/clients/", headers={"Authorization": "Bearer x"})
        kept = session.get(f"{server.base_url}/_emulator/deviations").json()

    assert answer.status_code == 500
    assert "tenantId" in answer.json()["detail"]
    assert kept == emulator.deviations == [answer.json()["detail"]]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def started(process: subprocess.Popen[str], announcement: Path) -> dict[str, Any]:
    """Return what the command announces as soon as it listens."""
    while not announcement.exists():
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.05)
    facts: dict[str, Any] = json.loads(announcement.read_text(encoding="utf-8"))
    return facts


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_announces_itself_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    config = tmp_path / "emulator.json"
    config.write_text(json.dumps({"behaviour": {"post_status": 200}}), encoding="utf-8")
    folder = tmp_path / "new" / "folder"
    checkout = Path(core.__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.emulator", "--dir", str(folder), "--config", str(config), "--latency", "0.01"]

    with subprocess.Popen(command, cwd=checkout, stderr=subprocess.PIPE, text=True) as process:
        try:
            facts = started(process, folder / "emulator.json")

            assert facts["base_url"] == f"https://127.0.0.1:{facts['port']}"
            assert facts["pid"] == process.pid
            assert Path(facts["ca_path"]) == folder / "ca.pem"

            switches = requests.get(f"{facts['base_url']}/_emulator/behaviour", verify=facts["ca_path"], timeout=30).json()

            assert (switches["post_status"], switches["latency"]) == (200, 0.01)

            os.kill(process.pid, number)

            assert process.wait(120) == 0
            assert not (folder / "emulator.json").exists()
            assert process.stderr
            assert process.stderr.read() == ""
        finally:
            process.kill()
