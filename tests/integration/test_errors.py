# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong before anything could be written: one sentence that says what to do, and nothing else."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from ansible_collections.abbyy.vantage.tests.integration.deployment import TENANTS

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner, Run

MODULE = "abbyy.vantage.vantage_client"
WANTED = {"client_id": "portal"}


@pytest.fixture(scope="module")
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def check_failures(run: Run, deployment: Deployment, expected: list[tuple[str, str]]) -> None:
    """Check that each task failed with its code and its words, in one sentence, and that nothing was written."""
    assert len(run.answers) == len(expected)
    for answer, (code, said) in zip(run.answers, expected):
        assert answer["failed"], said
        assert said in answer["msg"], answer["msg"]
        assert answer["error"]["code"] == code
        assert answer["msg"].endswith(".")
        assert "\n" not in answer["msg"]
        assert answer["changed"] is False
        # Since ansible-core 2.19 there is one in every failure, which says that there is none.
        assert answer.get("exception", "") in ("", "(traceback unavailable)")
        assert "module_stderr" not in answer
    assert deployment.emulator.journal.writes() == []
    assert not [secret for secret in ("secret-0001", "wrong-secret", "Passw0rd") if secret in run.output]


def test_a_login_that_is_refused(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    reader = {"auth_client_id": "reader", "auth_client_secret": "contoso-reader-secret-0001"}
    clerk = {"auth_username": "clerk@contoso.example", "auth_password": "contoso-Clerk-Passw0rd"}
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"auth_client_secret": "wrong-secret"}, "invalid_client", "Check auth_client_id and auth_client_secret"),
        ({**clerk, "auth_password": "wrong-secret"}, "invalid_grant", "Check auth_username and auth_password"),
        (
            {"auth_token": "wrong-secret", "auth_client_id": "", "auth_client_secret": ""},
            "http_401",
            "The access token is not accepted (any more): get a new one",
        ),
        ({"tenant_id": TENANTS["fabrikam"]}, "http_403", "needs the Tenant Administrator role in this very tenant; check tenant_id"),
        ({"tenant_id": "0" * 32}, "http_403", "check tenant_id and the roles"),
        (reader, "http_403", "needs the Tenant Administrator role"),
        (clerk, "http_403", "needs the Tenant Administrator role"),
        ({"api_version": "v1"}, "http_404", "answered 404 Not Found"),
    ]
    empty = {"VANTAGE_AUTH_CLIENT_ID": "automation"}
    tasks = [
        {MODULE: {**WANTED, **options}, **({"environment": {"VANTAGE_AUTH_CLIENT_SECRET": ""}} if "auth_token" in options else {})}
        for options, _code, _said in cases
    ]
    run = playbooks.run_tasks(*tasks, env=empty)
    check_failures(run, deployment, [(code, said) for _options, code, said in cases])


def test_a_server_that_cannot_be_reached(playbooks: PlaybookRunner, deployment: Deployment, closed_port: int) -> None:
    other_ca = playbooks.folder / "other.pem"
    other_ca.write_bytes(trustme.CA().cert_pem.bytes())
    broken_ca = playbooks.folder / "broken.pem"
    broken_ca.write_text("-----BEGIN CERTIFICATE-----\nbroken\n", encoding="utf-8")
    no_ca = playbooks.folder / "no.pem"
    no_ca.write_text("nothing", encoding="utf-8")
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"base_url": f"https://127.0.0.1:{closed_port}"}, "connection", "(Connection refused); check base_url and the network"),
        ({"base_url": "https://vantage.invalid"}, "connection", "the connection to vantage.invalid failed"),
        ({"base_url": deployment.base_url.replace("https", "http")}, "connection", "check base_url and the network"),
        ({"ca_path": str(other_ca)}, "tls", "could not be verified"),
        ({"ca_path": str(other_ca)}, "tls", "set ca_path to the CA that signed it"),
        ({"ca_path": str(broken_ca)}, "tls", "set ca_path"),
        ({"ca_path": str(no_ca)}, "invalid_option", "holds no PEM certificate"),
        ({"ca_path": "/nonexistent/ca.pem"}, "invalid_option", "ca_path '/nonexistent/ca.pem' cannot be read (No such file or directory)"),
        ({"base_url": "vantage.example.com"}, "invalid_option", "base_url 'vantage.example.com' is not an address"),
        ({"tenant_id": "con toso"}, "invalid_option", "tenant_id 'con toso' holds a character that no tenant id has"),
        ({"auth_token": "wrong-secret\u2026"}, "invalid_option", "auth_token holds a character that no token has"),
    ]
    run = playbooks.run_tasks(*({MODULE: {**WANTED, **options}} for options, _code, _said in cases))
    check_failures(run, deployment, [(code, said) for _options, code, said in cases])


