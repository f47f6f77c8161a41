# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store awx over the REST API of a stand-in, which answers as AWX 24.6.1 does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Store, StoreError, entry_from_members, name_of_entry
from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.server import PASSWORD, TOKEN, USER, USERS_TOKEN, StandIn, serve_standin
from ansible_collections.abbyy.vantage.tests.integration.support.stores.between import Between, Fault, standing_between
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT, read_store_examples
from ansible_collections.abbyy.vantage.tests.unit.support.server_faults import ServerFaults
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import StoreLifecycle, change_to, new_context, new_entry, new_mark

NAME, PLACE = new_entry().name, "vantage/contoso/claims/default"
FIELDS = [
    {"id": "client_id", "label": "Client id", "type": "string"},
    {"id": "client_secret", "label": "Client secret", "type": "string", "secret": True},
    {"id": "region", "label": "Region", "type": "string", "choices": ["eu", "us"]},
    {"id": "team", "label": "Team", "type": "string"},
]
TYPE = "Vantage app"


def seed(standin: StandIn) -> StandIn:
    """Make what a run expects to be there: an organization and a credential type."""
    standin.objects.seed("organizations", name="Default")
    standin.objects.seed("credential_types", name=TYPE, kind="cloud", inputs={"fields": FIELDS}, injectors={})
    return standin


@pytest.fixture
def awx() -> Iterator[StandIn]:
    """An AWX with an organization and a credential type."""
    with serve_standin([]) as standin:
        yield seed(standin)


@pytest.fixture
def between(awx: StandIn) -> Iterator[Between]:
    """A server between the store and AWX, which injects faults."""
    with standing_between(awx.url, awx.answer) as server:
        yield server


@pytest.fixture
def new_store(awx: StandIn, tmp_path: Path) -> Callable[..., Store]:
    """Makes a store, with an admin's token unless another login is given."""

    def make(concurrency: int = 4, **options: Any) -> Store:
        return store_from_option(option_of(awx, **options), new_context(tmp_path, concurrency=concurrency), {})

    return make


def option_of(awx: StandIn, **options: Any) -> dict[str, Any]:
    """Return the store's option for a stand-in."""
    return {"type": "awx", "controller_host": awx.url, "controller_oauthtoken": TOKEN, "organization": "Default", "credential_type": TYPE, **options}


def held(awx: StandIn, place: str = PLACE) -> Entry | None:
    """Return what AWX holds in a place, with the value that it shows nobody."""
    for row in credentials_of(awx):
        if row["name"] == place:
            return replace(entry_from_members(json.loads(row["description"])), value=row["inputs"].get("client_secret", ""))
    return None


def credentials_of(awx: StandIn) -> list[dict[str, Any]]:
    """Return all credentials, with what is hidden."""
    return list(awx.objects.tables["credentials"].values())


def test_entries_are_made_renewed_and_removed(awx: StandIn, new_store: Callable[..., Store]) -> None:
    StoreLifecycle(new_store, shows_values=False).run()
    assert credentials_of(awx) == []


def test_the_lifecycle_works_page_by_page(awx: StandIn, new_store: Callable[..., Store]) -> None:
    awx.most_per_page = 2
    StoreLifecycle(new_store, shows_values=False).run()


def test_the_lifecycle_works_in_automation_controller_with_a_password(tmp_path: Path) -> None:
    with serve_standin([], "/api/controller/v2") as standin:
        option = option_of(seed(standin), controller_oauthtoken=None, controller_username=USER, controller_password=PASSWORD)
        StoreLifecycle(lambda: store_from_option(option, new_context(tmp_path), {}), shows_values=False).run()


@pytest.mark.parametrize("family", ["CONTROLLER", "TOWER"])
def test_the_environment_of_a_job_supplies_the_login(awx: StandIn, tmp_path: Path, family: str) -> None:
    environ = {f"{family}_HOST": awx.url, f"{family}_OAUTH_TOKEN": TOKEN, f"{family}_VERIFY_SSL": "False", "CONTROLLER_PASSWORD": ""}
    store_from_option({"type": "awx", "organization": "Default", "credential_type": TYPE}, new_context(tmp_path), environ).check()


