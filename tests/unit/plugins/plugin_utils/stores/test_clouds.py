# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for each store of a cloud: AWS against moto, Azure and Google against stand-ins, each spoken to by its real library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.tests.integration.stores.aws import Aws
from ansible_collections.abbyy.vantage.tests.integration.stores.azure import Azure
from ansible_collections.abbyy.vantage.tests.integration.stores.google import Google
from ansible_collections.abbyy.vantage.tests.integration.stores.stand_in import KINDS
from ansible_collections.abbyy.vantage.tests.unit.support.store_faults import StoreFaults
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import StoreLifecycle, new_context, new_entry

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
def cloud(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cloud]:
    """Each of the clouds, empty."""
    server: Aws | Azure | Google = request.getfixturevalue(request.param)
    server.forget()
    yield Cloud(server, tmp_path)
    server.begin()


@pytest.fixture
def which(cloud: Cloud) -> str:
    """The name of the cloud."""
    return type(cloud.server).__name__.lower()


def test_its_life(cloud: Cloud) -> None:
    StoreLifecycle(cloud.store).run()


def new_faults(cloud: Cloud) -> StoreFaults:
    """Return what enumerates the faults, for two runs."""
    return StoreFaults(cloud.server, lambda: cloud.store(retries=1), cloud.store().place_of)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_each_request(cloud: Cloud, kind: Any) -> None:
    new_faults(cloud).fault_at_each(kind)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_run_that_is_cut_off_at_each_request(cloud: Cloud, kind: Any) -> None:
    new_faults(cloud).fault_at_each(kind, for_ever=True)


@pytest.mark.usefixtures("no_pauses")
def test_another_run_at_each_request(cloud: Cloud, which: str) -> None:
    faults = new_faults(cloud)
    faults.other_run_at_each()
    assert faults.lost == UNNOTICED[which]
