# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries as stores hold them, and what is read from there."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_answers import declared_names, read_answer, stored_names
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_records import (
    AWX_MARK,
    KUBERNETES_TYPE,
    NO_VALUE,
    awx_arguments,
    awx_lookup_options,
    azure_arguments,
    entry_from,
    kubernetes_secrets,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_vault import vault_folders, vault_live_paths, vault_paths

PREFIX = "vantage/contoso"
NAME = "desk/default"
ENTRY = {
    "client_id": "desk",
    "description": "default",
    "tenant_id": "t",
    "id": "1",
    "value": "v",
    "start_time": "2026-09-07T13:03:38.380Z",
    "expiration": "2026-12-06T13:03:38.380Z",
}
BARE = {key: value for key, value in ENTRY.items() if key != "value"}
MARK = {"client_id": "desk", "description": "default", "reserved_at": "2026-09-07T13:03:38Z"}


def metadata(version: int = 3, **current: Any) -> dict[str, Any]:
    """Return what HashiCorp Vault says of the versions of a secret."""
    return {"data": {"current_version": version, "versions": {str(version): {"deletion_time": "", "destroyed": False, **current}}}}


def raw_answer(store: str, entry: dict[str, Any] | None) -> Any:
    """Return a store's answer with one object at the place of the entry: the entry, or with None something else."""
    place = stored_names([NAME], store, PREFIX)[NAME]
    if store == "hashi_vault":
        return {"paths": [place], "metadata": [metadata()], "answers": [{"secret": entry or {"foo": "bar"}}]}
    if store == "aws_secretsmanager":
        return [json.dumps(entry)] if entry else ["no JSON", "[1]", '{"foo": "bar"}', None]
    if store == "azure_keyvault":
        taken = azure_arguments(entry) if entry else {"tags": None, "secret_value": "x"}
        return [{"sid": f"https://v/secrets/{place}/0123", "tags": taken["tags"], "secret": taken["secret_value"]}]
    if store == "kubernetes":
        if entry:
            secret = kubernetes_secrets({NAME: entry}, {NAME: place}, {}, "n", PREFIX)[0]
            return [{**secret, "metadata": {**secret["metadata"], "resourceVersion": "7"}}]
        return [{"type": "Opaque", "metadata": {"name": place, "resourceVersion": "7"}, "data": {"client_id": base64.b64encode(b"desk").decode()}}]
    description = awx_arguments(entry, {"secret": "value"}, {})["description"] if entry else "by hand"
    return [{"name": place, "description": description}]


STORES = ["hashi_vault", "aws_secretsmanager", "azure_keyvault", "kubernetes", "awx"]


@pytest.mark.parametrize("names", [None, [NAME]])
@pytest.mark.parametrize("entry", [ENTRY, MARK], ids=["entry", "mark"])
@pytest.mark.parametrize("store", STORES)
def test_what_is_written_is_read(store: str, entry: dict[str, Any], names: list[str] | None) -> None:
    shown = entry if store != "awx" else {key: value for key, value in entry.items() if key != "value"}
    assert read_answer(raw_answer(store, entry), store, PREFIX, names, True)["entries"] == {NAME: shown}
    assert "v" not in read_answer(raw_answer(store, entry), store, PREFIX, names, False)["entries"][NAME].values()


@pytest.mark.parametrize("store", STORES)
def test_other_entries_are_left_out(store: str) -> None:
    assert read_answer(raw_answer(store, ENTRY), store, PREFIX, ["other/default"], True)["entries"] == {}


@pytest.mark.parametrize("store", ["hashi_vault", "azure_keyvault", "kubernetes", "awx"])
def test_copies_under_another_name_are_left_out(store: str) -> None:
    assert read_answer(raw_answer(store, ENTRY), store, "vantage/fabrikam", None, True)["entries"] == {}


@pytest.mark.parametrize("store", STORES)
def test_what_somebody_else_put_there_is_no_entry(store: str) -> None:
    answer = read_answer(raw_answer(store, None), store, PREFIX, [NAME], True)
    assert answer["entries"] == {}
    assert list(answer["foreign"]) == ([] if store == "aws_secretsmanager" else [NAME])


def test_versions_are_kept_also_of_what_is_deleted() -> None:
    place = f"{PREFIX}/{NAME}"
    raw = {"paths": [place], "metadata": [metadata(4, deletion_time="2026-01-01T00:00:00Z")], "answers": []}
    assert read_answer(raw, "hashi_vault", PREFIX, [NAME], True) == {"entries": {}, "versions": {NAME: 4}, "foreign": {}}
    assert read_answer(raw_answer("kubernetes", ENTRY), "kubernetes", PREFIX, [NAME], True)["versions"] == {NAME: "7"}


def test_custom_entries_may_leave_out_what_their_name_says() -> None:
    assert read_answer({NAME: {"id": "1", "value": "v"}}, "custom", PREFIX, [NAME], False)["entries"] == {
        NAME: {"client_id": "desk", "description": "default", "id": "1"}
    }


def test_way_through_vault() -> None:
    stored = [f"{PREFIX}/desk/default"]
    keys = ["desk/", "desk", "old/"]
    assert vault_folders(keys, PREFIX, None) == [f"{PREFIX}/desk", f"{PREFIX}/old"]
    assert vault_folders(keys, PREFIX, stored) == [f"{PREFIX}/desk"]
    listings = [{"data": {"keys": ["default", "more/", "other"]}}]
    assert vault_paths(listings, [f"{PREFIX}/desk"], None) == [f"{PREFIX}/desk/default", f"{PREFIX}/desk/other"]
    assert vault_paths(listings, [f"{PREFIX}/desk"], stored) == stored
    answers = [metadata(), metadata(deletion_time="2026"), metadata(destroyed=True), {"data": {"current_version": 0, "versions": {}}}]
    assert vault_live_paths(answers, ["a", "b", "c", "d"]) == ["a"]


def test_kubernetes_replaces_only_the_version_that_was_read() -> None:
    old, new = kubernetes_secrets({NAME: ENTRY, "x/y": MARK}, {NAME: "p", "x/y": "q"}, {NAME: "7"}, "n", PREFIX)
    assert (old["metadata"]["resourceVersion"], old["metadata"]["namespace"], old["type"]) == ("7", "n", KUBERNETES_TYPE)
    assert "resourceVersion" not in new["metadata"]


def test_azure_is_told_when_a_secret_works() -> None:
    taken = azure_arguments(ENTRY)
    assert (taken["secret_valid_from"], taken["secret_expiry"]) == ("2026-09-07T13:03:38.380000+00:00", "2026-12-06T13:03:38.380000+00:00")
    assert "v" not in taken["tags"].values()
    assert azure_arguments(MARK)["secret_value"] == NO_VALUE


def test_awx_gets_the_value_in_its_field_alone() -> None:
    taken = awx_arguments(ENTRY, {"app_id": "client_id", "app_secret": "value"}, {"url": "u"})
    assert taken["inputs"] == {"url": "u", "app_id": "desk", "app_secret": "v"}
    assert json.loads(taken["description"].removeprefix(AWX_MARK)) == BARE
    assert awx_arguments(MARK, {"app_secret": "value"}, {})["inputs"] == {}


def test_awx_lookup_has_words_of_its_own() -> None:
    options = {"controller_host": "h", "controller_oauthtoken": "o", "validate_certs": False, "request_timeout": 5}
    assert awx_lookup_options(options) == {"host": "h", "oauth_token": "o", "verify_ssl": False, "request_timeout": 5}


def test_entries_need_to_say_whose_they_are() -> None:
    assert [entry_from(members) for members in (None, [], {}, {"client_id": "a"}, {"client_id": "", "description": ""})] == [None] * 5
    assert entry_from({"client_id": "a", "description": "", "id": None, "other": 1}) == {"client_id": "a", "description": ""}


def test_declared_names() -> None:
    assert declared_names([{"secrets": [{"client_id": "a/b", "description": "d"}, {"client_id": "a/b"}]}, {"secrets": []}]) == ["a%2Fb/d", "a%2Fb/"]
