# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What awx_setup refuses to put into an inventory is all that the collection knows to be secret."""

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec, secret_options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import spec_of_store_option

VARIABLES = yaml.safe_load((Path(__file__).resolve().parents[3] / "playbooks/awx/vars/main.yml").read_text(encoding="utf-8"))


def test_every_secret_of_the_connection_is_refused() -> None:
    assert {f"vantage_{option}" for option in secret_options(connection_spec())} == set(VARIABLES["__awx_setup_secret_variables"])


def test_every_secret_of_a_store_is_refused() -> None:
    assert set(secret_options(spec_of_store_option())) == set(VARIABLES["__awx_setup_secret_options"])
