# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the connection and the login for lookups: that of the modules, and where a lookup finds what it is not told."""

from __future__ import annotations

import yaml

from ansible_collections.abbyy.vantage.plugins.doc_fragments.vantage import ModuleDocFragment as Modules
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec


def documentation() -> str:
    """Return the options of the modules, each with the variable of the host and that of the environment."""
    options = yaml.safe_load(Modules.DOCUMENTATION)["options"]
    for name, rules in connection_spec(tenant_required=False).items():
        options[name]["vars"] = [{"name": f"vantage_{name}"}]
        options[name]["required"] = rules.get("required", False)
        if "fallback" in rules:
            options[name]["env"] = [{"name": variable} for variable in rules["fallback"][1]]
    return str(yaml.safe_dump({"options": options}, sort_keys=False))


class ModuleDocFragment:
    """The fragment ``abbyy.vantage.lookup``."""

    # With a type, since ansible-test takes every plain assignment here for a text.
    DOCUMENTATION: str = documentation()
