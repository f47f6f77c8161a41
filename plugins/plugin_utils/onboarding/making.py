# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Write clients, make their secrets, log in with each one, deliver it to the store and read it back; roll back what cannot be delivered."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import Token
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.access import note_of_access
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import NOT_TRIED, Made, logs_in, make_secret, secrets_of
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.clients import ClientReconciler
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import Run
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import AppSecret, AppState, delivery
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import StoreError, Written

FASTER = "Another run has delivered this secret meanwhile."
GARBLED = "The store returned another value than was written, so its former entry was restored."


class Making:
    """Makes the planned clients and secrets without losing any."""

    def __init__(self, run: Run, clients: ClientReconciler) -> None:
        self._run = run
        self._clients = clients

    def begin(self, state: AppState) -> None:
        """Write the client, then make and verify its secrets."""
        self._write_client(state)
        self._make_secrets(state)

    def _write_client(self, state: AppState) -> None:
        if state.action in ("unchanged", "failed"):
            return
        state.trouble = self._run.obstacle() or (self._run.no_deletion if state.action == "deleted" else "")
        if state.trouble:
            return
        try:
            result = self._clients.carry_out(self._run.api, state.planned)
        except VantageError as exc:
            state.trouble = exc.message
            state.written = exc.changed
            self._run.count_answer(exc)
            return
        self._run.count_answer(None)
        state.action = result["action"]
        state.written = result["changed"]

    def _make_secrets(self, state: AppState) -> None:
        for secret in state.secrets:
            if secret.todo == "make" and not secret.trouble and not state.trouble:
                self._make(state, secret)

    def _make(self, state: AppState, secret: AppSecret) -> None:
        secret.trouble = self._run.obstacle()
        if self._run.store_trouble:
            secret.trouble = f"It was not made, since the store could not be written before. {self._run.store_trouble}"
        if secret.trouble:
            return
        try:
            if not state.is_new:
                # Secrets made since the survey belong to another run.
                secret.known = secrets_of(self._run.api, state.client_id) or []
            reason = secret.plan.reason if secret.plan else ""
            # Readers of the store need a value that works now: only the very first one may start later.
            item = secret.item if reason == "absent" else secret.item._replace(start_time=None)
            made = secret.made = make_secret(self._run.api, item, {one.id for one in secret.known}, reason=reason)
        except VantageError as exc:
            secret.trouble = exc.message
            secret.in_doubt = exc.in_doubt or exc.code == "in_doubt"
            self._run.count_answer(exc)
            return
        self._run.count_answer(None)
        secret.notes += made.doubts
        if state.requires_secret or not secret.item.verify:
            self._prove_new(secret, made)
        else:
            secret.notes.append(NOT_TRIED)

    def _prove_new(self, secret: AppSecret, made: Made) -> None:
        """Log in with the new value before it can be read from the store."""
        if not secret.item.verify or not made.secret.is_active(self._run.now()):
            return
        tokens: list[Token] = []
        try:
            works = logs_in(self._run.api, secret.item.client_id, made.value, self._run.settings.scope, tokens.append)
        except VantageError as exc:
            self._roll_back(secret, made, f"It could not be tried. {exc.message}")
            return
        if not works:
            self._roll_back(secret, made, "It does not log in at the token endpoint (invalid_client).")
        elif secret.item.verify_api:
            note = note_of_access(self._run.api.http, tokens[-1] if tokens else None)
            secret.notes += [note] if note else []

    def deliver(self, states: Sequence[AppState]) -> None:
        """Write the new values to the store, and read them back."""
        new = [(secret, secret.made) for state in states for secret in state.secrets if secret.made and not secret.trouble]
        if not new:
            return
        try:
            written = self._run.store.write([delivery(secret, made, self._run.settings.tenant_id) for secret, made in new])
        except StoreError as exc:
            self._run.store_trouble = exc.message
            for secret, made in new:
                self._roll_back(secret, made, f"It could not be delivered. {exc.message}")
            return
        wrong = []
        for secret, made in new:
            secret.written = written[secret.name]
            trouble = self._judge_delivery(secret, made, written[secret.name])
            if trouble:
                wrong.append((secret, made, trouble))
        # Restore the store's former entries before deleting the secrets that it has now.
        self._run.put_back([(secret, made) for secret, made, trouble in wrong if trouble == GARBLED])
        for secret, made, trouble in wrong:
            self._roll_back(secret, made, trouble)

    def _judge_delivery(self, secret: AppSecret, made: Made, written: Written) -> str:
        """Return why the new secret has to be rolled back; empty when the store holds it or may hold it."""
        if written.status == "in_doubt":
            secret.in_doubt = True
            secret.trouble = f"It is not known whether it was delivered; the next run finds out. {written.reason}"
            return ""
        if written.status == "failed":
            return f"It could not be delivered. {written.reason}"
        if written.status == "refused":
            return FASTER
        if not self._run.store.shows_values:
            return ""
        if written.after is None or written.after.id != made.secret.id:
            return FASTER
        return "" if written.after.value == made.value else GARBLED

    def _roll_back(self, secret: AppSecret, made: Made, why: str) -> None:
        """Delete the new secret, whose value is lost."""
        secret.made = None
        try:
            self._run.api.delete_secret(secret.item.client_id, made.secret.id, reason="rolled_back")
        except VantageError as exc:
            secret.in_doubt = True
            secret.trouble = f"{why} The new secret {made.secret.id} could not be rolled back; the next run will do that: {exc.message}"
        else:
            secret.trouble = f"{why} The new secret was rolled back."

    def roll_back(self, state: AppState) -> None:
        """Delete the new secrets that would have been returned: the result of a stopped run is lost."""
        for secret in state.secrets:
            if secret.made:
                self._roll_back(secret, secret.made, "It could not be returned, since the run was stopped.")
