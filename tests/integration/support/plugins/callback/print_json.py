# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print one JSON document at the end of a run, as callbacks for programs do."""

from __future__ import annotations

import json
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: print_json
type: stdout
short_description: Print the counts of a run as JSON
description:
  - For the tests of this collection.
"""


class CallbackModule(CallbackBase):
    """Print nothing else."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "print_json"

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Print the counts of each host."""
        self._display.display(json.dumps({"hosts": {host: stats.summarize(host) for host in stats.processed}}))
