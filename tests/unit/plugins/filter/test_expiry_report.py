# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report says of each client and secret how it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.abbyy.vantage.plugins.filter.expiry_report import FilterModule
from ansible_collections.abbyy.vantage.tests.unit.support.report_tenants import NASTY, at, client, entry, secret, tenant

expiry_report = FilterModule().filters()["expiry_report"]
SCHEMA = Path(__file__).resolve().parents[4] / "docs" / "guides" / "expiry_report.schema.json"


def report_on(*tenants: dict[str, Any], renew_before: Any = "30d") -> dict[str, Any]:
    return expiry_report(list(tenants), renew_before, at(0))


def only_client(report: dict[str, Any]) -> dict[str, Any]:
    (found,) = report["clients"]
    return found


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        (-200, -1, "expired"),
        (-200, 0, "expired"),
        (-150, 29.9, "due"),
        (-150, 30, "active"),
        (-150, 31, "active"),
        (2, 100, "pending"),
        (-1, None, "never_expires"),
        (None, 100, "active"),
        (None, None, "never_expires"),
    ],
)
def test_status_of_a_secret(start: float | None, end: float | None, status: str) -> None:
    report = report_on(tenant(client("app", secret("a", start, end))))
    assert only_client(report)["secrets"][0]["status"] == status
    assert report["summary"][status] == 1


@pytest.mark.parametrize(
    ("secrets", "options", "status"),
    [
        ([], {}, "no_secret"),
        ([], {"require_client_secret": False}, "none"),
        ([secret("a", 2, 100)], {}, "no_secret"),
        ([secret("a", 2, 100)], {"require_client_secret": False}, "pending"),
        ([secret("a", -9, -1)], {}, "expired"),
        ([secret("a", -9, 5), secret("b", -9, 90, "test")], {}, "due"),
        # An older generation does not matter once there is a newer one.
        ([secret("a", -90, -1), secret("b", -9, 90)], {}, "active"),
        ([secret("a", -90, 5), secret("b", -9, 90)], {}, "active"),
        ([secret("a", -9, 90), secret("b", -9, None, "test")], {}, "active"),
        ([secret("a", -9, None)], {}, "never_expires"),
    ],
)
def test_status_of_a_client(secrets: list[dict[str, Any]], options: dict[str, Any], status: str) -> None:
    assert only_client(report_on(tenant(client("app", *secrets, **options))))["status"] == status


def test_most_urgent_comes_first() -> None:
    clients = [
        client("fine", secret("a", -9, 90)),
        client("endless", secret("b", -9, None)),
        client("soon", secret("c", -9, 9)),
        client("sooner", secret("d", -9, 3)),
        client("gone", secret("e", -9, -3)),
        client("bare"),
    ]
    assert [one["client_id"] for one in report_on(tenant(*clients))["clients"]] == ["gone", "bare", "sooner", "soon", "fine", "endless"]


def test_older_generations_are_counted_apart() -> None:
    report = report_on(tenant(client("app", secret("new", -9, 90), secret("old", -90, -1))))
    assert [(one["id"], one["older"]) for one in only_client(report)["secrets"]] == [("old", True), ("new", False)]
    assert (report["summary"]["expired"], report["summary"]["active"], report["summary"]["older"]) == (0, 1, 1)


def test_app_may_have_a_renew_window_of_its_own() -> None:
    apps = [{"client_id": "app", "secrets": [{"description": "production", "renew_before": "60d"}]}]

    report = report_on(tenant(client("app", secret("a", -9, 45), secret("b", -9, 45, "test")), apps=apps))

    assert {one["description"]: (one["status"], one["renew_from"]) for one in only_client(report)["secrets"]} == {
        "production": ("due", at(-15)),
        "test": ("active", at(15)),
    }


def test_time_is_the_tenants_own() -> None:
    report = report_on(tenant(client("app", secret("a", -9, 1)), server_time=at(2)))
    assert only_client(report)["secrets"][0]["days_left"] == -1.0


class TestWithoutAppsAndStore:
    def test_nothing_is_claimed(self) -> None:
        report = report_on(tenant(client("app", secret("a", -9, 90))))
        (one,) = only_client(report)["secrets"]

        assert (only_client(report)["managed"], only_client(report)["unmanaged"]) == (None, False)
        assert (one["in_store"], one["orphaned"]) == (None, False)
        assert (report["tenants"][0]["apps_known"], report["tenants"][0]["store_known"]) == (False, False)


