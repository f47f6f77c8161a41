#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_probe
short_description: Find out how the API of an ABBYY Vantage tenant behaves
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Tests the undocumented behaviour of a tenant's administration API and compares it with the assumptions of this collection.
  - It only reads, unless O(scratch_client_id) allows it to create, change and delete a client.
  - The result holds no secret values and no client ids, so you can share it.
  - The playbook C(abbyy.vantage.probe) prints it as a table.
extends_documentation_fragment:
  - abbyy.vantage.vantage
  - abbyy.vantage.attributes
attributes:
  check_mode:
    support: full
    details:
      - The module then tests only what it can find out by reading.
  diff_mode:
    support: none
  idempotent:
    support: N/A
    details:
      - The module deletes what it created.
options:
  scratch_client_id:
    description:
      - Id of the client to create for tests that need to write. It has to start with V(vantage-probe-), followed by at least eight characters, and must not
        exist yet.
      - If not set, the module writes nothing.
    type: str
  patience:
    description: Maximum seconds to wait until a new secret works, and again until a deleted one stops working.
    type: int
    default: 60
seealso:
  - module: abbyy.vantage.vantage_client_info
"""

EXAMPLES = r"""
- name: Probe the tenant
  abbyy.vantage.vantage_probe:
    region: eu
    tenant_id: 7a1de5a0c0de4b1e8f00c04705000001
    auth_client_id: automation
    auth_client_secret: "{{ lookup('ansible.builtin.env', 'VANTAGE_AUTH_CLIENT_SECRET') }}"
  register: probed

- name: Show wrong assumptions
  ansible.builtin.debug:
    msg: "{{ item.question }} {{ item.found }} (assumed was {{ item.assumed }})"
  loop: "{{ probed.findings | selectattr('verdict', 'eq', 'differs') }}"
  loop_control:
    label: "{{ item.key }}"

- name: Fail if the collection cannot handle a difference
  ansible.builtin.assert:
    that: probed.findings | selectattr('verdict', 'eq', 'differs') | rejectattr('copes') | length == 0

- name: Run the tests that need to write, too
  abbyy.vantage.vantage_probe:
    scratch_client_id: vantage-probe-2f6d1c9e
    patience: 10
  register: tried

- name: Delete the scratch client, even of a killed run
  abbyy.vantage.vantage_client:
    client_id: vantage-probe-2f6d1c9e
    state: absent

- name: Probe a slow deployment
  abbyy.vantage.vantage_probe:
    timeout: 120
"""

RETURN = r"""
findings:
  description: One entry per question.
  returned: unless the task failed
  type: list
  elements: dict
  contains:
    key:
      description: Short name of the question, the same in all releases.
      returned: always
      type: str
      sample: put_answer
    question:
      description: The question.
      returned: always
      type: str
      sample: What is the answer to PUT?
    basis:
      description: Whether the vendor documents the assumption, V(documented), or not, V(inferred).
      returned: always
      type: str
      sample: inferred
    assumed:
      description: What the collection assumes; V(not known) if it does not need to know.
      returned: always
      type: str
      sample: 200 with the client
    found:
      description: How the tenant behaved.
      returned: always
      type: str
      sample: 204 without the client
    verdict:
      description:
        - V(same) or V(differs), compared with the assumption.
        - V(settled) if the collection assumed nothing, V(open) if the probe could not tell.
      returned: always
      type: str
      sample: differs
    copes:
      description: Whether the collection works despite the difference. If not, please report it.
      returned: always
      type: bool
      sample: true
    advice:
      description: What to do about a difference, in plain words and with the option to set, if there is one. Empty if nothing differs.
      returned: always
      type: str
      sample: "There is nothing to set: the collection works either way."
differing:
  description: The keys of the findings that differ.
  returned: unless the task failed
  type: list
  elements: str
  sample: [put_answer]
description:
  description:
    - The part about clients and their secrets of the tenant's own API description, with the C(schemas) that it refers to. Empty if there is no description.
    - A description that is not JSON, or has more than 8 MB, is ignored. If the part about clients and secrets exceeds 200 kB, the schemas are omitted.
  returned: unless the task failed
  type: dict
  sample: {}
action:
  description: V(written) if there was a scratch client, otherwise V(read).
  returned: unless the task failed
  type: str
  sample: read
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

from ansible_collections.abbyy.vantage.plugins.module_utils.probe.prober import ProbeReconciler
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.run import run_reconciler


def argument_spec() -> dict[str, Any]:
    """Return the options beside those of the connection."""
    return {"scratch_client_id": {"type": "str"}, "patience": {"type": "int", "default": 60}}


def main() -> None:
    """Run the module."""
    run_reconciler(argument_spec(), ProbeReconciler)


if __name__ == "__main__":
    main()
