#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_secret_file
short_description: Read and write an encrypted file of client secrets
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Keeps named entries in one file on the controller, encrypted as C(ansible-vault) does it, so C(ansible-vault view) shows it.
  - It is the embedded secret store of the role P(abbyy.vantage.app_onboarding#role), and serves for any secret that comes as a mapping.
  - The file is written whole beside its old self and moved into its place, readable by its owner alone. While it is read, compared and
    written, other runs on the same machine wait. Whatever fails, the old file stays as it was.
  - The member C(value) of an entry is secret. It is in the answer only with O(include_values), and that answer is never logged.
options:
  path:
    description: The file. A missing one counts as empty.
    type: path
    required: true
  state:
    description:
      - V(read) only reads.
      - V(merge) writes O(entries) and removes those that O(remove) names. All others stay as they are.
    type: str
    choices: [read, merge]
    default: read
  names:
    description: With O(state=read), answer these entries only; all when not given. A name that the file does not know is left out.
    type: list
    elements: str
  include_values:
    description: Whether the answer's entries hold their values, as they are in the file after the task.
    type: bool
    default: false
  entries:
    description: With O(state=merge), the entries to write, by name. One that is there already is replaced as a whole.
    type: dict
    default: {}
  expect:
    description:
      - With O(state=merge), the id of the entry that the caller believes to be there, by name. Where it is another one, nothing is done
        and the name is in RV(refused).
      - An empty text stands for no entry or one without C(id), V(null) for no entry. A name that is not given is not compared.
    type: dict
    default: {}
  remove:
    description: With O(state=merge), the names of the entries to remove.
    type: list
    elements: str
    default: []
  prove:
    description: With O(state=merge), when nothing is to be changed, write the file beside itself and throw that away, to prove that it could be.
    type: bool
    default: false
  create_directory:
    description: Whether to make the file's own folder when it is missing, open to its owner alone. Folders above it have to be there.
    type: bool
    default: false
  vault_password:
    description: Password of the file. When not given, those that the play was started with are used.
    type: str
  vault_id:
    description:
      - Which of the play's vault passwords to encrypt with, by its id. With O(vault_password), the id to write into the file.
      - When not given, a file keeps the password that it has, and a new one gets the one that Ansible's setting C(vault_encrypt_identity)
        names, or else the only one there is.
    type: str
attributes:
  action:
    support: full
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller
  async:
    support: none
    description: Supports being used with the C(async) keyword
  check_mode:
    support: full
    description: Can run in C(check_mode) and return what would change without changing it
  diff_mode:
    support: full
    description: Returns the difference between before and after in diff mode, without any value
seealso:
  - module: abbyy.vantage.vantage_client_secret
"""

EXAMPLES = r"""
- name: See which secrets a file holds
  abbyy.vantage.vantage_secret_file:
    path: "{{ inventory_dir }}/.vantage-secrets/contoso.yml"
  register: held

- name: Read one of them with its value
  abbyy.vantage.vantage_secret_file:
    path: "{{ inventory_dir }}/.vantage-secrets/contoso.yml"
    names: [claims-intake/default]
    include_values: true
  register: claims_secret

- name: Make a secret that is not held yet
  abbyy.vantage.vantage_client_secret:
    client_id: claims-desk
    description: default
    held_id: "{{ held.entries['claims-desk/default'].id | default('') }}"
  register: made

- name: Write it into the file, unless another run was faster
  abbyy.vantage.vantage_secret_file:
    path: "{{ inventory_dir }}/.vantage-secrets/contoso.yml"
    state: merge
    entries:
      claims-desk/default:
        id: "{{ made.secret.id }}"
        value: "{{ made.secret.value }}"
    expect:
      claims-desk/default: "{{ held.entries['claims-desk/default'].id | default('') }}"
    create_directory: true
  when: made is changed

- name: Find out whether the file could be written
  abbyy.vantage.vantage_secret_file:
    path: "{{ inventory_dir }}/.vantage-secrets/contoso.yml"
    state: merge
    prove: true

- name: Remove an entry
  abbyy.vantage.vantage_secret_file:
    path: "{{ inventory_dir }}/.vantage-secrets/contoso.yml"
    state: merge
    remove: [claims-old/default]
    vault_password: "{{ vault_secrets_password }}"
"""

RETURN = r"""
entries:
  description:
    - The entries that were asked for, by name; with O(state=merge), those of O(entries) as they are in the file after the task.
    - The secret member C(value) is there only with O(include_values), and then the whole answer is not logged.
  returned: unless the task failed
  type: dict
  sample: {claims-intake/default: {id: 8a1f3f0e-6a51-4b0e-9a49-3f7cc2f1b7aa, client_id: claims-intake, expiration: "2026-12-06T13:03:38.380Z"}}
exists:
  description: Whether there is a file.
  returned: with O(state=read), unless the task failed
  type: bool
  sample: true
written:
  description: Names of the entries that were written.
  returned: with O(state=merge), unless the task failed
  type: list
  elements: str
  sample: [claims-intake/default]
removed:
  description: Names of the entries that were removed.
  returned: with O(state=merge), unless the task failed
  type: list
  elements: str
  sample: []
refused:
  description: The entries that were not as expected and were left alone, by name and without their values; an empty one where there is none.
  returned: with O(state=merge), unless the task failed
  type: dict
  sample: {}
doubtful:
  description: By name, why it is not known what became of an entry that was written or removed.
  returned: with O(state=merge), O(include_values=true) and when the file could be written but not be read afterwards
  type: dict
  sample: {}
"""
