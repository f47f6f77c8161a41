# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of the administration API, and how their answers are read."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, AuthError, ConfigError, NotFoundError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Http
from ansible_collections.abbyy.vantage.plugins.module_utils.login.discovery import Endpoints
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import TokenEndpoint, TokenSource
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant import api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import CALLS, Api, camel_members, entries_from_body
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import BASE_URL, InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.scripted import Reply, Script

STRANGE_IDS = ["a/b", "a b", "a+b", "a%2Fb", "a?b=c", "a#b", "a&b", "ä€", "...", "a;b", "a:b@c", "~a", "A"]


def scripted_api(*replies: Reply) -> Api:
    """Return an API whose server answers by a script."""
    http = Http(BASE_URL, new_session=Script(*replies).new_session)
    endpoint = TokenEndpoint(http, Endpoints(http, tenant_id=CONTOSO))
    return Api(http, TokenSource(endpoint, None, static_token="token"), endpoint, tenant_id=CONTOSO)


@pytest.mark.parametrize(
    ("body", "entries", "total"),
    [
        ([], [], None),
        ([{"id": "1"}], [{"id": "1"}], None),
        ([{"Id": "1", "ValueDisplay": "abc"}], [{"id": "1", "valueDisplay": "abc"}], None),
        ({"items": [{"id": "1"}]}, [{"id": "1"}], None),
        ({"items": [{"id": "1"}], "totalItemCount": 7}, [{"id": "1"}], 7),
        ({"Items": [{"Id": "1"}], "TotalCount": 7}, [{"id": "1"}], 7),
        ({"clients": [], "total": 0}, [], 0),
        ({"secrets": [{"id": "1"}], "total": None}, [{"id": "1"}], None),
        ({"data": [{"id": "1"}], "total": "many"}, [{"id": "1"}], None),
        ({"value": [{"id": "1"}], "count": 1}, [{"id": "1"}], None),
        ({"results": [{"id": "1"}], "totalItemCount": 3, "total": 9}, [{"id": "1"}], 3),
        ({"items": None, "clients": [{"clientId": "a"}]}, [{"clientId": "a"}], None),
    ],
)
def test_a_list_is_read_in_every_shape(body: Any, entries: list[dict[str, Any]], total: int | None) -> None:
    assert entries_from_body(body, "list things") == (entries, total)


@pytest.mark.parametrize("body", [None, "text", 5, {}, {"items": None}, {"items": {}}, ["a"], [None], {"items": [1]}, {"total": 0}])
def test_an_answer_without_a_list_is_an_error(body: Any) -> None:
    with pytest.raises(ApiError, match="Could not list things: the answer is neither a list nor an object with one") as error:
        entries_from_body(body, "list things")
    assert error.value.code == "unreadable"


def test_names_of_members_begin_small() -> None:
    assert camel_members({"ClientId": "A", "redirectUris": ["B"], "URL": 1, "": 2}) == {"clientId": "A", "redirectUris": ["B"], "uRL": 1, "": 2}


@pytest.mark.parametrize(
    ("shape", "total", "page_limit", "ignore_paging", "summary"),
    [
        switches
        for switches in itertools.product(("array", "object"), (True, False), (10, 37, 500), (True, False), (True, False))
        # An array has no place for a total.
        if not (switches[0] == "array" and switches[1])
    ],
)
@pytest.mark.parametrize("count", [0, 8, 35, 121])
def test_a_list_is_read_to_its_end_whatever_the_server_does(
    in_process: InProcess, shape: str, total: bool, page_limit: int, ignore_paging: bool, summary: bool, count: int
) -> None:
    in_process.emulator.seed("contoso", [{"clientId": f"app-{number}"} for number in range(count)])
    switches = {"list_shape": shape, "list_total": total, "page_limit": page_limit, "ignore_paging": ignore_paging, "list_summary": summary}
    in_process.emulator.behaviour.patch(switches)

    listed = [client["clientId"] for client in in_process.api().list_clients()]

    assert listed == ["automation", "reader", *(f"app-{number}" for number in range(count))]


