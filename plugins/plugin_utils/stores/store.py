# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The interface of a secret store: what an entry is, what a change is, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError

Spec = dict[str, dict[str, Any]]


class StoreError(VantageError):
    """The store cannot be read or written as a whole; the message is one sentence with the way out, without any secret."""


@dataclass(frozen=True)
class Entry:
    """What a store keeps of one secret.

    :param id: of the secret in the tenant; empty in a mark, which says that a secret is about to be made, and in the entry of a managed
        client without secrets.
    :param start_time: when the secret begins to work, as ``2026-09-07T13:03:38.380Z``; empty when the tenant does not say.
    :param expiration: when it ceases to, in the same form; empty for never.
    :param reserved_at: when the mark was written; empty in an entry with an id.
    :param orphaned_after: secrets of this name that began later and are not held were never delivered; empty when nobody knows.
    :param labels: of the app, for those who read the store.
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
        """How the collection calls the entry, whatever the store does."""
        return name_of_entry(self.client_id, self.description)

    def to_members(self) -> dict[str, Any]:
        """Return the members that are not empty, in the order of the fields; the first three always."""
        members = {name: getattr(self, name) for name in FIELDS}
        return {name: dict(value) if name == "labels" else value for name, value in members.items() if value or name in IDENTITY}


IDENTITY = ("client_id", "description", "tenant_id")
FIELDS = tuple(Entry.__dataclass_fields__)


def entry_from_members(members: Mapping[str, Any]) -> Entry:
    """Return an entry of what a store gave back; members that nobody knows are passed over.

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
    :param expected: id of the entry that has to be there for the change to be made; empty for a mark or nothing, None for nothing at all.
    """

    name: str
    entry: Entry | None
    expected: str | None


@dataclass(frozen=True)
class Written:
    """What became of one change.

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
    """Where the secrets of one tenant are delivered to. Safe to share between threads.

    :ivar kind: as the option ``store.type`` names it.
    :ivar place: how messages name the place, such as a path or an address with a prefix.
    :ivar remembers: whether it can say what it holds; False for one that hands everything on.
    :ivar can_list: whether it can say which entries there are, without being told their names.
    :ivar shows_values: whether a value can be read back.
    :ivar writes_at_once: whether one write of many entries costs as much as one of a single entry, as with a file.
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
        """Raise ConfigError for what is not set and a library that is missing, StoreError when one harmless request fails. Writes nothing."""

    def prove(self, names: Iterable[str] = ()) -> None:
        """Raise StoreError when entries could not be written; changes none.

        :param names: of entries that are about to be written, for a store whose permissions may differ from one to the other.
        """

    def read(self, names: Iterable[str] | None, *, values: bool) -> dict[str, Entry]:
        """Return entries by name: those of these names that are there, or all of this tenant.

        :raises StoreError: when the store cannot be read, or what it holds cannot be understood.
        """

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Write and remove entries, each only where the expected one is there, read them back, and return what became of each by name.

        :raises StoreError: when nothing could be written at all.
        """


class Vault(Protocol):
    """The play's vault passwords, for the one store that is encrypted by them; ansible-core's own object."""

    secrets: Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class StoreContext:
    """What a store has to know of the run.

    :param host: the tenant's name in the inventory.
    :param prefix: what the names of this tenant's entries begin with in a store that is shared.
    :param folder: absolute; a relative path of an option begins here.
    :param concurrency: the most requests at once.
    :param vault: None where there is no play.
    :param warn: tells the user.
    """

    host: str
    prefix: str
    folder: str
    concurrency: int = 8
    vault: Vault | None = None
    warn: Any = None
