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
from collections.abc import Callable, Iterable, Iterator
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

pytestmark = pytest.mark.slow

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
    # A session reads the models of the service from files, which takes longer than the tests themselves.
    monkeypatch.setattr(boto3, "Session", cache(boto3.Session))
    server: Aws | Azure | Google = request.getfixturevalue(request.param)
    server.forget()
    yield Cloud(server, tmp_path)
    server.begin()


@pytest.fixture
def which(cloud: Cloud) -> str:
    """The name of the cloud."""
    return type(cloud.server).__name__.lower()


def test_entries_are_made_renewed_and_removed(cloud: Cloud) -> None:
    StoreLifecycle(cloud.store).run()


def new_faults(cloud: Cloud) -> StoreFaults:
    """Return the injection of faults, for two runs."""
    return StoreFaults(cloud.server, lambda: cloud.store(retries=1), cloud.store().place_of)


@pytest.mark.one_core("the lifecycles run with the oldest libraries, too")
@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_is_reported_truly_at_each_request(cloud: Cloud, kind: Any) -> None:
    new_faults(cloud).fault_at_each(kind)


@pytest.mark.one_core("the lifecycles run with the oldest libraries, too")
@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_the_next_run_completes_one_that_ended_at_any_request(cloud: Cloud, kind: Any) -> None:
    new_faults(cloud).fault_at_each(kind, for_ever=True)


@pytest.mark.usefixtures("no_pauses")
def test_another_run_at_each_request_is_noticed_where_the_cloud_compares(cloud: Cloud, which: str) -> None:
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


def test_an_entry_is_stored_with_all_members_in_one_secret(cloud: Cloud, which: str) -> None:
    answer = cloud.store().write([change_to(new_entry(), None)])[NAME]
    assert answer.status == "written"
    assert cloud.server.read(PLACES[which]) == new_entry().to_members()


FOREIGN = ["theirs", "[1]", '{"password": "theirs"}', '{"client_id": "other", "description": "x"}', "[" * 100_000]


@pytest.mark.parametrize("text", FOREIGN)
def test_a_secret_of_somebody_else_is_no_entry(cloud: Cloud, which: str, text: str) -> None:
    put_foreign(cloud, which, text)
    store = cloud.store()

    assert store.read(None, values=True) == {}
    assert store.read([NAME], values=True) == {}


@pytest.mark.parametrize("text", FOREIGN)
def test_a_secret_of_somebody_else_is_never_overwritten_or_removed(cloud: Cloud, which: str, text: str) -> None:
    put_foreign(cloud, which, text)

    for change in (change_to(new_mark(), None), change_to(new_entry(), ""), change_to(new_entry(2), "secret-1"), Change(NAME, None, "secret-1")):
        answer = cloud.store().write([change])[NAME]

        assert answer.status == "failed", answer
        assert "choose another prefix" in answer.reason, answer

    assert not [call for call in set(cloud.server.calls) if "elete" in call.removeprefix("GET ") or call.startswith("DELETE")]
    assert raw_text(cloud, which) == text


def raw_text(cloud: Cloud, which: str) -> str:
    """Return what is in the place of the entry."""
    place = PLACES[which]
    if which == "aws":
        return str(cloud.server.client.get_secret_value(SecretId=place)["SecretString"])
    held = cloud.server.secrets[place]
    return str(held[-1]["value"] if which == "azure" else held["versions"][-1].decode())


def test_checking_proving_and_reading_write_nothing(cloud: Cloud) -> None:
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

    assert [answer.status for answer in answers].count("written") == 1, answers
    assert next(answer.after for answer in answers if answer.status == "written") == cloud.store().read([NAME], values=True)[NAME]


