# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold every switch to what the emulator's README says of it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.tests.emulator import behaviour as behaviour_module
from ansible_collections.abbyy.vantage.tests.emulator.behaviour import Behaviour
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, EmulatorConfig, config_from_mapping, load_config
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator


def test_list_shape_and_total(caller, emulator):
    assert set(caller.send("GET", caller.clients).json()) == {"items", "totalItemCount"}
    emulator.behaviour.list_total = False
    assert set(caller.send("GET", caller.clients).json()) == {"items"}
    emulator.behaviour.list_shape = "array"
    for path in (caller.clients, caller.clients + "reader/secrets/"):
        assert isinstance(caller.send("GET", path).json(), list)


def test_page_limit_and_ignored_paging(caller, emulator):
    emulator.seed("contoso", [{"clientId": f"app{number}"} for number in range(5)])
    emulator.behaviour.page_limit = 3
    assert len(caller.send("GET", caller.clients).json()["items"]) == 3
    assert len(caller.send("GET", f"{caller.clients}?limit=50").json()["items"]) == 3
    emulator.behaviour.ignore_paging = True
    for query in ("", "?offset=3&limit=2"):
        assert len(caller.send("GET", caller.clients + query).json()["items"]) == 7


def test_ignored_offset(caller, emulator):
    emulator.seed("contoso", [{"clientId": f"app{number}"} for number in range(5)])
    emulator.behaviour.page_limit = 3
    emulator.behaviour.ignore_offset = True
    for query in ("", "?offset=3&limit=2"):
        answer = caller.send("GET", caller.clients + query).json()
        assert ([item["clientId"] for item in answer["items"]], answer["totalItemCount"]) == (["automation", "reader", "app0"], 7)


def test_ignored_case(caller, emulator):
    assert caller.send("GET", f"{caller.clients}READER").status_code == 404
    emulator.behaviour.ignore_case = True
    assert caller.read("READER")["clientId"] == "reader"
    assert caller.create("READER").status_code == 409
    assert caller.send("DELETE", f"{caller.clients}READER").status_code == 204
    assert caller.send("GET", f"{caller.clients}reader").status_code == 404


def test_descriptions_that_are_not_kept_as_they_are(caller, emulator):
    assert caller.make_secret("reader", description=" production ").json()["description"] == " production "
    emulator.behaviour.trim_descriptions = True
    assert caller.make_secret("reader", description=" production ").json()["description"] == "production"
    emulator.behaviour.description_limit = 4
    assert caller.make_secret("reader", description="production").json()["description"] == "prod"


def test_list_summary(caller, emulator):
    emulator.behaviour.list_summary = True
    assert caller.send("GET", caller.clients).json()["items"][1] == {"clientId": "reader", "clientName": "Reader"}
    assert "redirectUris" in caller.read("reader")


def test_put_answer(caller, emulator):
    emulator.behaviour.put_answer = "empty"
    answer = caller.update("reader", clientName="Other")
    assert (answer.status_code, answer.content) == (204, b"")
    assert caller.read("reader")["clientName"] == "Other"


def test_put_ignores(caller, emulator):
    emulator.behaviour.put_ignores = ["clientName", "accessTokenLifetime"]
    answer = caller.update("reader", clientName="Other", accessTokenLifetime=60, requireConsent=True).json()
    assert (answer["clientName"], answer["accessTokenLifetime"], answer["requireConsent"]) == ("Reader", 86400, True)


def test_post_status(caller, emulator):
    emulator.behaviour.post_status = 200
    assert (caller.create("app").status_code, caller.make_secret("app").status_code) == (200, 200)


