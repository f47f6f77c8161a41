# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests with real playbooks share: an emulator over HTTPS for each process of pytest, as new for each test, and a way to run playbooks.

The collection is importable only once pytest has been configured, which is after this file was read: hence the imports inside.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
    from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import AppPlays
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner


@pytest.fixture(autouse=True, scope="session")
def signals_as_in_a_terminal() -> None:
    """Give playbooks the signals that they have in a terminal; what a shell runs in the background ignores Ctrl-C, and so does all that it starts."""
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """One HTTPS front end for all tests of this process."""
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import serve_deployment

    with serve_deployment(tmp_path_factory.mktemp("emulator")) as deployment:
        yield deployment


@pytest.fixture
def deployment(served: Deployment) -> Iterator[Deployment]:
    """The emulated Vantage as new: the two default tenants, no faults, an empty journal."""
    served.emulator.reset()
    yield served
    assert served.emulator.deviations == []


@pytest.fixture
def emulator(deployment: Deployment) -> Emulator:
    """The controls over the emulated Vantage."""
    return deployment.emulator


@pytest.fixture
def deviations_are_meant(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test ask what is not in the contract, as the probe does to see what comes back."""
    monkeypatch.setattr(deployment.emulator, "check", None)


@pytest.fixture
def playbooks(deployment: Deployment, tmp_path: Path) -> PlaybookRunner:
    """Runs playbooks in an empty folder, connected to the tenant contoso by the environment."""
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

    return PlaybookRunner(tmp_path, {**deployment.login_env(), **deployment.record_env()})


@pytest.fixture
def plays(playbooks: PlaybookRunner, deployment: Deployment) -> AppPlays:
    """Runs plays of vantage_app."""
    from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import AppPlays

    return AppPlays(playbooks, deployment)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    """One Chromium for all tests of this process."""
    from ansible_collections.abbyy.vantage.tests.integration.support.chromium import running_chromium

    with running_chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def kept() -> Iterator[Path]:
    """A folder for all that a run writes down; in it lies a socket of ansible-core, whose path must be short."""
    with TemporaryDirectory(prefix="vantage-") as folder:
        yield Path(folder)
