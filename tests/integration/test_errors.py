# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong before anything could be written: one sentence that says what to do, and nothing else."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner, Run

ON_ONE_CORE = pytest.mark.one_core("the library requests raises these errors, and a refused login is reported on each")
MODULE = "abbyy.vantage.vantage_client"
WANTED = {"client_id": "portal"}


@pytest.fixture(scope="module")
def closed_port() -> Iterator[int]:
    """A port that is taken, so that nobody else gets it, but on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


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


def test_a_refused_login_is_told_in_one_sentence(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    """All ways of being refused are in tests/unit/plugins/modules/test_errors.py."""
    run = playbooks.run_tasks({MODULE: {**WANTED, "auth_client_secret": "wrong-secret"}}, {MODULE: {**WANTED, "tenant_id": TENANTS["fabrikam"]}})
    check_failures(
        run,
        deployment,
        [
            ("invalid_client", "Check auth_client_id and auth_client_secret"),
            ("http_403", "needs the Tenant Administrator role in this tenant; check tenant_id"),
        ],
    )


@ON_ONE_CORE
def test_an_unreachable_server_is_told_in_one_sentence(playbooks: PlaybookRunner, deployment: Deployment, closed_port: int) -> None:
    """The other ways are in tests/unit/plugins/module_utils/http."""
    other_ca = playbooks.folder / "other.pem"
    other_ca.write_bytes(trustme.CA().cert_pem.bytes())
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"base_url": f"https://127.0.0.1:{closed_port}"}, "connection", "(Connection refused); check base_url and the network"),
        ({"base_url": "https://vantage.invalid"}, "connection", "the connection to vantage.invalid failed"),
        ({"ca_path": str(other_ca)}, "tls", "set ca_path to the CA that signed it"),
        ({"ca_path": "/nonexistent/ca.pem"}, "invalid_option", "ca_path '/nonexistent/ca.pem' cannot be read (No such file or directory)"),
    ]

    run = playbooks.run_tasks(*({MODULE: {**WANTED, **options}} for options, _code, _said in cases))

    check_failures(run, deployment, [(code, said) for _options, code, said in cases])


@ON_ONE_CORE
def test_a_proxy_that_does_not_listen_is_named_and_not_used_for_this_machine(playbooks: PlaybookRunner, deployment: Deployment, closed_port: int) -> None:
    proxy = f"http://127.0.0.1:{closed_port}"
    env = {"HTTPS_PROXY": proxy, "NO_PROXY": None, "no_proxy": None, "https_proxy": None}

    run = playbooks.run_tasks({MODULE: {**WANTED, "base_url": "https://vantage.example.com"}}, env=env)

    check_failures(run, deployment, [("proxy", f"could not be reached (Connection refused); HTTPS_PROXY is '{proxy}': correct it, or name the host")])

    # The emulator is on this machine.
    local = playbooks.run_tasks({MODULE: WANTED}, env=env)

    assert local.answers[0]["action"] == "created"


def test_the_task_ends_with_an_exit_code_and_without_a_trace(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    plays = [
        {"name": "Fail", "hosts": "localhost", "gather_facts": False, "tasks": [{"name": "Fail", MODULE: {**WANTED, "auth_client_secret": "wrong-secret"}}]}
    ]

    run = playbooks.run_playbook(plays, "-vvv", rc=2)

    assert "Check auth_client_id and auth_client_secret" in " ".join(run.output.split())
    assert "wrong-secret" not in run.output
    assert deployment.emulator.journal.writes() == []


@ON_ONE_CORE
def test_a_server_that_does_not_answer_is_a_time_out(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    deployment.emulator.faults.replace([{"kind": "timeout_before", "times": None}])

    run = playbooks.run_tasks({MODULE: {**WANTED, "timeout": 1}})

    check_failures(run, deployment, [("timeout", "did not answer within 1 s; see the option timeout")])


def test_missing_options_of_the_connection_are_named(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    gone = dict.fromkeys(deployment.login_env())
    tenant = {"tenant_id": TENANTS["contoso"]}
    nothing = "There is nothing to log in with: set auth_token, or auth_client_id and auth_client_secret"
    expected = ["Neither base_url nor region is given: set region to one of us, eu, au", nothing, nothing, "auth_grant client_credentials needs auth_client_id"]

    run = playbooks.run_tasks(
        {MODULE: {**WANTED, **tenant}},
        {MODULE: {**WANTED, **tenant, "region": "eu"}},
        {MODULE: {**WANTED, **tenant, "region": "eu", "auth_client_id": "a"}},
        {MODULE: {**WANTED, **tenant, "region": "eu", "auth_client_secret": "wrong-secret"}},
        # As AWX injects a field that was left out.
        env={**gone, "VANTAGE_AUTH_CLIENT_SECRET": "", "VANTAGE_BASE_URL": "", "VANTAGE_VALIDATE_CERTS": "", "VANTAGE_TIMEOUT": ""},
    )

    check_failures(run, deployment, [("invalid_option", said) for said in expected])


def test_an_interpreter_without_requests_is_told_what_to_install(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    bare = playbooks.folder / "bare"
    # The base interpreter may have requests; an environment of it has nothing.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    said = "The Python library requests is missing for the interpreter that runs this module: install it there with 'pip install requests'"

    run = playbooks.run_tasks(
        {MODULE: WANTED},
        {"abbyy.vantage.vantage_client_info": {}, "check_mode": True},
        play={"vars": {"ansible_python_interpreter": str(bare / "bin" / "python")}},
    )

    check_failures(run, deployment, [("missing_library", said)] * 2)

    assert len(deployment.emulator.journal) == 0
