# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metrics are read by Prometheus' own parser."""

from __future__ import annotations

import math
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.abbyy.vantage.plugins.filter.expiry_report import expiry_report
from ansible_collections.abbyy.vantage.plugins.filter.expiry_report_prometheus import FilterModule
from ansible_collections.abbyy.vantage.tests.unit.support.report_tenants import NASTY, NOW, at, client, entry, secret, tenant

expiry_report_prometheus = FilterModule().filters()["expiry_report_prometheus"]
EXPIRY = "vantage_client_secret_expiry_timestamp_seconds"
DAY = 86400


def samples_of(*tenants: dict[str, Any]) -> dict[str, list[tuple[dict[str, str], float]]]:
    text = expiry_report_prometheus(expiry_report(list(tenants), "30d", at(0)))
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    assert {family.type for family in families} == {"gauge"}
    assert all(family.documentation for family in families)
    return {family.name: [(sample.labels, sample.value) for sample in family.samples] for family in families}


def test_expiry() -> None:
    labels = {"tenant": "contoso", "client_id": "app", "description": "production", "id": "a"}

    samples = samples_of(tenant(client("app", secret("a", -9, 20))))

    assert samples[EXPIRY] == [(labels, NOW.timestamp() + 20 * DAY)]
    assert samples["vantage_client_secret_start_timestamp_seconds"] == [(labels, NOW.timestamp() - 9 * DAY)]
    assert samples["vantage_client_secret_current"] == [(labels, 1)]


def test_never_is_infinite_and_an_unknown_start_is_not_given() -> None:
    samples = samples_of(tenant(client("app", secret("a", None, None))))
    assert samples[EXPIRY][0][1] == math.inf
    assert "vantage_client_secret_start_timestamp_seconds" not in samples


def test_older_generation_can_be_told_apart() -> None:
    samples = samples_of(tenant(client("app", secret("a", -90, 5), secret("b", -9, 90))))
    assert {labels["id"]: value for labels, value in samples["vantage_client_secret_current"]} == {"a": 0, "b": 1}


def test_labels_are_escaped() -> None:
    samples = samples_of(tenant(client(NASTY, secret("a", -9, 90, 'back\\slash "quote" new\nline')), name='con"toso\\'))
    labels = samples[EXPIRY][0][0]
    assert labels == {"tenant": 'con"toso\\', "client_id": NASTY.replace("\n", "\\n"), "description": 'back\\slash "quote" new\\nline', "id": "a"}


def test_what_a_terminal_would_obey_is_escaped() -> None:
    labels = samples_of(tenant(client("a\x1b[2J\u202e", secret("a", -9, 90))))[EXPIRY][0][0]
    assert labels["client_id"] == "a\\x1b[2J\\u202e"


def test_tenant_that_could_not_be_read_is_down() -> None:
    samples = samples_of(tenant(client("app")), {"name": "fabrikam", "problem": "No answer."})
    assert samples["vantage_tenant_up"] == [({"tenant": "contoso"}, 1), ({"tenant": "fabrikam"}, 0)]
    assert samples["vantage_clients"] == [({"tenant": "contoso"}, 1)]


def test_what_is_not_known_is_not_counted() -> None:
    samples = samples_of(tenant(client("app")))
    assert "vantage_client_secrets_orphaned" not in samples
    assert "unmanaged" not in {labels["finding"] for labels, _value in samples["vantage_clients_with_finding"]}


def test_what_apps_and_store_tell_is_counted() -> None:
    samples = samples_of(tenant(client("app", secret("a", -9, 90)), apps=[{"client_id": "app"}], store={"x": entry("gone", "b")}))

    assert samples["vantage_client_secrets_orphaned"] == [({"tenant": "contoso"}, 1)]
    assert samples["vantage_client_secrets_missing"] == [({"tenant": "contoso"}, 1)]
    assert ({"tenant": "contoso", "finding": "unmanaged"}, 0) in samples["vantage_clients_with_finding"]


def test_counts_by_status() -> None:
    samples = samples_of(tenant(client("app", secret("a", -9, 5), secret("b", -9, -1, "test"), secret("c", -9, 90, "dev"))))
    assert {labels["status"]: value for labels, value in samples["vantage_client_secrets"]} == {
        "expired": 1,
        "due": 1,
        "pending": 0,
        "active": 1,
        "never_expires": 0,
    }


def test_time_of_the_report() -> None:
    assert samples_of(tenant())["vantage_report_timestamp_seconds"] == [({}, NOW.timestamp())]


def test_labels_are_a_metric_to_join_with() -> None:
    apps = [{"client_id": "app", "labels": {"owner": "claims", "cost.centre": "47"}}, {"client_id": "bare", "labels": {}}]
    samples = samples_of(tenant(client("app"), client("bare"), apps=apps))
    assert samples["vantage_client_labels"] == [({"tenant": "contoso", "client_id": "app", "label_owner": "claims", "label_cost_centre": "47"}, 1)]


def test_what_somebody_must_do_and_what_renews_itself() -> None:
    clients = [client("app", secret("a", -90, 5)), client("bare"), client("other", secret("b", -90, 5))]

    samples = samples_of(tenant(*clients, apps=[{"client_id": "app"}]))

    assert samples["vantage_clients_must_act"] == [({"tenant": "contoso"}, 2)]
    assert samples["vantage_client_secrets_renewing"] == [({"tenant": "contoso"}, 1)]


def test_difference_of_the_clocks_is_given_where_it_is_known() -> None:
    samples = samples_of(tenant(clock_difference=-420), tenant(name="fabrikam"))
    assert samples["vantage_tenant_clock_difference_seconds"] == [({"tenant": "contoso"}, -420)]
