# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server for the tests of stores.

The collection is importable only once pytest has been configured, which is after this file was read: hence the imports inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.stores.openbao import OpenBao


@pytest.fixture(scope="session")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    """A real OpenBao, one for each process of pytest; each test takes a prefix of its own."""
    from ansible_collections.abbyy.vantage.tests.integration.stores.openbao import running_openbao

    with running_openbao(tmp_path_factory.mktemp("openbao")) as server:
        yield server


@pytest.fixture(autouse=True)
def no_vault_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Take away what the user's own environment says of a server."""
    import os

    for name in [name for name in os.environ if name.startswith(("VAULT_", "BAO_", "ANSIBLE_HASHI_VAULT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