@pytest.fixture
def faults(awx: StandIn, between: Between, new_store: Callable[..., Store]) -> ServerFaults:
    """The injection of faults into the requests about one entry."""
    return ServerFaults(lambda url: new_store(controller_host=url, retries=0), between, lambda: held(awx), compares=False)


def test_every_fault_is_reported_truly_at_every_request(faults: ServerFaults) -> None:
    faults.fault_at_every_request()


def test_the_next_run_completes_one_that_ended_at_any_request(faults: ServerFaults) -> None:
    faults.end_at_every_request()


def test_another_run_at_any_request_is_reported_truly(faults: ServerFaults) -> None:
    faults.other_run_at_every_request()


def new_store_with_inputs(new_store: Callable[..., Store]) -> Store:
    """Return a store that fills in three fields, proved and ready."""
    store = new_store(inputs={"client_id": "client_id", "client_secret": "value"}, fixed_inputs={"region": "eu"})
    store.check()
    store.prove()
    return store


def test_a_credential_is_made_without_a_value(awx: StandIn, new_store: Callable[..., Store]) -> None:
    """AWX writes a new credential in the clear before it encrypts, so it gets no value when it is made."""
    store = new_store_with_inputs(new_store)

    store.write([change_to(new_mark(), None)])

    assert credentials_of(awx)[0]["inputs"] == {"client_id": "claims", "region": "eu"}


def test_a_delivered_entry_fills_in_the_credential(awx: StandIn, new_store: Callable[..., Store]) -> None:
    store = new_store_with_inputs(new_store)
    store.write([change_to(new_mark(), None)])

    store.write([change_to(new_entry(), "")])
    (credential,) = credentials_of(awx)

    assert credential["name"] == PLACE
    assert credential["inputs"] == {"client_id": "claims", "client_secret": new_entry().value, "region": "eu"}
    assert json.loads(credential["description"]) == {name: value for name, value in new_entry().to_members().items() if name != "value"}
    assert new_store().read([NAME], values=True) == {NAME: replace(new_entry(), value="")}


def test_the_guide_leads_from_nothing_to_filled_credentials(tmp_path: Path) -> None:
    inputs, injectors, first, own_type = (
        next(block for block in read_store_examples("awx") if "fields" in block),
        next(block for block in read_store_examples("awx") if "env" in block),
        *[block["app_onboarding_store"] for block in read_store_examples("awx") if "app_onboarding_store" in block],
    )
    ours = yaml.safe_load((ROOT / "playbooks/awx/credential_type.yml").read_text(encoding="utf-8"))
    fields = next(value for value in ours.values() if isinstance(value, dict) and "fields" in value)
    value = new_entry().value

    with serve_standin([]) as standin:
        standin.objects.seed("organizations", name="Default")
        standin.objects.seed("credential_types", name=first["credential_type"], kind="cloud", inputs=inputs, injectors=injectors)
        standin.objects.seed("credential_types", name=own_type["credential_type"], kind="cloud", inputs=fields)
        login = {"CONTROLLER_HOST": standin.url, "CONTROLLER_OAUTH_TOKEN": TOKEN}
        for option in (first, own_type):
            store = store_from_option(option, new_context(tmp_path), login)
            store.check()
            answer = store.write([change_to(new_entry(), None)])[NAME]

            assert answer.status == "written"
        filled = [row["inputs"] for row in credentials_of(standin)]

    assert filled[0] == {"client_id": "claims", "client_secret": value}
    assert set(filled[1].values()) == {new_entry().tenant_id, "claims", value, "https://vantage-eu.abbyy.com"}


