# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client secrets made, kept, renewed and retired, against an emulated tenant."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import RefusedError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import ClientSecretReconciler, SecretOptions
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.reconciler import reconcile
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import SecretItem
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY, format_time
from ansible_collections.abbyy.vantage.tests.emulator.config import FABRIKAM, EmulatorConfig
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

NAMED = {"client_id": "app", "description": "production"}
# One of each kind of result.
MANY: list[dict[str, Any]] = [
    {"client_id": "app", "description": "p"},
    {"client_id": "none", "description": "p"},
    {"client_id": "b", "description": "old", "state": "absent"},
    {"client_id": "b", "description": "kept"},
    {"client_id": "none", "description": "p2", "state": "absent"},
    {"client_id": "b", "description": "kept2", "lifetime": "1d"},
]


@pytest.fixture
def tenant(in_process: InProcess) -> InProcess:
    """A tenant with one client that has no secret yet."""
    in_process.emulator.seed("contoso", [{"clientId": "app", "allowedGrantTypes": ["client_credentials"]}])
    return in_process


def run(tenant: InProcess, **options: Any) -> dict[str, Any]:
    return tenant.run("vantage_client_secret", **{**NAMED, **options})


def secrets(tenant: InProcess, client_id: str = "app", description: str | None = "production") -> list[dict[str, Any]]:
    """Return what the tenant holds of one secret, values included, oldest first."""
    return [secret for secret in tenant.clients()[client_id]["secrets"] if secret["description"] == description]


def seed_many(tenant: InProcess) -> None:
    """Make by hand the secrets of MANY that are there before."""
    tenant.emulator.seed("contoso", [{"clientId": "b", "secrets": [{"description": "old"}, {"description": "kept"}]}])


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [secret["id"] for secret in found]


def logs_in(tenant: InProcess, value: str, client_id: str = "app") -> bool:
    return tenant.api().endpoint.try_secret(client_id, value, "openid")


def writes(tenant: InProcess) -> list[str]:
    return [entry.method for entry in tenant.emulator.journal.writes()]


def test_a_secret_is_made_with_a_value_that_logs_in(tenant: InProcess) -> None:
    made = run(tenant, lifetime="90d")
    (kept,) = secrets(tenant)

    assert made["action"] == "created"
    assert made["reason"] == "absent"
    assert made["changed"] is True
    assert made["deleted"] == []
    assert made["superseded"] == []
    assert made["secret"]["value"] == kept["value"]
    assert made["secret"]["id"] == kept["id"]
    assert made["secret"]["value_display"] == kept["value"][:3]
    assert made["secret"]["active"]
    assert made["secret"]["days_left"] == 90.0
    assert logs_in(tenant, kept["value"])


def test_check_mode_foresees_a_secret_without_what_nobody_can_know(tenant: InProcess) -> None:
    foreseen = run(tenant, lifetime="90d", check=True)

    assert foreseen["action"] == "created"
    assert foreseen["reason"] == "absent"
    assert foreseen["changed"] is True
    assert set(foreseen["secret"]) == {"description", "start_time", "expiration"}
    assert writes(tenant) == []


def test_a_second_run_keeps_the_secret_and_does_not_return_its_value(tenant: InProcess) -> None:
    made = run(tenant, lifetime="90d")

    again = run(tenant, lifetime="90d")

    assert again["action"] == "unchanged"
    assert again["reason"] == "current"
    assert again["changed"] is False
    assert again["secret"] == {name: value for name, value in made["secret"].items() if name != "value"}
    assert writes(tenant) == ["POST"]


def test_the_server_fills_in_what_is_not_given(tenant: InProcess) -> None:
    made = run(tenant, description=None)
    (post,) = tenant.emulator.journal.writes()

    assert post.members == []
    assert made["secret"]["description"] == ""
    assert 180 < made["secret"]["days_left"] < 185

    again = run(tenant, description=None)

    assert again["action"] == "unchanged"


@pytest.mark.parametrize(
    "switches", [{}, {"secret_ids": "int"}, {"post_status": 200}, {"list_shape": "array"}, {"page_limit": 10, "list_total": False}], ids=str
)
def test_a_secret_goes_through_its_lifecycle_whatever_the_server_does(tenant: InProcess, switches: dict[str, Any]) -> None:
    tenant.emulator.behaviour.patch(switches)
    held = ""
    values: list[str] = []

    # Nights enough for five: due five days before the end, the older one gone two days after.
    for _night in range(70):
        answer = run(tenant, held_id=held, lifetime="20d", renew_before="5d", prune="superseded", overlap="2d")

        assert not answer.get("failed"), answer

        generations = secrets(tenant)
        if answer["action"] in ("created", "renewed"):
            held = answer["secret"]["id"]
            values.append(answer["secret"]["value"])

        assert 1 <= len(generations) <= 2
        assert str(generations[-1]["id"]) == held
        assert generations[-1]["value"] == values[-1]

        tenant.emulator.advance(DAY)

    assert len(values) == 5
    assert len(writes(tenant)) == 5 + 4

    deleted, deleted_again = run(tenant, state="absent", force=True), run(tenant, state="absent")

    assert deleted["action"] == "deleted"
    assert deleted_again["action"] == "unchanged"
    assert secrets(tenant) == []


