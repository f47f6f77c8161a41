#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_client_info
short_description: Read the OAuth clients of an ABBYY Vantage tenant
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Returns the Public API clients of a tenant with all their settings and optionally their secrets. The API never returns the values of secrets.
extends_documentation_fragment:
  - abbyy.vantage.vantage
  - abbyy.vantage.bulk
  - abbyy.vantage.attributes
  - abbyy.vantage.attributes.reads
options:
  client_id:
    description: Return only this client, or none if it does not exist.
    type: str
  name:
    description: Return the clients whose RV(clients[].client_name) matches this shell pattern, such as V(Claims *). The pattern is case-sensitive.
    type: str
  include_secrets:
    description: Whether to list the secrets of each client, too. This takes one request per client.
    type: bool
    default: false
seealso:
  - module: abbyy.vantage.vantage_client
  - module: abbyy.vantage.vantage_client_secret_info
"""

EXAMPLES = r"""
- name: Read all clients
  abbyy.vantage.vantage_client_info:
    region: eu
    tenant_id: 7a1de5a0c0de4b1e8f00c04705000001
    auth_client_id: automation
    auth_client_secret: "{{ lookup('ansible.builtin.env', 'VANTAGE_AUTH_CLIENT_SECRET') }}"
  register: found

- name: List clients that work without PKCE
  ansible.builtin.debug:
    msg: "{{ found.clients | selectattr('allow_no_pkce') | map(attribute='client_id') }}"

- name: Read one client
  abbyy.vantage.vantage_client_info:
    client_id: claims-intake

- name: Read the clients of one team by their names
  abbyy.vantage.vantage_client_info:
    name: "Claims *"

- name: Read all clients with their secrets
  abbyy.vantage.vantage_client_info:
    include_secrets: true
    concurrency: 16
  register: estate_with_secrets

- name: List clients that nobody can log in with
  ansible.builtin.debug:
    msg: >-
      {{ estate_with_secrets.clients | selectattr('require_client_secret') | rejectattr('secrets') | map(attribute='client_id') }}

- name: Fail if the client does not exist
  abbyy.vantage.vantage_client_info:
    client_id: automation
  register: wanted
  failed_when: wanted.clients | length != 1
"""

RETURN = r"""
clients:
  description: The clients, in the server's order.
  returned: always
  type: list
  elements: dict
  contains:
    client_id:
      description: The client's identifier.
      returned: always
      type: str
      sample: claims-intake
    client_name:
      description: Name of the app.
      returned: always
      type: str
      sample: Claims intake
    allow_offline_access:
      description: Whether a refresh token is issued with the access token.
      returned: always
      type: bool
      sample: false
    allow_remember_consent:
      description: Whether a user may have consent decisions stored.
      returned: always
      type: bool
      sample: true
    back_channel_logout_session_required:
      description: Whether the back-channel logout mechanism is required.
      returned: always
      type: bool
      sample: true
    require_client_secret:
      description: Whether the client has to send a secret.
      returned: always
      type: bool
      sample: true
    require_consent:
      description: Whether a consent screen is shown.
      returned: always
      type: bool
      sample: false
    allow_no_pkce:
      description: Whether the authorization code flow works without PKCE.
      returned: always
      type: bool
      sample: false
    allowed_grant_types:
      description: OAuth grant types that the client can use.
      returned: always
      type: list
      elements: str
      sample: [client_credentials]
    allowed_cors_origins:
      description: Origins from which browsers may call. If the server does not return the list, its value is returned unchanged, such as V(true).
      returned: always
      type: list
      elements: str
      sample: []
    allowed_scopes:
      description: The scopes of the token.
      returned: always
      type: list
      elements: str
      sample: [openid, permissions, publicapi.all]
    post_logout_redirect_uris:
      description: Addresses to which the server may redirect a browser after the logout.
      returned: always
      type: list
      elements: str
      sample: []
    redirect_uris:
      description: Addresses, or their prefixes, to which the server may redirect a browser with the authorization code.
      returned: always
      type: list
      elements: str
      sample: []
    access_token_lifetime:
      description: Lifetime of an access token, in seconds. A value in an unknown format is returned unchanged.
      returned: always
      type: int
      sample: 86400
    refresh_token_lifetime:
      description: How long refresh tokens work after the first access token was issued, in seconds.
      returned: always
      type: int
      sample: 2592000
    roles:
      description: Roles of the application.
      returned: with O(roles_member)
      type: list
      elements: str
      sample: [Skill User]
    secrets:
      description: The client's secrets, as in RV(abbyy.vantage.vantage_client_secret_info#module:client_secrets).
      returned: with O(include_secrets)
      type: list
      elements: dict
      sample: []
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

from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.queries import find_clients
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.run import run_query


def argument_spec() -> dict[str, Any]:
    """Return the options beside those of the connection."""
    return {
        "client_id": {"type": "str"},
        "name": {"type": "str"},
        "include_secrets": {"type": "bool", "default": False, "no_log": False},
        "concurrency": {"type": "int", "default": 8},
    }


def main() -> None:
    """Run the module."""
    run_query(argument_spec(), find_clients)


if __name__ == "__main__":
    main()