@pytest.mark.parametrize(("form", "shown"), [("int", 2592000), ("string", "2592000"), ("timespan", "30.00:00:00"), ("iso8601", "P30D")])
def test_lifetime_format(caller, emulator, form, shown):
    emulator.behaviour.lifetime_format = form
    whole = caller.read("reader")
    assert whole["refreshTokenLifetime"] == shown
    assert caller.send("GET", caller.clients).json()["items"][1] == whole
    assert caller.update("reader", **whole).json() == whole
    assert caller.update("reader", **{**whole, "refreshTokenLifetime": 2592000}).json() == whole
    other = {"string": "P30D", "timespan": "P30D", "iso8601": "30.00:00:00", "int": "2592000"}[form]
    assert caller.update("reader", **{**whole, "refreshTokenLifetime": other}).status_code == 400


def test_null_lists(caller, emulator):
    emulator.behaviour.null_lists = True
    whole = caller.read("reader")
    assert whole["redirectUris"] is None
    assert whole["allowedGrantTypes"] == ["client_credentials", "password"]
    assert caller.update("reader", **whole).json() == whole
    emulator.behaviour.null_lists = False
    assert caller.read("reader")["redirectUris"] == []


def test_cors_bool(caller, emulator):
    caller.create("app", allowedCorsOrigins=["https://a.test"])
    emulator.behaviour.cors_bool = True
    whole = caller.read("app")
    assert (whole["allowedCorsOrigins"], caller.read("reader")["allowedCorsOrigins"]) == (True, False)
    caller.update("app", **whole)
    assert emulator.state()["tenants"][CONTOSO]["clients"]["app"]["members"]["allowedCorsOrigins"] == ["https://a.test"]
    assert caller.update("app", **{**whole, "allowedCorsOrigins": False}).json()["allowedCorsOrigins"] is False
    assert emulator.state()["tenants"][CONTOSO]["clients"]["app"]["members"]["allowedCorsOrigins"] == []


def test_unknown_members(caller, emulator):
    emulator.behaviour.unknown_members = {"logoUri": "none"}
    assert caller.read("reader")["logoUri"] == "none"
    assert "clientUri" not in caller.read("reader")
    assert caller.update("reader", logoUri="https://a.test").json()["logoUri"] == "https://a.test"
    assert caller.update("reader").json()["logoUri"] == "none"
    assert list(caller.update("reader", enabled=True).json()["errors"]) == ["enabled"]


def test_initial_secret(caller, emulator):
    emulator.behaviour.initial_secret = True
    assert "value" not in caller.create("app").json()
    assert len(caller.list_secrets("app")) == 1


def test_omit_secret_value(caller, emulator):
    emulator.behaviour.omit_secret_value = True
    answer = caller.make_secret("reader")
    assert answer.status_code == 201
    assert "value" not in answer.json()
    assert answer.json() in caller.list_secrets("reader")


def test_secret_spread(caller, emulator):
    emulator.behaviour.secret_spread = 600
    value = caller.make_secret("reader").json()["value"]
    assert caller.log_in("reader", value).json()["error"] == "invalid_client"
    assert caller.log_in("reader", "contoso-reader-secret-0001").status_code == 200
    emulator.advance(601)
    assert caller.log_in("reader", value).status_code == 200


def test_secret_limit(caller, emulator):
    emulator.behaviour.secret_limit = 2
    assert [caller.make_secret("reader").status_code for _turn in range(2)] == [201, 400]
    emulator.behaviour.secret_limit = None
    assert caller.make_secret("reader").status_code == 201


def test_secret_ids(caller, emulator):
    emulator.behaviour.secret_ids = "int"
    made = caller.make_secret("reader").json()
    assert isinstance(made["id"], int)
    assert caller.send("DELETE", f"{caller.clients}reader/secrets/{made['id']}").status_code == 204


def test_api_versions(caller, emulator):
    emulator.behaviour.api_versions = ["v1"]
    assert caller.send("GET", caller.clients).status_code == 404
    assert caller.send("GET", caller.clients.replace("/v2/", "/v1/")).status_code == 200