def test_fields_that_others_have_filled_in_are_kept(awx: StandIn, new_store: Callable[..., Store]) -> None:
    new_store().write([change_to(new_entry(1), None)])
    credentials_of(awx)[0]["inputs"]["team"] = "claims"

    new_store().write([change_to(new_entry(2), "secret-1")])

    assert credentials_of(awx)[0]["inputs"] == {"client_id": "claims", "client_secret": new_entry(2).value, "team": "claims"}


def test_a_former_value_cannot_be_put_back(awx: StandIn, new_store: Callable[..., Store]) -> None:
    store = new_store()
    store.write([change_to(new_entry(1), None)])
    before = store.write([change_to(new_entry(2), "secret-1")])[NAME].before

    assert before

    answer = store.write([Change(NAME, before, "secret-2")])[NAME]

    assert answer.status == "failed"
    assert "AWX shows no values, so the former one cannot be put back; run again" in answer.reason
    assert held(awx) == new_entry(2)


def test_many_entries_are_read_with_one_request(new_store: Callable[..., Store], between: Between) -> None:
    store = new_store(8, controller_host=between.url)
    store.check()
    between.calls.clear()

    found = store.read([name_of_entry(f"app-{number}", "default") for number in range(60)], values=False)

    assert found == {}
    assert [method for method, _path in between.calls] == ["GET"]


def test_many_entries_are_written_with_few_requests(awx: StandIn, new_store: Callable[..., Store], between: Between) -> None:
    entries = [new_entry(1, f"app-{number}") for number in range(60)]
    store = new_store(8, controller_host=between.url)
    store.check()
    store.read([entry.name for entry in entries], values=False)
    between.calls.clear()

    made = store.write([change_to(new_mark(entry.client_id), None) for entry in entries])
    delivered = store.write([change_to(entry, "") for entry in entries])

    assert {answer.status for answer in made.values()} == {"written"}
    assert {answer.status for answer in delivered.values()} == {"written"}
    # A mark is made; a value is compared, written and read back.
    assert between.count("POST") == 60
    assert between.count("PATCH") == 60
    assert between.count("GET") == 120
    assert len(credentials_of(awx)) == 60


def test_of_many_runs_at_once_one_makes_the_credential(new_store: Callable[..., Store]) -> None:
    stores = [new_store() for _number in range(8)]
    changes = [change_to(new_entry(number), None) for number in range(1, 9)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda store, change: store.write([change])[NAME], stores, changes))

    assert [answer.status for answer in answers].count("written") == 1
    assert {answer.status for answer in answers} == {"written", "refused"}


def put_foreign_credentials(awx: StandIn) -> str:
    """Let somebody else make a credential in the place of an entry, and copy one to another place; return what AWX holds."""
    home = {"organization": 1, "credential_type": 2}
    awx.objects.seed("credentials", name=PLACE, description="Ours. Do not touch.", inputs={"client_id": "x"}, **home)
    awx.objects.seed("credentials", name="vantage/contoso/odd/default", description=json.dumps(new_entry(7).to_members()), inputs={}, **home)
    return json.dumps(awx.objects.tables)


def test_a_credential_of_somebody_else_is_no_entry(awx: StandIn, new_store: Callable[..., Store]) -> None:
    put_foreign_credentials(awx)

    assert new_store().read(None, values=True) == {}
    assert new_store().read([NAME, "odd/default"], values=True) == {}


def test_a_credential_of_somebody_else_is_left_alone(awx: StandIn, new_store: Callable[..., Store]) -> None:
    theirs = put_foreign_credentials(awx)

    for change in (change_to(new_mark(), None), change_to(new_entry(), "secret-1"), change_to(new_entry(1, "odd"), "secret-7"), Change(NAME, None, "")):
        answer = new_store().write([change])[change.name]

        assert answer.status == "failed"
        assert "rename it, or choose another prefix" in answer.reason
        assert json.dumps(awx.objects.tables) == theirs


def test_a_credential_that_this_login_does_not_see_is_reported(awx: StandIn, new_store: Callable[..., Store]) -> None:
    new_store().write([change_to(new_entry(), None)])
    awx.hidden.add(PLACE)

    answer = new_store().write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "failed"
    assert "there is one of that name which this login may not see; give this login the role Credential Admin of the organization Default" in answer.reason


