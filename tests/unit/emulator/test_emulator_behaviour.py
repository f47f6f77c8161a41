# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold every switch to what the emulator's README says of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from ansible_collections.abbyy.vantage.tests.emulator import behaviour as behaviour_module
from ansible_collections.abbyy.vantage.tests.emulator.behaviour import Behaviour
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO, EmulatorConfig, config_from_mapping, load_config
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.unit.emulator.conftest import Caller


def list_ids(caller: Caller, query: str = "") -> list[str]:
    """List the ids of the clients on one page."""
    return [item["clientId"] for item in caller.send("GET", caller.clients + query).json()["items"]]


def stored_members(emulator: Emulator, client_id: str) -> dict[str, Any]:
    """Return the members of a client as the emulator keeps them."""
    return emulator.state()["tenants"][CONTOSO]["clients"][client_id]["members"]


@pytest.fixture
def _seven_clients(emulator: Emulator) -> None:
    """Add five clients to the two of the start."""
    emulator.seed("contoso", [{"clientId": f"app{number}"} for number in range(5)])


def test_a_list_has_its_total(caller: Caller) -> None:
    assert set(caller.send("GET", caller.clients).json()) == {"items", "totalItemCount"}


def test_a_list_may_lack_its_total(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.list_total = False
    assert set(caller.send("GET", caller.clients).json()) == {"items"}


@pytest.mark.parametrize("path", ["", "reader/secrets/"])
def test_a_list_may_be_an_array(caller: Caller, emulator: Emulator, path: str) -> None:
    emulator.behaviour.list_shape = "array"
    assert isinstance(caller.send("GET", caller.clients + path).json(), list)


@pytest.mark.usefixtures("_seven_clients")
@pytest.mark.parametrize("query", ["", "?limit=50"])
def test_pages_may_be_limited(caller: Caller, emulator: Emulator, query: str) -> None:
    emulator.behaviour.page_limit = 3
    assert len(list_ids(caller, query)) == 3


@pytest.mark.usefixtures("_seven_clients")
@pytest.mark.parametrize("query", ["", "?offset=3&limit=2"])
def test_paging_may_be_ignored(caller: Caller, emulator: Emulator, query: str) -> None:
    emulator.behaviour.page_limit = 3
    emulator.behaviour.ignore_paging = True
    assert len(list_ids(caller, query)) == 7


@pytest.mark.usefixtures("_seven_clients")
@pytest.mark.parametrize("query", ["", "?offset=3&limit=2"])
def test_the_offset_may_be_ignored(caller: Caller, emulator: Emulator, query: str) -> None:
    emulator.behaviour.page_limit = 3
    emulator.behaviour.ignore_offset = True

    answer = caller.send("GET", caller.clients + query).json()

    assert ([item["clientId"] for item in answer["items"]], answer["totalItemCount"]) == (["automation", "reader", "app0"], 7)


def test_client_ids_are_case_sensitive(caller: Caller) -> None:
    assert caller.send("GET", f"{caller.clients}READER").status_code == 404


def test_the_case_of_client_ids_may_be_ignored(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.ignore_case = True
    assert caller.read("READER")["clientId"] == "reader"
    assert caller.create("READER").status_code == 409


def test_a_client_may_be_deleted_in_another_case(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.ignore_case = True

    answer = caller.send("DELETE", f"{caller.clients}READER")

    assert answer.status_code == 204
    assert caller.send("GET", f"{caller.clients}reader").status_code == 404


def make_description(caller: Caller, description: str) -> str:
    """Make a secret, and return the description that it got."""
    return caller.make_secret("reader", description=description).json()["description"]


def test_a_description_is_kept_as_it_is(caller: Caller) -> None:
    assert make_description(caller, " production ") == " production "


def test_descriptions_may_be_trimmed(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.trim_descriptions = True
    assert make_description(caller, " production ") == "production"


def test_descriptions_may_be_cut_off(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.description_limit = 4
    assert make_description(caller, "production") == "prod"


def test_a_list_may_be_a_summary(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.list_summary = True
    assert caller.send("GET", caller.clients).json()["items"][1] == {"clientId": "reader", "clientName": "Reader"}
    assert "redirectUris" in caller.read("reader")


def test_an_update_may_be_answered_without_a_body(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.put_answer = "empty"

    answer = caller.update("reader", clientName="Other")

    assert (answer.status_code, answer.content) == (204, b"")
    assert caller.read("reader")["clientName"] == "Other"


def test_an_update_may_ignore_members(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.put_ignores = ["clientName", "accessTokenLifetime"]
    answer = caller.update("reader", clientName="Other", accessTokenLifetime=60, requireConsent=True).json()
    assert (answer["clientName"], answer["accessTokenLifetime"], answer["requireConsent"]) == ("Reader", 86400, True)


def test_creations_may_be_answered_with_another_status(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.post_status = 200
    assert (caller.create("app").status_code, caller.make_secret("app").status_code) == (200, 200)


def read_with_lifetimes(caller: Caller, emulator: Emulator, form: str) -> dict[str, Any]:
    """Return a client as the emulator shows it with lifetimes of this form."""
    emulator.behaviour.lifetime_format = form
    return caller.read("reader")


@pytest.mark.parametrize(("form", "shown"), [("int", 2592000), ("string", "2592000"), ("timespan", "30.00:00:00"), ("iso8601", "P30D")])
def test_lifetimes_may_be_shown_in_another_form(caller: Caller, emulator: Emulator, form: str, shown: Any) -> None:
    whole = read_with_lifetimes(caller, emulator, form)
    assert whole["refreshTokenLifetime"] == shown
    assert caller.send("GET", caller.clients).json()["items"][1] == whole


@pytest.mark.parametrize("changes", [{}, {"refreshTokenLifetime": 2592000}], ids=["as shown", "a number"])
@pytest.mark.parametrize("form", ["int", "string", "timespan", "iso8601"])
def test_lifetimes_are_taken_as_they_are_shown_and_as_numbers(caller: Caller, emulator: Emulator, form: str, changes: dict[str, Any]) -> None:
    whole = read_with_lifetimes(caller, emulator, form)
    assert caller.update("reader", **{**whole, **changes}).json() == whole


@pytest.mark.parametrize(("form", "other"), [("int", "2592000"), ("string", "P30D"), ("timespan", "P30D"), ("iso8601", "30.00:00:00")])
def test_lifetimes_of_another_form_are_refused(caller: Caller, emulator: Emulator, form: str, other: str) -> None:
    whole = read_with_lifetimes(caller, emulator, form)
    assert caller.update("reader", **{**whole, "refreshTokenLifetime": other}).status_code == 400


def test_empty_lists_may_be_null(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.null_lists = True

    whole = caller.read("reader")

    assert whole["redirectUris"] is None
    assert whole["allowedGrantTypes"] == ["client_credentials", "password"]


def test_a_null_list_is_taken_and_stored_as_an_empty_one(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.null_lists = True
    whole = caller.read("reader")

    answer = caller.update("reader", **whole)

    assert answer.json() == whole

    emulator.behaviour.null_lists = False

    assert caller.read("reader")["redirectUris"] == []


class TestCorsBool:
    @pytest.fixture(autouse=True)
    def _origins(self, caller: Caller, emulator: Emulator) -> None:
        """Give a client an origin, and show origins as a boolean from now on."""
        caller.create("app", allowedCorsOrigins=["https://a.test"])
        emulator.behaviour.cors_bool = True

    def test_origins_are_shown_as_a_boolean(self, caller: Caller) -> None:
        assert (caller.read("app")["allowedCorsOrigins"], caller.read("reader")["allowedCorsOrigins"]) == (True, False)

    def test_true_keeps_the_origins(self, caller: Caller, emulator: Emulator) -> None:
        caller.update("app", **caller.read("app"))
        assert stored_members(emulator, "app")["allowedCorsOrigins"] == ["https://a.test"]

    def test_false_removes_the_origins(self, caller: Caller, emulator: Emulator) -> None:
        whole = caller.read("app")

        answer = caller.update("app", **{**whole, "allowedCorsOrigins": False})

        assert answer.json()["allowedCorsOrigins"] is False
        assert stored_members(emulator, "app")["allowedCorsOrigins"] == []


class TestUnknownMembers:
    @pytest.fixture(autouse=True)
    def _logo(self, emulator: Emulator) -> None:
        """Let clients have a member that the API does not document."""
        emulator.behaviour.unknown_members = {"logoUri": "none"}

    def test_are_shown_where_others_are_hidden(self, caller: Caller) -> None:
        assert caller.read("reader")["logoUri"] == "none"
        assert "clientUri" not in caller.read("reader")

    def test_can_be_set_and_are_reset_when_left_out(self, caller: Caller) -> None:
        assert caller.update("reader", logoUri="https://a.test").json()["logoUri"] == "https://a.test"
        assert caller.update("reader").json()["logoUri"] == "none"

    def test_leave_all_others_refused(self, caller: Caller) -> None:
        assert list(caller.update("reader", enabled=True).json()["errors"]) == ["enabled"]


def test_a_new_client_may_have_a_secret(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.initial_secret = True

    answer = caller.create("app")

    assert "value" not in answer.json()
    assert len(caller.list_secrets("app")) == 1


def test_the_value_of_a_new_secret_may_be_missing(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.omit_secret_value = True

    answer = caller.make_secret("reader")

    assert answer.status_code == 201
    assert "value" not in answer.json()
    assert answer.json() in caller.list_secrets("reader")


def test_a_new_secret_may_work_only_after_a_while(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.secret_spread = 600

    value = caller.make_secret("reader").json()["value"]

    assert caller.log_in("reader", value).json()["error"] == "invalid_client"
    assert caller.log_in("reader", "contoso-reader-secret-0001").status_code == 200

    emulator.advance(601)

    assert caller.log_in("reader", value).status_code == 200


@pytest.mark.parametrize(("limit", "statuses"), [(2, [201, 400]), (None, [201, 201])])
def test_the_number_of_secrets_may_be_limited(caller: Caller, emulator: Emulator, limit: int | None, statuses: list[int]) -> None:
    emulator.behaviour.secret_limit = limit
    assert [caller.make_secret("reader").status_code for _turn in range(2)] == statuses


def test_secrets_may_have_numbers_as_ids(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.secret_ids = "int"

    made = caller.make_secret("reader").json()

    assert isinstance(made["id"], int)
    assert caller.send("DELETE", f"{caller.clients}reader/secrets/{made['id']}").status_code == 204


def test_the_api_may_have_another_version(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.api_versions = ["v1"]
    assert caller.send("GET", caller.clients).status_code == 404
    assert caller.send("GET", caller.clients.replace("/v2/", "/v1/")).status_code == 200


def answered_headers(caller: Caller, emulator: Emulator) -> Mapping[str, str]:
    """Return the headers of an answer, twenty years from now."""
    emulator.advance(86400 * 365 * 20)
    caller.access_token = emulator.issue_token("contoso")
    return caller.send("GET", caller.clients).headers


def test_the_date_header_follows_the_clock(caller: Caller, emulator: Emulator) -> None:
    headers = answered_headers(caller, emulator)
    assert int(headers["Date"].split()[3]) >= 2040


def test_the_date_header_may_be_ahead_of_the_clock(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.date_ahead = 400 * 86400
    headers = answered_headers(caller, emulator)
    assert int(headers["Date"].split()[3]) >= 2041


def test_the_date_header_may_be_missing(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.date_header = False
    headers = answered_headers(caller, emulator)
    assert "Date" not in headers


def test_answers_may_take_a_while_but_not_those_of_the_controls(caller: Caller, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
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
def test_a_wrong_switch_changes_nothing(changes: dict[str, Any], word: str) -> None:
    switches = Behaviour()

    with pytest.raises(ValueError, match=word):
        switches.patch({"list_total": False, **changes})

    assert switches.as_dict() == Behaviour().as_dict()


@pytest.mark.parametrize("switch", Behaviour().as_dict())
def test_every_switch_is_explained_in_the_readme(switch: str) -> None:
    readme = (Path(behaviour_module.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert f"`{switch}`" in readme


@pytest.mark.parametrize("switch", Behaviour().as_dict())
def test_every_switch_is_tested(switch: str) -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_emulator_*.py"))
    assert f"behaviour.{switch} = " in tests


def test_a_configuration_file_takes_the_place_of_the_default(tmp_path: Path) -> None:
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


def test_a_configuration_without_tenants_has_the_default_ones() -> None:
    assert config_from_mapping({"product_id": None}) == EmulatorConfig(product_id=None)


def test_an_unknown_key_of_the_configuration_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        config_from_mapping({"colour": "blue"})


def test_the_answers_to_creations_may_lack_the_ids(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.post_ids = False

    client, secret = caller.create("app").json(), caller.make_secret("app").json()

    assert "clientId" not in client
    assert "id" not in secret
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
def test_lifetimes_that_may_not_be_numbers(caller: Caller, emulator: Emulator, form: str, shown: Any, taken: str, refused: list[Any]) -> None:
    emulator.behaviour.lifetime_format = form
    emulator.behaviour.lifetime_numbers = False

    answers = [caller.create("app", accessTokenLifetime=value).json() for value in refused]
    created = caller.create("app", refreshTokenLifetime=taken).json()

    assert [list(answer["errors"]) for answer in answers] == [["accessTokenLifetime"]] * len(refused)
    assert created["accessTokenLifetime"] == shown
    assert stored_members(emulator, "app")["refreshTokenLifetime"] == 3600


class TestForcedGrants:
    @pytest.fixture(autouse=True)
    def _forced(self, emulator: Emulator) -> None:
        """Give every client two grants whether or not it asks for them."""
        emulator.behaviour.forced_grants = ["authorization_code", "password"]

    def test_are_added_to_a_new_client(self, caller: Caller) -> None:
        created = caller.create("app", allowedGrantTypes=["client_credentials"]).json()
        assert created["allowedGrantTypes"] == ["client_credentials", "authorization_code", "password"]

    def test_are_added_by_an_update(self, caller: Caller) -> None:
        created = caller.create("app", allowedGrantTypes=["client_credentials"]).json()
        updated = caller.update("app", **{**created, "allowedGrantTypes": []}).json()
        assert updated["allowedGrantTypes"] == ["authorization_code", "password"]

    def test_are_not_added_where_they_do_not_fit(self, caller: Caller) -> None:
        assert caller.create("hybrid", allowedGrantTypes=["hybrid"]).json()["allowedGrantTypes"] == ["hybrid"]

    def test_work_as_long_as_they_are_forced(self, caller: Caller, emulator: Emulator) -> None:
        caller.create("app", allowedGrantTypes=[])
        client = {"client_id": "app", "client_secret": caller.make_secret("app").json()["value"]}
        form = {"grant_type": "password", "username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd", **client}

        assert caller.ask_token(**form).status_code == 200

        emulator.behaviour.forced_grants = []

        assert caller.ask_token(**form).json()["error"] == "unauthorized_client"


class TestTextLists:
    @pytest.fixture(autouse=True)
    def _texts(self, emulator: Emulator) -> None:
        """Write two of the lists as texts."""
        emulator.behaviour.text_lists = ["allowedScopes", "redirectUris"]

    def test_a_text_that_lacks_a_scope_is_refused(self, caller: Caller) -> None:
        assert caller.create("app", allowedScopes="openid permissions").status_code == 400

    def test_a_list_is_refused(self, caller: Caller) -> None:
        assert list(caller.create("app", redirectUris=["https://a.test/"]).json()["errors"]) == ["redirectUris"]

    def test_a_list_is_taken_and_shown_as_a_text(self, caller: Caller) -> None:
        whole = caller.create("app", redirectUris="https://a.test/ https://b.test/").json()
        assert (whole["allowedScopes"], whole["redirectUris"]) == ("openid permissions publicapi.all", "https://a.test/ https://b.test/")

    def test_an_empty_text_is_an_empty_list(self, caller: Caller, emulator: Emulator) -> None:
        whole = caller.create("app", redirectUris="https://a.test/ https://b.test/").json()

        updated = caller.update("app", **{**whole, "redirectUris": ""}).json()

        assert updated["redirectUris"] == ""
        assert stored_members(emulator, "app")["redirectUris"] == []


def test_lists_may_come_back_in_another_order(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.reorder_lists = True
    created = caller.create("app", redirectUris=["https://a.test/", "https://b.test/"]).json()
    assert created["redirectUris"] == ["https://b.test/", "https://a.test/"]


class TestRefreshTokens:
    client: ClassVar = {"client_id": "automation", "client_secret": "contoso-automation-secret-0001"}

    @pytest.fixture
    def first(self, caller: Caller) -> str:
        """The refresh token of a password login."""
        person = {"username": "admin@contoso.example", "password": "contoso-Admin-Passw0rd"}
        return caller.ask_token(grant_type="password", scope="openid offline_access", **person, **self.client).json()["refresh_token"]

    def refresh(self, caller: Caller, token: str) -> dict[str, Any]:
        return caller.ask_token(grant_type="refresh_token", refresh_token=token, **self.client).json()

    def test_work_once(self, caller: Caller, first: str) -> None:
        second = self.refresh(caller, first)["refresh_token"]
        assert second != first
        assert self.refresh(caller, first)["error"] == "invalid_grant"

    def test_may_work_again_and_again(self, caller: Caller, emulator: Emulator, first: str) -> None:
        emulator.behaviour.refresh_tokens = "reuse"
        assert [self.refresh(caller, first)["refresh_token"] for _time in range(2)] == [first, first]


def test_scopes_may_be_refused(caller: Caller, emulator: Emulator) -> None:
    emulator.behaviour.refused_scopes = ["global.wildcard"]
    secret = "contoso-automation-secret-0001"

    refused = caller.log_in("automation", secret, scope="openid permissions global.wildcard")
    taken = caller.log_in("automation", secret, scope="openid permissions publicapi.all")

    assert refused.json()["error"] == "invalid_scope"
    assert taken.status_code == 200


@pytest.mark.parametrize(("served", "page", "document"), [("none", 404, 404), ("bare", 200, 404), ("file", 200, 200)])
def test_a_tenant_may_describe_itself(caller: Caller, emulator: Emulator, served: str, page: int, document: int) -> None:
    emulator.behaviour.description = served

    answers = [caller.send("GET", f"/api/swagger/adminapi2/{end}") for end in ("v2", "v2/swagger.json", "v1")]
    described = [answer.json()["openapi"] for answer in answers if "json" in answer.headers["Content-Type"] and answer.ok]

    assert [answer.status_code for answer in answers] == [page, document, 404]
    assert described == ["3.1.0"] * (served != "none")
