# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for each store of a cloud: AWS against moto, Azure and Google against stand-ins, each spoken to by its real library."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from werkzeug.wrappers import Response

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, StoreError, name_of_entry
from ansible_collections.abbyy.vantage.tests.integration.support.stores.aws import ENVIRONMENT, KEYS, REGION, Aws
from ansible_collections.abbyy.vantage.tests.integration.support.stores.azure import SECRET, Azure
from ansible_collections.abbyy.vantage.tests.integration.support.stores.google import Google
from ansible_collections.abbyy.vantage.tests.integration.support.stores.stand_in import KINDS
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT
from ansible_collections.abbyy.vantage.tests.unit.support.store_faults import StoreFaults
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import StoreLifecycle, change_to, new_context, new_entry, new_mark

NAME = new_entry().name
CLOUDS = ("aws", "azure", "google")
# Where another run that writes just before a request is not noticed: Azure never compares, and Google does not when it deletes.
UNNOTICED = {"aws": [], "azure": ["0.2", "1.2", "2.2", "3.2"], "google": ["3.3"]}


@dataclass
class Cloud:
    """A server, and how to make stores on it."""

    server: Any
    folder: Path

    def store(self, concurrency: int = 4, prefix: str = "vantage/contoso", **options: Any) -> Any:
        """Return another store of the same place."""
        return store_from_option(self.server.options(**options), new_context(self.folder, prefix, concurrency), {})


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Each of the clouds, empty."""
    # A session reads the models of the service from files, which takes longer than all that is tested.
    monkeypatch.setattr(boto3, "Session", cache(boto3.Session))
    server: Aws | Azure | Google = request.getfixturevalue(request.param)
    server.forget()
    yield Cloud(server, tmp_path)
    server.begin()


@pytest.fixture
def which(cloud: Cloud) -> str:
    """The name of the cloud."""
    return type(cloud.server).__name__.lower()


def test_its_life(cloud: Cloud) -> None:
    StoreLifecycle(cloud.store).run()


def new_faults(cloud: Cloud) -> StoreFaults:
    """Return what enumerates the faults, for two runs."""
    return StoreFaults(cloud.server, lambda: cloud.store(retries=1), cloud.store().place_of)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_each_request(cloud: Cloud, kind: Any) -> None:
    new_faults(cloud).fault_at_each(kind)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_run_that_is_cut_off_at_each_request(cloud: Cloud, kind: Any) -> None:
    new_faults(cloud).fault_at_each(kind, for_ever=True)


@pytest.mark.usefixtures("no_pauses")
def test_another_run_at_each_request(cloud: Cloud, which: str) -> None:
    faults = new_faults(cloud)
    faults.other_run_at_each()
    assert faults.lost == UNNOTICED[which]


PLACES = {"aws": "vantage/contoso/claims/default", "azure": "vantage---contoso---claims---default", "google": "vantage__contoso__claims__default"}
LIBRARIES = {
    "aws": ("boto3", r"the Python package boto3 beside ansible-playbook, which is missing; install it with '.* -m pip install boto3'"),
    "azure": (
        "azure.keyvault.secrets",
        r"the Python package azure-keyvault-secrets beside .*, which is missing; install it with '.* -m pip install azure-identity azure-keyvault-secrets'",
    ),
    "google": ("google.cloud.secretmanager", "pip install google-cloud-secret-manager"),
}


def put_foreign(cloud: Cloud, which: str, text: str) -> None:
    """Let somebody else make a secret where an entry would be."""
    place = PLACES[which]
    if which == "aws":
        cloud.server.client.create_secret(Name=place, SecretString=text)
    elif which == "azure":
        shown = {"attributes": {"enabled": True}, "tags": {}, "id": f"{cloud.server.vault_url}/secrets/{place}/1"}
        cloud.server.secrets[place] = [{**shown, "value": text}]
    else:
        cloud.server.secrets[place] = {"labels": {}, "versions": [text.encode()]}


def test_where_and_how_it_is_kept(cloud: Cloud, which: str) -> None:
    assert cloud.store().write([change_to(new_entry(), None)])[NAME].status == "written"
    assert cloud.server.read(PLACES[which]) == new_entry().to_members()


@pytest.mark.parametrize("text", ["theirs", "[1]", '{"password": "theirs"}', '{"client_id": "other", "description": "x"}', "[" * 100_000])
def test_something_else_is_never_written_over_or_removed(cloud: Cloud, which: str, text: str) -> None:
    put_foreign(cloud, which, text)
    store = cloud.store()
    assert store.read(None, values=True) == store.read([NAME], values=True) == {}
    for change in (change_to(new_mark(), None), change_to(new_entry(), ""), change_to(new_entry(2), "secret-1"), Change(NAME, None, "secret-1")):
        answer = cloud.store().write([change])[NAME]
        assert (answer.status, "choose another prefix" in answer.reason) == ("failed", True), answer
    calls = set(cloud.server.calls)
    assert not [call for call in calls if "elete" in call.removeprefix("GET ") or call.startswith("DELETE")]
    assert raw_text(cloud, which) == text


def raw_text(cloud: Cloud, which: str) -> str:
    """Return what is in the place of the entry."""
    place = PLACES[which]
    if which == "aws":
        return str(cloud.server.client.get_secret_value(SecretId=place)["SecretString"])
    held = cloud.server.secrets[place]
    return str(held[-1]["value"] if which == "azure" else held["versions"][-1].decode())


def test_checking_and_reading_write_nothing(cloud: Cloud) -> None:
    store = cloud.store()
    store.check()
    store.prove([NAME])
    store.read(None, values=True)
    store.read([NAME], values=True)
    assert cloud.server.calls
    assert [call for call in cloud.server.calls if not call.startswith(("GetSecretValue", "ListSecrets", "DescribeSecret", "GET "))] == []


def test_a_prefix_does_not_see_the_entries_of_another(cloud: Cloud) -> None:
    for prefix in ("vantage", "vantage/contoso", "vantage/contoso/x", "vantage/contoso-2"):
        cloud.store(prefix=prefix).write([change_to(new_entry(1, "app"), None)])
        assert set(cloud.store(prefix=prefix).read(None, values=False)) == {"app/default"}


@pytest.mark.parametrize("cloud", ["aws", "google"], indirect=True)
def test_of_many_runs_at_once_one_wins(cloud: Cloud) -> None:
    cloud.store().write([change_to(new_entry(0), None)])
    stores = [cloud.store() for _number in range(6)]
    for store in stores:
        store.read([NAME], values=False)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda store, number: store.write([change_to(new_entry(number), "secret-0")])[NAME], stores, range(1, 7)))
    held = cloud.store().read([NAME], values=True)[NAME]
    assert [answer.status for answer in answers].count("written") == 1, answers
    assert next(answer.after for answer in answers if answer.status == "written") == held


def test_many_threads_have_one_client_and_a_connection_each(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    store = cloud.store(concurrency=16)
    entries = [new_entry(1, f"app-{number}") for number in range(24)]
    with caplog.at_level(logging.INFO):
        answers = store.write([change_to(entry, None) for entry in entries])
    assert {answer.status for answer in answers.values()} == {"written"}
    # A pool that is too small says so, and azure would show each request.
    assert caplog.records == []


TALKATIVE = {
    "aws": ("botocore", "botocore.endpoint", "botocore.auth", "urllib3.connectionpool"),
    "azure": ("azure", "azure.core.pipeline.policies.http_logging_policy", "azure.identity", "urllib3.connectionpool"),
    "google": ("google", "google.cloud.secretmanager_v1.services.secret_manager_service.transports.rest", "google.auth", "urllib3.connectionpool"),
}


def test_libraries_that_were_told_to_log_everything_say_nothing(cloud: Cloud, which: str) -> None:
    said: list[logging.LogRecord] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record)

    handler = Kept()
    for name in TALKATIVE[which]:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        store = cloud.store()
        store.connect()
        said.clear()
        assert store.write([change_to(new_entry(), None)])[NAME].status == "written"
    finally:
        for name in TALKATIVE[which]:
            logging.getLogger(name).removeHandler(handler)
    assert [record.getMessage() for record in said] == []


def test_an_entry_that_is_too_long(cloud: Cloud) -> None:
    entry = replace(new_entry(), labels={"team": "é" * 33_000})
    answer = cloud.store().write([change_to(entry, None)])[NAME]
    assert (answer.status, "shorten the app's labels" in answer.reason) == ("failed", True)
    assert cloud.store().read(None, values=False) == {}


def test_labels_that_no_store_can_write_as_they_are(cloud: Cloud) -> None:
    entry = replace(new_entry(), labels={"half": "\ud800", "\U0001f511": "\x00"})
    assert cloud.store().write([change_to(entry, None)])[NAME].status == "written"
    assert cloud.store().read([NAME], values=True) == {NAME: entry}


@pytest.mark.parametrize("body", [b"<html>Please log in</html>", b"[]", b"{}", b"null", b"[" * 100_000])
def test_what_is_no_answer_of_the_service_is_said(cloud: Cloud, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    store = cloud.store(retries=0)
    store.connect()
    monkeypatch.setattr(cloud.server, "answer", lambda request: Response(body, 200, content_type="application/json"))
    for attempt in (store.check, lambda: store.read([NAME], values=False), lambda: store.write([change_to(new_entry(), None)])):
        with contextlib.suppress(StoreError):
            attempt()
    answer = store.write([change_to(new_entry(), None)])[NAME]
    assert answer.status in ("failed", "in_doubt"), answer


def test_a_name_that_is_too_long(cloud: Cloud, which: str) -> None:
    (said,) = cloud.store(prefix="p" * 500).problems([NAME])
    assert "shorten its description or the prefix" in said
    assert cloud.store().problems([NAME]) == []
    if which != "aws":
        assert cloud.store().problems([name_of_entry("claims", "é" * 2000)]) == []


@pytest.mark.parametrize("labels", [{"team": "claims"}, {"Team": "Claims & Co", "cost center": "47 11"}, {"aws:x": "a" * 300, "é" * 200: ""}])
def test_labels_that_fit_are_tags_as_well(cloud: Cloud, which: str, labels: dict[str, str]) -> None:
    store = cloud.store(**{"labels" if which == "google" else "tags": {"owner": "identity"}})
    entry = replace(new_entry(), labels=labels)
    for number in (1, 2):
        entry = replace(entry, id=f"secret-{number}", labels=labels if number == 1 else {})
        assert store.write([change_to(entry, None if number == 1 else "secret-1")])[NAME].status == "written"
        assert cloud.store().read([NAME], values=True) == {NAME: entry}
        tags = tags_of(cloud, which)
        assert tags.pop("owner") == "identity"
        tags.pop("managed-by", None)
        assert tags == (FITTING[which](labels) if number == 1 else {})


FITTING: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "aws": lambda labels: {key: value for key, value in labels.items() if key in ("team", "cost center")},
    "azure": lambda labels: {key: value for key, value in labels.items() if key in ("team", "Team", "cost center")},
    "google": lambda labels: {key: value for key, value in labels.items() if key == "team"},
}


def tags_of(cloud: Cloud, which: str) -> dict[str, str]:
    """Return the tags of the one secret."""
    if which == "aws":
        return {tag["Key"]: tag["Value"] for tag in cloud.server.client.describe_secret(SecretId=PLACES["aws"])["Tags"]}
    if which == "azure":
        return dict(cloud.server.secrets[PLACES["azure"]][-1]["tags"])
    return dict(cloud.server.secrets[PLACES["google"]]["labels"])


def test_without_the_library(cloud: Cloud, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, said = LIBRARIES[which]
    for name in [name for name in sys.modules if name == module or name.startswith((f"{module}.", f"{module.partition('.')[0]}core."))]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=said):
        cloud.store().check()


@pytest.mark.parametrize("wrong", ["", "/", "a b", "vantage//x", ".."])
def test_prefixes_that_are_no_path(cloud: Cloud, wrong: str) -> None:
    with pytest.raises(ConfigError, match="give it parts of letters, digits"):
        cloud.store(prefix=wrong).check()


@pytest.mark.usefixtures("no_pauses")
def test_a_server_that_stays_busy(cloud: Cloud) -> None:
    store = cloud.store(retries=2)
    store.connect()
    cloud.server.kind, cloud.server.at = "busy", lambda number: True
    with pytest.raises(StoreError, match=r"Could not list .*: try later; run again later\."):
        store.check()
    assert len(cloud.server.calls) == 3


def test_a_server_that_is_busy_for_a_moment(cloud: Cloud) -> None:
    store = cloud.store()
    cloud.server.kind, cloud.server.at = "busy", lambda number: number in (1, 3)
    assert store.write([change_to(new_entry(), None)])[NAME].status == "written"


def test_nobody_listens(cloud: Cloud, which: str) -> None:
    nowhere = {"aws": {"endpoint_url": "http://127.0.0.1:9"}, "azure": {"vault_url": "https://127.0.0.1:9"}, "google": {"endpoint": "http://127.0.0.1:9"}}
    store = cloud.store(retries=0, **nowhere[which])
    with pytest.raises(StoreError, match=r"Could not .*: the connection failed \(.*\); check the store's options and the network"):
        store.check()


@pytest.mark.usefixtures("no_pauses")
def test_a_write_that_did_not_arrive_is_looked_for(cloud: Cloud, which: str) -> None:
    store = cloud.store(retries=0)
    store.connect()
    cloud.server.kind, cloud.server.at = "drop_before", lambda number: number == len(cloud.server.calls) and "GET" not in cloud.server.calls[-1]
    # The two may show what was written later than that.
    assert store.write([change_to(new_mark(), None)])[NAME].status == ("failed" if which == "azure" else "in_doubt")
    cloud.server.begin()
    assert cloud.store().read(None, values=False) == {}


def test_no_secret_in_any_message(cloud: Cloud, which: str) -> None:
    repeated = f"cannot take {new_entry().value} of {OWN_SECRET[which]}"
    store = cloud.store(retries=0)
    store.check()
    refuse(cloud, which, repeated)
    reason = store.write([change_to(new_entry(), None)])[NAME].reason
    assert new_entry().value not in reason
    assert "cannot take ********" in reason
    if which != "google":
        assert OWN_SECRET[which] not in reason


OWN_SECRET = {"aws": KEYS["secret_key"], "azure": SECRET, "google": "-"}


def refuse(cloud: Cloud, which: str, message: str) -> None:
    """Let the server refuse every write in these words."""
    if which == "aws":
        cloud.server.denied, cloud.server.message = {"CreateSecret"}, message
    else:
        call = "PUT secrets" if which == "azure" else "POST secret:addVersion"
        cloud.server.refusals[call] = (403, message)


def test_the_consumer_of_the_guide_reads_the_secret(cloud: Cloud, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = new_entry(1, "claims-intake")
    cloud.store().write([change_to(entry, None)])
    guide = (ROOT / "docs/guides/stores.md").read_text(encoding="utf-8")
    (section,) = [part for part in re.split(r"^## ", guide, flags=re.MULTILINE) if part.startswith(cloud.store().kind)]
    (program,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    place = cloud.store().place_of(entry.name)
    assert place in section
    text = json.dumps(cloud.server.read(place))
    mounted = cloud.folder / "mounted"
    mounted.write_text(text, encoding="utf-8")
    monkeypatch.setenv("CLAIMS_INTAKE", text)
    if which == "aws":
        for name, value in {**ENVIRONMENT, "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": cloud.server.url}.items():
            monkeypatch.setenv(name, value)
    names: dict[str, Any] = {}
    exec(program, names)
    assert names["read_vantage_secret"](*([str(mounted)] if which == "google" else [])) == (entry.client_id, entry.value)
