# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read, complete and check declared apps on the controller."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.abbyy.vantage.plugins.plugin_utils._app_source import Declared, read_source
from ansible_collections.abbyy.vantage.plugins.plugin_utils._apps import complete_apps

SPEC: dict[str, dict[str, Any]] = {
    "apps": {"type": "list", "elements": "raw", "default": []},
    "source": {"type": "path"},
    "defaults": {"type": "dict", "default": {}},
    "secret_defaults": {"type": "dict", "default": {}, "no_log": False},
}
PROBLEMS_NAMED = 50


class ActionModule(ActionBase):
    """Answer with all apps; since thousands of them would fill the log, the answer is not shown."""

    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the module's answer."""
        super().run(tmp, task_vars)  # type: ignore[no-untyped-call]  # it refuses async; ansible-core annotates it in part only
        _validated, params = self.validate_argument_spec(SPEC)  # type: ignore[no-untyped-call]  # as above
        declared = [Declared(app, f"app_onboarding_apps, app {number}") for number, app in enumerate(params["apps"], start=1)]
        read: list[Declared] = []
        problems: list[str] = []
        if params["source"]:
            read, problems = read_source(self._loader.path_dwim(params["source"]))
        apps, wrong = complete_apps([*declared, *read], params["defaults"], params["secret_defaults"])
        problems += wrong
        if problems:
            return {"failed": True, "changed": False, "msg": message_of(problems), "problems": problems[:PROBLEMS_NAMED]}
        return {"changed": False, "apps": apps, "_ansible_no_log": True}


def message_of(problems: list[str]) -> str:
    """Return all of them in one message."""
    if len(problems) == 1:
        return f"Nothing was written. {problems[0]}"
    named = " ".join(f"({number}) {problem}" for number, problem in enumerate(problems[:PROBLEMS_NAMED], start=1))
    more = f" And {len(problems) - PROBLEMS_NAMED} more." if len(problems) > PROBLEMS_NAMED else ""
    return f"Nothing was written: the apps have {len(problems)} problems. {named}{more}"