def test_many_threads_share_a_client_and_have_a_connection_each(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    store = cloud.store(concurrency=16)
    entries = [new_entry(1, f"app-{number}") for number in range(24)]

    with caplog.at_level(logging.INFO):
        answers = store.write([change_to(entry, None) for entry in entries])

    assert {answer.status for answer in answers.values()} == {"written"}
    # A connection pool that is too small is logged, and azure would log each request.
    assert caplog.records == []


TALKATIVE = {
    "aws": ("botocore", "botocore.endpoint", "botocore.auth", "urllib3.connectionpool"),
    "azure": ("azure", "azure.core.pipeline.policies.http_logging_policy", "azure.identity", "urllib3.connectionpool"),
    "google": ("google", "google.cloud.secretmanager_v1.services.secret_manager_service.transports.rest", "google.auth", "urllib3.connectionpool"),
}


@contextlib.contextmanager
def logging_everything(names: Iterable[str]) -> Iterator[list[logging.LogRecord]]:
    """Let loggers log everything, and collect their records."""
    records: list[logging.LogRecord] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler = Collector()
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        yield records
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def test_libraries_that_are_set_to_log_everything_log_nothing(cloud: Cloud, which: str) -> None:
    with logging_everything(TALKATIVE[which]) as records:
        store = cloud.store()
        store.connect()
        records.clear()

        answer = store.write([change_to(new_entry(), None)])[NAME]

    assert answer.status == "written"
    assert [record.getMessage() for record in records] == []


def test_an_entry_that_is_too_long_is_not_written(cloud: Cloud) -> None:
    entry = replace(new_entry(), labels={"team": "é" * 33_000})

    answer = cloud.store().write([change_to(entry, None)])[NAME]

    assert answer.status == "failed"
    assert "shorten the app's labels" in answer.reason
    assert cloud.store().read(None, values=False) == {}


def test_labels_with_unusual_characters_are_kept(cloud: Cloud) -> None:
    entry = replace(new_entry(), labels={"half": "\ud800", "\U0001f511": "\x00"})

    answer = cloud.store().write([change_to(entry, None)])[NAME]

    assert answer.status == "written"
    assert cloud.store().read([NAME], values=True) == {NAME: entry}


@pytest.mark.parametrize("body", [b"<html>Please log in</html>", b"[]", b"{}", b"null", b"[" * 100_000])
def test_a_response_of_another_service_is_no_traceback(cloud: Cloud, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    store = cloud.store(retries=0)
    store.connect()
    monkeypatch.setattr(cloud.server, "answer", lambda request: Response(body, 200, content_type="application/json"))

    for attempt in (store.check, lambda: store.read([NAME], values=False), lambda: store.write([change_to(new_entry(), None)])):
        with contextlib.suppress(StoreError):
            attempt()
    answer = store.write([change_to(new_entry(), None)])[NAME]

    assert answer.status in ("failed", "in_doubt"), answer


def test_a_name_that_is_too_long_is_reported_in_advance(cloud: Cloud) -> None:
    (said,) = cloud.store(prefix="p" * 500).problems([NAME])
    assert "shorten its description or the prefix" in said


def test_a_name_of_usual_length_has_no_problem(cloud: Cloud) -> None:
    assert cloud.store().problems([NAME]) == []


@pytest.mark.parametrize("cloud", ["azure", "google"], indirect=True)
def test_a_long_name_has_no_problem_where_it_is_hashed(cloud: Cloud) -> None:
    assert cloud.store().problems([name_of_entry("claims", "é" * 2000)]) == []


@pytest.mark.parametrize("labels", [{"team": "claims"}, {"Team": "Claims & Co", "cost center": "47 11"}, {"aws:x": "a" * 300, "é" * 200: ""}])
def test_labels_that_fit_are_tags_as_well(cloud: Cloud, which: str, labels: dict[str, str]) -> None:
    store = cloud.store(**{"labels" if which == "google" else "tags": {"owner": "identity"}})
    first, second = replace(new_entry(1), labels=labels), replace(new_entry(2), labels={})

    for entry, expected, fitting in ((first, None, FITTING[which](labels)), (second, "secret-1", {})):
        answer = store.write([change_to(entry, expected)])[NAME]
        tags = tags_of(cloud, which)

        assert answer.status == "written"
        assert cloud.store().read([NAME], values=True) == {NAME: entry}
        assert tags.pop("owner") == "identity"
        assert {key: value for key, value in tags.items() if key != "managed-by"} == fitting


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


def test_a_missing_library_is_reported_with_the_command_that_installs_it(cloud: Cloud, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, said = LIBRARIES[which]
    for name in [name for name in sys.modules if name == module or name.startswith((f"{module}.", f"{module.partition('.')[0]}core."))]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(ConfigError, match=said):
        cloud.store().check()


@pytest.mark.parametrize("wrong", ["", "/", "a b", "vantage//x", ".."])
def test_a_prefix_that_is_no_path_is_refused(cloud: Cloud, wrong: str) -> None:
    with pytest.raises(ConfigError, match="give it parts of letters, digits"):
        cloud.store(prefix=wrong).check()


@pytest.mark.usefixtures("no_pauses")
def test_a_server_that_stays_busy_is_reported_after_the_retries(cloud: Cloud) -> None:
    store = cloud.store(retries=2)
    store.connect()
    cloud.server.kind, cloud.server.at = "busy", lambda number: True

    with pytest.raises(StoreError, match=r"Could not list .*: try later; run again later\."):
        store.check()

    assert len(cloud.server.calls) == 3


def test_a_server_that_is_busy_for_a_moment_is_asked_again(cloud: Cloud) -> None:
    store = cloud.store()
    cloud.server.kind, cloud.server.at = "busy", lambda number: number in (1, 3)

    answer = store.write([change_to(new_entry(), None)])[NAME]

    assert answer.status == "written"


def test_a_server_that_does_not_listen_is_reported(cloud: Cloud, which: str) -> None:
    nowhere = {"aws": {"endpoint_url": "http://127.0.0.1:9"}, "azure": {"vault_url": "https://127.0.0.1:9"}, "google": {"endpoint": "http://127.0.0.1:9"}}
    store = cloud.store(retries=0, **nowhere[which])

    with pytest.raises(StoreError, match=r"Could not .*: the connection failed \(.*\); check the store's options and the network"):
        store.check()


@pytest.mark.usefixtures("no_pauses")
def test_a_write_that_did_not_arrive_has_failed_or_is_in_doubt(cloud: Cloud, which: str) -> None:
    store = cloud.store(retries=0)
    store.connect()
    cloud.server.kind, cloud.server.at = "drop_before", lambda number: number == len(cloud.server.calls) and "GET" not in cloud.server.calls[-1]

    answer = store.write([change_to(new_mark(), None)])[NAME]
    cloud.server.begin()

    # AWS and Google may show a write only later, so that its absence proves nothing there.
    assert answer.status == ("failed" if which == "azure" else "in_doubt")
    assert cloud.store().read(None, values=False) == {}


def test_no_message_contains_a_secret(cloud: Cloud, which: str) -> None:
    """The server repeats in its refusal what it was sent."""
    store = cloud.store(retries=0)
    store.check()
    refuse(cloud, which, f"cannot take {new_entry().value} of {OWN_SECRET[which]}")

    reason = store.write([change_to(new_entry(), None)])[NAME].reason

    assert new_entry().value not in reason
    assert "cannot take ********" in reason
    # The login of Google is a file, without a secret in the option.
    assert which == "google" or OWN_SECRET[which] not in reason


OWN_SECRET = {"aws": KEYS["secret_key"], "azure": SECRET, "google": "-"}


def refuse(cloud: Cloud, which: str, message: str) -> None:
    """Let the server refuse every write in these words."""
    if which == "aws":
        cloud.server.denied, cloud.server.message = {"CreateSecret"}, message
    else:
        call = "PUT secrets" if which == "azure" else "POST secret:addVersion"
        cloud.server.refusals[call] = (403, message)


def section_of_guide(kind: str) -> str:
    """Return what the guide says of a store."""
    guide = (ROOT / "docs/guides/stores.md").read_text(encoding="utf-8")
    (section,) = [part for part in re.split(r"^## ", guide, flags=re.MULTILINE) if part.startswith(kind)]
    return section


def test_the_guide_names_the_place_of_an_entry(cloud: Cloud) -> None:
    store = cloud.store()
    assert store.place_of("claims-intake/default") in section_of_guide(store.kind)


def test_the_consumer_of_the_guide_reads_the_secret(cloud: Cloud, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = new_entry(1, "claims-intake")
    cloud.store().write([change_to(entry, None)])
    text = json.dumps(cloud.server.read(cloud.store().place_of(entry.name)))
    mounted = cloud.folder / "mounted"
    mounted.write_text(text, encoding="utf-8")
    monkeypatch.setenv("CLAIMS_INTAKE", text)
    if which == "aws":
        for name, value in {**ENVIRONMENT, "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": cloud.server.url}.items():
            monkeypatch.setenv(name, value)
    (program,) = re.findall(r"```python\n(.*?)```", section_of_guide(cloud.store().kind), re.DOTALL)
    names: dict[str, Any] = {}

    exec(program, names)
    found = names["read_vantage_secret"](*([str(mounted)] if which == "google" else []))

    assert found == (entry.client_id, entry.value)
