# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients brought to their desired state, against an emulated tenant."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.clients import ClientItem, ClientOptions, ClientReconciler
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.reconciler import reconcile
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, FABRIKAM
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

OPTIONS: dict[str, Any] = {
    "client_id": "portal",
    "client_name": "Invoice portal",
    "allow_offline_access": True,
    "allow_remember_consent": False,
    "back_channel_logout_session_required": False,
    "require_client_secret": False,
    "require_consent": True,
    "allow_no_pkce": True,
    "allowed_grant_types": ["authorization_code", "client_credentials"],
    "allowed_cors_origins": ["https://app.example.com", "https://app.example.com:8443"],
    "allowed_scopes": ["publicapi.all", "openid", "permissions"],
    "post_logout_redirect_uris": ["https://app.example.com/bye"],
    "redirect_uris": ["https://app.example.com/z", "https://app.example.com/a"],
    "access_token_lifetime": "8h",
    "refresh_token_lifetime": "14d",
}
# As the tenant keeps it: lists in the user's order, lifetimes in seconds.
MEMBERS: dict[str, Any] = {
    "clientId": "portal",
    "clientName": "Invoice portal",
    "allowOfflineAccess": True,
    "allowRememberConsent": False,
    "backChannelLogoutSessionRequired": False,
    "requireClientSecret": False,
    "requireConsent": True,
    "allowNoPkce": True,
    "allowedGrantTypes": ["authorization_code", "client_credentials"],
    "allowedCorsOrigins": ["https://app.example.com", "https://app.example.com:8443"],
    "allowedScopes": ["publicapi.all", "openid", "permissions"],
    "postLogoutRedirectUris": ["https://app.example.com/bye"],
    "redirectUris": ["https://app.example.com/z", "https://app.example.com/a"],
    "accessTokenLifetime": 28800,
    "refreshTokenLifetime": 1209600,
}
UNKNOWN = {"clientUri": "https://kept.example.com", "enabled": False}


# One of each kind of result.
MANY: list[dict[str, Any]] = [
    {"client_id": "new-1"},
    {"client_id": "portal", "client_name": "New"},
    {"client_id": "old", "state": "absent"},
    {"client_id": "none", "state": "absent"},
    {"client_id": "same", "client_name": "Same"},
    {"client_id": "new-2", "allowed_grant_types": ["password"]},
]


def seed(in_process: InProcess, **changes: Any) -> None:
    """Make the client by hand, with members that no document knows."""
    in_process.emulator.seed("contoso", [{**copy.deepcopy(MEMBERS), **UNKNOWN, **changes}])


def seed_many(in_process: InProcess) -> None:
    """Make by hand the clients of MANY that are there before."""
    seed(in_process)
    in_process.emulator.seed("contoso", [{"clientId": "old"}, {"clientId": "same", "clientName": "Same"}])


def members(in_process: InProcess, client_id: str = "portal") -> dict[str, Any]:
    found: dict[str, Any] = in_process.clients()[client_id]["members"]
    return found


def write_methods(in_process: InProcess) -> list[str]:
    return [entry.method for entry in in_process.emulator.journal.writes()]