def test_what_is_due_is_told_by_the_servers_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    # The controller's clock is years behind.
    tenant = InProcess(Emulator(EmulatorConfig(start=2_000_000_000.0)), monkeypatch)
    tenant.emulator.seed("contoso", [{"clientId": "app"}])

    made = run(tenant, lifetime="30d")

    assert made["secret"]["days_left"] == 30.0
    assert made["secret"]["start_time"].startswith("2033-05-18")

    kept = run(tenant, renew_before="29d")

    assert kept["action"] == "unchanged"

    tenant.emulator.advance(2 * DAY)
    renewed = run(tenant, renew_before="29d")

    assert renewed["reason"] == "due"


def test_the_own_clock_is_used_without_a_date_header(tenant: InProcess) -> None:
    tenant.emulator.behaviour.patch({"date_header": False})

    made = run(tenant, lifetime="30d")
    kept = run(tenant, lifetime="30d")

    assert made["action"] == "created"
    assert kept["action"] == "unchanged"


@pytest.mark.parametrize(
    ("options", "days"),
    [
        ({"lifetime": "1d"}, 1.0),
        ({"lifetime": "1.00:00:00"}, 1.0),
        ({"lifetime": "1096d"}, 1096.0),
        ({"lifetime": 86400 * 7}, 7.0),
        ({"lifetime": "26w"}, 182.0),
    ],
)
def test_a_lifetime_is_what_was_asked_for(tenant: InProcess, options: dict[str, Any], days: float) -> None:
    answer = run(tenant, **options)
    assert answer["action"] == "created"
    assert abs(answer["secret"]["days_left"] - days) <= 1


def test_a_secret_may_start_in_the_future(tenant: InProcess) -> None:
    options = {"start_time": format_time(tenant.emulator.now() + 10 * DAY), "lifetime": "30d", "verify": True}

    made = run(tenant, **options)

    # It cannot log in yet, so it is not tried.
    assert made["action"] == "created"
    assert made["secret"]["active"] is False
    assert made["secret"]["days_left"] == 40.0

    again = run(tenant, **options)

    assert again["action"] == "unchanged"


# --- proof before anything is retired


def test_a_new_value_is_tried_before_the_older_one_is_deleted(tenant: InProcess) -> None:
    old = run(tenant)["secret"]

    answer = run(tenant, force=True, verify=True, held_id=old["id"], prune="superseded", overlap=0)
    order = [(entry.method, entry.kind) for entry in tenant.emulator.journal][-3:]

    assert answer["action"] == "renewed"
    assert answer["reason"] == "forced"
    assert answer["deleted"] == [old["id"]]
    assert order == [("POST", "write"), ("POST", "token"), ("DELETE", "write")]


def test_a_new_value_may_take_time_to_work(tenant: InProcess) -> None:
    tenant.emulator.behaviour.patch({"secret_spread": 20})

    answer = run(tenant, verify=True)

    assert answer["action"] == "created"
    assert tenant.clock.waits == [1, 2, 4, 8, 15]


@pytest.mark.parametrize("older", [True, False])
def test_a_value_that_never_works_is_rolled_back_and_nothing_else_is_touched(tenant: InProcess, older: bool) -> None:
    held = run(tenant)["secret"]["id"] if older else ""
    before = secrets(tenant)
    tenant.emulator.behaviour.patch({"secret_spread": 3600})

    answer = run(tenant, force=True, verify=True, held_id=held, prune="superseded", overlap=0)

    assert answer["failed"]
    assert answer["error"]["code"] == "not_proven"
    assert "does not log in at the token endpoint (invalid_client); it was rolled back, and no older one was touched" in answer["msg"]
    assert answer["changed"]
    assert secrets(tenant) == before
    assert sum(tenant.clock.waits) <= 60


def test_a_new_secret_is_rolled_back_when_its_proof_fails(tenant: InProcess) -> None:
    tenant.emulator.faults.replace([{"kind": "forbidden", "path": "connect/token", "skip": 1}])

    answer = run(tenant, verify=True)

    assert answer["failed"]
    assert "The new secret was not proven and was rolled back." in answer["msg"]
    assert secrets(tenant) == []
    assert answer["changed"]


def test_a_new_secret_is_asked_for_again_after_growing_pauses(tenant: InProcess) -> None:
    tenant.emulator.faults.replace([{"kind": "html", "method": "POST", "path": "secrets/$", "times": 2}])

    answer = run(tenant)

    assert answer["action"] == "created"
    assert tenant.clock.waits == [1.0, 2.0]


@pytest.mark.parametrize("bulk", [False, True])
def test_a_secret_is_not_tried_where_its_client_needs_none(tenant: InProcess, bulk: bool) -> None:
    tenant.emulator.seed("contoso", [{"clientId": "app", "requireClientSecret": False}])
    tenant.emulator.behaviour.patch({"secret_spread": 3600})
    options = {"secrets": [NAMED]} if bulk else NAMED

    answer = tenant.run("vantage_client_secret", **options, verify=True)
    result = answer["results"][0] if bulk else answer

    assert result["action"] == "created"
    assert len(secrets(tenant)) == 1
    assert "(require_client_secret is false)" in result["notes"][0]
    assert [entry.path for entry in tenant.emulator.journal if entry.path.endswith("connect/token")][1:] == []
    assert tenant.warnings == []

    answer = tenant.run("vantage_client_secret", **options, verify=True)
    result = answer["results"][0] if bulk else answer

    assert result["notes"] == []