@pytest.mark.parametrize("page_limit", [1, 3, 9])
def test_a_total_is_trusted_however_small_the_pages(in_process: InProcess, page_limit: int) -> None:
    in_process.emulator.seed("contoso", [{"clientId": f"app-{number}"} for number in range(18)])
    in_process.emulator.behaviour.patch({"page_limit": page_limit})

    listed = in_process.api().list_clients()

    assert len(listed) == 20


PAGE_OF_20 = Reply(200, json.dumps({"items": [{"clientId": str(number)} for number in range(20)], "totalItemCount": 1000}))
EMPTY_PAGE = Reply(200, '{"items": [], "totalItemCount": 1000}')


# A client that is not shown may exist all the same.
@pytest.mark.parametrize("replies", [[PAGE_OF_20, EMPTY_PAGE], [PAGE_OF_20]], ids=["then an empty page", "the same page again"])
def test_a_total_that_is_too_high_is_an_error(replies: list[Reply]) -> None:
    with pytest.raises(ApiError, match="Could not list the clients of the tenant: the server says that there are 1000, but shows 20 only") as error:
        scripted_api(*replies).list_clients()
    assert error.value.code == "incomplete_list"


@pytest.mark.parametrize("read", [lambda api: api.list_clients(), lambda api: api.list_secrets("app-1")], ids=["clients", "secrets"])
@pytest.mark.parametrize("shown", [10, 22])
def test_a_list_that_ignores_the_offset_is_an_error(in_process: InProcess, shown: int, read: Callable[[Api], object]) -> None:
    in_process.emulator.seed("contoso", [{"clientId": f"app-{number}", "secrets": [{"description": "p"}] * 23} for number in range(21)])
    in_process.emulator.behaviour.patch({"ignore_offset": True, "page_limit": shown})
    with pytest.raises(ApiError, match=f"the server says that there are 23, but shows {shown} only"):
        read(in_process.api())


def test_a_list_that_ignores_the_offset_but_shows_all_is_complete(in_process: InProcess) -> None:
    in_process.emulator.behaviour.patch({"ignore_offset": True, "page_limit": 2})
    listed = in_process.api().list_clients()
    assert len(listed) == 2


def test_clients_without_an_id_are_left_out_with_a_warning() -> None:
    page = '{"items": [{"clientId": "a"}, {"clientName": "b"}, {"clientId": null}, {"clientId": ""}], "totalItemCount": 4}'
    api = scripted_api(Reply(200, page))

    listed = api.list_clients()

    assert listed == [{"clientId": "a"}]
    assert api.warnings == ["Asked to list the clients of the tenant, the server returned 3 without clientId; they were left out."]


# It may be the secret that is looked for.
def test_a_secret_without_an_id_is_an_error() -> None:
    with pytest.raises(ApiError, match="Could not list the secrets of client 'a': the server lists one without an id"):
        scripted_api(Reply(200, '[{"id": "1"}, {"description": "production"}]')).list_secrets("a")


@pytest.mark.parametrize("total", ["true", '"23"', "null", "2.5"])
def test_a_total_that_is_no_number_is_ignored(total: str) -> None:
    listed = scripted_api(Reply(200, f'{{"items": [{{"clientId": "a"}}], "totalItemCount": {total}}}')).list_clients()
    assert len(listed) == 1


@pytest.mark.parametrize(("client_id", "found"), [("READER", False), ("reader", True)])
def test_a_server_that_ignores_case_does_not_confuse_two_clients(in_process: InProcess, client_id: str, found: bool) -> None:
    in_process.emulator.behaviour.patch({"ignore_case": True})
    client = in_process.api().find_client(client_id)
    assert (client is not None) is found


def test_a_client_without_an_id_is_an_error() -> None:
    with pytest.raises(ApiError, match="Could not read client 'a': the answer has no clientId"):
        scripted_api(Reply(200, '{"clientName": "a"}')).find_client("a")


