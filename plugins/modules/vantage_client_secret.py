#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_client_secret
short_description: Manage the secrets of ABBYY Vantage OAuth clients
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Creates, renews and deletes client secrets, one or hundreds in one task.
  - O(client_id) and O(description) identify a secret. Secrets with the same description are generations of one secret; the newest is current.
  - O(state=present) ensures that the current secret works, is not due, and its value is known to the caller (see O(held_id)). Otherwise the module creates a
    new one. The older one keeps working until O(prune) and O(overlap) allow its deletion.
  - The API returns the value once, in the response to the request that creates the secret. If that response is lost, the module looks for the secret as long as
    the request may still be in progress, deletes it, and creates another one. The module warns of this.
  - Ansible never logs a result with a value, even without C(no_log) on the task. A registered variable still holds the value.
  - The server's clock decides what is due or expired.
extends_documentation_fragment:
  - abbyy.vantage.vantage
  - abbyy.vantage.bulk
  - abbyy.vantage.attributes
  - abbyy.vantage.attributes.writes
attributes:
  idempotent:
    support: partial
    details:
      - O(force) creates a new secret each time.
options:
  client_id:
    description: The client of the secret, a text. Quote it if YAML could read it as a number or a boolean. The client has to exist.
    type: raw
  description:
    &description
    description:
      - Name of the secret among those of its client, a text. Quote it if YAML could read it as a number or a boolean.
      - If not set, the task manages the secret without a description. It must not start or end with a blank or contain a control character.
      - If the server changes the description, the next run would not find the secret. So the module deletes the new secret, and the task fails.
    type: raw
  state:
    description:
      - V(present) ensures a working secret.
      - V(absent) deletes all generations of the secret, or the one of O(secret_id).
      - The last working secret of a client that requires one is deleted only with O(force). Deletions come last and take all earlier changes into account. If a
        secret of a client could not be created, V(absent) deletes no secret of that client.
      - If the clocks of the tenant and this machine differ by more than O(clock_tolerance), no secret is deleted.
    type: str
    choices: [present, absent]
    default: present
  lifetime:
    &lifetime
    description:
      - How long a new secret works, in seconds or as V(90s), V(15m), V(24h), V(30d), V(26w) or V(d.hh:mm:ss); from 1 day to 3 years.
      - The server's default is six months.
      - It applies when a secret is created. A changed lifetime does not replace an existing secret.
      - The module adds five minutes to a lifetime of exactly 1 day, since the server checks it when the request arrives.
    type: str
  expiration:
    &expiration
    description:
      - When a new secret expires, as V(2026-09-07T13:03:38Z) or with an offset, instead of O(lifetime).
    type: str
  start_time:
    &start_time
    description: When a new secret starts to work, in the format of O(expiration). It works at once if this time has passed or is not set.
    type: str
  renew_before:
    &renew_before
    description:
      - A secret that expires in less than this is due, and a new one is created. In the format of O(lifetime), and shorter than O(lifetime).
      - If not set, a new secret is created only after the current one has expired.
    type: str
  force:
    description:
      - With O(state=present), create a new secret now.
      - With O(state=absent), delete even the last working secret, and even if another secret of the client could not be created.
    type: bool
    default: false
  held_id:
    &held_id
    description:
      - Id of the secret whose value the caller holds, such as recorded in a secret store. This secret is then the current one.
      - If it is empty, or the client has no secret with this id, the value counts as lost, and a new secret is created.
      - If not set, the module assumes that the caller holds the newest one, and refuses O(prune=superseded).
    type: str
  verify:
    description:
      - Log in with the value of a new secret at the token endpoint. The module retries for up to one minute, since a new secret may not work at once.
      - If the login fails, the module deletes the new secret and does not touch older ones, and the task fails.
      - With V(api), the module also uses the token of the new secret for one read of the API (C(GET /api/publicapi/v1/skills)). A client created through the
        API may have no role, and the API then refuses it. The module warns of this and says where to assign a role. The secret stays, whatever the API returns,
        since its login succeeded.
      - It does not apply to an existing secret, since the module does not know its value.
      - If a client requires no secret, the token endpoint accepts a wrong one as well. So the module does not log in with it, and RV(notes) says so.
      - V(true), V(false) or V(api).
    type: raw
    default: false
  prune:
    description:
      - Which other generations to delete.
      - V(none) deletes no generation.
      - V(expired) deletes expired generations.
      - V(superseded) deletes expired generations, those newer than O(held_id), since their values are lost, and older ones once the current one has worked for
        O(overlap). It needs O(held_id).
    type: str
    choices: [none, expired, superseded]
    default: none
  overlap:
    &overlap
    description: How long an older generation keeps working beside a new one, so that consumers can switch. In the format of O(lifetime).
    type: str
    default: 1d
  secret_id:
    &secret_id
    description: With O(state=absent), the id of the only secret to delete, whatever its description.
    type: str
  secrets:
    description:
      - Many secrets at once, instead of O(client_id) and O(description).
      - A secret that fails, or whose entry has a mistake, does not stop the others. The task fails at the end, names it, and returns all results, including all
        new values.
      - O(state), O(lifetime), O(expiration), O(start_time), O(renew_before), O(force), O(prune), O(overlap) and O(verify) apply to all entries that do not
        override them.
    type: list
    elements: dict
    suboptions:
      client_id:
        description: As O(client_id).
        type: raw
        required: true
      description: *description
      state:
        description: As O(state).
        type: str
        choices: [present, absent]
      lifetime: *lifetime
      expiration: *expiration
      start_time: *start_time
      renew_before: *renew_before
      force:
        description: As O(force).
        type: bool
      held_id: *held_id
      verify:
        description: As O(verify).
        type: raw
      prune:
        description: As O(prune).
        type: str
        choices: [none, expired, superseded]
      overlap:
        description: As O(overlap).
        type: str
      secret_id: *secret_id
