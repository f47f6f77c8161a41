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
    """Stands before the cluster."""
    with standing_between(api.url, api.answer) as server:
        yield server


@pytest.fixture
def new_store(api: KubernetesApi, tmp_path: Path) -> Callable[..., Store]:
    """Makes a store of the cluster, with every right unless another login is given."""

    def make(concurrency: int = 4, prefix: str = PREFIX, **options: Any) -> Store:
        return store_from_option(api.options(**options), new_context(tmp_path, prefix, concurrency), {})

    return make


def test_its_life(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    StoreLifecycle(new_store).run()
    assert api.secrets == {}


def test_its_life_page_by_page(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    api.most_per_page = 2
    StoreLifecycle(new_store).run()


@pytest.fixture
def faults(api: KubernetesApi, between: Between, new_store: Callable[..., Store]) -> ServerFaults:
    """Tells of one entry, with something that goes wrong."""
    return ServerFaults(lambda url: new_store(host=url, retries=0), between, lambda: api.entry(SECRET) if api.secrets else None)


def test_a_fault_at_every_request(faults: ServerFaults) -> None:
    faults.fault_at_every_request()


def test_an_end_at_every_request(faults: ServerFaults) -> None:
    faults.end_at_every_request()


def test_another_run_at_every_request(faults: ServerFaults) -> None:
    faults.other_run_at_every_request()


def test_what_a_deployment_finds(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    store = new_store(labels={"team": "platform"}, annotations={"example.com/contact": "claims@example.com"})
    entry = replace(new_entry(), labels={"team": "claims", "tier": "gold", "cost center": "47 11", "app.kubernetes.io/managed-by": "us"})
    store.write([change_to(entry, None)])
    metadata = api.secrets[SECRET]["metadata"]
    assert {key: base64.b64decode(value).decode() for key, value in api.secrets[SECRET]["data"].items()} == {
        name: value for name, value in entry.to_members().items() if name != "labels"
    }
    # What Kubernetes takes for a label is one; the whole is in an annotation. The store's own go before the app's.
    assert metadata["labels"] == {
        "team": "platform",
        "tier": "gold",
        "app.kubernetes.io/managed-by": "abbyy.vantage",
        "abbyy.com/vantage-store": "vantage.contoso",
    }
    assert metadata["annotations"]["example.com/contact"] == "claims@example.com"
    assert json.loads(metadata["annotations"]["abbyy.com/vantage-labels"]) == entry.labels
    assert new_store().read([NAME], values=True) == {NAME: entry}


def test_the_role_of_the_guide_is_enough(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    (role,) = [document for document in read_store_examples("kubernetes") if document.get("kind") == "Role"]
    (rule,) = role["rules"]
    assert (rule["apiGroups"], rule["resources"], role["metadata"]["namespace"]) == ([""], ["secrets"], NAMESPACE)
    api.verbs[TOKEN] = frozenset(rule["verbs"])
    StoreLifecycle(new_store).run()


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
    # As kubectl get secrets --selector of the guide asks.
    assert api.secrets["vantage.contoso.invoice-intake.default"]["metadata"]["labels"]["abbyy.com/vantage-store"] == "vantage.contoso"


def test_the_option_of_the_guide(api: KubernetesApi, tmp_path: Path) -> None:
    (option,) = [document["app_onboarding_store"] for document in read_store_examples("kubernetes") if "app_onboarding_store" in document]
    (tmp_path / option["ca_cert"]).write_bytes(trustme.CA().cert_pem.bytes())
    store_from_option(option, new_context(tmp_path), {"K8S_AUTH_HOST": api.url, "K8S_AUTH_API_KEY": TOKEN}).check()


def test_what_others_have_added_stays(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    new_store().write([change_to(new_entry(1), None)])
    metadata = api.secrets[SECRET]["metadata"]
    metadata["labels"]["watch"] = "yes"
    metadata["annotations"]["reloader/match"] = "true"
    metadata["ownerReferences"] = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "1"}]
    new_store().write([change_to(replace(new_entry(2), labels={"cost": "1"}), "secret-1")])
    after = api.secrets[SECRET]["metadata"]
    assert (after["labels"]["watch"], after["annotations"]["reloader/match"], after["ownerReferences"][0]["name"]) == ("yes", "true", "x")
    # A label that the app has no more goes.
    assert (after["labels"].get("team"), after["labels"]["cost"]) == (None, "1")


def test_no_requests_that_tell_nothing_new(new_store: Callable[..., Store], between: Between) -> None:
    names = [name_of_entry(f"app-{number}", "default") for number in range(30)]
    store = new_store(host=between.url)
    assert store.read(names, values=False) == {}
    assert [method for method, _path in between.calls] == ["GET"]
    between.calls.clear()
    assert store.write([change_to(new_mark(), None)])[NAME].status == "written"
    assert store.write([change_to(new_entry(), "")])[NAME].status == "written"
    assert [method for method, _path in between.calls] == ["POST", "PUT", "GET"]
    between.calls.clear()
    assert store.write([change_to(new_entry(2), "secret-1")])[NAME].before == new_entry()
    assert [method for method, _path in between.calls] == ["GET", "PUT", "GET"]


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


def test_a_secret_of_somebody_else_is_left_alone(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    api.put(SECRET, {"password": "theirs"})
    ours = {"app.kubernetes.io/managed-by": "abbyy.vantage", "abbyy.com/vantage-store": "vantage.contoso"}
    # A copy of an entry, and one whose data is nobody's.
    api.put("copy", {"client_id": "claims", "description": "default", "id": "secret-7"}, labels=ours)
    api.put("vantage.contoso.odd.default", {"password": "theirs"}, labels=ours)
    theirs = json.dumps(api.secrets)
    assert new_store().read(None, values=True) == new_store().read([NAME, "odd/default"], values=True) == {}
    for change in (change_to(new_mark(), None), change_to(new_entry(), "secret-1"), change_to(new_entry(1, "odd"), None), Change(NAME, None, "")):
        answer = new_store().write([change])[change.name]
        assert (answer.status, "rename it, or choose another prefix" in answer.reason) == ("failed", True)
    assert json.dumps(api.secrets) == theirs


def test_tenants_share_a_namespace(new_store: Callable[..., Store]) -> None:
    new_store().write([change_to(new_entry(), None)])
    # The same label: it is too long for one, and their names tell them apart.
    other = new_store(prefix="vantage.contoso")
    other.write([change_to(new_entry(2), None)])
    assert list(new_store().read(None, values=True).values()) == [new_entry()]
    assert list(other.read(None, values=True).values()) == [new_entry(2)]
    long = "/".join(["department"] * 9)
    new_store(prefix=long).write([change_to(new_entry(3), None)])
    assert list(new_store(prefix=long).read(None, values=True).values()) == [new_entry(3)]


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


def test_no_two_names_are_one_secret() -> None:
    labels = {text: dns_label(text) for text in TEXTS}
    assert len(set(labels.values())) == len(set(TEXTS))
    assert [label for label in labels.values() if not SUBDOMAIN.fullmatch(label)] == []
    words = ["".join(letters) for length in range(5) for letters in itertools.product("a2dX-", repeat=length)]
    assert len({dns_label(word) for word in words}) == len(words)


def test_the_name_of_a_secret(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    store = new_store()
    for client_id, description in (("claims-intake", "default"), ("InvoiceImport", "night shift"), (ODD, ODD_DESCRIPTION)):
        assert store.write([change_to(new_entry(1, client_id, description), None)])[name_of_entry(client_id, description)].status == "written"
    assert sorted(api.secrets) == [
        "vantage.contoso.claims-intake.default",
        "vantage.contoso.x----43laims--2f--49ntake--2b--45--55.night--20--7b--7b--20--27--41--27--20--7d--7d--20--2f--20--c3--a9--20--252--46--20--3d",
        "vantage.contoso.x----49nvoice--49mport.night--20shift",
    ]


def test_what_kubernetes_cannot_keep_is_said_before(new_store: Callable[..., Store]) -> None:
    (told,) = new_store().problems([NAME, f"claims/{'x' * 231}"])
    assert "in a Secret with a name of 254 characters, and Kubernetes allows 253; shorten its description or the prefix." in told
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
def test_what_a_role_refuses(api: KubernetesApi, new_store: Callable[..., Store], verb: str, call: str, said: str) -> None:
    api.verbs[TOKEN] = VERBS - {verb}
    store = new_store()
    calls = {"check": store.check, "prove": lambda: store.prove([NAME]), "read": lambda: store.read([NAME], values=False)}
    with pytest.raises(StoreError, match=said.format(url=re.escape(api.url))):
        calls[call]()


def test_who_is_told_nothing_of_rights_finds_out_by_writing(api: KubernetesApi, new_store: Callable[..., Store]) -> None:
    api.refuses_reviews = True
    api.verbs[TOKEN] = VERBS - {"create"}
    store = new_store()
    store.prove([NAME])
    answer = store.write([change_to(new_mark(), None)])[NAME]
    assert (answer.status, "this needs the verb create on secrets in the namespace vantage." in answer.reason) == ("failed", True)


def test_a_login_that_is_not_valid(new_store: Callable[..., Store]) -> None:
    with pytest.raises(StoreError, match=r"Unauthorized; the login is not valid or has expired: check kubeconfig, context or api_key\.") as error:
        new_store(api_key="no-such-token").check()
    assert "no-such-token" not in str(error.value)


def test_a_namespace_that_is_not_there(new_store: Callable[..., Store]) -> None:
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
    assert store.write([change_to(new_mark(), None)])[NAME].status == "written"
    assert store.write([change_to(new_entry(), "")])[NAME].status == "written"
    assert [fault.times for fault in between.faults] == [0, 0, 0]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_connection_that_breaks_once_is_no_failure(new_store: Callable[..., Store], between: Between, kind: Any) -> None:
    store = new_store(host=between.url)
    for entry, expected in ((new_mark(), None), (new_entry(), ""), (new_entry(2), "secret-1")):
        between.faults = [Fault(kind, method, times=1) for method in ("POST", "PUT")]
        assert store.write([change_to(entry, expected)])[NAME].status == "written"
    between.faults = [Fault(kind, "DELETE", times=1)]
    assert store.write([Change(NAME, None, "secret-2")])[NAME].status == "written"


def test_a_write_that_may_still_be_under_way_is_in_doubt(new_store: Callable[..., Store], between: Between) -> None:
    store = new_store(host=between.url, retries=0, timeout=1)
    store.write([change_to(new_entry(), None)])
    between.faults = [Fault("late", "PUT", seconds=1.2)]
    answer = store.write([change_to(new_entry(2), "secret-1")])[NAME]
    assert (answer.status, "no answer within 1 s; see the store's option timeout" in answer.reason) == ("in_doubt", True)


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"<html>Please log in</html>"), (200, b"[]"), (200, b"{}"), (404, b"<html>"), (200, b"[" * 100_000), (500, b"{"), (502, b"")]
)
def test_what_is_no_cluster_is_one_sentence(new_store: Callable[..., Store], between: Between, status: int, body: bytes) -> None:
    between.faults = [Fault("answer", method, status=status, body=body) for method in ("GET", "POST")]
    store = new_store(host=between.url, retries=0)
    for attempt in (store.check, lambda: store.read([NAME], values=False)):
        with pytest.raises(StoreError, match="Could not "):
            attempt()
    assert store.write([change_to(new_mark(), None)])[NAME].status == "in_doubt" if status != 404 else "failed"


def test_no_secret_in_any_message(new_store: Callable[..., Store], between: Between, caplog: pytest.LogCaptureFixture) -> None:
    value = new_entry().value
    coded = base64.b64encode(value.encode()).decode()
    told = {"kind": "Status", "message": f"cannot take {value}, {coded} of {TOKEN}"}
    between.faults = [Fault("answer", "POST", status=422, body=told)]
    with caplog.at_level(logging.DEBUG):
        store = new_store(host=between.url, retries=0)
        reason = store.write([change_to(new_entry(), None)])[NAME].reason
        between.faults = []
        assert store.write([change_to(new_entry(), None)])[NAME].status == "written"
        assert store.read(None, values=True)[NAME] == new_entry()
    assert "cannot take ********, ******** of ********" in reason
    assert [text for text in (value, coded, TOKEN) if text in reason + caplog.text] == []


@pytest.mark.parametrize("items", [["x"], [{}], [{"metadata": {}}], [{"metadata": {"uid": "1", "resourceVersion": "1"}}], [{"metadata": []}], "x", None])
def test_what_is_no_list_of_secrets_is_one_sentence(new_store: Callable[..., Store], between: Between, items: Any) -> None:
    between.faults = [Fault("answer", "GET", body={"metadata": {}, "items": items})]
    with pytest.raises(StoreError, match=r"^Could not (list|read) .*: the response is not from Kubernetes; check host\.$"):
        new_store(host=between.url).read(None, values=False)


@pytest.mark.parametrize("text", ["[", "[" * 100_000, "[]", '"x"', "{"])
def test_labels_that_somebody_has_spoilt_are_none(api: KubernetesApi, new_store: Callable[..., Store], text: str) -> None:
    new_store().write([change_to(new_entry(), None)])
    api.secrets[SECRET]["metadata"]["annotations"]["abbyy.com/vantage-labels"] = text
    assert new_store().read([NAME], values=True) == {NAME: replace(new_entry(), labels={})}
    assert new_store().write([change_to(new_entry(2), "secret-1")])[NAME].status == "written"


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_is_not_followed(api: KubernetesApi, new_store: Callable[..., Store], between: Between, status: int) -> None:
    location = {"Location": f"{api.url}/api/v1/namespaces/{NAMESPACE}/secrets"}
    between.faults = [Fault("answer", method, status=status, body={}, headers=location) for method in ("GET", "POST")]
    store = new_store(host=between.url)
    with pytest.raises(StoreError, match=rf"it was redirected \({status}\), which is not followed; check host\."):
        store.check()
    assert "which is not followed" in store.write([change_to(new_mark(), None)])[NAME].reason
    assert api.secrets == {}


def test_nobody_listens(new_store: Callable[..., Store]) -> None:
    store = new_store(host="http://127.0.0.1:9", retries=0)
    with pytest.raises(StoreError, match=r"the connection failed \(.*refused.*\); check the store's option host"):
        store.check()
    assert store.write([change_to(new_entry(), None)])[NAME].status == "failed"


def test_never_a_proxy_for_this_machine(new_store: Callable[..., Store], monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_kubeconfig_and_its_context(api: KubernetesApi, tmp_path: Path) -> None:
    name = kubeconfig_of(api, tmp_path / "kubeconfig")
    option = {"type": "kubernetes", "namespace": NAMESPACE}
    StoreLifecycle(lambda: store_from_option({**option, "kubeconfig": name, "context": "stand-in"}, new_context(tmp_path), {})).run()
    environ = {"K8S_AUTH_KUBECONFIG": str(tmp_path / name), "K8S_AUTH_CONTEXT": "stand-in"}
    store_from_option(option, new_context(tmp_path), environ).check()
    with pytest.raises(StoreError, match=r"at http://127\.0\.0\.1:9: the connection failed"):
        store_from_option({**option, "retries": 0}, new_context(tmp_path), {"K8S_AUTH_KUBECONFIG": name}).check()


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


def test_certificates_of_files(secure: SecureCluster, tmp_path: Path) -> None:
    option = secure.api.options(**secure.files, retries=0)
    StoreLifecycle(lambda: store_from_option(option, new_context(tmp_path), {})).run()
    store_from_option({**option, "ca_cert": None, "validate_certs": "no"}, new_context(tmp_path), {}).check()
    environ = {"K8S_AUTH_SSL_CA_CERT": secure.files["ca_cert"], "K8S_AUTH_VERIFY_SSL": "yes"}
    store_from_option({**option, "ca_cert": None}, new_context(tmp_path), environ).check()


def test_a_certificate_of_another_ca(secure: SecureCluster, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(secure.files["ca_cert"])
    store = store_from_option(secure.api.options(**secure.files, retries=0), new_context(tmp_path), {})
    with pytest.raises(StoreError, match=r"its certificate could not be verified \(.*\); set the store's option ca_cert to the CA that signed it\."):
        store.check()
    assert store.write([change_to(new_mark(), None)])[NAME].status == "failed"


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


def test_in_a_pod(api: KubernetesApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kubernetes.config import incluster_config

    # Where a pod has them cannot be written here.
    for name, content in (("SERVICE_TOKEN_FILENAME", TOKEN), ("SERVICE_CERT_FILENAME", "-----BEGIN CERTIFICATE-----")):
        (tmp_path / name).write_text(content, encoding="utf-8")
        monkeypatch.setattr(incluster_config, name, str(tmp_path / name))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "9")
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
def test_what_is_wrong_is_said_in_one_sentence(new_store: Callable[..., Store], monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], said: str) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    with pytest.raises(ConfigError, match=said):
        new_store(**options).check()


@pytest.mark.parametrize("content", ["[", "token: &", "users: 1", "- a"])
def test_a_kubeconfig_that_is_none(new_store: Callable[..., Store], tmp_path: Path, content: str) -> None:
    (tmp_path / "kubeconfig").write_text(f"{content}{TOKEN}", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot use the kubeconfig ") as error:
        new_store(host="", api_key="", kubeconfig="kubeconfig").check()
    assert TOKEN not in str(error.value)


def test_a_prefix_that_is_none(new_store: Callable[..., Store]) -> None:
    with pytest.raises(ConfigError, match="The prefix of the store is 'a b'; give it parts of letters"):
        new_store(prefix="a b").check()


def test_plain_http_is_warned_of(api: KubernetesApi, tmp_path: Path) -> None:
    warned: list[str] = []
    context = replace(new_context(tmp_path), warn=warned.append)
    with pytest.raises(StoreError, match="Could not list the Secrets"):
        store_from_option(api.options(host="http://kubernetes.invalid", retries=0), context, {}).check()
    assert "The store kubernetes is reached by plain http at http://kubernetes.invalid" in warned[0]


def test_without_the_library(new_store: Callable[..., Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    with pytest.raises(ConfigError, match=r"needs the Python package kubernetes beside ansible-playbook, which is missing; install it with '.* -m pip install"):
        new_store().check()
