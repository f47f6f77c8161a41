# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is particular to AWS Secrets Manager, against moto."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, StoreError
from ansible_collections.abbyy.vantage.tests.integration.support.stores.aws import KEYS, REGION, Aws
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import change_to, new_context, new_entry, new_mark

NAME = new_entry().name
PLACE = "vantage/contoso/claims/default"
NewStore = Callable[..., Any]


@pytest.fixture
def new_store(aws: Aws, tmp_path: Path) -> NewStore:
    """Makes another store of the same place."""
    aws.forget()
    return lambda **options: store_from_option(aws.options(**options), new_context(tmp_path), {})


def write_and_remove(store: Any) -> None:
    """Write an entry and remove it."""
    store.write([change_to(new_entry(), None)])
    answer = store.write([Change(NAME, None, "secret-1")])[NAME]

    assert answer.status == "written"


def test_a_removed_entry_is_hidden_until_aws_deletes_it(aws: Aws, new_store: NewStore) -> None:
    write_and_remove(new_store(recovery_window=7))

    assert aws.client.describe_secret(SecretId=PLACE)["DeletedDate"]
    assert new_store().read([NAME], values=False) == {}
    assert new_store().read(None, values=False) == {}


def test_a_removed_entry_is_restored_by_the_next_write(new_store: NewStore) -> None:
    write_and_remove(new_store(recovery_window=7))

    answer = new_store().write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "written"
    assert new_store().read([NAME], values=True) == {NAME: new_mark()}


def test_an_entry_without_a_recovery_window_is_removed_for_good(aws: Aws, new_store: NewStore) -> None:
    write_and_remove(new_store(recovery_window=0))

    assert aws.client.list_secrets(IncludePlannedDeletion=True)["SecretList"] == []


def test_a_secret_that_somebody_else_has_deleted_is_not_restored(aws: Aws, new_store: NewStore) -> None:
    aws.client.create_secret(Name=PLACE, SecretString="theirs", Description="of another team")
    aws.client.delete_secret(SecretId=PLACE, RecoveryWindowInDays=7)

    answer = new_store().write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "failed"
    assert "choose another prefix" in answer.reason
    assert aws.client.describe_secret(SecretId=PLACE)["DeletedDate"]


def test_a_write_of_another_run_just_before_the_deletion_is_restored(aws: Aws, new_store: NewStore) -> None:
    store, other = new_store(), new_store()
    other.connect()
    store.write([change_to(new_entry(), None)])
    aws.begin()

    def write_between(number: int) -> None:
        if aws.calls[-1] == "DeleteSecret":
            aws.before = None
            assert other.write([change_to(new_entry(2), "secret-1")])[NAME].status == "written"

    aws.before = write_between

    answer = store.write([Change(NAME, None, "secret-1")])[NAME]

    assert answer.status == "refused"
    assert new_store().read([NAME], values=True) == {NAME: new_entry(2)}


def test_a_new_secret_has_the_key_and_the_tags_of_the_options(aws: Aws, new_store: NewStore) -> None:
    store = new_store(kms_key_id="alias/vantage", tags={"owner": "identity"})

    store.write([change_to(new_entry(), None)])
    described = aws.client.describe_secret(SecretId=PLACE)

    assert described["KmsKeyId"] == "alias/vantage"
    assert described["Description"] == "abbyy.vantage: claims/default"
    assert {"Key": "owner", "Value": "identity"} in described["Tags"]


def test_tags_that_may_not_be_changed_are_only_a_warning(aws: Aws, tmp_path: Path) -> None:
    aws.forget()
    warnings: list[str] = []
    store = store_from_option(aws.options(), replace(new_context(tmp_path), warn=warnings.append), {})
    store.write([change_to(new_mark(), None)])
    aws.denied = {"TagResource"}

    answer = store.write([change_to(new_entry(), "")])[NAME]

    assert answer.status == "written"
    assert len(warnings) == 1
    assert "this needs secretsmanager:TagResource. The secret itself was written." in warnings[0]


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("ListSecrets", r"Could not list the secrets below vantage/contoso/: .*; this needs secretsmanager:ListSecrets\."),
        ("GetSecretValue", r"Could not read vantage/contoso/claims/default: .*; this needs secretsmanager:GetSecretValue"),
    ],
)
def test_a_missing_right_to_read_is_named(aws: Aws, new_store: NewStore, action: str, said: str) -> None:
    aws.denied = {action}
    store = new_store()

    with pytest.raises(StoreError, match=said):
        store.read(None if action == "ListSecrets" else [NAME], values=False)


