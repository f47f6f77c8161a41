# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports for tests that run beside others."""

from __future__ import annotations

import random
import socket

# Below the ephemeral ports, so that nothing else gets one of these in between.
FIRST, LAST = 15_000, 30_000


def free_port() -> int:
    """Return an unused port of the IPv4 loopback address outside the ephemeral range."""
    while True:
        port = random.SystemRandom().randint(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
