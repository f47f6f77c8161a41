# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store kubernetes: its client against a stand-in of the API server."""

from __future__ import annotations

import base64
import itertools
import json
import logging
import re
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import trustme
import yaml

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import dns_label
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Store, StoreError, name_of_entry
from ansible_collections.abbyy.vantage.tests.integration.support.stores.between import Between, Fault, standing_between
from ansible_collections.abbyy.vantage.tests.integration.support.stores.kubernetes_api import (
    NAMESPACE,
    SUBDOMAIN,
    TOKEN,
    VERBS,
    KubernetesApi,
    running_kubernetes,
)
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import read_store_examples
from ansible_collections.abbyy.vantage.tests.unit.support.server_faults import ServerFaults
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import (
    ODD,
    ODD_DESCRIPTION,
    StoreLifecycle,
    change_to,
    new_context,
    new_entry,
    new_mark,
)

PREFIX = "vantage/contoso"
NAME, SECRET = new_entry().name, "vantage.contoso.claims.default"


@pytest.fixture
def api() -> Iterator[KubernetesApi]:
    """A cluster with nothing in it."""
    with running_kubernetes() as server:
        yield server


@pytest.fixture
def between(api: KubernetesApi) -> Iterator[Between]:
    """A server between the store and the cluster, which injects faults."""
    with standing_between(api.url, api.answer) as server:
        yield server


@pytest.fixture
def new_store(api: KubernetesApi, tmp_path: Path) -> Callable[..., Store]:
    """Makes a store of the cluster, with every right unless another login is given."""

    def make(concurrency: int = 4, prefix: str = PREFIX, **options: Any) -> Store:
        return store_from_option(api.options(**options), new_context(tmp_path, prefix, concurrency), {})

    return make


