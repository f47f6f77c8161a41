#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_onboarding_step
short_description: Take one step of the role app_onboarding
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Private to the role P(abbyy.vantage.app_onboarding#role), and may change in any release.
  - Takes what the role's tasks have registered from their variables, calls M(abbyy.vantage.vantage_client) and
    M(abbyy.vantage.vantage_client_secret) where only the next steps want to know what they answer, and answers what the next tasks have to do.
options:
  step:
    description: Which step, in the order in which the role takes them. They are described in C(plugins/plugin_utils/_onboarding_steps.py).
    type: str
    choices: [load, clients, compare, check, reserve, plan, prune, report, make, retire, prove, end]
    required: true
  apps:
    description: With O(step=load), the apps as they are declared.
    type: list
    elements: raw
    default: []
  source:
    description: With O(step=load), file or folder with more of them.
    type: path
  defaults:
    description: With O(step=load), what is laid under every app.
    type: dict
    default: {}
  secret_defaults:
    description: With O(step=load), what is laid under every secret.
    type: dict
    default: {}
  settings:
    description: With O(step=load), what the later steps need to know.
    type: dict
    default: {}
    suboptions:
      tenant_id:
        description: The tenant's id, which the store keeps beside each secret.
        type: str
        default: ""
      batch_size:
        description: How many apps are in a batch.
        type: int
        default: 100
      keeps:
        description: Whether the store can say what it holds.
        type: bool
        default: true
      blind:
        description: Whether the store never shows the values that it holds.
        type: bool
        default: false
      concurrency:
        description: How many requests the modules send at once.
        type: int
        default: 8
      prune:
        description: Whether clients that no app names are to go.
        type: bool
        default: false
      prune_protect:
        description: Patterns of client ids that are never to go.
        type: list
        elements: str
        default: []
      prune_limit:
        description: The most clients that may go.
        type: int
        default: 10
      fail_on_drift:
        description: Whether the run is to fail in check mode when anything would be changed.
        type: bool
        default: false
      expiring_within:
        description: A duration within which no secret in use may expire.
        type: str
        default: ""
  connection:
    description: With O(step=load), the connection options of the modules, which are answered as they are.
    type: dict
    default: {}
  number:
    description: With O(step=make), which batch, and with O(step=check), which chunk of the secrets, from 0.
    type: int
    default: 0
attributes:
  action:
    support: full
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller
  check_mode:
    support: full
    description: Can run in C(check_mode) and return what would change without changing it
"""

EXAMPLES = r"""
- name: Read the apps, lay the defaults under them and check them
  abbyy.vantage.app_onboarding_step:
    step: load
    source: apps/
"""

RETURN = r"""
apps:
  description:
    - With O(step=load), the apps as the role works on them, as one text of JSON, since Ansible would walk through a list of thousands value by
      value. The answer is never shown; those of other steps are private.
  returned: unless the task failed
  type: str
  sample: '[{"client_id":"claims-intake","state":"present","client":{"client_id":"claims-intake"},"secrets":[{"description":"default"}]}]'
"""
