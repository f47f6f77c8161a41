#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_probe
short_description: Find out how an ABBYY Vantage tenant answers
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Asks a tenant what no document says of its administration API, and compares that with what this collection takes for true.
  - It reads only, unless O(scratch_client_id) allows it to create a client, to change it, and to delete it again.
  - No answer holds a value of a secret or the id of a client, so that it can be handed on.
  - The playbook C(abbyy.vantage.probe) prints it as a table.
extends_documentation_fragment:
  - abbyy.vantage.vantage
  - abbyy.vantage.attributes
attributes:
  check_mode:
    support: full
    details:
      - Only the questions that reading answers are asked then.
  diff_mode:
    support: none
  idempotent:
    support: N/A
    details:
      - What was created is deleted again.
options:
  scratch_client_id:
    description:
      - Id of the client to create for the questions that only writing answers. It has to begin with V(vantage-probe-), to have eight
        characters more, and must not be there yet.
      - When not given, nothing is written.
    type: str
  patience:
    description: The most seconds to wait for a new secret to work, and again for a deleted one to cease to.
    type: int
    default: 60
seealso:
  - module: abbyy.vantage.vantage_client_info
"""

EXAMPLES = r"""
- name: See how the tenant answers
  abbyy.vantage.vantage_probe:
    region: eu
    tenant_id: 7a1de5a0c0de4b1e8f00c04705000001
    auth_client_id: automation
    auth_client_secret: "{{ lookup('ansible.builtin.env', 'VANTAGE_AUTH_CLIENT_SECRET') }}"
  register: probed

- name: Say what is not as assumed
  ansible.builtin.debug:
    msg: "{{ item.question }} {{ item.found }} (assumed was {{ item.assumed }})"
  loop: "{{ probed.findings | selectattr('verdict', 'eq', 'differs') }}"
  loop_control:
    label: "{{ item.key }}"

- name: Stop when the collection cannot cope with a difference
  ansible.builtin.assert:
    that: probed.findings | selectattr('verdict', 'eq', 'differs') | rejectattr('copes') | length == 0

- name: Ask what only writing answers, too
  abbyy.vantage.vantage_probe:
    scratch_client_id: vantage-probe-2f6d1c9e
    patience: 10
  register: tried

- name: Make sure that nothing is left, even of a run that was killed
  abbyy.vantage.vantage_client:
    client_id: vantage-probe-2f6d1c9e
    state: absent

- name: Look at a slow deployment
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
      description: Whether the vendor says what was assumed, V(documented), or nobody does, V(inferred).
      returned: always
      type: str
      sample: inferred
    assumed:
      description: What the collection takes for true; V(not known) when it does not need to know.
      returned: always
      type: str
      sample: 200 with the client
    found:
      description: How the tenant answered.
      returned: always
      type: str
      sample: 204 without the client
    verdict:
      description:
        - V(same) or V(differs), compared with what was assumed.
        - V(settled) when nothing was assumed, V(open) when the tenant did not tell.
      returned: always
      type: str
      sample: differs
    copes:
      description: Whether the collection works as well when the answer differs. Where it does not, please report it.
      returned: always
      type: bool
      sample: true
    advice:
      description: What to do about a difference, in plain words and with the option to set, if there is one. Empty where nothing differs.
      returned: always
      type: str
      sample: "There is nothing to set: the collection works either way."
differing:
  description: The keys of what differs.
  returned: unless the task failed
  type: list
  elements: str
  sample: [put_answer]
description:
  description:
    - What the tenant's own description of its API says of clients and their secrets, with the C(schemas) that it refers to. Empty when it has none.
    - A description that is no JSON, or has more than 8 MB, is none; of one with more than 200 kB about clients and secrets, the schemas are left out.
  returned: unless the task failed
  type: dict
  sample: {}
action:
  description: V(written) when there was a scratch client, else V(read).
  returned: unless the task failed
  type: str
  sample: read
error:
  description: What failed, with C(status), C(code), C(method) and C(path) as of M(abbyy.vantage.vantage_client).
  returned: on failure
  type: dict
  sample: {status: 403, code: http_403, method: GET, path: /api/adminapi2/v2/tenants/0123456789abcdef0123456789abcdef/clients/}
auth_refresh_token:
  description: The refresh token to use from now on. The answer is not logged when it is there.
  returned: when the login with O(auth_refresh_token) has replaced it
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
