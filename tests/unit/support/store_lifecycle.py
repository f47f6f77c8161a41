# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lifecycle of an entry, which every store that remembers has to pass, with another run in the meantime."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Store, StoreContext, Written, name_of_entry

HOST, TENANT = "contoso", "7a6d2b9a-3f41-4c1e-9a52-0e9f3c5d1b7e"
# Characters that a name may have and most stores do not accept.
ODD, ODD_DESCRIPTION = "Claims/Intake+EU", "night {{ 'A' }} / é %2F ="


def new_context(folder: object, prefix: str = "vantage/contoso", concurrency: int = 4) -> StoreContext:
    """Return the context of a store."""
    return StoreContext(HOST, prefix, str(folder), concurrency)


def new_entry(number: int = 1, client_id: str = "claims", description: str = "default") -> Entry:
    """Return an entry with all of its members."""
    return Entry(
        client_id,
        description,
        TENANT,
        id=f"secret-{number}",
        value=f"value-{number} \"'\\ö",
        start_time="2026-09-07T13:03:38.380Z",
        expiration="2027-09-07T13:03:38.380Z",
        orphaned_after="2026-09-07T13:03:00.000Z",
        labels={"team": "claims", "cost center": "47 11"},
    )


def new_mark(client_id: str = "claims", description: str = "default") -> Entry:
    """Return the mark of a secret that is about to be made."""
    return Entry(client_id, description, TENANT, reserved_at="2026-09-07T13:00:00.000Z")


def change_to(entry: Entry, expected: str | None) -> Change:
    """Return the change that writes an entry."""
    return Change(entry.name, entry, expected)


@dataclass
class StoreLifecycle:
    """Runs the life of an entry in one place of a store.

    :ivar new_store: creates another store of the same place, as in another run.
    :ivar shows_values: whether a value can be read back.
    """

    new_store: Callable[[], Store]
    shows_values: bool = True

    def shown(self, entry: Entry) -> Entry:
        """Return an entry as the store shows it."""
        return entry if self.shows_values else replace(entry, value="")

    def run(self) -> None:
        """Run the whole life; the store is empty at the start and at the end."""
        store = self.new_store()
        self.begin(store)
        for client_id, description in (("claims", "default"), (ODD, ODD_DESCRIPTION), ("managed", "")):
            self.make_and_renew(store, client_id, description)
        self.write_many(store)
        self.refuse()
        self.remove(store)
        self.remove_missing(store)

    def begin(self, store: Store) -> None:
        """Check and prove the empty store."""
        store.check()
        store.prove()

        assert store.read(None, values=True) == {}
        assert store.problems([name_of_entry(ODD, ODD_DESCRIPTION)]) == []

    def make_and_renew(self, store: Store, client_id: str, description: str) -> None:
        """Mark, deliver, renew, put back and renew again, and compare the entry before each step and after it."""
        mark, first, second = new_mark(client_id, description), new_entry(1, client_id, description), new_entry(2, client_id, description)
        name = mark.name
        steps = [(mark, None, None), (first, "", mark), (second, first.id, first), (first, second.id, second), (second, first.id, first)]

        assert store.read([name], values=True) == {}

        for entry, expected, before in steps:
            answer = store.write([change_to(entry, expected)])[name]

            assert answer.status == "written"
            assert answer.reason == ""
            assert answer.after
            assert self.shown(answer.after) == self.shown(entry)
            # A replaced mark need not be put back, so a store may leave it out.
            assert answer.before == (before and self.shown(before)) or (before == mark and answer.before is None)
            assert self.new_store().read([name], values=True) == {name: self.shown(entry)}

        assert self.new_store().read([name], values=False) == {name: replace(second, value="")}

        again = store.write([change_to(second, first.id)])[name]

        # A repeated write is no change, whatever was expected.
        assert again.status == "written"

    def write_many(self, store: Store) -> None:
        """Write several entries at once when all or some of the expectations are wrong."""
        entries = [new_entry(number, f"app-{number}") for number in range(12)]

        refused = store.write([change_to(entry, "secret-9") for entry in entries])

        assert [refused[entry.name].status for entry in entries] == ["refused"] * 12

        mixed = store.write([change_to(entry, None if number % 2 else "other") for number, entry in enumerate(entries)])

        assert [mixed[entry.name].status for entry in entries] == ["refused", "written"] * 6
        assert {name for name in store.read(None, values=False) if name.startswith("app-")} == {entry.name for entry in entries[1::2]}

        store.write([Change(entry.name, None, entry.id) for entry in entries[1::2]])

    def refuse(self) -> None:
        """Let two runs write to one entry: the later one is refused, and gets the current entry."""
        name = new_entry(2).name
        one, other = self.new_store(), self.new_store()
        for store in (one, other):
            assert store.read([name], values=False)[name].id == "secret-2"

        first = one.write([change_to(new_entry(3), "secret-2")])[name]

        assert first.status == "written"

        for change in (change_to(new_entry(4), "secret-2"), change_to(new_mark(), None), change_to(new_entry(4), ""), Change(name, None, "secret-2")):
            late = other.write([change])[name]

            self.assert_refused(late, new_entry(3))

        assert self.new_store().read([name], values=True) == {name: self.shown(new_entry(3))}

    def assert_refused(self, answer: Written, there: Entry) -> None:
        """Assert that nothing was written, with a reason and the current entry."""
        assert answer.status == "refused"
        assert "run again" in answer.reason
        assert answer.before == self.shown(there)

    def remove(self, store: Store) -> None:
        """Remove all entries."""
        held = store.read(None, values=False)
        assert len(held) == 3

        answers = store.write([Change(name, None, entry.id) for name, entry in held.items()])

        assert {answer.status for answer in answers.values()} == {"written"}
        assert [answer.after for answer in answers.values()] == [None] * 3
        assert all(answer.before and bool(answer.before.value) is self.shows_values for answer in answers.values())
        assert self.new_store().read(None, values=True) == {}
        assert self.new_store().read(list(held), values=True) == {}

    def remove_missing(self, store: Store) -> None:
        """Remove an entry that is gone, and write and remove it once more."""
        mark = new_mark()

        missing = store.write([Change(mark.name, None, "secret-3")])[mark.name]

        assert missing.status == "written"

        again = self.new_store().write([change_to(mark, None)])[mark.name]

        assert again.status == "written"

        removed = store.write([Change(mark.name, None, "")])[mark.name]

        assert removed.status == "written"
        assert self.new_store().read(None, values=False) == {}
