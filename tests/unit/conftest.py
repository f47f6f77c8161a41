# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the unit tests share.

The collection is importable only once pytest has been configured, which is after this file was read: hence the imports inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess


@pytest.fixture
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """An emulated Vantage as new, which holds every exchange to its OpenAPI document."""
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator

    emulator = Emulator(conformance=request.node.get_closest_marker("nonconforming") is None)
    yield emulator
    assert emulator.deviations == []


@pytest.fixture
def in_process(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    """Runs modules in this process against the emulator, as contoso's administrator."""
    from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

    return InProcess(emulator, monkeypatch)


@pytest.fixture
def nameless_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each list have one more client, which has no id."""
    from ansible_collections.abbyy.vantage.plugins.module_utils.tenant import api

    entries_from_body = api.entries_from_body

    def with_a_nameless_one(body: Any, doing: str) -> Any:
        entries, total = entries_from_body(body, doing)
        return [*entries, {"clientName": "nameless"}], None if total is None else total + 1

    monkeypatch.setattr(api, "entries_from_body", with_a_nameless_one)
