# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lifecycles of clients and secrets, one and many: what check mode promises happens, and a second run changes nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.lifecycle import Step, run_lifecycle

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

CLIENT, SECRET = "vantage_client", "vantage_client_secret"
PORTAL: dict[str, Any] = {
    "client_id": "portal",
    "client_name": "Invoice portal",
    "allow_offline_access": True,
    "allowed_grant_types": ["authorization_code"],
    "redirect_uris": ["https://b.example.com/in", "https://a.example.com/in"],
    "post_logout_redirect_uris": ["https://a.example.com/bye"],
    "access_token_lifetime": "8h",
}
CHANGED = {"client_id": "portal", "client_name": "Portal", "post_logout_redirect_uris": [], "require_consent": True, "refresh_token_lifetime": "7d"}
ODD_SERVER = {"list_shape": "array", "page_limit": 10, "list_summary": True, "put_answer": "empty", "null_lists": True, "lifetime_format": "timespan"}
PRODUCTION = {"client_id": "app", "description": "production"}


def seed(in_process: InProcess, *names: str) -> None:
    in_process.emulator.seed("contoso", [{"clientId": name, "allowedGrantTypes": ["client_credentials"]} for name in names])


@pytest.mark.parametrize("switches", [{}, ODD_SERVER], ids=["server", "odd server"])
def test_one_client_goes_through_its_lifecycle(in_process: InProcess, switches: dict[str, Any]) -> None:
    in_process.emulator.behaviour.patch(switches)

    done = run_lifecycle(
        partial(in_process.perform, CLIENT),
        [
            Step("create", PORTAL, ["created"]),
            Step("change order", {"client_id": "portal", "redirect_uris": PORTAL["redirect_uris"][::-1]}, ["unchanged"]),
            Step("change", CHANGED, ["updated"]),
            Step("delete", {"client_id": "portal", "state": "absent"}, ["deleted"]),
        ],
    )
    after = done["change"].answer["client"]
    (diff,) = done["change"].answer["diff"]

    assert done["create"].writes == ["POST "]
    assert done["create"].answer["client"]["access_token_lifetime"] == 28800
    assert done["create"].answer["client"]["redirect_uris"] == PORTAL["redirect_uris"]
    assert done["change"].writes == ["PUT portal"]
    assert {option: after[option] for option in CHANGED} == {**CHANGED, "refresh_token_lifetime": 604800}
    assert {option: after[option] for option in PORTAL if option not in CHANGED} == {
        **{option: value for option, value in PORTAL.items() if option not in CHANGED},
        "access_token_lifetime": 28800,
    }
    assert {option for option in diff["after"] if diff["after"][option] != diff["before"][option]} == set(CHANGED) - {"client_id"}
    assert done["delete"].writes == ["DELETE portal"]
    assert set(in_process.clients()) == {"automation", "reader"}


def test_many_clients_go_through_their_lifecycle(in_process: InProcess) -> None:
    names = [f"app-{number}" for number in range(25)]

    done = run_lifecycle(
        partial(in_process.perform, CLIENT),
        [
            Step("create", {"clients": [PORTAL, *({"client_id": name} for name in names)], "concurrency": 16}, ["created"] * 26),
            Step("change", {"clients": [{"client_id": "app-3", "state": "absent"}, CHANGED, {"client_id": "app-4"}]}, ["deleted", "updated", "unchanged"]),
            Step(
                "prune",
                {
                    "clients": [{"client_id": "portal"}, {"client_id": "new"}],
                    "prune": True,
                    "prune_protect": ["reader", "app-1*", "app-2?"],
                    "full_results": True,
                },
                ["unchanged", "created", *["deleted"] * 8],
            ),
            Step("delete", {"clients": [{"client_id": name} for name in ("portal", "new", "none")], "state": "absent"}, ["deleted", "deleted", "unchanged"]),
        ],
    )

    assert sorted(done["create"].writes) == ["POST "] * 26
    assert done["create"].answer["summary"] == {"created": 26, "updated": 0, "unchanged": 0, "deleted": 0, "failed": 0}
    assert [result["client_id"] for result in done["create"].answer["results"]] == ["portal", *names]
    assert sorted(done["change"].writes) == ["DELETE app-3", "PUT portal"]
    assert done["prune"].answer["results"][1]["client"]["client_name"] == "new"
    assert set(in_process.clients()) == {"automation", "reader", "app-1", *(f"app-1{digit}" for digit in range(10)), *(f"app-2{digit}" for digit in range(5))}


def test_one_secret_goes_through_its_lifecycle(in_process: InProcess) -> None:
    seed(in_process, "app")

    done = run_lifecycle(
        partial(in_process.perform, SECRET),
        [
            Step("create", {**PRODUCTION, "lifetime": "90d", "verify": True}, ["created"]),
            # A secret that is to be renewed at once is due only until it is.
            Step("change", {**PRODUCTION, "lifetime": "180d", "renew_before": "91d", "overlap": 0}, ["renewed"]),
            Step("delete", {**PRODUCTION, "state": "absent", "force": True}, ["deleted"]),
        ],
    )
    created, changed, deleted = (done[name].answer for name in ("create", "change", "delete"))

    assert done["create"].writes == ["POST app/secrets/"]
    assert [request["kind"] for request in done["create"].requests] == ["token", "read", "read", "write", "token"]
    assert created["secret"]["value"].startswith(created["secret"]["value_display"])
    assert created["reason"] == "absent"
    assert changed["reason"] == "due"
    assert changed["superseded"] == [created["secret"]["id"]]
    assert done["change"].writes == ["POST app/secrets/"]
    assert changed["secret"]["value"] != created["secret"]["value"]
    assert deleted["reason"] == "unwanted"
    assert deleted["deleted"] == [created["secret"]["id"], changed["secret"]["id"]]
    assert "value" not in deleted["secret"]
    assert in_process.clients()["app"]["secrets"] == []


def test_many_secrets_go_through_their_lifecycle(in_process: InProcess) -> None:
    names = [f"app-{number}" for number in range(12)]
    seed(in_process, *names)
    wanted = [{"client_id": name, "description": "production"} for name in names]

    done = run_lifecycle(
        partial(in_process.perform, SECRET),
        [
            Step("create", {"secrets": wanted, "lifetime": "90d", "verify": True, "concurrency": 16}, ["created"] * 12),
            Step("change", {"secrets": [*wanted[:3], {**wanted[3], "renew_before": "91d", "lifetime": "180d"}]}, ["unchanged"] * 3 + ["renewed"]),
            Step("delete", {"secrets": wanted, "state": "absent", "force": True}, ["deleted"] * 12),
        ],
    )
    results = done["create"].answer["results"]

    assert [result["client_id"] for result in results] == names
    assert len({result["secret"]["value"] for result in results}) == 12
    assert [len(result["deleted"]) for result in done["delete"].answer["results"]] == [1, 1, 1, 2, *[1] * 8]
    assert done["delete"].answer["summary"] == {"created": 0, "renewed": 0, "unchanged": 0, "deleted": 12, "failed": 0}
