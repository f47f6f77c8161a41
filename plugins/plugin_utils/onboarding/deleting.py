# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Delete what is no longer needed: older secrets, entries, undeclared clients. Nothing is deleted in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import Made, logs_in, secrets_of
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.clients import PlannedClient
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import STOPPED, Run
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Pruned
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import (
    AppSecret,
    AppState,
    is_last,
    is_taken_over,
    last_message,
    reason_to_delete,
    removal,
    to_retire,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.survey import Surveyed, clients_gone
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, StoreError


class Deleting:
    """Carries out the planned deletions, once everything else of the client has succeeded."""

    def __init__(self, run: Run, surveyed: Surveyed) -> None:
        self._run = run
        self._surveyed = surveyed

    def held_values(self, states: Sequence[AppState]) -> dict[str, Entry] | StoreError:
        """Read the values that have to log in before older secrets may be deleted."""
        names = [secret.name for state in states if not state.is_troubled for secret in state.secrets if secret.todo == "retire"]
        if not names or not self._run.store.shows_values or not self._run.console.go_on():
            return {}
        try:
            return self._run.store.read(names, values=True)
        except StoreError as exc:
            return exc

    def retire(self, state: AppState, values: dict[str, Entry] | StoreError) -> None:
        """Delete the older and the absent secrets of a client, unless anything of it failed.

        :param values: what ``held_values`` returned.
        """
        going = [secret for secret in state.secrets if secret.todo in ("retire", "delete") or (secret.made and secret.known)]
        if not going or state.action == "failed":
            return
        if not self._run.console.go_on():
            give_up(going, ("retire", "delete"), STOPPED)
            return
        for secret in going:
            if secret.todo == "retire" and not state.is_troubled:
                self._prove_held(state, secret, values)
        obstacle = "It was not deleted, since another secret of its client failed." if state.is_troubled else self._run.obstacle() or self._run.no_deletion
        if obstacle:
            give_up(going, ("delete",), obstacle)
            return
        try:
            listed = secrets_of(self._run.api, state.client_id) or []
        except VantageError as exc:
            for secret in going:
                secret.trouble = f"No older secret was deleted, which the next run does. {exc.message}"
            return
        for secret in going:
            try:
                if secret.made and secret.made.secret.id not in {one.id for one in listed}:
                    self._undo_delivery(secret, secret.made)
                else:
                    self._delete_generations(state, secret, listed, values)
            except VantageError as exc:
                secret.trouble = f"An older secret is still there, which the next run deletes. {exc.message}"

    def _undo_delivery(self, secret: AppSecret, made: Made) -> None:
        """Restore the entry of a secret whose successor another run took for an orphan, just before it was delivered."""
        self._run.put_back([(secret, made)])
        secret.made = None
        secret.trouble = "The new secret was deleted by another run meanwhile, so the store's former entry was restored; run again."

    def _keep_held(self, secret: AppSecret, entry: Entry) -> None:
        """Restore an entry that another run replaced with a secret that was just deleted here as an orphan."""
        now = self._run.store.read([secret.name], values=False).get(secret.name)
        if now is not None and now.id in secret.retired:
            self._run.change_store([Change(secret.name, entry, expected=now.id)])
            secret.trouble = "Another run delivered a secret that was deleted here meanwhile, so the store's former entry was restored; run again."

    def _delete_generations(self, state: AppState, secret: AppSecret, listed: list[Secret], values: dict[str, Entry] | StoreError) -> None:
        """Delete the unneeded generations of one secret.

        :param listed: the client's secrets; deleted ones are removed from it.
        """
        for old in to_retire(secret, listed, self._run.now(), self._run.spared(secret, listed)):
            if is_last(state, secret, old, listed, self._run.now()):
                secret.trouble = last_message(state, old)
                return
            self._run.api.delete_secret(state.client_id, old.id, reason=reason_to_delete(secret, old, listed, self._run.now()))
            listed.remove(old)
            secret.retired.append(old.id)
        entry = values.get(secret.name) if isinstance(values, dict) else None
        if secret.todo == "retire" and secret.retired and entry is not None:
            self._keep_held(secret, entry)

    def _prove_held(self, state: AppState, secret: AppSecret, values: dict[str, Entry] | StoreError) -> None:
        """Log in with the stored value of a secret before its older generations are deleted."""
        if not self._run.store.shows_values or secret.plan is None or secret.plan.keep is None:
            return
        if isinstance(values, StoreError):
            secret.trouble = f"The store could not be read, so no older secret was deleted. {values.message}"
            return
        entry = values.get(secret.name)
        if entry is None or entry.id != secret.held_id:
            secret.trouble = "Another run has replaced this secret meanwhile, so no older one was deleted; run again to see that all is well."
        elif not entry.value:
            secret.trouble = "The store's entry has no value, so no older secret was deleted; remove the entry to get a new secret."
        elif secret.item.verify and state.requires_secret and secret.plan.keep.is_active(self._run.now()):
            try:
                if not logs_in(self._run.api, secret.item.client_id, entry.value, self._run.settings.scope):
                    secret.trouble = (
                        "The value in the store does not log in at the token endpoint (invalid_client), so no older secret was deleted; "
                        "set force to get a new secret."
                    )
            except VantageError as exc:
                secret.trouble = f"The value in the store could not be tried, so no older secret was deleted. {exc.message}"

    def settle(self, states: Sequence[AppState]) -> None:
        """Remove the entries of deleted secrets."""
        changes: dict[str, tuple[Change, AppState, AppSecret | None]] = {}
        for state in states:
            if not state.trouble:
                changes.update({name: (removal(name, entry), state, None) for name, entry in state.leftovers.items()})
            for secret in state.secrets:
                if secret.todo == "delete" and secret.held is not None and not secret.trouble:
                    changes[secret.name] = (removal(secret.name, secret.held), state, secret)
        for name, reason in self._run.remove([change for change, _state, _secret in changes.values()]).items():
            _change, state, gone = changes[name]
            (gone or state).trouble = reason

    def relabel(self, states: Sequence[AppState]) -> None:
        """Rewrite the entries of secrets whose labels have changed, unless the entry was changed since it was read."""
        changed = {secret.name: secret for state in states if not state.is_troubled for secret in state.secrets if secret.relabels}
        if not changed or not self._run.console.go_on():
            give_up(changed.values(), ("", "retire"), STOPPED)
            return
        try:
            found = self._run.store.read(list(changed), values=True)
        except StoreError as exc:
            for secret in changed.values():
                secret.trouble = f"Its labels could not be updated in the store. {exc.message}"
            return
        changes = [
            Change(name, replace(found[name], labels=dict(secret.labels)), expected=secret.held_id)
            for name, secret in changed.items()
            if name in found and found[name].id == secret.held_id and found[name].value
        ]
        reasons = self._run.change_store(changes)
        for change in changes:
            secret = changed[change.name]
            if change.name in reasons:
                secret.trouble = f"Its labels could not be updated in the store. {reasons[change.name]}"
            elif secret.action == "unchanged":
                secret.action = "updated"

    def prune(self) -> list[Pruned]:
        """Delete undeclared clients, and the entries of deleted ones."""
        pruned: list[Pruned] = []
        for planned in self._surveyed.surplus:
            client_id = planned.item.client_id
            obstacle = self._run.obstacle() or self._run.no_deletion
            if obstacle:
                pruned.append(Pruned(client_id, "failed", obstacle))
                continue
            try:
                self._prune_client(planned)
            except VantageError as exc:
                pruned.append(Pruned(client_id, "failed", exc.message))
            else:
                pruned.append(Pruned(client_id, "deleted", entries=self._surveyed.entries_of(client_id)))
        if self._run.console.go_on():
            # Somebody may have created one of them again in the meantime.
            forgotten = clients_gone(self._run, self._surveyed.forgotten)
            pruned += [Pruned(client_id, "deleted", entries=self._surveyed.entries_of(client_id)) for client_id in forgotten]
        gone = {one.client_id for one in pruned if one.action == "deleted"}
        reasons = self._run.remove([removal(name, entry) for name, entry in self._surveyed.entries.items() if entry.client_id in gone])
        return pruned + [Pruned(self._surveyed.entries[name].client_id, "failed", reason) for name, reason in reasons.items()]

    def _prune_client(self, planned: PlannedClient) -> None:
        """Delete a client, unless another run has started to manage it since it was read.

        :raises VantageError: when it was not deleted.
        """
        client_id = planned.item.client_id
        if self._run.settings.prune == "managed":
            listed = secrets_of(self._run.api, client_id) or []
            if is_taken_over(listed, self._surveyed.entries_of(client_id), self._run.now()):
                raise VantageError("It was not deleted, since it now has a secret that this store does not hold; run again.")
        self._surveyed.clients.carry_out(self._run.api, planned)

    def look_again(self) -> None:
        """Delete the late results of requests in doubt: the tenant may have been slower than this run."""
        for state in self._surveyed.states:
            for secret in state.secrets:
                if (secret.in_doubt or (secret.made and secret.made.doubts)) and self._run.console.go_on():
                    self._delete_orphans(state, secret)

    def _delete_orphans(self, state: AppState, secret: AppSecret) -> None:
        spared = {one.id for one in secret.known} | {secret.held_id} | ({secret.made.secret.id} if secret.made else set())
        try:
            if self._run.store.remembers:
                # A secret that is now in the store was delivered, by this run or another one.
                spared |= {entry.id for entry in self._run.store.read([secret.name], values=False).values()}
            listed = secrets_of(self._run.api, state.client_id) or []
            for one in listed:
                if one.id not in spared and one.description == secret.item.description:
                    self._run.api.delete_secret(state.client_id, one.id, reason="orphaned")
                    secret.notes.append(f"The tenant made secret {one.id} although the request seemed to have failed; it was deleted.")
        except VantageError as exc:
            secret.notes.append(f"It is unknown whether a secret was left behind; the next run checks it. {exc.message}")


def give_up(secrets: Iterable[AppSecret], todos: Sequence[str], why: str) -> None:
    """Record why the plans of some secrets are not carried out."""
    for secret in secrets:
        if secret.todo in todos and not secret.trouble:
            secret.trouble = why