def test_entries_are_made_renewed_and_removed(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    StoreLifecycle(new_store).run()
    assert api.secrets == {}


def test_the_lifecycle_works_page_by_page(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    api.most_per_page = 2
    StoreLifecycle(new_store).run()


@pytest.fixture
def faults(api: KubernetesApi, between: Between, new_store: Callable[..., Store]) -> ServerFaults:
    """The injection of faults into the requests about one entry."""
    return ServerFaults(lambda url: new_store(host=url, retries=0), between, lambda: api.entry(SECRET) if api.secrets else None)


def test_every_fault_is_reported_truly_at_every_request(faults: ServerFaults) -> None:
    faults.fault_at_every_request()


def test_the_next_run_completes_one_that_ended_at_any_request(faults: ServerFaults) -> None:
    faults.end_at_every_request()


def test_another_run_at_any_request_is_noticed(faults: ServerFaults) -> None:
    faults.other_run_at_every_request()


def test_an_entry_is_stored_in_a_secret_with_labels_and_annotations(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    store = new_store(labels={"team": "platform"}, annotations={"example.com/contact": "claims@example.com"})
    entry = replace(new_entry(), labels={"team": "claims", "tier": "gold", "cost center": "47 11", "app.kubernetes.io/managed-by": "us"})

    store.write([change_to(entry, None)])
    secret = api.secrets[SECRET]
    metadata = secret["metadata"]

    assert {key: base64.b64decode(value).decode() for key, value in secret["data"].items()} == {
        name: value for name, value in entry.to_members().items() if name != "labels"
    }
    # The labels that Kubernetes accepts are labels of the secret; all of them are in an annotation. The store's own override the app's.
    assert metadata["labels"] == {
        "team": "platform",
        "tier": "gold",
        "app.kubernetes.io/managed-by": "abbyy.vantage",
        "abbyy.com/vantage-store": "vantage.contoso",
    }
    assert metadata["annotations"]["example.com/contact"] == "claims@example.com"
    assert json.loads(metadata["annotations"]["abbyy.com/vantage-labels"]) == entry.labels
    assert new_store().read([NAME], values=True) == {NAME: entry}


def test_the_role_of_the_guide_is_for_secrets_in_the_namespace() -> None:
    role, rule = role_of_guide()

    assert rule["apiGroups"] == [""]
    assert rule["resources"] == ["secrets"]
    assert role["metadata"]["namespace"] == NAMESPACE


def test_the_role_of_the_guide_is_enough_for_the_lifecycle(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    _role, rule = role_of_guide()
    api.verbs[TOKEN] = frozenset(rule["verbs"])
    StoreLifecycle(new_store).run()


def role_of_guide() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the role of the guide, and its one rule."""
    (role,) = [document for document in read_store_examples("kubernetes") if document.get("kind") == "Role"]
    (rule,) = role["rules"]
    return role, rule


def test_the_deployment_of_the_guide_finds_its_secret(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    entry = new_entry(1, "invoice-intake")
    new_store().write([change_to(entry, None)])
    (deployment,) = [document for document in read_store_examples("kubernetes") if document.get("kind") == "Deployment"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]

    found = {}
    for variable in container["env"]:
        reference = variable["valueFrom"]["secretKeyRef"]
        found[variable["name"]] = base64.b64decode(api.secrets[reference["name"]]["data"][reference["key"]]).decode()

    assert found == {"APP_CLIENT_ID": "invoice-intake", "APP_CLIENT_SECRET": entry.value}


def test_the_selector_of_the_guide_finds_the_secret(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    new_store().write([change_to(new_entry(1, "invoice-intake"), None)])

    # The guide has it in kubectl get secrets --selector.
    assert api.secrets["vantage.contoso.invoice-intake.default"]["metadata"]["labels"]["abbyy.com/vantage-store"] == "vantage.contoso"


def test_the_option_of_the_guide_works(api: KubernetesApi, tmp_path: Path) -> None:
    (option,) = [document["app_onboarding_store"] for document in read_store_examples("kubernetes") if "app_onboarding_store" in document]
    (tmp_path / option["ca_cert"]).write_bytes(trustme.CA().cert_pem.bytes())
    store_from_option(option, new_context(tmp_path), {"K8S_AUTH_HOST": api.url, "K8S_AUTH_API_KEY": TOKEN}).check()


def test_metadata_that_others_have_added_is_kept(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    new_store().write([change_to(new_entry(1), None)])
    metadata = api.secrets[SECRET]["metadata"]
    metadata["labels"]["watch"] = "yes"
    metadata["annotations"]["reloader/match"] = "true"
    metadata["ownerReferences"] = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "1"}]

    new_store().write([change_to(new_entry(2), "secret-1")])
    after = api.secrets[SECRET]["metadata"]

    assert after["labels"]["watch"] == "yes"
    assert after["annotations"]["reloader/match"] == "true"
    assert after["ownerReferences"][0]["name"] == "x"


def test_a_label_that_an_app_no_longer_has_is_removed(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    new_store().write([change_to(new_entry(1), None)])

    new_store().write([change_to(replace(new_entry(2), labels={"cost": "1"}), "secret-1")])
    labels = api.secrets[SECRET]["metadata"]["labels"]

    assert "team" not in labels
    assert labels["cost"] == "1"


def test_reading_and_writing_take_no_needless_requests(new_store: Callable[..., Store], between: Between) -> None:
    names = [name_of_entry(f"app-{number}", "default") for number in range(30)]
    store = new_store(host=between.url)

    found = store.read(names, values=False)

    assert found == {}
    assert between.take_methods() == ["GET"]

    marked = store.write([change_to(new_mark(), None)])[NAME]
    delivered = store.write([change_to(new_entry(), "")])[NAME]

    assert marked.status == "written"
    assert delivered.status == "written"
    assert between.take_methods() == ["POST", "PUT", "GET"]

    renewed = store.write([change_to(new_entry(2), "secret-1")])[NAME]

    assert renewed.before == new_entry()
    assert between.take_methods() == ["GET", "PUT", "GET"]


@pytest.mark.parametrize("expected", [None, "", "secret-0"])
def test_of_many_runs_at_once_one_wins(new_store: Callable[..., Store], expected: str | None) -> None:
    if expected:
        new_store().write([change_to(new_entry(0), None)])
    stores = [new_store() for _number in range(8)]
    changes = [change_to(new_entry(number), expected) for number in range(1, 9)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda store, change: store.write([change])[NAME], stores, changes))

    assert [answer.status for answer in answers].count("written") == 1
    assert {answer.status for answer in answers} == {"written", "refused"}
    assert next(answer.after for answer in answers if answer.status == "written") == new_store().read([NAME], values=True)[NAME]


def put_foreign_secrets(api: KubernetesApi) -> str:
    """Let somebody else make a Secret in the place of an entry, a copy of an entry, and one with our labels; return what the cluster holds."""
    ours = {"app.kubernetes.io/managed-by": "abbyy.vantage", "abbyy.com/vantage-store": "vantage.contoso"}
    api.put(SECRET, {"password": "theirs"})
    api.put("copy", {"client_id": "claims", "description": "default", "id": "secret-7"}, labels=ours)
    api.put("vantage.contoso.odd.default", {"password": "theirs"}, labels=ours)
    return json.dumps(api.secrets)


def test_a_secret_of_somebody_else_is_no_entry(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    put_foreign_secrets(api)

    assert new_store().read(None, values=True) == {}
    assert new_store().read([NAME, "odd/default"], values=True) == {}


def test_a_secret_of_somebody_else_is_left_alone(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    theirs = put_foreign_secrets(api)

    for change in (change_to(new_mark(), None), change_to(new_entry(), "secret-1"), change_to(new_entry(1, "odd"), None), Change(NAME, None, "")):
        answer = new_store().write([change])[change.name]

        assert answer.status == "failed"
        assert "rename it, or choose another prefix" in answer.reason
        assert json.dumps(api.secrets) == theirs


def test_prefixes_with_one_label_share_a_namespace(new_store: Callable[..., Store]) -> None:
    """The names of their secrets tell them apart."""
    one, other = new_store(prefix="vantage/contoso"), new_store(prefix="vantage.contoso")

    one.write([change_to(new_entry(), None)])
    other.write([change_to(new_entry(2), None)])

    assert list(one.read(None, values=True).values()) == [new_entry()]
    assert list(other.read(None, values=True).values()) == [new_entry(2)]


def test_a_prefix_that_is_too_long_for_a_label_is_kept_apart(new_store: Callable[..., Store]) -> None:
    new_store().write([change_to(new_entry(), None)])
    long = new_store(prefix="/".join(["department"] * 9))

    long.write([change_to(new_entry(3), None)])

    assert list(long.read(None, values=True).values()) == [new_entry(3)]


TEXTS = (
    "",
    "a",
    "A",
    "a-b",
    "a--b",
    "-a",
    "a-",
    "a-B",
    "aB",
    "a b",
    "a.b",
    "a/b",
    "é",
    "a-é",
    "é-b",
    "x--0",
    "x----41",
    "x",
    "2d",
    "--2d",
    "a--2d",
    "a--2d-b",
    "\u00e9",
    "e\u0301",
)


def test_every_text_has_a_valid_label_of_its_own() -> None:
    labels = {text: dns_label(text) for text in TEXTS}
    assert len(set(labels.values())) == len(set(TEXTS))
    assert [label for label in labels.values() if not SUBDOMAIN.fullmatch(label)] == []


def test_no_two_short_texts_have_the_same_label() -> None:
    words = ["".join(letters) for length in range(5) for letters in itertools.product("a2dX-", repeat=length)]
    assert len({dns_label(word) for word in words}) == len(words)


@pytest.mark.parametrize(
    ("client_id", "description", "secret"),
    [
        ("claims-intake", "default", "vantage.contoso.claims-intake.default"),
        ("InvoiceImport", "night shift", "vantage.contoso.x----49nvoice--49mport.night--20shift"),
        (
            ODD,
            ODD_DESCRIPTION,
            "vantage.contoso.x----43laims--2f--49ntake--2b--45--55.night--20--7b--7b--20--27--41--27--20--7d--7d--20--2f--20--c3--a9--20--252--46--20--3d",
        ),
    ],
)
def test_the_name_of_a_secret_is_made_of_client_and_description(
    api: KubernetesApi, new_store: Callable[..., Store], client_id: str, description: str, secret: str
) -> None:
    answer = new_store().write([change_to(new_entry(1, client_id, description), None)])[name_of_entry(client_id, description)]
    assert answer.status == "written"
    assert list(api.secrets) == [secret]


def test_a_name_that_is_too_long_is_reported_in_advance(new_store: Callable[..., Store]) -> None:
    (said,) = new_store().problems([NAME, f"claims/{'x' * 231}"])
    assert "in a Secret with a name of 254 characters, and Kubernetes allows 253; shorten its description or the prefix." in said


def test_a_lone_surrogate_is_reported_in_advance(new_store: Callable[..., Store]) -> None:
    assert "half of a character" in new_store().problems(["claims/\ud800"])[0]


@pytest.mark.parametrize(
    ("verb", "call", "said"),
    [
        ("list", "check", "Could not list the Secrets in the namespace vantage at {url}: secrets is forbidden: .*; this needs the verb list on secrets"),
        ("get", "read", "Could not read the Secret vantage.contoso.claims.default in the namespace vantage at {url}: .*; this needs the verb get on secrets"),
        ("create", "prove", "The login at {url} may not write to the store: it needs the verb create on secrets in the namespace vantage."),
        ("update", "prove", "it needs the verb update on secrets in the namespace vantage."),
        ("delete", "prove", "it needs the verb delete on secrets in the namespace vantage."),
    ],
)
def test_a_missing_verb_is_named(api: KubernetesApi, new_store: Callable[..., Store], verb: str, call: str, said: str) -> None:
    api.verbs[TOKEN] = VERBS - {verb}
    store = new_store()
    calls = {"check": store.check, "prove": lambda: store.prove([NAME]), "read": lambda: store.read([NAME], values=False)}

    with pytest.raises(StoreError, match=said.format(url=re.escape(api.url))):
        calls[call]()


def test_a_login_that_may_not_ask_for_its_rights_finds_out_by_writing(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    api.refuses_reviews = True
    api.verbs[TOKEN] = VERBS - {"create"}
    store = new_store()

    store.prove([NAME])
    answer = store.write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "failed"
    assert "this needs the verb create on secrets in the namespace vantage." in answer.reason


def test_an_invalid_login_is_reported_and_not_shown(new_store: Callable[..., Store]) -> None:
    with pytest.raises(StoreError, match=r"Unauthorized; the login is not valid or has expired: check kubeconfig, context or api_key\.") as error:
        new_store(api_key="no-such-token").check()

    assert "no-such-token" not in str(error.value)


def test_a_missing_namespace_is_reported(new_store: Callable[..., Store]) -> None:
    answer = new_store(namespace="nowhere").write([change_to(new_mark(), None)])[NAME]
    assert answer.status == "failed"
    assert 'namespaces "nowhere" not found; make the namespace, or set the store\'s option namespace.' in answer.reason


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(new_store: Callable[..., Store], between: Between, status: int) -> None:
    store = new_store(host=between.url)
    between.faults = [
        Fault("answer", method, times=1, status=status, body={"kind": "Status"}, headers={"Retry-After": "0"}) for method in ("POST", "GET", "PUT")
    ]

    store.check()
    marked = store.write([change_to(new_mark(), None)])[NAME]
    delivered = store.write([change_to(new_entry(), "")])[NAME]

    assert marked.status == "written"
    assert delivered.status == "written"
    assert [fault.times for fault in between.faults] == [0, 0, 0]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_connection_that_breaks_once_is_no_failure(new_store: Callable[..., Store], between: Between, kind: Any) -> None:
    store = new_store(host=between.url)

    for change in (change_to(new_mark(), None), change_to(new_entry(), ""), change_to(new_entry(2), "secret-1"), Change(NAME, None, "secret-2")):
        between.faults = [Fault(kind, method, times=1) for method in ("POST", "PUT", "DELETE")]
        answer = store.write([change])[NAME]

        assert answer.status == "written", change


def test_a_write_without_a_timely_response_is_in_doubt(new_store: Callable[..., Store], between: Between) -> None:
    store = new_store(host=between.url, retries=0, timeout=1)
    store.write([change_to(new_entry(), None)])
    between.faults = [Fault("late", "PUT", seconds=1.2)]

    answer = store.write([change_to(new_entry(2), "secret-1")])[NAME]

    assert answer.status == "in_doubt"
    assert "no answer within 1 s; see the store's option timeout" in answer.reason


@pytest.mark.parametrize(
    ("status", "body", "written"),
    [
        (200, b"<html>Please log in</html>", "in_doubt"),
        (200, b"[]", "in_doubt"),
        (200, b"{}", "in_doubt"),
        (404, b"<html>", "failed"),
        (200, b"[" * 100_000, "in_doubt"),
        (500, b"{", "in_doubt"),
        (502, b"", "in_doubt"),
    ],
)
def test_a_response_that_is_not_from_a_cluster_is_reported(new_store: Callable[..., Store], between: Between, status: int, body: bytes, written: str) -> None:
    between.faults = [Fault("answer", method, status=status, body=body) for method in ("GET", "POST")]
    store = new_store(host=between.url, retries=0)

    for attempt in (store.check, lambda: store.read([NAME], values=False)):
        with pytest.raises(StoreError, match="Could not "):
            attempt()

    answer = store.write([change_to(new_mark(), None)])[NAME]

    assert answer.status == written


def test_no_message_and_no_log_contains_a_secret(new_store: Callable[..., Store], between: Between, caplog: pytest.LogCaptureFixture) -> None:
    value = new_entry().value
    coded = base64.b64encode(value.encode()).decode()
    caplog.set_level(logging.DEBUG)
    store = new_store(host=between.url, retries=0)

    between.faults = [Fault("answer", "POST", status=422, body={"kind": "Status", "message": f"cannot take {value}, {coded} of {TOKEN}"})]
    reason = store.write([change_to(new_entry(), None)])[NAME].reason

    assert "cannot take ********, ******** of ********" in reason
    assert [text for text in (value, coded, TOKEN) if text in reason] == []

    between.faults = []
    answer = store.write([change_to(new_entry(), None)])[NAME]
    found = store.read(None, values=True)

    assert answer.status == "written"
    assert found[NAME] == new_entry()
    assert [text for text in (value, coded, TOKEN) if text in caplog.text] == []


@pytest.mark.parametrize("items", [["x"], [{}], [{"metadata": {}}], [{"metadata": {"uid": "1", "resourceVersion": "1"}}], [{"metadata": []}], "x", None])
def test_a_response_that_is_no_list_of_secrets_is_reported(new_store: Callable[..., Store], between: Between, items: Any) -> None:
    between.faults = [Fault("answer", "GET", body={"metadata": {}, "items": items})]

    with pytest.raises(StoreError, match=r"^Could not (list|read) .*: the response is not from Kubernetes; check host\.$"):
        new_store(host=between.url).read(None, values=False)


@pytest.mark.parametrize("text", ["[", "[" * 100_000, "[]", '"x"', "{"])
def test_labels_that_somebody_has_spoilt_are_ignored(api: KubernetesApi, new_store: Callable[..., Store], text: str) -> None:
    new_store().write([change_to(new_entry(), None)])
    api.secrets[SECRET]["metadata"]["annotations"]["abbyy.com/vantage-labels"] = text

    found = new_store().read([NAME], values=True)
    renewed = new_store().write([change_to(new_entry(2), "secret-1")])[NAME]

    assert found == {NAME: replace(new_entry(), labels={})}
    assert renewed.status == "written"


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_is_not_followed(api: KubernetesApi, new_store: Callable[..., Store], between: Between, status: int) -> None:
    location = {"Location": f"{api.url}/api/v1/namespaces/{NAMESPACE}/secrets"}
    between.faults = [Fault("answer", method, status=status, body={}, headers=location) for method in ("GET", "POST")]
    store = new_store(host=between.url)

    with pytest.raises(StoreError, match=rf"it was redirected \({status}\), which is not followed; check host\."):
        store.check()

    answer = store.write([change_to(new_mark(), None)])[NAME]

    assert "which is not followed" in answer.reason
    assert api.secrets == {}


def test_a_server_that_does_not_listen_fails_the_check(new_store: Callable[..., Store]) -> None:
    with pytest.raises(StoreError, match=r"the connection failed \(.*refused.*\); check the store's option host"):
        new_store(host="http://127.0.0.1:9", retries=0).check()


def test_a_server_that_does_not_listen_fails_the_write(new_store: Callable[..., Store]) -> None:
    answer = new_store(host="http://127.0.0.1:9", retries=0).write([change_to(new_entry(), None)])[NAME]
    assert answer.status == "failed"


def test_no_proxy_is_used_for_this_machine(new_store: Callable[..., Store], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    new_store().check()


def kubeconfig_of(api: KubernetesApi, path: Path, **user: str) -> str:
    """Write a kubeconfig whose current context leads nowhere, and one beside it to the stand-in."""
    clusters = [{"name": name, "cluster": {"server": url}} for name, url in (("stand-in", api.url), ("nowhere", "http://127.0.0.1:9"))]
    contexts = [{"name": name, "context": {"cluster": name, "user": "onboarding"}} for name in ("stand-in", "nowhere")]
    users = [{"name": "onboarding", "user": {"token": TOKEN, **user}}]
    content = {"apiVersion": "v1", "kind": "Config", "current-context": "nowhere", "clusters": clusters, "contexts": contexts, "users": users}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path.name


def test_a_kubeconfig_and_its_context_supply_the_login(api: KubernetesApi, tmp_path: Path) -> None:
    name = kubeconfig_of(api, tmp_path / "kubeconfig")
    option = {"type": "kubernetes", "namespace": NAMESPACE, "kubeconfig": name, "context": "stand-in"}
    StoreLifecycle(lambda: store_from_option(option, new_context(tmp_path), {})).run()


def test_the_environment_supplies_the_kubeconfig_and_its_context(api: KubernetesApi, tmp_path: Path) -> None:
    name = kubeconfig_of(api, tmp_path / "kubeconfig")
    environ = {"K8S_AUTH_KUBECONFIG": str(tmp_path / name), "K8S_AUTH_CONTEXT": "stand-in"}
    store_from_option({"type": "kubernetes", "namespace": NAMESPACE}, new_context(tmp_path), environ).check()


def test_the_current_context_of_a_kubeconfig_is_the_default(api: KubernetesApi, tmp_path: Path) -> None:
    environ = {"K8S_AUTH_KUBECONFIG": kubeconfig_of(api, tmp_path / "kubeconfig")}
    store = store_from_option({"type": "kubernetes", "namespace": NAMESPACE, "retries": 0}, new_context(tmp_path), environ)

    with pytest.raises(StoreError, match=r"at http://127\.0\.0\.1:9: the connection failed"):
        store.check()


class SecureCluster(NamedTuple):
    """A cluster that speaks TLS and asks for a client certificate.

    :ivar files: by option, the files that a store needs.
    """

    api: KubernetesApi
    files: dict[str, str]


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[SecureCluster]:
    """A cluster with certificates."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    own = authority.issue_cert("onboarding@example.com")
    files = {"ca_cert": authority.cert_pem, "client_cert": own.cert_chain_pems[0], "client_key": own.private_key_pem}
    for name, content in files.items():
        content.write_to_path(str(tmp_path / name))
    with running_kubernetes(context) as api:
        yield SecureCluster(api, {name: str(tmp_path / name) for name in files})


def test_the_lifecycle_works_with_certificates_in_files(secure: SecureCluster, tmp_path: Path) -> None:
    option = secure.api.options(**secure.files, retries=0)
    StoreLifecycle(lambda: store_from_option(option, new_context(tmp_path), {})).run()


def test_the_check_of_the_servers_certificate_can_be_switched_off(secure: SecureCluster, tmp_path: Path) -> None:
    option = secure.api.options(**{**secure.files, "ca_cert": None}, validate_certs="no", retries=0)
    store_from_option(option, new_context(tmp_path), {}).check()


def test_the_environment_supplies_the_ca(secure: SecureCluster, tmp_path: Path) -> None:
    option = secure.api.options(**{**secure.files, "ca_cert": None}, retries=0)
    environ = {"K8S_AUTH_SSL_CA_CERT": secure.files["ca_cert"], "K8S_AUTH_VERIFY_SSL": "yes"}
    store_from_option(option, new_context(tmp_path), environ).check()


def test_a_certificate_of_another_ca_is_refused(secure: SecureCluster, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(secure.files["ca_cert"])
    store = store_from_option(secure.api.options(**secure.files, retries=0), new_context(tmp_path), {})

    with pytest.raises(StoreError, match=r"its certificate could not be verified \(.*\); set the store's option ca_cert to the CA that signed it\."):
        store.check()

    answer = store.write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "failed"


def test_certificates_of_a_kubeconfig_are_not_left_in_files(secure: SecureCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    coded = {name: base64.b64encode(Path(path).read_bytes()).decode() for name, path in secure.files.items()}
    user = {"client-certificate-data": coded["client_cert"], "client-key-data": coded["client_key"]}
    name = kubeconfig_of(secure.api, tmp_path / "kubeconfig", **user)
    content = yaml.safe_load((tmp_path / name).read_text(encoding="utf-8"))
    content["clusters"][0]["cluster"]["certificate-authority-data"] = coded["ca_cert"]
    (tmp_path / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    option = {"type": "kubernetes", "namespace": NAMESPACE, "kubeconfig": name, "context": "stand-in"}

    for _time in range(2):
        store_from_option(option, new_context(tmp_path), {}).check()

    assert list(temporary.iterdir()) == []


def write_service_account(folder: Path, monkeypatch: pytest.MonkeyPatch, url: str, ca: bytes) -> None:
    """Lay out what a pod finds; a test cannot write to the folder in which a pod has it."""
    from kubernetes.config import incluster_config

    for name, content in (("SERVICE_TOKEN_FILENAME", TOKEN.encode()), ("SERVICE_CERT_FILENAME", ca)):
        (folder / name).write_bytes(content)
        monkeypatch.setattr(incluster_config, name, str(folder / name))
    address = urlsplit(url)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", str(address.hostname))
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(address.port))


def test_a_pod_logs_in_with_its_service_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with running_kubernetes(context) as api:
        write_service_account(tmp_path, monkeypatch, api.url, authority.cert_pem.bytes())
        option = {"type": "kubernetes", "namespace": NAMESPACE, "retries": 0}

        StoreLifecycle(lambda: store_from_option(option, new_context(tmp_path), {})).run()

        assert api.secrets == {}


def test_an_invalid_certificate_in_a_pod_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_service_account(tmp_path, monkeypatch, "https://127.0.0.1:9", b"-----BEGIN CERTIFICATE-----")

    with pytest.raises(ConfigError, match=r"cannot read a certificate or key of .*SERVICE_CERT_FILENAME"):
        store_from_option({"type": "kubernetes", "namespace": NAMESPACE}, new_context(tmp_path), {}).check()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"namespace": "Not_One"}, "The option 'namespace' of the store kubernetes is 'Not_One'; a namespace has lower-case letters"),
        ({"host": "vault.example.com"}, "The option 'host' of the store kubernetes is 'vault.example.com'; write an address such as https://10.0.0.1:6443."),
        ({"api_key": ""}, "The store kubernetes needs its option 'api_key' for the host, or 'client_cert' and 'client_key', which are not set."),
        ({"host": "", "kubeconfig": "gone"}, r"cannot use the kubeconfig /.*gone \(.*\); set its options kubeconfig and context, or host and api_key"),
        ({"host": "", "context": "other"}, r"cannot use the kubeconfig ~/.kube/config \(.*\); set its options"),
        ({"ca_cert": "gone.pem"}, r"The option 'ca_cert' of the store kubernetes is /.*gone.pem, where there is no file."),
        ({"labels": {"a b": "c"}}, "The option 'labels' of the store kubernetes has the key 'a b', which is not valid in Kubernetes; write one such as team"),
        ({"labels": {"abbyy.com/vantage-store": "c"}}, "has the key 'abbyy.com/vantage-store', which is reserved"),
        ({"labels": {"team": "a b"}}, "The option 'labels' of the store kubernetes has the value 'a b'; a label has at most 63 letters"),
        ({"annotations": {"-": "c"}}, "The option 'annotations' of the store kubernetes has the key '-'"),
        ({"labels": ["team"]}, "The option 'labels' of the store kubernetes is no mapping of texts; write it as"),
    ],
)
def test_an_invalid_option_is_explained_in_one_sentence(
    new_store: Callable[..., Store], monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], said: str
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    with pytest.raises(ConfigError, match=said):
        new_store(**options).check()


@pytest.mark.parametrize("content", ["[", "token: &", "users: 1", "- a"])
def test_an_invalid_kubeconfig_is_reported_and_not_shown(new_store: Callable[..., Store], tmp_path: Path, content: str) -> None:
    (tmp_path / "kubeconfig").write_text(f"{content}{TOKEN}", encoding="utf-8")

    with pytest.raises(ConfigError, match="cannot use the kubeconfig ") as error:
        new_store(host="", api_key="", kubeconfig="kubeconfig").check()

    assert TOKEN not in str(error.value)


def test_a_prefix_that_is_no_path_is_refused(new_store: Callable[..., Store]) -> None:
    with pytest.raises(ConfigError, match="The prefix of the store is 'a b'; give it parts of letters"):
        new_store(prefix="a b").check()


def test_plain_http_causes_a_warning(api: KubernetesApi, tmp_path: Path) -> None:
    warned: list[str] = []
    store = store_from_option(api.options(host="http://kubernetes.invalid", retries=0), replace(new_context(tmp_path), warn=warned.append), {})

    with pytest.raises(StoreError, match="Could not list the Secrets"):
        store.check()

    assert "The store kubernetes is reached by plain http at http://kubernetes.invalid" in warned[0]


def test_a_missing_library_is_reported_with_the_command_that_installs_it(new_store: Callable[..., Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    with pytest.raises(ConfigError, match=r"needs the Python package kubernetes beside ansible-playbook, which is missing; install it with '.* -m pip install"):
        new_store().check()
