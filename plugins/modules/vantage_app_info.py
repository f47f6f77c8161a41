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
    description: Apps, as O(abbyy.vantage.vantage_app#module:apps) takes them.
    type: list
    elements: dict
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
      - Read this store, given as O(abbyy.vantage.vantage_app#module:store) takes it. A text is short for a mapping with C(type).
      - Options that are not given are taken from the store's own environment variables, such as E(VAULT_ADDR), E(VAULT_NAMESPACE) and
        E(VAULT_TOKEN).
      - The store V(none) keeps nothing, so there is nothing to read.
    type: raw
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
    labels:
      description: Labels of the app.
      returned: always
      type: dict
      sample: {owner: claims-team}
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
        labels:
          description: Labels of the secret, those of its app among them.
          returned: always
          type: dict
          sample: {owner: claims-team}
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
