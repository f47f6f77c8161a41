# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is particular to Azure Key Vault, by the real library against a stand-in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, StoreError
from ansible_collections.abbyy.vantage.tests.integration.support.stores.azure import Azure
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import change_to, new_context, new_entry, new_mark

NAME = new_entry().name
PLACE = "vantage---contoso---claims---default"
VAULT = {"vault_url": "https://contoso.vault.azure.net"}
NewStore = Callable[..., Any]


@pytest.fixture
def new_store(azure: Azure, tmp_path: Path) -> NewStore:
    """Makes another store of the same place."""
    azure.forget()
    return lambda **options: store_from_option(azure.options(**options), new_context(tmp_path), {})


def write_and_remove(store: Any) -> None:
    """Write an entry and remove it."""
    store.write([change_to(new_entry(), None)])
    answer = store.write([Change(NAME, None, "secret-1")])[NAME]

    assert answer.status == "written"


@pytest.mark.usefixtures("no_pauses")
def test_an_own_deleted_secret_is_recovered_by_the_next_write(azure: Azure, new_store: NewStore) -> None:
    write_and_remove(new_store())

    assert list(azure.deleted) == [PLACE]

    azure.busy = 2
    answer = new_store().write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "written"
    assert azure.read(PLACE) == new_mark().to_members()
    assert azure.deleted == {}


@pytest.mark.usefixtures("no_pauses")
def test_a_deleted_secret_of_somebody_else_is_left_alone(azure: Azure, new_store: NewStore) -> None:
    write_and_remove(new_store())
    azure.deleted[PLACE][-1]["tags"] = {"owner": "another team"}

    answer = new_store().write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "failed"
    assert "choose another prefix" in answer.reason
    assert list(azure.deleted) == [PLACE]


@pytest.mark.usefixtures("no_pauses")
def test_a_deletion_that_does_not_end_fails_the_write(azure: Azure, new_store: NewStore) -> None:
    azure.busy = 99

    answer = new_store().write([change_to(new_mark(), None)])[NAME]

    assert answer.status == "failed"
    assert "is being deleted or recovered; run again later." in answer.reason


def test_names_that_differ_only_in_case_are_different_secrets(azure: Azure, new_store: NewStore) -> None:
    store = new_store()

    answers = store.write([change_to(new_entry(number, client), None) for number, client in enumerate(("claims", "Claims", "CLAIMS"))])

    assert {answer.status for answer in answers.values()} == {"written"}
    assert len({name.lower() for name in azure.secrets}) == 3


def test_a_missing_right_is_named(azure: Azure, new_store: NewStore) -> None:
    azure.refusals["GET secrets/list"] = (403, "Caller is not authorized to perform action on resource.")

    with pytest.raises(StoreError, match=r"Could not list the secrets of https://.*: Caller is not authorized .*; this needs the permission to list secrets"):
        new_store().check()


def test_a_refused_login_names_the_options_and_not_the_secret(new_store: NewStore) -> None:
    with pytest.raises(StoreError, match=r"Invalid client secret provided.*; check the store's options tenant, client_id and secret") as error:
        new_store(secret="not-the-secret-of-this-client", retries=0).check()

    assert "not-the-secret" not in str(error.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "needs its option 'vault_url', which is not set"),
        ({"vault_url": "contoso"}, r"'vault_url' of the store azure_key_vault is 'contoso'; write an address such as https://contoso\.vault\.azure\.net"),
        ({"vault_url": "https://user:geheim@contoso"}, "is 'contoso'; write an address"),
        ({**VAULT, "secret": "geheim"}, "needs its options tenant, client_id and secret together; set all three or no secret"),
        ({**VAULT, "cloud_environment": "Mars"}, "'cloud_environment' of the store azure_key_vault is 'Mars'; choose one of AzureCloud, AzureUSGovernment"),
    ],
)
def test_an_invalid_option_is_explained_in_one_sentence(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        store_from_option({"type": "azure_key_vault", **options}, new_context(tmp_path), {}).check()

    assert "geheim" not in str(error.value)