def test_date_header(caller, emulator):
    emulator.advance(86400 * 365 * 20)
    caller.access_token = emulator.issue_token("contoso")
    assert int(caller.send("GET", caller.clients).headers["Date"].split()[3]) >= 2040
    emulator.behaviour.date_ahead = 400 * 86400
    assert int(caller.send("GET", caller.clients).headers["Date"].split()[3]) >= 2041
    emulator.behaviour.date_header = False
    assert "Date" not in caller.send("GET", caller.clients).headers


def test_latency(caller, emulator, monkeypatch):
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    emulator.behaviour.latency = 0.02
    caller.send("GET", caller.clients)
    caller.send("GET", "/_emulator/journal")
    assert slept == [0.02]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"colour": "blue"}, "colour"),
        ({"list_shape": "tree"}, "list_shape"),
        ({"page_limit": 0}, "page_limit"),
        ({"page_limit": True}, "page_limit"),
        ({"secret_limit": -1}, "secret_limit"),
        ({"latency": "slow"}, "latency"),
        ({"put_ignores": "clientName"}, "put_ignores"),
        ({"null_lists": 1}, "null_lists"),
        ({"unknown_members": []}, "unknown_members"),
        ({"issuer": 5}, "issuer"),
    ],
)
def test_a_wrong_switch_changes_nothing(changes, word):
    switches = Behaviour()
    with pytest.raises(ValueError, match=word):
        switches.patch({"list_total": False, **changes})
    assert switches.as_dict() == Behaviour().as_dict()


def test_every_switch_is_explained_and_tested():
    readme = (Path(behaviour_module.__file__).parent / "README.md").read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_emulator_*.py"))
    for switch in Behaviour().as_dict():
        assert f"`{switch}`" in readme
        assert f"behaviour.{switch} = " in tests


def test_a_configuration_file_takes_the_place_of_the_default(tmp_path):
    path = tmp_path / "emulator.yml"
    path.write_text(
        """
start: 1000000000
behaviour: {post_status: 200}
faults: [{kind: status}]
tenants:
  - tenant_id: 0123456789abcdef0123456789abcdef
    name: one
    clients:
      - members: {clientId: app, allowedGrantTypes: [client_credentials]}
        secrets: [value]
        roles: [Tenant Administrator]
    users: [{email: A@one.test, password: p}]
""",
        encoding="utf-8",
    )
    emulator = Emulator(load_config(path))
    assert list(emulator.state()["tenants"]) == ["0123456789abcdef0123456789abcdef"]
    assert emulator.behaviour.post_status == 200
    assert [rule.kind for rule in emulator.faults.rules] == ["status"]
    assert emulator.now() < 1000000000 + 86400
    assert list(emulator.world.named_tenant("one").users) == ["a@one.test"]


def test_a_configuration_without_tenants_has_the_default_ones():
    assert config_from_mapping({"product_id": None}) == EmulatorConfig(product_id=None)
    with pytest.raises(TypeError, match="colour"):
        config_from_mapping({"colour": "blue"})


def test_answers_to_creations_without_ids(caller, emulator):
    emulator.behaviour.post_ids = False
    assert "clientId" not in caller.create("app").json()
    assert "id" not in caller.make_secret("app").json()
    assert caller.read("app")["clientId"] == "app"
    assert caller.list_secrets("app")[0]["id"]


@pytest.mark.parametrize(
    ("form", "shown", "taken", "refused"),
    [
        ("timespan", "1.00:00:00", "01:00:00", [3600, "3600", "PT1H"]),
        ("string", "86400", "3600", [3600, "01:00:00"]),
        ("iso8601", "P1D", "PT1H", [3600, "01:00:00"]),
        ("int", 86400, "01:00:00", [3600, "3600", "PT1H"]),
    ],
)
def test_lifetimes_that_may_not_be_numbers(caller, emulator, form, shown, taken, refused):
    emulator.behaviour.lifetime_format = form
    emulator.behaviour.lifetime_numbers = False
    for value in refused:
        assert list(caller.create("app", accessTokenLifetime=value).json()["errors"]) == ["accessTokenLifetime"]
    created = caller.create("app", refreshTokenLifetime=taken).json()
    assert created["accessTokenLifetime"] == shown
    assert emulator.state()["tenants"][CONTOSO]["clients"]["app"]["members"]["refreshTokenLifetime"] == 3600


