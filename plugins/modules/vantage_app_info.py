#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The work is done by the action plugin of this name; this file is its documentation.

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_app_info
short_description: Read declared apps and the entries of a secret store
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Reads apps as M(abbyy.vantage.vantage_app) does, merges the defaults, and checks everything that can be checked without the tenant.
  - With O(store), returns which secrets the store holds, without their values.
  - It runs on the controller and asks no tenant.
extends_documentation_fragment:
  - abbyy.vantage.bulk
  - abbyy.vantage.attributes
  - abbyy.vantage.attributes.reads
options:
  apps:
    description: Apps, as M(abbyy.vantage.vantage_app) takes them.
    type: list
    elements: dict
    suboptions:
      client_id:
        description: Identifier of the client.
        type: str
      client_name:
        description: Name of the app, as people see it. A new client is called as its O(apps[].client_id) unless told otherwise.
        type: str
      allow_offline_access:
        description: Whether a refresh token is issued with the access token. The server's default is V(false).
        type: bool
      allow_remember_consent:
        description: Whether a user may choose to have consent decisions stored. The server's default is V(true).
        type: bool
      back_channel_logout_session_required:
        description: Whether the back-channel logout mechanism is required. The server's default is V(true).
        type: bool
      require_client_secret:
        description: Whether the client has to send a secret. The server's default is V(true); without any secret, such a client cannot log in.
        type: bool
      require_consent:
        description: Whether a consent screen is shown. The server's default is V(false).
        type: bool
      allow_no_pkce:
        description: Whether the authorization code flow works without PKCE. The server's default is V(false).
        type: bool
      allowed_grant_types:
        description:
          - OAuth grant types that the client can use, such as V(authorization_code), V(client_credentials) and V(password).
          - The server refuses V(implicit) or V(hybrid) beside V(authorization_code), and one beside the other.
        type: list
        elements: str
      allowed_cors_origins:
        description: Origins from which browsers may call, as scheme, host and port without a path or a slash at the end.
        type: list
        elements: str
      allowed_scopes:
        description: The scopes transferred in the token. The server takes exactly V(openid), V(permissions) and V(publicapi.all), its default.
        type: list
        elements: str
      post_logout_redirect_uris:
        description: Addresses that a browser may be sent to after the logout.
        type: list
        elements: str
      redirect_uris:
        description:
          - Addresses that a browser may be sent to with the authorization code.
          - Prefixes match, so V(https://app.example.com) without a path lets in V(https://app.example.com.evil.test/) too; the module warns of that.
        type: list
        elements: str
      access_token_lifetime:
        description:
          - How long an access token lives, in seconds or as V(90s), V(15m), V(24h), V(30d), V(26w) or V(d.hh:mm:ss).
          - The server's default is 24 hours.
        type: str
      refresh_token_lifetime:
        description:
          - How long refresh tokens can be used after the first access token was issued, written as O(apps[].access_token_lifetime).
          - The server's default is 30 days.
        type: str
      secrets:
        description:
          - The secrets of the app. Each entry is a mapping, or a description alone.
          - An app without O(apps[].secrets) gets one with the description V(default), unless O(apps[].require_client_secret) is V(false).
        type: list
        elements: dict
        suboptions:
          description:
            description: Names the secret among those of its client. Several secrets with one description are generations of it.
            type: str
          state:
            description: With V(absent), all generations are deleted from the tenant, and the entry from the store.
            type: str
            choices: [present, absent]
          lifetime:
            description: How long a new secret works, such as V(180d). Six months by default, at most three years.
            type: str
          expiration:
            description: When a new secret expires, instead of O(apps[].secrets[].lifetime), such as V(2027-01-31T00:00:00Z).
            type: str
          start_time:
            description:
              - When the first secret of this description begins to work. Those that replace it begin at once, since the store must not hold one
                that does not work yet.
            type: str
          renew_before:
            description: Make a new secret when less time than this is left. By default 30 days, or a third of a shorter O(apps[].secrets[].lifetime).
            type: str
          force:
            description: Make a new secret now. With O(apps[].secrets[].state=absent), delete even the last secret that works.
            type: bool
          verify:
            description: Log in with a secret before it is delivered, and before an older one is deleted. V(true) by default.
            type: bool
          prune:
            description:
              - Which older generations are deleted. V(superseded) by default, which are those that have expired, those that nobody can hold, and
                those whose successor has been working for O(apps[].secrets[].overlap).
              - With the store V(none), V(superseded) deletes expired ones only, since nobody knows which value is in use.
            type: str
            choices: [none, expired, superseded]
          overlap:
            description: How long an older generation keeps working beside a new one. One day by default.
            type: str
      state:
        description: Whether the client should be there.
        type: str
        choices: [present, absent]
  source:
    description: More apps, from a file or a folder, as M(abbyy.vantage.vantage_app) reads them.
    type: path
  allow_braces:
    description:
      - Take what looks like a template in O(source), such as C({{ domain }}), as it is written. Otherwise it is refused, since nobody fills it in.
      - Set it for apps whose names or descriptions have braces in them.
    type: bool
    default: false
  defaults:
    description: Options merged into every app.
    type: dict
    default: {}
  secret_defaults:
    description: Options merged into every secret.
    type: dict
    default: {}
  store:
    description:
      - Read this store. A text is short for a mapping with O(store.type).
      - Options that are not given are taken from the environment variables that the programs of the store itself use.
    type: raw
    suboptions:
      type:
        description:
          - V(file) is one file per tenant on the controller, encrypted by ansible-vault.
          - V(hashi_vault) is a KV engine of HashiCorp Vault or OpenBao.
          - V(none) keeps nothing, so there is nothing to read.
        type: str
        choices: [file, hashi_vault, none]
        default: file
      prefix:
        description: What the names of this tenant's entries begin with where a store is shared. By default C(vantage/) and the inventory name of the host.
        type: str
      path:
        description:
          - File of the store V(file). By default C(.vantage-secrets/) and the inventory name of the host, beside the inventory.
          - In a job of AWX, it has to lie in a folder that is mounted from outside and shared by all execution nodes.
        type: path
      vault_password:
        description: Password of that file. By default the vault password of the play.
        type: str
      vault_id:
        description: Vault id to encrypt that file with, when the play has several.
        type: str
      url:
        description: Address of the server, such as V(https://vault.example.com). The environment variable E(VAULT_ADDR) is used when it is not given.
        type: str
      namespace:
        description: Namespace of Vault Enterprise or OpenBao. The environment variable E(VAULT_NAMESPACE) is used when it is not given.
        type: str
      ca_cert:
        description: PEM file with the CAs to trust. The environment variable E(VAULT_CACERT) is used when it is not given.
        type: path
      validate_certs:
        description: Whether to verify the server's certificate, V(true) by default. The environment variable E(VAULT_SKIP_VERIFY) turns it off.
        type: bool
      auth_method:
        description: How to log in, V(token) by default.
        type: str
        choices: [token, approle, jwt, kubernetes, userpass, ldap, cert]
      token:
        description: Token for O(store.auth_method=token). The environment variable E(VAULT_TOKEN) is used when it is not given.
        type: str
      role_id:
        description: Role of AppRole, or of JWT and Kubernetes.
        type: str
      secret_id:
        description: Secret id of AppRole. It is spent once per run.
        type: str
      jwt:
        description: Token for JWT or OIDC. For Kubernetes, by default that of the service account of the pod.
        type: str
      username:
        description: User for userpass and LDAP.
        type: str
      password:
        description: Password of O(store.username).
        type: str
      cert_auth_public_key:
        description: PEM file with the client's certificate.
        type: path
      cert_auth_private_key:
        description: PEM file with the client's key.
        type: path
      mount_point:
        description: Where the auth method is mounted, when that is not its own name.
        type: str
      engine_mount_point:
        description: Where the KV engine is mounted, V(secret) by default.
        type: str
      engine_version:
        description: Version of the KV engine, V(2) by default.
        type: int
        choices: [1, 2]
      timeout:
        description: Seconds to wait for a response, 30 by default.
        type: int
      retries:
        description: How often a request is repeated that the server was too busy for, 5 by default.
        type: int
seealso:
  - module: abbyy.vantage.vantage_app
"""

EXAMPLES = r"""
- name: Check the apps of a folder without the tenant
  abbyy.vantage.vantage_app_info:
    source: "{{ inventory_dir }}/apps/{{ inventory_hostname }}"

- name: See which secrets the store holds
  abbyy.vantage.vantage_app_info:
    store: file
  register: held

- name: Find the apps whose secrets are not in the store yet
  abbyy.vantage.vantage_app_info:
    source: apps
    store:
      type: hashi_vault
      url: https://vault.example.com
      prefix: vantage/contoso
  register: contoso
"""

RETURN = r"""
apps:
  description: The apps with their defaults merged in.
  returned: success
  type: list
  elements: dict
  contains:
    client_id:
      description: Identifier of the client.
      returned: always
      type: str
      sample: invoice-import
    state:
      description: C(present) or C(absent).
      returned: always
      type: str
      sample: present
    secrets:
      description: Its secrets.
      returned: always
      type: list
      elements: dict
      contains:
        description:
          description: Names the secret among those of its client.
          returned: always
          type: str
          sample: production
        state:
          description: C(present) or C(absent).
          returned: always
          type: str
          sample: present
        renew_before:
          description: Seconds before the expiration from which on it is renewed.
          returned: always
          type: int
          sample: 2592000
entries:
  description: The store's entries by C(client_id/description), without values. A store V(file) whose file does not exist has none to return.
  returned: with O(store), when the store remembers what it holds
  type: dict
  sample: {invoice-import/production: {client_id: invoice-import, description: production, id: 3f0e…, expiration: '2027-03-06T13:03:38.380Z'}}
error:
  description: What went wrong.
  returned: failure
  type: dict
  sample: {status: null, code: invalid_option, method: null, path: null}
"""
