# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return the hosts of a play, and fail where Ansible would silently do nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenants
short_description: Fail if a play has no tenants
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Returns its pattern, for C(hosts) of a play. It fails if a part of the pattern, or of C(--limit), matches no host.
  - Ansible itself skips such a play and succeeds, so a nightly job with a misspelt group would renew nothing and stay green.
  - Ansible evaluates it before it selects hosts, so C(--limit) does not exclude it, unlike a check in a play on C(localhost).
options:
  _terms:
    description: One or more host patterns.
    type: list
    elements: str
    required: true
notes:
  - With C(--syntax-check), C(--list-hosts) and C(--list-tasks), it returns the pattern unchecked.
  - It does not check a limit from a file, as in C(--limit @failed.txt).
seealso:
  - ref: abbyy.vantage.app_onboarding role <ansible_collections.abbyy.vantage.app_onboarding_role>
    description: Onboards the apps of a tenant.
"""

EXAMPLES = r"""
- name: Onboard the apps of every tenant
  hosts: "{{ lookup('abbyy.vantage.tenants', 'vantage') }}"
  gather_facts: false
  roles:
    - abbyy.vantage.app_onboarding

- name: Read the clients of the tenants that the job names
  hosts: "{{ lookup('abbyy.vantage.tenants', tenants | default('vantage')) }}"
  gather_facts: false
  tasks:
    - name: Read the clients
      abbyy.vantage.vantage_client_info:
"""

RETURN = r"""
_raw:
  description: The pattern.
  type: list
  elements: str
"""

from typing import Any

from ansible import context
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain
from ansible_collections.abbyy.vantage.plugins.plugin_utils.tenant_hosts import demand_hosts, parts_of

# Of these, none runs anything.
LOOKS = ("syntax", "listhosts", "listtasks", "listtags")


class LookupModule(LookupBase):
    """Look at the inventory before a play begins."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[str]:
        """Return the pattern.

        :param terms: each a pattern, or a list of such.
        """
        patterns = [str(pattern) for term in plain(terms) for pattern in (term if isinstance(term, list) else [term])]
        # With commas and colons in one pattern, Ansible takes the colons for a part of names.
        whole = patterns[0] if len(patterns) == 1 else ",".join(part for pattern in patterns for part in parts_of(pattern))
        if not any(context.CLIARGS.get(look) for look in LOOKS):
            groups = {name: list(hosts) for name, hosts in plain(dict(variables["groups"])).items()}
            try:
                demand_hosts(whole, str(variables.get("ansible_limit") or ""), groups)
            except ConfigError as exc:
                raise AnsibleLookupError(exc.message) from exc
        return [whole]
