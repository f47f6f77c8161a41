# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients, between what users write and what the API sends."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import (
    FIELDS,
    READ_ONLY,
    SCOPES,
    check_readable,
    create_payload,
    created_from_desired,
    current_from_api,
    desired_from_params,
    is_complete,
    options_spec,
    rewritten,
    update_payload,
)

RAW: dict[str, Any] = {
    "clientId": "portal",
    "clientName": "Portal",
    "allowOfflineAccess": True,
    "allowRememberConsent": False,
    "backChannelLogoutSessionRequired": False,
    "requireClientSecret": False,
    "requireConsent": True,
    "allowNoPkce": True,
    "allowedGrantTypes": ["authorization_code"],
    "allowedCorsOrigins": ["https://a.example"],
    "allowedScopes": list(SCOPES),
    "postLogoutRedirectUris": ["https://a.example/bye"],
    "redirectUris": ["https://a.example/in"],
    "accessTokenLifetime": 3600,
    "refreshTokenLifetime": 7200,
}
CURRENT: dict[str, Any] = {
    "client_id": "portal",
    "client_name": "Portal",
    "allow_offline_access": True,
    "allow_remember_consent": False,
    "back_channel_logout_session_required": False,
    "require_client_secret": False,
    "require_consent": True,
    "allow_no_pkce": True,
    "allowed_grant_types": ["authorization_code"],
    "allowed_cors_origins": ["https://a.example"],
    "allowed_scopes": list(SCOPES),
    "post_logout_redirect_uris": ["https://a.example/bye"],
    "redirect_uris": ["https://a.example/in"],
    "access_token_lifetime": 3600,
    "refresh_token_lifetime": 7200,
}
# The documented defaults of a new client.
NEW: dict[str, Any] = {
    "client_id": "new",
    "client_name": "new",
    "allow_offline_access": False,
    "allow_remember_consent": True,
    "back_channel_logout_session_required": True,
    "require_client_secret": True,
    "require_consent": False,
    "allow_no_pkce": False,
    "allowed_grant_types": [],
    "allowed_cors_origins": [],
    "allowed_scopes": ["openid", "permissions", "publicapi.all"],
    "post_logout_redirect_uris": [],
    "redirect_uris": [],
    "access_token_lifetime": 86400,
    "refresh_token_lifetime": 2592000,
}


def test_there_are_fifteen_members() -> None:
    assert len(FIELDS) == 15


def test_all_members_are_read() -> None:
    assert current_from_api(RAW) == CURRENT


def test_a_missing_member_has_its_documented_default() -> None:
    assert current_from_api({"clientId": "new"}) == NEW


def test_null_is_an_empty_list_or_the_default() -> None:
    assert current_from_api({**dict.fromkeys(RAW), "clientId": "new"}) == {**NEW, "allowed_scopes": []}


@pytest.mark.parametrize(
    ("member", "value", "option", "read"),
    [
        ("allowedCorsOrigins", True, "allowed_cors_origins", True),
        ("allowedCorsOrigins", False, "allowed_cors_origins", []),
        ("redirectUris", [1], "redirect_uris", ["1"]),
        ("redirectUris", "https://a.example/in https://b.example/in", "redirect_uris", ["https://a.example/in", "https://b.example/in"]),
        ("redirectUris", [{"uri": "https://a.example/in"}], "redirect_uris", "[{'uri': 'https://a.example/in'}]"),
        ("redirectUris", {"a": 1}, "redirect_uris", "{'a': 1}"),
        ("allowedScopes", "openid permissions publicapi.all", "allowed_scopes", list(SCOPES)),
        ("allowedGrantTypes", "", "allowed_grant_types", []),
        ("clientName", ["Portal"], "client_name", "Portal"),
        ("allowOfflineAccess", "true", "allow_offline_access", True),
        ("allowOfflineAccess", "False", "allow_offline_access", False),
        ("allowOfflineAccess", 0, "allow_offline_access", False),
        ("accessTokenLifetime", "3600", "access_token_lifetime", 3600),
        ("accessTokenLifetime", "01:00:00", "access_token_lifetime", 3600),
        ("accessTokenLifetime", "1.00:00:00", "access_token_lifetime", 86400),
        ("accessTokenLifetime", "PT1H", "access_token_lifetime", 3600),
        ("clientName", "", "client_name", ""),
    ],
)
def test_members_are_read_in_every_form(member: str, value: Any, option: str, read: Any) -> None:
    assert current_from_api({**RAW, member: value})[option] == read


strange_lifetime = pytest.mark.parametrize("shown", ["soon", True, {"days": 1}, [3600, 1]])


@strange_lifetime
def test_a_lifetime_of_unknown_form_is_read_as_text(shown: Any) -> None:
    current = current_from_api({**RAW, "accessTokenLifetime": shown})
    assert current["access_token_lifetime"] == str(shown)


@strange_lifetime
def test_a_lifetime_of_unknown_form_does_not_matter_when_unmanaged(shown: Any) -> None:
    current = current_from_api({**RAW, "accessTokenLifetime": shown})
    check_readable({"client_name": "New", "refresh_token_lifetime": 7200}, current)


