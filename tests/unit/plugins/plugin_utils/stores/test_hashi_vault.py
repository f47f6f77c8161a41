# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store HashiCorp Vault against a real OpenBao server, which speaks the same API."""

from __future__ import annotations

import itertools
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import hvac
import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.hashi_vault import HashiVaultStore
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import read_options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Store, StoreError, Written, name_of_entry
from ansible_collections.abbyy.vantage.tests.integration.support.stores.between import Between, Fault, standing_between
from ansible_collections.abbyy.vantage.tests.integration.support.stores.openbao import ROOT_TOKEN, OpenBao, running_openbao
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import StoreLifecycle, change_to, new_context, new_entry, new_mark

NUMBERS = itertools.count()
NAME = new_entry().name
# What the guide says that a login needs.
POLICY = """
path "secret/data/{prefix}/*"     {{ capabilities = ["create", "read", "update"] }}
path "secret/delete/{prefix}/*"   {{ capabilities = ["update"] }}
path "secret/metadata/{prefix}"   {{ capabilities = ["list"] }}
path "secret/metadata/{prefix}/*" {{ capabilities = ["list"] }}
"""
NO_RIGHT = 'path "nothing/{prefix}" {{ capabilities = ["read"] }}'


@pytest.fixture
def prefix() -> str:
    """A prefix that no other test uses."""
    return f"vantage/test-{next(NUMBERS)}"


@pytest.fixture
def new_store(openbao: OpenBao, prefix: str, tmp_path: Path) -> Callable[..., Store]:
    """Makes a store below the test's prefix, with every right unless another login is given."""

    def make(concurrency: int = 4, **options: Any) -> Store:
        return store_from_option(openbao.options(**options), new_context(tmp_path, prefix, concurrency), {})

    return make


@pytest.fixture
def between(openbao: OpenBao) -> Iterator[Between]:
    """A server between the store and OpenBao, which injects faults."""
    with standing_between(openbao.url) as server:
        yield server


@pytest.fixture
def versionless(openbao: OpenBao, prefix: str) -> str:
    """The mount point of a KV engine of version 1."""
    mount = prefix.replace("/", "-")
    openbao.root.sys.enable_secrets_engine("kv", mount, options={"version": "1"})
    return mount


def test_entries_are_made_renewed_and_removed(new_store: Callable[..., Store]) -> None:
    StoreLifecycle(new_store).run()


def test_the_lifecycle_works_without_versions(new_store: Callable[..., Store], versionless: str) -> None:
    StoreLifecycle(lambda: new_store(engine_mount_point=versionless, engine_version=1)).run()


def test_the_lifecycle_works_with_the_least_policy(openbao: OpenBao, new_store: Callable[..., Store], prefix: str) -> None:
    openbao.allow("least", POLICY.format(prefix=prefix))
    token = openbao.new_token("least")
    StoreLifecycle(lambda: new_store(token=token)).run()


def test_the_lifecycle_works_without_versions_and_with_the_least_policy(
    openbao: OpenBao, new_store: Callable[..., Store], prefix: str, versionless: str
) -> None:
    rules = (
        f'path "{versionless}/{prefix}" {{ capabilities = ["list"] }}',
        f'path "{versionless}/{prefix}/*" {{ capabilities = ["create", "read", "update", "delete", "list"] }}',
    )
    openbao.allow("least-old", "\n".join(rules))
    token = openbao.new_token("least-old")

    StoreLifecycle(lambda: new_store(token=token, engine_mount_point=versionless, engine_version=1)).run()


def test_the_lifecycle_works_in_a_namespace(openbao: OpenBao, new_store: Callable[..., Store], prefix: str) -> None:
    openbao.root.adapter.put("/v1/sys/namespaces/teams")
    inside = hvac.Client(url=openbao.url, token=ROOT_TOKEN, namespace="teams")
    inside.sys.enable_secrets_engine("kv", "secret", options={"version": "2"})

    StoreLifecycle(lambda: new_store(namespace="teams")).run()
    new_store(namespace="teams").write([change_to(new_entry(), None)])

    assert openbao.read_tree(prefix) == {}
    assert inside.secrets.kv.v2.list_secrets(path=prefix)["data"]["keys"]


