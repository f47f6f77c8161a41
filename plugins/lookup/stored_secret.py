# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the value of a client secret from the store that it was delivered to."""

from __future__ import annotations

DOCUMENTATION = r"""
name: stored_secret
short_description: Read the value of a client secret from its store
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Returns the value of a secret that M(abbyy.vantage.vantage_app) delivered, for its consumers.
  - It reads only the store and does not contact the tenant.
  - The value is not masked. Set C(no_log) on tasks that show their arguments.
options:
  _terms:
    description:
      - Names of secrets, C(client_id/description). A slash in the C(client_id) is written as C(%2F).
    type: list
    elements: str
    required: true
  store:
    description:
      - The store, in the format of O(abbyy.vantage.vantage_app#module:store).
      - In the environment, write a mapping as JSON.
    type: raw
    default: file
    vars:
      - name: app_onboarding_store
    env:
      - name: VANTAGE_STORE
  store_defaults:
    description: Options of the store that all tenants share. The options of O(store) take precedence.
    type: raw
    vars:
      - name: app_onboarding_store_defaults
    env:
      - name: VANTAGE_STORE_DEFAULTS
  prefix:
    description: Prefix of the names of the tenant's entries. It takes precedence over C(prefix) of O(store).
    type: str
    env:
      - name: VANTAGE_STORE_PREFIX
  member:
    description: Which member of the store's entry to return.
    type: str
    choices: [value, id, start_time, expiration]
    default: value
seealso:
  - module: abbyy.vantage.vantage_app
"""

EXAMPLES = r"""
- name: Log in as an app of the tenant
  abbyy.vantage.vantage_token:
    auth_client_id: invoice-import
    auth_client_secret: "{{ lookup('abbyy.vantage.stored_secret', 'invoice-import/production') }}"

- name: Read from HashiCorp Vault, whatever the host's variables say
  ansible.builtin.set_fact:
    invoice_secret: "{{ lookup('abbyy.vantage.stored_secret', 'invoice-import/production', store={'type': 'hashi_vault', 'url': vault_url}) }}"
  no_log: true
"""

RETURN = r"""
_raw:
  description: The value of each secret, in the order of the names.
  type: list
  elements: str
"""

import json
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError, shown
from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import context_from_variables, option_over_defaults, store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.reading import read_members

display = Display()
# Maximum number of parallel requests.
CONCURRENCY = 8


class LookupModule(LookupBase):
    """Read from the store of the host that the task is for."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Return one text for each name."""
        self.set_options(var_options=variables, direct=kwargs)  # type: ignore[no-untyped-call]  # ansible-core annotates it in part only
        templar: Any = self._templar
        # The variables of a host are templates still.
        option, defaults, prefix = (plain(templar.template(self._option(name))) for name in ("store", "store_defaults", "prefix"))
        names = [str(plain(term)) for term in terms]
        try:
            context = context_from_variables(
                variables or {}, CONCURRENCY, self._loader._vault if self._loader else None, lambda text: display.warning(shown(text))
            )
            settings = option_over_defaults(mapping_from_text(option), mapping_from_text(defaults))
            store = store_from_option({**settings, **({"prefix": prefix} if prefix else {})}, context)
            return read_members(store, names, self._option("member"))
        except VantageError as exc:
            # Without its causes, whose texts may hold anything.
            raise AnsibleLookupError(exc.message) from None

    def _option(self, name: str) -> Any:
        return self.get_option(name)  # type: ignore[no-untyped-call]  # ansible-core annotates it in part only


def mapping_from_text(option: Any) -> Any:
    """Return the mapping that a text is written as, as in the environment; anything else as it is.

    :raises ConfigError: for one that is not complete, without showing it.
    """
    if not isinstance(option, str) or not option.lstrip().startswith("{"):
        return option
    try:
        return json.loads(option)
    except (ValueError, RecursionError):
        raise ConfigError('The option store begins with a brace and is no JSON; write a mapping such as {"type": "file"}.') from None