@pytest.mark.parametrize("method", ["find_client", "delete_client", "list_secrets"])
def test_half_a_surrogate_pair_is_refused_before_anything_is_sent(in_process: InProcess, method: str) -> None:
    api = in_process.api()

    with pytest.raises(ConfigError, match=r"client_id 'app\\ud800' cannot be part of an address") as error:
        getattr(api, method)("app\ud800")

    assert error.value.code == "unaddressable"
    assert in_process.requests() == []


@pytest.mark.parametrize("read", [lambda api: api.list_clients(), lambda api: api.list_secrets("reader")], ids=["clients", "secrets"])
@pytest.mark.parametrize("switches", [{"list_shape": "array"}, {"list_shape": "object"}, {"list_shape": "object", "list_total": False}])
def test_one_request_is_enough_for_a_short_list(in_process: InProcess, switches: dict[str, Any], read: Callable[[Api], object]) -> None:
    in_process.emulator.behaviour.patch(switches)

    read(in_process.api())

    assert len([entry for entry in in_process.emulator.journal if entry.kind == "read"]) == 1


def test_a_list_that_does_not_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MOST_PAGES", 5)
    pages = [Reply(200, "[" + ",".join(f'{{"clientId": "{page}-{number}"}}' for number in range(20)) + "]") for page in range(6)]

    with pytest.raises(ApiError, match="the list does not end") as error:
        scripted_api(*pages).list_clients()

    assert error.value.code == "endless_list"


@pytest.mark.parametrize(
    "switches",
    [
        {"page_limit": 10, "list_shape": "array"},
        {"page_limit": 4, "list_shape": "object"},
        {"page_limit": 4, "list_shape": "object", "ignore_paging": True},
        {"page_limit": 4, "list_shape": "object", "ignore_paging": True, "secret_ids": "int"},
    ],
)
def test_secrets_are_read_to_the_end_and_have_no_value(in_process: InProcess, switches: dict[str, Any]) -> None:
    in_process.emulator.seed("contoso", [{"clientId": "a", "secrets": [{"description": str(number)} for number in range(33)]}])
    in_process.emulator.behaviour.patch(switches)

    secrets = in_process.api().list_secrets("a")

    assert secrets is not None
    assert [secret["description"] for secret in secrets] == [str(number) for number in range(33)]
    assert not [secret for secret in secrets if "value" in secret]


@pytest.mark.parametrize("client_id", STRANGE_IDS)
def test_a_client_of_any_id_lives_from_creation_to_deletion(in_process: InProcess, client_id: str) -> None:
    api = in_process.api()

    made = api.create_client({"clientId": client_id})

    assert made is not None
    assert made["clientId"] == client_id

    found = api.find_client(client_id)

    assert found is not None
    assert found["clientId"] == client_id

    api.update_client(client_id, {**found, "clientName": "New"})

    assert in_process.clients()[client_id]["members"]["clientName"] == "New"

    secret = api.create_secret(client_id, {"description": "p"})

    assert [one["id"] for one in api.list_secrets(client_id) or []] == [secret["id"]]

    api.delete_secret(client_id, secret["id"])

    assert api.list_secrets(client_id) == []

    api.delete_client(client_id)

    assert client_id not in in_process.clients()


@pytest.mark.parametrize("name", [".", ".."])
@pytest.mark.parametrize(
    "call",
    [
        lambda api, name: api.find_client(name),
        lambda api, name: api.delete_client(name),
        lambda api, name: api.list_secrets(name),
        lambda api, name: api.delete_secret("reader", name),
    ],
    ids=["find_client", "delete_client", "list_secrets", "delete_secret"],
)
def test_an_id_that_would_climb_in_the_path_is_refused(in_process: InProcess, name: str, call: Callable[[Api, str], object]) -> None:
    api = in_process.api()
    with pytest.raises(ConfigError, match=f"{name!r} cannot be part of an address"):
        call(api, name)
    assert in_process.requests() == []