def test_the_place_of_the_store_is_its_address_and_path(openbao: OpenBao, new_store: Callable[..., Store], prefix: str) -> None:
    assert new_store().place == f"{openbao.url} secret/{prefix}"


def test_an_entry_is_stored_with_all_members_in_one_secret(openbao: OpenBao, new_store: Callable[..., Store], prefix: str) -> None:
    new_store().write([change_to(new_entry(), None), change_to(new_entry(2, "a/b", "night shift"), None)])

    assert openbao.read_tree(prefix) == {
        f"{prefix}/claims/default": new_entry().to_members(),
        f"{prefix}/a=2Fb/night=20shift": new_entry(2, "a/b", "night shift").to_members(),
    }


def test_reading_and_writing_take_no_needless_requests(new_store: Callable[..., Store], between: Between) -> None:
    names = [name_of_entry(f"app-{number}", "default") for number in range(30)]
    store = new_store(url=between.url)

    found = store.read(names, values=False)

    assert found == {}
    assert between.take_methods() == ["LIST"]

    marked = store.write([change_to(new_mark(), None)])[NAME]
    delivered = store.write([change_to(new_entry(), "")])[NAME]

    assert marked.status == "written"
    assert delivered.status == "written"
    # The version tells a mark, and the delivery has compared it; a delivery is read back.
    assert between.take_methods() == ["POST", "POST", "GET"]

    renewed = store.write([change_to(new_entry(2), "secret-1")])[NAME]

    # An entry that may have to be put back is read with its value.
    assert renewed.before == new_entry()
    assert between.take_methods() == ["GET", "POST", "GET"]


@pytest.mark.parametrize(("expected", "first"), [(None, 1), ("", 1), ("secret-0", 0)])
def test_of_many_runs_at_once_one_wins(new_store: Callable[..., Store], expected: str | None, first: int) -> None:
    if not first:
        new_store().write([change_to(new_entry(0), None)])
    stores = [new_store() for _number in range(12)]
    changes = [change_to(new_entry(number), expected) for number in range(1, 13)]

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda store, change: store.write([change])[NAME], stores, changes))

    assert [answer.status for answer in answers].count("written") == 1
    assert {answer.status for answer in answers} == {"written", "refused"}
    assert next(answer.after for answer in answers if answer.status == "written") == new_store().read([NAME], values=True)[NAME]


def test_a_version_of_another_run_is_not_removed(openbao: OpenBao, prefix: str, tmp_path: Path) -> None:
    """Another run writes between the look and the removal."""
    other = store_from_option(openbao.options(), new_context(tmp_path, prefix), {})
    other.write([change_to(new_entry(1), None)])

    class Late(HashiVaultStore):
        def delete(self, place: str, version: str) -> None:
            assert other.write([change_to(new_entry(2), "secret-1")])[NAME].status == "written"
            super().delete(place, version)

    store = Late(read_options("hashi_vault", Late.SPEC, {"url": openbao.url, "token": ROOT_TOKEN}, {}), new_context(tmp_path, prefix))

    answer = store.write([Change(NAME, None, "secret-1")])[NAME]

    assert answer.status == "failed"
    assert "is still there" in answer.reason
    assert other.read([NAME], values=True) == {NAME: new_entry(2)}


@pytest.mark.parametrize("status", ["refused", "in_doubt"])
def test_a_mark_that_others_write_repeatedly_is_not_replaced(new_store: Callable[..., Store], prefix: str, between: Between, status: str) -> None:
    """A value may replace any mark, but each time there is another one than the one that was looked at."""
    other = new_store()

    class Late(HashiVaultStore):
        def put(self, place: str, entry: Entry, version: str) -> None:
            mark = replace(new_mark(), reserved_at=f"2026-09-07T13:00:00.{next(NUMBERS):03}Z")
            assert other.write([change_to(mark, "")])[NAME].status == "written"
            if status == "in_doubt":
                between.faults = [Fault("answer", "GET", status=500, body={"errors": ["broken"]})]
            super().put(place, entry, version)

    store = Late(read_options("hashi_vault", Late.SPEC, {"url": between.url, "token": ROOT_TOKEN, "retries": 0}, {}), new_context("/", prefix))

    answer = store.write([change_to(new_entry(), "")])[NAME]

    assert answer.status == status
    assert answer.reason
    assert other.read([NAME], values=True)[NAME].id == ""


