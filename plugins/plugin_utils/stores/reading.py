# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Read single secrets from a store, for consumers."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, NotFoundError, shown
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Store


def read_members(store: Store, names: Sequence[str], member: str) -> list[str]:
    """Return one member of the entry of each name.

    :param names: ``client_id/description``, with ``%2F`` for a slash in the client_id.
    :raises VantageError: when the store cannot be read, or holds no such secret.
    """
    if not store.shows_values:
        raise ConfigError(f"The store {store.kind} shows no values, so nothing can be read from it; choose another one in the option store.")
    for name in names:
        if "/" not in name:
            raise ConfigError(f"The secret {shown(name)!r} is not named as client_id/description, such as invoice-import/production.")
    store.check()
    entries = store.read(names, values=True)
    for name in names:
        if name not in entries or not entries[name].id:
            raise NotFoundError(f"The store {store.place} holds no secret {shown(name)!r}; check the name and the option store.", code="no_entry")
    return [str(getattr(entries[name], member)) for name in names]
