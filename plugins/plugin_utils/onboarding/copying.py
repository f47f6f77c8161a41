# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Copy missing entries from another store, so that a move needs no new secret. Nothing is removed from the other store."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import logs_in
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import Run
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import AppSecret, AppState, foreign_entries, wanted_item
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Store, StoreError, Written

FASTER = "Another run has delivered this secret meanwhile, so it was not copied; run again to see that all is well."
GARBLED = "The store returned another value than was copied, so its former entry was restored."


def check_stores(store: Store, source: Store | None) -> None:
    """Check the store, and the one to copy from.

    :raises VantageError: for problems of either or both.
    """
    errors = []
    for one in (store, source):
        try:
            if one is not None:
                one.check()
        except VantageError as exc:
            errors.append(exc)
    if len(errors) > 1:
        raise ConfigError(" ".join(error.message for error in errors))
    if errors:
        raise errors[0]
    if source is not None and not source.shows_values:
        raise ConfigError(f"from_store is a store of the type {source.kind}, which shows no values, so nothing can be copied from it; leave from_store out.")
    if source is not None and not store.remembers:
        raise ConfigError(f"from_store copies into a store that keeps secrets, and the store {store.kind} keeps none; leave from_store out.")


def look_into_source(run: Run, states: Iterable[AppState]) -> None:
    """Plan each secret that only the source store holds as if the run's own store held it.

    :raises VantageError: when that store cannot be read, or belongs to another tenant.
    """
    wanted = [secret for state in states if not state.trouble for secret in state.secrets if secret.item.state == "present" and not secret.held_id]
    if run.source is None or not wanted:
        return
    entries = run.source.read([secret.name for secret in wanted], values=False)
    foreign = foreign_entries(entries, run.settings.tenant_id)
    if foreign:
        raise ConfigError(
            f"Nothing was written. from_store holds secrets of another tenant, {len(foreign)} in all, such as {foreign[0]}; name the store of this tenant.",
            code="foreign_entries",
        )
    if not entries:
        run.console.warn(
            f"from_store holds none of the secrets that the store lacks, such as {wanted[0].name}, so new ones are made. Check its type, path and prefix, "
            "or remove from_store after the move."
        )
    for secret in wanted:
        entry = entries.get(secret.name)
        if entry and entry.id:
            secret.source = entry
            secret.item = wanted_item(secret.item, entry, run.store)


def forget_gone_source(secret: AppSecret, listed: Iterable[Secret], store: Store) -> None:
    """Plan a secret as usual when the tenant no longer has the one in the source store.

    :param listed: all secrets of the client.
    """
    source = secret.source
    if source and not any(one.id == source.id and one.description == secret.item.description for one in listed):
        secret.source = None
        secret.item = wanted_item(secret.item, secret.held, store)


class Copying:
    """Carries out the planned copies; each value logs in first, and is read back."""

    def __init__(self, run: Run, states: Sequence[AppState]) -> None:
        self._run = run
        self._names = [secret.name for state in states for secret in state.secrets if secret.copies]
        self._lock = threading.Lock()
        self._values: dict[str, Entry] | None = None

    def deliver(self, states: Sequence[AppState]) -> None:
        """Copy the entries of these apps."""
        secrets = [secret for state in states if not state.trouble for secret in state.secrets if secret.copies and not secret.trouble]
        trouble = self._run.obstacle() or self._run.store_trouble
        if not secrets or trouble:
            blame(secrets, trouble)
            return
        try:
            values = self._read([secret.name for secret in secrets])
        except StoreError as exc:
            blame(secrets, f"It was not copied, since from_store could not be read. {exc.message}")
            return
        found = [(secret, values.get(secret.name)) for secret in secrets]
        for (secret, _entry), outcome in zip(found, run_each(found, self._problem_of, self._run.settings.concurrency)):
            secret.trouble = outcome.result()
        self._write([(secret, entry) for secret, entry in found if entry is not None and not secret.trouble])

    def _read(self, names: Sequence[str]) -> dict[str, Entry]:
        """Return entries with their values; all at once from a store that is read as a whole."""
        if self._run.source is None:
            return {}
        if not self._run.source.writes_at_once:
            return self._run.source.read(names, values=True)
        with self._lock:
            if self._values is None:
                self._values = self._run.source.read(self._names, values=True)
            return self._values

    def _problem_of(self, found: tuple[AppSecret, Entry | None]) -> str:
        """Return why an entry is not copied; empty when it is."""
        secret, entry = found
        if entry is None or secret.source is None or entry.id != secret.source.id:
            return "The entry in from_store has changed meanwhile, so it was not copied; run again."
        if not entry.value:
            return "The entry in from_store has no value, so it was not copied; remove that entry to get a new secret."
        if not secret.item.verify or secret.plan is None or secret.plan.keep is None or not secret.plan.keep.is_active(self._run.now()):
            return ""
        try:
            works = logs_in(self._run.api, secret.item.client_id, entry.value, self._run.settings.scope)
        except VantageError as exc:
            return f"The value in from_store could not be tried, so it was not copied. {exc.message}"
        if works:
            return ""
        return "The value in from_store does not log in at the token endpoint (invalid_client), so it was not copied; set force to get a new secret."

    def _write(self, found: Sequence[tuple[AppSecret, Entry]]) -> None:
        tenant_id = self._run.settings.tenant_id
        new = [(secret, replace(entry, tenant_id=entry.tenant_id or tenant_id, reserved_at="", labels=dict(secret.labels))) for secret, entry in found]
        if not new:
            return
        try:
            written = self._run.store.write([Change(secret.name, entry, expected="") for secret, entry in new])
        except StoreError as exc:
            self._run.store_trouble = exc.message
            blame([secret for secret, _entry in new], f"It could not be copied. {exc.message}")
            return
        wrong = []
        for secret, entry in new:
            secret.trouble = self._judge(entry, written[secret.name])
            if secret.trouble == GARBLED:
                wrong.append(Change(secret.name, secret.held, expected=entry.id))
            if not secret.trouble:
                secret.held, secret.copied = replace(entry, value=""), True
        self._run.change_store(wrong)

    def _judge(self, entry: Entry, written: Written) -> str:
        """Return why a copy failed; empty when the store holds it."""
        if written.status == "in_doubt":
            return f"It is not known whether it was copied; the next run finds out. {written.reason}"
        if written.status == "failed":
            return f"It could not be copied. {written.reason}"
        if written.status == "refused" or written.after is None or written.after.id != entry.id:
            return FASTER
        return GARBLED if self._run.store.shows_values and written.after.value != entry.value else ""


def blame(secrets: Iterable[AppSecret], trouble: str) -> None:
    """Record why several secrets are not copied."""
    for secret in secrets:
        secret.trouble = trouble