THEIRS = {"password": "theirs"}


@pytest.fixture
def foreign(openbao: OpenBao, prefix: str) -> str:
    """The path of a secret of somebody else in the place of an entry; another place has a copy of an entry of another client."""
    openbao.root.secrets.kv.v2.create_or_update_secret(path=f"{prefix}/claims/default", secret=THEIRS)
    openbao.root.secrets.kv.v2.create_or_update_secret(path=f"{prefix}/odd/default", secret=new_entry(7, "other").to_members())
    return f"{prefix}/claims/default"


@pytest.mark.usefixtures("foreign")
def test_a_secret_of_somebody_else_is_no_entry(new_store: Callable[..., Store]) -> None:
    store = new_store()
    assert store.read(None, values=True) == {}
    assert store.read([NAME, "odd/default"], values=True) == {}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change_to(new_mark(), None), id="mark"),
        pytest.param(change_to(new_entry(), ""), id="delivery"),
        pytest.param(change_to(new_entry(), "secret-1"), id="renewal"),
        pytest.param(change_to(new_entry(8, "odd"), "secret-7"), id="renewal of a copy"),
    ],
)
def test_a_secret_of_somebody_else_is_never_overwritten(openbao: OpenBao, new_store: Callable[..., Store], prefix: str, foreign: str, change: Change) -> None:
    answer = new_store().write([change])[change.name]

    assert answer.status == "failed"
    assert "rename it, or choose another prefix" in answer.reason
    assert openbao.read_tree(prefix)[foreign] == THEIRS


def test_many_threads_log_in_once(openbao: OpenBao, new_store: Callable[..., Store], prefix: str) -> None:
    login = new_approle(openbao, prefix, secret_id_num_uses=1)
    store = new_store(16, **login)
    store.check()
    store.prove()
    entries = [new_entry(1, f"app-{number}") for number in range(48)]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda entry: store.write([change_to(entry, None)])[entry.name], entries))

    assert {answer.status for answer in answers} == {"written"}
    assert len(openbao.read_tree(prefix)) == 48


def test_a_secret_id_that_is_used_up_is_reported_and_not_shown(openbao: OpenBao, new_store: Callable[..., Store], prefix: str) -> None:
    login = new_approle(openbao, prefix, secret_id_num_uses=1)
    new_store(**login).check()

    with pytest.raises(StoreError, match=r"Could not log in to .* by approle: invalid role or secret ID") as error:
        new_store(**login).check()

    assert login["secret_id"] not in str(error.value)


def new_approle(openbao: OpenBao, prefix: str, **settings: Any) -> dict[str, Any]:
    """Make a role that may do all that a run does, and return the store's options for it."""
    role = prefix.replace("/", "-")
    if "approle/" not in openbao.root.sys.list_auth_methods():
        openbao.root.sys.enable_auth_method("approle")
    openbao.allow(role, POLICY.format(prefix=prefix))
    openbao.root.auth.approle.create_or_update_approle(role, token_policies=[role], **settings)
    return {
        "auth_method": "approle",
        "role_id": openbao.root.auth.approle.read_role_id(role)["data"]["role_id"],
        "secret_id": openbao.root.auth.approle.generate_secret_id(role)["data"]["secret_id"],
    }


def test_a_token_that_expires_is_renewed_by_one_login(openbao: OpenBao, new_store: Callable[..., Store], prefix: str) -> None:
    store = new_store(8, **new_approle(openbao, prefix, secret_id_num_uses=2))
    entries = [new_entry(1, f"app-{number}") for number in range(16)]

    first = store.write([change_to(entries[0], None)])[entries[0].name]

    assert first.status == "written"

    revoke_tokens(openbao, prefix)
    answers = store.write([change_to(entry, None) for entry in entries[1:]])

    assert {answer.status for answer in answers.values()} == {"written"}

    revoke_tokens(openbao, prefix)
    late = store.write([change_to(new_entry(2, "late"), None)])["late/default"]

    # The secret_id has no uses left by now, and a denial right after a login does not cause another one.
    assert late.status == "failed"
    assert "permission denied" in late.reason


