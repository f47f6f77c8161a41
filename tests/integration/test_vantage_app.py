# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vantage_app in tasks of a play, against the emulator over HTTPS."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_app"


def test_one_app_is_foreseen_made_kept_and_removed(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    app = {"client_id": "intake", "allowed_grant_types": ["client_credentials"], "secrets": ["day", {"description": "night", "lifetime": "30d"}]}
    store = {"type": "file", "path": str(playbooks.folder / "store.yml"), "vault_password": "of the store"}

    run = playbooks.run_tasks(
        {"name": "foreseen", MODULE: {**app, "store": store}, "check_mode": True, "diff": True},
        {"name": "made", MODULE: {**app, "store": store}},
        {"name": "again", MODULE: {**app, "store": store, "show": "all"}},
        {"name": "removed", MODULE: {"apps": [{"client_id": "intake", "state": "absent"}], "store": store}},
        {"name": "wrong", MODULE: {**app, "stroe": store}},
        journal=True,
    )
    foreseen, made, again, removed, wrong = run.answers

    for answer in (foreseen, made):
        assert answer["apps"] == [{"client_id": "intake", "action": "created", "secrets": {"day": "created", "night": "created"}}]
        assert answer["changed"]
        assert [(change["description"], change["action"]) for change in answer["changes"]] == [("day", "created"), ("night", "created")]

    assert [request["kind"] for request in run.requests_of("foreseen") if request["write"]] == []
    # What is created stands in the declaration in full, so that the diff is empty.
    assert foreseen["diff"] == []
    assert (again["changed"], [app["action"] for app in again["apps"]]) == (False, ["unchanged"])
    assert run.requests_of("again")
    assert not [request for request in run.requests_of("again") if request["write"]]
    assert (removed["changed"], removed["summary"]["clients"]) == (True, {"deleted": ["intake"]})
    assert "intake" not in deployment.clients()
    assert wrong["failed"]
    assert "did you mean 'store'?" in wrong["msg"]
