# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return a host's connection to its tenant as options of the modules."""

from __future__ import annotations

DOCUMENTATION = r"""
name: connection
short_description: Turn a host's variables into the modules' connection options
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Returns the modules' connection options from the host's variables. Each variable is the option's name with the prefix C(vantage_), such as
    C(vantage_tenant_id) for O(abbyy.vantage.vantage_client#module:tenant_id).
  - As C(module_defaults) of the group C(abbyy.vantage.vantage), it connects all tasks of a play to the host's tenant.
  - It omits variables that are not set or empty, so the environment applies.
options: {}
notes:
  - The result holds the host's login. Set C(no_log) on tasks that show it.
seealso:
  - module: abbyy.vantage.vantage_client
  - module: abbyy.vantage.vantage_app
"""

EXAMPLES = r"""
- name: Read the clients of every tenant
  hosts: vantage
  gather_facts: false
  module_defaults:
    group/abbyy.vantage.vantage: "{{ lookup('abbyy.vantage.connection') }}"
  tasks:
    - name: Read the clients
      abbyy.vantage.vantage_client_info:
      register: clients
"""

RETURN = r"""
_raw:
  description: The options.
  type: dict
"""

from typing import Any

from ansible.plugins.lookup import LookupBase

from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec

PREFIX = "vantage_"


class LookupModule(LookupBase):
    """Read the variables of one host."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        """Return the options that are set.

        :param variables: of the host, not yet templated.
        """
        names = [option for option in connection_spec() if f"{PREFIX}{option}" in variables]
        template = self._templar.template  # type: ignore[union-attr]  # ansible-core gives every lookup one
        values = {option: template(variables[f"{PREFIX}{option}"]) for option in names}
        return [{option: value for option, value in values.items() if value is not None and value != ""}]