def test_after_a_token_has_expired_a_failed_login_is_tried_once(openbao: OpenBao, new_store: Callable[..., Store], prefix: str, between: Between) -> None:
    store = new_store(8, url=between.url, **new_approle(openbao, prefix, secret_id_num_uses=1))
    store.check()
    revoke_tokens(openbao, prefix)
    said = (
        "permission denied; this needs the capability create on .*, or a new login, which failed: Could not log in to .* by approle: invalid role or secret ID"
    )

    answers = store.write([change_to(new_entry(1, f"app-{number}"), None) for number in range(16)])

    assert {answer.status for answer in answers.values()} == {"failed"}
    assert [answer.reason for answer in answers.values() if not re.search(said, answer.reason)] == []
    assert sum(path == "/v1/auth/approle/login" for _method, path in between.calls) == 2


def revoke_tokens(openbao: OpenBao, prefix: str) -> None:
    """Let all tokens of a role expire."""
    for accessor in openbao.root.auth.token.list_accessors()["data"]["keys"]:
        if prefix.replace("/", "-") in openbao.root.auth.token.lookup_accessor(accessor)["data"]["policies"]:
            openbao.root.auth.token.revoke_accessor(accessor)


def test_an_invalid_token_is_reported_and_not_shown(new_store: Callable[..., Store]) -> None:
    with pytest.raises(StoreError, match=r"this needs the capability list on .*, or another token in the store's option token or in VAULT_TOKEN") as error:
        new_store(token="hvs.no-such-token").check()

    assert "no-such-token" not in str(error.value)


@pytest.mark.parametrize(
    ("rules", "call", "said"),
    [
        (NO_RIGHT, "check", "Could not list secret/metadata/{prefix} at {url}: permission denied; this needs the capability list on secret/metadata/{prefix}."),
        (NO_RIGHT, "read", "Could not read secret/data/{place} at {url}: permission denied; this needs the capability read on secret/data/{place}."),
        ('path "secret/data/{prefix}/*" {{ capabilities = ["read"] }}', "prove", "it needs the capability create, update on secret/data/{place}."),
        (
            'path "secret/data/{prefix}/*" {{ capabilities = ["read", "create", "update"] }}',
            "prove",
            "it needs the capability update on secret/delete/{place}.",
        ),
    ],
)
def test_a_missing_capability_is_named(openbao: OpenBao, new_store: Callable[..., Store], prefix: str, rules: str, call: str, said: str) -> None:
    openbao.allow("refusing", rules.format(prefix=prefix))
    store = new_store(token=openbao.new_token("refusing"))
    calls = {"check": store.check, "prove": lambda: store.prove([NAME]), "read": lambda: store.read([NAME], values=False)}

    with pytest.raises(StoreError) as error:
        calls[call]()

    assert said.format(prefix=prefix, place=f"{prefix}/claims/default", url=openbao.url) in str(error.value)


@pytest.fixture
def one_clients_token(openbao: OpenBao, prefix: str) -> str:
    """The token of a login that may write the entries of one client only."""
    rules = (f'path "secret/{part}/{prefix}/claims/*" {{ capabilities = ["create", "read", "update"] }}' for part in ("data", "delete"))
    openbao.allow("one-client", "\n".join(rules))
    return openbao.new_token("one-client")


def test_the_proof_needs_only_the_rights_for_the_names_to_be_written(new_store: Callable[..., Store], one_clients_token: str) -> None:
    new_store(token=one_clients_token).prove([NAME])


@pytest.mark.parametrize("names", [[], ["other/default"], [NAME, "other/default"]])
def test_the_proof_of_other_names_names_the_missing_rights(new_store: Callable[..., Store], one_clients_token: str, names: list[str]) -> None:
    with pytest.raises(StoreError, match="may not write to the store: it needs the capability create, update, read on secret/data/"):
        new_store(token=one_clients_token).prove(names)


def test_a_successful_write_is_a_proof(new_store: Callable[..., Store], one_clients_token: str) -> None:
    store = new_store(token=one_clients_token)
    store.read([NAME], values=False)
    store.write([change_to(new_mark(), None)])

    store.prove()


