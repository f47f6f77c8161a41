# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Onboard the apps of one tenant, from beginning to end, in one process: a value goes from the tenant's answer to the store and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import TransportError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import iter_each, run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import Made, logs_in, make_secret, secrets_of
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.clients import ClientItem, ClientOptions, ClientReconciler, PlannedClient
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.clocks import said_of_clocks, too_far_apart
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret, plan_secret, secrets_like
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Outcome, Pruned, batch_line
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import (
    AppSecret,
    AppState,
    batches,
    delivery,
    foreign_entries,
    is_last,
    last_message,
    leftovers_of,
    marks,
    names_to_write,
    refuse_last,
    refuse_unstorable,
    removal,
    to_retire,
    wanted_item,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Store, StoreError, Written, name_of_entry

# So many requests in a row without an answer, and nothing more is tried: each of them waits for minutes.
MOST_UNANSWERED = 16
FASTER = "Another run has delivered this secret meanwhile."
GARBLED = "The store returned another value than was written, so its former entry was restored."
STOPPED = "It was not begun, since the run was stopped; run again."


class OnboardingError(VantageError):
    """The run cannot begin; nothing was written."""


@dataclass(frozen=True)
class Settings:
    """How a run is to go.

    :param scope: scopes to ask for when a secret is tried.
    :param own_client_id: client that the run logs in with, as far as it was given; its secret in use is spared.
    :param own_secret: secret that the run logs in with.
    :param prune: whether clients that are not declared are deleted.
    :param prune_protect: shell patterns of client ids to spare.
    :param prune_limit: the most clients to prune; one more, and nothing is written.
    :param batch_size: apps between two lines of progress.
    :param concurrency: the most requests at once.
    """

    tenant_id: str
    scope: str
    own_client_id: str = ""
    own_secret: str = field(default="", repr=False)
    prune: bool = False
    prune_protect: tuple[str, ...] = ()
    prune_limit: int = 10
    batch_size: int = 100
    concurrency: int = 8


@dataclass(frozen=True)
class Console:
    """What a run says, and whether it may go on.

    :param say: shows one line of progress.
    :param warn: shows a warning.
    :param go_on: whether anything new may be begun; asked before a secret is made and before anything is deleted.
    """

    say: Callable[[str], None]
    warn: Callable[[str], None]
    go_on: Callable[[], bool] = lambda: True


class Onboarding:
    """One run over one connection and one store."""

    def __init__(self, api: Api, store: Store, apps: Sequence[App], settings: Settings, console: Console, *, check: bool) -> None:
        self._api = api
        self._store = store
        self._apps = apps
        self._settings = settings
        self._console = console
        self._check = check
        self._clients = new_client_reconciler(apps, settings)
        self._surplus: list[PlannedClient] = []
        self._entries: dict[str, Entry] = {}
        self._store_trouble = ""
        self._unanswered = 0
        self._no_deletion = ""

    def perform(self) -> Outcome:
        """Bring everything to its state, or in check mode plan it.

        :raises VantageError: when the run cannot begin; nothing was written then.
        """
        if not self._apps:
            return Outcome([], [], self._now(), self._check)
        states = self._survey()
        pruned: list[Pruned] = []
        if self._check:
            pruned = [Pruned(planned.item.client_id, "deleted") for planned in self._surplus]
        else:
            self._reserve(states)
            for number, work in self._worked_batches(states):
                self._console.say(batch_line(number, work, len(states), self._now()))
            pruned = self._prune()
            self._look_again(states)
            if self._store.kind == "none" and not self._console.go_on():
                self._each(states, self._take_back)
        return Outcome(states, pruned, self._api.http.now(), self._check)

    # -- Survey: everything is read, nothing is written.

    def _survey(self) -> list[AppState]:
        self._store.check()
        planned = self._plan_clients()
        self._entries = self._store.read(self._names_to_read(), values=False) if self._store.remembers else {}
        foreign = foreign_entries(self._entries, self._settings.tenant_id)
        if foreign:
            raise OnboardingError(
                f"Nothing was written. The store holds secrets of another tenant, {len(foreign)} in all, such as {foreign[0]}; "
                "give each tenant a place of its own (store.path for a file, store.prefix elsewhere).",
                code="foreign_entries",
            )
        states = [self._state_of(app, planned[app.client_id]) for app in self._apps]
        self._each(states, self._plan_secrets)
        self._look_at_clock()
        for state in states:
            refuse_last(state, self._now())
            refuse_unstorable(state, self._store)
        return states

    def _names_to_read(self) -> list[str] | None:
        """Return the names of the declared secrets; None for all entries, which only those look at who delete clients."""
        if self._settings.prune or any(app.state == "absent" for app in self._apps):
            return None
        return [name_of_entry(secret.client_id, secret.description) for app in self._apps for secret in app.secrets]

    def _plan_clients(self) -> dict[str, PlannedClient]:
        try:
            planned = self._clients.prepare(self._api)
        except VantageError as exc:
            raise OnboardingError(f"Nothing was written. {exc.message}", code=exc.code or "unreadable") from exc
        for warning in self._clients.warnings:
            self._console.warn(warning)
        self._surplus = planned[len(self._apps) :]
        return {app.client_id: one for app, one in zip(self._apps, planned)}

    def _look_at_clock(self) -> None:
        """Take no secret for expired because of a clock that is wrong."""
        offset, tolerance = self._api.http.clock_offset(), self._api.http.clock_tolerance
        warning = said_of_clocks(offset, tolerance)
        if warning:
            self._console.warn(warning)
        if too_far_apart(offset, tolerance):
            self._no_deletion = f"Nothing was deleted. {warning}"

    def _state_of(self, app: App, planned: PlannedClient) -> AppState:
        state = AppState(app, planned, planned.plan.action if planned.plan else "failed", leftovers=leftovers_of(app, self._entries))
        if planned.error:
            state.trouble = planned.error.message
        for declared in app.secrets:
            secret = AppSecret(declared)
            secret.held = self._entries.get(secret.name)
            secret.item = wanted_item(declared, secret.held, self._store)
            state.secrets.append(secret)
        return state

    def _plan_secrets(self, state: AppState) -> None:
        if state.trouble or not state.secrets:
            return
        listed: list[Secret] = []
        try:
            # One that the store knows is there by now, whatever the list of clients said a moment ago.
            if state.action != "created" or any(secret.held_id for secret in state.secrets):
                listed = secrets_of(self._api, state.client_id) or []
        except VantageError as exc:
            for secret in state.secrets:
                secret.trouble = exc.message
            return
        for secret in state.secrets:
            secret.known = listed
            try:
                secret.plan = plan_secret(secret.item, listed, self._now())
                spared = self._spared(secret, listed)
                if spared:
                    secret.plan = plan_secret(secret.item, listed, self._now(), spared)
            except VantageError as exc:
                secret.trouble = exc.message
            else:
                secret.action = secret.plan.action

    def _spared(self, secret: AppSecret, listed: Sequence[Secret]) -> frozenset[str]:
        """Return the ids of older generations that this run seems to log in with: what comes after has to log in again."""
        settings = self._settings
        if secret.item.client_id != settings.own_client_id or not settings.own_secret or secret.item.state == "absent":
            return frozenset()
        current = secret.made.secret.id if secret.made else secret.held_id
        older = [one for one in listed if one.description == secret.item.description and one.id != current]
        spared = secrets_like(settings.own_secret, older, self._now())
        note = (
            f"The older secret {', '.join(sorted(spared))} stays, since this run seems to log in with it; "
            "give auth_client_secret the current value, and the next run deletes it."
        )
        planned = {one.id for one in [*secret.plan.retire, *secret.plan.superseded]} if secret.plan else set()
        if planned & spared and note not in secret.notes:
            secret.notes.append(note)
        return spared

    # -- The store is proved before anything is made.

    def _reserve(self, states: Sequence[AppState]) -> None:
        """Mark in the store what is about to be made, so that the next run knows what a killed one has left."""
        names = names_to_write(states)
        if not self._store.remembers or not names or not self._console.go_on():
            return
        self._store.prove(names)
        changes = marks(states, self._settings.tenant_id, self._now())
        if not changes:
            return
        written = self._store.write(changes)
        by_name = {secret.name: secret for state in states for secret in state.secrets}
        for change in changes:
            self._take_mark(by_name[change.name], change, written[change.name])

    def _take_mark(self, secret: AppSecret, change: Change, written: Written) -> None:
        if written.status == "refused" and written.before is not None:
            if written.before.id:
                secret.trouble = "Another run has delivered this secret meanwhile; run again to see that all is well."
                return
            # The mark of another run says when that one began: it is the older one that counts.
            secret.held = written.before
        elif written.status == "written":
            secret.held = change.entry
        else:
            secret.trouble = f"It was not made, since the store could not be written. {written.reason}"
            return
        secret.item = wanted_item(secret.item, secret.held, self._store)

    # -- A batch: clients, then their secrets, made, proved, delivered, read back; then what is older may go.

    def _worked_batches(self, states: Sequence[AppState]) -> Iterator[tuple[int, list[list[AppState]]]]:
        """Yield the number of each batch, once it is done, with all batches; no app waits for the slowest one of a batch before it."""
        work = batches(states, self._settings.batch_size)
        at_once = self._store.writes_at_once
        # Where a batch is delivered at once, the one after it is made meanwhile, but no more, so that few values are in memory.
        gates = [threading.Event() for _batch in work]

        def work_on(numbered: tuple[int, AppState]) -> None:
            index, state = numbered
            if at_once:
                gates[index].wait()
            self._begin(state)
            if not at_once:
                # Each app goes its whole way in its thread, so that few values are in memory alone.
                self._finish([state], one_by_one)

        outcomes = iter_each([(index, state) for index, batch in enumerate(work) for state in batch], work_on, self._settings.concurrency)
        with closing(outcomes):
            try:
                open_gates(gates[:2])
                for index, batch in enumerate(work):
                    for outcome in islice(outcomes, len(batch)):
                        outcome.result()
                    if at_once:
                        self._finish(batch, self._each)
                        open_gates(gates[index + 2 : index + 3])
                    yield index + 1, work
            finally:
                # After a bug, no thread waits for a batch that is never done.
                open_gates(gates)

    def _begin(self, state: AppState) -> None:
        self._write_client(state)
        self._make_secrets(state)

    def _finish(self, states: Sequence[AppState], each: Callable[[Iterable[AppState], Callable[[AppState], None]], None]) -> None:
        self._deliver(states)
        values = self._held_values(states)
        each(states, lambda state: self._retire(state, values))
        self._settle(states)

    def _write_client(self, state: AppState) -> None:
        if state.action in ("unchanged", "failed"):
            return
        state.trouble = self._obstacle() or (self._no_deletion if state.action == "deleted" else "")
        if state.trouble:
            return
        try:
            result = self._clients.carry_out(self._api, state.planned)
        except VantageError as exc:
            state.trouble = exc.message
            state.written = exc.changed
            self._count_answer(exc)
            return
        self._count_answer(None)
        state.action = result["action"]
        state.written = result["changed"]

    def _make_secrets(self, state: AppState) -> None:
        for secret in state.secrets:
            if secret.todo == "make" and not secret.trouble and not state.trouble:
                self._make(state, secret)

    def _make(self, state: AppState, secret: AppSecret) -> None:
        secret.trouble = self._obstacle()
        if self._store_trouble:
            secret.trouble = f"It was not made, since the store could not be written before. {self._store_trouble}"
        if secret.trouble:
            return
        try:
            if not state.is_new:
                # What was made since the survey is another run's.
                secret.known = secrets_of(self._api, state.client_id) or []
            first = secret.plan is not None and secret.plan.reason == "absent"
            # Who reads the store needs a value that works now: only the very first may begin later.
            item = secret.item if first else secret.item._replace(start_time=None)
            made = secret.made = make_secret(self._api, item, {one.id for one in secret.known})
        except VantageError as exc:
            secret.trouble = exc.message
            secret.in_doubt = exc.in_doubt or exc.code == "in_doubt"
            self._count_answer(exc)
            return
        self._count_answer(None)
        secret.notes += made.doubts
        self._prove_new(secret, made)

    def _prove_new(self, secret: AppSecret, made: Made) -> None:
        """Log in with the new value before anybody can read it from the store."""
        if not secret.item.verify or not made.secret.is_active(self._now()):
            return
        try:
            works = logs_in(self._api, secret.item.client_id, made.value, self._settings.scope)
        except VantageError as exc:
            self._roll_back(secret, made, f"It could not be tried. {exc.message}")
            return
        if not works:
            self._roll_back(secret, made, "It does not log in at the token endpoint (invalid_client).")

    def _deliver(self, states: Sequence[AppState]) -> None:
        """Put the new values into the store, and see that it gives them back."""
        new = [(secret, secret.made) for state in states for secret in state.secrets if secret.made and not secret.trouble]
        if not new:
            return
        try:
            written = self._store.write([delivery(secret, made, self._settings.tenant_id) for secret, made in new])
        except StoreError as exc:
            self._store_trouble = exc.message
            for secret, made in new:
                self._roll_back(secret, made, f"It could not be delivered. {exc.message}")
            return
        wrong = []
        for secret, made in new:
            secret.written = written[secret.name]
            trouble = self._judge_delivery(secret, made, written[secret.name])
            if trouble:
                wrong.append((secret, made, trouble))
        # The store has its former entries again before the secrets that it has now are deleted.
        self._put_back([(secret, made) for secret, made, trouble in wrong if trouble == GARBLED])
        for secret, made, trouble in wrong:
            self._roll_back(secret, made, trouble)

    def _judge_delivery(self, secret: AppSecret, made: Made, written: Written) -> str:
        """Return why the new secret has to be rolled back; empty when the store holds it, or nobody knows."""
        if written.status == "in_doubt":
            secret.in_doubt = True
            secret.trouble = f"It is not known whether it was delivered; the next run finds out. {written.reason}"
            return ""
        if written.status == "failed":
            return f"It could not be delivered. {written.reason}"
        if written.status == "refused":
            return FASTER
        if not self._store.shows_values:
            return ""
        if written.after is None or written.after.id != made.secret.id:
            return FASTER
        return "" if written.after.value == made.value else GARBLED

    def _put_back(self, new: Iterable[tuple[AppSecret, Made]]) -> None:
        changes = [Change(one.name, (one.written and one.written.before) or one.held, expected=made.secret.id) for one, made in new]
        for name, reason in self._change_store(changes).items():
            self._console.warn(f"{name}: the store's former entry could not be restored. {reason}")

    def _roll_back(self, secret: AppSecret, made: Made, why: str) -> None:
        """Delete the new secret, which nobody could get the value of."""
        secret.made = None
        try:
            self._api.delete_secret(secret.item.client_id, made.secret.id)
        except VantageError as exc:
            secret.in_doubt = True
            secret.trouble = f"{why} Rolling back the new secret {made.secret.id} failed, which the next run will do: {exc.message}"
        else:
            secret.trouble = f"{why} The new secret was rolled back."

    def _take_back(self, state: AppState) -> None:
        """Delete the new secrets that would have been returned: nobody gets the result of a run that was stopped."""
        for secret in state.secrets:
            if secret.made:
                self._roll_back(secret, secret.made, "It could not be returned, since the run was stopped.")

    # -- Only what is certain is deleted.

    def _held_values(self, states: Sequence[AppState]) -> dict[str, Entry] | StoreError:
        """Read the values that have to log in before what is older may go."""
        names = [secret.name for state in states if not state.is_troubled for secret in state.secrets if secret.todo == "retire"]
        if not names or not self._store.shows_values or not self._console.go_on():
            return {}
        try:
            return self._store.read(names, values=True)
        except StoreError as exc:
            return exc

    def _retire(self, state: AppState, values: dict[str, Entry] | StoreError) -> None:
        going = [secret for secret in state.secrets if secret.todo in ("retire", "delete") or (secret.made and secret.known)]
        if not going or state.action == "failed":
            return
        if not self._console.go_on():
            give_up(going, ("retire", "delete"), STOPPED)
            return
        for secret in going:
            if secret.todo == "retire" and not state.is_troubled:
                self._prove_held(secret, values)
        obstacle = "It was not deleted, since another secret of its client failed." if state.is_troubled else self._obstacle() or self._no_deletion
        if obstacle:
            give_up(going, ("delete",), obstacle)
            return
        try:
            listed = secrets_of(self._api, state.client_id) or []
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
        self._put_back([(secret, made)])
        secret.made = None
        secret.trouble = "The new secret was deleted by another run meanwhile, so the store's former entry was restored; run again."

    def _keep_held(self, secret: AppSecret, entry: Entry) -> None:
        """Restore an entry in whose place another run delivered a secret that was just deleted here as an orphan."""
        now = self._store.read([secret.name], values=False).get(secret.name)
        if now is not None and now.id in secret.retired:
            self._change_store([Change(secret.name, entry, expected=now.id)])
            secret.trouble = "Another run delivered a secret that was deleted here meanwhile, so the store's former entry was restored; run again."

    def _delete_generations(self, state: AppState, secret: AppSecret, listed: list[Secret], values: dict[str, Entry] | StoreError) -> None:
        """Delete what is no longer needed of one secret.

        :param listed: the client's secrets; what was deleted leaves it.
        """
        for old in to_retire(secret, listed, self._now(), self._spared(secret, listed)):
            if is_last(state, secret, old, listed, self._now()):
                secret.trouble = last_message(state, old)
                return
            self._api.delete_secret(state.client_id, old.id)
            listed.remove(old)
            secret.retired.append(old.id)
        entry = values.get(secret.name) if isinstance(values, dict) else None
        if secret.todo == "retire" and secret.retired and entry is not None:
            self._keep_held(secret, entry)

    def _prove_held(self, secret: AppSecret, values: dict[str, Entry] | StoreError) -> None:
        """Log in with what the store holds of a secret whose older generations are to go."""
        if not self._store.shows_values or secret.plan is None or secret.plan.keep is None:
            return
        if isinstance(values, StoreError):
            secret.trouble = f"The store could not be read, so no older secret was deleted. {values.message}"
            return
        entry = values.get(secret.name)
        if entry is None or entry.id != secret.held_id:
            secret.trouble = "Another run has replaced this secret meanwhile, so no older one was deleted; run again to see that all is well."
        elif not entry.value:
            secret.trouble = "The store's entry has no value, so no older secret was deleted; remove the entry to get a new secret."
        elif secret.item.verify and secret.plan.keep.is_active(self._now()):
            try:
                if not logs_in(self._api, secret.item.client_id, entry.value, self._settings.scope):
                    secret.trouble = (
                        "The value in the store does not log in at the token endpoint (invalid_client), so no older secret was deleted; "
                        "set force to get a new secret."
                    )
            except VantageError as exc:
                secret.trouble = f"The value in the store could not be tried, so no older secret was deleted. {exc.message}"

    def _settle(self, states: Sequence[AppState]) -> None:
        """Remove the entries of what is gone."""
        changes: dict[str, tuple[Change, AppState, AppSecret | None]] = {}
        for state in states:
            if not state.trouble:
                changes.update({name: (removal(name, entry), state, None) for name, entry in state.leftovers.items()})
            for secret in state.secrets:
                if secret.todo == "delete" and secret.held is not None and not secret.trouble:
                    changes[secret.name] = (removal(secret.name, secret.held), state, secret)
        for name, reason in self._remove([change for change, _state, _secret in changes.values()]).items():
            _change, state, gone = changes[name]
            (gone or state).trouble = reason

    def _remove(self, changes: Sequence[Change]) -> dict[str, str]:
        """Remove entries and return why some were not, by name."""
        reasons = self._change_store(changes if self._store.remembers else [])
        return {name: f"Its entry could not be removed from the store. {reason}" for name, reason in reasons.items()}

    def _change_store(self, changes: Sequence[Change]) -> dict[str, str]:
        """Make changes and return why some failed, by name; an entry that another run has changed is that run's."""
        if not changes:
            return {}
        try:
            written = self._store.write(changes)
        except StoreError as exc:
            return {change.name: exc.message for change in changes}
        return {name: one.reason for name, one in written.items() if one.status in ("failed", "in_doubt")}

    # -- At the end.

    def _prune(self) -> list[Pruned]:
        """Delete the clients that are not declared, and the entries of those that are gone."""
        pruned: list[Pruned] = []
        for planned in self._surplus:
            client_id = planned.item.client_id
            obstacle = self._obstacle() or self._no_deletion
            if obstacle:
                pruned.append(Pruned(client_id, "failed", obstacle))
                continue
            try:
                self._clients.carry_out(self._api, planned)
            except VantageError as exc:
                pruned.append(Pruned(client_id, "failed", exc.message))
            else:
                pruned.append(Pruned(client_id, "deleted"))
        gone = {one.client_id for one in pruned if one.action == "deleted"} | self._forgotten()
        reasons = self._remove([removal(name, entry) for name, entry in self._entries.items() if entry.client_id in gone])
        return pruned + [Pruned(self._entries[name].client_id, "failed", reason) for name, reason in reasons.items()]

    def _forgotten(self) -> set[str]:
        """Return the clients that only the store knows: a run pruned them and was killed before it could tell the store."""
        if not self._settings.prune:
            return set()
        declared = {app.client_id for app in self._apps} | {planned.item.client_id for planned in self._surplus}
        unknown = sorted({entry.client_id for entry in self._entries.values()} - declared)
        outcomes = run_each(unknown, self._api.find_client, self._settings.concurrency)
        return {client_id for client_id, outcome in zip(unknown, outcomes) if outcome.error is None and outcome.value is None}

    def _look_again(self, states: Iterable[AppState]) -> None:
        """Delete what a request in doubt made after all: the tenant may have been slower than this run."""
        for state in states:
            for secret in state.secrets:
                if (secret.in_doubt or (secret.made and secret.made.doubts)) and self._console.go_on():
                    self._delete_orphans(state, secret)

    def _delete_orphans(self, state: AppState, secret: AppSecret) -> None:
        spared = {one.id for one in secret.known} | {secret.held_id} | ({secret.made.secret.id} if secret.made else set())
        try:
            if self._store.remembers:
                # What is in the store by now was delivered, by this run or by another one.
                spared |= {entry.id for entry in self._store.read([secret.name], values=False).values()}
            listed = secrets_of(self._api, state.client_id) or []
            for one in listed:
                if one.id not in spared and one.description == secret.item.description:
                    self._api.delete_secret(state.client_id, one.id)
                    secret.notes.append(f"The tenant made secret {one.id} although the request seemed to have failed; it was deleted.")
        except VantageError as exc:
            secret.notes.append(f"Whether a secret was left behind could not be found out; the next run does that. {exc.message}")

    # -- Small things.

    def _obstacle(self) -> str:
        """Return why nothing new may be begun; empty when it may."""
        if not self._console.go_on():
            return STOPPED
        return f"It was not tried, since the tenant gave no answer to {MOST_UNANSWERED} requests in a row." if self._unanswered >= MOST_UNANSWERED else ""

    def _count_answer(self, error: VantageError | None) -> None:
        """Count the requests in a row that the tenant did not answer, or only with an error of its own."""
        silent = error is not None and (isinstance(error, TransportError) or error.code == "in_doubt" or (error.status or 0) >= 500)
        self._unanswered = self._unanswered + 1 if silent else 0

    def _each(self, states: Iterable[AppState], work: Callable[[AppState], None]) -> None:
        for outcome in run_each(states, work, self._settings.concurrency):
            if outcome.error is not None:
                raise outcome.error

    def _now(self) -> datetime:
        return self._api.http.now()


def give_up(secrets: Iterable[AppSecret], todos: Sequence[str], why: str) -> None:
    """Say why what was planned for some secrets is not done."""
    for secret in secrets:
        if secret.todo in todos and not secret.trouble:
            secret.trouble = why


def open_gates(gates: Iterable[threading.Event]) -> None:
    """Let go on who waits there."""
    for gate in gates:
        gate.set()


def one_by_one(states: Iterable[AppState], work: Callable[[AppState], None]) -> None:
    """Do the work for one app after another."""
    for state in states:
        work(state)


def new_client_reconciler(apps: Sequence[App], settings: Settings) -> ClientReconciler:
    """Return what compares and writes the clients of all apps; it warns of settings that are risky."""
    items = [ClientItem(app.client_id, dict(app.client), app.state) for app in apps]
    options = ClientOptions(
        concurrency=settings.concurrency,
        prune=settings.prune,
        prune_protect=settings.prune_protect,
        prune_limit=settings.prune_limit,
        own_client_ids=frozenset({settings.own_client_id} - {""}),
    )
    return ClientReconciler(items, options)