class TestUnmanaged:
    @pytest.mark.parametrize(
        ("more", "unmanaged"),
        [
            ({"apps": []}, True),
            ({"apps": [{"client_id": "app"}]}, False),
            ({"apps": [{"client_id": "App"}]}, True),
            ({"apps": [{"client_id": "app", "state": "absent"}]}, True),
            ({"store": {}}, True),
            ({"store": {"app/production": entry("app", "a")}}, False),
            ({"apps": [], "store": {"app/production": entry("app", "a")}}, False),
            ({"apps": [], "store": {"app/production": entry("app", "a", tenant_id="another")}}, True),
            ({"apps": [], "ignored": ["ap*"]}, False),
            ({"apps": [], "ignored": "x, ap*"}, False),
            ({"apps": [], "ignored": '["x", "ap*"]'}, False),
            ({"apps": [], "ignored": "x\nap*\n"}, False),
            ({"apps": [], "ignored": "x, y"}, True),
        ],
    )
    def test_neither_declared_nor_in_the_store(self, more: dict[str, Any], unmanaged: bool) -> None:
        report = report_on(tenant(client("app", secret("a", -9, 90)), **more))
        assert only_client(report)["unmanaged"] is unmanaged
        assert report["summary"]["unmanaged"] == unmanaged


class TestStore:
    def orphans(self, store: dict[str, Any], *secrets: dict[str, Any], **more: Any) -> list[str]:
        report = report_on(tenant(client("app", *secrets), store=store, **more))
        return [one["id"] for one in only_client(report)["secrets"] if one["orphaned"]]

    def test_held_secret_is_no_orphan(self) -> None:
        assert self.orphans({"x": entry("app", "a")}, secret("a", -9, 90)) == []

    def test_newer_than_the_held_one_was_never_delivered(self) -> None:
        assert self.orphans({"x": entry("app", "a")}, secret("a", -9, 90), secret("b", -1, 90)) == ["b"]

    def test_older_than_the_held_one_is_an_older_generation(self) -> None:
        assert self.orphans({"x": entry("app", "b")}, secret("a", -9, 90), secret("b", -1, 90)) == []

    def test_other_description_is_an_orphan(self) -> None:
        assert self.orphans({"x": entry("app", "a")}, secret("a", -9, 90), secret("b", -20, 90, "by hand")) == ["b"]

    def test_declared_app_without_an_entry_has_orphans(self) -> None:
        assert self.orphans({}, secret("a", -9, 90), apps=[{"client_id": "app"}]) == ["a"]

    def test_nobody_expects_secrets_of_an_unmanaged_client_in_the_store(self) -> None:
        assert self.orphans({}, secret("a", -9, 90), apps=[]) == []

    def test_status_is_that_of_the_held_generation(self) -> None:
        report = report_on(tenant(client("app", secret("a", -90, -1), secret("b", -9, 90)), store={"x": entry("app", "a")}))
        assert only_client(report)["status"] == "expired"

    def test_missing_is_what_the_tenant_does_not_have(self) -> None:
        store = {
            "app/production": entry("app", "a"),
            "app/lost": entry("app", "b", "lost", expiration=at(9)),
            "gone/production": entry("gone", "c"),
            "app/reserved": {**entry("app", None, "reserved"), "reserved_at": at(-1)},
            "elsewhere": entry("app", "d", tenant_id="another"),
        }

        report = report_on(tenant(client("app", secret("a", -9, 90)), store=store))

        assert [(one["name"], one["id"], one["expiration"]) for one in report["missing"]] == [
            ("app/lost", "b", at(9)),
            ("app/reserved", None, None),
            ("gone/production", "c", None),
        ]
        assert report["summary"]["missing"] == 3

    def test_value_of_an_entry_is_not_in_the_report(self) -> None:
        report = report_on(tenant(client("app", secret("a", -9, 90)), store={"x": entry("app", "b", value="planted-value-0123456789")}))
        assert "planted-value" not in json.dumps(report)


