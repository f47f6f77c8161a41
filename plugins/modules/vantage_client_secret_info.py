#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_client_secret_info
short_description: Read which secrets the OAuth clients of an ABBYY Vantage tenant have
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Returns the secrets of all or some clients of a tenant, with the days until they expire. The API never returns the values of secrets.
extends_documentation_fragment:
  - abbyy.vantage.vantage
  - abbyy.vantage.bulk
  - abbyy.vantage.attributes
  - abbyy.vantage.attributes.reads
options:
  client_id:
    description:
      - Return only the secrets of these clients. If not set, those of all clients; if empty, none.
      - A list, a JSON list as text, or ids separated by commas or line breaks.
    type: list
    elements: str
  expiring_within:
    description:
      - Return only secrets that expire within this time or have already expired.
      - In seconds or as V(90s), V(15m), V(24h), V(30d), V(26w) or V(d.hh:mm:ss).
    type: str
seealso:
  - module: abbyy.vantage.vantage_client_info
  - module: abbyy.vantage.vantage_client_secret
"""

EXAMPLES = r"""
- name: Read the secrets of all clients
  abbyy.vantage.vantage_client_secret_info:
    region: eu
    tenant_id: 7a1de5a0c0de4b1e8f00c04705000001
    auth_client_id: automation
    auth_client_secret: "{{ lookup('ansible.builtin.env', 'VANTAGE_AUTH_CLIENT_SECRET') }}"
    concurrency: 16
  register: all_secrets

- name: Read the secrets of two clients
  abbyy.vantage.vantage_client_secret_info:
    client_id: [automation, reader]

- name: Read secrets that expire within a month
  abbyy.vantage.vantage_client_secret_info:
    expiring_within: 30d
  register: expiring

- name: Show them
  ansible.builtin.debug:
    msg: "{{ item.client_id }} {{ item.description }}: {{ item.days_left }} days"
  loop: "{{ expiring.client_secrets }}"
  loop_control:
    label: "{{ item.client_id }}"

- name: Read expired secrets
  abbyy.vantage.vantage_client_secret_info:
    expiring_within: 0

- name: Count the secrets that never expire
  ansible.builtin.debug:
    msg: "{{ all_secrets.client_secrets | selectattr('expiration', 'none') | length }}"
"""

RETURN = r"""
client_secrets:
  description: The secrets, by client in the server's order.
  returned: always
  type: list
  elements: dict
  contains:
    client_id:
      description: The client that the secret belongs to.
      returned: always
      type: str
      sample: claims-intake
    id:
      description: The secret's id on the server.
      returned: always
      type: str
      sample: 8a1f3f0e-6a51-4b0e-9a49-3f7cc2f1b7aa
    description:
      description: Name of the secret among those of its client.
      returned: always
      type: str
      sample: production
    start_time:
      description: When it starts to work; V(null) if the server does not return it.
      returned: always
      type: str
      sample: "2026-09-07T13:03:38.380Z"
    expiration:
      description: When it expires; V(null) for never.
      returned: always
      type: str
      sample: "2026-12-06T13:03:38.380Z"
    value_display:
      description: The first three characters of its value.
      returned: always
      type: str
      sample: k7W
    active:
      description: Whether it works now.
      returned: always
      type: bool
      sample: true
    days_left:
      description: Days until it expires, negative if it has expired; V(null) for never.
      returned: always
      type: float
      sample: 41.5
server_time:
  description: The server's time. It decides when secrets and tokens expire.
  returned: always
  type: str
  sample: "2026-09-07T13:03:38.380Z"
clock_difference:
  description:
    - How many seconds the server's clock is ahead of the clock of the machine that ran the module; negative if it is behind.
    - Less than 3 seconds count as 0. V(null) if no response named the server's time.
  returned: always
  type: int
  sample: 0
error:
  description: What failed, with C(status), C(code), C(method) and C(path) as in M(abbyy.vantage.vantage_client).
  returned: on failure
  type: dict
  sample: {status: 403, code: http_403, method: GET, path: /api/adminapi2/v2/tenants/0123456789abcdef0123456789abcdef/clients/}
auth_refresh_token:
  description: The refresh token to use from now on. Ansible does not log a result that contains it.
  returned: when the login with O(auth_refresh_token) returned a new one
  type: str
  sample: 9f3c…
"""

from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.queries import find_secrets
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.run import run_query


def argument_spec() -> dict[str, Any]:
    """Return the options beside those of the connection."""
    return {
        "client_id": {"type": "list", "elements": "str"},
        "expiring_within": {"type": "str"},
        "concurrency": {"type": "int", "default": 8},
    }


def main() -> None:
    """Run the module."""
    run_query(argument_spec(), find_secrets)


if __name__ == "__main__":
    main()
