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


def test_all_fifteen_members_are_read() -> None:
    assert len(FIELDS) == 15
    assert current_from_api(RAW) == CURRENT


def test_what_the_server_leaves_out_has_its_documented_default() -> None:
    assert current_from_api({"clientId": "new"}) == NEW


def test_null_stands_for_an_empty_list_and_else_for_the_default() -> None:
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


@pytest.mark.parametrize("shown", ["soon", True, {"days": 1}, [3600, 1]])
def test_an_unknown_form_of_a_lifetime_is_an_error_where_it_is_managed(shown: Any) -> None:
    current = current_from_api({**RAW, "accessTokenLifetime": shown})
    assert current["access_token_lifetime"] == str(shown)
    check_readable({"client_name": "New", "refresh_token_lifetime": 7200}, current)
    with pytest.raises(ApiError, match=r"client 'portal'.*accessTokenLifetime") as caught:
        check_readable({"access_token_lifetime": 3600}, current)
    assert caught.value.code == "unreadable"


def test_only_what_was_given_is_desired() -> None:
    params: dict[str, Any] = {**dict.fromkeys(CURRENT), "state": "present", "clients": None, "base_url": "https://x"}
    assert desired_from_params({**params, "client_id": "a"}) == {"client_id": "a"}
    given = {"client_id": "a", "allow_no_pkce": False, "redirect_uris": [], "client_name": "", "access_token_lifetime": "8h", "refresh_token_lifetime": "0"}
    assert desired_from_params({**params, **given}) == {**given, "access_token_lifetime": 28800, "refresh_token_lifetime": 0}


@pytest.mark.parametrize("option", ["access_token_lifetime", "refresh_token_lifetime"])
def test_a_lifetime_that_is_no_duration_is_named(option: str) -> None:
    with pytest.raises(ConfigError, match=f"{option} 'soon' is not a duration; write seconds"):
        desired_from_params({"client_id": "a", option: "soon"})


def test_a_new_client_will_be_what_was_asked_for_and_else_the_default() -> None:
    assert created_from_desired({"client_id": "new"}) == NEW
    assert created_from_desired({"client_id": "new", "client_name": "N", "redirect_uris": ["https://x/y"]}) == {
        **NEW,
        "client_name": "N",
        "redirect_uris": ["https://x/y"],
    }


def test_defaults_are_not_shared_between_clients() -> None:
    created_from_desired({"client_id": "a"})["allowed_scopes"].append("more")
    assert created_from_desired({"client_id": "b"})["allowed_scopes"] == ["openid", "permissions", "publicapi.all"]


def test_the_body_that_creates_holds_what_was_asked_for_and_two_members_more() -> None:
    assert create_payload({"client_id": "a"}) == {"clientId": "a", "clientName": "a", "allowedScopes": list(SCOPES)}
    assert create_payload(CURRENT) == RAW


def test_the_body_that_updates_is_the_whole_client_with_the_changes_laid_over_it() -> None:
    raw = {**RAW, "clientUri": "https://kept", "enabled": False, "nested": {"a": [1]}}
    changes = {"client_name": "New", "redirect_uris": [], "allow_no_pkce": False}
    assert update_payload(raw, changes) == {**raw, "clientName": "New", "redirectUris": [], "allowNoPkce": False}
    assert raw["clientName"] == "Portal"


def test_what_nobody_may_say_to_the_server_is_left_out() -> None:
    raw = {**RAW, **dict.fromkeys(READ_ONLY, "x")}
    assert update_payload(raw, {"client_name": "New"}) == {**RAW, "clientName": "New"}


def test_a_list_that_came_as_null_is_sent_back_as_an_empty_list() -> None:
    assert update_payload({**RAW, "allowedCorsOrigins": None}, {"client_name": "New"})["allowedCorsOrigins"] == []


@pytest.mark.parametrize("shown", [True, False, "openid permissions", "", {"values": ["a"]}, [{"id": 1, "value": "a"}], 5])
@pytest.mark.parametrize("member", ["allowedCorsOrigins", "allowedScopes", "accessTokenLifetime", "clientName", "requireConsent", "somethingElse"])
def test_what_nobody_manages_is_sent_back_in_whatever_form_it_came(member: str, shown: Any) -> None:
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


def test_a_new_client_is_written_as_others_were_read() -> None:
    forms = {"accessTokenLifetime": "1.00:00:00", "allowedScopes": "openid", "redirectUris": []}
    desired: dict[str, Any] = {"client_id": "a", "access_token_lifetime": 3600, "redirect_uris": ["https://a.example/"]}
    assert create_payload(desired, forms=forms) == {
        "clientId": "a",
        "clientName": "a",
        "accessTokenLifetime": "01:00:00",
        "allowedScopes": "openid permissions publicapi.all",
        "redirectUris": ["https://a.example/"],
    }


def test_what_a_server_takes_counts_for_more_than_what_it_shows() -> None:
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
def test_what_is_refused_may_have_another_form(refused: list[str], expected: dict[str, Any]) -> None:
    assert rewritten(RAW, refused) == expected
    assert {member: rewritten({**RAW, **expected}, refused)[member] for member in expected} == {member: RAW[member] for member in expected}


def test_roles_are_a_list_where_their_member_is_named() -> None:
    raw = {**RAW, "applicationRoles": ["Skill User"]}
    assert "roles" not in current_from_api(raw)
    assert current_from_api(raw, "applicationRoles") == {**CURRENT, "roles": ["Skill User"]}
    assert current_from_api({**raw, "applicationRoles": "Skill User, Tenant Administrator"}, "applicationRoles")["roles"] == [
        "Skill User",
        "Tenant Administrator",
    ]
    assert update_payload(raw, {"client_name": "New"}, roles_member="applicationRoles")["applicationRoles"] == ["Skill User"]
    assert update_payload(raw, {"roles": []}, roles_member="applicationRoles")["applicationRoles"] == []
    assert create_payload({"client_id": "a", "roles": ["Skill User"]}, roles_member="applicationRoles")["applicationRoles"] == ["Skill User"]
    assert not is_complete(RAW, "applicationRoles")


@pytest.mark.parametrize(("sample", "sent"), [(3600, 28800), ("3600", "28800"), ("01:00:00", "08:00:00"), ("PT1H", "PT28800S"), (None, 28800)])
def test_a_lifetime_is_sent_in_the_form_in_which_the_server_writes_it(sample: Any, sent: Any) -> None:
    payload = update_payload({**RAW, "accessTokenLifetime": sample}, {"access_token_lifetime": 28800})
    assert payload["accessTokenLifetime"] == sent
    assert payload["refreshTokenLifetime"] == RAW["refreshTokenLifetime"]


def test_an_unmanaged_lifetime_is_sent_back_untouched() -> None:
    assert update_payload({**RAW, "refreshTokenLifetime": "P30D"}, {"client_name": "New"})["refreshTokenLifetime"] == "P30D"


def test_a_summary_is_not_the_whole_client() -> None:
    assert is_complete(RAW)
    assert is_complete(dict.fromkeys(RAW))
    assert not is_complete({"clientId": "a", "clientName": "A"})
    assert not is_complete({member: value for member, value in RAW.items() if member != "redirectUris"})


def test_no_member_has_a_default_in_the_argument_spec() -> None:
    spec = options_spec()
    assert list(spec) == [*(field.option for field in FIELDS), "roles"]
    assert not [option for option, keywords in spec.items() if "default" in keywords]
    assert spec["redirect_uris"] == {"type": "list", "elements": "str"}
    assert spec["allow_no_pkce"] == {"type": "bool"}
