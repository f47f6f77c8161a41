# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of tenants that add entries of their own, and that take members in one form only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

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


class Step(NamedTuple):
    """One step of a lifecycle: the options of the run, its action, and members as the tenant keeps them afterwards."""

    options: dict[str, Any]
    action: str
    kept: dict[str, Any]


def check_lifecycle(in_process: InProcess, run: Any, steps: Sequence[Step]) -> None:
    """Run the steps one after the other, and check what each of them does."""
    for step in steps:
        answer = run(**step.options)

        assert answer["action"] == step.action, step
        assert {member: stored(in_process)[member] for member in step.kept} == step.kept, step


def test_a_grant_that_the_tenant_adds_to_a_new_client_is_noted(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]

    created = run(**APP)

    assert created["action"] == "created"
    assert created["client"]["allowed_grant_types"] == ["client_credentials", CODE]
    assert created["notes"] == [SAID]
    assert in_process.warnings == []


@pytest.mark.parametrize("check", [True, False])
def test_a_grant_that_the_tenant_adds_is_no_difference(in_process: InProcess, run: Any, check: bool) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    run(**APP)
    in_process.emulator.journal.clear()

    again = run(check=check, diff=True, **APP)

    assert again["action"] == "unchanged"
    assert again["diff"] == []
    assert again["notes"] == [SAID]
    assert again["client"]["allowed_grant_types"] == ["client_credentials", CODE]
    assert writes(in_process) == []
    assert in_process.warnings == []


