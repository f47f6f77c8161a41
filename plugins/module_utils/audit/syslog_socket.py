# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Send lines to the syslog of this machine."""

from __future__ import annotations

import os
import socket
import stat

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError

PREFIX = "syslog:"
# Where the system's own library writes, on Linux and macOS.
SOCKETS = ("/dev/log", "/var/run/syslog")
FACILITIES = {"user": 1, "daemon": 3, "auth": 4, "authpriv": 10, **{f"local{number}": 16 + number for number in range(8)}}
DEFAULT_FACILITY = "user"
NOTICE = 5
TAG = "abbyy.vantage"


class Syslog:
    """The syslog of this machine. Python's own module does not report that nobody listens.

    :param target: ``syslog:`` and a facility.
    :raises ConfigError: for an unknown facility.
    """

    def __init__(self, target: str) -> None:
        self.path = target
        facility = target[len(PREFIX) :].strip().lower() or DEFAULT_FACILITY
        if facility not in FACILITIES:
            raise ConfigError(f"audit_log {target!r} names no syslog facility; write {PREFIX} and one of {', '.join(FACILITIES)}.")
        self._priority = FACILITIES[facility] * 8 + NOTICE

    def check(self) -> None:
        """Raise ConfigError when nobody listens."""
        try:
            with self._connected():
                return
        except OSError as exc:
            raise ConfigError(
                f"audit_log {self.path!r} cannot be written, since no syslog listens at {' or '.join(SOCKETS)}; start one, or give a file. "
                "In a container, mount the socket."
            ) from exc

    def append(self, line: str) -> None:
        """Send a line; raise OSError when syslog does not accept it."""
        with self._connected() as connection:
            connection.send(f"<{self._priority}>{TAG}: {line}".encode())

    def _connected(self) -> socket.socket:
        place = next((place for place in SOCKETS if os.path.exists(place) and stat.S_ISSOCK(os.stat(place).st_mode)), SOCKETS[0])
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            # A syslog that has stopped reading must not hold up a run.
            connection.settimeout(1)
            connection.connect(place)
        except OSError:
            connection.close()
            raise
        return connection
