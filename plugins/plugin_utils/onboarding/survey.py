# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Survey tenant and store, and plan each app. Everything is read, nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError, named
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import secrets_of
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.clients import ClientItem, ClientOptions, ClientReconciler, PlannedClient
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.clocks import too_far_apart, warning_of_clocks
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret, left_behind, plan_secret
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import Run, Settings
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.copying import check_stores, forget_gone_source, look_into_source
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import (
    AppSecret,
    AppState,
    foreign_entries,
    is_foreign,
    is_taken_over,
    leftovers_of,
    refuse_last,
    refuse_unstorable,
    relabels,
    undeclared_secrets,
    wanted_item,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, name_of_entry

NOTHING_WRITTEN = "Nothing was written."


class OnboardingError(VantageError):
    """The run cannot start; nothing was written."""


@dataclass(frozen=True)
class Surveyed:
    """The findings of a survey.

    :param clients: the reconciler of the clients.
    :param surplus: undeclared clients to delete.
    :param entries: the store's entries by name, without values.
    :param forgotten: clients that only the store knows: a run was killed after it pruned them and before it removed their entries.
    :param undeclared: names of the entries of declared apps whose secrets are not declared any more.
    """

    states: list[AppState]
    clients: ClientReconciler
    surplus: list[PlannedClient]
    entries: dict[str, Entry]
    forgotten: list[str]
    undeclared: list[str]

    def entries_of(self, client_id: str) -> tuple[Entry, ...]:
        """Return the store's entries of a client."""
        return tuple(entry for entry in self.entries.values() if entry.client_id == client_id)


class Survey:
    """Reads everything that a run needs."""

    def __init__(self, run: Run, apps: Sequence[App]) -> None:
        self._run = run
        self._apps = apps
        self._clients = new_client_reconciler(apps, run.settings, self._managed if run.settings.prune == "managed" else None)
        self._surplus: list[PlannedClient] = []
        self._entries: dict[str, Entry] = {}
        self._is_read = False

    def take(self) -> Surveyed:
        """Read tenant and store, and return every app with its plan.

        :raises VantageError: when one of them cannot be read.
        """
        check_stores(self._run.store, self._run.source)
        self._demand_list()
        planned = self._plan_clients()
        self._read_store()
        states = [self._state_of(app, planned[app.client_id]) for app in self._apps]
        look_into_source(self._run, states)
        self._run.each(states, self._plan_secrets)
        self._look_at_clock()
        for state in states:
            refuse_last(state, self._run.now())
            refuse_unstorable(state, self._run.store)
        self._spare_taken_over()
        undeclared = undeclared_secrets(states, self._entries)
        return Surveyed(states, self._clients, self._surplus, self._entries, self._forgotten(), undeclared)

    def _demand_list(self) -> None:
        """Refuse a store that cannot list which clients were declared before."""
        store = self._run.store
        if self._run.settings.prune == "managed" and not (store.remembers and store.can_list):
            raise OnboardingError(
                f"{NOTHING_WRITTEN} prune is managed, but the store {store.kind} cannot list its entries, so the clients of earlier runs "
                "are unknown; choose another store, or set prune to false.",
                code="prune_store_cannot_list",
            )

    def _managed(self) -> frozenset[str]:
        """Return the clients that an earlier run with this store declared."""
        self._read_store()
        return frozenset(entry.client_id for entry in self._entries.values())

    def _read_store(self) -> None:
        """Read the store, once.

        :raises OnboardingError: when that is another tenant's.
        """
        if self._is_read or not self._run.store.remembers:
            return
        self._is_read = True
        names = self._names_to_read()
        self._entries = self._run.store.read(names, values=False)
        declared = {name_of_entry(secret.client_id, secret.description) for app in self._apps for secret in app.secrets}
        foreign = foreign_entries(self._entries, self._run.settings.tenant_id)
        if not self._must_list():
            # Foreign entries in a shared store do not matter to a run that deletes no client.
            foreign = [name for name in foreign if name in declared]
            self._entries = {name: entry for name, entry in self._entries.items() if name in declared or not is_foreign(entry, self._run.settings.tenant_id)}
        if foreign:
            raise OnboardingError(
                f"{NOTHING_WRITTEN} The store holds secrets of another tenant, {len(foreign)} in all, such as {foreign[0]}; "
                "give each tenant a place of its own (store.path for a file, store.prefix elsewhere).",
                code="foreign_entries",
            )

    def _spare_taken_over(self) -> None:
        """Keep managed clients whose secrets are not in this store: another run or a person still uses them."""
        if self._run.settings.prune != "managed":
            return
        kept = []
        for planned in list(self._surplus):
            client_id = planned.item.client_id
            try:
                listed = secrets_of(self._run.api, client_id) or []
            except VantageError:
                # It is read again before it is deleted, and that result counts.
                continue
            if is_taken_over(listed, [entry for entry in self._entries.values() if entry.client_id == client_id], self._run.now()):
                self._surplus.remove(planned)
                kept.append(client_id)
        if kept:
            self._run.console.warn(
                f"prune keeps {named(sorted(kept))}: no app declares them any more, but they have secrets that this store does not hold, so somebody else "
                "seems to use them. To delete one, declare it with state absent; to keep it, remove its entries from the store."
            )

    def _forgotten(self) -> list[str]:
        """Return the clients that only the store knows."""
        if not self._run.settings.prunes:
            return []
        declared = {app.client_id for app in self._apps} | {planned.item.client_id for planned in self._surplus}
        unknown = sorted({entry.client_id for entry in self._entries.values()} - declared)
        return clients_gone(self._run, unknown)

    def _names_to_read(self) -> list[str] | None:
        """Return the names of the declared secrets; None for all entries."""
        if self._must_list() or (self._run.store.can_list and not self._run.settings.is_single):
            return None
        return [name_of_entry(secret.client_id, secret.description) for app in self._apps for secret in app.secrets]

    def _must_list(self) -> bool:
        """Return whether the run deletes clients, and so their entries."""
        return self._run.settings.prunes or any(app.state == "absent" for app in self._apps)

    def _plan_clients(self) -> dict[str, PlannedClient]:
        try:
            planned = self._clients.prepare(self._run.api)
        except VantageError as exc:
            message = exc.message if exc.message.startswith(NOTHING_WRITTEN) else f"{NOTHING_WRITTEN} {exc.message}"
            raise OnboardingError(message, code=exc.code or "unreadable") from exc
        for warning in self._clients.warnings:
            self._run.console.warn(warning)
        self._surplus = planned[len(self._apps) :]
        return {app.client_id: one for app, one in zip(self._apps, planned)}

    def _look_at_clock(self) -> None:
        """Delete nothing as expired when a clock is wrong."""
        offset, tolerance = self._run.api.http.clock_offset(), self._run.api.http.clock_tolerance
        warning = warning_of_clocks(offset, tolerance)
        if warning:
            self._run.console.warn(warning)
        if too_far_apart(offset, tolerance):
            self._run.no_deletion = f"Nothing was deleted. {warning}"

    def _state_of(self, app: App, planned: PlannedClient) -> AppState:
        state = AppState(app, planned, planned.plan.action if planned.plan else "failed", leftovers=leftovers_of(app, self._entries))
        if planned.error:
            state.trouble = planned.error.message
        for declared in app.secrets:
            secret = AppSecret(declared)
            secret.held = self._entries.get(secret.name)
            secret.item = wanted_item(declared, secret.held, self._run.store)
            secret.labels = app.labels_of(declared.description)
            state.secrets.append(secret)
        self._restrict(state)
        return state

    def _restrict(self, state: AppState) -> None:
        """Leave out what this run may not write."""
        parts = self._run.settings.parts
        if "secrets" not in parts:
            state.secrets = []
        if "clients" not in parts and not state.trouble:
            if state.action == "created":
                state.trouble = "The client is not there yet, and this run writes secrets only; run it without tags, or with the tag clients, first."
            state.action, state.leftovers = ("failed" if state.trouble else "unchanged"), {}

    def _plan_secrets(self, state: AppState) -> None:
        if state.trouble or not state.secrets:
            return
        listed: list[Secret] = []
        try:
            # A client that the store knows exists by now, whatever the list of clients showed a moment ago.
            if state.action != "created" or any(secret.item.held_id for secret in state.secrets):
                listed = secrets_of(self._run.api, state.client_id) or []
        except VantageError as exc:
            for secret in state.secrets:
                secret.trouble = exc.message
            return
        for secret in state.secrets:
            secret.known = listed
            forget_gone_source(secret, listed, self._run.store)
            try:
                secret.plan = plan_secret(secret.item, listed, self._run.now())
                secret.left_behind = left_behind(secret.item, listed)
                secret.spared_ids = self._run.spared(secret, listed)
                if secret.spared_ids:
                    secret.plan = plan_secret(secret.item, listed, self._run.now(), secret.spared_ids)
            except VantageError as exc:
                secret.trouble = exc.message
            else:
                secret.action = secret.plan.action
                secret.relabels = relabels(secret, self._run.store)


def clients_gone(run: Run, client_ids: Sequence[str]) -> list[str]:
    """Return the clients that the tenant does not have; an unreadable one counts as present."""
    outcomes = run_each(client_ids, run.api.find_client, run.settings.concurrency)
    return [client_id for client_id, outcome in zip(client_ids, outcomes) if outcome.error is None and outcome.value is None]


def new_client_reconciler(apps: Sequence[App], settings: Settings, managed: Callable[[], frozenset[str]] | None = None) -> ClientReconciler:
    """Return the reconciler of the clients of all apps; it warns about risky settings.

    :param managed: returns the only clients that may be pruned; None for all.
    """
    items = [ClientItem(app.client_id, dict(app.client), app.state) for app in apps]
    options = ClientOptions(
        concurrency=settings.concurrency,
        prune=settings.prunes,
        prune_among=managed,
        prune_protect=settings.prune_protect,
        prune_limit=settings.prune_limit,
        own_client_ids=frozenset({settings.own_client_id} - {""}),
        roles_member=settings.roles_member,
    )
    return ClientReconciler(items, options)
