# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The interface of a secret store: entries, changes and their results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError

Spec = dict[str, dict[str, Any]]


class StoreError(VantageError):
    """The store cannot be read or written as a whole; the message is one sentence with the fix, without any secret."""


@dataclass(frozen=True)
class Entry:
    """What a store keeps of one secret.

    :param id: of the secret in the tenant; empty in a mark, which says that a secret is about to be made, and in the entry of a managed
        client without secrets.
    :param start_time: when the secret begins to work, as ``2026-09-07T13:03:38.380Z``; empty when the tenant does not say.
    :param expiration: when it expires, in the same form; empty for never.
    :param reserved_at: when the mark was written; empty in an entry with an id.
    :param orphaned_after: secrets of this name that started later and are not held were never delivered; empty when unknown.
    :param labels: of the app, for readers of the store.
    """

    client_id: str
    description: str
    tenant_id: str = ""
    id: str = ""
    value: str = field(default="", repr=False)
    start_time: str = ""
    expiration: str = ""
    reserved_at: str = ""
    orphaned_after: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The collection's name of the entry, whatever the store uses."""
        return name_of_entry(self.client_id, self.description)

    def to_members(self) -> dict[str, Any]:
        """Return the members that are not empty, in the order of the fields; the first three always."""
        members = {name: getattr(self, name) for name in FIELDS}
        return {name: dict(value) if name == "labels" else value for name, value in members.items() if value or name in IDENTITY}


IDENTITY = ("client_id", "description", "tenant_id")
FIELDS = tuple(Entry.__dataclass_fields__)


def entry_from_members(members: Mapping[str, Any]) -> Entry:
    """Return an entry from stored data; unknown members are ignored.

    :raises ValueError: when it names no client.
    """
    if not members.get("client_id"):
        raise ValueError("it names no client_id")
    texts = {name: str(members[name]) for name in FIELDS if name != "labels" and members.get(name) is not None}
    labels = members.get("labels") or {}
    return Entry(**{"description": "", **texts}, labels={str(key): str(value) for key, value in labels.items()} if isinstance(labels, Mapping) else {})


def name_of_entry(client_id: str, description: str) -> str:
    """Return ``client_id/description``, in which a slash of the client_id is ``%2F``: two secrets never share a name."""
    return f"{client_id.replace('%', '%25').replace('/', '%2F')}/{description}"


def parts_of_name(name: str) -> tuple[str, str]:
    """Return the client_id and the description of a name; the reverse of ``name_of_entry``."""
    client, _slash, description = name.partition("/")
    return client.replace("%2F", "/").replace("%25", "%"), description


def entry_of(name: str, members: Mapping[str, Any]) -> Entry | None:
    """Return the entry of that name; None when it is another's."""
    client_id, description = parts_of_name(name)
    try:
        entry = entry_from_members({"client_id": client_id, "description": description, **members})
    except ValueError:
        return None
    return entry if entry.name == name else None


@dataclass(frozen=True)
class Change:
    """One entry to write or to remove.

    :param entry: None removes it.
    :param expected: id of the entry that the change requires; empty for a mark or nothing, None for nothing at all.
    """

    name: str
    entry: Entry | None
    expected: str | None


@dataclass(frozen=True)
class Written:
    """The result of one change.

    :param status: ``refused``: the entry was not the expected one, so another run was faster. ``in_doubt``: it may have been written.
    :param reason: a sentence without any secret; empty when it was written.
    :param before: the entry as it was just before the change, with its value where the store shows values; None for none.
    :param after: the entry as it was read back, with its value; None for none, and where nothing was read.
    """

    status: Literal["written", "refused", "failed", "in_doubt"]
    reason: str = ""
    before: Entry | None = None
    after: Entry | None = None


class Store(Protocol):
    """Where the secrets of one tenant are delivered. Safe to share between threads.

    :ivar kind: as the option ``store.type`` names it.
    :ivar place: its name in messages, such as a path or an address with a prefix.
    :ivar remembers: whether it can show what it holds; False for one that passes everything on.
    :ivar can_list: whether it can list its entries.
    :ivar shows_values: whether a value can be read back.
    :ivar writes_at_once: whether writing many entries costs as much as writing one, as with a file.
    """

    kind: str
    place: str
    remembers: bool
    can_list: bool
    shows_values: bool
    writes_at_once: bool

    def problems(self, names: Iterable[str]) -> list[str]:
        """Return one sentence for each of these names that the store cannot keep, such as one that is too long; sends nothing."""

    def check(self) -> None:
        """Raise ConfigError for missing options and a missing library, StoreError when one harmless request fails. Writes nothing."""

    def prove(self, names: Iterable[str] = ()) -> None:
        """Raise StoreError when entries could not be written; changes none.

        :param names: of entries about to be written, for stores with permissions per entry.
        """

    def read(self, names: Iterable[str] | None, *, values: bool) -> dict[str, Entry]:
        """Return entries by name: those of these names that exist, or all of this tenant.

        :raises StoreError: when the store cannot be read, or its content cannot be parsed.
        """

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Write and remove entries, each only if the expected one is there, read them back, and return the results by name.

        :raises StoreError: when nothing could be written at all.
        """


class Vault(Protocol):
    """The play's vault passwords, for the encrypted store; ansible-core's own object."""

    secrets: Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class StoreContext:
    """A store's context in a run.

    :param host: the tenant's name in the inventory.
    :param prefix: the prefix of this tenant's names in a shared store.
    :param folder: absolute; relative paths in options start here.
    :param concurrency: maximum number of parallel requests.
    :param vault: None without a play.
    :param warn: shows a warning.
    """

    host: str
    prefix: str
    folder: str
    concurrency: int = 8
    vault: Vault | None = None
    warn: Any = None