def test_two_credentials_with_one_name_are_an_error(awx: StandIn, new_store: Callable[..., Store], between: Between) -> None:
    rows = [{"id": number, "name": PLACE, "modified": "now", "description": ""} for number in (7, 8)]
    between.faults = [Fault("answer", "GET", part="/credentials/", body={"count": 2, "next": None, "results": rows})]

    with pytest.raises(StoreError, match=f"There are 2 credentials called {PLACE} at .*; rename all but the one that is in use."):
        new_store(controller_host=between.url).read([NAME], values=False)


NO_PERMISSION = "AWX says: You do not have permission to perform this action; give this login the role Credential Admin of the organization Default."


@pytest.fixture
def users_store(awx: StandIn, new_store: Callable[..., Store]) -> Store:
    """The store of a user who may read the one entry there is, but not write."""
    new_store().write([change_to(new_entry(1, "there"), None)])
    store = new_store(controller_oauthtoken=USERS_TOKEN)
    store.check()
    store.read(None, values=False)
    awx.writes()
    return store


def test_a_user_without_the_right_to_write_may_read(users_store: Store) -> None:
    assert list(users_store.read(None, values=False)) == ["there/default"]


def test_the_proof_names_the_role_that_a_user_lacks(awx: StandIn, users_store: Store) -> None:
    with pytest.raises(StoreError, match=re.escape(f"Could not write to the store at {awx.url}: {NO_PERMISSION}")):
        users_store.prove()

    assert [line for line in awx.writes() if not line.endswith(" 403")] == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change_to(new_mark(), None), id="write"),
        pytest.param(change_to(new_entry(2, "there"), "secret-1"), id="change"),
        pytest.param(Change("there/default", None, "secret-1"), id="remove"),
    ],
)
def test_a_refused_write_names_the_role_that_a_user_lacks(awx: StandIn, users_store: Store, change: Change) -> None:
    answer = users_store.write([change])[change.name]

    assert answer.status == "failed"
    assert NO_PERMISSION in answer.reason
    assert [line for line in awx.writes() if not line.endswith(" 403")] == []


def test_the_proof_makes_no_credential(awx: StandIn, new_store: Callable[..., Store]) -> None:
    new_store().prove()

    assert awx.writes() == ["POST /api/v2/credentials/ 400"]
    assert credentials_of(awx) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"credential_type": "Vantage ap"},
            "There is no credential type 'Vantage ap' at {url} that this login can see; make it, or correct the store's option",
        ),
        (
            {"organization": "Nobody"},
            "There is no organization 'Nobody' at {url} that this login can see; make it, or correct the store's option organization.",
        ),
        (
            {"credential_type": "Twice"},
            "There are 2 credential types called 'Twice' at {url}; rename one, or set the store's option credential_type to another.",
        ),
        (
            {"controller_oauthtoken": "no-such-token"},
            "AWX says: Authentication credentials were not provided. To establish a login session, visit /api/login/; check",
        ),
        (
            {"inputs": {"client_secret": "value", "app": "client_id"}},
            "The credential type 'Vantage app' has no field 'app'; it has client_id, client_secret, region",
        ),
        ({"fixed_inputs": {"url": "x"}}, "The credential type 'Vantage app' has no field 'url'"),
        ({"inputs": {"team": "value"}}, "The field 'team' of the credential type 'Vantage app' is not secret, so AWX would show the value to everybody"),
        (
            {"inputs": {"client_secret": "vallue"}},
            "The option 'inputs' of the store awx fills the field 'client_secret' with 'vallue'; choose one of client_id",
        ),
        ({"inputs": {"client_id": "client_id"}}, "The option 'inputs' of the store awx fills no field with value, so no secret would be delivered"),
        ({"fixed_inputs": {"client_id": "x"}}, "The field 'client_id' is in both options of the store awx, inputs and fixed_inputs; take it out of one."),
        (
            {"credential_type": "Needs more"},
            "The credential type 'Needs more' requires the field 'region'; add it to the store's option inputs or fixed_inputs.",
        ),
        ({"controller_oauthtoken": ""}, "The store awx has no login; set its option controller_oauthtoken or CONTROLLER_OAUTH_TOKEN, or controller_username"),
        (
            {"controller_host": "awx.example.com"},
            "The option 'controller_host' of the store awx is 'awx.example.com'; write an address such as https://awx.example",
        ),
    ],
)
def test_an_invalid_option_is_explained_in_one_sentence(awx: StandIn, new_store: Callable[..., Store], options: dict[str, Any], said: str) -> None:
    for kind in ("cloud", "net"):
        awx.objects.seed("credential_types", name="Twice", kind=kind)
    awx.objects.seed("credential_types", name="Needs more", kind="cloud", inputs={"fields": FIELDS, "required": ["client_id", "region"]})

    with pytest.raises((ConfigError, StoreError), match=re.escape(said.format(url=awx.url))) as error:
        new_store(**options).check()

    assert "no-such-token" not in str(error.value)