def test_a_new_secret_that_cannot_be_rolled_back_is_named(tenant: InProcess) -> None:
    tenant.emulator.behaviour.patch({"secret_spread": 3600})
    tenant.emulator.faults.replace([{"kind": "forbidden", "method": "DELETE"}])

    answer = run(tenant, verify=True)
    (left,) = secrets(tenant)

    assert f"could not be rolled back (http_403): delete {left['id']} by hand or run again" in answer["msg"]


def test_a_secret_is_tried_where_its_client_cannot_be_read(tenant: InProcess) -> None:
    tenant.emulator.behaviour.patch({"secret_spread": 3600})
    tenant.emulator.faults.replace([{"kind": "forbidden", "method": "GET", "path": "clients/app$", "skip": 1, "times": None}])

    answer = run(tenant, verify=True)

    assert "does not log in" in answer["msg"]
    assert secrets(tenant) == []


def test_a_client_without_client_credentials_still_proves_its_secret(tenant: InProcess) -> None:
    tenant.emulator.seed("contoso", [{"clientId": "app", "allowedGrantTypes": ["authorization_code"]}])

    answer = run(tenant, verify=True)

    assert answer["action"] == "created"


def test_a_held_secret_is_not_tried_since_its_value_is_not_known(tenant: InProcess) -> None:
    new = run(tenant)["secret"]
    tenant.emulator.journal.clear()

    answer = run(tenant, held_id=new["id"], verify=True)

    assert answer["action"] == "unchanged"
    # The token of the run itself.
    assert len([entry for entry in tenant.emulator.journal if entry.kind == "token"]) == 1


def test_the_secret_that_the_run_logs_in_with_is_kept_until_another_one_is_used(in_process: InProcess) -> None:
    own = {"client_id": "automation", "description": "Set up by hand"}
    (first,) = secrets(in_process, **own)
    renew = {**own, "force": True, "held_id": first["id"], "prune": "superseded", "overlap": 0, "verify": True}

    foreseen = in_process.run("vantage_client_secret", check=True, **renew)
    made = in_process.run("vantage_client_secret", **renew)

    assert foreseen["deleted"] == []
    assert made["action"] == "renewed"
    assert made["deleted"] == []
    assert made["superseded"] == []
    assert ids(secrets(in_process, **own)) == [first["id"], made["secret"]["id"]]
    assert f"the older {first['id']} stays, since this run seems to log in with it" in in_process.warnings[-1]

    in_process.warnings.clear()
    login = {"auth_client_secret": made["secret"]["value"]}
    tidied = in_process.run("vantage_client_secret", **{**renew, **login, "force": False, "held_id": made["secret"]["id"]})

    assert tidied["deleted"] == [first["id"]]
    assert in_process.warnings == []


# --- what the server may do


def test_a_secret_without_a_value_is_rolled_back(tenant: InProcess) -> None:
    held = run(tenant)["secret"]["id"]
    before = secrets(tenant)
    tenant.emulator.behaviour.patch({"omit_secret_value": True})

    answer = run(tenant, force=True, held_id=held, prune="superseded", overlap=0)

    assert answer["error"]["code"] == "no_value"
    assert "did not return its value; rolled back: " in answer["msg"]
    assert answer["changed"]
    assert secrets(tenant) == before


def test_a_secret_without_a_value_that_cannot_be_rolled_back_is_lost(tenant: InProcess) -> None:
    tenant.emulator.behaviour.patch({"omit_secret_value": True})
    tenant.emulator.faults.replace([{"kind": "forbidden", "method": "DELETE"}])

    answer = run(tenant)

    assert answer["error"]["code"] == "no_value"
    assert "did not return its value, and it could not be rolled back: " in answer["msg"]
    assert answer["msg"].endswith("Its value is lost: delete it.")
    assert answer["changed"]


def test_a_limit_of_the_server_is_reported_in_its_own_words(tenant: InProcess) -> None:
    tenant.emulator.behaviour.patch({"secret_limit": 1})
    run(tenant)

    answer = run(tenant, force=True)

    assert "answered 400 Bad Request: Bad Request. A client can't have more than 1 secrets." in answer["msg"]
    assert len(secrets(tenant)) == 1
    assert answer["changed"] is False


def test_a_secret_that_came_with_its_client_is_left_alone(tenant: InProcess) -> None:
    tenant.emulator.behaviour.patch({"initial_secret": True})
    tenant.run("vantage_client", client_id="other")

    answer = run(tenant, client_id="other", held_id="", prune="superseded", overlap=0)

    assert answer["action"] == "created"
    assert len(secrets(tenant, "other", None)) == 1


