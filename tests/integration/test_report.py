# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook report: all tenants in one run, several formats, nothing written to a tenant, no value anywhere, short events."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import timestamp_from_moment
from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS, Deployment
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import failure_of, write_entries
from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import CHECKOUT, PlaybookRunner, Run

ON_ONE_CORE = pytest.mark.one_core("the report's content does not depend on ansible-core, and a report of two tenants is written on each")
REPORT = "abbyy.vantage.report"
NASTY = "</script><script>alert(1)</script>{{ 7 * 7 }}"
HELD = "planted-held-value-0123456789"
BULK = 250


def at(days: float) -> str:
    return timestamp_from_moment(datetime.now(timezone.utc) + timedelta(days=days))


def write_inventory(path: Path, hosts: dict[str, dict[str, Any]]) -> Path:
    content = {"all": {"children": {"vantage": {"hosts": hosts}}}}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@dataclass
class Reported:
    """A run of the playbook, with the files that it has written."""

    run: Run
    folder: Path
    deployment: Deployment
    values: list[str]

    def text(self, ending: str) -> str:
        with (self.folder / f"vantage-expiry.{ending}").open(encoding="utf-8", newline="") as stream:
            return stream.read()

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text("json"))
        return found

    def client(self, client_id: str) -> dict[str, Any]:
        (found,) = [client for client in self.report["clients"] if client["client_id"] == client_id]
        return found


