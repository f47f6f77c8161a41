# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of tenants that add to them by themselves, and that take members in one form only."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_habits import accept_added, added_by, send_client
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

APP: dict[str, Any] = {"client_id": "app", "allowed_grant_types": ["client_credentials"]}
CODE = "authorization_code"
SAID = (
    "This tenant gives every client the grant type authorization_code, as the vendor documents, so it is not a difference where allowed_grant_types "
    "does not name it. A client without redirect_uris cannot use it."
)


@pytest.fixture(params=[False, True], ids=["single", "bulk"])
def run(in_process: InProcess, request: pytest.FixtureRequest) -> Any:
    """Give a function that runs vantage_client for one client in one of its two ways, and answers its result with the notes."""

    def run_module(*, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        if not request.param:
            return in_process.run("vantage_client", check=check, diff=diff, **options)
        connection = {name: options.pop(name) for name in ("roles_member",) if name in options}
        answer = in_process.run("vantage_client", check=check, diff=diff, clients=[options], full_results=True, **connection)
        return {**answer["results"][0], **{name: answer[name] for name in ("notes", "diff") if name in answer}}

    return run_module


def stored(in_process: InProcess, client_id: str = "app") -> dict[str, Any]:
    members: dict[str, Any] = in_process.clients()[client_id]["members"]
    return members


def writes(in_process: InProcess) -> list[str]:
    return [entry.method for entry in in_process.emulator.journal.writes()]


def test_the_code_flow_that_every_client_has_is_no_difference(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    created = run(**APP)
    assert created["action"] == "created"
    assert created["client"]["allowed_grant_types"] == ["client_credentials", CODE]
    assert created["notes"] == [SAID]
    in_process.emulator.journal.clear()
    for check in (True, False):
        again = run(check=check, diff=True, **APP)
        assert (again["action"], again["diff"], again["notes"]) == ("unchanged", [], [SAID])
        assert again["client"]["allowed_grant_types"] == ["client_credentials", CODE]
    assert writes(in_process) == []
    assert in_process.warnings == []


def test_a_change_is_sent_without_what_the_tenant_has_added(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    run(**APP)
    wanted = ["password", "client_credentials"]
    planned = run(check=True, diff=True, client_id="app", allowed_grant_types=wanted)
    changed = run(diff=True, client_id="app", allowed_grant_types=wanted)
    assert planned["diff"] == changed["diff"]
    assert planned["diff"][0]["after"]["allowed_grant_types"] == [*wanted, CODE] == changed["client"]["allowed_grant_types"]
    assert stored(in_process)["allowedGrantTypes"] == wanted
    assert run(client_id="app", allowed_grant_types=wanted)["action"] == "unchanged"
    assert run(client_id="app", allowed_grant_types=[])["client"]["allowed_grant_types"] == [CODE]
    assert run(client_id="app", allowed_grant_types=[])["action"] == "unchanged"


def test_what_was_read_is_sent_back_by_another_change(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    run(**APP)
    assert run(**APP, client_name="New")["action"] == "updated"
    assert stored(in_process)["allowedGrantTypes"] == ["client_credentials", CODE]
    assert run(**APP, client_name="New")["action"] == "unchanged"


def test_it_is_said_once_for_many_clients(in_process: InProcess) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    clients = [{**APP, "client_id": f"app-{number}"} for number in range(20)]
    for action in ("created", "unchanged"):
        answer = in_process.run("vantage_client", clients=clients)
        assert answer["summary"][action] == 20
        assert len(answer["notes"]) == 1
    assert in_process.warnings == []


def test_where_clients_are_without_it_it_is_taken_away(in_process: InProcess, run: Any) -> None:
    in_process.emulator.seed(CONTOSO, [{"clientId": "app", "allowedGrantTypes": ["client_credentials", CODE]}])
    planned = run(check=True, diff=True, **APP)
    answer = run(diff=True, **APP)
    assert planned["diff"] == answer["diff"]
    assert answer["action"] == "updated"
    assert "notes" not in answer
    assert stored(in_process)["allowedGrantTypes"] == ["client_credentials"]


def test_where_it_comes_back_all_the_same_the_way_out_is_named(in_process: InProcess, run: Any) -> None:
    in_process.emulator.seed(CONTOSO, [{"clientId": "app", "allowedGrantTypes": ["client_credentials", CODE]}])
    in_process.emulator.behaviour.put_ignores = ["allowedGrantTypes"]
    assert run(**APP)["action"] == "updated"
    assert len(in_process.warnings) == 1
    assert "add authorization_code to allowed_grant_types to end that" in in_process.warnings[0]


def test_any_other_grant_that_the_tenant_adds_is_still_an_error(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.forced_grants = ["password"]
    assert run(**APP)["error"]["code"] == "not_applied"


@pytest.mark.parametrize("form", ["timespan", "string", "iso8601", "int"])
@pytest.mark.parametrize("summary", [False, True])
def test_a_life_where_lifetimes_are_no_numbers(in_process: InProcess, run: Any, form: str, summary: bool) -> None:
    in_process.emulator.behaviour.patch({"lifetime_format": form, "lifetime_numbers": False, "list_summary": summary})
    if summary and form in ("string", "iso8601"):
        # No client was read whole that would tell how this tenant writes a lifetime.
        failed = run(**APP, access_token_lifetime="8h")
        assert "Written as accessTokenLifetime '08:00:00', it was refused as well" in failed["msg"]
        assert not failed["changed"]
        return
    assert run(**APP, access_token_lifetime="8h")["action"] == "created"
    assert stored(in_process)["accessTokenLifetime"] == 28800
    assert run(**APP, access_token_lifetime="8h")["action"] == "unchanged"
    assert run(**APP, access_token_lifetime="2h", refresh_token_lifetime="7d")["action"] == "updated"
    assert (stored(in_process)["accessTokenLifetime"], stored(in_process)["refreshTokenLifetime"]) == (7200, 604800)
    assert run(client_id="app", client_name="New")["action"] == "updated"
    assert run(client_id="app", state="absent")["action"] == "deleted"


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_form_that_was_refused_is_not_tried_again(in_process: InProcess, concurrency: int) -> None:
    in_process.emulator.behaviour.patch({"lifetime_format": "timespan", "lifetime_numbers": False, "list_summary": True})
    clients = [{**APP, "client_id": f"app-{number}", "access_token_lifetime": "8h"} for number in range(12)]
    answer = in_process.run("vantage_client", clients=clients, concurrency=concurrency)
    assert answer["summary"]["created"] == 12
    # The first one alone finds out; the others wait for it.
    assert [entry.status for entry in in_process.emulator.journal.writes() if entry.status != 201] == [400]


def test_a_lifetime_that_no_form_makes_right_is_the_servers_error(in_process: InProcess, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.abbyy.vantage.tests.emulator.lifetimes.LONGEST", 3600)
    answer = run(**APP, access_token_lifetime="2h")
    assert (
        "accessTokenLifetime: must be a number of seconds from 1 to 3600. Written as accessTokenLifetime '02:00:00', it was refused as well." in answer["msg"]
    )
    assert answer["error"]["status"] == 400
    assert len(writes(in_process)) == 2


@pytest.mark.parametrize("summary", [False, True])
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_life_where_lists_are_texts(in_process: InProcess, run: Any, version: str, summary: bool) -> None:
    lists = ["allowedScopes", "allowedGrantTypes", "redirectUris", "allowedCorsOrigins"]
    in_process.emulator.behaviour.patch({"text_lists": lists, "list_summary": summary, "api_versions": [version]})
    in_process.options["api_version"] = version
    app = {**APP, "redirect_uris": ["https://app.example.com/in", "https://app.example.com/back"]}
    assert run(**app)["client"]["redirect_uris"] == app["redirect_uris"]
    assert run(**app)["action"] == "unchanged"
    assert run(client_id="app", client_name="New")["action"] == "updated"
    assert stored(in_process)["allowedScopes"] == ["openid", "permissions", "publicapi.all"]
    assert stored(in_process)["redirectUris"] == app["redirect_uris"]
    changed = {**app, "redirect_uris": ["https://app.example.com/in"], "allowed_grant_types": ["client_credentials", "password"]}
    assert run(**changed)["action"] == "updated"
    assert stored(in_process)["allowedGrantTypes"] == ["client_credentials", "password"]
    assert run(client_id="app", redirect_uris=[])["action"] == "updated"
    assert run(client_id="app", redirect_uris=[])["action"] == "unchanged"


def test_origins_that_the_tenant_does_not_tell_are_not_compared(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.cors_bool = True
    app = {**APP, "allowed_cors_origins": ["https://app.example.com"]}
    created = run(**app)
    assert (created["action"], created["client"]["allowed_cors_origins"]) == ("created", True)
    assert stored(in_process)["allowedCorsOrigins"] == app["allowed_cors_origins"]
    in_process.warnings.clear()
    assert run(**app, client_name="New")["action"] == "updated"
    assert len(in_process.warnings) == 1
    assert "does not show the entries of allowed_cors_origins, only 'True'," in in_process.warnings[0]
    assert stored(in_process)["allowedCorsOrigins"] == app["allowed_cors_origins"]
    assert run(client_id="app", allowed_cors_origins=[])["action"] == "updated"
    assert run(client_id="app", allowed_cors_origins=[])["action"] == "unchanged"
    assert stored(in_process)["allowedCorsOrigins"] == []


@pytest.mark.nonconforming
@pytest.mark.parametrize("shown", [{"entries": ["a"]}, [{"id": 1, "uri": "https://app.example.com/"}]])
def test_a_list_in_an_unknown_form_is_left_alone(in_process: InProcess, run: Any, monkeypatch: pytest.MonkeyPatch, shown: Any) -> None:
    run(**APP)
    sent: list[dict[str, Any]] = []
    find = Api.find_client
    monkeypatch.setattr(Api, "client_pages", lambda self: iter(()))
    monkeypatch.setattr(Api, "find_client", lambda self, client_id: {**(find(self, client_id) or {}), "redirectUris": shown})
    monkeypatch.setattr(Api, "update_client", lambda self, client_id, payload, **_why: sent.append(payload))
    answer = in_process.run("vantage_client", client_id="app", redirect_uris=["https://app.example.com/"])
    assert (answer["action"], answer["client"]["redirect_uris"]) == ("unchanged", str(shown))
    assert "does not show the entries of redirect_uris" in in_process.warnings[0]
    in_process.run("vantage_client", client_id="app", client_name="New")
    assert sent[0]["redirectUris"] == shown


def test_roles_are_managed_as_any_list_where_their_member_is_named(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.roles_member = "applicationRoles"
    with_roles = {"roles_member": "applicationRoles", **APP, "roles": ["Skill User"]}
    assert run(check=True, **with_roles)["action"] == "created"
    assert run(**with_roles)["client"]["roles"] == ["Skill User"]
    assert in_process.clients()["app"]["roles"] == ["Skill User"]
    assert run(**with_roles)["action"] == "unchanged"
    more = {**with_roles, "roles": ["Tenant Administrator", "Skill User"]}
    assert run(**more)["action"] == "updated"
    assert run(**{**more, "roles": ["Skill User", "Tenant Administrator"]})["action"] == "unchanged"
    assert run(**APP, client_name="New")["action"] == "updated"
    assert in_process.clients()["app"]["roles"] == more["roles"]
    assert run(**{**with_roles, "roles": []})["client"]["roles"] == []


@pytest.mark.parametrize("check", [False, True])
def test_roles_without_the_name_of_their_member_are_refused(in_process: InProcess, run: Any, check: bool) -> None:
    answer = run(check=check, **APP, roles=["Skill User"])
    assert answer["error"]["code"] == "invalid_option"
    assert answer["msg"].startswith("Client 'app': roles is given, but no document says which member of a client holds its roles;")
    assert "app" not in in_process.clients()


@pytest.mark.parametrize("role", ["", " ", "Skill User, Tenant Administrator", "a\x07b"])
def test_a_role_is_one_entry(in_process: InProcess, run: Any, role: str) -> None:
    answer = run(**APP, roles=["Skill User", role], roles_member="applicationRoles")
    assert answer["error"]["code"] == "invalid_option"
    assert "roles entry" in answer["msg"]


def test_order_is_the_servers_business(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.reorder_lists = True
    app = {**APP, "redirect_uris": ["https://a.example.com/in", "https://b.example.com/in"]}
    assert run(**app)["action"] == "created"
    assert run(**app)["action"] == "unchanged"


@pytest.mark.parametrize(("known", "calls"), [(True, 0), (False, 1)])
def test_other_clients_are_looked_at_once_and_only_where_nothing_is_known(in_process: InProcess, known: bool, calls: int) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    api = in_process.api()
    api.habits.code_flow_is_optional = known
    for _client in range(2):
        added = added_by(api, {"allowed_grant_types": ["password"]}, {"allowed_grant_types": ["password", CODE]})
        assert bool(added) is not known
    assert in_process.requests().count(("GET", "clients/")) == calls


@pytest.mark.parametrize(("created", "optional", "is_odd"), [(True, True, False), (True, False, False), (False, False, False), (False, True, True)])
def test_what_came_back_is_odd_where_it_was_away_before(in_process: InProcess, created: bool, optional: bool, is_odd: bool) -> None:
    api = in_process.api()
    api.habits.code_flow_is_optional = optional
    assert accept_added(api, "app", {"allowed_grant_types": []}, {"allowed_grant_types": [CODE]}, created=created)
    assert (api.habits.notes, len(api.habits.warnings)) == (([], 1) if is_odd else ([SAID], 0))


@pytest.mark.parametrize(
    ("status", "fields", "sent"),
    [
        (400, ("accessTokenLifetime",), [{"accessTokenLifetime": "01:00:00"}]),
        (400, ("applicationRoles",), [{"applicationRoles": "Skill User"}]),
        (400, ("clientName",), []),
        (400, (), []),
        # Another refusal says nothing of the form.
        (409, ("accessTokenLifetime",), []),
        (500, ("accessTokenLifetime",), []),
    ],
)
def test_only_a_bad_request_is_sent_in_another_form(in_process: InProcess, status: int, fields: tuple[str, ...], sent: list[dict[str, Any]]) -> None:
    payload = {"clientName": "A", "accessTokenLifetime": 3600, "applicationRoles": ["Skill User"]}
    seen: list[dict[str, Any]] = []

    def send(body: dict[str, Any]) -> None:
        seen.append(body)
        refusal = ApiError("no", status=status)
        refusal.fields = fields
        raise refusal

    with pytest.raises(ApiError):
        send_client(in_process.api(roles_member="applicationRoles"), lambda: payload, send)
    assert seen == [payload, *({**payload, **other} for other in sent)]
