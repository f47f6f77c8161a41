# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a run that did what it should fails all the same: on drift, and on secrets about to expire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, seconds_from_duration
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import MOST_NAMED
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.outcome import Row, summary_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.policy import (
    MOST_IN_ARTIFACT,
    artifact,
    drift_message,
    expiring_rows,
    expiry_message,
)

NOW = moment_from_timestamp("2026-06-01T00:00:00Z")


def row(client_id: str, action: str = "unchanged", *, expiration: str | None = None, **more: Any) -> Row:
    """Return a row of one secret."""
    end = moment_from_timestamp(expiration) if expiration else None
    return Row(client_id, action, **{"description": "default", "secret": "unchanged", "expiration": end, **more})


def judge(*rows: Row, check: bool = True, drift: bool = True, within: str = "") -> dict[str, Any]:
    """Judge rows as a run does."""
    expiring = expiring_rows(rows, NOW, timedelta(seconds=seconds_from_duration(within))) if within else []
    messages = [drift_message(rows) if check and drift else "", expiry_message(expiring, NOW, within)]
    return {"objection": " ".join(filter(None, messages)), "artifact": artifact(rows, summary_of(rows, changed=True), expiring, check)}


@pytest.mark.parametrize(
    ("differing", "message"),
    [
        (row("a", "created", secret="created", reason="absent"), "a: would be created."),
        (row("a", "deleted", secret=""), "a: would be deleted."),
        (row("a", "updated"), "a: would be updated."),
        (row("a", secret="renewed", reason="due"), "a: secret default would be renewed (due)."),
        (row("a", secret="created", reason="not_held"), "a: secret default would be created (not in the store)."),
        (row("a", secret="created", reason="else"), "a: secret default would be created (else)."),
        (row("a", secret="copied"), "a: secret default would be copied to the store."),
        (row("a", "updated", description="", secret=""), "a: would be updated."),
        (row("a", old_deleted=1), "a: old one of secret default would be deleted."),
        (row("a", left_deleted=1), "a: a leftover of secret default would be deleted."),
        (row("a", secret="updated"), "a: labels of secret default would be updated."),
        (row("a", secret="deleted"), "a: secret default would be deleted."),
        (row("a", removed=1), "a: would be deleted."),
        (row("a", "updated", secret="renewed", reason="due"), "a: would be updated, secret default would be renewed (due)."),
    ],
)
def test_drift_is_named(differing: Row, message: str) -> None:
    assert judge(differing, row("b"))["objection"] == f"1 of 2 apps is not as declared. {message}"


def test_drift_of_several_is_counted() -> None:
    judged = judge(row("a", "created"), row("b"), row("c", "updated"))
    assert judged["objection"] == "2 of 3 apps are not as declared. a: would be created; c: would be updated."


def test_drift_of_one_is_counted_in_the_singular() -> None:
    assert judge(row("a", "created"))["objection"] == "1 of 1 app is not as declared. a: would be created."


@pytest.mark.parametrize("options", [{"check": False}, {"drift": False}])
def test_drift_matters_only_in_check_mode_and_when_asked(options: dict[str, bool]) -> None:
    assert judge(row("a", "created"), **options)["objection"] == ""


def test_without_drift_there_is_no_objection() -> None:
    assert judge(row("a"), row("b"))["objection"] == ""


def test_a_failed_app_is_not_drift() -> None:
    assert judge(row("a", "failed", secret="failed"))["objection"] == ""


def test_an_app_with_two_secrets_is_one_app() -> None:
    rows = [row("a", "updated", description=name, secret="renewed", reason="due") for name in ("x", "y")]
    message = "a: would be updated, secret x would be renewed (due), secret y would be renewed (due)."

    judged = judge(*rows)

    assert judged["objection"] == f"1 of 1 app is not as declared. {message}"


@pytest.mark.parametrize(
    ("expiration", "message"),
    [
        ("2026-06-11T00:00:00Z", "a/default in 10 days"),
        ("2026-06-15T00:00:00Z", "a/default in 14 days"),
        ("2026-06-15T00:00:01Z", None),
        ("2026-05-31T00:00:00Z", "a/default has expired"),
        (None, None),
    ],
)
def test_a_secret_that_expires_soon_is_named(expiration: str | None, message: str | None) -> None:
    judged = judge(row("a", expiration=expiration), row("b", expiration="2027-01-01T00:00:00Z"), within="14d")

    assert judged["objection"] == (f"1 secret in use expires within 14d. {message}." if message else "")
    assert judged["artifact"]["expiring"] == (["a"] if message else [])


def test_expiry_matters_only_when_asked() -> None:
    assert judge(row("a", expiration="2026-05-31T00:00:00Z"))["objection"] == ""


def test_the_first_to_expire_is_named_first() -> None:
    rows = [row(app, expiration=f"2026-06-{day:02}T00:00:00Z") for app, day in (("late", 9), ("early", 3), ("middle", 5))]
    judged = judge(*rows, within="14d")
    assert judged["artifact"]["expiring"] == ["early", "middle", "late"]


def test_several_that_expire_are_counted_and_their_app_named_once() -> None:
    rows = [row("a", expiration="2026-06-04T00:00:00Z", description=name) for name in "xy"]

    judged = judge(*rows, within="14d")

    assert judged["objection"] == "2 secrets in use expire within 14d. a/x in 3 days; a/y in 3 days."
    assert judged["artifact"]["expiring"] == ["a"]


def test_both_objections_are_made() -> None:
    message = judge(row("a", "created"), row("b", expiration="2026-06-02T00:00:00Z"), within="7d")["objection"]

    assert "a: would be created." in message
    assert "b/default in" in message


def test_many_are_counted_and_not_all_named() -> None:
    message = judge(*(row(f"app-{number}", "created") for number in range(MOST_NAMED + 5)))["objection"]

    assert f"app-{MOST_NAMED - 1}:" in message
    assert f"app-{MOST_NAMED}:" not in message
    assert message.endswith("; and 5 more, see the table above.")


def test_as_many_as_can_be_named_are_all_named() -> None:
    message = judge(*(row(f"app-{number}", "created") for number in range(MOST_NAMED)))["objection"]
    assert message.endswith(f"; app-{MOST_NAMED - 1}: would be created.")


def test_the_artifact_holds_counts_and_ids_and_stays_small() -> None:
    rows = [row(f"app-{number}", "created", secret="created") for number in range(MOST_IN_ARTIFACT + 1)]

    kept = judge(*rows, row("same"), check=False)["artifact"]

    assert set(kept) == {"check", "changed", "apps", "secrets", "clients", "expiring"}
    assert (kept["check"], kept["changed"], kept["apps"]["created"], kept["apps"]["unchanged"]) == (False, True, MOST_IN_ARTIFACT + 1, 1)
    assert len(kept["clients"]["created"]) == MOST_IN_ARTIFACT
    assert "unchanged" not in kept["clients"]
