#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_client
short_description: Manage the OAuth clients of ABBYY Vantage tenants
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Creates, updates and deletes Public API clients of a tenant, one or hundreds in one task. Name one with O(client_id), or many with O(clients).
  - An unset option is not managed, so the client keeps its value. A new client gets the server's defaults.
  - An empty list clears the list. The order of a list is ignored when comparing and kept when writing.
  - Changes are read back; a client whose change was not applied is reported as failed.
  - M(abbyy.vantage.vantage_client_secret) creates secrets.
extends_documentation_fragment:
  - abbyy.vantage.vantage
  - abbyy.vantage.bulk
  - abbyy.vantage.attributes
  - abbyy.vantage.attributes.writes
attributes:
  idempotent:
    support: full
options:
  client_id:
    &client_id
    description:
      - The client's identifier, a text. It never changes and is case-sensitive.
      - Quote it if YAML could read it as a number or a boolean, such as V("0123"). Otherwise it is refused.
    type: raw
  client_name:
    &client_name
    description: Display name of the app, a text. A new client without it is named after its O(client_id).
    type: raw
  allow_offline_access:
    &allow_offline_access
    description: Whether a refresh token is issued with the access token. The server's default is V(false).
    type: bool
  allow_remember_consent:
    &allow_remember_consent
    description: Whether a user may choose to have consent decisions stored. The server's default is V(true).
    type: bool
  back_channel_logout_session_required:
    &back_channel_logout_session_required
    description: Whether the back-channel logout mechanism is required. The server's default is V(true).
    type: bool
  require_client_secret:
    &require_client_secret
    description: Whether the client has to send a secret. The server's default is V(true); without any secret, such a client cannot log in.
    type: bool
  require_consent:
    &require_consent
    description: Whether a consent screen is shown. The server's default is V(false).
    type: bool
  allow_no_pkce:
    &allow_no_pkce
    description: Whether the authorization code flow works without PKCE. The server's default is V(false).
    type: bool
  allowed_grant_types:
    &allowed_grant_types
    description:
      - OAuth grant types that the client can use. Known are V(authorization_code), V(client_credentials), V(password), V(refresh_token), V(implicit),
        V(hybrid), V(urn:ietf:params:oauth:grant-type:device_code), V(urn:openid:params:grant-type:ciba) and
        V(urn:ietf:params:oauth:grant-type:token-exchange).
      - The vendor documents that V(authorization_code) is enabled for all clients. If the server adds it, this does not count as a difference, unless the
        tenant has clients without it.
      - V(implicit), V(hybrid) and V(authorization_code) exclude each other. The module warns of unknown grant types.
    type: list
    elements: str
  allowed_cors_origins:
    &allowed_cors_origins
    description:
      - Origins from which browsers may call, as scheme, host and port, without a path or a trailing slash.
      - The module sends them as a browser does, in lower case and without the scheme's default port. It warns if this changes the value.
    type: list
    elements: str
  allowed_scopes:
    &allowed_scopes
    description: The scopes of the token. The server accepts exactly V(openid), V(permissions) and V(publicapi.all), its default.
    type: list
    elements: str
  post_logout_redirect_uris:
    &post_logout_redirect_uris
    description: Addresses to which the server may redirect a browser after the logout.
    type: list
    elements: str
  redirect_uris:
    &redirect_uris
    description:
      - Addresses to which the server may redirect a browser with the authorization code.
      - Prefixes match, so V(https://app.example.com) without a path also admits V(https://app.example.com.evil.test/). The module warns of this.
    type: list
    elements: str
  access_token_lifetime:
    &access_token_lifetime
    description:
      - Lifetime of an access token, in seconds or as V(90s), V(15m), V(24h), V(30d), V(26w) or V(d.hh:mm:ss).
      - The server's default is 24 hours. Other lifetimes need Vantage 3.0 or later.
    type: str
  refresh_token_lifetime:
    &refresh_token_lifetime
    description:
      - How long refresh tokens work after the first access token was issued, in the format of O(access_token_lifetime).
      - The server's default is 30 days. Other lifetimes need Vantage 3.0 or later.
    type: str
  roles:
    &roles
    description:
      - Roles of the application, such as V(Skill User), named as in the tenant's settings. Without a role, a client may get a token and then a 403 from every
        call.
      - No document says which member of a client holds them, so this option is refused unless O(roles_member) names that member.
    type: list
    elements: str
  state:
    description: Whether the client should exist. Tokens of a deleted client work until they expire.
    type: str
    choices: [present, absent]
    default: present
  clients:
    description:
      - Many clients at once, instead of O(client_id) and the other options of one client.
      - A client that fails, or whose entry has a mistake, does not stop the others. The task fails at the end, names it, and returns all results.
    type: list
    elements: dict
    suboptions:
      client_id:
        description: As O(client_id).
        type: raw
        required: true
      client_name: *client_name
      allow_offline_access: *allow_offline_access
      allow_remember_consent: *allow_remember_consent
      back_channel_logout_session_required: *back_channel_logout_session_required
      require_client_secret: *require_client_secret
      require_consent: *require_consent
      allow_no_pkce: *allow_no_pkce
      allowed_grant_types: *allowed_grant_types
      allowed_cors_origins: *allowed_cors_origins
      allowed_scopes: *allowed_scopes
      post_logout_redirect_uris: *post_logout_redirect_uris
      redirect_uris: *redirect_uris
      access_token_lifetime: *access_token_lifetime
      refresh_token_lifetime: *refresh_token_lifetime
      roles: *roles
      state:
        description: Whether this client should exist; O(state) if not set.
        type: str
        choices: [present, absent]
  prune:
    description:
      - Delete the tenant's clients that O(clients) does not name.
      - The client that the run logs in with is always kept, both the access token's client and O(auth_client_id).
      - Refused if O(clients) names no client that should exist, or if one of its entries has a mistake.
    type: bool
    default: false
  prune_protect:
    description:
      - Shell patterns, such as V(team-a-*), of client ids that O(prune) keeps.
      - A list, a JSON list as text, or patterns separated by commas or line breaks, as from C(-e) and surveys.
      - The module warns of a pattern that no client of the tenant matches.
    type: list
    elements: str
    default: []
  prune_limit:
    description: Maximum number of clients that O(prune) may delete in one run. If there are more, the task fails and writes nothing.
    type: int
    default: 10
  full_results:
    description:
      - Whether each entry of RV(results) contains the whole client as RV(results[].client).
      - V(false) by default, since AWX truncates long results.
    type: bool
    default: false
seealso:
  - module: abbyy.vantage.vantage_client_info
  - module: abbyy.vantage.vantage_client_secret
"""

EXAMPLES = r"""
- name: Create or update a web app's client
  abbyy.vantage.vantage_client:
    region: eu
    tenant_id: 7a1de5a0c0de4b1e8f00c04705000001
    auth_client_id: automation
    auth_client_secret: "{{ lookup('ansible.builtin.env', 'VANTAGE_AUTH_CLIENT_SECRET') }}"
    client_id: invoice-portal
    client_name: Invoice portal
    allowed_grant_types: [authorization_code]
    redirect_uris: [https://invoices.example.com/signin]
    allow_offline_access: true

- name: Change one option and keep the others
  abbyy.vantage.vantage_client:
    client_id: invoice-portal
    access_token_lifetime: 8h

- name: Clear a list
  abbyy.vantage.vantage_client:
    client_id: invoice-portal
    post_logout_redirect_uris: []

- name: Show what would change without changing it
  abbyy.vantage.vantage_client:
    client_id: invoice-portal
    client_name: Invoice portal (new)
  check_mode: true
  diff: true

- name: Manage many clients in one task
  abbyy.vantage.vantage_client:
    concurrency: 16
    clients:
      - client_id: claims-intake
        allowed_grant_types: [client_credentials]
      - client_id: claims-desk
        allowed_grant_types: [authorization_code]
        redirect_uris: [https://claims.example.com/oauth/]
      - client_id: claims-old
        state: absent

- name: Delete all other clients, except those of another team
  abbyy.vantage.vantage_client:
    clients:
      - client_id: claims-intake
      - client_id: claims-desk
    prune: true
    prune_protect: [reader, team-b-*]
    prune_limit: 5

- name: Delete a client
  abbyy.vantage.vantage_client:
    client_id: invoice-portal
    state: absent
"""

RETURN = r"""
client:
  description: The client in the single form; in check mode, the planned client. For a deleted client, its last state.
  returned: when O(clients) is not given and the task did not fail
  type: dict
  sample:
    client_id: invoice-portal
    client_name: Invoice portal
    allow_offline_access: true
    allow_remember_consent: true
    back_channel_logout_session_required: true
    require_client_secret: true
    require_consent: false
    allow_no_pkce: false
    allowed_grant_types: [authorization_code]
    allowed_cors_origins: []
    allowed_scopes: [openid, permissions, publicapi.all]
    post_logout_redirect_uris: []
    redirect_uris: [https://invoices.example.com/signin]
    access_token_lifetime: 86400
    refresh_token_lifetime: 2592000
action:
  description: What was done, V(created), V(updated), V(unchanged) or V(deleted).
  returned: when O(clients) is not given and the task did not fail
  type: str
  sample: created
results:
  description: One entry per client in the given order, then the clients that O(prune) deleted.
  returned: when O(clients) is given and the tenant could be read
  type: list
  elements: dict
  contains:
    client_id:
      description: The client's identifier.
      returned: always
      type: str
      sample: claims-intake
    action:
      description: What was done, V(created), V(updated), V(unchanged), V(deleted) or V(failed).
      returned: always
      type: str
      sample: created
    changed:
      description: Whether something was written.
      returned: always
      type: bool
      sample: true
    msg:
      description: What went wrong; empty if nothing did.
      returned: always
      type: str
      sample: ""
    client:
      description: As RV(client).
      returned: with O(full_results), unless it failed
      type: dict
      sample: {client_id: claims-intake, client_name: claims-intake}
    error:
      description: As RV(error).
      returned: when it failed
      type: dict
      sample: {status: 409, code: http_409, method: POST, path: /api/adminapi2/v2/tenants/0123456789abcdef0123456789abcdef/clients/}
summary:
  description: How many clients there were of each action.
  returned: when O(clients) is given and the tenant could be read
  type: dict
  sample: {created: 98, updated: 0, unchanged: 0, deleted: 0, failed: 2}
notes:
  description: Harmless peculiarities of the tenant, each once per task.
  returned: when there are any
  type: list
  elements: str
  sample: [This tenant gives every client the grant type authorization_code…]
error:
  description: What failed, for programs.
  returned: on failure
  type: dict
  contains:
    status:
      description: HTTP status of the response; V(null) if there was none.
      returned: always
      type: int
      sample: 403
    code:
      description: Short name of the error.
      returned: always
      type: str
      sample: http_403
    method:
      description: HTTP method of the request that failed.
      returned: always
      type: str
      sample: GET
    path:
      description: Path of that request.
      returned: always
      type: str
      sample: /api/adminapi2/v2/tenants/0123456789abcdef0123456789abcdef/clients/
auth_refresh_token:
  description: The refresh token to use from now on. Ansible does not log a result that contains it.
  returned: when the login with O(auth_refresh_token) returned a new one
  type: str
  sample: 9f3c…
"""

from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import options_spec
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.clients import ClientReconciler
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.run import run_reconciler


def argument_spec() -> dict[str, Any]:
    """Return the options beside those of the connection."""
    members = options_spec()
    states = ["present", "absent"]
    in_list = {
        **members,
        "client_id": {**members["client_id"], "required": True},
        "state": {"type": "str", "choices": states},
    }
    return {
        **members,
        "state": {"type": "str", "choices": states, "default": "present"},
        "clients": {"type": "list", "elements": "dict", "options": in_list},
        "prune": {"type": "bool", "default": False},
        "prune_protect": {"type": "list", "elements": "str", "default": []},
        "prune_limit": {"type": "int", "default": 10},
        "full_results": {"type": "bool", "default": False},
        "concurrency": {"type": "int", "default": 8},
    }


def main() -> None:
    """Run the module."""
    run_reconciler(
        argument_spec(),
        ClientReconciler.from_params,
        required_one_of=[("client_id", "clients")],
        mutually_exclusive=[("clients", option) for option in options_spec()],
    )


if __name__ == "__main__":
    main()