@pytest.mark.parametrize("action", ["CreateSecret", "PutSecretValue", "UpdateSecretVersionStage", "DeleteSecret"])
def test_a_missing_right_to_write_is_named(aws: Aws, new_store: NewStore, action: str) -> None:
    store = new_store()
    if action != "CreateSecret":
        store.write([change_to(new_entry(), None)])
    aws.denied = {action}
    change = {"CreateSecret": change_to(new_mark(), None), "DeleteSecret": Change(NAME, None, "secret-1")}.get(action, change_to(new_entry(2), "secret-1"))

    answer = store.write([change])[NAME]

    assert answer.status == "failed"
    assert f"this needs secretsmanager:{action}" in answer.reason


def test_a_role_is_assumed_with_the_credentials_of_the_option(aws: Aws, new_store: NewStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.url)
    store = new_store(assume_role_arn="arn:aws:iam::123456789012:role/vantage")

    answer = store.write([change_to(new_entry(), None)])[NAME]

    assert answer.status == "written"
    assert store.read([NAME], values=True) == {NAME: new_entry()}


def test_the_environment_supplies_the_credentials_and_the_region(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.forget()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS["access_key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS["secret_key"])
    store = store_from_option({"type": "aws_secrets_manager", "endpoint_url": aws.url}, new_context(tmp_path), {"AWS_REGION": REGION})

    store.check()


def test_a_profile_supplies_the_credentials_and_the_region(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.forget()
    files = {"AWS_CONFIG_FILE": f"[profile vantage]\nregion = {REGION}\n"}
    files["AWS_SHARED_CREDENTIALS_FILE"] = f"[vantage]\naws_access_key_id = {KEYS['access_key']}\naws_secret_access_key = {KEYS['secret_key']}\n"
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        monkeypatch.setenv(name, str(tmp_path / name))
    store = store_from_option({"type": "aws_secrets_manager", "endpoint_url": aws.url, "profile": "vantage"}, new_context(tmp_path), {})

    store.check()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"region": REGION}, "Unable to locate credentials; set the store's option profile, or access_key and secret_key"),
        ({**KEYS}, "no region is set; set the store's option region, or AWS_REGION in the environment"),
        ({"region": REGION, "profile": "nobody"}, r"The config profile \(nobody\) could not be found; set the store's option profile"),
        ({"region": REGION, "access_key": "x"}, "needs its options access_key and secret_key together; set both or none"),
        ({"region": REGION, **KEYS, "endpoint_url": "vault.example.com"}, r"the response or an option is not valid \(ValueError\)"),
    ],
)
def test_a_login_that_cannot_work_is_explained(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises((ConfigError, StoreError), match=said):
        store_from_option({"type": "aws_secrets_manager", **options}, new_context(tmp_path), {}).check()


def test_the_policy_of_the_guide_grants_all_that_a_run_does(aws: Aws, new_store: NewStore) -> None:
    guide = (ROOT / "docs/guides/stores.md").read_text(encoding="utf-8")
    policies = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", guide, re.DOTALL) if "secretsmanager:CreateSecret" in block]
    granted = set(itertools.chain.from_iterable(statement["Action"] for statement in policies[0]["Statement"]))
    store = new_store()

    store.check()
    for number in range(2):
        for change in (change_to(new_mark(), None), change_to(new_entry(), ""), Change(NAME, None, "secret-1")):
            assert store.write([change])[NAME].status == "written", number

    assert {f"secretsmanager:{action}" for action in aws.calls} <= granted
