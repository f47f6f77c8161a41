# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong before anything could be written: one sentence that says what to do, its code, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.config import FABRIKAM

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

SECRETS = ("secret-0001", "wrong-secret", "Passw0rd")
READER = {"auth_client_id": "reader", "auth_client_secret": "contoso-reader-secret-0001"}
CLERK = {"auth_username": "clerk@contoso.example", "auth_password": "contoso-Clerk-Passw0rd"}


def check_failure(in_process: InProcess, answer: dict[str, Any], code: str, said: str) -> None:
    """Check that a module has failed with its code and its words, in one sentence, and that nothing was written."""
    assert answer["failed"]
    assert said in answer["msg"]
    assert answer["error"]["code"] == code
    assert answer["msg"].endswith(".")
    assert "\n" not in answer["msg"]
    assert not answer.get("changed")
    assert in_process.emulator.journal.writes() == []
    assert [secret for secret in SECRETS if secret in str(answer)] == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ({"auth_client_secret": "wrong-secret"}, "invalid_client", "Check auth_client_id and auth_client_secret"),
        ({**CLERK, "auth_password": "wrong-secret"}, "invalid_grant", "Check auth_username and auth_password"),
        (
            {"auth_token": "wrong-secret", "auth_client_id": None, "auth_client_secret": None},
            "http_401",
            "The access token is not accepted or has expired: get a new one",
        ),
        ({"tenant_id": FABRIKAM}, "http_403", "needs the Tenant Administrator role in this tenant; check tenant_id"),
        ({"tenant_id": "0" * 32}, "http_403", "check tenant_id and the roles"),
        (READER, "http_403", "needs the Tenant Administrator role"),
        (CLERK, "http_403", "needs the Tenant Administrator role"),
        ({"api_version": "v1"}, "http_404", "answered 404 Not Found"),
    ],
)
def test_a_refused_login_is_one_sentence_with_a_remedy(in_process: InProcess, options: dict[str, Any], code: str, said: str, check: bool) -> None:
    answer = in_process.run("vantage_client", client_id="portal", check=check, **options)

    check_failure(in_process, answer, code, said)


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        ("html", "not_json", "something that is not JSON, as a proxy or a login page does; check base_url and the proxy settings"),
        ("redirect", "redirect", "was redirected (302), which is not followed; check base_url and api_version"),
        ("forbidden", "http_403", "needs the Tenant Administrator role"),
        ("empty", "unreadable", "the answer is not an object"),
    ],
)
def test_an_answer_that_no_tenant_gives_is_one_sentence_with_its_cause(in_process: InProcess, kind: str, code: str, said: str) -> None:
    in_process.emulator.seed("contoso", [{"clientId": "portal"}])
    in_process.emulator.faults.replace([{"kind": kind, "method": "GET", "path": "clients/portal"}])

    answer = in_process.run("vantage_client", client_id="portal")

    check_failure(in_process, answer, code, said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"client_id": "a", "redirect_uris": ["javascript:alert(1)"]}, "has the scheme 'javascript'"),
        ({"client_id": "a", "allowed_cors_origins": ["https://a.example.com/"]}, "without a path or a slash at the end"),
        ({"client_id": "a", "allowed_scopes": ["openid"]}, "takes exactly openid, permissions, publicapi.all"),
        ({"client_id": "a", "allowed_grant_types": ["authorization_code", "implicit"]}, "cannot hold both"),
        ({"client_id": "a", "access_token_lifetime": "soon"}, "access_token_lifetime 'soon' is not a duration"),
        ({"clients": [{"client_id": "a"}, {"client_id": "a"}]}, "client_id 'a' is given twice in clients"),
    ],
)
def test_a_mistake_that_shows_offline_is_reported_before_a_login(in_process: InProcess, options: dict[str, Any], said: str) -> None:
    answer = in_process.run("vantage_client", **options)

    check_failure(in_process, answer, "invalid_option", said)
    assert len(in_process.emulator.journal) == 0


@pytest.mark.parametrize("member", ["clientId", "redirecturis", "secrets"])
def test_roles_are_not_written_over_another_member(in_process: InProcess, member: str) -> None:
    answer = in_process.run("vantage_client", client_id="portal", roles=["Operator"], roles_member=member)

    check_failure(in_process, answer, "invalid_option", f"roles_member is '{member}', which holds something else of a client")
