# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect to a host that does not exist."""

from __future__ import annotations

from typing import Any, NoReturn

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = r"""
name: gone
short_description: Find no host
description: Every command ends as it does when the host cannot be reached.
extends_documentation_fragment: [connection_pipelining]
"""


class Connection(LocalConnection):
    """A connection that fails with the first command."""

    transport = "gone"

    def exec_command(self, *args: Any, **keywords: Any) -> NoReturn:
        raise AnsibleConnectionFailure("There is no such host.")