def test_upper_and_lower_case_matter(in_process: InProcess) -> None:
    assert in_process.api().find_client("READER") is None


def test_a_missing_client_is_none_and_not_an_error(in_process: InProcess) -> None:
    api = in_process.api()
    assert api.find_client("none") is None
    assert api.list_secrets("none") is None


def test_deleting_what_is_missing_is_no_error(in_process: InProcess) -> None:
    api = in_process.api()

    api.delete_client("none")
    api.delete_secret("none", "1")
    api.delete_secret("reader", "1")


def test_updating_a_missing_client_is_an_error(in_process: InProcess) -> None:
    api = in_process.api()
    raw = {**(api.find_client("reader") or {}), "clientId": "none"}
    with pytest.raises(NotFoundError, match="Could not update client 'none'"):
        api.update_client("none", raw)


def test_a_secret_for_a_missing_client_is_an_error(in_process: InProcess) -> None:
    with pytest.raises(NotFoundError, match="Could not create a secret for client 'none'"):
        in_process.api().create_secret("none", {})


def test_the_tenant_of_the_login_passes_the_check(in_process: InProcess) -> None:
    in_process.api().check_tenant()


def test_another_tenant_fails_the_check(in_process: InProcess) -> None:
    with pytest.raises(AuthError, match="check tenant_id"):
        in_process.api(tenant_id="0" * 32).check_tenant()


@pytest.mark.parametrize(
    ("reply", "code", "doubt"),
    [(Reply(201, ""), "no_value", True), (Reply(201, "[]"), "no_value", True), (Reply(201, "null"), "no_value", True), (Reply(200, "<p>"), "not_json", True)],
)
def test_a_secret_without_its_value_may_exist(reply: Reply, code: str, doubt: bool) -> None:
    with pytest.raises(ApiError) as error:
        scripted_api(reply).create_secret("a", {})
    assert error.value.code == code
    assert error.value.in_doubt is doubt


@pytest.mark.parametrize(("reply", "made"), [(Reply(201, ""), None), (Reply(200, "[]"), None), (Reply(201, '{"ClientId": "a"}'), {"clientId": "a"})])
def test_a_new_client_need_not_be_in_the_answer(reply: Reply, made: dict[str, Any] | None) -> None:
    assert scripted_api(reply).create_client({"clientId": "a"}) == made


def test_a_client_that_is_no_object_is_an_error() -> None:
    with pytest.raises(ApiError, match="Could not read client 'a': the answer is not an object"):
        scripted_api(Reply(200, "[]")).find_client("a")


def test_a_new_value_is_returned() -> None:
    secret = scripted_api(Reply(201, '{"id": "1", "value": "hunter22"}')).create_secret("a", {})
    assert secret["value"] == "hunter22"


def test_a_new_value_is_kept_out_of_later_messages() -> None:
    api = scripted_api(Reply(201, '{"id": "1", "value": "hunter22"}'), Reply(400, '{"title": "hunter22 is bad"}'))
    api.create_secret("a", {})

    with pytest.raises(ApiError) as error:
        api.update_client("a", {})

    assert "hunter22" not in error.value.message


@pytest.mark.parametrize(("name", "slash"), [("create_client", True), ("create_secret", True), ("read_client", False)])
def test_the_path_of_a_list_ends_with_a_slash_and_that_of_one_does_not(name: str, slash: bool) -> None:
    assert CALLS[name].path.endswith("/") is slash


def test_the_vendor_documents_two_calls() -> None:
    # What the vendor's pages show; all else is inferred.
    assert {name for name, call in CALLS.items() if call.documented} == {"create_client", "create_secret"}


@pytest.mark.parametrize(("validate_certs", "count"), [(True, 0), (False, 1)])
def test_unchecked_certificates_cause_one_warning(in_process: InProcess, validate_certs: bool, count: int) -> None:
    in_process.run("vantage_client_info", validate_certs=validate_certs)
    assert [text.split(",")[0] for text in in_process.warnings] == ["TLS certificates are not checked"] * count