def test_the_reason_of_a_refusal_is_reported(new_store: Callable[..., Store]) -> None:
    store = new_store(inputs={"client_secret": "value", "region": "description"})

    answer = store.write([change_to(new_entry(), None)])[NAME]

    assert answer.status == "failed"
    assert "AWX says: inputs: region: 'default' is not one of ['eu', 'us']." in answer.reason


def test_no_message_contains_a_secret(new_store: Callable[..., Store], between: Between) -> None:
    """AWX repeats what it refuses."""
    value = new_entry().value
    store = new_store(controller_host=between.url, retries=0)
    store.check()
    between.faults = [Fault("answer", "POST", status=400, body={"inputs": {"client_secret": [f"{value!r} of {TOKEN}: {value}"]}})]

    reason = store.write([change_to(new_entry(), None)])[NAME].reason

    assert "AWX says: inputs: client_secret: " in reason
    assert [text for text in (value, TOKEN, "value-1") if text in reason] == []


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_busy_server_is_asked_again(new_store: Callable[..., Store], between: Between, status: int) -> None:
    store = new_store(controller_host=between.url)
    between.faults = [Fault("answer", method, times=1, status=status, body={}, headers={"Retry-After": "0"}) for method in ("POST", "GET", "PATCH")]

    store.check()
    made = store.write([change_to(new_mark(), None)])[NAME]
    delivered = store.write([change_to(new_entry(), "")])[NAME]

    assert made.status == "written"
    assert delivered.status == "written"
    assert [fault.times for fault in between.faults] == [0, 0, 0]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_connection_that_breaks_once_is_no_failure(new_store: Callable[..., Store], between: Between, kind: Any) -> None:
    store = new_store(controller_host=between.url)
    store.check()

    for change in (change_to(new_mark(), None), change_to(new_entry(), ""), change_to(new_entry(2), "secret-1"), Change(NAME, None, "secret-2")):
        between.faults = [Fault(kind, method, times=1) for method in ("POST", "PATCH", "DELETE")]
        answer = store.write([change])[NAME]

        assert answer.status == "written", change


def test_a_write_without_a_timely_response_is_in_doubt(new_store: Callable[..., Store], between: Between) -> None:
    new_store().write([change_to(new_entry(), None)])
    store = new_store(controller_host=between.url, retries=0, request_timeout=1)
    between.faults = [Fault("late", "PATCH", seconds=1.2)]

    answer = store.write([change_to(new_entry(2), "secret-1")])[NAME]

    assert answer.status == "in_doubt"
    assert "no answer within 1 s; see the store's option request_timeout" in answer.reason


NOT_AWX = [(200, b"<html>Please log in</html>"), (200, b"[]"), (200, b"{}"), (404, b"<html>"), (200, b"[" * 100_000), (500, b"{"), (502, b""), (302, b"")]


