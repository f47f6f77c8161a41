# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the stand-in's vault on this machine: its name is on no name server. Python imports this file when its folder is on PYTHONPATH."""

from __future__ import annotations

import socket
from typing import Any

found_by_system = socket.getaddrinfo


def find(host: Any, *arguments: Any, **keywords: Any) -> Any:
    """Resolve a name."""
    return found_by_system("127.0.0.1" if isinstance(host, str) and host.endswith(".vault.test") else host, *arguments, **keywords)


socket.getaddrinfo = find
