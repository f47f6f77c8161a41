# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server for the tests of stores.

The collection is importable only once pytest has been configured, which is after this file was read: hence the imports inside.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.aws import Aws
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.azure import Azure
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.google import Google
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.openbao import OpenBao


@pytest.fixture(scope="session")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    """A real OpenBao, one for each process of pytest; each test takes a prefix of its own."""
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.openbao import running_openbao

    with running_openbao(tmp_path_factory.mktemp("openbao")) as server:
        yield server


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """AWS as moto plays it, one for each process of pytest."""
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.aws import Aws

    with Aws() as server:
        yield server


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azure]:
    """A vault of Azure, one for each process of pytest."""
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.azure import Azure

    with Azure(tmp_path_factory.mktemp("azure")) as server:
        yield server


@pytest.fixture
def azure(azure_server: Azure, monkeypatch: pytest.MonkeyPatch) -> Azure:
    """The vault, whose name is found on this machine, and whose CA is trusted."""
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.azure import HOST_NAME
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.stand_in import HOST

    found_by_system = socket.getaddrinfo

    def find(host: Any, *arguments: Any, **keywords: Any) -> Any:
        return found_by_system(HOST if host == HOST_NAME else host, *arguments, **keywords)

    monkeypatch.setattr(socket, "getaddrinfo", find)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(azure_server.ca_path))
    return azure_server


@pytest.fixture(scope="session")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    """A project of Google, one for each process of pytest."""
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.google import Google

    with Google(tmp_path_factory.mktemp("google")) as server:
        yield server


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait before a request is repeated."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture(autouse=True)
def no_store_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Take away what the user's own environment says of a server."""
    import os

    begins = ("VAULT_", "BAO_", "ANSIBLE_HASHI_VAULT_", "AWS_", "AZURE_", "GCP_", "GOOGLE_")
    for name in [name for name in os.environ if name.startswith(begins)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
