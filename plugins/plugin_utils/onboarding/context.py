# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""What the parts of a run share: the connection, the store, the settings, and whether to start anything new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import TransportError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import Made
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret, secrets_like
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import AppSecret, AppState
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Store, StoreError

# After so many requests in a row without a response, nothing more is tried: each one waits for minutes.
MOST_UNANSWERED = 16
PARTS = ("clients", "secrets")
STOPPED = "It was not started, since the run was stopped; run again."


@dataclass(frozen=True)
class Settings:
    """The settings of a run.

    :param scope: scopes to ask for when a secret is tried.
    :param own_client_id: client that the run logs in with, if given; its secret in use is spared.
    :param own_secret: secret that the run logs in with.
    :param prune: which clients that are not declared are deleted: none of them (false), those that an earlier run declared, or all.
    :param prune_protect: shell patterns of client ids to spare.
    :param prune_limit: maximum number of clients to prune; if there are more, nothing is written.
    :param batch_size: apps per line of progress.
    :param concurrency: maximum number of parallel requests.
    :param roles_member: member of a client that holds its roles; empty where nobody has named it.
    :param parts: what the run may write: clients, secrets.
    :param is_single: whether it handles a single app, whatever else the store holds.
    """

    tenant_id: str
    scope: str
    own_client_id: str = ""
    own_secret: str = field(default="", repr=False)
    prune: Literal["false", "managed", "all"] = "false"
    prune_protect: tuple[str, ...] = ()
    prune_limit: int = 10
    batch_size: int = 100
    concurrency: int = 8
    roles_member: str = ""
    parts: frozenset[str] = frozenset(PARTS)
    is_single: bool = False

    @property
    def prunes(self) -> bool:
        """Whether clients that are not declared are deleted."""
        return self.prune != "false" and "clients" in self.parts


@dataclass(frozen=True)
class Console:
    """The output of a run, and whether it may continue.

    :param say: shows one line of progress.
    :param warn: shows a warning.
    :param go_on: whether anything new may be started; checked before a secret is made and before anything is deleted.
    """

    say: Callable[[str], None]
    warn: Callable[[str], None]
    go_on: Callable[[], bool] = lambda: True


class Run:
    """A run with its connection and its store; shared by its threads.

    :param source: another store to copy missing entries from; None for none.
    :ivar store_trouble: why the store could not be written, after which no more secrets are made; empty when it could.
    :ivar no_deletion: why nothing is deleted; empty when it may be.
    """

    def __init__(self, api: Api, store: Store, settings: Settings, console: Console, source: Store | None = None) -> None:
        self.api = api
        self.store = store
        self.source = source
        self.settings = settings
        self.console = console
        self.store_trouble = ""
        self.no_deletion = ""
        self._unanswered = 0

    def now(self) -> datetime:
        """Return the tenant's time."""
        return self.api.http.now()

    def each(self, states: Iterable[AppState], work: Callable[[AppState], None]) -> None:
        """Do the work for many apps in parallel."""
        for outcome in run_each(states, work, self.settings.concurrency):
            if outcome.error is not None:
                raise outcome.error

    def obstacle(self) -> str:
        """Return why nothing new may be started; empty when it may."""
        if not self.console.go_on():
            return STOPPED
        return f"It was not attempted, since the tenant did not respond to {MOST_UNANSWERED} requests in a row." if self._unanswered >= MOST_UNANSWERED else ""

    def count_answer(self, error: VantageError | None) -> None:
        """Count the requests in a row without a response, or with a server error."""
        silent = error is not None and (isinstance(error, TransportError) or error.code == "in_doubt" or (error.status or 0) >= 500)
        self._unanswered = self._unanswered + 1 if silent else 0

    def spared(self, secret: AppSecret, listed: Sequence[Secret]) -> frozenset[str]:
        """Return the ids of older generations that this run seems to log in with: later tasks need them."""
        settings = self.settings
        if secret.item.client_id != settings.own_client_id or not settings.own_secret or secret.item.state == "absent":
            return frozenset()
        current = secret.made.secret.id if secret.made else secret.held_id
        older = [one for one in listed if one.description == secret.item.description and one.id != current]
        spared = secrets_like(settings.own_secret, older, self.now())
        note = (
            f"The older secret {', '.join(sorted(spared))} stays, since this run seems to log in with it; "
            "give auth_client_secret the current value, and the next run deletes it."
        )
        planned = {one.id for one in [*secret.plan.retire, *secret.plan.superseded]} if secret.plan else set()
        if planned & spared and note not in secret.notes:
            secret.notes.append(note)
        return spared

    def change_store(self, changes: Sequence[Change]) -> dict[str, str]:
        """Make changes and return the reasons of failures by name; an entry that another run has changed belongs to that run."""
        if not changes:
            return {}
        try:
            written = self.store.write(changes)
        except StoreError as exc:
            return {change.name: exc.message for change in changes}
        return {name: one.reason for name, one in written.items() if one.status in ("failed", "in_doubt")}

    def put_back(self, new: Iterable[tuple[AppSecret, Made]]) -> None:
        """Restore the entries that these secrets have replaced."""
        changes = [Change(one.name, (one.written and one.written.before) or one.held, expected=made.secret.id) for one, made in new]
        for name, reason in self.change_store(changes).items():
            self.console.warn(f"{name}: the store's former entry could not be restored. {reason}")

    def remove(self, changes: Sequence[Change]) -> dict[str, str]:
        """Remove entries and return why some were not, by name."""
        reasons = self.change_store(changes if self.store.remembers else [])
        return {name: f"Its entry could not be removed from the store. {reason}" for name, reason in reasons.items()}
