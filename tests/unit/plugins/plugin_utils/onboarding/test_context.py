# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The context of a run: when it starts nothing new, which older secrets it keeps, and what it writes to the store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, TransportError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret, SecretItem, SecretPlan
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import MOST_UNANSWERED, STOPPED, Console, Run, Settings
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import AppSecret
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry
from ansible_collections.abbyy.vantage.tests.unit.support.engine_run import MemoryStore
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

DAY = timedelta(days=1)
LOST = TransportError("No response.")
SAID = "The older secret own stays, since this run seems to log in with it; give auth_client_secret the current value, and the next run deletes it."


@pytest.fixture
def run(in_process: InProcess) -> Run:
    """A run that logs in as the client automation, with the value contoso-old."""
    settings = Settings("t", "s", own_client_id="automation", own_secret="contoso-old")
    return Run(in_process.api(), MemoryStore(), settings, Console(print, print))


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (LOST, True),
        (ApiError("Broken.", status=500), True),
        (ApiError("Busy.", status=503), True),
        (VantageError("Perhaps.", code="in_doubt"), True),
        (ApiError("Gone.", status=404), False),
        (ApiError("Odd.", status=499), False),
        (VantageError("No."), False),
        (None, False),
    ],
)
def test_a_request_without_an_answer_counts(run: Run, error: VantageError | None, counts: bool) -> None:
    for _request in range(MOST_UNANSWERED):
        run.count_answer(error)
    assert bool(run.obstacle()) is counts


def test_nothing_new_begins_after_so_many_requests_in_a_row(run: Run) -> None:
    for _request in range(MOST_UNANSWERED - 1):
        run.count_answer(LOST)

    assert run.obstacle() == ""

    run.count_answer(LOST)

    assert run.obstacle() == "It was not attempted, since the tenant did not respond to 16 requests in a row."


def test_an_answer_begins_the_count_anew(run: Run) -> None:
    for error in [*[LOST] * MOST_UNANSWERED, None, *[LOST] * (MOST_UNANSWERED - 1)]:
        run.count_answer(error)
    assert run.obstacle() == ""


def test_nothing_new_begins_in_a_run_that_was_stopped(in_process: InProcess) -> None:
    run = Run(in_process.api(), MemoryStore(), Settings("t", "s"), Console(print, print, lambda: False))
    assert run.obstacle() == STOPPED


def test_a_new_run_has_no_trouble(run: Run) -> None:
    assert (run.store_trouble, run.no_deletion, run.obstacle()) == ("", "", "")


def secrets(run: Run) -> list[Secret]:
    """Return the current secret of automation and two older ones, the second of them with the value of the run."""
    begin, end = run.now() - 90 * DAY, run.now() + 90 * DAY
    return [
        Secret("current", "runs", run.now() - DAY, end, "contoso-new"),
        Secret("older", "runs", begin, end, "contoso-oth"),
        Secret("own", "runs", begin, end, "contoso-o"),
        Secret("other", "by hand", begin, end, "contoso-o"),
    ]


def app_secret(client_id: str = "automation", held: str = "current", plan: SecretPlan | None = None, **members: Any) -> AppSecret:
    return AppSecret(SecretItem(client_id, "runs", **members), held=Entry(client_id, "runs", id=held), plan=plan)


@pytest.mark.parametrize(
    ("secret", "spared"),
    [
        (app_secret(), {"own"}),
        # What is in the store is no older generation.
        (app_secret(held="own"), set()),
        (app_secret(state="absent"), set()),
        (app_secret("intake"), set()),
    ],
    ids=["an older one", "the current one", "declared absent", "another client"],
)
def test_the_older_secret_that_the_run_logs_in_with_stays(run: Run, secret: AppSecret, spared: set[str]) -> None:
    assert run.spared(secret, secrets(run)) == spared


def test_no_secret_stays_for_a_run_that_logs_in_with_something_else(in_process: InProcess) -> None:
    run = Run(in_process.api(), MemoryStore(), Settings("t", "s", own_client_id="automation"), Console(print, print))
    assert run.spared(app_secret(), secrets(run)) == set()


@pytest.mark.parametrize(("retired", "said"), [(["own"], True), (["own", "older"], True), (["older"], False), ([], False)])
def test_what_stays_is_said_once_where_it_was_to_go(run: Run, retired: list[str], said: bool) -> None:
    listed = secrets(run)
    plan = SecretPlan("unchanged", "current", listed[0], [one for one in listed if one.id in retired], [], {}, {})
    secret = app_secret(plan=plan)

    run.spared(secret, listed)
    run.spared(secret, listed)

    assert secret.notes == [SAID] * said


def test_what_stays_is_not_said_of_a_secret_without_a_plan(run: Run) -> None:
    secret = app_secret()

    assert run.spared(secret, secrets(run)) == {"own"}
    assert secret.notes == []


def test_a_store_that_keeps_nothing_is_not_told_what_to_remove(run: Run) -> None:
    store = MemoryStore()
    store.remembers = False
    run.store = store

    assert run.remove([Change("intake/production", None, expected="")]) == {}
    assert store.writes == 0