seealso:
  - module: abbyy.vantage.vantage_client
  - module: abbyy.vantage.vantage_client_secret_info
"""

EXAMPLES = r"""
- name: Create a client
  abbyy.vantage.vantage_client:
    region: eu
    tenant_id: 7a1de5a0c0de4b1e8f00c04705000001
    auth_client_id: automation
    auth_client_secret: "{{ lookup('ansible.builtin.env', 'VANTAGE_AUTH_CLIENT_SECRET') }}"
    client_id: claims-intake
    allowed_grant_types: [client_credentials]

- name: Create a secret that works for 90 days, and log in with it
  abbyy.vantage.vantage_client_secret:
    client_id: claims-intake
    description: production
    lifetime: 90d
    verify: true
  register: claims_secret

- name: Replace it two weeks before it expires, and delete the older one after two days
  abbyy.vantage.vantage_client_secret:
    client_id: claims-intake
    description: production
    held_id: "{{ claims_secret.secret.id | default('') }}"
    lifetime: 90d
    renew_before: 14d
    prune: superseded
    overlap: 2d

- name: Replace it if the secret store holds another secret's value
  abbyy.vantage.vantage_client_secret:
    client_id: claims-intake
    description: production
    held_id: "{{ claims_secret.secret.id | default('') }}"

- name: Replace it now, since the value leaked
  abbyy.vantage.vantage_client_secret:
    client_id: claims-intake
    description: production
    held_id: "{{ claims_secret.secret.id | default('') }}"
    force: true
    prune: superseded
    overlap: 0

- name: Manage many secrets in one task
  abbyy.vantage.vantage_client_secret:
    renew_before: 30d
    concurrency: 16
    secrets:
      - client_id: claims-intake
        description: production
      - client_id: claims-intake
        description: batch
        lifetime: 52w

- name: Delete all generations of a secret
  abbyy.vantage.vantage_client_secret:
    client_id: claims-intake
    description: batch
    state: absent
"""

RETURN = r"""
secret:
  description:
    - The current secret; in check mode, the planned secret. After a deletion, the newest deleted secret.
    - Empty if there is none.
  returned: when O(secrets) is not given and the task did not fail
  type: dict
  contains:
    id:
      description: The secret's id on the server.
      returned: unless it is only planned
      type: str
      sample: 8a1f3f0e-6a51-4b0e-9a49-3f7cc2f1b7aa
    description:
      description: Name of the secret.
      returned: always
      type: str
      sample: production
    start_time:
      description: When it starts to work.
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
      returned: unless it is only planned
      type: str
      sample: k7W
    active:
      description: Whether it works now.
      returned: unless it is only planned
      type: bool
      sample: true
    days_left:
      description: Days until it expires; V(null) for never.
      returned: unless it is only planned
      type: float
      sample: 90.0
    value:
      description: The value of the secret. It cannot be read again.
      returned: when this task created it, never in check mode
      type: str
      sample: k7W…