def test_all_fifteen_members_are_created(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client", **OPTIONS)

    assert answer["action"] == "created"
    assert answer["changed"] is True
    assert answer["client"] == {**OPTIONS, "access_token_lifetime": 28800, "refresh_token_lifetime": 1209600}
    assert members(in_process) == {**MEMBERS, "clientUri": None, "enabled": True}


def test_a_second_run_with_all_fifteen_members_changes_nothing(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client", **OPTIONS)
    in_process.emulator.journal.clear()

    again = in_process.run("vantage_client", **OPTIONS)

    assert again["action"] == "unchanged"
    assert again["changed"] is False
    assert again["client"] == answer["client"]
    assert write_methods(in_process) == []


def test_defaults_of_a_new_client_are_the_servers(in_process: InProcess) -> None:
    foreseen = in_process.run("vantage_client", client_id="plain", check=True)
    made = in_process.run("vantage_client", client_id="plain")
    (post,) = in_process.emulator.journal.writes()

    assert made["client"] == foreseen["client"]
    assert post.members == ["clientId", "clientName", "allowedScopes"]


@pytest.mark.parametrize(
    ("option", "value", "member", "stored"),
    [
        ("client_name", "New", "clientName", "New"),
        ("allow_offline_access", False, "allowOfflineAccess", False),
        ("allow_remember_consent", True, "allowRememberConsent", True),
        ("back_channel_logout_session_required", True, "backChannelLogoutSessionRequired", True),
        ("require_client_secret", True, "requireClientSecret", True),
        ("require_consent", False, "requireConsent", False),
        ("allow_no_pkce", False, "allowNoPkce", False),
        ("allowed_grant_types", ["password"], "allowedGrantTypes", ["password"]),
        ("allowed_grant_types", [], "allowedGrantTypes", []),
        ("allowed_cors_origins", [], "allowedCorsOrigins", []),
        ("post_logout_redirect_uris", [], "postLogoutRedirectUris", []),
        ("redirect_uris", ["https://b.example.com/"], "redirectUris", ["https://b.example.com/"]),
        ("redirect_uris", [], "redirectUris", []),
        ("access_token_lifetime", 60, "accessTokenLifetime", 60),
        ("refresh_token_lifetime", "1.00:00:00", "refreshTokenLifetime", 86400),
    ],
)
def test_one_change_is_made_once_and_leaves_all_the_rest_as_it_is(in_process: InProcess, option: str, value: Any, member: str, stored: Any) -> None:
    seed(in_process)

    answer = in_process.run("vantage_client", client_id="portal", **{option: value})

    assert answer["action"] == "updated"
    assert answer["changed"] is True
    assert members(in_process) == {**MEMBERS, **UNKNOWN, member: stored}

    again = in_process.run("vantage_client", client_id="portal", **{option: value})

    assert again["changed"] is False
    assert write_methods(in_process) == ["PUT"]


def test_options_that_are_not_given_are_not_managed(in_process: InProcess) -> None:
    seed(in_process)

    answer = in_process.run("vantage_client", client_id="portal")

    assert answer["changed"] is False
    assert members(in_process) == {**MEMBERS, **UNKNOWN}


def test_another_order_is_no_change(in_process: InProcess) -> None:
    seed(in_process)
    turned = {option: list(reversed(value)) for option, value in OPTIONS.items() if isinstance(value, list)}

    answer = in_process.run("vantage_client", client_id="portal", **turned)

    assert answer["changed"] is False
    assert write_methods(in_process) == []


def test_order_is_kept_when_writing(in_process: InProcess) -> None:
    seed(in_process)
    uris = ["https://c.example.com/", "https://a.example.com/", "https://b.example.com/"]

    in_process.run("vantage_client", client_id="portal", redirect_uris=uris)

    assert members(in_process)["redirectUris"] == uris


@pytest.mark.parametrize(
    "switches",
    [
        {"put_answer": "empty"},
        {"post_status": 200},
        {"null_lists": True},
        {"lifetime_format": "string"},
        {"lifetime_format": "timespan"},
        {"lifetime_format": "iso8601"},
        {"initial_secret": True},
        {"unknown_members": {}},
        {"unknown_members": {"owner": {"team": ["a"]}, "enabled": True, "clientUri": None}},
        {"list_shape": "array", "list_summary": True, "page_limit": 10, "put_answer": "empty", "null_lists": True, "lifetime_format": "timespan"},
    ],
    ids=str,
)
@pytest.mark.parametrize("bulk", [False, True])
def test_a_client_goes_through_its_lifecycle_whatever_the_server_does(in_process: InProcess, switches: dict[str, Any], bulk: bool) -> None:
    in_process.emulator.behaviour.patch(switches)
    changes = {"client_name": "New", "redirect_uris": [], "access_token_lifetime": "2d"}

    def run(**options: Any) -> dict[str, Any]:
        if not bulk:
            return in_process.run("vantage_client", **options)
        answer = in_process.run("vantage_client", clients=[options, {"client_id": "reader"}], full_results=True)
        assert not answer.get("failed"), answer
        first, second = answer["results"]
        assert second["action"] == "unchanged"
        return dict(first)

    created, created_again = run(**OPTIONS), run(**OPTIONS)

    assert created["action"] == "created"
    assert created_again["action"] == "unchanged"

    changed, changed_again = run(client_id="portal", **changes), run(client_id="portal", **changes)
    stored = members(in_process)

    assert changed["action"] == "updated"
    assert changed["client"] == {**OPTIONS, "refresh_token_lifetime": 1209600, **changes, "access_token_lifetime": 172800}
    assert changed_again["action"] == "unchanged"
    assert {member: stored[member] for member in MEMBERS} == {**MEMBERS, "clientName": "New", "redirectUris": [], "accessTokenLifetime": 172800}

    deleted, deleted_again = run(client_id="portal", state="absent"), run(client_id="portal", state="absent")

    assert deleted["action"] == "deleted"
    assert deleted_again["action"] == "unchanged"
    assert "portal" not in in_process.clients()


@pytest.mark.parametrize(("form", "written"), [("int", 7200), ("string", "7200"), ("timespan", "02:00:00"), ("iso8601", "PT7200S")])
def test_lifetimes_are_written_in_the_servers_form(in_process: InProcess, form: str, written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    in_process.emulator.behaviour.patch({"lifetime_format": form})
    seed(in_process)
    sent: list[dict[str, Any]] = []
    update = Api.update_client
    monkeypatch.setattr(Api, "update_client", lambda self, client_id, payload, **audit: (sent.append(payload), update(self, client_id, payload, **audit))[1])

    answer = in_process.run("vantage_client", client_id="portal", access_token_lifetime=7200)

    assert answer["changed"]
    assert sent[0]["accessTokenLifetime"] == written
    assert members(in_process)["accessTokenLifetime"] == 7200
    assert members(in_process)["refreshTokenLifetime"] == 1209600


@pytest.mark.parametrize(
    ("options", "action", "shown"),
    [
        ({"client_name": "New"}, "updated", []),
        ({"client_name": MEMBERS["clientName"], "allowed_cors_origins": []}, "unchanged", []),
        ({"allowed_cors_origins": ["https://a.example.com"]}, "updated", True),
    ],
    ids=["other change", "no change", "change"],
)
def test_a_cors_member_that_comes_as_a_switch_does_not_break_the_client(in_process: InProcess, options: dict[str, Any], action: str, shown: object) -> None:
    in_process.emulator.behaviour.patch({"cors_bool": True})
    seed(in_process, allowedCorsOrigins=[])

    answer = in_process.run("vantage_client", client_id="portal", **options)

    assert answer["action"] == action
    assert answer["client"]["allowed_cors_origins"] == shown


@pytest.mark.parametrize("put_answer", ["body", "empty"])
@pytest.mark.parametrize("bulk", [False, True])
def test_an_update_that_the_server_ignores_is_an_error(in_process: InProcess, put_answer: str, bulk: bool) -> None:
    in_process.emulator.behaviour.patch({"put_ignores": ["redirectUris"], "put_answer": put_answer})
    seed(in_process)
    options = {"client_id": "portal", "client_name": "New", "redirect_uris": ["https://b.example.com/"]}

    answer = in_process.run("vantage_client", clients=[options]) if bulk else in_process.run("vantage_client", **options)
    failure = answer["results"][0] if bulk else answer

    assert answer["failed"]
    assert answer["changed"]
    assert failure["error"]["code"] == "not_applied"
    assert "did not apply redirect_uris: asked for redirect_uris ['https://b.example.com/']" in failure["msg"]
    assert "Read back: redirectUris ['https://app.example.com/z', 'https://app.example.com/a']" in failure["msg"]


def test_a_refused_client_is_named_with_the_servers_words(in_process: InProcess) -> None:
    seed(in_process)
    in_process.emulator.faults.replace([{"kind": "status", "status": 400, "method": "PUT"}])

    answer = in_process.run("vantage_client", client_id="portal", client_name="New")

    assert answer["msg"].startswith("Could not update client 'portal': PUT /api/adminapi2/v2/tenants/")
    assert answer["msg"].endswith("clients/portal answered 400 Bad Request.")
    assert answer["error"]["code"] == "http_400"
    assert not answer["changed"]


def test_a_client_that_another_run_has_just_created_is_unchanged(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    race(in_process, monkeypatch, {})

    answer = in_process.run("vantage_client", **OPTIONS)

    assert answer["action"] == "unchanged"
    assert answer["changed"] is False
    assert write_methods(in_process) == ["POST"]


def test_a_client_that_another_run_has_just_created_differently_is_updated(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    race(in_process, monkeypatch, {"clientName": "Theirs", "redirectUris": []})

    answer = in_process.run("vantage_client", client_id="portal", client_name="Ours")

    assert answer["action"] == "updated"
    assert answer["changed"] is True
    assert members(in_process) == {**MEMBERS, **UNKNOWN, "clientName": "Ours", "redirectUris": []}


def race(in_process: InProcess, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]) -> None:
    """Let another run create the client just before ours does."""
    create = Api.create_client

    def too_late(api: Api, payload: dict[str, Any], **audit: Any) -> Any:
        seed(in_process, **changes)
        return create(api, payload, **audit)

    monkeypatch.setattr(Api, "create_client", too_late)


def test_a_conflict_without_a_client_is_the_servers_error(in_process: InProcess) -> None:
    in_process.emulator.faults.replace([{"kind": "status", "status": 409, "method": "POST", "path": "clients/$"}])

    answer = in_process.run("vantage_client", client_id="portal")

    assert answer["error"]["code"] == "http_409"
    assert write_methods(in_process) == ["POST"]


def test_a_client_that_is_deleted_while_it_is_changed_is_an_error(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(in_process)
    find = Api.find_client
    monkeypatch.setattr(
        Api, "find_client", lambda self, client_id: in_process.emulator.world.named_tenant("contoso").clients.pop("portal", None) and find(self, client_id)
    )

    answer = in_process.run("vantage_client", clients=[{"client_id": "portal", "client_name": "New"}])
    (result,) = answer["results"]

    assert result["error"]["code"] == "gone"
    assert "it was deleted after it was read; run again to create it" in result["msg"]


def test_deleting_what_another_run_has_deleted_is_no_error(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(in_process)
    delete = Api.delete_client
    monkeypatch.setattr(Api, "delete_client", lambda self, client_id, **audit: (delete(self, client_id), delete(self, client_id, **audit))[1])

    answer = in_process.run("vantage_client", client_id="portal", state="absent")

    assert answer["action"] == "deleted"


# --- many at once


def test_results_come_in_the_order_given(in_process: InProcess) -> None:
    seed_many(in_process)

    answer = in_process.run("vantage_client", clients=MANY)

    assert [(result["client_id"], result["action"], result["changed"], result["msg"]) for result in answer["results"]] == [
        ("new-1", "created", True, ""),
        ("portal", "updated", True, ""),
        ("old", "deleted", True, ""),
        ("none", "unchanged", False, ""),
        ("same", "unchanged", False, ""),
        ("new-2", "created", True, ""),
    ]
    assert answer["summary"] == {"created": 2, "updated": 1, "unchanged": 2, "deleted": 1, "failed": 0}
    assert answer["changed"]
    assert "client" not in answer["results"][0]


def test_check_mode_foresees_the_results_of_many_clients(in_process: InProcess) -> None:
    seed_many(in_process)

    foreseen = in_process.run("vantage_client", clients=MANY, check=True)

    assert write_methods(in_process) == []

    answer = in_process.run("vantage_client", clients=MANY)

    assert foreseen["results"] == answer["results"]
    assert foreseen["summary"] == answer["summary"]


def test_the_state_of_the_task_holds_for_entries_without_one(in_process: InProcess) -> None:
    in_process.emulator.seed("contoso", [{"clientId": "a"}, {"clientId": "b"}])

    answer = in_process.run("vantage_client", state="absent", clients=[{"client_id": "a"}, {"client_id": "b", "state": "present"}])

    assert [result["action"] for result in answer["results"]] == ["deleted", "unchanged"]


def test_an_empty_list_of_clients_changes_nothing(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client", clients=[])

    assert answer["results"] == []
    assert answer["changed"] is False
    assert answer["summary"] == {"created": 0, "updated": 0, "unchanged": 0, "deleted": 0, "failed": 0}


def test_one_bad_client_does_not_stop_the_others(in_process: InProcess) -> None:
    in_process.emulator.faults.replace([{"kind": "forbidden", "method": "POST", "path": "clients/$", "skip": 1}])

    answer = in_process.run("vantage_client", clients=[{"client_id": f"app-{number}"} for number in range(4)], concurrency=1)
    failed = answer["results"][1]

    assert answer["failed"]
    assert answer["changed"]
    assert [result["action"] for result in answer["results"]] == ["created", "failed", "created", "created"]
    assert answer["summary"] == {"created": 3, "updated": 0, "unchanged": 0, "deleted": 0, "failed": 1}
    assert answer["msg"].startswith("1 of 4 clients failed. app-1: Could not create client 'app-1'")
    assert failed["error"]["status"] == 403
    assert failed["changed"] is False
    assert "app-1" not in in_process.clients()


def test_only_twenty_failures_are_named(in_process: InProcess) -> None:
    in_process.emulator.faults.replace([{"kind": "forbidden", "method": "POST", "path": "clients/$", "times": None}])

    answer = in_process.run("vantage_client", clients=[{"client_id": f"app-{number}"} for number in range(25)])

    assert answer["msg"].startswith("25 of 25 clients failed. ")
    assert answer["msg"].endswith("; and 5 more")
    assert answer["msg"].count("Could not create") == 20


def test_a_tenant_that_cannot_be_read_fails_the_whole_task(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client", clients=[{"client_id": "a"}], tenant_id=FABRIKAM)

    assert answer["error"]["status"] == 403
    assert "results" not in answer


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_wrong_tenant_is_an_error_also_for_one_client(in_process: InProcess, state: str, check: bool) -> None:
    in_process.emulator.faults.replace([{"kind": "status", "status": 404, "method": "GET", "times": None}])

    answer = in_process.run("vantage_client", client_id="a", state=state, check=check)

    assert answer["error"]["status"] == 404
    assert write_methods(in_process) == []


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"redirect_uris": ["x"]}, "Client 'b': redirect_uris entry 'x'"),
    ({"client_id": ""}, "client_id is empty"),
    ({"client_id": "", "state": "absent"}, "client_id is empty"),
    ({"client_id": 83}, "client_id 83 is read as a number by YAML or JSON, so that what was written is lost; put it into quotes"),
    ({"client_id": True}, "client_id True is read as a boolean"),
    ({"client_id": 1.1, "state": "absent"}, "client_id 1.1 is read as a number"),
    ({"client_id": {"a": 1}}, "is read as a value of the type dict"),
    ({"client_name": 2026}, "client_name 2026 is read as a number"),
    ({"access_token_lifetime": "soon"}, "access_token_lifetime 'soon' is not a duration"),
]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=str)
def test_a_mistake_in_one_entry_fails_that_entry_only(in_process: InProcess, wrong: dict[str, Any], said: str, check: bool) -> None:
    wanted = [{"client_id": "a"}, {"client_id": "b", **wrong}]

    answer = in_process.run("vantage_client", clients=wanted, check=check)

    assert [result["action"] for result in answer["results"]] == ["created", "failed"]
    assert said in answer["results"][1]["msg"]
    assert write_methods(in_process) == ([] if check else ["POST"])


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=str)
def test_a_mistake_that_shows_offline_is_reported_before_a_login(in_process: InProcess, wrong: dict[str, Any], said: str, bulk: bool) -> None:
    options = {"client_id": "b", **wrong}

    answer = in_process.run("vantage_client", **({"clients": [options]} if bulk else options))

    assert answer["failed"]
    assert said in answer["msg"]
    assert in_process.requests() == []


def test_a_client_that_is_given_twice_is_reported_before_a_login(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client", clients=[{"client_id": "a"}, {"client_id": "a"}])

    assert "client_id 'a' is given twice" in answer["msg"]
    assert in_process.requests() == []


@pytest.mark.parametrize("size", [3, 60])
def test_a_big_tenant_is_not_listed_for_a_few_clients(in_process: InProcess, size: int) -> None:
    names = [f"app-{number:04}" for number in range(1200)]
    in_process.emulator.seed("contoso", [{"clientId": name, "clientName": name} for name in names])
    wanted = [{"client_id": name, "client_name": name} for name in names[-size:][::-1]]

    answer = in_process.run("vantage_client", clients=[*wanted, {"client_id": "not-there", "state": "absent"}], concurrency=8)
    pages = [entry for entry in in_process.emulator.journal if entry.path.endswith("/clients/")]

    assert answer["changed"] is False
    assert len(pages) <= max(2, -(-(size + 1) // 8))


def test_a_tenant_that_was_listed_is_not_asked_for_what_it_does_not_have(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client", clients=[{"client_id": f"new-{number}"} for number in range(3)], check=True)

    assert answer["summary"]["created"] == 3
    # The login, and one page.
    assert len(in_process.requests()) == 2


def test_a_whole_tenant_is_read_by_pages_and_not_client_by_client(in_process: InProcess) -> None:
    names = [f"app-{number}" for number in range(200)]
    in_process.emulator.seed("contoso", [{"clientId": name} for name in names])

    answer = in_process.run("vantage_client", clients=[{"client_id": name} for name in names])

    assert answer["summary"]["unchanged"] == 200
    assert len(in_process.requests()) == 1 + 3


RunClient = Callable[..., dict[str, Any]]


@pytest.fixture(params=[False, True], ids=["single", "bulk"])
def run_beside_another_case(in_process: InProcess, request: pytest.FixtureRequest) -> RunClient:
    """Give a function that runs vantage_client for one client, in one of its two ways, in a tenant that has app1 and ignores case."""
    in_process.emulator.seed("contoso", [{"clientId": "app1", "clientName": "Somebody's"}])
    in_process.emulator.behaviour.patch({"ignore_case": True, "page_limit": 1, "list_total": False})

    def run(*, check: bool, **options: Any) -> dict[str, Any]:
        if not request.param:
            return in_process.run("vantage_client", check=check, **options)
        answer = in_process.run("vantage_client", clients=[options], check=check)
        return {**answer["results"][0], "failed": answer.get("failed")}

    return run


@pytest.mark.parametrize("check", [False, True])
def test_a_client_of_another_case_is_not_deleted(in_process: InProcess, run_beside_another_case: RunClient, check: bool) -> None:
    answer = run_beside_another_case(client_id="APP1", state="absent", check=check)

    assert answer["action"] == "unchanged"
    assert members(in_process, "app1")["clientName"] == "Somebody's"


def test_a_client_of_another_case_is_not_changed(in_process: InProcess, run_beside_another_case: RunClient) -> None:
    answer = run_beside_another_case(client_id="APP1", client_name="Ours", check=False)

    assert answer["error"]["code"] == "http_409"
    assert "The tenant shows no client of exactly this id, but may have one that differs in upper and lower case" in answer["msg"]
    assert members(in_process, "app1")["clientName"] == "Somebody's"


def test_check_mode_does_not_take_a_client_of_another_case_for_the_wanted_one(in_process: InProcess, run_beside_another_case: RunClient) -> None:
    answer = run_beside_another_case(client_id="APP1", client_name="Ours", check=True)

    assert answer["action"] == "created"
    assert members(in_process, "app1")["clientName"] == "Somebody's"


@pytest.mark.nonconforming
def test_a_client_whose_id_is_no_text_fails_and_the_others_go_on(in_process: InProcess) -> None:
    in_process.emulator.seed("contoso", [{"clientId": "app\ud800"}, {"clientId": "app-1"}])

    answer = in_process.run("vantage_client", clients=[{"client_id": "reader"}, {"client_id": "new"}], prune=True, diff=True)

    assert [(result["client_id"], result["action"]) for result in answer["results"]] == [
        ("reader", "unchanged"),
        ("new", "created"),
        ("app\\ud800", "failed"),
        ("app-1", "deleted"),
    ]
    assert "client_id 'app\\ud800' cannot be part of an address" in answer["msg"]
    assert answer["msg"].encode()


@pytest.mark.usefixtures("nameless_client")
def test_listed_clients_without_an_id_are_warned_of_and_do_not_stop_the_others(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client", clients=[{"client_id": "reader"}, {"client_id": "new"}], prune=True)

    assert [result["action"] for result in answer["results"]] == ["unchanged", "created"]
    assert in_process.warnings == ["Asked to list the clients of the tenant, the server returned 1 without clientId; they were left out."]


@pytest.mark.parametrize(
    "written",
    [
        '["https://a.example.com/x", "https://a.example.com/y"]',
        "https://a.example.com/x , https://a.example.com/y",
        "https://a.example.com/x\nhttps://a.example.com/y",
    ],
)
def test_a_list_can_be_written_as_json_or_with_commas_or_lines(in_process: InProcess, written: str) -> None:
    in_process.run("vantage_client", client_id="portal", redirect_uris=written)

    assert members(in_process)["redirectUris"] == ["https://a.example.com/x", "https://a.example.com/y"]


@pytest.mark.parametrize("bulk", [False, True])
def test_origins_are_sent_as_browsers_write_them(in_process: InProcess, bulk: bool) -> None:
    options = {"client_id": "portal", "allowed_cors_origins": ["https://APP.example.com:443", "http://localhost:80", "https://b.example.com:8443"]}

    answers = [in_process.run("vantage_client", **({"clients": [options]} if bulk else options)) for _run in range(2)]
    created, again = (answer["results"][0] if bulk else answer for answer in answers)

    assert created["action"] == "created"
    assert again["action"] == "unchanged"
    assert members(in_process)["allowedCorsOrigins"] == ["https://app.example.com", "http://localhost", "https://b.example.com:8443"]
    assert "allowed_cors_origins entry 'https://APP.example.com:443' is sent as 'https://app.example.com'" in in_process.warnings[0]


def test_ids_that_differ_in_case_are_warned_of(in_process: InProcess) -> None:
    in_process.run("vantage_client", clients=[{"client_id": "Reader"}, {"client_id": "reader"}], check=True)
    among_the_wanted, in_the_tenant = in_process.warnings

    assert "'reader' and 'Reader' differ only in upper and lower case" in among_the_wanted
    assert "The tenant has a client 'reader', which differs from 'Reader' only in upper and lower case" in in_the_tenant


def test_a_redirect_uri_without_a_path_is_warned_of(in_process: InProcess) -> None:
    in_process.run("vantage_client", client_id="portal", redirect_uris=["https://app.example.com"], check=True)

    (warning,) = in_process.warnings
    assert "has no path, and prefixes match" in warning


def test_a_redirect_uri_without_a_path_is_not_warned_of_where_its_client_is_deleted(in_process: InProcess) -> None:
    in_process.run("vantage_client", client_id="portal", redirect_uris=["https://app.example.com"], state="absent", check=True)

    assert in_process.warnings == []


# --- prune


def estate(in_process: InProcess, count: int = 4) -> None:
    in_process.emulator.seed("contoso", [{"clientId": f"app-{number}"} for number in range(count)])


@pytest.mark.parametrize("summary", [False, True])
def test_prune_deletes_what_is_not_named_but_the_protected_and_the_own_client(in_process: InProcess, summary: bool) -> None:
    in_process.emulator.behaviour.patch({"list_summary": summary, "page_limit": 10})
    estate(in_process)
    options: dict[str, Any] = {"clients": [{"client_id": "app-0"}, {"client_id": "new"}], "prune": True, "prune_protect": ["read*", "*-2"]}

    foreseen = in_process.run("vantage_client", check=True, **options)

    assert write_methods(in_process) == []

    answer = in_process.run("vantage_client", **options)

    assert [(result["client_id"], result["action"]) for result in answer["results"]] == [
        ("app-0", "unchanged"),
        ("new", "created"),
        ("app-1", "deleted"),
        ("app-3", "deleted"),
    ]
    assert foreseen["results"] == answer["results"]
    assert sorted(in_process.clients()) == ["app-0", "app-2", "automation", "new", "reader"]

    again = in_process.run("vantage_client", **options)

    assert again["changed"] is False


@pytest.mark.parametrize("check", [False, True])
def test_prune_beyond_its_limit_is_refused(in_process: InProcess, check: bool) -> None:
    estate(in_process, 11)

    answer = in_process.run("vantage_client", clients=[{"client_id": "new"}, {"client_id": "reader"}], prune=True, check=check)

    assert answer["error"]["code"] == "prune_limit"
    assert "prune would delete 11 clients, more than prune_limit (10): app-0, app-1, app-10" in answer["msg"]
    assert "Nothing was written" in answer["msg"]
    assert write_methods(in_process) == []


def test_prune_deletes_up_to_its_limit(in_process: InProcess) -> None:
    estate(in_process, 11)

    answer = in_process.run("vantage_client", clients=[{"client_id": "new"}, {"client_id": "reader"}], prune=True, prune_limit=11)

    assert answer["summary"]["deleted"] == 11


def test_prune_spares_the_own_client(in_process: InProcess) -> None:
    answer = in_process.run("vantage_client", clients=[{"client_id": "new"}], prune=True)

    assert [(result["client_id"], result["action"]) for result in answer["results"]] == [("new", "created"), ("reader", "deleted")]
    assert list(in_process.clients()) == ["automation", "new"]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ({"clients": []}, "prune_empty_list", "prune would delete all clients of the tenant, since clients names none that should exist"),
        ({"clients": [{"client_id": "reader", "state": "absent"}]}, "prune_empty_list", "To delete clients, name each with state absent, without prune"),
        ({"clients": [{"client_id": "reader"}], "state": "absent"}, "prune_empty_list", "prune would delete all clients"),
        (
            {"clients": [{"client_id": "new"}, {"client_id": 83}]},
            "prune_faulty_list",
            "prune cannot use a list with mistakes, so nothing was written: client_id 83",
        ),
        ({"clients": [{"client_id": "new"}, {"client_id": "b", "redirect_uris": ["x"]}]}, "prune_faulty_list", "Client 'b'"),
        ({"client_id": "reader"}, "invalid_option", "prune needs the option clients"),
    ],
)
def test_prune_by_a_list_that_nobody_can_mean_is_refused_before_a_login(
    in_process: InProcess, options: dict[str, Any], code: str, said: str, check: bool
) -> None:
    answer = in_process.run("vantage_client", prune=True, check=check, **options)

    assert answer["error"]["code"] == code
    assert said in answer["msg"]
    assert in_process.requests() == []


def jwt_of(in_process: InProcess, client_id: str) -> str:
    """Return an access token that says whose it is, as those of a Vantage tenant do."""
    claims = base64.urlsafe_b64encode(json.dumps({"client_id": client_id}).encode()).decode().rstrip("=")
    token = f"e30.{claims}.c2ln"
    world = in_process.emulator.world
    world.keep_access_token(token, world.named_tenant("contoso"), "automation", None, "openid", in_process.emulator.now() + 3600)
    return token


@pytest.mark.parametrize("also", [None, "reader"])
def test_prune_spares_the_client_of_the_token_and_the_one_of_auth_client_id(in_process: InProcess, also: str | None) -> None:
    estate(in_process, 1)
    login = {"auth_token": jwt_of(in_process, "automation"), "auth_client_id": also, "auth_client_secret": None}

    answer = in_process.run("vantage_client", clients=[{"client_id": "new"}], prune=True, **login)

    assert not answer.get("failed"), answer
    assert sorted(in_process.clients()) == sorted({"automation", "new", also or "new"})


def test_prune_needs_to_know_the_own_client(in_process: InProcess) -> None:
    token = in_process.emulator.issue_token(CONTOSO)

    answer = in_process.run("vantage_client", clients=[{"client_id": "new"}], prune=True, auth_token=token, auth_client_id=None, auth_client_secret=None)

    assert answer["error"]["code"] == "prune_own_client_unknown"
    assert "set auth_client_id" in answer["msg"]
    assert write_methods(in_process) == []


@pytest.mark.parametrize(
    "written",
    [["reader", "app-*"], "reader,app-*", " reader , app-* ", '["reader", "app-*"]', "['reader', 'app-*']", "reader\napp-*\n", ["reader\napp-*"]],
    ids=repr,
)
def test_protected_clients_can_be_written_as_a_list_or_as_text(in_process: InProcess, written: Any) -> None:
    estate(in_process)

    answer = in_process.run("vantage_client", clients=[{"client_id": "new"}], prune=True, prune_protect=written)

    assert answer["summary"] == {"created": 1, "updated": 0, "unchanged": 0, "deleted": 0, "failed": 0}
    assert in_process.warnings == []


def test_a_pattern_that_protects_nothing_is_warned_of(in_process: InProcess) -> None:
    in_process.run("vantage_client", clients=[{"client_id": "reader"}], prune=True, prune_protect=["reader", "team-b-*", ""])

    (warning,) = in_process.warnings
    assert "prune_protect 'team-b-*' matches no client of the tenant" in warning


def test_a_client_is_looked_up_by_its_own_id_before_it_is_pruned(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    estate(in_process, 1)
    pages = Api.client_pages

    def then_renamed(api: Api) -> Any:
        yield from list(pages(api))
        clients = in_process.emulator.world.named_tenant("contoso").clients
        clients["APP-0"] = clients.pop("app-0")
        clients["APP-0"].replace_members({**clients["APP-0"].members, "clientId": "APP-0"})

    monkeypatch.setattr(Api, "client_pages", then_renamed)
    in_process.emulator.behaviour.patch({"ignore_case": True})

    in_process.run("vantage_client", clients=[{"client_id": "reader"}], prune=True)

    assert "APP-0" in in_process.clients()


def test_nothing_is_pruned_when_the_list_cannot_be_read_to_its_end(in_process: InProcess) -> None:
    estate(in_process, 30)
    in_process.emulator.behaviour.patch({"page_limit": 10})
    in_process.emulator.faults.replace([{"kind": "forbidden", "method": "GET", "path": "clients/$", "skip": 2}])

    answer = in_process.run("vantage_client", clients=[{"client_id": "new"}], prune=True, prune_limit=100)

    assert answer["error"]["status"] == 403
    assert write_methods(in_process) == []


# --- diff


DIFFS: list[dict[str, Any]] = [{"client_id": "new"}, {"client_id": "portal", "client_name": "New"}, {"client_id": "old", "state": "absent"}]


DIFFERING: dict[str, set[str]] = {"new": set(OPTIONS), "portal": {"client_name"}, "old": set(OPTIONS)}
CHANGES: list[dict[str, Any]] = [{"client_id": "new"}, {"client_id": "portal", "client_name": "New"}, {"client_id": "old", "state": "absent"}]


def differing_options(entry: dict[str, Any]) -> set[str]:
    """Return the options of one client that its diff shows as changed."""
    return {option for option in {**entry["before"], **entry["after"]} if entry["before"].get(option) != entry["after"].get(option)}


@pytest.mark.parametrize(
    ("options", "names"),
    [*((change, [change["client_id"]]) for change in CHANGES), ({"clients": CHANGES}, list(DIFFERING))],
    ids=["create", "change", "delete", "bulk"],
)
def test_the_diff_is_the_same_in_check_mode_and_for_real(in_process: InProcess, options: dict[str, Any], names: list[str]) -> None:
    seed(in_process)
    in_process.emulator.seed("contoso", [{"clientId": "old"}])

    foreseen = in_process.run("vantage_client", check=True, diff=True, **options)
    answer = in_process.run("vantage_client", diff=True, **options)

    assert foreseen["diff"] == answer["diff"]
    assert {entry["before_header"]: differing_options(entry) for entry in answer["diff"]} == {name: DIFFERING[name] for name in names}

    again = in_process.run("vantage_client", diff=True, **options)

    assert again["diff"] == []


# --- by typed items, without a module


def test_items_are_reconciled_without_a_module(in_process: InProcess) -> None:
    estate(in_process, 3)
    items = [ClientItem("app-0", {"client_id": "app-0", "client_name": "New"}), ClientItem("app-1", {"client_id": "app-1"}, "absent")]
    options = ClientOptions(prune=True, prune_protect=("reader",), own_client_ids=frozenset({"automation"}), full_results=True)

    planned = reconcile(ClientReconciler(items, options), in_process.api(), check=True, diff=True)
    done = reconcile(ClientReconciler(items, options), in_process.api(), check=False, diff=True)

    assert [(result["client_id"], result["action"]) for result in done["results"]] == [("app-0", "updated"), ("app-1", "deleted"), ("app-2", "deleted")]
    assert done["results"][0]["client"]["client_name"] == "New"
    assert planned["results"] == done["results"]
    assert planned["diff"] == done["diff"]
    assert sorted(in_process.clients()) == ["app-0", "automation", "reader"]


def test_a_plan_can_be_carried_out_later_and_one_by_one(in_process: InProcess) -> None:
    reconciler, api = ClientReconciler([ClientItem(name, {"client_id": name}) for name in ("a", "b")]), in_process.api()
    plan_of_a, plan_of_b = reconciler.prepare(api)

    result = reconciler.carry_out(api, plan_of_b)

    assert result["action"] == "created"
    assert "a" not in in_process.clients()

    result = reconciler.carry_out(api, plan_of_a)

    assert result["action"] == "created"


def test_deletions_come_after_all_that_is_made(in_process: InProcess) -> None:
    estate(in_process, 2)
    wanted = [{"client_id": "app-0", "state": "absent"}, {"client_id": "new"}, {"client_id": "app-1", "state": "absent"}, {"client_id": "newer"}]

    in_process.run("vantage_client", clients=wanted)

    assert write_methods(in_process) == ["POST", "POST", "DELETE", "DELETE"]
