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
  - Makes, renews and deletes client secrets, one or hundreds in one task.
  - A secret is named by O(client_id) and O(description). Several secrets of one description are generations of it; the newest is current.
  - O(state=present) means that there is a current secret that works, is not due, and whose value is known to the caller (see O(held_id)).
    A new one is made when one of these is not so; the older one goes on working until O(prune) and O(overlap) let it go.
  - The server shows a value once, in the answer to the request that makes it. When that answer is lost, the secret that it belonged to is
    looked for and deleted, for as long as the request may still be under way, and another one is made. The module warns of it.
  - A result with a value is never logged, even without C(no_log) on the task. A registered variable still holds it.
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
      - O(force) makes a new secret each time.
options:
  client_id:
    description: The client that the secret is for, a text, in quotes where it could be read as a number or a boolean. It has to exist.
    type: raw
  description:
    &description
    description:
      - Name of the secret among those of its client, a text, in quotes where it could be read as a number or a boolean.
      - Without it, the secret without a description is meant. It must not begin or end with a blank or hold a control character.
      - A server that does not keep it as it is would not show the secret under this name again, so the new secret is deleted and the task fails.
    type: raw
  state:
    description:
      - V(present) keeps a working secret there.
      - V(absent) deletes all generations of the secret, or the one of O(secret_id).
      - The last secret that works is not deleted from a client that requires one, unless O(force) says so. Deletions come last, and what has
        happened by then counts. When a secret of a client could not be made, no secret of that client is deleted with V(absent).
      - When the tenant's clock and this machine's are more than a day apart, no secret is deleted.
    type: str
    choices: [present, absent]
    default: present
  lifetime:
    &lifetime
    description:
      - How long a new secret works, in seconds or as V(90s), V(15m), V(24h), V(30d), V(26w) or V(d.hh:mm:ss); from 1 day to 3 years.
      - The server's default is six months.
      - It counts when a secret is made. A secret that is there is not replaced because the lifetime asked for has changed.
      - A lifetime of just 1 day is made five minutes longer, since the server checks it when the request arrives.
    type: str
  expiration:
    &expiration
    description:
      - When a new secret expires, as V(2026-09-07T13:03:38Z) or with an offset, instead of O(lifetime).
    type: str
  start_time:
    &start_time
    description: When a new secret begins to work, written as O(expiration). It begins at once when that has passed, or when not given.
    type: str
  renew_before:
    &renew_before
    description:
      - A secret that expires in less than this is due, and a new one is made. Written as O(lifetime), and shorter than it.
      - When not given, a new one is made only once the current one has expired.
    type: str
  force:
    description:
      - With O(state=present), make a new secret now.
      - With O(state=absent), delete even the last one that works, and also when another secret of the client could not be made.
    type: bool
    default: false
  held_id:
    &held_id
    description:
      - Id of the secret whose value the caller holds, as a secret store has written it down. It is the current one then.
      - When it is empty, or not among the client's secrets, no value is held, and a new secret is made.
      - When not given, the caller is believed to hold the newest one. O(prune=superseded) is refused then.
    type: str
  verify:
    description:
      - Try the value of a new secret at the token endpoint, again and again for up to one minute, since a new secret may take time to spread.
      - One that does not log in is deleted again, no older one is touched, and the task fails.
      - With V(api), the token of a new secret that logs in is also used for one read of the API (C(GET /api/publicapi/v1/skills)). A client that was
        made by the API may have no role, and the API then refuses it. The module warns of that and says where to give it one. The secret stays,
        whatever the API answers, since the token endpoint has proven it.
      - It does not apply to a secret that is already there, since its value is not known here.
      - Of a client that does not require a secret, the token endpoint accepts a wrong one as well. So it is not tried there, and RV(notes)
        says so.
      - V(true), V(false) or V(api).
    type: raw
    default: false
  prune:
    description:
      - Which other generations to delete.
      - V(none) of them.
      - V(expired) ones.
      - V(superseded) ones, which are the expired ones, those that are newer than the one of O(held_id), since their values are lost, and the
        older ones once the current one has been working for as long as O(overlap) says. It needs O(held_id).
    type: str
    choices: [none, expired, superseded]
    default: none
  overlap:
    &overlap
    description: How long an older generation goes on working beside a new one, so that consumers can pick the new one up. Written as O(lifetime).
    type: str
    default: 1d
  secret_id:
    &secret_id
    description: With O(state=absent), the id of the one secret to delete, whatever its description.
    type: str
  secrets:
    description:
      - Many secrets at once, instead of O(client_id) and O(description).
      - A secret that fails, or whose entry has a mistake, does not stop the others; the task fails at the end and names it, with all results,
        and so all new values.
      - O(state), O(lifetime), O(expiration), O(start_time), O(renew_before), O(force), O(prune), O(overlap) and O(verify) hold for all
        entries that do not say otherwise.
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
- name: A client to make secrets for
  abbyy.vantage.vantage_client:
    region: eu
    tenant_id: 7a1de5a0c0de4b1e8f00c04705000001
    auth_client_id: automation
    auth_client_secret: "{{ lookup('ansible.builtin.env', 'VANTAGE_AUTH_CLIENT_SECRET') }}"
    client_id: claims-intake
    allowed_grant_types: [client_credentials]