@pytest.mark.parametrize(
    ("options", "risks"),
    [
        ({}, []),
        ({"allowed_grant_types": ["password"]}, [("password_grant", "allowed_grant_types", "password")]),
        ({"allow_no_pkce": True}, [("no_pkce", "allow_no_pkce", "true")]),
        ({"redirect_uris": ["https://a.example.com"]}, [("redirect_without_path", "redirect_uris", "https://a.example.com")]),
        ({"redirect_uris": ["https://myDomain."]}, [("redirect_without_path", "redirect_uris", "https://myDomain.")]),
        ({"redirect_uris": ["https://a.example.com/"]}, []),
        ({"redirect_uris": ["myapp:callback"]}, []),
        ({"post_logout_redirect_uris": ["HTTPS://a.example.com?x"]}, [("redirect_without_path", "post_logout_redirect_uris", "HTTPS://a.example.com?x")]),
        ({"redirect_uris": ["http://a.example.com/"]}, [("plain_http", "redirect_uris", "http://a.example.com/")]),
        ({"redirect_uris": ["http://127.0.0.1:8765/callback", "http://[::1]/", "http://localhost/"]}, []),
        ({"allowed_cors_origins": ["http://a.example.com", "https://b.example.com"]}, [("plain_http", "allowed_cors_origins", "http://a.example.com")]),
        ({"redirect_uris": ["https://[broken", "http://x:bad/"]}, [("plain_http", "redirect_uris", "http://x:bad/")]),
        ({"allowed_cors_origins": True, "allowed_grant_types": True, "redirect_uris": "{'a': 1}"}, []),
    ],
)
def test_risks(options: dict[str, Any], risks: list[tuple[str, str, str]]) -> None:
    report = report_on(tenant(client("app", secret("a", -9, 90), **options)))
    assert [(risk["code"], risk["option"], risk["value"]) for risk in only_client(report)["risks"]] == risks
    assert report["summary"]["risky"] == bool(risks)


def test_tenant_that_could_not_be_read_is_named_and_nothing_is_claimed_of_it() -> None:
    unread = {"name": "fabrikam", "problem": "Could not log in.", "store": {"x": entry("app", "a")}}

    report = report_on(tenant(client("app", secret("a", -9, 90))), unread)

    assert [(one["name"], one["problem"]) for one in report["tenants"]] == [("contoso", None), ("fabrikam", "Could not log in.")]
    assert report["tenants"][1]["summary"] is None
    assert (report["summary"]["clients"], report["summary"]["missing"]) == (1, 0)


def test_summary_of_a_tenant_is_its_own() -> None:
    report = report_on(tenant(client("app", secret("a", -9, 90))), tenant(client("app"), client("web"), name="fabrikam"))
    assert [one["summary"]["clients"] for one in report["tenants"]] == [1, 2]
    assert report["summary"]["clients"] == 3


FULL = tenant(
    client("app", secret("a", -9, 90), secret("b", None, None, NASTY), client_name=NASTY, redirect_uris=["http://a.example.com"]),
    apps=[{"client_id": "app"}],
    store={"gone/production": entry("gone", "c"), "app/x": entry("app", None, "x")},
    warnings=["The store is slow."],
    clock_difference=-420,
)
LABELLED = tenant(
    client("app", secret("a", -9, 90)),
    client("kept", secret("b", -9, 90)),
    apps=[{"client_id": "app", "labels": {"owner": "new"}, "secrets": [{"description": "production", "labels": {"stage": "prod"}}]}],
    store={"kept/production": entry("kept", "b", labels={"owner": "claims", "stage": "prod"})},
)


