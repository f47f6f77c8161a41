# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps written down from clients hold what differs from the defaults, and nothing that would be refused."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.abbyy.vantage.plugins.filter.apps_from_clients import FilterModule
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import FIELDS
from ansible_collections.abbyy.vantage.tests.unit.support.report_tenants import client, secret

apps_from_clients = FilterModule().filters()["apps_from_clients"]


def only_app(*args: Any, **keywords: Any) -> dict[str, Any]:
    (app,) = apps_from_clients(list(args), **keywords)["apps"]
    return app


def test_defaults_are_left_out() -> None:
    assert only_app(client("app")) == {"client_id": "app", "secrets": []}


@pytest.mark.parametrize(
    ("options", "written"),
    [
        ({"client_name": "The app"}, {"client_name": "The app"}),
        ({"allow_offline_access": True}, {"allow_offline_access": True}),
        ({"require_client_secret": False}, {"require_client_secret": False}),
        ({"allowed_grant_types": ["password", "client_credentials"]}, {"allowed_grant_types": ["client_credentials", "password"]}),
        ({"allowed_scopes": ["publicapi.all", "openid", "permissions"]}, {}),
        ({"access_token_lifetime": 86400}, {}),
        ({"access_token_lifetime": 28800}, {"access_token_lifetime": "8h"}),
        ({"access_token_lifetime": 90}, {"access_token_lifetime": "90s"}),
        ({"refresh_token_lifetime": 14 * 86400}, {"refresh_token_lifetime": "14d"}),
    ],
)
def test_what_differs_is_written(options: dict[str, Any], written: dict[str, Any]) -> None:
    assert only_app(client("app", **options)) == {"client_id": "app", **written, "secrets": []}


def test_all_options_can_be_written_in_the_order_of_the_module() -> None:
    assert list(only_app(client("app"), all_options=True)) == [*(field.option for field in FIELDS), "secrets"]


def test_roles_are_written_where_they_are_known() -> None:
    assert only_app(client("app", roles=["b", "a"]))["roles"] == ["a", "b"]
    assert "roles" not in only_app(client("app", roles=[]))


@pytest.mark.parametrize(("option", "shown"), [("allowed_cors_origins", True), ("redirect_uris", "{'a': 1}"), ("access_token_lifetime", "soon")], ids=str)
def test_unreadable_options_are_named(option: str, shown: Any) -> None:
    found = apps_from_clients([client("app", client_name="The app", **{option: shown})])
    assert found["apps"] == [{"client_id": "app", "client_name": "The app", "secrets": []}]
    assert [(left["client_id"], left["option"]) for left in found["left_out"]] == [("app", option)]


def test_apps_are_sorted() -> None:
    assert [app["client_id"] for app in apps_from_clients([client("b"), client("a"), client("B")])["apps"]] == ["B", "a", "b"]


def test_excluded_clients_are_left_out() -> None:
    found = apps_from_clients([client("team-a-x"), client("team-b-x"), client("automation")], exclude=["team-b-*", "automation"])
    assert [app["client_id"] for app in found["apps"]] == ["team-a-x"]
    assert found["left_out"] == []


@pytest.mark.parametrize(
    "exclude", ["team-b-*, automation", '["team-b-*", "automation"]', "team-b-*\nautomation\n", ["team-b-*", "automation "], "['team-b-*', 'automation']"]
)
def test_exclude_is_read_however_it_was_written(exclude: Any) -> None:
    found = apps_from_clients([client("team-a-x"), client("team-b-x"), client("automation")], exclude=exclude)
    assert ([app["client_id"] for app in found["apps"]], found["left_out"]) == (["team-a-x"], [])


def test_a_single_pattern_is_one_and_not_its_letters() -> None:
    assert [app["client_id"] for app in apps_from_clients([client("app"), client("team-b-x")], exclude="team-b-*")["apps"]] == ["app"]


def test_a_pattern_that_matches_nothing_is_named() -> None:
    reason = "No client of the tenant matches the pattern 'taem-*' in exclude; check how it is written."

    found = apps_from_clients([client("team-a-x")], exclude=["taem-*"])

    assert found["left_out"] == [{"client_id": "taem-*", "option": "exclude", "reason": reason}]
    assert len(found["apps"]) == 1


def test_a_pattern_that_is_no_text_is_one_sentence() -> None:
    with pytest.raises(AnsibleFilterError, match="exclude entry 83 is read as a number"):
        apps_from_clients([client("app")], exclude=[83])


def test_what_a_terminal_would_obey_is_escaped_where_people_read_it() -> None:
    found = apps_from_clients([client("a\x1b[2J\u202e", redirect_uris=["https://a.example.com/#part"]), client("b\x07 ")])
    assert [one["client_id"] for one in found["left_out"]] == ["a\\x1b[2J\\u202e", "b\\x07 "]
    assert all(one["reason"].isprintable() for one in found["left_out"])


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("redirect_uris", ["https://a.example.com/#part"]),
        ("allowed_cors_origins", ["https://a.example.com/"]),
        ("allowed_scopes", ["openid"]),
        ("allowed_grant_types", ["authorization_code", "hybrid"]),
        ("client_name", " "),
        ("access_token_lifetime", 0),
    ],
)
def test_what_would_be_refused_is_left_out_and_named(option: str, value: Any) -> None:
    found = apps_from_clients([client("app", **{option: value})])
    (left_out,) = found["left_out"]

    assert found["apps"] == [{"client_id": "app", "secrets": []}]
    assert (left_out["client_id"], left_out["option"]) == ("app", option)
    assert "app" in left_out["reason"]


def test_client_that_cannot_be_named_is_left_out_as_a_whole() -> None:
    found = apps_from_clients([client(" app")])
    assert found["apps"] == []
    assert found["left_out"][0]["option"] == "client_id"


class TestSecrets:
    def test_are_not_declared_by_default(self) -> None:
        assert only_app(client("app", secret("a", -9, 90)))["secrets"] == []

    def test_are_declared_by_description_with_the_lifetime_of_the_newest(self) -> None:
        secrets = [secret("a", -90, 90), secret("b", -10, 80), secret("c", -9, 356, "")]
        assert only_app(client("app", *secrets), secrets=True)["secrets"] == [
            {"description": "", "lifetime": "365d", "prune": "none"},
            {"description": "production", "lifetime": "90d", "prune": "none"},
        ]

    @pytest.mark.parametrize(("start", "end"), [(None, 90), (-9, None), (0, 0.5), (0, 2000)])
    def test_lifetime_that_the_api_refuses_is_left_to_the_server(self, start: float | None, end: float | None) -> None:
        assert only_app(client("app", secret("a", start, end)), secrets=True)["secrets"] == [{"description": "production", "prune": "none"}]

    def test_odd_lifetime_is_written_in_hours(self) -> None:
        assert only_app(client("app", secret("a", 0, 2.5)), secrets=True)["secrets"][0]["lifetime"] == "60h"
