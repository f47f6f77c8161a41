# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event source of Event-Driven Ansible: what needs attention about the secrets of ABBYY Vantage tenants."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
module: client_secrets
short_description: Emit an event when a secret of an ABBYY Vantage tenant needs attention, and when it no longer does
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Polls tenants and, if given, their stores. It only reads.
  - Each finding causes one event when it begins and one when it ends. After a restart, findings that still exist begin again.
  - An event never holds the value of a secret.
  - It needs C(requests) and the store's library in the environment of ansible-rulebook.
options:
  tenants:
    description:
      - The tenants to poll. Each is a mapping with the connection options of M(abbyy.vantage.vantage_client_info), O(name) and O(store).
      - All tenants share the options beside O(tenants). Without O(tenants), these options describe one tenant.
    type: list
    elements: dict
  name:
    description: The tenant's name in events. Use its host's inventory name. The default is its C(tenant_id).
    type: str
  store:
    description:
      - The tenant's store, in the format of M(abbyy.vantage.vantage_app). Without a store, nothing is V(orphaned), V(missing) or V(unmanaged).
      - Its default prefix is C(vantage/<name>).
    type: raw
  interval:
    description: Time between two polls, such as V(15m).
    type: str
    default: 15m
  within:
    description: A secret that expires within this time is V(expiring).
    type: str
    default: 30d
  concurrency:
    description: Maximum number of parallel requests to one tenant.
    type: int
    default: 8
"""

EXAMPLES = r"""
- abbyy.vantage.client_secrets:
    interval: 15m
    region: eu
    auth_client_id: automation
    store:
      type: hashi_vault
      url: https://vault.example.com:8200
    tenants:
      - name: contoso
        tenant_id: 0123456789abcdef0123456789abcdef
        auth_client_secret: "{{ contoso_secret }}"
      - name: fabrikam
        tenant_id: 123456789abcdef0123456789abcdef0
        auth_client_secret: "{{ fabrikam_secret }}"
"""

logger = logging.getLogger("abbyy.vantage.client_secrets")


def add_collections_to_path() -> None:
    """Make the collection importable: ansible-rulebook runs this file without Ansible's own loader."""
    here = Path(os.path.abspath(__file__))
    root = next((str(parent.parent) for parent in here.parents if parent.name == "ansible_collections"), None)
    if root is not None and root not in sys.path:
        sys.path.append(root)


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Poll until ansible-rulebook ends."""
    add_collections_to_path()
    from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError
    from ansible_collections.abbyy.vantage.plugins.plugin_utils.watch.options import watch_from_args
    from ansible_collections.abbyy.vantage.plugins.plugin_utils.watch.polling import Poller, names_of

    try:
        watch = watch_from_args(args, os.environ)
    except VantageError as exc:
        # Without its causes, whose texts may hold anything.
        raise ValueError(f"abbyy.vantage.client_secrets: {exc.message}") from None
    poller = Poller(watch, logger.warning)
    logger.info("Polling %s every %s", names_of(watch.tenants), watch.interval)
    while True:
        # In a separate thread, so that other sources and rules keep running.
        for event in await asyncio.to_thread(poller.poll):
            await queue.put(event)
        await asyncio.sleep(watch.interval.total_seconds())
