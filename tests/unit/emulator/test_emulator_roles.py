# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulator does with the roles of a client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.unit.emulator.conftest import Caller

SKILLS = "/api/publicapi/v1/skills"
MEMBER = "applicationRoles"
SkillsOf = Callable[[], int]


def skills_status(caller: Caller, token: str) -> int:
    return caller.send("GET", SKILLS, headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.fixture
def app(caller: Caller) -> SkillsOf:
    """Return a function that logs a new client in, and returns the status of its request for the skills."""
    caller.create("app", allowedGrantTypes=["client_credentials"])
    value = caller.make_secret("app").json()["value"]
    return lambda: skills_status(caller, caller.log_in("app", value).json()["access_token"])


def test_a_client_without_a_role_does_not_list_the_skills(app: SkillsOf) -> None:
    assert app() == 403


def test_a_client_with_a_role_lists_the_skills(emulator: Emulator, app: SkillsOf) -> None:
    emulator.seed("contoso", [{"clientId": "app", "roles": ["Skill User"]}])
    assert app() == 200


def test_an_administrator_lists_the_skills(caller: Caller) -> None:
    assert caller.send("GET", SKILLS).status_code == 200


def test_a_wrong_token_does_not_list_the_skills(caller: Caller) -> None:
    assert skills_status(caller, "dead") == 401


def test_skills_can_only_be_listed(caller: Caller) -> None:
    assert caller.send("POST", SKILLS).status_code == 405


def test_a_tenant_may_let_in_everyone(emulator: Emulator, app: SkillsOf) -> None:
    emulator.behaviour.roles_needed = False
    assert app() == 200


def test_without_a_member_for_roles_none_is_taken(caller: Caller) -> None:
    assert caller.create("other", **{MEMBER: ["Skill User"]}).status_code == 400


class TestMember:
    @pytest.fixture
    def whole(self, caller: Caller, emulator: Emulator, app: SkillsOf) -> dict[str, Any]:
        """The new client as it is shown where a member holds the roles."""
        emulator.behaviour.roles_member = MEMBER
        return caller.read("app")

    def test_shows_the_roles(self, caller: Caller, whole: dict[str, Any]) -> None:
        assert caller.read("automation")[MEMBER] == ["Tenant Administrator"]
        assert whole[MEMBER] == []

    def test_is_a_list(self, caller: Caller, whole: dict[str, Any]) -> None:
        assert caller.update("app", **{**whole, MEMBER: "Skill User"}).status_code == 400

    def test_gives_roles_and_takes_them_away_when_it_is_left_out(self, caller: Caller, app: SkillsOf, whole: dict[str, Any]) -> None:
        given = caller.update("app", **{**whole, MEMBER: ["Skill User"]}).json()

        assert given[MEMBER] == ["Skill User"]
        assert app() == 200

        del whole[MEMBER]

        taken = caller.update("app", **whole).json()

        assert taken[MEMBER] == []
        assert app() == 403


def test_without_such_a_member_an_update_does_not_touch_the_roles(caller: Caller, emulator: Emulator, app: SkillsOf) -> None:
    emulator.seed("contoso", [{"clientId": "app", "roles": ["Skill User"]}])
    assert caller.update("app", **caller.read("app")).status_code == 200
    assert app() == 200
