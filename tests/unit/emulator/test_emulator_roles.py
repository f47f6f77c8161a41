# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulator does with the roles of a client."""

from __future__ import annotations

import pytest

SKILLS = "/api/publicapi/v1/skills"
MEMBER = "applicationRoles"


def skills_status(caller, token):
    return caller.send("GET", SKILLS, headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.fixture
def app(caller):
    """Give a function that logs the new client in, and answers what its token gets."""
    caller.create("app", allowedGrantTypes=["client_credentials"])
    value = caller.make_secret("app").json()["value"]
    return lambda: skills_status(caller, caller.log_in("app", value).json()["access_token"])


def test_only_a_token_with_a_role_lists_the_skills(caller, emulator, app):
    assert app() == 403
    emulator.seed("contoso", [{"clientId": "app", "roles": ["Skill User"]}])
    assert app() == 200
    assert caller.send("GET", SKILLS).status_code == 200
    assert skills_status(caller, "dead") == 401
    assert caller.send("POST", SKILLS).status_code == 405


def test_a_tenant_may_let_in_everyone(emulator, app):
    emulator.behaviour.roles_needed = False
    assert app() == 200


def test_roles_are_shown_and_taken_where_a_member_holds_them(caller, emulator, app):
    assert caller.create("other", **{MEMBER: ["Skill User"]}).status_code == 400
    emulator.behaviour.roles_member = MEMBER
    assert caller.read("automation")[MEMBER] == ["Tenant Administrator"]
    whole = caller.read("app")
    assert whole[MEMBER] == []
    assert caller.update("app", **{**whole, MEMBER: "Skill User"}).status_code == 400
    assert caller.update("app", **{**whole, MEMBER: ["Skill User"]}).json()[MEMBER] == ["Skill User"]
    assert app() == 200
    del whole[MEMBER]
    assert caller.update("app", **whole).json()[MEMBER] == []
    assert app() == 403


def test_without_such_a_member_an_update_leaves_the_roles_alone(caller, emulator, app):
    emulator.seed("contoso", [{"clientId": "app", "roles": ["Skill User"]}])
    assert caller.update("app", **caller.read("app")).status_code == 200
    assert app() == 200