def alter_answers(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Let the server answer other members to the creation of a secret; None takes one away."""
    create = Api.create_secret

    def altered(api: Api, client_id: str, payload: dict[str, Any], **audit: Any) -> dict[str, Any]:
        answer = {**create(api, client_id, payload, **audit), **changes}
        return {name: value for name, value in answer.items() if value is not None}

    monkeypatch.setattr(Api, "create_secret", altered)


def test_a_lifetime_that_was_not_applied_is_an_error(tenant: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    alter_answers(monkeypatch, expiration="2099-01-01T00:00:00Z")

    answer = run(tenant, lifetime="90d")

    assert answer["error"]["code"] == "not_applied"
    assert "to expire 2099-01-01T00:00:00.000Z although" in answer["msg"]
    assert "it was rolled back" in answer["msg"]
    assert secrets(tenant) == []


def test_an_answer_may_lack_all_but_the_value(tenant: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    alter_answers(monkeypatch, id=None, description=None, valueDisplay=None)

    answer = run(tenant, lifetime="90d")
    (made,) = secrets(tenant)

    assert answer["secret"]["id"] == made["id"]
    assert answer["secret"]["description"] == "production"
    assert answer["secret"]["value_display"] == made["value"][:3]


def test_two_new_secrets_without_an_id_cannot_be_told_apart(tenant: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    create = Api.create_secret

    def twice(api: Api, client_id: str, payload: dict[str, Any], **audit: Any) -> dict[str, Any]:
        create(api, client_id, payload, **audit)
        return {"value": create(api, client_id, payload, **audit)["value"]}

    monkeypatch.setattr(Api, "create_secret", twice)

    answer = run(tenant)

    assert answer["error"]["code"] == "no_id"
    assert "2 new ones of that description are listed; delete them and run again" in answer["msg"]
    assert answer["changed"]


def test_an_older_secret_that_cannot_be_deleted_does_not_cost_the_new_value(tenant: InProcess) -> None:
    old = run(tenant)["secret"]
    tenant.emulator.faults.replace([{"kind": "forbidden", "method": "DELETE"}])

    answer = run(tenant, force=True, held_id=old["id"], prune="superseded", overlap=0)
    (warning,) = tenant.warnings

    assert not answer.get("failed")
    assert answer["action"] == "renewed"
    assert logs_in(tenant, answer["secret"]["value"])
    assert answer["deleted"] == []
    assert len(secrets(tenant)) == 2
    assert "app/production: The new secret was made, but an older one is still there. Could not delete secret" in warning

    tidied = run(tenant, held_id=answer["secret"]["id"], prune="superseded", overlap=0)

    assert tidied["deleted"] == [old["id"]]


def test_a_warning_escapes_what_a_terminal_would_obey(in_process: InProcess) -> None:
    client_id = "app\u202e"
    in_process.emulator.seed("contoso", [{"clientId": client_id, "allowedGrantTypes": ["client_credentials"]}])
    old = run(in_process, client_id=client_id)["secret"]
    in_process.emulator.faults.replace([{"kind": "forbidden", "method": "DELETE"}])

    run(in_process, client_id=client_id, force=True, held_id=old["id"], prune="superseded", overlap=0)
    (warning,) = in_process.warnings

    assert warning.startswith("app\\u202e/production: ")


def test_an_older_secret_that_cannot_be_deleted_is_an_error_when_nothing_was_made(tenant: InProcess) -> None:
    run(tenant)
    new = run(tenant, force=True)["secret"]
    tenant.emulator.faults.replace([{"kind": "forbidden", "method": "DELETE"}])

    answer = run(tenant, held_id=new["id"], prune="superseded", overlap=0)

    assert answer["error"]["status"] == 403
    assert answer["changed"] is False
    assert len(secrets(tenant)) == 2


# --- deleting, and what must not be deleted


def test_absent_deletes_all_generations_and_nothing_else(tenant: InProcess) -> None:
    run(tenant, description="other")
    run(tenant)
    run(tenant, force=True)

    foreseen = run(tenant, state="absent", check=True)
    answer = run(tenant, state="absent")

    assert answer["action"] == "deleted"
    assert answer["reason"] == "unwanted"
    assert answer["deleted"] == foreseen["deleted"]
    assert len(answer["deleted"]) == 2
    assert answer["secret"] == foreseen["secret"]
    assert secrets(tenant) == []
    assert len(secrets(tenant, description="other")) == 1


def test_a_deletion_that_fails_halfway_says_that_something_has_changed(tenant: InProcess) -> None:
    run(tenant, description="other")
    run(tenant)
    run(tenant, force=True)
    tenant.emulator.faults.replace([{"kind": "forbidden", "method": "DELETE", "skip": 1}])

    answer = run(tenant, state="absent")

    assert answer["error"]["status"] == 403
    assert answer["changed"]
    assert len(secrets(tenant)) == 1


def test_one_generation_is_deleted_by_its_id(tenant: InProcess) -> None:
    first = run(tenant)["secret"]["id"]
    second = run(tenant, force=True)["secret"]["id"]

    answer = run(tenant, state="absent", secret_id=first, description=None)

    assert answer["deleted"] == [first]
    assert ids(secrets(tenant)) == [second]

    again = run(tenant, state="absent", secret_id=first, description=None)

    assert again["action"] == "unchanged"


GUARDED = {"clientId": "guarded", "secrets": [{"description": "production"}]}


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("by_id", [False, True])
def test_the_last_secret_that_works_is_not_deleted(in_process: InProcess, check: bool, by_id: bool) -> None:
    (made,) = in_process.emulator.seed("contoso", [GUARDED])
    options = {"secret_id": made["id"]} if by_id else {"description": "production"}

    answer = in_process.run("vantage_client_secret", client_id="guarded", state="absent", check=check, **options)

    assert answer["failed"]
    assert answer["error"]["code"] == "last_active_secret"
    assert (
        "would leave client 'guarded', which requires a secret, without any that works; make another one first, delete the client, or set force"
        in answer["msg"]
    )
    assert writes(in_process) == []


def test_force_deletes_the_last_secret_that_works(in_process: InProcess) -> None:
    in_process.emulator.seed("contoso", [GUARDED])

    answer = in_process.run("vantage_client_secret", client_id="guarded", description="production", state="absent", force=True)

    assert answer["action"] == "deleted"


@pytest.mark.parametrize(
    "others",
    [
        {"requireClientSecret": False},
        {"secrets": [{"description": "production"}, {"description": "other"}]},
        {"secrets": [{"description": "production", "start_time": "2020-01-01T00:00:00Z", "expiration": "2021-01-01T00:00:00Z"}]},
        {"secrets": [{"description": "production", "start_time": "2090-01-01T00:00:00Z", "expiration": "2091-01-01T00:00:00Z"}]},
    ],
    ids=["needs none", "has another", "has expired", "does not work yet"],
)
def test_a_secret_that_nobody_needs_is_deleted(in_process: InProcess, others: dict[str, Any]) -> None:
    in_process.emulator.seed("contoso", [{**GUARDED, **others}])

    answer = in_process.run("vantage_client_secret", client_id="guarded", description="production", state="absent")

    assert answer["action"] == "deleted"


def seed_two(in_process: InProcess) -> list[dict[str, Any]]:
    """Make by hand a client with two secrets, and return the entries that name both."""
    names = ("a", "b")
    in_process.emulator.seed("contoso", [{"clientId": "guarded", "secrets": [{"description": name} for name in names]}])
    return [{"client_id": "guarded", "description": name} for name in names]


def test_deleting_all_secrets_of_a_client_in_one_list_is_refused(in_process: InProcess) -> None:
    both = seed_two(in_process)

    answer = in_process.run("vantage_client_secret", secrets=both, state="absent")

    assert [result["error"]["code"] for result in answer["results"]] == ["last_active_secret"] * 2
    assert writes(in_process) == []


def test_all_older_secrets_of_a_client_may_go_in_a_list_that_makes_another(in_process: InProcess) -> None:
    both = seed_two(in_process)

    answer = in_process.run("vantage_client_secret", secrets=[*both, {"client_id": "guarded", "description": "c", "state": "present"}], state="absent")

    assert [result["action"] for result in answer["results"]] == ["deleted", "deleted", "created"]


def test_a_secret_is_the_last_that_works_where_the_others_have_expired(in_process: InProcess) -> None:
    dead = {"description": "other", "start_time": "2020-01-01T00:00:00Z", "expiration": "2021-01-01T00:00:00Z"}
    in_process.emulator.seed("contoso", [{**GUARDED, "secrets": [{"description": "production"}, dead]}])

    answer = in_process.run("vantage_client_secret", client_id="guarded", description="production", state="absent")

    assert answer["error"]["code"] == "last_active_secret"


# --- what has happened counts, not what was planned


def rename(in_process: InProcess, *more: str) -> list[dict[str, Any]]:
    """Make a client with a secret by hand, and return the entries that replace this secret by one of another name."""
    in_process.emulator.seed("contoso", [{"clientId": "guarded", "secrets": [{"description": name} for name in ("old", *more)]}])
    return [{"client_id": "guarded", "description": "old", "state": "absent"}, {"client_id": "guarded", "description": "new"}]


def test_the_new_secret_is_made_before_the_old_one_is_deleted(in_process: InProcess) -> None:
    wanted = rename(in_process)

    answer = in_process.run("vantage_client_secret", secrets=wanted, verify=True)

    assert [result["action"] for result in answer["results"]] == ["deleted", "created"]
    assert writes(in_process) == ["POST", "DELETE"]


@pytest.mark.parametrize("more", [(), ("another",)])
@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "forbidden", "method": "POST", "path": "secrets/$"},
        {"kind": "drop_before", "method": "POST", "path": "secrets/$", "times": None},
        {"kind": "forbidden", "path": "connect/token", "skip": 1},
    ],
    ids=["refused", "in doubt", "not proven"],
)
def test_no_secret_of_a_client_is_deleted_when_another_one_could_not_be_made(
    in_process: InProcess, fault: dict[str, Any], concurrency: int, more: tuple[str, ...]
) -> None:
    wanted = rename(in_process, *more)
    before = in_process.clients()["guarded"]["secrets"]
    in_process.emulator.faults.replace([fault])

    answer = in_process.run("vantage_client_secret", secrets=wanted, verify=True, concurrency=concurrency)

    assert [result["action"] for result in answer["results"]] == ["failed", "failed"]
    assert answer["results"][0]["error"]["code"] == "other_secret_failed"
    assert "another secret of client 'guarded' could not be made; fix that first, or set force" in answer["results"][0]["msg"]
    assert in_process.clients()["guarded"]["secrets"] == before


def test_a_secret_that_could_not_be_made_does_not_hold_up_another_client(in_process: InProcess) -> None:
    wanted = rename(in_process)
    in_process.emulator.seed("contoso", [{"clientId": "other", "secrets": [{"description": "a"}, {"description": "b"}]}])
    in_process.emulator.faults.replace([{"kind": "forbidden", "method": "POST", "path": "guarded/secrets/$"}])

    answer = in_process.run("vantage_client_secret", secrets=[*wanted, {"client_id": "other", "description": "a", "state": "absent"}])

    assert [result["action"] for result in answer["results"]] == ["failed", "failed", "deleted"]


@pytest.mark.parametrize("wrong", [{"lifetime": "soon"}, {"expiration": "2020-01-01"}])
def test_a_secret_that_could_not_even_be_planned_holds_up_deletions(in_process: InProcess, wrong: dict[str, Any]) -> None:
    deletion, making = rename(in_process, "another")

    answer = in_process.run("vantage_client_secret", secrets=[deletion, {**making, **wrong}])

    assert [result["action"] for result in answer["results"]] == ["failed", "failed"]
    assert writes(in_process) == []


@pytest.mark.parametrize("check", [True, False])
def test_a_secret_that_starts_later_does_not_stand_in_for_one_that_works(in_process: InProcess, check: bool) -> None:
    deletion, making = rename(in_process)
    later = format_time(in_process.emulator.now() + 10 * DAY)

    answer = in_process.run("vantage_client_secret", secrets=[deletion, {**making, "start_time": later}], check=check)

    assert [result["action"] for result in answer["results"]] == ["failed", "created"]
    assert answer["results"][0]["error"]["code"] == "last_active_secret"
    assert writes(in_process) == ([] if check else ["POST"])


def test_a_secret_that_is_only_planned_does_not_stand_in_for_one_that_works(in_process: InProcess) -> None:
    rename(in_process)
    items = [SecretItem("guarded", "old", state="absent"), SecretItem("guarded", "new")]
    reconciler, api = ClientSecretReconciler(items), in_process.api()
    deletion, making = reconciler.prepare(api)

    with pytest.raises(RefusedError, match="would leave client 'guarded', which requires a secret, without any that works"):
        reconciler.carry_out(api, deletion)

    reconciler.carry_out(api, making)
    result = reconciler.carry_out(api, deletion)

    assert result["action"] == "deleted"


def test_force_deletes_although_a_secret_could_not_be_made(in_process: InProcess) -> None:
    deletion, making = rename(in_process)
    in_process.emulator.faults.replace([{"kind": "forbidden", "method": "POST", "path": "secrets/$"}])

    answer = in_process.run("vantage_client_secret", secrets=[{**deletion, "force": True}, making])

    assert [result["action"] for result in answer["results"]] == ["deleted", "failed"]


# --- whose client it is, and whose clock


@pytest.mark.parametrize("check", [False, True])
def test_a_client_of_another_case_is_not_touched(in_process: InProcess, check: bool) -> None:
    in_process.emulator.seed("contoso", [{"clientId": "app1", "secrets": [{"description": "a"}, {"description": "b"}]}])
    in_process.emulator.behaviour.patch({"ignore_case": True})
    wanted = [
        {"client_id": "APP1", "description": "a", "state": "absent", "force": True},
        {"client_id": "APP1", "description": "new"},
        {"client_id": "app1", "description": "new"},
    ]

    answer = in_process.run("vantage_client_secret", secrets=wanted, check=check)

    assert [result["action"] for result in answer["results"]] == ["failed", "failed", "created"]
    assert answer["results"][0]["error"]["code"] == "no_client"
    assert "Client 'APP1' does not exist in this tenant" in answer["results"][1]["msg"]


@pytest.mark.parametrize(("hours", "side"), [(-5, "5.0 hours ahead of"), (30, "30.0 hours behind"), (400 * 24, "400 days behind")])
def test_clocks_that_differ_are_warned_of(tenant: InProcess, hours: float, side: str) -> None:
    tenant.clock_error = timedelta(hours=hours)

    run(tenant, check=True)
    (warning,) = tenant.warnings

    assert f"{side} this machine's" in warning


def test_clocks_that_agree_are_not_warned_of(tenant: InProcess) -> None:
    tenant.clock_error = timedelta(minutes=50)

    run(tenant)

    assert tenant.warnings == []


@pytest.mark.parametrize("days", [-400, 400])
@pytest.mark.parametrize("check", [False, True])
def test_no_older_secret_is_deleted_when_the_clocks_are_a_day_apart(tenant: InProcess, days: int, check: bool) -> None:
    old, new = (run(tenant, lifetime="30d", force=True)["secret"] for _run in range(2))
    before = secrets(tenant)
    tenant.clock_error = timedelta(days=days)

    kept = run(tenant, held_id=new["id"], prune="superseded", overlap=0, check=check)

    assert kept["action"] == "unchanged"
    assert kept["deleted"] == []
    assert kept["superseded"] == [old["id"]]
    assert "it is unknown what has expired, and no secret is deleted" in tenant.warnings[-1]
    assert secrets(tenant) == before


@pytest.mark.parametrize("days", [-400, 400])
@pytest.mark.parametrize("check", [False, True])
def test_an_unwanted_secret_is_not_deleted_when_the_clocks_are_a_day_apart(tenant: InProcess, days: int, check: bool) -> None:
    for _generation in range(2):
        run(tenant, lifetime="30d", force=True)
    before = secrets(tenant)
    tenant.clock_error = timedelta(days=days)

    answer = run(tenant, state="absent", force=True, check=check)

    assert answer["error"]["code"] == "clocks"
    assert "Secret 'app/production' was not deleted. The tenant's clock is 400 days" in answer["msg"]
    assert secrets(tenant) == before


# --- what the server keeps of a description


@pytest.mark.parametrize("description", ["production", "x" * 20])
def test_a_description_that_the_server_does_not_keep_is_an_error(tenant: InProcess, description: str) -> None:
    tenant.emulator.behaviour.patch({"description_limit": 9})

    answer = run(tenant, description=description)

    assert answer["error"]["code"] == "not_applied"
    assert (
        f"with the description {description[:9]!r}, so the next run would not find it; use one that the server does not change; it was rolled back"
        in answer["msg"]
    )
    assert tenant.clients()["app"]["secrets"] == []


def test_an_answer_may_lack_the_description(tenant: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    alter_answers(monkeypatch, description=None)

    answer = run(tenant)

    assert answer["secret"]["description"] == "production"


# --- many at once


def test_results_come_in_the_order_given(tenant: InProcess) -> None:
    seed_many(tenant)

    answer = tenant.run("vantage_client_secret", secrets=MANY)

    assert [(result["client_id"], result["description"], result["action"]) for result in answer["results"]] == [
        ("app", "p", "created"),
        ("none", "p", "failed"),
        ("b", "old", "deleted"),
        ("b", "kept", "unchanged"),
        ("none", "p2", "unchanged"),
        ("b", "kept2", "created"),
    ]
    assert answer["summary"] == {"created": 2, "renewed": 0, "unchanged": 2, "deleted": 1, "failed": 1}


def test_a_failed_list_names_the_entry_and_still_returns_the_values_of_the_others(tenant: InProcess) -> None:
    seed_many(tenant)

    answer = tenant.run("vantage_client_secret", secrets=MANY)

    assert answer["failed"]
    assert answer["msg"].startswith("1 of 6 secrets failed. none/p: Client 'none' does not exist in this tenant; create it with abbyy.vantage.vantage_client")
    assert answer["results"][1]["error"]["code"] == "no_client"
    assert logs_in(tenant, answer["results"][0]["secret"]["value"])


def test_check_mode_foresees_the_results_of_many_secrets_without_values(tenant: InProcess) -> None:
    seed_many(tenant)

    foreseen = tenant.run("vantage_client_secret", secrets=MANY, check=True)

    assert [result["secret"].get("value") for result in foreseen["results"] if "secret" in result] == [None] * 5
    assert writes(tenant) == []

    answer = tenant.run("vantage_client_secret", secrets=MANY)

    assert [result["action"] for result in foreseen["results"]] == [result["action"] for result in answer["results"]]
    assert foreseen["summary"] == answer["summary"]


def test_several_secrets_of_one_client_are_listed_once(tenant: InProcess) -> None:
    wanted = [{"client_id": "app", "description": str(number)} for number in range(5)]

    tenant.run("vantage_client_secret", secrets=wanted, concurrency=4)
    reads = [path for method, path in tenant.requests() if method == "GET"]

    # Once the list, and once the client, since something is written to it.
    assert sorted(reads) == ["clients/app", "clients/app/secrets/"]
    assert len(tenant.clients()["app"]["secrets"]) == 5


def test_one_client_that_cannot_be_read_does_not_stop_the_others(tenant: InProcess) -> None:
    tenant.emulator.seed("contoso", [{"clientId": "b"}])
    tenant.emulator.faults.replace([{"kind": "forbidden", "method": "GET", "path": "clients/b/secrets"}])

    answer = tenant.run("vantage_client_secret", secrets=[{"client_id": "app"}, {"client_id": "b"}])

    assert [result["action"] for result in answer["results"]] == ["created", "failed"]


def test_a_tenant_without_permission_is_an_error_and_not_an_empty_one(tenant: InProcess) -> None:
    answer = run(tenant, tenant_id=FABRIKAM)

    assert answer["error"]["status"] == 403


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_tenant_that_does_not_exist_is_an_error_and_not_an_empty_one(tenant: InProcess, state: str) -> None:
    tenant.emulator.faults.replace([{"kind": "status", "status": 404, "method": "GET", "times": None}])

    answer = run(tenant, state=state)

    assert answer["error"]["status"] == 404
    assert "list the clients of the tenant" in answer["msg"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"lifetime": "1h"}, "lifetime '1h' is shorter than a day, but the server takes 1 day to 3 years"),
        ({"prune": "superseded"}, "Secret 'app/production': prune superseded needs held_id, the id of the secret whose value you hold"),
        ({"client_id": 83}, "client_id 83 is read as a number by YAML or JSON, so that what was written is lost; put it into quotes"),
        ({"description": 1.1}, "description 1.1 is read as a number"),
        ({"lifetime": "30d", "expiration": "2030-01-01"}, "both lifetime and expiration"),
        ({"client_id": None, "description": None, "secrets": [{"client_id": "a"}, {"client_id": "a"}]}, "is given twice in secrets"),
        ({"secrets": []}, "mutually exclusive"),
        ({"held_id": "x", "client_id": None, "description": None, "secrets": []}, "mutually exclusive"),
    ],
    ids=str,
)
def test_a_mistake_that_shows_offline_is_reported_before_a_login(tenant: InProcess, options: dict[str, Any], said: str) -> None:
    answer = run(tenant, **options)

    assert answer["failed"]
    assert said in answer["msg"]
    assert tenant.requests() == []


def test_an_expiry_out_of_bounds_fails_its_entry_only(tenant: InProcess) -> None:
    wanted = [{"client_id": "app", "description": "a", "expiration": "2020-01-01"}, {"client_id": "app", "description": "b"}]

    answer = tenant.run("vantage_client_secret", secrets=wanted)

    assert [result["action"] for result in answer["results"]] == ["failed", "created"]
    assert "change expiration or lifetime" in answer["results"][0]["msg"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"expiration": "2027-02-30"}, "expiration '2027-02-30' is not a time"),
        ({"expiration": "9999-12-31T23:59:59-05:00"}, "expiration '9999-12-31T23:59:59-05:00' is not a time"),
        ({"start_time": "9999-12-31"}, "start_time lies in the year 9999"),
        ({"lifetime": "soon"}, "lifetime 'soon' is not a duration"),
        ({"description": "a "}, "its description begins or ends with a blank"),
        ({"description": 5}, "description 5 is read as a number by YAML or JSON"),
        ({"client_id": True}, "client_id True is read as a boolean by YAML or JSON"),
        ({"client_id": "."}, "client_id '.' cannot be part of an address"),
        ({"prune": "superseded"}, "prune superseded needs held_id"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_a_mistake_in_one_entry_fails_that_entry_only(tenant: InProcess, wrong: dict[str, Any], said: str, check: bool) -> None:
    wanted = [{"client_id": "app", "description": "a", **wrong}, {"client_id": "app", "description": "b"}]

    answer = tenant.run("vantage_client_secret", secrets=wanted, check=check)

    assert [result["action"] for result in answer["results"]] == ["failed", "created"]
    assert said in answer["results"][0]["msg"]
    assert answer["msg"].startswith("1 of 2 secrets failed. ")


def test_a_list_of_nothing_but_mistakes_is_reported_before_a_login(tenant: InProcess) -> None:
    answer = tenant.run("vantage_client_secret", secrets=[{"client_id": "app", "lifetime": "soon"}])

    assert answer["summary"]["failed"] == 1
    assert tenant.requests() == []


@pytest.mark.parametrize(
    ("generations", "options"),
    [
        (0, {}),
        (1, {"force": True}),
        (2, {"held_id": "", "prune": "superseded", "overlap": 0}),
        (1, {"state": "absent", "force": True}),
    ],
    ids=["create", "renew", "prune", "delete"],
)
def test_the_diff_is_foreseen_and_holds_no_value(tenant: InProcess, generations: int, options: dict[str, Any]) -> None:
    for _generation in range(generations):
        run(tenant, force=True)

    foreseen = run(tenant, check=True, diff=True, **options)
    answer = run(tenant, diff=True, **options)
    held = [secret["value"] for secret in tenant.clients()["app"]["secrets"]]

    assert timeless(foreseen["diff"]) == timeless(answer["diff"])
    assert len(answer["diff"]) == 1
    assert not [value for value in held if value in json.dumps(answer["diff"])]


def timeless(diff: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a diff without what is computed from the very second of the run."""
    return [
        {side: {name: value for name, value in entry[side].items() if name not in ("start_time", "expiration", "days_left")} for side in ("before", "after")}
        for entry in diff
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"start_time": "9999-12-31T23:59:59Z", "lifetime": "1096d"},
        {"expiration": "9999-12-31T23:59:59-05:00"},
        {"expiration": "2027-02-30"},
        {"expiration": "9999-12-31"},
        {"lifetime": "9" * 30},
        {"renew_before": "99999999999d"},
        {"overlap": "9" * 5000},
    ],
    ids=str,
)
def test_a_time_that_no_calendar_has_is_refused(in_process: InProcess, options: dict[str, str]) -> None:
    answer = in_process.run("vantage_client_secret", client_id="reader", description="a", **options)

    assert answer["failed"]
    assert answer["error"]["code"] == "invalid_option"
    assert len(in_process.clients()["reader"]["secrets"]) == 1


