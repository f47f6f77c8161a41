# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Onboard the apps of one tenant, from beginning to end, in one process: a value goes from the tenant's response to the store and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import named, shown
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import iter_each
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import Console, Run, Settings
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.copying import Copying
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.deleting import Deleting
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.making import Making
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Outcome, Pruned, batch_line
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import (
    AppSecret,
    AppState,
    batches,
    client_entries,
    marks,
    names_to_write,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.survey import Survey, Surveyed
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Store, Written

Each = Callable[[Iterable[AppState], Callable[[AppState], None]], None]


def onboard(api: Api, store: Store, apps: Sequence[App], settings: Settings, console: Console, *, check: bool, source: Store | None = None) -> Outcome:
    """Bring everything to its desired state, or plan it in check mode.

    :param source: another store to copy from what the store lacks.
    :raises VantageError: when the run cannot start; nothing was written then.
    """
    api.check_audit()
    run = Run(api, store, settings, console, source)
    if not apps:
        return Outcome([], [], run.now(), check)
    surveyed = Survey(run, apps).take()
    if surveyed.undeclared:
        console.warn(
            f"The store holds secrets that their apps do not declare any more: {named(map(shown, surveyed.undeclared))}. "
            "To delete one, declare it with state absent."
        )
    if check:
        going = [*(planned.item.client_id for planned in surveyed.surplus), *surveyed.forgotten]
        pruned = [Pruned(client_id, "deleted", entries=surveyed.entries_of(client_id)) for client_id in going]
    else:
        pruned = Onboarding(run, surveyed).perform()
    for warning in [*api.warnings, *api.habits.warnings]:
        console.warn(warning)
    for note in api.habits.notes:
        console.say(f"note: {note}")
    return Outcome(surveyed.states, pruned, run.now(), check, surveyed.undeclared)


class Onboarding:
    """Carries out the plan."""

    def __init__(self, run: Run, surveyed: Surveyed) -> None:
        self._run = run
        self._surveyed = surveyed
        self._states = surveyed.states
        self._making = Making(run, surveyed.clients)
        self._copying = Copying(run, surveyed.states)
        self._deleting = Deleting(run, surveyed)

    def perform(self) -> list[Pruned]:
        """Do everything, and return the outcomes of undeclared clients."""
        self._reserve()
        for number, work in self._worked_batches():
            if len(work) > 1:
                # For a single batch, the counts at the end say the same.
                self._run.console.say(batch_line(number, work, self._run.now()))
        pruned = self._deleting.prune()
        self._deleting.look_again()
        if not self._run.store.remembers and not self._run.console.go_on():
            # The result of a stopped run is lost.
            self._run.each(self._states, self._making.roll_back)
        return pruned

    def _reserve(self) -> None:
        """Mark in the store what is about to be made, so that the next run recognizes leftovers of a killed one."""
        names = [*names_to_write(self._states), *(entry.name for one in self._surveyed.surplus for entry in self._surveyed.entries_of(one.item.client_id))]
        managed = client_entries(self._states, self._surveyed.entries, self._run.settings.tenant_id) if self._run.settings.prune == "managed" else []
        names += [change.name for change in managed]
        if not self._run.store.remembers or not names or not self._run.console.go_on():
            return
        self._run.store.prove(names)
        changes = marks(self._states, self._run.settings.tenant_id, self._run.now())
        if not changes and not managed:
            return
        written = self._run.store.write([*changes, *managed])
        by_name = {secret.name: secret for state in self._states for secret in state.secrets}
        for change in changes:
            self._take_mark(by_name[change.name], change, written[change.name])

    def _take_mark(self, secret: AppSecret, change: Change, written: Written) -> None:
        if written.status == "written":
            secret.held = change.entry
        elif written.status != "refused" or written.before is None:
            secret.trouble = f"It was not made, since the store could not be written. {written.reason}"
        elif written.before.id:
            secret.trouble = "Another run has delivered this secret meanwhile; run again to see that all is well."
        else:
            # The mark of another run has its start time: the older one counts.
            secret.held = written.before

    def _worked_batches(self) -> Iterator[tuple[int, list[list[AppState]]]]:
        """Yield the number of each batch once it is done, with all batches; no app waits for the slowest one of an earlier batch."""
        work = batches(self._states, self._run.settings.batch_size)
        at_once = self._run.store.writes_at_once
        # If a batch is delivered as a whole, only the next one is made meanwhile, so that few values are in memory.
        may_begin = [threading.Event() for _batch in work]

        def work_on(numbered: tuple[int, AppState]) -> None:
            index, state = numbered
            if at_once:
                may_begin[index].wait()
            self._making.begin(state)
            if not at_once:
                # Each app is handled completely in its thread, so that few values are only in memory.
                self._finish([state], one_by_one)

        outcomes = iter_each([(index, state) for index, batch in enumerate(work) for state in batch], work_on, self._run.settings.concurrency)
        with closing(outcomes):
            try:
                let_begin(may_begin[:2])
                for index, batch in enumerate(work):
                    for outcome in islice(outcomes, len(batch)):
                        outcome.result()
                    if at_once:
                        self._finish(batch, self._run.each)
                        let_begin(may_begin[index + 2 : index + 3])
                    yield index + 1, work
            finally:
                # After a bug, no thread may wait for a batch that is never done.
                let_begin(may_begin)

    def _finish(self, states: Sequence[AppState], each: Each) -> None:
        self._copying.deliver(states)
        self._making.deliver(states)
        values = self._deleting.held_values(states)
        each(states, lambda state: self._deleting.retire(state, values))
        self._deleting.relabel(states)
        self._deleting.settle(states)


def let_begin(may_begin: Iterable[threading.Event]) -> None:
    """Start the batches that wait for these events."""
    for event in may_begin:
        event.set()


def one_by_one(states: Iterable[AppState], work: Callable[[AppState], None]) -> None:
    """Do the work for one app after another."""
    for state in states:
        work(state)