@pytest.fixture(scope="module")
def reported(served: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """Report on a tenant with a client of each category, and on one that refuses the login."""
    served.emulator.reset()
    folder = tmp_path_factory.mktemp("report")
    seeds = [
        {"clientId": "claims", "secrets": [{"description": "default", "expiration": at(12)}], "redirectUris": ["https://claims.example.com"]},
        {"clientId": "by-hand", "clientName": NASTY, "allowNoPkce": True, "secrets": [{"description": NASTY, "start_time": at(-99), "expiration": at(-9)}]},
        *({"clientId": f"bulk-{number:03}", "secrets": [{"description": "default"}]} for number in range(BULK)),
    ]
    made = served.emulator.seed("contoso", seeds)
    stranger = served.emulator.seed("contoso", [{"clientId": "claims", "secrets": [{"description": "default", "start_time": at(0.001)}]}])
    ids = {secret["clientId"]: secret["id"] for secret in made}
    store = {f"{name}/default": {"client_id": name, "description": "default", "id": ids[name], "value": HELD} for name in ids if name != "by-hand"}
    store["gone/default"] = {"client_id": "gone", "description": "default", "id": "gone", "value": HELD}
    write_entries(folder / ".vantage-secrets" / "contoso.yml", store, "store-password")
    apps = [{"client_id": name} for name in ids if name != "by-hand"]
    inventory = write_inventory(
        folder / "tenants.yml",
        {
            "contoso": {
                "app_onboarding_apps": apps,
                "app_onboarding_store": {"vault_password": "store-password"},
                "app_onboarding_prune_protect": ["reader", "auto*"],
            },
            "fabrikam": {"vantage_tenant_id": TENANTS["fabrikam"], "vantage_auth_client_secret": "planted-wrong-secret-0123456789"},
        },
    )
    runner = PlaybookRunner(folder, {**served.login_env(), **served.record_env()})
    run = runner.run_playbook(REPORT, inventory=inventory, extra_vars={"vantage_report_dest": str(folder / "out")}, diff=True, journal=True, rc=2)
    values = [secret["value"] for client in served.clients().values() for secret in client["secrets"]]
    assert len(made) + len(stranger) < len(values)
    return Reported(run, folder / "out", served, [*values, HELD, "planted-wrong-secret-0123456789", "store-password"])


def test_tenant_that_cannot_be_read_fails_and_the_other_does_not(reported: Reported) -> None:
    assert {host: counts["failures"] for host, counts in reported.run.stats.items()} == {"contoso": 0, "fabrikam": 1}
    assert "fabrikam: Could not log in" in failure_of(reported.run, "fabrikam")
    assert [(tenant["name"], tenant["problem"] is None) for tenant in reported.report["tenants"]] == [("contoso", True), ("fabrikam", False)]


def test_nothing_is_written_to_a_tenant(reported: Reported) -> None:
    requests = [request for event in reported.run.events for request in event.get("requests", [])]
    assert len(requests) > BULK
    assert [request for request in requests if request["write"]] == []


def test_each_tenant_is_read_once(reported: Reported) -> None:
    requests = [request["path"] for event in reported.run.events for request in event.get("requests", []) if request["path"].endswith("/secrets/")]
    assert len(requests) == len(set(requests)) == BULK + 4


def test_summary_counts_the_clients_of_each_category(reported: Reported) -> None:
    summary = reported.report["summary"]
    assert {key: summary[key] for key in ("clients", "expired", "due", "unmanaged", "orphaned", "missing", "redirect_without_path", "no_pkce")} == {
        "clients": BULK + 4,
        "expired": 1,
        "due": 1,
        "unmanaged": 1,
        "orphaned": 1,
        "missing": 1,
        "redirect_without_path": 1,
        "no_pkce": 1,
    }


def test_live_secret_that_is_not_in_the_store_is_orphaned(reported: Reported) -> None:
    claims = reported.client("claims")
    assert claims["status"] == "due"
    assert [(secret["orphaned"], secret["attention"]) for secret in claims["secrets"]] == [(False, "renews_itself"), (True, "must_act")]


def test_clock_of_a_tenant_is_compared_when_it_answers(reported: Reported) -> None:
    assert [tenant["clock_difference"] for tenant in reported.report["tenants"]] == [0, None]


def test_client_without_an_app_is_unmanaged(reported: Reported) -> None:
    assert reported.client("by-hand")["unmanaged"] is True


def test_entry_of_the_store_without_a_client_is_missing(reported: Reported) -> None:
    assert [entry["client_id"] for entry in reported.report["missing"]] == ["gone"]


def test_json_has_the_documented_shape(reported: Reported) -> None:
    schema = json.loads((CHECKOUT / "docs/guides/expiry_report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(reported.report, schema)


def test_table_has_a_byte_order_mark_and_lines_that_end_in_crlf(reported: Reported) -> None:
    text = reported.text("csv")
    assert text.startswith('\ufeff"tenant",')
    assert text.count("\r\n") == text.count("\n")


def test_table_has_a_row_per_secret(reported: Reported) -> None:
    text = reported.text("csv").removeprefix("\ufeff")

    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))

    assert len(rows) == BULK + 4 + 1 + 1
    assert [row["client_name"] for row in rows if row["client_id"] == "by-hand"] == [NASTY]


def test_metrics_have_every_tenant_and_every_secret(reported: Reported) -> None:
    families = {family.name: family.samples for family in text_string_to_metric_families(reported.text("prom"))}
    assert {sample.labels["tenant"]: sample.value for sample in families["vantage_tenant_up"]} == {"contoso": 1, "fabrikam": 0}
    assert len(families["vantage_client_secret_expiry_timestamp_seconds"]) == BULK + 5


def test_folder_has_one_file_per_format_and_no_other(reported: Reported) -> None:
    assert sorted(path.name for path in reported.folder.iterdir()) == [f"vantage-expiry.{ending}" for ending in ("csv", "html", "json", "prom")]


def test_page_loads_no_other_file(reported: Reported) -> None:
    assert re.findall(r"(?:src|href)=[\"']?([^#\"'\s>][^\"'\s>]*)", reported.text("html")) == []


def test_page_runs_only_its_own_script(reported: Reported) -> None:
    page = reported.text("html")
    nonces = re.findall(r"nonce[-=]\"?'?(\w{24})", page)

    assert page.count("<script") == 1
    assert len(nonces) == 2
    assert len(set(nonces)) == 1


def test_page_shows_nasty_names_as_text(reported: Reported) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in reported.text("html")


def test_page_shows_the_last_of_many_clients(reported: Reported) -> None:
    assert f'data-tenant="contoso"><span class="who"><b>bulk-{BULK - 1}</b>' in reported.text("html")


def test_no_value_is_anywhere(reported: Reported) -> None:
    everything = [reported.run.output, json.dumps(reported.run.events), *(reported.text(ending) for ending in ("html", "csv", "json", "prom"))]

    for value in reported.values:
        assert not any(value in text for text in everything)

    # The search would find one.
    assert any(value in json.dumps(reported.deployment.clients()) for value in reported.values)


def test_events_do_not_grow_with_the_number_of_clients(reported: Reported) -> None:
    results = [(event["task"], json.dumps(event["result"])) for event in reported.run.events if "result" in event]

    assert "bulk-001" not in reported.run.output
    assert [task for task, result in results if "bulk-001" in result] == []
    # Before 2.19, ansible-core writes 1,300 characters about each file that it makes, whatever is in it.
    assert [(task, len(result)) for task, result in results if len(result) > 6000] == []


def test_counts_are_handed_on(reported: Reported) -> None:
    handed_on = reported.run.handed_on["vantage_report"]

    assert handed_on["contoso"]["clients"] == BULK + 4
    assert list(handed_on["fabrikam"]) == ["problem"]
    assert handed_on["fabrikam"]["problem"].startswith("Could not log in")


class TestAlone:
    """One tenant, connected by the environment, without apps and a store."""

    @ON_ONE_CORE
    def test_categories_that_need_apps_or_a_store_are_left_out(self, playbooks: PlaybookRunner) -> None:
        inventory = write_inventory(playbooks.folder / "tenants.yml", {"contoso": {}})
        folder = playbooks.folder / "vantage-report"
        options = {"vantage_report_formats": ["json", "html"], "vantage_report_name": "secrets"}

        # As a file, which works as well as the name.
        run = playbooks.run_playbook(CHECKOUT / "playbooks/report.yml", inventory=inventory, extra_vars=options)
        report = json.loads((folder / "secrets.json").read_text(encoding="utf-8"))
        page = (folder / "secrets.html").read_text(encoding="utf-8")

        assert sorted(path.name for path in folder.iterdir()) == ["secrets.html", "secrets.json"]
        assert [(one["apps_known"], one["store_known"]) for one in report["tenants"]] == [(False, False)]
        assert 'data-key="orphaned"' not in page
        assert "No apps and no store are known" in page
        assert run.stats["contoso"]["failures"] == 0

    @ON_ONE_CORE
    def test_store_that_cannot_be_read_fails_its_tenant_after_the_report_is_written(self, playbooks: PlaybookRunner) -> None:
        write_entries(playbooks.folder / ".vantage-secrets" / "contoso.yml", {"a/default": {"id": "a", "value": HELD}}, "store-password")
        inventory = write_inventory(playbooks.folder / "tenants.yml", {"contoso": {"app_onboarding_store": {"vault_password": "another-password"}}})
        # As the guide gives the apps of a play to the report.
        own = playbooks.folder / "own.yml"
        own.write_text(yaml.safe_dump([{"import_playbook": REPORT, "vars": {"app_onboarding_apps": [{"client_id": "automation"}]}}]), encoding="utf-8")

        run = playbooks.run_playbook(own, inventory=inventory, rc=2)
        report = json.loads((playbooks.folder / "vantage-report" / "vantage-expiry.json").read_text(encoding="utf-8"))
        (tenant,) = report["tenants"]

        assert (tenant["problem"], tenant["store_known"], tenant["apps_known"], tenant["summary"]["clients"]) == (None, False, True, 2)
        assert {client["client_id"]: client["managed"] for client in report["clients"]} == {"automation": True, "reader": False}
        assert tenant["warnings"][0].startswith("The store could not be read")
        assert tenant["warnings"][0] in failure_of(run, "contoso")
        assert HELD not in run.output

    @ON_ONE_CORE
    def test_tenants_may_have_different_stores_in_any_order(self, playbooks: PlaybookRunner, served: Deployment) -> None:
        secret, gone = served.emulator.seed("contoso", [{"clientId": name, "secrets": [{"description": "default"}]} for name in ("claims", "gone")])
        shared = {"type": "file", "vault_password": "store-password", "path": str(playbooks.folder / "stores" / "{{ inventory_hostname }}.yml")}
        unreadable = {"app_onboarding_source": "../unreadable.yml", "app_onboarding_store": {"type": "hashi_vault", "url": "http://127.0.0.1:1", "token": HELD}}
        hosts: dict[str, dict[str, Any]] = {
            # Each kind of store stands before each other kind, as Ansible merges tasks that look the same on several hosts.
            "none-1": {"app_onboarding_store": "none"},
            "file-1": {"app_onboarding_store_defaults": shared, "app_onboarding_apps": [{"client_id": "claims"}]},
            "none-2": {"app_onboarding_store": {"type": "none"}, "app_onboarding_apps": [{"client_id": "gone"}]},
            "broken": unreadable,
            "file-2": {"app_onboarding_store_defaults": shared, "app_onboarding_apps": [{"client_id": "gone"}]},
        }
        for host, held in (("file-1", secret), ("file-2", gone)):
            entry = {"client_id": held["clientId"], "description": "default", "id": held["id"], "value": HELD}
            write_entries(playbooks.folder / "stores" / f"{host}.yml", {f"{held['clientId']}/default": entry}, "store-password")
        inventory = write_inventory(playbooks.folder / "tenants.yml", hosts)

        run = playbooks.run_playbook(REPORT, inventory=inventory, rc=2)
        report = json.loads((playbooks.folder / "vantage-report" / "vantage-expiry.json").read_text(encoding="utf-8"))
        known = {one["name"]: (one["apps_known"], one["store_known"]) for one in report["tenants"]}
        managed = {host: sorted(one["client_id"] for one in report["clients"] if one["tenant"] == host and one["managed"]) for host in hosts}
        warnings = {one["name"]: one["warnings"] for one in report["tenants"] if one["warnings"]}

        assert known == {"none-1": (False, False), "file-1": (True, True), "none-2": (True, False), "broken": (False, False), "file-2": (True, True)}
        assert managed == {"none-1": [], "file-1": ["claims"], "none-2": ["gone"], "broken": [], "file-2": ["gone"]}
        assert list(warnings) == ["broken"]
        assert HELD not in run.output + json.dumps(run.events)

        apps, store = warnings["broken"]

        assert "There is no " in apps
        assert "unreadable.yml" in apps
        assert "127.0.0.1:1" in store