@strange_lifetime
def test_a_lifetime_of_unknown_form_is_an_error_when_managed(shown: Any) -> None:
    current = current_from_api({**RAW, "accessTokenLifetime": shown})
    with pytest.raises(ApiError, match=r"client 'portal'.*accessTokenLifetime") as caught:
        check_readable({"access_token_lifetime": 3600}, current)
    assert caught.value.code == "unreadable"


def test_options_that_are_not_given_are_not_desired() -> None:
    params: dict[str, Any] = {**dict.fromkeys(CURRENT), "state": "present", "clients": None, "base_url": "https://x", "client_id": "a"}
    assert desired_from_params(params) == {"client_id": "a"}


def test_empty_and_false_options_are_desired() -> None:
    params: dict[str, Any] = {**dict.fromkeys(CURRENT), "state": "present", "clients": None, "base_url": "https://x"}
    given = {"client_id": "a", "allow_no_pkce": False, "redirect_uris": [], "client_name": "", "access_token_lifetime": "8h", "refresh_token_lifetime": "0"}

    desired = desired_from_params({**params, **given})

    assert desired == {**given, "access_token_lifetime": 28800, "refresh_token_lifetime": 0}


@pytest.mark.parametrize("option", ["access_token_lifetime", "refresh_token_lifetime"])
def test_a_lifetime_that_is_no_duration_is_named(option: str) -> None:
    with pytest.raises(ConfigError, match=f"{option} 'soon' is not a duration; write seconds"):
        desired_from_params({"client_id": "a", option: "soon"})


@pytest.mark.parametrize("options", [{}, {"client_name": "N", "redirect_uris": ["https://x/y"]}])
def test_a_new_client_has_defaults_except_for_what_was_given(options: dict[str, Any]) -> None:
    assert created_from_desired({"client_id": "new", **options}) == {**NEW, **options}


def test_defaults_are_not_shared_between_clients() -> None:
    created_from_desired({"client_id": "a"})["allowed_scopes"].append("more")
    assert created_from_desired({"client_id": "b"})["allowed_scopes"] == ["openid", "permissions", "publicapi.all"]


@pytest.mark.parametrize(
    ("desired", "body"), [({"client_id": "a"}, {"clientId": "a", "clientName": "a", "allowedScopes": list(SCOPES)}), (CURRENT, RAW)], ids=["id alone", "all"]
)
def test_the_body_of_a_new_client_always_has_name_and_scopes(desired: dict[str, Any], body: dict[str, Any]) -> None:
    assert create_payload(desired) == body


def test_the_body_of_an_update_is_the_whole_client_with_its_changes() -> None:
    raw = {**RAW, "clientUri": "https://kept", "enabled": False, "nested": {"a": [1]}}

    payload = update_payload(raw, {"client_name": "New", "redirect_uris": [], "allow_no_pkce": False})

    assert payload == {**raw, "clientName": "New", "redirectUris": [], "allowNoPkce": False}
    assert raw["clientName"] == "Portal"


def test_read_only_members_are_not_sent() -> None:
    raw = {**RAW, **dict.fromkeys(READ_ONLY, "x")}
    assert update_payload(raw, {"client_name": "New"}) == {**RAW, "clientName": "New"}


def test_a_list_that_came_as_null_is_sent_back_as_an_empty_list() -> None:
    assert update_payload({**RAW, "allowedCorsOrigins": None}, {"client_name": "New"})["allowedCorsOrigins"] == []


@pytest.mark.parametrize("shown", [True, False, "openid permissions", "", {"values": ["a"]}, [{"id": 1, "value": "a"}], 5])
@pytest.mark.parametrize("member", ["allowedCorsOrigins", "allowedScopes", "accessTokenLifetime", "clientName", "requireConsent", "somethingElse"])
def test_an_unmanaged_member_is_sent_back_as_it_came(member: str, shown: Any) -> None:
    assert update_payload({**RAW, member: shown}, {"allow_no_pkce": False})[member] == shown


@pytest.mark.parametrize(
    ("member", "shown", "option", "wanted", "sent"),
    [
        ("redirectUris", "https://a.example/", "redirect_uris", ["https://a.example/", "https://b.example/"], "https://a.example/ https://b.example/"),
        ("allowedGrantTypes", "password,client_credentials", "allowed_grant_types", ["password"], "password"),
        ("allowedGrantTypes", "password, implicit", "allowed_grant_types", ["password", "client_credentials"], "password, client_credentials"),
        ("allowedCorsOrigins", True, "allowed_cors_origins", [], []),
        ("clientName", ["Portal"], "client_name", "New", ["New"]),
        ("requireConsent", "True", "require_consent", False, "False"),
        ("requireConsent", "false", "require_consent", True, "true"),
        ("redirectUris", "", "redirect_uris", [], ""),
    ],
)
def test_a_change_is_written_in_the_form_that_the_server_has(member: str, shown: Any, option: str, wanted: Any, sent: Any) -> None:
    assert update_payload({**RAW, member: shown}, {option: wanted})[member] == sent


