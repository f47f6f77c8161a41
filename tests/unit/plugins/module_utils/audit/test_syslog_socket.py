# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A line reaches the syslog with its facility; a machine without syslog is reported before the run."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.audit import syslog_socket
from ansible_collections.abbyy.vantage.plugins.module_utils.audit.syslog_socket import Syslog
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError


@pytest.fixture
def listener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Listens in the place of the machine's syslog."""
    place = str(tmp_path / "log")
    monkeypatch.setattr(syslog_socket, "SOCKETS", (str(tmp_path / "none"), place))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(place)
        listening.settimeout(10)
        yield listening


@pytest.mark.parametrize(("target", "priority"), [("syslog:", 13), ("syslog:user", 13), ("syslog:local3", 157), ("syslog: Auth", 37), ("syslog:authpriv", 85)])
def test_a_line_has_its_facility(listener: socket.socket, target: str, priority: int) -> None:
    syslog = Syslog(target)
    syslog.check()

    syslog.append('{"a": 1}')

    assert listener.recv(1000) == f'<{priority}>abbyy.vantage: {{"a": 1}}'.encode()


@pytest.mark.parametrize("target", ["syslog:local8", "syslog://host:514", "syslog:kern"])
def test_an_unknown_facility_is_refused(target: str) -> None:
    with pytest.raises(ConfigError, match="names no syslog facility; write syslog: and one of user, daemon, auth, authpriv, local0"):
        Syslog(target)


@pytest.fixture
def machine_without_syslog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syslog_socket, "SOCKETS", (str(tmp_path / "none"),))


@pytest.mark.usefixtures("machine_without_syslog")
def test_the_check_refuses_a_machine_without_syslog() -> None:
    with pytest.raises(ConfigError, match="no syslog listens"):
        Syslog("syslog:").check()


@pytest.mark.usefixtures("machine_without_syslog")
def test_a_line_without_syslog_is_an_error() -> None:
    with pytest.raises(OSError, match="No such file"):
        Syslog("syslog:").append("line")
