# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run in check mode fails for a store that the real run could not use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import EngineRun
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.scenarios import INTAKE
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import new_context


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"type": "file"}, "has no vault password to be encrypted with"),
        ({"type": "hashi_vault", "url": "http://127.0.0.1:9", "token": "token-of-nobody-0123456789", "retries": 0}, "127.0.0.1:9"),
        ({"type": "hashi_vault", "url": "http://127.0.0.1:9"}, "The store hashi_vault has no token"),
    ],
)
def test_a_store_without_a_password_a_server_or_a_login_fails_before_a_client_is_made(
    in_process: InProcess, tmp_path: Path, option: dict[str, Any], said: str, check: bool
) -> None:
    run = EngineRun(in_process, store_from_option(option, new_context(tmp_path), {}), [INTAKE], check=check)

    result = run.perform()

    assert said in result["failure"]
    assert "intake" not in in_process.clients()


@pytest.mark.parametrize("check", [True, False])
def test_a_wrong_password_fails_the_run(in_process: InProcess, tmp_path: Path, check: bool) -> None:
    def run(password: str, **keywords: Any) -> dict[str, Any]:
        store = store_from_option({"type": "file", "vault_password": password}, new_context(tmp_path), {})
        return EngineRun(in_process, store, [INTAKE], **keywords).perform()

    first = run("right")
    second = run("wrong", check=check)

    assert first["failure"] == ""
    assert "cannot be decrypted with the vault password given" in second["failure"]
