# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a result, including values, to the file KEEP_ANSWERS, so that a test can check a registered variable."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Append one line per call; shows nothing."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = super().run(tmp, task_vars)
        kept = self._task.args["answers"]
        with open(os.environ["KEEP_ANSWERS"], "a", encoding="utf-8") as stream:
            stream.write(json.dumps(json.loads(kept) if isinstance(kept, str) else kept) + "\n")
        answer.update(changed=False)
        return answer