def test_a_new_client_is_written_in_the_forms_of_other_clients() -> None:
    forms = {"accessTokenLifetime": "1.00:00:00", "allowedScopes": "openid", "redirectUris": []}
    desired: dict[str, Any] = {"client_id": "a", "access_token_lifetime": 3600, "redirect_uris": ["https://a.example/"]}

    payload = create_payload(desired, forms=forms)

    assert payload == {
        "clientId": "a",
        "clientName": "a",
        "accessTokenLifetime": "01:00:00",
        "allowedScopes": "openid permissions publicapi.all",
        "redirectUris": ["https://a.example/"],
    }


def test_a_form_that_the_server_accepted_overrides_the_form_that_it_shows() -> None:
    raw = {**RAW, "refreshTokenLifetime": 7200}
    payload = update_payload(raw, {"client_name": "New"}, taken={"refreshTokenLifetime": "01:00:00"})
    assert payload == {**RAW, "clientName": "New", "refreshTokenLifetime": "02:00:00"}


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        (["accessTokenLifetime"], {"accessTokenLifetime": "01:00:00"}),
        (["$.accessTokenLifetime", "client"], {"accessTokenLifetime": "01:00:00"}),
        (["Client.RefreshTokenLifetime"], {"refreshTokenLifetime": "02:00:00"}),
        (["allowedScopes", "clientName"], {"allowedScopes": "openid permissions publicapi.all"}),
        (["redirectUris[0]"], {"redirectUris": "https://a.example/in"}),
        (["clientName", "requireConsent", "clientUri"], {}),
        ([], {}),
    ],
)
def test_a_refused_member_is_rewritten_and_back(refused: list[str], expected: dict[str, Any]) -> None:
    changed = rewritten(RAW, refused)
    back = rewritten({**RAW, **expected}, refused)

    assert changed == expected
    assert {member: back[member] for member in expected} == {member: RAW[member] for member in expected}


WITH_ROLES: dict[str, Any] = {**RAW, "applicationRoles": ["Skill User"]}


def test_roles_are_not_read_unless_their_member_is_named() -> None:
    assert "roles" not in current_from_api(WITH_ROLES)


@pytest.mark.parametrize(
    ("shown", "roles"), [(["Skill User"], ["Skill User"]), ("Skill User, Tenant Administrator", ["Skill User", "Tenant Administrator"])], ids=["list", "text"]
)
def test_roles_are_read_from_the_member_that_is_named(shown: Any, roles: list[str]) -> None:
    assert current_from_api({**RAW, "applicationRoles": shown}, "applicationRoles") == {**CURRENT, "roles": roles}


@pytest.mark.parametrize(("changes", "sent"), [({"client_name": "New"}, ["Skill User"]), ({"roles": []}, [])], ids=["unmanaged", "emptied"])
def test_an_update_sends_the_roles(changes: dict[str, Any], sent: list[str]) -> None:
    payload = update_payload(WITH_ROLES, changes, roles_member="applicationRoles")
    assert payload["applicationRoles"] == sent


def test_a_new_client_has_its_roles() -> None:
    payload = create_payload({"client_id": "a", "roles": ["Skill User"]}, roles_member="applicationRoles")
    assert payload["applicationRoles"] == ["Skill User"]


def test_a_client_without_the_member_of_roles_is_incomplete() -> None:
    assert not is_complete(RAW, "applicationRoles")


@pytest.mark.parametrize(("sample", "sent"), [(3600, 28800), ("3600", "28800"), ("01:00:00", "08:00:00"), ("PT1H", "PT28800S"), (None, 28800)])
def test_a_lifetime_is_sent_in_the_form_in_which_the_server_writes_it(sample: Any, sent: Any) -> None:
    payload = update_payload({**RAW, "accessTokenLifetime": sample}, {"access_token_lifetime": 28800})
    assert payload["accessTokenLifetime"] == sent
    assert payload["refreshTokenLifetime"] == RAW["refreshTokenLifetime"]


def test_an_unmanaged_lifetime_is_sent_back_untouched() -> None:
    payload = update_payload({**RAW, "refreshTokenLifetime": "P30D"}, {"client_name": "New"})
    assert payload["refreshTokenLifetime"] == "P30D"


@pytest.mark.parametrize(
    ("raw", "complete"),
    [
        (RAW, True),
        (dict.fromkeys(RAW), True),
        ({"clientId": "a", "clientName": "A"}, False),
        ({member: value for member, value in RAW.items() if member != "redirectUris"}, False),
    ],
    ids=["whole", "all null", "summary", "one missing"],
)
def test_a_client_is_complete_only_with_all_members(raw: dict[str, Any], complete: bool) -> None:
    assert is_complete(raw) is complete


def test_no_member_has_a_default_in_the_argument_spec() -> None:
    spec = options_spec()

    assert list(spec) == [*(field.option for field in FIELDS), "roles"]
    assert not [option for option, keywords in spec.items() if "default" in keywords]
    assert spec["redirect_uris"] == {"type": "list", "elements": "str"}
    assert spec["allow_no_pkce"] == {"type": "bool"}