def test_a_change_is_sent_without_what_the_tenant_has_added(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    run(**APP)
    wanted = {"client_id": "app", "allowed_grant_types": ["password", "client_credentials"]}

    planned = run(check=True, diff=True, **wanted)
    changed = run(diff=True, **wanted)

    assert planned["diff"] == changed["diff"]
    assert planned["diff"][0]["after"]["allowed_grant_types"] == ["password", "client_credentials", CODE]
    assert changed["client"]["allowed_grant_types"] == ["password", "client_credentials", CODE]
    assert stored(in_process)["allowedGrantTypes"] == ["password", "client_credentials"]

    again = run(**wanted)

    assert again["action"] == "unchanged"


def test_a_list_that_is_emptied_keeps_what_the_tenant_adds(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    run(**APP)

    emptied = run(client_id="app", allowed_grant_types=[])

    assert emptied["client"]["allowed_grant_types"] == [CODE]

    again = run(client_id="app", allowed_grant_types=[])

    assert again["action"] == "unchanged"


def test_another_change_sends_back_the_grants_that_were_read(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    run(**APP)

    changed = run(**APP, client_name="New")

    assert changed["action"] == "updated"
    assert stored(in_process)["allowedGrantTypes"] == ["client_credentials", CODE]

    again = run(**APP, client_name="New")

    assert again["action"] == "unchanged"


def test_many_clients_with_an_added_grant_are_one_note(in_process: InProcess) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    clients = [{**APP, "client_id": f"app-{number}"} for number in range(20)]

    created, again = (in_process.run("vantage_client", clients=clients) for _run in range(2))

    assert created["summary"]["created"] == 20
    assert len(created["notes"]) == 1
    assert again["summary"]["unchanged"] == 20
    assert len(again["notes"]) == 1
    assert in_process.warnings == []


def test_a_grant_that_only_some_clients_have_is_removed(in_process: InProcess, run: Any) -> None:
    in_process.emulator.seed(CONTOSO, [{"clientId": "app", "allowedGrantTypes": ["client_credentials", CODE]}])

    planned = run(check=True, diff=True, **APP)
    answer = run(diff=True, **APP)

    assert planned["diff"] == answer["diff"]
    assert answer["action"] == "updated"
    assert "notes" not in answer
    assert stored(in_process)["allowedGrantTypes"] == ["client_credentials"]


def test_a_grant_that_comes_back_after_its_removal_is_warned_of(in_process: InProcess, run: Any) -> None:
    in_process.emulator.seed(CONTOSO, [{"clientId": "app", "allowedGrantTypes": ["client_credentials", CODE]}])
    in_process.emulator.behaviour.put_ignores = ["allowedGrantTypes"]

    answer = run(**APP)
    (warning,) = in_process.warnings

    assert answer["action"] == "updated"
    assert "add authorization_code to allowed_grant_types to end that" in warning


def test_any_other_grant_that_the_tenant_adds_is_an_error(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.forced_grants = ["password"]

    answer = run(**APP)

    assert answer["error"]["code"] == "not_applied"


# How the tenant writes lifetimes, and whether its list leaves them out.
LIFETIME_FORMS = [(form, summary) for form in ("timespan", "string", "iso8601", "int") for summary in (False, True)]
# No client is read whole that would tell how this tenant writes a lifetime.
UNTOLD_FORMS = [("string", True), ("iso8601", True)]


@pytest.mark.parametrize(("form", "summary"), UNTOLD_FORMS)
def test_a_lifetime_whose_form_no_client_tells_is_an_error(in_process: InProcess, run: Any, form: str, summary: bool) -> None:
    in_process.emulator.behaviour.patch({"lifetime_format": form, "lifetime_numbers": False, "list_summary": summary})

    failed = run(**APP, access_token_lifetime="8h")

    assert "Written as accessTokenLifetime '08:00:00', it was refused as well" in failed["msg"]
    assert not failed["changed"]


@pytest.mark.parametrize(("form", "summary"), [known for known in LIFETIME_FORMS if known not in UNTOLD_FORMS])
def test_a_client_goes_through_its_lifecycle_where_lifetimes_are_no_numbers(in_process: InProcess, run: Any, form: str, summary: bool) -> None:
    in_process.emulator.behaviour.patch({"lifetime_format": form, "lifetime_numbers": False, "list_summary": summary})

    check_lifecycle(
        in_process,
        run,
        [
            Step({**APP, "access_token_lifetime": "8h"}, "created", {"accessTokenLifetime": 28800}),
            Step({**APP, "access_token_lifetime": "8h"}, "unchanged", {}),
            Step(
                {**APP, "access_token_lifetime": "2h", "refresh_token_lifetime": "7d"},
                "updated",
                {"accessTokenLifetime": 7200, "refreshTokenLifetime": 604800},
            ),
            Step({"client_id": "app", "client_name": "New"}, "updated", {}),
            Step({"client_id": "app", "state": "absent"}, "deleted", {}),
        ],
    )


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_form_that_was_refused_is_not_tried_again(in_process: InProcess, concurrency: int) -> None:
    in_process.emulator.behaviour.patch({"lifetime_format": "timespan", "lifetime_numbers": False, "list_summary": True})
    clients = [{**APP, "client_id": f"app-{number}", "access_token_lifetime": "8h"} for number in range(12)]

    answer = in_process.run("vantage_client", clients=clients, concurrency=concurrency)

    assert answer["summary"]["created"] == 12
    # The first client alone finds out; the others wait for it.
    assert [entry.status for entry in in_process.emulator.journal.writes() if entry.status != 201] == [400]


def test_a_lifetime_that_is_refused_in_every_form_is_the_servers_error(in_process: InProcess, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.abbyy.vantage.tests.emulator.lifetimes.LONGEST", 3600)

    answer = run(**APP, access_token_lifetime="2h")

    assert (
        "accessTokenLifetime: must be a number of seconds from 1 to 3600. Written as accessTokenLifetime '02:00:00', it was refused as well." in answer["msg"]
    )
    assert answer["error"]["status"] == 400
    assert len(writes(in_process)) == 2


LISTS = ["allowedScopes", "allowedGrantTypes", "redirectUris", "allowedCorsOrigins"]
APP_WITH_URIS = {**APP, "redirect_uris": ["https://app.example.com/in", "https://app.example.com/back"]}


@pytest.mark.parametrize("summary", [False, True])
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_lists_that_are_texts_are_shown_as_lists(in_process: InProcess, run: Any, version: str, summary: bool) -> None:
    in_process.emulator.behaviour.patch({"text_lists": LISTS, "list_summary": summary, "api_versions": [version]})
    in_process.options["api_version"] = version

    created = run(**APP_WITH_URIS)

    assert created["client"]["redirect_uris"] == APP_WITH_URIS["redirect_uris"]


@pytest.mark.parametrize("summary", [False, True])
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_client_goes_through_its_lifecycle_where_lists_are_texts(in_process: InProcess, run: Any, version: str, summary: bool) -> None:
    in_process.emulator.behaviour.patch({"text_lists": LISTS, "list_summary": summary, "api_versions": [version]})
    in_process.options["api_version"] = version
    changed = {**APP, "redirect_uris": ["https://app.example.com/in"], "allowed_grant_types": ["client_credentials", "password"]}

    check_lifecycle(
        in_process,
        run,
        [
            Step(APP_WITH_URIS, "created", {}),
            Step(APP_WITH_URIS, "unchanged", {}),
            Step(
                {"client_id": "app", "client_name": "New"},
                "updated",
                {"allowedScopes": ["openid", "permissions", "publicapi.all"], "redirectUris": APP_WITH_URIS["redirect_uris"]},
            ),
            Step(changed, "updated", {"allowedGrantTypes": ["client_credentials", "password"]}),
            Step({"client_id": "app", "redirect_uris": []}, "updated", {}),
            Step({"client_id": "app", "redirect_uris": []}, "unchanged", {}),
        ],
    )


ORIGINS = ["https://app.example.com"]


def test_origins_are_stored_where_the_tenant_does_not_show_them(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.cors_bool = True

    created = run(**APP, allowed_cors_origins=ORIGINS)

    assert created["action"] == "created"
    assert created["client"]["allowed_cors_origins"] is True
    assert stored(in_process)["allowedCorsOrigins"] == ORIGINS


def test_origins_that_the_tenant_does_not_show_are_not_compared(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.cors_bool = True
    run(**APP, allowed_cors_origins=ORIGINS)
    in_process.warnings.clear()

    changed = run(**APP, allowed_cors_origins=ORIGINS, client_name="New")
    (warning,) = in_process.warnings

    assert changed["action"] == "updated"
    assert "does not show the entries of allowed_cors_origins, only 'True'," in warning
    assert stored(in_process)["allowedCorsOrigins"] == ORIGINS


def test_origins_that_the_tenant_does_not_show_can_be_removed(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.cors_bool = True
    run(**APP, allowed_cors_origins=ORIGINS)

    emptied = run(client_id="app", allowed_cors_origins=[])

    assert emptied["action"] == "updated"
    assert stored(in_process)["allowedCorsOrigins"] == []

    again = run(client_id="app", allowed_cors_origins=[])

    assert again["action"] == "unchanged"
    assert stored(in_process)["allowedCorsOrigins"] == []


UNKNOWN_FORMS = [{"entries": ["a"]}, [{"id": 1, "uri": "https://app.example.com/"}]]


def show_redirect_uris_as(monkeypatch: pytest.MonkeyPatch, shown: Any) -> list[dict[str, Any]]:
    """Let the tenant show redirectUris in this form, and take updates without carrying them out; return the list of their payloads."""
    sent: list[dict[str, Any]] = []
    find = Api.find_client
    monkeypatch.setattr(Api, "client_pages", lambda self: iter(()))
    monkeypatch.setattr(Api, "find_client", lambda self, client_id: {**(find(self, client_id) or {}), "redirectUris": shown})
    monkeypatch.setattr(Api, "update_client", lambda self, client_id, payload, **_why: sent.append(payload))
    return sent


@pytest.mark.nonconforming
@pytest.mark.parametrize("shown", UNKNOWN_FORMS)
def test_a_list_in_an_unknown_form_is_not_compared(in_process: InProcess, run: Any, monkeypatch: pytest.MonkeyPatch, shown: Any) -> None:
    run(**APP)
    show_redirect_uris_as(monkeypatch, shown)

    answer = in_process.run("vantage_client", client_id="app", redirect_uris=["https://app.example.com/"])

    assert answer["action"] == "unchanged"
    assert answer["client"]["redirect_uris"] == str(shown)
    assert "does not show the entries of redirect_uris" in in_process.warnings[0]


@pytest.mark.nonconforming
@pytest.mark.parametrize("shown", UNKNOWN_FORMS)
def test_a_list_in_an_unknown_form_is_sent_back_as_it_came(in_process: InProcess, run: Any, monkeypatch: pytest.MonkeyPatch, shown: Any) -> None:
    run(**APP)
    sent = show_redirect_uris_as(monkeypatch, shown)

    in_process.run("vantage_client", client_id="app", client_name="New")

    assert sent[0]["redirectUris"] == shown


WITH_ROLES: dict[str, Any] = {**APP, "roles": ["Tenant Administrator", "Skill User"], "roles_member": "applicationRoles"}


def test_roles_are_created_where_their_member_is_named(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.roles_member = "applicationRoles"

    planned = run(check=True, **WITH_ROLES)
    created = run(**WITH_ROLES)

    assert planned["action"] == "created"
    assert created["client"]["roles"] == WITH_ROLES["roles"]
    assert in_process.clients()["app"]["roles"] == WITH_ROLES["roles"]


@pytest.mark.parametrize(
    ("change", "action", "roles"),
    [
        ({}, "unchanged", ["Tenant Administrator", "Skill User"]),
        ({"roles": ["Skill User", "Tenant Administrator"]}, "unchanged", ["Tenant Administrator", "Skill User"]),
        ({"roles": ["Skill User"]}, "updated", ["Skill User"]),
        ({"roles": ["Tenant Administrator", "Skill User", "Operator"]}, "updated", ["Tenant Administrator", "Skill User", "Operator"]),
        ({"roles": []}, "updated", []),
        # A run that knows nothing of roles leaves them.
        ({"roles": None, "roles_member": None, "client_name": "New"}, "updated", ["Tenant Administrator", "Skill User"]),
    ],
    ids=str,
)
def test_roles_are_managed_like_any_list_where_their_member_is_named(
    in_process: InProcess, run: Any, change: dict[str, Any], action: str, roles: list[str]
) -> None:
    in_process.emulator.behaviour.roles_member = "applicationRoles"
    run(**WITH_ROLES)
    options = {name: value for name, value in {**WITH_ROLES, **change}.items() if value is not None}

    answer = run(**options)

    assert answer["action"] == action
    assert in_process.clients()["app"]["roles"] == roles
    assert answer["client"].get("roles") == (roles if "roles" in options else None)


@pytest.mark.parametrize("check", [False, True])
def test_roles_without_the_name_of_their_member_are_refused(in_process: InProcess, run: Any, check: bool) -> None:
    answer = run(check=check, **APP, roles=["Skill User"])

    assert answer["error"]["code"] == "invalid_option"
    assert answer["msg"].startswith("Client 'app': roles is given, but no document says which member of a client holds its roles;")
    assert "app" not in in_process.clients()


@pytest.mark.parametrize("role", ["", " ", "Skill User, Tenant Administrator", "a\x07b"])
def test_an_entry_that_is_not_one_role_is_refused(run: Any, role: str) -> None:
    answer = run(**APP, roles=["Skill User", role], roles_member="applicationRoles")

    assert answer["error"]["code"] == "invalid_option"
    assert "roles entry" in answer["msg"]


def test_lists_that_the_server_reorders_are_unchanged(in_process: InProcess, run: Any) -> None:
    in_process.emulator.behaviour.reorder_lists = True
    app = {**APP, "redirect_uris": ["https://a.example.com/in", "https://b.example.com/in"]}

    created = run(**app)
    again = run(**app)

    assert created["action"] == "created"
    assert again["action"] == "unchanged"


@pytest.mark.parametrize(("known", "calls"), [(True, 0), (False, 1)])
def test_other_clients_are_looked_at_once_and_only_where_nothing_is_known(in_process: InProcess, known: bool, calls: int) -> None:
    in_process.emulator.behaviour.forced_grants = [CODE]
    api = in_process.api()
    api.habits.code_flow_is_optional = known

    added = [added_by(api, {"allowed_grant_types": ["password"]}, {"allowed_grant_types": ["password", CODE]}) for _client in range(2)]

    assert [bool(entries) for entries in added] == [not known] * 2
    assert in_process.requests().count(("GET", "clients/")) == calls


@pytest.mark.parametrize(
    ("created", "optional", "notes", "warnings"),
    [
        (True, True, [SAID], 0),
        (True, False, [SAID], 0),
        (False, False, [SAID], 0),
        (False, True, [], 1),
    ],
)
def test_an_added_grant_is_a_warning_where_it_came_back_and_a_note_elsewhere(
    in_process: InProcess, created: bool, optional: bool, notes: list[str], warnings: int
) -> None:
    api = in_process.api()
    api.habits.code_flow_is_optional = optional

    accepted = accept_added(api, "app", {"allowed_grant_types": []}, {"allowed_grant_types": [CODE]}, created=created)

    assert accepted
    assert api.habits.notes == notes
    assert len(api.habits.warnings) == warnings


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