def test_a_login_that_may_neither_list_nor_ask_for_its_rights_reads_and_writes_by_name(openbao: OpenBao, new_store: Callable[..., Store], prefix: str) -> None:
    openbao.allow("by-name", f'path "secret/data/{prefix}/*" {{ capabilities = ["create", "read", "update"] }}')
    names = [NAME, *(name_of_entry(f"app-{number}", "default") for number in range(20))]
    store = new_store(token=openbao.new_token("by-name", no_default_policy=True))

    before = store.read(names, values=False)
    store.prove([NAME])
    answer = store.write([change_to(new_entry(), None)])[NAME]
    after = store.read(names, values=True)

    assert before == {}
    assert answer.status == "written"
    assert after == {NAME: new_entry()}


@pytest.mark.parametrize(("granted", "status", "needed"), [('"read"', "failed", "create"), ('"create", "update"', "in_doubt", "read")])
def test_a_login_that_may_only_read_or_only_write_is_reported(
    openbao: OpenBao, new_store: Callable[..., Store], prefix: str, granted: str, status: str, needed: str
) -> None:
    openbao.allow("half", f'path "secret/data/{prefix}/*" {{ capabilities = [{granted}] }}')
    store = new_store(token=openbao.new_token("half"))

    answer = store.write([change_to(new_entry(), None)])[NAME]

    assert answer.status == status
    assert f"permission denied; this needs the capability {needed} on secret/data/{prefix}/claims/default." in answer.reason


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_connection_that_breaks_once_is_no_failure(new_store: Callable[..., Store], between: Between, kind: Any, method: str) -> None:
    store = new_store(url=between.url)

    for entry, expected, before in ((new_mark(), None, None), (new_entry(), "", new_mark()), (new_entry(2), "secret-1", new_entry())):
        between.faults = [Fault(kind, method, times=1)]
        answer = store.write([change_to(entry, expected)])[NAME]

        assert answer.status == "written"
        # Before is the entry that the run found, not the one that its own first attempt has written.
        assert answer.before == before
        assert answer.after == entry
        # A mark is not read back.
        assert between.faults[0].times == (1 if entry.reserved_at and method == "GET" else 0)

    between.faults = [Fault(kind, method, times=1)]
    removed = store.write([Change(NAME, None, "secret-2")])[NAME]

    assert removed.status == "written"
    assert new_store().read(None, values=False) == {}


@pytest.mark.parametrize(("kind", "status", "number"), [("drop_before", "failed", 1), ("drop_after", "written", 2)])
def test_after_a_connection_that_always_breaks_the_entry_decides(
    new_store: Callable[..., Store], between: Between, kind: Any, status: str, number: int
) -> None:
    store = new_store(url=between.url, retries=1)
    store.write([change_to(new_entry(), None)])
    between.faults = [Fault(kind, "POST")]

    answer = store.write([change_to(new_entry(2), "secret-1")])[NAME]

    assert answer.status == status
    assert answer.before == new_entry()
    assert bool(answer.reason) is (status == "failed")
    assert new_store().read([NAME], values=True)[NAME] == new_entry(number)


def test_a_write_without_a_timely_response_is_in_doubt(new_store: Callable[..., Store], between: Between) -> None:
    store = new_store(url=between.url, retries=0, timeout=1)
    store.write([change_to(new_entry(), None)])
    between.faults = [Fault("late", "POST", seconds=1.5)]

    late = store.write([change_to(new_entry(2), "secret-1")])[NAME]

    assert late.status == "in_doubt"
    assert "there was no answer within 1 s; see the store's option timeout" in late.reason

    wait_until(lambda: new_store().read([NAME], values=True)[NAME] == new_entry(2))
    again = store.write([change_to(new_entry(2), "secret-1")])[NAME]

    # The entry has arrived by now, so that a repeated write is no change.
    assert again.status == "written"


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    until = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("status", [412, 429, 503])
def test_a_busy_server_is_asked_again(new_store: Callable[..., Store], between: Between, status: int) -> None:
    store = new_store(url=between.url)
    between.faults = [Fault("answer", method, times=2, status=status, body={"errors": ["busy"]}) for method in ("POST", "GET", "LIST")]

    store.check()
    answer = store.write([change_to(new_entry(), None)])[NAME]

    assert answer.status == "written"
    assert [fault.times for fault in between.faults] == [0, 0, 0]


