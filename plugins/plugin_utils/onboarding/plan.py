# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Plan an onboarding run from the apps, the tenant and the store. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import Made
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.clients import PlannedClient
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret, SecretItem, SecretPlan, plan_secret, reason_to_retire
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Store, Written, name_of_entry

# A server's clock that is less than three seconds behind counts as equal, and a secret that started within 1.5 seconds after a moment as older.
CLOCK_GRAIN = timedelta(seconds=5)
Todo = Literal["", "make", "retire", "delete"]


@dataclass
class AppSecret:
    """One declared secret, from its declaration to its outcome. A run fills it in step by step.

    :ivar held: its entry in the store: an entry, a mark, or nothing.
    :ivar source: its entry in the store to copy from, without its value; None when nothing is copied.
    :ivar copied: whether it was copied from there.
    :ivar plan: the plan for the tenant; None when the client could not be read.
    :ivar known: the client's secrets when they were last listed before one was made.
    :ivar made: the new secret with its value; None when none was made, or when it was rolled back.
    :ivar written: the result of its delivery; None when nothing was delivered.
    :ivar action: its outcome: created, renewed, unchanged or deleted.
    :ivar retired: ids of its deleted generations.
    :ivar labels: the labels for the store.
    :ivar relabels: whether the store's entry is rewritten because its labels changed, without a new secret.
    :ivar left_behind: ids of secrets that an interrupted run made but did not deliver.
    :ivar spared_ids: ids of older generations that are kept, since the run logs in with them.
    :ivar trouble: why it failed; empty when it did not.
    :ivar in_doubt: whether the tenant may have a secret, or the store an entry, that this run does not know.
    :ivar notes: sentences that the user should read although nothing failed.
    """

    item: SecretItem
    held: Entry | None = None
    plan: SecretPlan | None = None
    known: list[Secret] = field(default_factory=list)
    made: Made | None = None
    written: Written | None = None
    action: str = ""
    retired: list[str] = field(default_factory=list)
    labels: Mapping[str, str] = field(default_factory=dict)
    relabels: bool = False
    left_behind: frozenset[str] = frozenset()
    spared_ids: frozenset[str] = frozenset()
    trouble: str = ""
    in_doubt: bool = False
    notes: list[str] = field(default_factory=list)
    source: Entry | None = None
    copied: bool = False

    @property
    def name(self) -> str:
        """Its name in the store and in messages."""
        return name_of_entry(self.item.client_id, self.item.description)

    @property
    def held_id(self) -> str:
        """The id of the stored secret; empty for a mark or nothing."""
        return self.held.id if self.held else ""

    @property
    def todo(self) -> Todo:
        """The planned action."""
        if self.plan is None:
            return ""
        if self.item.state == "absent":
            return "delete" if self.plan.retire or self.held is not None else ""
        if self.plan.makes:
            return "make"
        return "retire" if self.plan.retire else ""

    @property
    def copies(self) -> bool:
        """Whether its entry is copied from another store; false when a new secret is made anyway."""
        return self.source is not None and self.plan is not None and not self.plan.makes


@dataclass
class AppState:
    """One declared app with everything known about it.

    :ivar planned: the client with its plan, for its reconciler.
    :ivar action: created, updated, unchanged, deleted or failed; first the plan, then the outcome.
    :ivar leftovers: entries of an absent app, to be removed once its client is gone.
    :ivar trouble: why the client, or the last change to the store, failed; empty when nothing did.
    :ivar written: whether the client was written.
    """

    app: App
    planned: PlannedClient
    action: str
    secrets: list[AppSecret] = field(default_factory=list)
    leftovers: dict[str, Entry] = field(default_factory=dict)
    trouble: str = ""
    written: bool = False

    @property
    def client_id(self) -> str:
        """Identifier of the client."""
        return self.app.client_id

    @property
    def is_new(self) -> bool:
        """Whether the tenant has no such client yet."""
        return self.planned.plan is not None and self.planned.plan.action == "created"

    @property
    def requires_secret(self) -> bool:
        """Whether the client will need a secret."""
        return self.planned.plan is None or self.planned.plan.after.get("require_client_secret") is not False

    @property
    def needs_work(self) -> bool:
        """Whether anything has to be written for it."""
        if self.trouble:
            return False
        return self.action != "unchanged" or bool(self.leftovers) or any(secret.todo or secret.copies or secret.relabels for secret in self.secrets)

    @property
    def is_troubled(self) -> bool:
        """Whether anything of it failed or is in doubt, so that nothing of it may be deleted."""
        return bool(self.trouble) or any(secret.trouble or secret.in_doubt for secret in self.secrets)