def test_grants_that_every_client_has(caller, emulator):
    emulator.behaviour.forced_grants = ["authorization_code", "password"]
    assert caller.create("app", allowedGrantTypes=["client_credentials"]).json()["allowedGrantTypes"] == [
        "client_credentials",
        "authorization_code",
        "password",
    ]
    assert caller.update("app", **{**caller.read("app"), "allowedGrantTypes": []}).json()["allowedGrantTypes"] == ["authorization_code", "password"]
    assert caller.create("hybrid", allowedGrantTypes=["hybrid"]).json()["allowedGrantTypes"] == ["hybrid"]
    form = {"grant_type": "password", "username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd", "client_id": "app"}
    secret = caller.make_secret("app").json()["value"]
    assert caller.ask_token(**form, client_secret=secret).status_code == 200
    emulator.behaviour.forced_grants = []
    assert caller.ask_token(**form, client_secret=secret).json()["error"] == "unauthorized_client"


def test_lists_that_are_texts(caller, emulator):
    emulator.behaviour.text_lists = ["allowedScopes", "redirectUris"]
    assert caller.create("app", allowedScopes="openid permissions").status_code == 400
    assert list(caller.create("app", redirectUris=["https://a.test/"]).json()["errors"]) == ["redirectUris"]
    whole = caller.create("app", redirectUris="https://a.test/ https://b.test/").json()
    assert (whole["allowedScopes"], whole["redirectUris"]) == ("openid permissions publicapi.all", "https://a.test/ https://b.test/")
    assert caller.update("app", **{**whole, "redirectUris": ""}).json()["redirectUris"] == ""
    assert emulator.state()["tenants"][CONTOSO]["clients"]["app"]["members"]["redirectUris"] == []


def test_lists_in_another_order(caller, emulator):
    emulator.behaviour.reorder_lists = True
    assert caller.create("app", redirectUris=["https://a.test/", "https://b.test/"]).json()["redirectUris"] == ["https://b.test/", "https://a.test/"]


def test_refresh_tokens_that_work_once_or_again_and_again(caller, emulator):
    client = {"client_id": "automation", "client_secret": "contoso-automation-secret-0001"}

    def refresh(token):
        return caller.ask_token(grant_type="refresh_token", refresh_token=token, **client)

    person = {"username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd"}
    first = caller.ask_token(grant_type="password", scope="openid offline_access", **person, **client).json()["refresh_token"]
    second = refresh(first).json()["refresh_token"]
    assert second != first
    assert refresh(first).json()["error"] == "invalid_grant"
    emulator.behaviour.refresh_tokens = "reuse"
    assert [refresh(second).json()["refresh_token"] for _time in range(2)] == [second, second]


def test_scopes_may_be_refused(caller, emulator):
    emulator.behaviour.refused_scopes = ["global.wildcard"]
    secret = "contoso-automation-secret-0001"
    assert caller.log_in("automation", secret, scope="openid permissions global.wildcard").json()["error"] == "invalid_scope"
    assert caller.log_in("automation", secret, scope="openid permissions publicapi.all").status_code == 200


@pytest.mark.parametrize(("served", "page", "document"), [("none", 404, 404), ("bare", 200, 404), ("file", 200, 200)])
def test_a_tenant_may_describe_itself(caller, emulator, served, page, document):
    emulator.behaviour.description = served
    answers = [caller.send("GET", f"/api/swagger/adminapi2/{end}") for end in ("v2", "v2/swagger.json", "v1")]
    assert [answer.status_code for answer in answers] == [page, document, 404]
    assert [answer.json()["openapi"] for answer in answers if "json" in answer.headers["Content-Type"] and answer.ok] == ["3.1.0"] * (served != "none")