def test_a_server_that_stays_sealed_is_reported(new_store: Callable[..., Store], between: Between) -> None:
    store = new_store(url=between.url, retries=0)
    between.faults = [Fault("answer", "LIST", status=503, body={"errors": ["Vault is sealed"]})]

    with pytest.raises(StoreError, match=r"Could not list .*: Vault is sealed; wait until the server is ready, and run again\."):
        store.check()


@pytest.mark.parametrize("body", [b"<html>Please log in</html>", b"[]", b'{"data": {"data": {}}}', b'{"data": null}'])
def test_a_secret_that_is_not_from_an_engine_is_reported(new_store: Callable[..., Store], between: Between, body: bytes) -> None:
    between.faults = [Fault("answer", method, body=body) for method in ("GET", "LIST")]

    with pytest.raises(StoreError, match=r"the response is not from a KV engine of version 2; check url, engine_mount_point and engine_version\."):
        new_store(url=between.url).read([NAME], values=False)


@pytest.mark.parametrize("body", [b"<html>Please log in</html>", b"[]", b'{"data": null}'])
def test_a_list_that_is_not_from_an_engine_is_reported(new_store: Callable[..., Store], between: Between, body: bytes) -> None:
    between.faults = [Fault("answer", method, body=body) for method in ("GET", "LIST")]

    with pytest.raises(StoreError, match=r"Could not list .*: the response is not from a KV engine"):
        new_store(url=between.url).check()


DEEP = b"[" * 100_000


@pytest.mark.parametrize(("status", "body"), [(500, b"[]"), (500, b'{"errors": [1]}'), (400, b'{"errors": "x"}'), (200, DEEP), (502, DEEP), (500, b"")])
def test_no_response_of_the_server_causes_a_traceback(new_store: Callable[..., Store], between: Between, status: int, body: bytes) -> None:
    between.faults = [Fault("answer", method, status=status, body=body) for method in ("GET", "LIST", "POST")]
    store = new_store(url=between.url, retries=0)

    for attempt in (store.check, lambda: store.read([NAME], values=False)):
        with pytest.raises(StoreError, match="Could not "):
            attempt()

    answer = store.write([change_to(new_entry(), None)])[NAME]

    assert answer.status in ("failed", "in_doubt")


def test_characters_that_a_header_cannot_have_are_reported(new_store: Callable[..., Store]) -> None:
    with pytest.raises(StoreError, match=r"is not valid .*; check url, namespace and ca_cert"):
        new_store(namespace="teams/\U0001f511", retries=0).check()


@pytest.fixture
def token(openbao: OpenBao) -> str:
    """A token with every right, which is not that of the other tests."""
    return openbao.new_token("root", ttl="1h")


def test_no_message_contains_a_secret(new_store: Callable[..., Store], between: Between, token: str) -> None:
    repeats = {"errors": [f"cannot parse {new_entry().value} of {token}"]}
    between.faults = [Fault("answer", "POST", status=400, body=repeats), Fault("answer", "LIST", status=500, body=repeats)]
    store = new_store(url=between.url, token=token, retries=0)

    reason = store.write([change_to(new_entry(), None)])[NAME].reason
    with pytest.raises(StoreError) as error:
        store.read(None, values=False)

    assert "cannot parse ******** of ********" in reason
    assert token not in reason
    assert new_entry().value not in reason
    assert token not in str(error.value)


def test_a_long_message_is_masked_before_it_is_cut(new_store: Callable[..., Store], between: Between, token: str) -> None:
    """Otherwise half of a secret would be left at the cut."""
    between.faults = [Fault("answer", "POST", status=400, body={"errors": [f"{'x' * 480} {new_entry().value * 9} {token * 9}"]})]
    store = new_store(url=between.url, token=token, retries=0)

    reason = store.write([change_to(new_entry(), None)])[NAME].reason

    assert "***" in reason
    assert len(reason) < 700
    assert token[:8] not in reason
    assert new_entry().value not in reason


def test_an_engine_of_version_1_is_reported(new_store: Callable[..., Store], versionless: str) -> None:
    with pytest.raises(ConfigError, match=rf"The engine {versionless} at .* is KV version 1; set the store's option engine_version to 1\."):
        new_store(engine_mount_point=versionless).check()


