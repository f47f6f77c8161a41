# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report becomes findings, and two polls become events."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.expiry.model import report_from_tenants
from ansible_collections.abbyy.vantage.plugins.plugin_utils.watch.findings import FINDINGS, Findings, events_between, findings_from_report
from ansible_collections.abbyy.vantage.tests.unit.support.report_tenants import NOW, client, entry, secret, tenant

LABELS = {("contoso", "a"): {"owner": "claims"}}


def report_of(*tenants: dict[str, Any]) -> dict[str, Any]:
    return report_from_tenants(tenants, renew_before="30d", generated_at=NOW)


def found(*tenants: dict[str, Any]) -> set[tuple[str, ...]]:
    """Return the keys of all findings."""
    return {tuple(key) for key in findings_from_report(report_of(*tenants), LABELS)}


def told(before: Findings, *tenants: dict[str, Any], without_store: tuple[str, ...] = ()) -> tuple[list[tuple[str, str]], Findings]:
    """Return the states and findings of the events of the next poll, and what is known then."""
    report = report_of(*tenants)
    events, known = events_between(before, report, findings_from_report(report, LABELS), without_store)
    return [(event["vantage"]["state"], event["vantage"]["finding"]) for event in events], known


@pytest.mark.parametrize(
    ("its_tenant", "expected"),
    [
        pytest.param(tenant(client("a", secret("1", -10, 100))), set(), id="in order"),
        pytest.param(tenant(client("a", secret("1", -10, 20))), {("contoso", "expiring", "a", "1")}, id="expires soon"),
        pytest.param(tenant(client("a", secret("1", -10, -1))), {("contoso", "expired", "a", "1")}, id="has expired"),
        pytest.param(tenant(client("a", secret("1", -10, 2), secret("2", -1, 100))), set(), id="replaced by a newer one"),
        pytest.param(tenant(client("a", secret("1", -10, 100)), store={}), {("contoso", "unmanaged", "a", "")}, id="not in the store"),
        pytest.param(
            tenant(client("a", secret("1", -10, 100)), store={"a/production": entry("a", "2")}),
            {("contoso", "orphaned", "a", "1"), ("contoso", "missing", "a", "a/production")},
            id="orphaned and missing",
        ),
        pytest.param(
            tenant(client("a", redirect_uris=["https://app.example.com"])),
            {("contoso", "risky", "a", "redirect_uris=https://app.example.com")},
            id="risky",
        ),
        pytest.param(tenant(problem="The login was refused."), {("contoso", "tenant_unreachable", "", "")}, id="unreachable"),
    ],
)
def test_findings(its_tenant: dict[str, Any], expected: set[tuple[str, ...]]) -> None:
    assert found(its_tenant) == expected
    assert {finding for _tenant, finding, *_more in expected} <= set(FINDINGS)


def test_an_event_says_what_a_rule_needs() -> None:
    report = report_of(tenant(client("a", secret("1", -10, 20))))

    (event,), _known = events_between({}, report, findings_from_report(report, LABELS), ())
    message = event["vantage"].pop("message")

    assert event == {
        "vantage": {
            "state": "begun",
            "finding": "expiring",
            "tenant": "contoso",
            "tenant_id": "7a1de5a0-c0de-4b1e-8f00-c04705000001",
            "client_id": "a",
            "description": "production",
            "secret_id": "1",
            "expiration": "2026-09-27T12:00:00.000Z",
            "days_left": 20.0,
            "labels": {"owner": "claims"},
        }
    }
    assert message.startswith("The secret expires within")


def test_a_finding_is_told_once_and_its_end_once() -> None:
    due = tenant(client("a", secret("1", -10, 20)))
    renewed = tenant(client("a", secret("1", -10, 20), secret("2", -1, 100)))

    events, known = told({}, due)

    assert events == [("begun", "expiring")]

    events, known = told(known, due)

    assert events == []

    events, known = told(known, renewed)

    assert events == [("ended", "expiring")]
    assert known == {}


def test_one_finding_may_follow_another() -> None:
    _events, known = told({}, tenant(client("a", secret("1", -10, 20))))
    events, _known = told(known, tenant(client("a", secret("1", -40, -1))))
    assert events == [("ended", "expiring"), ("begun", "expired")]


class TestWhatCouldNotBeRead:
    orphan: ClassVar = tenant(client("a", secret("1", -10, 20), secret("9", -1, 20, "other")), store={"a/production": entry("a", "1")})

    def test_has_not_ended_while_the_tenant_does_not_answer(self) -> None:
        events, known = told({}, self.orphan)

        assert sorted(events) == [("begun", "expiring"), ("begun", "expiring"), ("begun", "orphaned")]

        events, known = told(known, tenant(problem="No route to host."))

        assert events == [("begun", "tenant_unreachable")]

        events, known = told(known, self.orphan)

        assert events == [("ended", "tenant_unreachable")]

    def test_has_not_ended_while_the_store_cannot_be_read(self) -> None:
        renewed = tenant(client("a", secret("1", -10, 100), secret("9", -1, 100, "other")))
        _events, known = told({}, self.orphan)

        events, known = told(known, renewed, without_store=("contoso",))

        assert events == [("ended", "expiring"), ("ended", "expiring")]
        assert [key.finding for key in known] == ["orphaned"]


def test_another_tenant_is_watched_all_the_same() -> None:
    other = tenant(client("a", secret("1", -10, 20)), name="fabrikam")
    _events, known = told({}, tenant(problem="No."), other)

    events, _known = told(known, tenant(), tenant(client("a", secret("2", -10, 100)), name="fabrikam"))

    assert sorted(events) == [("ended", "expiring"), ("ended", "tenant_unreachable")]
