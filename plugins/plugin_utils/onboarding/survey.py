# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Survey tenant and store, and plan what is to be done for each app. Everything is read, nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import secrets_of
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.clients import ClientItem, ClientOptions, ClientReconciler, PlannedClient
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.clocks import too_far_apart, warning_of_clocks
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret, plan_secret
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import Run, Settings
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.copying import check_stores, forget_gone_source, look_into_source
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import (
    AppSecret,
    AppState,
    foreign_entries,
    leftovers_of,
    refuse_last,
    refuse_unstorable,
    wanted_item,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, name_of_entry

NOTHING_WRITTEN = "Nothing was written."


class OnboardingError(VantageError):
    """The run cannot begin; nothing was written."""


@dataclass(frozen=True)
class Surveyed:
    """What a run found.

    :param clients: writes the clients as they were planned.
    :param surplus: clients that are not declared and are to be deleted.
    :param entries: what the store holds, by name and without values.
    """

    states: list[AppState]
    clients: ClientReconciler
    surplus: list[PlannedClient]
    entries: dict[str, Entry]


class Survey:
    """Reads what a run has to know."""

    def __init__(self, run: Run, apps: Sequence[App]) -> None:
        self._run = run
        self._apps = apps
        self._clients = new_client_reconciler(apps, run.settings)
        self._surplus: list[PlannedClient] = []
        self._entries: dict[str, Entry] = {}

    def take(self) -> Surveyed:
        """Read tenant and store, and return every app with its plan.

        :raises VantageError: when one of them cannot be read.
        """
        check_stores(self._run.store, self._run.source)
        planned = self._plan_clients()
        self._entries = self._run.store.read(self._names_to_read(), values=False) if self._run.store.remembers else {}
        foreign = foreign_entries(self._entries, self._run.settings.tenant_id)
        if foreign:
            raise OnboardingError(
                f"{NOTHING_WRITTEN} The store holds secrets of another tenant, {len(foreign)} in all, such as {foreign[0]}; "
                "give each tenant a place of its own (store.path for a file, store.prefix elsewhere).",
                code="foreign_entries",
            )
        states = [self._state_of(app, planned[app.client_id]) for app in self._apps]
        look_into_source(self._run, states)
        self._run.each(states, self._plan_secrets)
        self._look_at_clock()
        for state in states:
            refuse_last(state, self._run.now())
            refuse_unstorable(state, self._run.store)
        return Surveyed(states, self._clients, self._surplus, self._entries)

    def _names_to_read(self) -> list[str] | None:
        """Return the names of the declared secrets; None for all entries, which only those look at who delete clients."""
        if self._run.store.can_list and (self._run.settings.prune or any(app.state == "absent" for app in self._apps)):
            return None
        return [name_of_entry(secret.client_id, secret.description) for app in self._apps for secret in app.secrets]

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
        """Take no secret for expired because of a clock that is wrong."""
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
            state.secrets.append(secret)
        return state

    def _plan_secrets(self, state: AppState) -> None:
        if state.trouble or not state.secrets:
            return
        listed: list[Secret] = []
        try:
            # One that the store knows is there by now, whatever the list of clients said a moment ago.
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
                spared = self._run.spared(secret, listed)
                if spared:
                    secret.plan = plan_secret(secret.item, listed, self._run.now(), spared)
            except VantageError as exc:
                secret.trouble = exc.message
            else:
                secret.action = secret.plan.action


def new_client_reconciler(apps: Sequence[App], settings: Settings) -> ClientReconciler:
    """Return what compares and writes the clients of all apps; it warns of settings that are risky."""
    items = [ClientItem(app.client_id, dict(app.client), app.state) for app in apps]
    options = ClientOptions(
        concurrency=settings.concurrency,
        prune=settings.prune,
        prune_protect=settings.prune_protect,
        prune_limit=settings.prune_limit,
        own_client_ids=frozenset({settings.own_client_id} - {""}),
        roles_member=settings.roles_member,
    )
    return ClientReconciler(items, options)
