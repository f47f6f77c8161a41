# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of a real store tell which clients a run manages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Store
from ansible_collections.abbyy.vantage.tests.integration.support.stores.openbao import OpenBao
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import ATTIC, HALL, INTAKE
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import new_context


@pytest.fixture(params=["file", "hashi_vault"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Store]:
    """Makes the store of a prefix; a file has a path of that name."""

    def make(prefix: str) -> Store:
        option: dict[str, Any] = {"type": "file", "vault_password": "store-password", "path": f"{prefix}.yml"}
        if request.param == "hashi_vault":
            server: OpenBao = request.getfixturevalue("openbao")
            option = server.options()
        return store_from_option(option, new_context(tmp_path, f"vantage/prune-{prefix}"), {})

    return make


def test_a_run_deletes_only_undeclared_clients_of_its_own_store(in_process: InProcess, new_store: Callable[..., Store]) -> None:
    def run(prefix: str, *apps: dict[str, Any], **options: Any) -> dict[str, Any]:
        return EngineRun(in_process, new_store(prefix), list(apps), prune="managed", **options).perform()

    ours = run("ours", INTAKE, ATTIC, HALL)
    theirs = run("theirs", {"client_id": "theirs"})

    assert ours["failure"] == ""
    assert theirs["failure"] == ""

    planned = run("ours", INTAKE, check=True)
    done = run("ours", INTAKE)

    assert done["failure"] == ""
    assert done["table"] == planned["table"]
    assert done["summary"]["clients"] == {"deleted": ["attic", "hall"]}
    assert sorted(in_process.clients()) == ["automation", "intake", "reader", "theirs"]
    assert sorted(new_store("ours").read(None, values=False)) == ["intake/production"]

    again = run("ours", INTAKE)

    assert again["changed"] is False