action:
  description: What was done, V(created), V(renewed), V(unchanged) or V(deleted).
  returned: when O(secrets) is not given and the task did not fail
  type: str
  sample: created
reason:
  description:
    - Why. V(absent) if there was none, V(not_held) if its value is lost, V(expired), V(due), V(forced), V(current) if nothing was created, or V(unwanted)
      for a deleted one.
  returned: when O(secrets) is not given and the task did not fail
  type: str
  sample: absent
deleted:
  description: Ids of the generations that were deleted.
  returned: when O(secrets) is not given and the task did not fail
  type: list
  elements: str
  sample: []
superseded:
  description:
    - Ids of the remaining generations that O(prune=superseded) would delete now, if RV(secret) is the held one.
    - It shows without another request whether there is anything to delete.
  returned: when O(secrets) is not given and the task did not fail
  type: list
  elements: str
  sample: []
notes:
  description: Remarks that are not problems, such as why the module did not log in with a new secret.
  returned: when O(secrets) is not given and the task did not fail
  type: list
  elements: str
  sample: []
results:
  description: One entry per secret in the given order.
  returned: when O(secrets) is given and the tenant could be read
  type: list
  elements: dict
  contains:
    client_id:
      description: The client.
      returned: always
      type: str
      sample: claims-intake
    description:
      description: Name of the secret.
      returned: always
      type: str
      sample: production
    action:
      description: As RV(action), or V(failed).
      returned: always
      type: str
      sample: renewed
    changed:
      description: Whether something was written.
      returned: always
      type: bool
      sample: true
    reason:
      description: As RV(reason).
      returned: unless it failed
      type: str
      sample: due
    deleted:
      description: As RV(deleted).
      returned: unless it failed
      type: list
      elements: str
      sample: [5f0c2c8e-0d3f-4a57-bb5c-0d2a4f5a9c11]
    superseded:
      description: As RV(superseded).
      returned: unless it failed
      type: list
      elements: str
      sample: []
    secret:
      description: As RV(secret).
      returned: unless it failed
      type: dict
      sample: {id: 8a1f3f0e-6a51-4b0e-9a49-3f7cc2f1b7aa, description: production, days_left: 90.0}
    notes:
      description: As RV(notes).
      returned: unless it failed
      type: list
      elements: str
      sample: []
    msg:
      description: What went wrong; empty if nothing did.
      returned: always
      type: str
      sample: ""
    error:
      description: As RV(error).
      returned: when it failed
      type: dict
      sample: {status: null, code: not_proven, method: null, path: null}
summary:
  description: How many secrets there were of each action.
  returned: when O(secrets) is given and the tenant could be read
  type: dict
  sample: {created: 2, renewed: 1, unchanged: 97, deleted: 0, failed: 0}
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
      sample: /api/adminapi2/v2/tenants/0123456789abcdef0123456789abcdef/clients/claims-intake/secrets/
auth_refresh_token:
  description: The refresh token to use from now on. Ansible does not log a result that contains it.
  returned: when the login with O(auth_refresh_token) returned a new one
  type: str
  sample: 9f3c…
"""

from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import options_spec
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import ClientSecretReconciler
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.run import run_reconciler


# Return values that hold a secret.
SECRET_RESULTS = ("value",)


def argument_spec() -> dict[str, Any]:
    """Return the options beside those of the connection."""
    return {
        **options_spec(in_list=False),
        "secrets": {"type": "list", "elements": "dict", "no_log": False, "options": options_spec(in_list=True)},
        "concurrency": {"type": "int", "default": 8},
    }


def main() -> None:
    """Run the module."""
    named_by_entry = ("client_id", "description", "held_id", "secret_id")
    run_reconciler(
        argument_spec(),
        ClientSecretReconciler.from_params,
        required_one_of=[("client_id", "secrets")],
        mutually_exclusive=[("secrets", option) for option in named_by_entry],
    )


if __name__ == "__main__":
    main()