def test_a_proxy_that_is_not_there(playbooks: PlaybookRunner, deployment: Deployment, closed_port: int) -> None:
    proxy = f"http://127.0.0.1:{closed_port}"
    env = {"HTTPS_PROXY": proxy, "NO_PROXY": None, "no_proxy": None, "https_proxy": None}
    # This machine itself is never asked through one.
    run = playbooks.run_tasks({MODULE: {**WANTED, "base_url": "https://vantage.example.com"}}, env=env)
    check_failures(run, deployment, [("proxy", f"could not be reached (Connection refused); HTTPS_PROXY is '{proxy}': correct it, or name the host")])
    assert playbooks.run_tasks({MODULE: WANTED}, env=env).answers[0]["action"] == "created"


@pytest.mark.parametrize("verbosity", ["-v", "-vvv"])
def test_the_task_ends_with_an_exit_code_and_without_a_trace(playbooks: PlaybookRunner, deployment: Deployment, verbosity: str) -> None:
    plays = [
        {"name": "Fail", "hosts": "localhost", "gather_facts": False, "tasks": [{"name": "Fail", MODULE: {**WANTED, "auth_client_secret": "wrong-secret"}}]}
    ]
    run = playbooks.run_playbook(plays, verbosity, rc=2)
    assert "Check auth_client_id and auth_client_secret" in " ".join(run.output.split())
    assert "wrong-secret" not in run.output
    assert deployment.emulator.journal.writes() == []


def test_answers_that_no_tenant_gives(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    faults = [
        ("html", "not_json", "something that is not JSON, as a proxy or a login page does; check base_url and the proxy settings"),
        ("redirect", "redirect", "was redirected (302), which is not followed; check base_url and api_version"),
        ("forbidden", "http_403", "needs the Tenant Administrator role"),
        ("empty", "unreadable", "the answer is not an object"),
    ]
    deployment.emulator.seed("contoso", [{"clientId": "portal"}])
    # Each task meets its own fault, at the first read after its login.
    deployment.emulator.faults.replace([{"kind": kind, "method": "GET", "path": "clients/portal"} for kind, _code, _said in faults])
    run = playbooks.run_tasks(*({MODULE: WANTED} for _fault in faults))
    check_failures(run, deployment, [(code, said) for _kind, code, said in faults])


def test_a_server_that_does_not_answer(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    deployment.emulator.faults.replace([{"kind": "timeout_before", "times": None}])
    run = playbooks.run_tasks({MODULE: {**WANTED, "timeout": 1}})
    check_failures(run, deployment, [("timeout", "did not answer within 1 s; see the option timeout")])


def test_no_connection_at_all(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    gone = dict.fromkeys(deployment.login_env())
    tenant = {"tenant_id": TENANTS["contoso"]}
    run = playbooks.run_tasks(
        {MODULE: {**WANTED, **tenant}},
        {MODULE: {**WANTED, **tenant, "region": "eu"}},
        {MODULE: {**WANTED, **tenant, "region": "eu", "auth_client_id": "a"}},
        {MODULE: {**WANTED, **tenant, "region": "eu", "auth_client_secret": "wrong-secret"}},
        # As AWX injects a field that was left out.
        env={**gone, "VANTAGE_AUTH_CLIENT_SECRET": "", "VANTAGE_BASE_URL": "", "VANTAGE_VALIDATE_CERTS": "", "VANTAGE_TIMEOUT": ""},
    )
    nothing = "There is nothing to log in with: set auth_token, or auth_client_id and auth_client_secret"
    expected = ["Neither base_url nor region is given: set region to one of us, eu, au", nothing, nothing, "auth_grant client_credentials needs auth_client_id"]
    check_failures(run, deployment, [("invalid_option", said) for said in expected])


def test_an_interpreter_without_requests(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    bare = playbooks.folder / "bare"
    # The base interpreter may have requests; an environment of it has nothing.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    run = playbooks.run_tasks(
        {MODULE: WANTED},
        {"abbyy.vantage.vantage_client_info": {}, "check_mode": True},
        play={"vars": {"ansible_python_interpreter": str(bare / "bin" / "python")}},
    )
    said = "The Python library requests is missing for the interpreter that runs this module: install it there with 'pip install requests'"
    check_failures(run, deployment, [("missing_library", said)] * 2)
    assert len(deployment.emulator.journal) == 0


def test_what_is_wrong_offline(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"client_id": "a", "redirect_uris": ["javascript:alert(1)"]}, "has the scheme 'javascript'"),
        ({"client_id": "a", "allowed_cors_origins": ["https://a.example.com/"]}, "without a path or a slash at the end"),
        ({"client_id": "a", "allowed_scopes": ["openid"]}, "takes exactly openid, permissions, publicapi.all"),
        ({"client_id": "a", "allowed_grant_types": ["authorization_code", "implicit"]}, "cannot hold both"),
        ({"client_id": "a", "access_token_lifetime": "soon"}, "access_token_lifetime 'soon' is not a duration"),
        ({"clients": [{"client_id": "a"}, {"client_id": "a"}]}, "client_id 'a' is given twice in clients"),
    ]
    run = playbooks.run_tasks(*({MODULE: options} for options, _said in cases))
    check_failures(run, deployment, [("invalid_option", said) for _options, said in cases])
    assert len(deployment.emulator.journal) == 0