def test_an_engine_of_version_2_is_reported(new_store: Callable[..., Store]) -> None:
    with pytest.raises(ConfigError, match="is KV version 2; set the store's option engine_version to 2"):
        new_store(engine_version="1").check()


def test_a_missing_engine_is_reported(new_store: Callable[..., Store]) -> None:
    with pytest.raises(StoreError, match=r"no handler for route .*; check engine_mount_point, mount_point and namespace"):
        new_store(engine_mount_point="nowhere").check()


def test_no_proxy_is_used_for_this_machine(new_store: Callable[..., Store], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    new_store().check()


def test_a_server_that_does_not_listen_fails_the_check(new_store: Callable[..., Store]) -> None:
    with pytest.raises(StoreError, match=r"Could not list .* at http://127.0.0.1:9: the connection failed \(.*refused.*\); check the store's option url"):
        new_store(url="http://127.0.0.1:9", retries=0).check()


def test_a_server_that_does_not_listen_fails_the_write(new_store: Callable[..., Store]) -> None:
    answer = new_store(url="http://127.0.0.1:9", retries=0).write([change_to(new_entry(), None)])[NAME]
    assert answer.status == "failed"
    assert "the connection failed" in answer.reason


def test_a_server_that_is_killed_during_a_run_fails_the_writes_after_it(tmp_path: Path) -> None:
    entries = [new_entry(1, f"app-{number}") for number in range(100)]
    with running_openbao(tmp_path) as server:
        store = store_from_option(server.options(retries=1), new_context(tmp_path, concurrency=8), {})
        store.check()

        def write(number: int) -> Written:
            return store.write([change_to(entries[number], None)])[entries[number].name]

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(write, range(30)))
            during = pool.map(write, range(30, 50))
            server.kill()
            answers += [*during, *pool.map(write, range(50, 100))]

    assert {answer.status for answer in answers[:30]} == {"written"}
    assert [answer.status for answer in answers[50:] if answer.status not in ("failed", "in_doubt")] == []
    assert [answer.reason for answer in answers[50:] if "the connection failed" not in answer.reason] == []

    with pytest.raises(StoreError, match="the connection failed"):
        store.read(None, values=False)


def test_a_missing_library_is_reported_with_the_command_that_installs_it(new_store: Callable[..., Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hvac", None)
    with pytest.raises(ConfigError, match=r"needs the Python package hvac beside ansible-playbook, which is missing; install it with '.* -m pip install hvac'"):
        new_store().check()


@pytest.mark.parametrize("wrong", ["", "/", "a b", "vantage//x", "..", "vantage/../x", "ä"])
def test_a_prefix_that_is_no_path_is_refused(openbao: OpenBao, tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigError, match="give it parts of letters, digits"):
        store_from_option(openbao.options(), new_context(tmp_path, wrong), {}).check()


def test_names_of_usual_length_have_no_problems(new_store: Callable[..., Store]) -> None:
    assert new_store().problems([NAME, name_of_entry("a" * 200, "b" * 2000)]) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (name_of_entry("a", "é" * 700), "which is more than 4000; shorten its description or the prefix"),
        ("a\ud800/b", "lone surrogate"),
    ],
)
def test_a_name_that_vault_cannot_store_is_reported_in_advance(new_store: Callable[..., Store], name: str, said: str) -> None:
    (problem,) = new_store().problems([NAME, name])
    assert said in problem


def test_plain_http_causes_a_warning(tmp_path: Path) -> None:
    warned: list[str] = []
    option = {"type": "hashi_vault", "url": "http://vault.invalid", "token": "x", "retries": 0}
    store = store_from_option(option, replace(new_context(tmp_path), warn=warned.append), {})

    with pytest.raises(StoreError):
        store.check()

    assert len(warned) == 1
    assert "cross the network in clear; use https" in warned[0]


@pytest.mark.parametrize("url", ["vault.example.com", "ftp://vault", "https://", "https://u:geheim@vault", "https://vault:port"])
def test_an_invalid_address_is_explained_and_its_password_not_shown(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match=r"write an address such as https://vault\.example\.com:8200") as error:
        store_from_option({"type": "hashi_vault", "url": url, "token": "x"}, new_context(tmp_path), {})

    assert "geheim" not in str(error.value)