- name: Make a secret that works for 90 days, and try it
  abbyy.vantage.vantage_client_secret:
    client_id: claims-intake
    description: production
    lifetime: 90d
    verify: true
  register: claims_secret

- name: Replace it two weeks before it expires, and delete the older one when the new one has been there for two days
  abbyy.vantage.vantage_client_secret:
    client_id: claims-intake
    description: production
    held_id: "{{ claims_secret.secret.id | default('') }}"
    lifetime: 90d
    renew_before: 14d
    prune: superseded
    overlap: 2d

- name: Replace it if the secret store holds the value of another one
  abbyy.vantage.vantage_client_secret:
    client_id: claims-intake
    description: production
    held_id: "{{ claims_secret.secret.id | default('') }}"

- name: Replace it now, since the value has become known
  abbyy.vantage.vantage_client_secret:
    client_id: claims-intake
    description: production
    held_id: "{{ claims_secret.secret.id | default('') }}"
    force: true
    prune: superseded
    overlap: 0

- name: Many secrets in one task
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
    - The current secret; in check mode, what it would be. For a deleted one, the newest of those deleted.
    - Empty when there is none.
  returned: when O(secrets) is not given and the task did not fail
  type: dict
  contains:
    id:
      description: The server's id of it.
      returned: unless it is only planned
      type: str
      sample: 8a1f3f0e-6a51-4b0e-9a49-3f7cc2f1b7aa
    description:
      description: Its name.
      returned: always
      type: str
      sample: production
    start_time:
      description: When it begins to work.
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
      description: The secret itself. It cannot be read again.
      returned: when it was made by this very task, never in check mode
      type: str
      sample: k7W…
action:
  description: What was done, V(created), V(renewed), V(unchanged) or V(deleted).
  returned: when O(secrets) is not given and the task did not fail
  type: str
  sample: created
reason:
  description:
    - Why. V(absent) as there was none, V(not_held) as its value is not held, V(expired), V(due), V(forced), V(current) when nothing had to be
      made, or V(unwanted) for a deleted one.
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
    - Ids of the generations that are still there and that O(prune=superseded) would delete now, if RV(secret) is the held one.
    - It tells without another request whether there is anything to delete.
  returned: when O(secrets) is not given and the task did not fail
  type: list
  elements: str
  sample: []
notes:
  description: What you should know although nothing went wrong, such as why a new secret was not tried.
  returned: when O(secrets) is not given and the task did not fail
  type: list
  elements: str
  sample: []
results:
  description: One entry per secret in the order given.
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
      description: What went wrong; empty when nothing did.
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
  description: What failed, for a program to read.
  returned: on failure
  type: dict
  contains:
    status:
      description: HTTP status of the answer; V(null) when there was none.
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
  description: The refresh token to use from now on. The answer is not logged when it is there.
  returned: when the login with O(auth_refresh_token) has replaced it
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