def test_the_documented_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "tenants",
    [
        pytest.param([], id="no tenant"),
        pytest.param([FULL, {"name": "fabrikam", "problem": "No answer."}], id="everything, and a tenant that could not be read"),
        pytest.param([tenant()], id="a tenant without clients"),
        pytest.param([LABELLED], id="labels"),
    ],
)
def test_shape_is_the_documented_one(tenants: list[dict[str, Any]]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    report = report_on(*tenants)
    jsonschema.validate(json.loads(json.dumps(report)), schema)


@pytest.mark.parametrize("renew_before", ["soon", "", "-1d"])
def test_window_must_be_a_duration(renew_before: str) -> None:
    with pytest.raises(AnsibleFilterError, match="30d"):
        report_on(tenant(), renew_before=renew_before)


def test_labels_are_those_of_the_app_or_else_of_its_entries() -> None:
    store = {
        "app/production": entry("app", "a", labels={"owner": "old"}),
        "kept/production": entry("kept", "b", labels={"owner": "claims", "stage": "prod"}),
        "kept/test": entry("kept", "c", "test", labels={"owner": "claims"}),
    }
    apps = [{"client_id": "app", "labels": {"owner": "new"}, "secrets": [{"description": "production", "labels": {"owner": "new", "stage": "prod"}}]}]
    clients = [client("app", secret("a", -9, 90)), client("kept", secret("b", -9, 90), secret("c", -9, 90, "test")), client("bare")]

    report = report_on(tenant(*clients, apps=apps, store=store))

    assert {one["client_id"]: (one["labels"], [secret["labels"] for secret in one["secrets"]]) for one in report["clients"]} == {
        "app": ({"owner": "new"}, [{"owner": "new", "stage": "prod"}]),
        "kept": ({"owner": "claims"}, [{"owner": "claims", "stage": "prod"}, {"owner": "claims"}]),
        "bare": ({}, []),
    }


def test_an_entry_that_says_only_that_its_client_is_managed_is_not_missing() -> None:
    report = report_on(tenant(client("hall", require_client_secret=False), store={"hall/": entry("hall", "", "")}))
    assert report["missing"] == []
    assert only_client(report)["managed"] is True


def declared(**secret_options: Any) -> list[dict[str, Any]]:
    return [{"client_id": "app", "secrets": [{"description": "production", **secret_options}]}]


HELD = {"x": entry("app", "a")}


class TestAttention:
    @pytest.mark.parametrize(
        ("its_secret", "more", "attention"),
        [
            pytest.param(secret("a", -9, 90), {}, "none", id="in order"),
            pytest.param(secret("a", -9, 5), {}, "must_act", id="due, and nothing is known of it"),
            pytest.param(secret("a", -9, 5), {"apps": declared()}, "renews_itself", id="due and declared"),
            pytest.param(secret("a", -9, 5), {"apps": [{"client_id": "app"}]}, "renews_itself", id="due, and its app says nothing of secrets"),
            pytest.param(secret("a", -9, 5), {"apps": declared(state="absent")}, "must_act", id="due, and declared to go"),
            pytest.param(secret("a", -9, 5, "by hand"), {"apps": declared()}, "must_act", id="due, of another description"),
            pytest.param(secret("a", -9, 5), {"apps": []}, "must_act", id="due and unmanaged"),
            pytest.param(secret("a", -9, 5), {"apps": [], "ignored": ["app"]}, "must_act", id="due, of another team"),
            pytest.param(secret("a", -9, 5), {"apps": [], "store": HELD}, "must_act", id="due and held, but not declared any more"),
            pytest.param(secret("a", -9, 5), {"store": HELD}, "renews_itself", id="due and held, and apps are not known"),
            pytest.param(secret("a", -9, 5), {"apps": declared(), "store": {}}, "must_act", id="due and orphaned"),
            pytest.param(secret("a", -9, -1), {"apps": declared(), "store": HELD}, "must_act", id="expired"),
            pytest.param(secret("a", 2, 90), {}, "none", id="not yet valid"),
        ],
    )
    def test_of_a_secret_and_its_client(self, its_secret: dict[str, Any], more: dict[str, Any], attention: str) -> None:
        report = report_on(tenant(client("app", its_secret, require_client_secret=False), **more))
        (found,) = only_client(report)["secrets"]

        assert (found["attention"], only_client(report)["attention"]) == (attention, attention)
        assert (report["summary"]["must_act"], report["summary"]["renews_itself"]) == (attention == "must_act", attention == "renews_itself")

    @pytest.mark.parametrize(
        ("its_client", "more"),
        [
            pytest.param(client("app"), {"apps": declared()}, id="no secret"),
            pytest.param(client("app", secret("a", -9, 90)), {"apps": []}, id="unmanaged"),
            pytest.param(client("app", secret("a", -9, 90), secret("b", -1, 90)), {"store": HELD}, id="orphaned"),
        ],
    )
    def test_client_that_needs_somebody(self, its_client: dict[str, Any], more: dict[str, Any]) -> None:
        assert only_client(report_on(tenant(its_client, **more)))["attention"] == "must_act"

    def test_older_generation_asks_for_nothing(self) -> None:
        report = report_on(tenant(client("app", secret("old", -90, -1), secret("a", -9, 90)), store=HELD, apps=declared()))
        assert [one["attention"] for one in only_client(report)["secrets"]] == ["none", "none"]
        assert only_client(report)["attention"] == "none"

    def test_client_with_missing_secrets_is_counted_once_even_if_the_tenant_does_not_have_it(self) -> None:
        store = {**HELD, "y": entry("app", "lost", "test"), "z": entry("gone", "b"), "zz": entry("gone", "c", "test")}
        report = report_on(tenant(client("app", secret("a", -9, 90)), store=store))
        assert (report["summary"]["missing"], report["summary"]["must_act"]) == (3, 2)


@pytest.mark.parametrize(("given", "shown"), [(None, None), ("", None), (0, 0), ("-420", -420), (7.0, 7)])
def test_difference_of_the_clocks_is_read_in_every_form(given: Any, shown: int | None) -> None:
    assert report_on(tenant(clock_difference=given))["tenants"][0]["clock_difference"] == shown


def test_missing_entry_has_the_labels_of_the_store() -> None:
    report = report_on(tenant(store={"x": entry("gone", "a", labels={"owner": "claims"})}))
    assert [one["labels"] for one in report["missing"]] == [{"owner": "claims"}]
