# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log in, and return the access token for a task of another collection."""

from __future__ import annotations

DOCUMENTATION = r"""
name: vantage_token
short_description: Log in to ABBYY Vantage and return the access token
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Returns an access token, for the header of M(ansible.builtin.uri) and the like.
  - An unset option comes from the host's variable, such as C(vantage_auth_client_id), or else from the environment.
  - A task logs in once per host, and all items of its loop share the token. For a whole play, use M(abbyy.vantage.vantage_token) with C(register).
  - It logs in in check mode, too.
  - If O(auth_token) is set, the lookup returns it unchanged. It refuses a refresh token and a login saved in C(vantage_login_file), since a login uses the
    token up, and a lookup cannot save the next one. Log in with M(abbyy.vantage.vantage_token) and its option C(login_file) instead, and pass its token as
    O(auth_token).
  - The token is not masked. Set C(no_log) on the task. M(ansible.builtin.uri) shows its headers with C(-vvv).
extends_documentation_fragment:
  - abbyy.vantage.lookup
options:
  _terms:
    description: Takes no terms.
    type: list
    elements: str
requirements:
  - requests >= 2.32.4 for the Python that runs C(ansible-playbook)
seealso:
  - module: abbyy.vantage.vantage_token
"""

EXAMPLES = r"""
- name: Call an address of Vantage that no module covers
  ansible.builtin.uri:
    url: "{{ vantage_base_url }}/api/adminapi2/v2/tenants/{{ vantage_tenant_id }}/clients/"
    headers:
      Authorization: "Bearer {{ lookup('abbyy.vantage.vantage_token') }}"
  no_log: true

- name: Call the API as an app of the tenant, with the secret from the store
  ansible.builtin.uri:
    url: "{{ vantage_base_url }}/api/adminapi2/v2/tenants/{{ vantage_tenant_id }}/clients/"
    headers:
      Authorization: "Bearer {{ lookup('abbyy.vantage.vantage_token', auth_client_id='invoice-import', auth_client_secret=secret) }}"
  vars:
    secret: "{{ lookup('abbyy.vantage.stored_secret', 'invoice-import/production') }}"
  no_log: true
"""

RETURN = r"""
_raw:
  description: The access token.
  type: list
  elements: str
"""

import os
import time
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.abbyy.vantage.plugins.action.vantage_app import params_of
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError, shown
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec
from ansible_collections.abbyy.vantage.plugins.module_utils.login.token_login import get_token, options_spec
from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import is_given

display = Display()
# A token must still be valid when the request that carries it arrives.
EARLY_SECONDS = 30.0
WAY_OUT = "log in with the module abbyy.vantage.vantage_token and its option login_file, and give the lookup its access_token as auth_token"
# By process and options, each token with the moment until which it is used. Each task has a process of its own for each host.
tokens: dict[tuple[int, str], tuple[str, float]] = {}


class LookupModule(LookupBase):
    """Log in with the connection of the host that the task is for."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Return one token."""
        try:
            if terms:
                raise ConfigError("The lookup vantage_token takes no terms; give it options by their names, such as auth_client_id='automation'.")
            params = self._params(variables or {}, kwargs)
            return [params["auth_token"] or self._token(params, variables or {})]
        except VantageError as exc:
            # Without its causes, whose texts may hold anything.
            raise AnsibleLookupError(exc.message) from None

    def _params(self, variables: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Return all options, out of the call, the host's variables and the environment, in that order."""
        spec = connection_spec(tenant_required=False)
        own = {name: value for name, value in plain(given).items() if is_given(value)}
        of_host = {name: self._variable(variables, f"vantage_{name}") for name in spec if name not in own}
        return params_of("vantage_token", {**own, **{name: value for name, value in of_host.items() if is_given(value)}}, spec, spec)

    def _variable(self, variables: dict[str, Any], name: str) -> Any:
        """Return a variable of the host, which is a template still; None when there is none."""
        templar: Any = self._templar
        return plain(templar.template(variables[name])) if name in variables else None

    def _token(self, params: dict[str, Any], variables: dict[str, Any]) -> str:
        """Return the token that this process has got with these options, or a new one."""
        if is_given(self._variable(variables, "vantage_login_file")):
            raise ConfigError(f"This host logs in with the login that vantage_login_file keeps, which a lookup cannot renew; {WAY_OUT}.")
        if params["auth_grant"] == "refresh_token" or (params["auth_refresh_token"] and not params["auth_grant"]):
            raise ConfigError(f"A lookup would spend the refresh token in auth_refresh_token and keep no next one; {WAY_OUT}.")
        key = (os.getpid(), repr(sorted(params.items())))
        token, until = tokens.get(key, ("", 0.0))
        if time.monotonic() >= until:
            token, lifetime = log_in(params)
            until = time.monotonic() + lifetime - min(EARLY_SECONDS, lifetime / 2)
            tokens[key] = (token, until)
        return token


def log_in(params: dict[str, Any]) -> tuple[str, float]:
    """Return a new token, and for how many seconds it works."""
    warnings: list[str] = []
    others = {name: rules.get("default") for name, rules in options_spec().items()}
    answer = get_token({**others, **params}, warnings)
    for warning in warnings:
        display.warning(shown(warning))
    # Of one whose life is not known, as long as the task lasts.
    return answer["access_token"], float(answer["expires_in"] or "inf")