@pytest.mark.parametrize(("status", "body"), NOT_AWX)
def test_a_server_that_is_not_awx_is_reported_in_one_sentence(new_store: Callable[..., Store], between: Between, status: int, body: bytes) -> None:
    between.faults = [Fault("answer", "GET", status=status, body=body)]

    with pytest.raises(StoreError, match=r"^Could not find the API at "):
        new_store(controller_host=between.url, retries=0).check()


@pytest.mark.parametrize(("status", "body"), NOT_AWX)
def test_a_credential_that_is_not_from_awx_is_reported_in_one_sentence(new_store: Callable[..., Store], between: Between, status: int, body: bytes) -> None:
    between.faults = [Fault("answer", "GET", part="/credentials/", status=status, body=body)]

    with pytest.raises(StoreError, match=r"^Could not (list|read) the credential"):
        new_store(controller_host=between.url, retries=0).read([NAME], values=False)


@pytest.mark.parametrize("body", [[], {"count": 1}, *({"count": 1, "next": None, "results": results} for results in ("x", ["x"], [{}], None, {"id": 1}))])
@pytest.mark.parametrize("part", ["/credentials/", "/credential_types/", "/organizations/"])
def test_a_response_that_is_no_page_is_reported_in_one_sentence(new_store: Callable[..., Store], between: Between, part: str, body: Any) -> None:
    between.faults = [Fault("answer", "GET", part=part, body=body)]

    with pytest.raises(StoreError, match=r"^Could not (list|read|look for) .*: the response is not from AWX; check controller_host\.$"):
        new_store(controller_host=between.url).read([NAME], values=False)


@pytest.mark.parametrize("root", [{"apis": {"controller": "@evil.invalid/"}}, {"apis": []}, {"current_version": "evil.invalid"}, {"current_version": 2}])
def test_an_api_on_another_host_is_not_used(new_store: Callable[..., Store], between: Between, root: Any) -> None:
    between.faults = [Fault("answer", "GET", body=root)]

    with pytest.raises(StoreError, match=r"the response is not from AWX or Automation Controller; check controller_host\."):
        new_store(controller_host=between.url).check()

    assert {path for _method, path in between.calls} == {"/api/"}


def test_a_list_that_ends_too_early_is_an_error(new_store: Callable[..., Store], between: Between) -> None:
    between.faults = [Fault("answer", "GET", part="/credentials/", body={"count": 3, "next": None, "results": []})]

    with pytest.raises(StoreError, match="it showed 0 of 3; run again"):
        new_store(controller_host=between.url).read(None, values=False)


def test_a_server_that_does_not_listen_is_reported(new_store: Callable[..., Store]) -> None:
    with pytest.raises(StoreError, match=r"the connection failed \(.*refused.*\); check the store's option controller_host"):
        new_store(controller_host="http://127.0.0.1:9", retries=0).check()


def test_names_that_awx_can_store_have_no_problems(new_store: Callable[..., Store]) -> None:
    assert new_store().problems([NAME, name_of_entry("claims", "é / {{ x }}")]) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (f"claims/{'x' * 490}", "in a credential with a name of 513 characters, and AWX allows 512"),
        ("claims/night ", "ends with a blank, or has a character that AWX does not store in a name; rename it."),
        ("claims/a\nb", "ends with a blank, or has a character that AWX does not store in a name; rename it."),
    ],
)
def test_a_name_that_awx_cannot_store_is_reported_in_advance(new_store: Callable[..., Store], name: str, said: str) -> None:
    assert said in new_store().problems([name])[0]


def test_plain_http_causes_a_warning(awx: StandIn, tmp_path: Path) -> None:
    warned: list[str] = []
    store = store_from_option(option_of(awx, controller_host="http://awx.invalid", retries=0), replace(new_context(tmp_path), warn=warned.append), {})

    with pytest.raises(StoreError, match="Could not find the API"):
        store.check()

    assert "The store awx is reached by plain http at http://awx.invalid" in warned[0]