# --- by typed items, without a module


def superseded(tenant: InProcess) -> tuple[str, SecretItem]:
    """Make two generations, and return the id of the older one with an item that holds the newer one and deletes the older."""
    old, new = (run(tenant, force=True)["secret"]["id"] for _turn in range(2))
    tenant.emulator.journal.clear()
    return old, SecretItem("app", "production", held_id=new, prune="superseded", overlap=timedelta(0))


def test_a_spared_secret_is_not_deleted(tenant: InProcess) -> None:
    old, item = superseded(tenant)
    reconciler = ClientSecretReconciler([item._replace(spared=frozenset({old}))], SecretOptions(concurrency=4))

    answer = reconcile(reconciler, tenant.api(), check=False, diff=False)

    assert answer["results"][0]["deleted"] == []


def test_items_are_reconciled_without_a_module(tenant: InProcess) -> None:
    old, item = superseded(tenant)
    reconciler = ClientSecretReconciler([item, SecretItem("app", "other")], SecretOptions(known_clients=frozenset({"app"})))

    planned = reconcile(reconciler, tenant.api(), check=True, diff=True)

    assert [result["action"] for result in planned["results"]] == ["unchanged", "created"]
    assert planned["results"][0]["deleted"] == [old]
    assert len(planned["diff"]) == 2
    # The caller has read the client already.
    assert [method for method, path in tenant.requests() if path == "clients/app"] == []

    done = reconcile(reconciler, tenant.api(), check=False, diff=False)

    assert "diff" not in done
    assert ids(secrets(tenant)) == [item.held_id]
    assert done["summary"] == planned["summary"]


def test_an_undelivered_secret_is_deleted_without_overlap(tenant: InProcess) -> None:
    run(tenant)
    begun = moment_from_timestamp(format_time(tenant.emulator.now() + 60))
    tenant.emulator.advance(3600)
    orphan, held = (run(tenant, force=True)["secret"]["id"] for _turn in range(2))
    item = SecretItem("app", "production", held_id=held, orphaned_after=begun, prune="superseded")

    answer = reconcile(ClientSecretReconciler([item]), tenant.api(), check=False, diff=False)

    assert answer["results"][0]["deleted"] == [orphan]


def test_an_item_that_does_not_say_what_is_held_is_refused(tenant: InProcess) -> None:
    reconciler = ClientSecretReconciler([SecretItem("app", "production", prune="superseded")])

    answer = reconcile(reconciler, tenant.api(), check=False, diff=False)

    assert answer["failed"]
    assert "prune superseded needs held_id" in answer["msg"]
