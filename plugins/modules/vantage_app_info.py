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
  - Reads apps like M(abbyy.vantage.vantage_app), merges the defaults, and checks everything that can be checked without the tenant.
  - Reports all mistakes of all apps at once, each with its file and line. The playbook C(abbyy.vantage.validate) uses it.
  - With O(store), returns the store's entries without values.
  - With O(audit_log), returns who last changed each client.
  - It runs on the controller and does not contact the tenant.
extends_documentation_fragment:
  - abbyy.vantage.bulk
  - abbyy.vantage.attributes
  - abbyy.vantage.attributes.reads
options:
  apps:
    description: Apps, in the format of O(abbyy.vantage.vantage_app#module:apps).
    type: list
    elements: dict
  source:
    description: More apps, from a file or a folder, as M(abbyy.vantage.vantage_app) reads them.
    type: path
  allow_braces:
    description:
      - Accept text that looks like a template in O(source), such as C({{ domain }}), as literal text. By default it is refused, since nothing would replace it.
      - Set it for apps whose names or descriptions contain braces.
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
  fail_on_problems:
    description:
      - Fail if the apps have mistakes, with one message that lists them. With V(false), the mistakes are only returned, and RV(apps) lacks apps that could not
        be read.
    type: bool
    default: true
  show_problems:
    description:
      - How to show mistakes and warnings, even if the task fails. V(text) prints one line each. V(github) prints commands that make GitHub Actions annotate the
        lines of a pull request.
    type: list
    elements: str
    choices: [text, github]
    default: []
  store:
    description:
      - Read this store, in the format of O(abbyy.vantage.vantage_app#module:store). A text is short for a mapping with C(type).
      - Unset options come from the store's own environment variables, such as E(VAULT_ADDR), E(VAULT_NAMESPACE) and
        E(VAULT_TOKEN).
      - The store V(none), and a store that cannot list its entries, have nothing to read.
    type: raw
  audit_log:
    description:
      - Audit log file, as written by O(abbyy.vantage.vantage_app#module:audit_log).
      - Damaged lines and lines of other programs are ignored. Files that logrotate moved away are not read.
    type: path
  tenant_id:
    description: Id of the tenant whose lines to read from O(audit_log). Required with O(audit_log).
    type: str
seealso:
  - module: abbyy.vantage.vantage_app
"""

EXAMPLES = r"""
- name: Check the apps of a folder without the tenant
  abbyy.vantage.vantage_app_info:
    source: "{{ inventory_dir }}/apps/{{ inventory_hostname }}"

- name: Show every mistake and every warning, and continue
  abbyy.vantage.vantage_app_info:
    source: apps
    fail_on_problems: false
    show_problems: [text]
  register: checked

- name: Read which secrets the store holds
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

- name: Read who last changed each client
  abbyy.vantage.vantage_app_info:
    audit_log: /var/log/vantage/audit.jsonl
    tenant_id: "{{ vantage_tenant_id }}"
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
          description: Identifies the secret among those of its client.
          returned: always
          type: str
          sample: production
        state:
          description: C(present) or C(absent).
          returned: always
          type: str
          sample: present
        renew_before:
          description: Seconds before the expiration at which it becomes due.
          returned: always
          type: int
          sample: 2592000
        labels:
          description: Labels of the secret, including its app's labels.
          returned: always
          type: dict
          sample: {owner: claims-team}
problems:
  description: The first 1,000 mistakes and warnings, sorted by place.
  returned: success
  type: list
  elements: dict
  contains:
    severity:
      description: C(error) or C(warning).
      returned: always
      type: str
      sample: error
    message:
      description: One sentence.
      returned: always
      type: str
      sample: lifetime '5h' is shorter than a day, but the server takes 1 day to 3 years; raise it.
    file:
      description: The file. A path below the folder where you started Ansible is relative to it. Empty for an app from O(apps).
      returned: always
      type: str
      sample: apps/contoso/invoices.yml
    line:
      description: The line, C(0) if unknown.
      returned: always
      type: int
      sample: 12
    column:
      description: The column, C(0) if unknown.
      returned: always
      type: int
      sample: 0
    option:
      description: The option and the app's number in it, for an app that is not from a file.
      returned: always
      type: str
      sample: "apps, app 3"
    client_id:
      description: The client id of the app, if it has one.
      returned: always
      type: str
      sample: invoice-portal
problem_counts:
  description: Number of mistakes and warnings.
  returned: success
  type: dict
  sample: {errors: 1, warnings: 0}
entries:
  description: The store's entries by C(client_id/description), without values. A store V(file) whose file does not exist has no entries.
  returned: with O(store), when the store can list its entries
  type: dict
  sample: {invoice-import/production: {client_id: invoice-import, description: production, id: 3f0e…, expiration: '2027-03-06T13:03:38.380Z'}}
changes:
  description: The last change of each client or of its secrets, by client id.
  returned: with O(audit_log)
  type: dict
  sample:
    invoice-import:
      {time: '2026-09-07T13:03:38.380Z', user: alice, job: '42', action: create_secret, reason: due, result: done, secret_id: 8a1f3f0e-6a51-4b0e}
error:
  description: What went wrong.
  returned: failure
  type: dict
  sample: {status: null, code: invalid_option, method: null, path: null}
"""