def wanted_item(secret: SecretItem, held: Entry | None, store: Store) -> SecretItem:
    """Return the declared secret with the details from its store entry."""
    if not store.remembers:
        # It is unknown which value is in use, so no working secret may be deleted.
        return secret._replace(prune="expired" if secret.prune == "superseded" else secret.prune)
    orphaned_after = orphans_since(held) if held else None
    return secret._replace(held_id=held.id if held else "", orphaned_after=orphaned_after)


def orphans_since(held: Entry) -> datetime | None:
    """Return the time after which a secret that is not in the store was left by a killed run."""
    if held.reserved_at and not held.id:
        return moment_from_timestamp(held.reserved_at) - CLOCK_GRAIN
    text = held.orphaned_after or (held.start_time if held.id else "")
    return moment_from_timestamp(text) if text else None


def since_for_successor(held: Entry | None) -> datetime | None:
    """Return the time after which secrets that are not in the store are orphans, once the held one is replaced."""
    if held is None:
        return None
    if held.id and held.start_time:
        return moment_from_timestamp(held.start_time)
    return orphans_since(held)


def leftovers_of(app: App, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the entries to remove with an absent app."""
    return {name: entry for name, entry in entries.items() if entry.client_id == app.client_id} if app.state == "absent" else {}


def names_to_write(states: Iterable[AppState]) -> list[str]:
    """Return the names of the entries that the run is going to write or remove."""
    work = [state for state in states if state.needs_work]
    secrets = [secret.name for state in work for secret in state.secrets if secret.todo in ("make", "delete") or secret.copies or secret.relabels]
    return [*secrets, *(name for state in work for name in state.leftovers)]


def marks(states: Iterable[AppState], tenant_id: str, now: datetime) -> list[Change]:
    """Return the store's changes that say "a secret is about to be made here", for the secrets without an entry."""
    return [
        Change(
            secret.name,
            Entry(state.client_id, secret.item.description, tenant_id, reserved_at=timestamp_from_moment(now)),
            expected=None if secret.held is None else "",
        )
        for state in states
        if state.needs_work
        for secret in state.secrets
        if secret.todo == "make" and (secret.held is None or is_client_entry(secret.held))
    ]


def client_entries(states: Iterable[AppState], entries: Mapping[str, Entry], tenant_id: str) -> list[Change]:
    """Return the store's changes that say "this client is managed", for the clients that have no entry and get none."""
    known = {entry.client_id for entry in entries.values()}
    return [
        Change(name_of_entry(state.client_id, ""), Entry(state.client_id, "", tenant_id), expected=None)
        for state in states
        if state.app.state == "present" and not state.secrets and not state.trouble and state.client_id not in known
    ]


def is_client_entry(entry: Entry) -> bool:
    """Return whether an entry only marks its client as managed."""
    return not entry.id and not entry.reserved_at


def undeclared_secrets(states: Iterable[AppState], entries: Mapping[str, Entry]) -> list[str]:
    """Return the names of the entries of declared apps whose secrets are no longer declared."""
    present = {
        state.client_id: {name_of_entry(state.client_id, secret.description) for secret in state.app.secrets}
        for state in states
        if state.app.state == "present"
    }
    return [name for name, entry in entries.items() if not is_client_entry(entry) and name not in present.get(entry.client_id, {name})]


def is_taken_over(listed: Iterable[Secret], entries: Iterable[Entry], now: datetime) -> bool:
    """Return whether a client has a working secret that the store neither holds nor has replaced: somebody else seems to manage it."""
    held = {entry.id for entry in entries if entry.id}
    secrets = list(listed)
    since = {one.description: one.start for one in secrets if one.id in held}
    return any(not one.is_expired(now) and one.id not in held and not _is_replaced(one, since) for one in secrets)


def _is_replaced(secret: Secret, since: Mapping[str, datetime | None]) -> bool:
    newer = since.get(secret.description)
    return newer is not None and secret.start is not None and secret.start <= newer


def entry_of(secret: AppSecret, made: Made, tenant_id: str) -> Entry:
    """Return the store entry of a new secret."""
    new, since = made.secret, since_for_successor(secret.held)
    return Entry(
        client_id=secret.item.client_id,
        description=secret.item.description,
        tenant_id=tenant_id,
        id=new.id,
        value=made.value,
        start_time="" if new.start is None else timestamp_from_moment(new.start),
        expiration="" if new.expiration is None else timestamp_from_moment(new.expiration),
        orphaned_after="" if since is None else timestamp_from_moment(since),
        labels=dict(secret.labels),
    )


def delivery(secret: AppSecret, made: Made, tenant_id: str) -> Change:
    """Return the change that delivers a new secret, provided that the store still holds what the run has read."""
    return Change(secret.name, entry_of(secret, made, tenant_id), expected=secret.held_id)


def relabels(secret: AppSecret, store: Store) -> bool:
    """Return whether the store's entry has outdated labels and can be rewritten without a new secret."""
    if secret.todo not in ("", "retire") or secret.held is None or not secret.held.id or secret.item.state == "absent":
        return False
    return store.remembers and store.shows_values and dict(secret.held.labels) != dict(secret.labels)


def removal(name: str, entry: Entry | None) -> Change:
    """Return the change that removes an entry, provided that it is still the one that the run has read."""
    return Change(name, None, expected=entry.id if entry else "")


def to_retire(secret: AppSecret, listed: Sequence[Secret], now: datetime, spared: frozenset[str]) -> list[Secret]:
    """Return the generations of a secret to delete, oldest first; only those that existed before this run.

    :param listed: all secrets of the client, as they are now.
    """
    if secret.plan is None:
        return []
    if secret.item.state == "absent":
        return [one for one in listed if one.id in {gone.id for gone in secret.plan.retire}]
    # A newer one may belong to another run and be delivered already.
    may_go = {one.id for one in (secret.known if secret.made else secret.plan.retire)}
    item = secret.item
    if secret.made:
        item = item._replace(held_id=secret.made.secret.id, orphaned_after=since_for_successor(secret.held), force=False)
        if not any(one.id == secret.made.secret.id for one in listed):
            return []
    return [one for one in plan_secret(item, listed, now, spared).retire if one.id in may_go]


def reason_to_delete(secret: AppSecret, old: Secret, listed: Iterable[Secret], now: datetime) -> str:
    """Return why a secret is deleted, in one word.

    :param listed: all secrets of the client, as they are now.
    """
    current_id = secret.made.secret.id if secret.made else secret.held_id
    current = next((one for one in listed if one.id == current_id), None)
    item = secret.item
    if secret.made:
        item = item._replace(held_id=current_id, orphaned_after=since_for_successor(secret.held))
    return reason_to_retire(item, old, current, now)


def is_last(state: AppState, secret: AppSecret, old: Secret, listed: Iterable[Secret], now: datetime) -> bool:
    """Return whether deleting a secret would leave a client that requires one without a working one.

    :param listed: all secrets of the client, as they are now.
    """
    if secret.item.force or not old.is_active(now) or not state.requires_secret:
        return False
    return not any(one.is_active(now) for one in listed if one.id != old.id)


def last_message(state: AppState, old: Secret) -> str:
    """Return why the last working secret is not deleted."""
    return (
        f"Deleting secret {old.id} would leave client {state.client_id!r}, which requires a secret, without any that works; "
        "declare another one first, or set force."
    )


def refuse_last(state: AppState, now: datetime) -> None:
    """Refuse plans that would leave a client without a working secret, so that check mode shows it."""
    if state.trouble or any(secret.todo == "make" for secret in state.secrets):
        return
    left = list(state.secrets[0].known) if state.secrets else []
    for secret in state.secrets:
        if secret.todo != "delete" or secret.plan is None:
            continue
        for old in secret.plan.retire:
            if is_last(state, secret, old, left, now):
                secret.trouble = last_message(state, old)
                break
            left = [one for one in left if one.id != old.id]


def refuse_unstorable(state: AppState, store: Store) -> None:
    """Refuse secrets that the store cannot keep, before anything is made."""
    for secret in state.secrets:
        if (secret.todo == "make" or secret.copies) and not secret.trouble:
            secret.trouble = " ".join(store.problems([secret.name]))


def batches(states: Sequence[AppState], size: int) -> list[list[AppState]]:
    """Return the apps that need work in batches."""
    work = [state for state in states if state.needs_work]
    return [work[start : start + size] for start in range(0, len(work), size)]


def foreign_entries(entries: Mapping[str, Entry], tenant_id: str) -> list[str]:
    """Return the names of store entries that belong to another tenant."""
    return [name for name, entry in entries.items() if is_foreign(entry, tenant_id)]


def is_foreign(entry: Entry, tenant_id: str) -> bool:
    """Return whether an entry belongs to another tenant."""
    own = plain_tenant(tenant_id)
    return bool(own and entry.tenant_id and plain_tenant(entry.tenant_id) != own)


def plain_tenant(tenant_id: str) -> str:
    """Return the id without hyphens."""
    return tenant_id.replace("-", "").lower()
