# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store HashiCorp Vault against a real OpenBao server, which speaks the same API."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.tests.integration.stores.openbao import OpenBao
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import StoreLifecycle, new_context


def test_its_life(openbao: OpenBao, tmp_path: Path) -> None:
    context = new_context(tmp_path, "vantage/life")
    StoreLifecycle(lambda: store_from_option(openbao.options(), context, {})).run()


def test_its_life_without_versions(openbao: OpenBao, tmp_path: Path) -> None:
    openbao.root.sys.enable_secrets_engine("kv", "old", options={"version": "1"})
    context = new_context(tmp_path, "vantage/life")
    StoreLifecycle(lambda: store_from_option(openbao.options(engine_mount_point="old", engine_version=1), context, {})).run()
