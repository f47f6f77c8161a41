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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
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
def server(emulator, tmp_path):
    with RunningServer(emulator, tmp_path) as running:
        yield running


@pytest.fixture
def session(server, emulator):
    with requests.Session() as opened:
        opened.verify = str(server.ca_path)
        opened.trust_env = False
        opened.headers["Authorization"] = f"Bearer {emulator.issue_token('contoso')}"
        yield opened


def test_a_connection_is_kept_for_many_requests(server, session):
    connection = http.client.HTTPSConnection("127.0.0.1", urlsplit(server.base_url).port, context=ssl.create_default_context(cafile=str(server.ca_path)))
    connection.connect()
    first = connection.sock
    headers = {"Authorization": session.headers["Authorization"], "Content-Type": "application/json"}

    def ask(method, path, body=None):
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        assert "Date" in answer.headers
        text = answer.read()
        # Closed by either side, it would be another one, or none.
        assert connection.sock is first
        return answer.status, text

    for number in range(5):
        status, text = ask("POST", CLIENTS, json.dumps({"clientId": f"app{number}"}))
        assert (status, json.loads(text)["clientId"]) == (201, f"app{number}")
    assert ask("DELETE", f"{CLIENTS}app0")[0] == 204
    assert ask("GET", f"{CLIENTS}app1")[0] == 200
    connection.close()


def test_a_caller_may_close_the_connection(server, session):
    answer = session.get(server.base_url + CLIENTS, headers={"Connection": "close"})
    assert (answer.status_code, answer.headers["Connection"]) == (200, "close")


def test_the_certificate_is_of_the_throw_away_authority_only(server):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(server.base_url + CLIENTS, timeout=30)


def test_many_connections_at_once(server, session, emulator):
    token = session.headers["Authorization"]

    def create(number):
        with requests.Session() as own:
            own.trust_env = False
            return [
                own.post(
                    server.base_url + CLIENTS, json={"clientId": f"{number}-{turn}"}, headers={"Authorization": token}, verify=str(server.ca_path)
                ).status_code
                for turn in range(3)
            ]

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
def test_faults_reach_the_socket(server, session, emulator, kind, outcome):
    emulator.faults.replace([{"kind": kind}])
    with pytest.raises(outcome):
        session.post(server.base_url + CLIENTS, json={"clientId": "app"}, timeout=2 if kind == "timeout_after" else 60)
    assert ("app" in emulator.state()["tenants"][CONTOSO]["clients"]) == kind.endswith("after")
    assert session.get(server.base_url + CLIENTS).status_code == 200


@pytest.mark.parametrize("kind", ["proxy_before", "proxy_after"])
def test_behind_a_proxy_a_broken_connection_has_another_name(server, session, emulator, kind):
    with ConnectProxy(server.port) as proxy:
        session.proxies = {"https": proxy.url}
        emulator.faults.replace([{"kind": kind}])
        with pytest.raises(requests.exceptions.ProxyError):
            session.post(f"https://{NAME}{CLIENTS}", json={"clientId": "app"}, timeout=30)
        assert ("app" in emulator.state()["tenants"][CONTOSO]["clients"]) == kind.endswith("after")
        assert session.get(f"https://{NAME}{CLIENTS}").status_code == 200
        assert proxy.asked == [f"{NAME}:443"] * 2


@pytest.mark.parametrize("trouble", [{"refusal": 407}, {"cut": True}])
def test_a_proxy_may_refuse(server, session, emulator, trouble):
    with ConnectProxy(server.port) as proxy:
        vars(proxy).update(trouble)
        session.proxies = {"https": proxy.url}
        with pytest.raises(requests.ConnectionError):
            session.get(f"https://{NAME}{CLIENTS}", timeout=30)
    assert list(emulator.journal) == []


def test_a_body_may_come_in_chunks(server, session):
    chunks = iter([b'{"clientId":', b'"app"}'])
    answer = session.post(server.base_url + CLIENTS, data=chunks, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["clientId"]) == (201, "app")
    assert session.get(f"{server.base_url}{CLIENTS}app").status_code == 200


def test_head_has_no_body(server, session):
    assert session.head(server.base_url + CLIENTS).status_code == 405
    assert session.get(server.base_url + CLIENTS).status_code == 200


def test_a_breach_of_the_contract_is_answered_with_500(tmp_path):
    emulator = Emulator(conformance=True)
    with RunningServer(emulator, tmp_path) as server, requests.Session() as session:
        session.verify, session.trust_env = str(server.ca_path), False
        answer = session.get(f"{server.base_url}/api/adminapi2/v2/tenants/not%20one/clients/", headers={"Authorization": "Bearer x"})
        kept = session.get(f"{server.base_url}/_emulator/deviations").json()
    assert answer.status_code == 500
    assert "tenantId" in answer.json()["detail"]
    assert kept == emulator.deviations == [answer.json()["detail"]]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_announces_itself_and_stops_cleanly(tmp_path, number):
    config = tmp_path / "emulator.json"
    config.write_text(json.dumps({"behaviour": {"post_status": 200}}), encoding="utf-8")
    folder = tmp_path / "new" / "folder"
    checkout = Path(core.__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.emulator", "--dir", str(folder), "--config", str(config), "--latency", "0.01"]
    process = subprocess.Popen(command, cwd=checkout, stderr=subprocess.PIPE, text=True)
    try:
        announcement = folder / "emulator.json"
        while not announcement.exists():
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        facts = json.loads(announcement.read_text(encoding="utf-8"))
        assert facts["base_url"] == f"https://127.0.0.1:{facts['port']}"
        assert facts["pid"] == process.pid
        assert Path(facts["ca_path"]) == folder / "ca.pem"
        switches = requests.get(f"{facts['base_url']}/_emulator/behaviour", verify=facts["ca_path"], timeout=30).json()
        assert (switches["post_status"], switches["latency"]) == (200, 0.01)
        os.kill(process.pid, number)
        assert process.wait(120) == 0
        assert not announcement.exists()
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.stderr.close()
        process.wait()
